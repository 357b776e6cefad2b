//! What messages are signed with, after the Standard Webhooks specification: HMAC-SHA256 over id, time and body.
//!
//! A secret that was replaced signs beside the new one for a day, so that a receiver can change over whenever it
//! suits. Secrets are kept to be used: whoever reads the table could sign, and the table is encrypted.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use crate::domain::id::DeliveryId;

/// How long a secret that was replaced still signs.
pub const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// What a secret's text begins with.
const PREFIX: &str = "whsec_";

/// The fewest and the most bytes of a secret, as the specification has it.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// What one webhook's messages are signed with. Its `Debug` form hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Vec<u8>);

/// Text that is not a signing secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a signing secret")]
pub struct InvalidSigningSecret;

/// A webhook's secrets: the present one, and while it still signs the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secrets {
    /// The present one.
    pub current: SigningSecret,
    /// The one before, and until when it signs.
    pub previous: Option<(SigningSecret, Timestamp)>,
}

impl SigningSecret {
    /// Makes a secret from 32 random bytes.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(random.to_vec())
    }

    /// The text that its owner is shown once and the table keeps.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// The signature of a message as `webhook-signature` carries it.
    #[must_use]
    pub fn sign(&self, id: &str, at: Timestamp, body: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let tag = hmac::sign(&key, format!("{id}.{}.{body}", at.as_second()).as_bytes());
        format!("v1,{}", STANDARD.encode(tag))
    }
}

impl FromStr for SigningSecret {
    type Err = InvalidSigningSecret;

    fn from_str(text: &str) -> Result<Self, InvalidSigningSecret> {
        let bytes =
            text.strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok()).ok_or(InvalidSigningSecret)?;
        if BYTES.contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(InvalidSigningSecret) }
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

impl Secrets {
    /// Those of a new webhook.
    #[must_use]
    pub const fn new(current: SigningSecret) -> Self {
        Self { current, previous: None }
    }

    /// Those from `now` on, when `fresh` replaces the present one. An even older one signs no more.
    #[must_use]
    pub fn rotated(&self, fresh: SigningSecret, now: Timestamp) -> Self {
        Self { current: fresh, previous: Some((self.current.clone(), now + OVERLAP)) }
    }

    /// Until when two secrets sign; none: one does.
    #[must_use]
    pub fn overlap_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.previous.as_ref().map(|(_, until)| *until).filter(|until| now < *until)
    }

    /// The value of `webhook-signature` for the message `body` of `delivery`, sent at `now`.
    #[must_use]
    pub fn signatures(&self, delivery: DeliveryId, body: &str, now: Timestamp) -> String {
        let id = delivery.to_string();
        let before = self.previous.as_ref().filter(|(_, until)| now < *until).map(|(secret, _)| secret);
        let all = [&self.current].into_iter().chain(before).map(|secret| secret.sign(&id, now, body));
        all.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_signature_is_the_one_that_the_specification_publishes() {
        let secret: SigningSecret = format!("{PREFIX}MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").parse().unwrap();
        let sent = Timestamp::from_second(1_614_265_330).unwrap();
        assert_eq!(
            secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", sent, r#"{"test": 2432232314}"#),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn a_replaced_secret_signs_beside_the_new_one_for_a_day() {
        let (old, new) = (SigningSecret::new([1; 32]), SigningSecret::new([2; 32]));
        let begun = at("2026-11-22T10:00:00Z");
        let secrets = Secrets::new(old.clone()).rotated(new.clone(), begun);
        let id = DeliveryId::new(ulid::Ulid::from_parts(1, 1));
        let signed = |secret: &SigningSecret, now| secret.sign(&id.to_string(), now, "{}");
        let last = begun + OVERLAP - SignedDuration::from_millis(1);
        assert_eq!(secrets.signatures(id, "{}", last), format!("{} {}", signed(&new, last), signed(&old, last)));
        assert_eq!(secrets.signatures(id, "{}", begun + OVERLAP), signed(&new, begun + OVERLAP));
        assert_eq!(
            (secrets.overlap_until(last), secrets.overlap_until(begun + OVERLAP)),
            (Some(begun + OVERLAP), None)
        );
        let third = SigningSecret::new([3; 32]);
        let twice = secrets.rotated(third.clone(), last);
        assert_eq!(twice.signatures(id, "{}", last), format!("{} {}", signed(&third, last), signed(&new, last)));
    }

    #[test]
    fn a_secret_survives_the_table_and_hides_from_logs() {
        let secret = SigningSecret::new([7; 32]);
        assert_eq!(secret.reveal().parse(), Ok(secret.clone()));
        assert!(secret.reveal().starts_with("whsec_"));
        assert_eq!(format!("{secret:?}"), "SigningSecret(…)");
        for wrong in ["", "whsec_", "whsec_AAAA", "sk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            assert_eq!(wrong.parse::<SigningSecret>(), Err(InvalidSigningSecret), "{wrong:?}");
        }
    }
}
