//! Links in mails: which booking a link is for, what it may do, and until when.
//!
//! A link is proof by itself: whoever holds it may do the one thing it was made for. It says nothing
//! of whether the booking still allows that; the use case reads the booking and decides.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use thiserror::Error;
use ulid::Ulid;

use super::id::{BookingId, TenantId};

/// Keeps these signatures apart from everything else that is signed with the same key.
const CONTEXT: &[u8] = b"frontdesk booking link\0";
/// Form of the token; another form gets another number.
const VERSION: u8 = 1;
/// Version, purpose, tenant, booking, sequence, expiry.
const CLAIM_BYTES: usize = 1 + 1 + 16 + 16 + 4 + 8;

/// What the holder of a link may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Pay the booking.
    Pay,
    /// Call the booking off.
    Cancel,
    /// Move the booking to another time.
    Reschedule,
    /// Take the slot that is offered.
    Take,
    /// Let the slot that is offered pass.
    Pass,
    /// Leave the waitlist.
    Leave,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Pay, Self::Cancel, Self::Reschedule, Self::Take, Self::Pass, Self::Leave];

    /// Its word in the link's path.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::Cancel => "cancel",
            Self::Reschedule => "reschedule",
            Self::Take => "take",
            Self::Pass => "pass",
            Self::Leave => "leave",
        }
    }

    const fn byte(self) -> u8 {
        match self {
            Self::Pay => b'p',
            Self::Cancel => b'c',
            Self::Reschedule => b'r',
            Self::Take => b't',
            Self::Pass => b'x',
            Self::Leave => b'l',
        }
    }
}

/// Text that is not a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a purpose of a link")]
pub struct InvalidPurpose;

impl FromStr for Purpose {
    type Err = InvalidPurpose;

    fn from_str(text: &str) -> Result<Self, InvalidPurpose> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == text).ok_or(InvalidPurpose)
    }
}

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// Whose booking it is.
    pub tenant: TenantId,
    /// Which booking; to leave the waitlist, the one that would be offered.
    pub booking: BookingId,
    /// The one thing it allows.
    pub purpose: Purpose,
    /// The booking's calendar sequence when the mail was written; a higher one now means that the
    /// holder looks at an old mail.
    pub sequence: u32,
    /// From this second on it opens nothing.
    pub expires_at: Timestamp,
}

/// A signed link: 104 characters of URL-safe base64.
///
/// Its `Debug` form hides it, since it is all that its holder needs.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(String);

/// A link that opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidLink {
    /// It was not signed with this key for this purpose.
    #[error("the link was not issued here for this")]
    NotOurs,
    /// It was, but its time is over.
    #[error("the link has expired")]
    Expired,
}

impl LinkToken {
    /// Signs `grant`. The expiry counts in whole seconds.
    #[must_use]
    pub fn sign(key: &hmac::Key, grant: &Grant) -> Self {
        let claim = claim(grant);
        let mut token = claim.to_vec();
        token.extend_from_slice(tag(key, &claim).as_ref());
        Self(URL_SAFE_NO_PAD.encode(token))
    }

    /// The text that goes into the link's path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Opens the link `text` for `purpose` at `now`.
///
/// # Errors
///
/// [`InvalidLink::Expired`] only when everything else is right, so that a guess learns nothing.
pub fn open(key: &hmac::Key, purpose: Purpose, text: &str, now: Timestamp) -> Result<Grant, InvalidLink> {
    let token = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidLink::NotOurs)?;
    let (claim, signature) = token.split_first_chunk::<CLAIM_BYTES>().ok_or(InvalidLink::NotOurs)?;
    hmac::verify(key, &signed(claim), signature).map_err(|_| InvalidLink::NotOurs)?;
    let grant = read(claim, purpose).ok_or(InvalidLink::NotOurs)?;
    if grant.expires_at <= now { Err(InvalidLink::Expired) } else { Ok(grant) }
}

impl fmt::Display for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

fn claim(grant: &Grant) -> [u8; CLAIM_BYTES] {
    let mut claim = [0; CLAIM_BYTES];
    let (kind, rest) = claim.split_at_mut(2);
    kind.copy_from_slice(&[VERSION, grant.purpose.byte()]);
    let (tenant, rest) = rest.split_at_mut(16);
    tenant.copy_from_slice(&grant.tenant.ulid().to_bytes());
    let (booking, rest) = rest.split_at_mut(16);
    booking.copy_from_slice(&grant.booking.ulid().to_bytes());
    let (sequence, expiry) = rest.split_at_mut(4);
    sequence.copy_from_slice(&grant.sequence.to_be_bytes());
    expiry.copy_from_slice(&grant.expires_at.as_second().to_be_bytes());
    claim
}

fn read(claim: &[u8; CLAIM_BYTES], purpose: Purpose) -> Option<Grant> {
    let rest = claim.strip_prefix(&[VERSION, purpose.byte()])?;
    let (tenant, rest) = rest.split_first_chunk::<16>()?;
    let (booking, rest) = rest.split_first_chunk::<16>()?;
    let (sequence, rest) = rest.split_first_chunk::<4>()?;
    let (expiry, _) = rest.split_first_chunk::<8>()?;
    Some(Grant {
        tenant: TenantId::new(Ulid::from_bytes(*tenant)),
        booking: BookingId::new(Ulid::from_bytes(*booking)),
        purpose,
        sequence: u32::from_be_bytes(*sequence),
        expires_at: Timestamp::from_second(i64::from_be_bytes(*expiry)).ok()?,
    })
}

