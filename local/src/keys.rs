//! Keys of a local deployment: made at random, kept in its data folder, worth nothing elsewhere.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// The secrets that a deployment would have in Secrets Manager and its identity provider.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Keys {
    /// Signs links and slot ids.
    pub link_secret: String,
    /// Signs Stripe's simulated events.
    pub webhook_secret: String,
    /// Signs tokens: ES256, PKCS #8 in URL-safe base64.
    pub signing_key: String,
}

impl Keys {
    /// New keys.
    ///
    /// # Errors
    ///
    /// When the system gives no randomness.
    pub fn random() -> Result<Self, Unspecified> {
        let signing_key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
        let signing_key = signing_key.to_pkcs8v1()?;
        Ok(Self {
            link_secret: secret()?,
            webhook_secret: format!("whsec_{}", secret()?),
            signing_key: URL_SAFE_NO_PAD.encode(signing_key.as_ref()),
        })
    }
}

fn secret() -> Result<String, Unspecified> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}
