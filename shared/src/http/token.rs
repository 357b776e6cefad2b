//! Bearer tokens of people: who calls the console, for which tenant, in which role.
//!
//! Decides by signature, algorithm, issuer, audience and time, all against what the deployment
//! says, never against what the token says of itself: keys come only from the configured key set,
//! and each key is good for one algorithm. Never issues a token.

mod claims;
mod keys;

#[cfg(test)]
mod tests;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use jiff::Timestamp;
use thiserror::Error;

use crate::domain::address::Email;
use crate::domain::id::TenantId;
use crate::domain::text::Line;

pub use keys::{InvalidJwks, JwksSource};

/// The largest token that is looked at. The gateway takes 10 KB of headers in all.
const MAX_BYTES: usize = 8 * 1024;

/// Verifies tokens. Built once per cold start; fetched keys stay with it.
pub struct Tokens {
    issuer: String,
    audience: String,
    keys: keys::Keys,
}

/// A person who has proven who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The identity provider's own id of the person (`sub`).
    pub subject: Line<255>,
    /// Their address, if the token has one and does not call it unverified. Access tokens have none.
    pub email: Option<Email>,
    /// The business they work for. Always there for owners and agents.
    pub tenant: Option<TenantId>,
    /// What they may do.
    pub role: Role,
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything in their own business.
    Owner,
    /// Conversations and bookings of their own business.
    Agent,
    /// Making tenants. Only a group of the identity provider grants it, never an attribute of the person.
    Platform,
}

/// Why nobody was recognised.
#[derive(Debug, Error)]
pub enum TokenRefused {
    /// The token proves nothing: answer 401. The flaw is for the log, never for the caller.
    #[error("the token is refused: {0}")]
    Invalid(Flaw),
    /// The key set could not be fetched, so nothing is known of the token: answer 503.
    #[error("the signing keys are out of reach")]
    KeysUnavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What is wrong with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Flaw {
    /// No token, several, or something else than `Bearer`.
    #[error("no bearer token")]
    Absent,
    /// Not three parts of base64 with JSON objects inside, too long, or with demands we do not know (`crit`).
    #[error("malformed")]
    Malformed,
    /// Unsigned, symmetric, or otherwise not the one algorithm of its key.
    #[error("wrong algorithm")]
    Algorithm,
    /// Its key id is missing or not in the key set.
    #[error("unknown key")]
    UnknownKey,
    /// The signature does not fit.
    #[error("wrong signature")]
    Signature,
    /// Made by another issuer.
    #[error("wrong issuer")]
    Issuer,
    /// Made for another application, or not to be shown to one.
    #[error("wrong audience")]
    Audience,
    /// Without an end.
    #[error("no expiry")]
    NoExpiry,
    /// Over.
    #[error("expired")]
    Expired,
    /// Its time has not begun.
    #[error("not valid yet")]
    NotYet,
    /// Its holder has no role here, or no tenant to have it in.
    #[error("no role")]
    NoRole,
}

impl Tokens {
    /// Accepts tokens that `issuer` made for `audience` (the application's client id) and signed with a key of `keys`.
    #[must_use]
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>, keys: JwksSource) -> Self {
        Self { issuer: issuer.into(), audience: audience.into(), keys: keys::Keys::new(keys) }
    }

    /// Recognises the person whose token stands in the `Authorization` header.
    ///
    /// # Errors
    ///
    /// As [`Tokens::verify`], and [`Flaw::Absent`] when there is not exactly one bearer token.
    pub async fn person(&self, headers: &HeaderMap, now: Timestamp) -> Result<Person, TokenRefused> {
        self.verify(bearer(headers).ok_or(Flaw::Absent)?, now).await
    }

    /// Recognises the person whose `token` it is, at `now`.
    ///
    /// # Errors
    ///
    /// [`TokenRefused::Invalid`] with the first flaw found; [`TokenRefused::KeysUnavailable`] when
    /// its key is not known and the key set cannot be fetched.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<Person, TokenRefused> {
        if MAX_BYTES < token.len() {
            return Err(Flaw::Malformed.into());
        }
        let header = claims::header(token)?;
        let key = self.keys.find(&header.kid, now).await?;
        let claims = claims::open(token, &header, &key)?;
        if claims.issuer() != self.issuer {
            return Err(Flaw::Issuer.into());
        }
        if !claims.is_for(&self.audience) {
            return Err(Flaw::Audience.into());
        }
        claims.check_time(now)?;
        Ok(claims.person()?)
    }
}

impl From<Flaw> for TokenRefused {
    fn from(flaw: Flaw) -> Self {
        Self::Invalid(flaw)
    }
}

/// The one bearer token among the headers. Two `Authorization` headers are none: a proxy and this
/// function could each look at another one.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(only), None) = (all.next(), all.next()) else {
        return None;
    };
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