fn tag(key: &hmac::Key, claim: &[u8; CLAIM_BYTES]) -> hmac::Tag {
    hmac::sign(key, &signed(claim))
}

fn signed(claim: &[u8; CLAIM_BYTES]) -> Vec<u8> {
    [CONTEXT, claim].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An HMAC-SHA256.
    const TAG_BYTES: usize = 32;

    fn key(secret: &[u8]) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, secret)
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn grant(purpose: Purpose) -> Grant {
        Grant {
            tenant: "01JD7Q4ZJ2M6S1V0B7T3K9XN5R".parse().unwrap(),
            booking: "01JD7Q4ZJ2M6S1V0B7T3K9XN5S".parse().unwrap(),
            purpose,
            sequence: 3,
            expires_at: at("2026-11-23T09:30:00Z"),
        }
    }

    const BEFORE: &str = "2026-11-23T09:29:59.999Z";

    #[test]
    fn a_link_opens_for_what_it_was_made_for_until_its_last_moment() {
        for purpose in Purpose::ALL {
            let token = LinkToken::sign(&key(b"k"), &grant(purpose));
            assert_eq!(token.as_str().len(), (CLAIM_BYTES + TAG_BYTES) / 3 * 4);
            assert!(token.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
            assert_eq!(open(&key(b"k"), purpose, token.as_str(), at(BEFORE)), Ok(grant(purpose)));
        }
    }

    #[test]
    fn a_link_opens_nothing_for_another_purpose_key_or_time() {
        let token = LinkToken::sign(&key(b"k"), &grant(Purpose::Cancel));
        let over = "2026-11-23T09:30:00Z";
        for (secret, purpose, now, outcome) in [
            ("k", Purpose::Pay, BEFORE, InvalidLink::NotOurs),
            ("k", Purpose::Reschedule, BEFORE, InvalidLink::NotOurs),
            ("other", Purpose::Cancel, BEFORE, InvalidLink::NotOurs),
            ("k", Purpose::Cancel, over, InvalidLink::Expired),
            // That it has expired is told to nobody who could not have opened it.
            ("k", Purpose::Pay, over, InvalidLink::NotOurs),
            ("other", Purpose::Cancel, over, InvalidLink::NotOurs),
        ] {
            let opened = open(&key(secret.as_bytes()), purpose, token.as_str(), at(now));
            assert_eq!(opened, Err(outcome), "{secret} {purpose:?} {now}");
        }
    }

    #[test]
    fn a_signature_of_the_bare_claim_is_not_a_link() {
        let claim = claim(&grant(Purpose::Pay));
        let bare = [claim.as_slice(), hmac::sign(&key(b"k"), &claim).as_ref()].concat();
        let text = URL_SAFE_NO_PAD.encode(bare);
        assert_eq!(open(&key(b"k"), Purpose::Pay, &text, at(BEFORE)), Err(InvalidLink::NotOurs));
    }

    #[test]
    fn text_that_is_no_link_opens_nothing() {
        let good = LinkToken::sign(&key(b"k"), &grant(Purpose::Pay)).as_str().to_owned();
        for text in [
            "",
            "x",
            "AQ",
            "../../etc",
            &good[1..],
            &format!("{good}A"),
            &format!("{good}AAAA"),
            &format!("{good}="),
            &good.repeat(2),
        ] {
            assert_eq!(open(&key(b"k"), Purpose::Pay, text, at(BEFORE)), Err(InvalidLink::NotOurs), "{text:?}");
        }
    }

    #[test]
    fn purposes_have_the_words_of_the_path() {
        for purpose in Purpose::ALL {
            assert_eq!(purpose.as_str().parse(), Ok(purpose));
        }
        assert_eq!("refund".parse::<Purpose>(), Err(InvalidPurpose));
    }

    #[test]
    fn debug_output_hides_the_link() {
        assert_eq!(format!("{:?}", LinkToken::sign(&key(b"k"), &grant(Purpose::Pay))), "LinkToken(…)");
    }

    proptest! {
        #[test]
        fn one_flipped_bit_anywhere_opens_nothing(bit in 0..(CLAIM_BYTES + TAG_BYTES) * 8) {
            let token = LinkToken::sign(&key(b"k"), &grant(Purpose::Cancel));
            let mut bytes = URL_SAFE_NO_PAD.decode(token.as_str()).unwrap();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let text = URL_SAFE_NO_PAD.encode(bytes);
            for purpose in Purpose::ALL {
                prop_assert_eq!(open(&key(b"k"), purpose, &text, at(BEFORE)), Err(InvalidLink::NotOurs));
            }
        }

        #[test]
        fn whatever_is_signed_is_read_back(tenant: u128, booking: u128, sequence: u32, second in 1_i64..253_402_207_200) {
            let grant = Grant {
                tenant: TenantId::new(Ulid(tenant)),
                booking: BookingId::new(Ulid(booking)),
                purpose: Purpose::Reschedule,
                sequence,
                expires_at: Timestamp::from_second(second).unwrap(),
            };
            let token = LinkToken::sign(&key(b"k"), &grant);
            prop_assert_eq!(open(&key(b"k"), Purpose::Reschedule, token.as_str(), Timestamp::UNIX_EPOCH), Ok(grant));
        }
    }
}
