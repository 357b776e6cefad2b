//! What a token says, read only as far as its signature has been proven.

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;

use super::keys::Key;
use super::{Flaw, Person, Role};
use crate::domain::id::TenantId;
use crate::domain::text::Line;

/// How far the issuer's clock and ours may differ.
const LEEWAY: SignedDuration = SignedDuration::from_secs(30);
/// The group of the identity provider whose members have [`Role::Platform`].
const PLATFORM_GROUP: &str = "platform";

/// What is read before the signature is proven: which key it claims, and how it was used.
pub(super) struct Header {
    pub(super) kid: String,
    algorithm: Algorithm,
}

/// The claims this product reads. Times are whole seconds since the Unix epoch.
#[derive(Deserialize)]
pub(super) struct Claims {
    iss: String,
    sub: String,
    exp: Option<i64>,
    nbf: Option<i64>,
    aud: Option<Audience>,
    client_id: Option<String>,
    token_use: Option<String>,
    email: Option<String>,
    email_verified: Option<bool>,
    #[serde(rename = "custom:tenant")]
    tenant: Option<String>,
    #[serde(rename = "custom:role")]
    role: Option<String>,
    #[serde(rename = "cognito:groups", default)]
    groups: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Reads the header of `token`. Keys that the token brings along (`jwk`, `jku`, `x5u`, `x5c`) are not looked at.
pub(super) fn header(token: &str) -> Result<Header, Flaw> {
    #[derive(Deserialize)]
    struct Raw {
        alg: String,
        kid: Option<String>,
        crit: Option<serde_json::Value>,
    }
    let (encoded, _) = token.split_once('.').ok_or(Flaw::Malformed)?;
    let raw: Raw = part(encoded).ok_or(Flaw::Malformed)?;
    if raw.crit.is_some() {
        return Err(Flaw::Malformed);
    }
    let algorithm = match raw.alg.as_str() {
        "RS256" => Algorithm::RS256,
        "ES256" => Algorithm::ES256,
        _ => return Err(Flaw::Algorithm),
    };
    let kid = raw.kid.filter(|kid| !kid.is_empty()).ok_or(Flaw::UnknownKey)?;
    Ok(Header { kid, algorithm })
}

/// Proves the signature with `key` and reads the claims. Time and audience are checked by
/// [`Claims`], against the time and names passed in: the library would ask the system's clock.
pub(super) fn open(token: &str, header: &Header, key: &Key) -> Result<Claims, Flaw> {
    if header.algorithm != key.algorithm {
        return Err(Flaw::Algorithm);
    }
    let mut validation = Validation::new(key.algorithm);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    jsonwebtoken::decode::<Claims>(token, &key.key, &validation).map(|token| token.claims).map_err(|err| {
        use jsonwebtoken::errors::ErrorKind;
        match err.kind() {
            ErrorKind::InvalidSignature => Flaw::Signature,
            ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => Flaw::Algorithm,
            _ => Flaw::Malformed,
        }
    })
}

impl Claims {
    pub(super) fn issuer(&self) -> &str {
        &self.iss
    }

    /// Claims that the token was made for the application `audience`: an access token names it in
    /// `client_id`, any other in `aud`.
    pub(super) fn is_for(&self, audience: &str) -> bool {
        match self.token_use.as_deref() {
            Some("access") => self.client_id.as_deref() == Some(audience),
            Some("id") | None => match &self.aud {
                Some(Audience::One(one)) => one == audience,
                Some(Audience::Many(many)) => many.iter().any(|one| one == audience),
                None => false,
            },
            Some(_) => false,
        }
    }

    /// Demands `nbf − leeway ≤ now < exp + leeway`, and that there is an `exp`.
    pub(super) fn check_time(&self, now: Timestamp) -> Result<(), Flaw> {
        let end = moment(self.exp.ok_or(Flaw::NoExpiry)?)?;
        if LEEWAY <= now.duration_since(end) {
            return Err(Flaw::Expired);
        }
        match self.nbf.map(moment).transpose()? {
            Some(begin) if LEEWAY < begin.duration_since(now) => Err(Flaw::NotYet),
            _ => Ok(()),
        }
    }

    /// The person, with the rights that the token grants.
    pub(super) fn person(self) -> Result<Person, Flaw> {
        let subject = Line::new(&self.sub).map_err(|_| Flaw::Malformed)?;
        let tenant: Option<TenantId> =
            self.tenant.map(|tenant| tenant.parse()).transpose().map_err(|_| Flaw::NoRole)?;
        let role = if self.groups.iter().any(|group| group == PLATFORM_GROUP) {
            Role::Platform
        } else {
            tenant.ok_or(Flaw::NoRole)?;
            match self.role.as_deref() {
                Some("owner") => Role::Owner,
                Some("agent") => Role::Agent,
                _ => return Err(Flaw::NoRole),
            }
        };
        let email = self.email.filter(|_| self.email_verified != Some(false)).and_then(|email| email.parse().ok());
        Ok(Person { subject, email, tenant, role })
    }
}

fn moment(seconds: i64) -> Result<Timestamp, Flaw> {
    Timestamp::from_second(seconds).map_err(|_| Flaw::Malformed)
}

fn part<T: for<'de> Deserialize<'de>>(encoded: &str) -> Option<T> {
    use base64::Engine as _;
    let json = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(encoded).ok()?;
    serde_json::from_slice(&json).ok()
}
