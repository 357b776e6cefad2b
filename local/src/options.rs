//! Options: how a runner is started, by its environment or by a test.

use std::path::PathBuf;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::StartError;

/// Where the data lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// Nowhere: it ends with the process.
    Memory,
    /// In this folder.
    Folder(PathBuf),
}

/// How a runner is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// Where the data lives.
    pub data: Data,
    /// A clock that stands at this time until it is moved; none: it goes with the system's.
    pub frozen_at: Option<Timestamp>,
    /// Whether the limits per address are on. The demo has them on; a test that sends much turns them off.
    pub limits: bool,
    /// A key of the real Messages API; none: the simulator answers.
    pub claude_key: Option<SecretString>,
    /// A test key of the real Stripe with the secrets of its webhook; none: the simulator takes the money.
    pub stripe: Option<StripeAccess>,
    /// Whether the demo tenants are made.
    pub demo: bool,
    /// Whether the simulated assistant writes at a person's pace.
    pub paced: bool,
}

/// A real Stripe test account.
#[derive(Debug, Clone)]
pub struct StripeAccess {
    /// `sk_test_…` or `rk_test_…`.
    pub key: SecretString,
    /// `whsec_…`, more than one while they are rotated.
    pub webhook_secrets: Vec<SecretString>,
}

impl Default for Options {
    /// Everything in memory, on a free port, simulated, with the demo tenants: what a test wants.
    fn default() -> Self {
        Self {
            port: 0,
            data: Data::Memory,
            frozen_at: None,
            limits: true,
            claude_key: None,
            stripe: None,
            demo: true,
            paced: false,
        }
    }
}

impl Options {
    /// Reads the environment through `lookup`.
    ///
    /// # Errors
    ///
    /// [`StartError::InvalidPort`] and [`StartError::BadKey`] for what cannot be meant.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        let said = |name: &str| lookup(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let port = said("PORT").map_or(Ok(3000), |text| {
            text.parse().ok().filter(|port| *port != 0).ok_or(StartError::InvalidPort(text))
        })?;
        let data = match said("FRONTDESK_DATA").as_deref() {
            Some(":memory:") => Data::Memory,
            Some(folder) => Data::Folder(folder.into()),
            None => Data::Folder(".local".into()),
        };
        let claude_key = said("ANTHROPIC_API_KEY").map(|key| claude_key(&key)).transpose()?;
        let secrets = said("STRIPE_WEBHOOK_SECRET").unwrap_or_default();
        let stripe = said("STRIPE_SECRET_KEY").map(|key| stripe_access(&key, &secrets)).transpose()?;
        Ok(Self { port, data, claude_key, stripe, paced: true, ..Self::default() })
    }

    /// The folder of the data, if it has one.
    #[must_use]
    pub fn folder(&self) -> Option<&PathBuf> {
        match &self.data {
            Data::Memory => None,
            Data::Folder(folder) => Some(folder),
        }
    }
}

fn claude_key(key: &str) -> Result<SecretString, StartError> {
    let why = "does not look like a key of the Claude API, which begins with sk-ant-: correct it, or unset it to use the simulator";
    if key.starts_with("sk-ant-") && is_plain(key) {
        Ok(SecretString::from(key))
    } else {
        Err(StartError::BadKey { name: "ANTHROPIC_API_KEY", why })
    }
}

fn stripe_access(key: &str, secrets: &str) -> Result<StripeAccess, StartError> {
    let bad = |name, why| Err(StartError::BadKey { name, why });
    if key.starts_with("sk_live_") || key.starts_with("rk_live_") {
        return bad(
            "STRIPE_SECRET_KEY",
            "moves real money: use a test key (sk_test_…), or unset it to use the simulator",
        );
    }
    if !(key.starts_with("sk_test_") || key.starts_with("rk_test_")) || !is_plain(key) {
        return bad(
            "STRIPE_SECRET_KEY",
            "does not look like a test key of Stripe (sk_test_…): correct it, or unset it to use the simulator",
        );
    }
    let webhook_secrets: Vec<SecretString> =
        secrets.split(',').map(str::trim).filter(|secret| !secret.is_empty()).map(SecretString::from).collect();
    let all_plain = webhook_secrets
        .iter()
        .all(|secret| secret.expose_secret().starts_with("whsec_") && is_plain(secret.expose_secret()));
    if webhook_secrets.is_empty() || !all_plain {
        return bad(
            "STRIPE_WEBHOOK_SECRET",
            "must be the whsec_… that `stripe listen --forward-to localhost:3000/v1/webhooks/stripe` prints, since STRIPE_SECRET_KEY is set",
        );
    }
    Ok(StripeAccess { key: SecretString::from(key), webhook_secrets })
}

/// Claims that `key` can be a header.
fn is_plain(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&str, &str)]) -> Result<Options, String> {
        let lookup = |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Options::from_lookup(lookup).map_err(|error| error.to_string())
    }

    #[test]
    fn without_a_word_everything_is_simulated_and_kept() {
        let options = from(&[]).unwrap();
        assert_eq!((options.port, options.data), (3000, Data::Folder(".local".into())));
        assert!(options.claude_key.is_none() && options.stripe.is_none() && options.limits && options.demo);
    }

    #[test]
    fn the_environment_chooses_port_and_place() {
        let options = from(&[("PORT", " 8080 "), ("FRONTDESK_DATA", ":memory:"), ("ANTHROPIC_API_KEY", "")]).unwrap();
        assert_eq!((options.port, options.data), (8080, Data::Memory));
        assert_eq!(from(&[("FRONTDESK_DATA", "/tmp/x")]).unwrap().folder(), Some(&PathBuf::from("/tmp/x")));
    }

    #[test]
    fn what_cannot_be_meant_gets_one_sentence() {
        for (pairs, sentence) in [
            (vec![("PORT", "http")], "PORT is \"http\", which is not a port"),
            (vec![("PORT", "0")], "which is not a port"),
            (vec![("PORT", "65536")], "which is not a port"),
            (vec![("ANTHROPIC_API_KEY", "hello")], "ANTHROPIC_API_KEY does not look like a key"),
            (vec![("ANTHROPIC_API_KEY", "sk-ant-a\nb")], "ANTHROPIC_API_KEY does not look like a key"),
            (vec![("STRIPE_SECRET_KEY", "sk_live_1")], "STRIPE_SECRET_KEY moves real money"),
            (vec![("STRIPE_SECRET_KEY", "pk_test_1")], "STRIPE_SECRET_KEY does not look like a test key"),
            (vec![("STRIPE_SECRET_KEY", "sk_test_1")], "STRIPE_WEBHOOK_SECRET must be the whsec_…"),
            (vec![("STRIPE_SECRET_KEY", "sk_test_1"), ("STRIPE_WEBHOOK_SECRET", "x")], "STRIPE_WEBHOOK_SECRET must be"),
        ] {
            let refused = from(&pairs).unwrap_err();
            assert!(refused.contains(sentence) && !refused.contains('\n'), "{refused}");
        }
        let both = from(&[("STRIPE_SECRET_KEY", "sk_test_1"), ("STRIPE_WEBHOOK_SECRET", "whsec_a, whsec_b")]).unwrap();
        assert_eq!(both.stripe.unwrap().webhook_secrets.len(), 2);
    }
}
