//! Secrets that callers hold: session ids and tenant keys. Only their hashes are ever stored.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;

use super::id::ConversationId;

/// The SHA-256 of a secret, as 43 characters of unpadded URL-safe base64: what the store keeps.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SecretHash(String);

impl SecretHash {
    /// Hashes `secret`.
    #[must_use]
    pub fn of(secret: &[u8]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(digest(&SHA256, secret)))
    }

    /// Takes back what [`SecretHash::as_str`] gave.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The stored form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Claims that `other` is the same, in a time that tells nothing.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        verify_slices_are_equal(self.0.as_bytes(), other.0.as_bytes()).is_ok()
    }
}

/// A visitor's session id: `<conversation ULID>.<256 random bits>`.
///
/// The conversation is in it so that its partition follows without a look-up; the rest is the
/// visitor's secret. Its `Debug` form hides the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionId {
    conversation: ConversationId,
    secret: [u8; 32],
}

/// Text that is not a session id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a session id")]
pub struct InvalidSession;

impl SessionId {
    /// Makes the session id of a new conversation from 32 random bytes.
    #[must_use]
    pub const fn new(conversation: ConversationId, secret: [u8; 32]) -> Self {
        Self { conversation, secret }
    }

    /// The conversation it opens, if the secret is right.
    #[must_use]
    pub const fn conversation(&self) -> ConversationId {
        self.conversation
    }

    /// What the store keeps in its place.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.secret)
    }

    /// The text the visitor is given, once.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{}.{}", self.conversation, URL_SAFE_NO_PAD.encode(self.secret))
    }
}

impl FromStr for SessionId {
    type Err = InvalidSession;

    fn from_str(text: &str) -> Result<Self, InvalidSession> {
        let (conversation, secret) = text.split_once('.').ok_or(InvalidSession)?;
        let conversation = conversation.parse().map_err(|_| InvalidSession)?;
        let secret = URL_SAFE_NO_PAD.decode(secret).map_err(|_| InvalidSession)?;
        let secret = secret.try_into().map_err(|_| InvalidSession)?;
        Ok(Self { conversation, secret })
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({}.…)", self.conversation)
    }
}

/// A tenant's public key, `pk_…`: says which business a request is for, and is no proof of anything.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TenantKey(String);

/// Text that is not a tenant key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a tenant key")]
pub struct InvalidTenantKey;

impl TenantKey {
    /// Makes a key from 16 random bytes.
    #[must_use]
    pub fn new(random: [u8; 16]) -> Self {
        Self(format!("pk_{}", URL_SAFE_NO_PAD.encode(random)))
    }

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the store looks it up by.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(self.0.as_bytes())
    }
}

impl FromStr for TenantKey {
    type Err = InvalidTenantKey;

    /// Takes `pk_` and 4 to 61 characters of `A–Z a–z 0–9 _ -`.
    fn from_str(text: &str) -> Result<Self, InvalidTenantKey> {
        let rest = text.strip_prefix("pk_").ok_or(InvalidTenantKey)?;
        let known = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if (4..=61).contains(&rest.len()) && rest.bytes().all(known) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidTenantKey)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_id_survives_its_text_and_hides_in_debug() {
        let id = SessionId::new("01JD7Q4ZJ2M6S1V0B7T3K9XN5R".parse().unwrap(), [7; 32]);
        assert_eq!(id.reveal().parse::<SessionId>().unwrap(), id);
        assert_eq!(format!("{id:?}"), "SessionId(01JD7Q4ZJ2M6S1V0B7T3K9XN5R.…)");
    }

    #[test]
    fn a_session_id_with_a_short_or_odd_secret_is_refused() {
        for text in ["", "01JD7Q4ZJ2M6S1V0B7T3K9XN5R", "01JD7Q4ZJ2M6S1V0B7T3K9XN5R.AAAA", "x.y"] {
            assert!(text.parse::<SessionId>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_demo_keys_are_tenant_keys() {
        assert!("pk_demo".parse::<TenantKey>().is_ok());
        for text in ["demo", "pk_", "pk_a b c", "pk_../../x"] {
            assert!(text.parse::<TenantKey>().is_err(), "{text:?}");
        }
    }
}
