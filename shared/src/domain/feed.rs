//! Feed links: the address under which a calendar app reads one resource's bookings.
//!
//! A link is its own proof, as a mailed one is: HMAC over tenant, resource and a stamp. It has no end, since
//! nobody renews what a calendar app was given years ago; its owner ends it by raising the stamp. Nothing of
//! it is stored, and it opens nothing but the feed.

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;
use ulid::Ulid;

use super::id::{ResourceId, TenantId};

/// Separates these signatures from all others made with the same secret.
const CONTEXT: &[u8] = b"frontdesk calendar feed\0";
/// Form of the token; another form gets another number.
const VERSION: u8 = 1;
/// Version, tenant, resource, stamp.
const CLAIM_BYTES: usize = 1 + 16 + 16 + 4;
/// What the link's file is called after the token.
const SUFFIX: &str = ".ics";

/// Which feed a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedGrant {
    /// Whose resource it is.
    pub tenant: TenantId,
    /// Whose bookings it shows.
    pub resource: ResourceId,
    /// The feed's stamp when the link was made; another one now means that the link was replaced.
    pub stamp: u32,
}

/// A link that is for no feed of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the link was not issued here")]
pub struct InvalidFeedLink;

/// The signed part of a feed's address: 92 characters of URL-safe base64.
///
/// Its `Debug` form hides it, since it is all that its holder needs.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedToken(String);

impl FeedToken {
    /// Signs `grant`.
    #[must_use]
    pub fn sign(key: &hmac::Key, grant: &FeedGrant) -> Self {
        let claim = claim(grant);
        let mut token = claim.to_vec();
        token.extend_from_slice(hmac::sign(key, &signed(&claim)).as_ref());
        Self(URL_SAFE_NO_PAD.encode(token))
    }

    /// Its file's name, the last part of the address.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{}{SUFFIX}", self.0)
    }
}

impl fmt::Debug for FeedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FeedToken(…)")
    }
}

/// Opens the link whose file is called `file`.
///
/// # Errors
///
/// [`InvalidFeedLink`] for anything that was not signed with this key.
pub fn open(key: &hmac::Key, file: &str) -> Result<FeedGrant, InvalidFeedLink> {
    let text = file.strip_suffix(SUFFIX).ok_or(InvalidFeedLink)?;
    let token = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidFeedLink)?;
    let (claim, signature) = token.split_first_chunk::<CLAIM_BYTES>().ok_or(InvalidFeedLink)?;
    hmac::verify(key, &signed(claim), signature).map_err(|_| InvalidFeedLink)?;
    read(claim).ok_or(InvalidFeedLink)
}

fn claim(grant: &FeedGrant) -> [u8; CLAIM_BYTES] {
    let mut claim = [0; CLAIM_BYTES];
    let (kind, rest) = claim.split_at_mut(1);
    kind.copy_from_slice(&[VERSION]);
    let (tenant, rest) = rest.split_at_mut(16);
    tenant.copy_from_slice(&grant.tenant.ulid().to_bytes());
    let (resource, stamp) = rest.split_at_mut(16);
    resource.copy_from_slice(&grant.resource.ulid().to_bytes());
    stamp.copy_from_slice(&grant.stamp.to_be_bytes());
    claim
}

fn read(claim: &[u8; CLAIM_BYTES]) -> Option<FeedGrant> {
    let rest = claim.strip_prefix(&[VERSION])?;
    let (tenant, rest) = rest.split_first_chunk::<16>()?;
    let (resource, rest) = rest.split_first_chunk::<16>()?;
    let (stamp, _) = rest.split_first_chunk::<4>()?;
    Some(FeedGrant {
        tenant: TenantId::new(Ulid::from_bytes(*tenant)),
        resource: ResourceId::new(Ulid::from_bytes(*resource)),
        stamp: u32::from_be_bytes(*stamp),
    })
}

fn signed(claim: &[u8; CLAIM_BYTES]) -> Vec<u8> {
    [CONTEXT, claim].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::id::BookingId;
    use crate::domain::link::{Grant, LinkToken, Purpose};

    fn key(secret: &[u8]) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, secret)
    }

    fn grant() -> FeedGrant {
        FeedGrant { tenant: TenantId::new(Ulid(1)), resource: ResourceId::new(Ulid(2)), stamp: 3 }
    }

    #[test]
    fn a_link_opens_its_feed_with_its_key_and_no_other() {
        let file = FeedToken::sign(&key(b"k"), &grant()).file();
        assert_eq!(open(&key(b"k"), &file), Ok(grant()));
        assert_eq!(open(&key(b"other"), &file), Err(InvalidFeedLink));
        let bare = file.trim_end_matches(SUFFIX);
        for text in
            ["", ".ics", "x.ics", bare, &format!("{bare}A.ics"), &format!("{bare}.ics.ics"), &format!("..{file}")]
        {
            assert_eq!(open(&key(b"k"), text), Err(InvalidFeedLink), "{text:?}");
        }
    }

    #[test]
    fn a_mailed_link_opens_no_feed() {
        let mailed = Grant {
            tenant: grant().tenant,
            booking: BookingId::new(Ulid(2)),
            purpose: Purpose::Cancel,
            sequence: 3,
            expires_at: jiff::Timestamp::MAX,
        };
        let token = LinkToken::sign(&key(b"k"), &mailed);
        assert_eq!(open(&key(b"k"), &format!("{token}.ics")), Err(InvalidFeedLink));
    }

    #[test]
    fn debug_output_hides_the_link() {
        assert_eq!(format!("{:?}", FeedToken::sign(&key(b"k"), &grant())), "FeedToken(…)");
    }

    proptest! {
        #[test]
        fn one_flipped_bit_anywhere_opens_nothing(bit in 0..(CLAIM_BYTES + 32) * 8) {
            let file = FeedToken::sign(&key(b"k"), &grant()).file();
            let mut bytes = URL_SAFE_NO_PAD.decode(file.trim_end_matches(SUFFIX)).unwrap();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let text = format!("{}.ics", URL_SAFE_NO_PAD.encode(bytes));
            prop_assert_eq!(open(&key(b"k"), &text), Err(InvalidFeedLink));
        }
    }
}
