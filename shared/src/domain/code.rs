//! Codes that people read out or type: a booking's confirmation code, and the six digits that prove an email.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::hmac;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::address::Email;
use super::id::{ConversationId, TenantId};

/// A booking's code: 8 characters without those that are taken for others (0 O 1 I L U).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ConfirmationCode(String);

/// Text that is not a confirmation code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a confirmation code")]
pub struct InvalidCode;

impl ConfirmationCode {
    /// 30 characters: about 39 bits in 8 of them. The store makes each unique in its tenant.
    const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// Makes a code from random bytes. The bias of `% 30` is under one percent and harmless: the code is no secret by itself.
    #[must_use]
    pub fn new(random: [u8; 8]) -> Self {
        let letters = random.iter().map(|b| char::from(Self::ALPHABET[usize::from(*b) % Self::ALPHABET.len()]));
        Self(letters.collect())
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ConfirmationCode {
    type Err = InvalidCode;

    /// Takes either case, and white space or hyphens between.
    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        let code: String =
            text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
        if code.len() == 8 && code.bytes().all(|b| Self::ALPHABET.contains(&b)) {
            Ok(Self(code))
        } else {
            Err(InvalidCode)
        }
    }
}

impl fmt::Display for ConfirmationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How long a mailed code proves an address.
pub const CODE_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// How often a code may be tried.
pub const CODE_TRIES: u32 = 5;

/// An open question: does this visitor read mail at this address?
///
/// The six digits are never stored: they are the HMAC of what is, under the deployment's link secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The address that a right answer proves. The code is bound to it.
    pub email: Email,
    /// Random, new for each code sent.
    pub nonce: [u8; 16],
    /// When the code was asked for.
    pub sent_at: Timestamp,
    /// Wrong answers so far.
    pub tries: u32,
}

/// What an answer to a [`Challenge`] comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// The digits are right: the address is proven.
    Right,
    /// The digits are wrong; the try counts.
    Wrong,
    /// Ten minutes have passed, or five wrong answers: a new code is needed.
    Spent,
}

impl Challenge {
    /// Asks anew at `now`; `random` makes its digits others than those of any code before.
    #[must_use]
    pub fn new(email: Email, random: [u8; 32], now: Timestamp) -> Self {
        let nonce = random.first_chunk().copied().unwrap_or_default();
        Self { email, nonce, sent_at: now, tries: 0 }
    }

    /// The six digits that were mailed.
    #[must_use]
    pub fn code(&self, secret: &hmac::Key, tenant: TenantId, conversation: ConversationId) -> String {
        let mut said = Vec::with_capacity(128);
        for part in ["email-code", &tenant.to_string(), &conversation.to_string(), self.email.as_str()] {
            said.extend_from_slice(part.as_bytes());
            said.push(0);
        }
        said.extend_from_slice(&self.nonce);
        let tag = hmac::sign(secret, &said);
        let number = tag.as_ref().iter().take(8).fold(0_u64, |n, b| n << 8 | u64::from(*b));
        format!("{:06}", number % 1_000_000)
    }

    /// Judges `answer` at `now`. White space in it is ignored.
    #[must_use]
    pub fn judge(&self, answer: &str, code: &str, now: Timestamp) -> Attempt {
        if CODE_TRIES <= self.tries || self.sent_at + CODE_LIFE <= now {
            return Attempt::Spent;
        }
        let digits: String = answer.chars().filter(|c| !c.is_whitespace()).collect();
        match aws_lc_rs::constant_time::verify_slices_are_equal(digits.as_bytes(), code.as_bytes()) {
            Ok(()) => Attempt::Right,
            Err(_) => Attempt::Wrong,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn challenge(tries: u32) -> Challenge {
        Challenge {
            email: "ann@x.test".parse().unwrap(),
            nonce: [1; 16],
            sent_at: "2026-11-21T10:00:00Z".parse().unwrap(),
            tries,
        }
    }

    fn code_of(challenge: &Challenge) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"secret");
        let ulid = ulid::Ulid::from_parts(1, 1);
        challenge.code(&key, TenantId::new(ulid), ConversationId::new(ulid))
    }

    #[test]
    fn a_confirmation_code_has_no_letter_that_is_taken_for_another() {
        let code = ConfirmationCode::new([0, 29, 30, 59, 255, 7, 8, 9]);
        assert_eq!(code.as_str().len(), 8);
        assert!(!code.as_str().contains(['0', 'O', '1', 'I', 'L', 'U']));
        assert_eq!("2z2z-h9ab".parse::<ConfirmationCode>().unwrap().as_str(), "2Z2ZH9AB");
        assert!("2Z2ZH9A0".parse::<ConfirmationCode>().is_err());
    }

    #[test]
    fn a_code_is_bound_to_the_address_it_was_sent_to() {
        let ann = challenge(0);
        let bob = Challenge { email: "bob@x.test".parse().unwrap(), ..ann.clone() };
        assert_ne!(code_of(&ann), code_of(&bob));
    }

    #[test]
    fn a_code_lives_ten_minutes_and_five_tries() {
        let code = code_of(&challenge(0));
        let last = "2026-11-21T10:09:59.999Z".parse().unwrap();
        assert_eq!(challenge(4).judge(&code, &code, last), Attempt::Right);
        assert_eq!(challenge(4).judge("000000x", &code, last), Attempt::Wrong);
        assert_eq!(challenge(5).judge(&code, &code, last), Attempt::Spent);
        assert_eq!(challenge(0).judge(&code, &code, "2026-11-21T10:10:00Z".parse().unwrap()), Attempt::Spent);
    }
}
