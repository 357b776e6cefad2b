//! The keys that tokens are signed with: fetched when needed, kept, and never asked for too often.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use thiserror::Error;
use tokio::sync::Mutex;
use url::Url;

use super::{Flaw, TokenRefused};

/// How often an unknown key id may cause a fetch: anybody can send one.
const REFETCH: SignedDuration = SignedDuration::from_secs(60);
/// How soon a failed fetch may be tried again.
const RETRY: SignedDuration = SignedDuration::from_secs(5);
/// How long keys are trusted without looking again, so that a withdrawn one ends.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(1);
/// How long one fetch may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The largest key set that is read. Two RSA keys take 1 KB.
const MAX_BYTES: usize = 64 * 1024;

/// Where the keys come from.
pub struct JwksSource(Source);

enum Source {
    Fixed(HashMap<String, Key>),
    Fetched { client: reqwest::Client, url: Url },
}

/// A key, and the one algorithm it is good for.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

/// Text that is not a JSON Web Key Set.
#[derive(Debug, Error)]
#[error("not a JSON Web Key Set")]
pub struct InvalidJwks(#[source] serde_json::Error);

impl JwksSource {
    /// The keys of `json`, a JSON Web Key Set, for good.
    ///
    /// # Errors
    ///
    /// [`InvalidJwks`] when it is none. Keys of a kind this product does not use are passed over.
    pub fn fixed(json: &str) -> Result<Self, InvalidJwks> {
        Ok(Self(Source::Fixed(read(json.as_bytes()).map_err(InvalidJwks)?)))
    }

    /// The keys that are found at `url`, whenever they are needed. `client` should follow no redirects.
    #[must_use]
    pub const fn fetched(client: reqwest::Client, url: Url) -> Self {
        Self(Source::Fetched { client, url })
    }
}

impl fmt::Debug for JwksSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Fixed(keys) => write!(f, "JwksSource({} keys)", keys.len()),
            Source::Fetched { url, .. } => write!(f, "JwksSource({url})"),
        }
    }
}

/// The keys, and when they were last asked for.
pub(super) struct Keys {
    source: Source,
    /// Held during a fetch, so that many requests with a new key cause one.
    cache: Mutex<Cache>,
}

#[derive(Default)]
struct Cache {
    keys: HashMap<String, Key>,
    fetched_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
}

impl Keys {
    pub(super) fn new(source: JwksSource) -> Self {
        Self { source: source.0, cache: Mutex::default() }
    }

    /// The key named `kid`.
    pub(super) async fn find(&self, kid: &str, now: Timestamp) -> Result<Key, TokenRefused> {
        let (client, url) = match &self.source {
            Source::Fixed(keys) => return Ok(keys.get(kid).cloned().ok_or(Flaw::UnknownKey)?),
            Source::Fetched { client, url } => (client, url),
        };
        let mut cache = self.cache.lock().await;
        let wanted = if cache.keys.contains_key(kid) { MAX_AGE } else { REFETCH };
        if is_over(cache.fetched_at, wanted, now) {
            cache.refresh(client, url, kid, now).await?;
        }
        Ok(cache.keys.get(kid).cloned().ok_or(Flaw::UnknownKey)?)
    }
}

impl Cache {
    /// Fetches the keys. A failure is one only for those who cannot do without: a known key stays good.
    async fn refresh(
        &mut self,
        client: &reqwest::Client,
        url: &Url,
        kid: &str,
        now: Timestamp,
    ) -> Result<(), TokenRefused> {
        let fetched = if is_over(self.failed_at, RETRY, now) {
            fetch(client, url).await
        } else {
            Err("the last try failed just now".into())
        };
        match fetched {
            Ok(keys) => {
                *self = Self { keys, fetched_at: Some(now), failed_at: None };
                Ok(())
            }
            Err(cause) => {
                if is_over(self.failed_at, RETRY, now) {
                    self.failed_at = Some(now);
                }
                if self.keys.contains_key(kid) { Ok(()) } else { Err(TokenRefused::KeysUnavailable(cause)) }
            }
        }
    }
}

/// Claims that `span` has passed since `then`, or that there is no `then`. A clock that was set back counts as passed.
fn is_over(then: Option<Timestamp>, span: SignedDuration, now: Timestamp) -> bool {
    then.is_none_or(|then| span <= now.duration_since(then).abs())
}

async fn fetch(
    client: &reqwest::Client,
    url: &Url,
) -> Result<HashMap<String, Key>, Box<dyn std::error::Error + Send + Sync>> {
    let mut response = client.get(url.clone()).timeout(TIMEOUT).send().await?.error_for_status()?;
    if !response.status().is_success() {
        return Err(format!("the key set was answered with {}", response.status()).into());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if MAX_BYTES < body.len() + chunk.len() {
            return Err("the key set is too large".into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(read(&body)?)
}

fn read(json: &[u8]) -> Result<HashMap<String, Key>, serde_json::Error> {
    let set: JwkSet = serde_json::from_slice(json)?;
    Ok(set.keys.iter().filter_map(|jwk| Some((jwk.common.key_id.clone()?, key(jwk)?))).collect())
}

/// The key in `jwk`, if it is a public key for RS256 or ES256. Shared secrets never become keys.
fn key(jwk: &Jwk) -> Option<Key> {
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(params) if params.curve == EllipticCurve::P256 => Algorithm::ES256,
        _ => return None,
    };
    let named_otherwise = jwk.common.key_algorithm.is_some_and(|named| named != KeyAlgorithm::from(algorithm));
    let for_signing = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
    if named_otherwise || !for_signing {
        return None;
    }
    Some(Key { algorithm, key: DecodingKey::from_jwk(jwk).ok()? })
}
