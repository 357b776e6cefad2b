//! A development identity provider: three people with a password, and tokens as Cognito makes them.
//!
//! It exists only in the local runner. What verifies its tokens is the same code as in AWS.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::demo;
use crate::error::Source;

/// Names the only key.
const KEY_ID: &str = "local";

/// Whom the tokens are for.
pub const AUDIENCE: &str = "frontdesk-console";

/// How long a token is good, as in Cognito.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// What a person of the demo knows.
const PASSWORD: &str = "demo";

/// Somebody who may sign in.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// Their address.
    pub email: &'static str,
    /// The tenant they work for; none: the platform's own people.
    pub tenant: Option<&'static str>,
    /// `owner`, `agent` or `platform`.
    pub role: &'static str,
}

/// Everybody there is.
pub const PEOPLE: [Person; 4] = [
    Person { email: "owner@demo.test", tenant: Some(demo::LINDEN), role: "owner" },
    Person { email: "agent@demo.test", tenant: Some(demo::LINDEN), role: "agent" },
    Person { email: "owner@demo2.test", tenant: Some(demo::MIRABELLE), role: "owner" },
    Person { email: "platform@demo.test", tenant: None, role: "platform" },
];

/// Signs people in.
pub struct Identity {
    issuer: String,
    key: EncodingKey,
    jwks: Value,
}

impl Identity {
    /// An identity provider at `issuer` that signs with `signing_key` (PKCS #8 in URL-safe base64).
    ///
    /// # Errors
    ///
    /// When that is no key.
    pub fn new(issuer: String, signing_key: &str) -> Result<Self, Source> {
        let pkcs8 = URL_SAFE_NO_PAD.decode(signing_key)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8)?;
        // An uncompressed point: 4, then x and y of 32 bytes each.
        let (x, y) = pair.public_key().as_ref().get(1..).ok_or("no public key")?.split_at(32);
        let jwks = json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": KEY_ID,
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
        }] });
        Ok(Self { issuer, key: EncodingKey::from_ec_der(&pkcs8), jwks })
    }

    /// Its key set, for whoever verifies.
    #[must_use]
    pub const fn jwks(&self) -> &Value {
        &self.jwks
    }

    /// Who issues the tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// A token for who knows the password; none otherwise.
    #[must_use]
    pub fn login(&self, email: &str, password: &str, now: Timestamp) -> Option<String> {
        let email = email.trim().to_lowercase();
        let person = PEOPLE.iter().find(|person| person.email == email).filter(|_| password == PASSWORD)?;
        self.token(person, AUDIENCE, now)
    }

    /// A token for a person, issued at `now` for `audience`; none when it cannot be signed.
    #[must_use]
    pub fn token(&self, person: &Person, audience: &str, now: Timestamp) -> Option<String> {
        let mut claims = json!({
            "sub": format!("local|{}", person.email),
            "iss": self.issuer,
            "aud": audience,
            "token_use": "id",
            "email": person.email,
            "email_verified": true,
            "iat": now.as_second(),
            "exp": now.saturating_add(LIFE).unwrap_or(Timestamp::MAX).as_second(),
        });
        match person.tenant {
            Some(tenant) => {
                claims["custom:tenant"] = json!(tenant);
                claims["custom:role"] = json!(person.role);
            }
            None => claims["cognito:groups"] = json!([person.role]),
        }
        let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, &claims, &self.key).ok()
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use shared::http::token::{JwksSource, Role, Tokens};

    use super::*;
    use crate::keys::Keys;

    #[tokio::test]
    async fn what_it_signs_is_believed_by_the_code_that_runs_in_aws() {
        let identity =
            Identity::new("http://localhost:3000/dev".to_owned(), &Keys::random().unwrap().signing_key).unwrap();
        let now = "2026-11-21T09:00:00Z".parse().unwrap();
        let tokens = Tokens::new(identity.issuer(), AUDIENCE, JwksSource::fixed(&identity.jwks().to_string()).unwrap());
        for (email, role, tenant) in [
            ("owner@demo.test", Role::Owner, Some(demo::LINDEN)),
            ("Agent@Demo.Test ", Role::Agent, Some(demo::LINDEN)),
            ("owner@demo2.test", Role::Owner, Some(demo::MIRABELLE)),
            ("platform@demo.test", Role::Platform, None),
        ] {
            let token = identity.login(email, "demo", now).unwrap();
            let person = tokens.verify(&token, now).await.unwrap();
            assert_eq!(person.role, role);
            assert_eq!(person.tenant.map(|tenant| tenant.to_string()).as_deref(), tenant);
            assert!(tokens.verify(&token, now + SignedDuration::from_hours(2)).await.is_err());
        }
    }

    #[test]
    fn nobody_comes_in_with_another_password_or_name() {
        let identity =
            Identity::new("http://localhost:3000/dev".to_owned(), &Keys::random().unwrap().signing_key).unwrap();
        let now = "2026-11-21T09:00:00Z".parse().unwrap();
        for (email, password) in
            [("owner@demo.test", ""), ("owner@demo.test", "Demo"), ("nobody@demo.test", "demo"), ("", "demo")]
        {
            assert_eq!(identity.login(email, password, now), None, "{email}");
        }
    }
}
