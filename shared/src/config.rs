//! The environment, read once: the only file that asks it.
//!
//! Every function has the same variables in the same words; what a function does not need may be absent.

use secrecy::SecretString;
use thiserror::Error;
use url::Url;

use crate::store::TableNames;

/// What the environment says.
#[derive(Debug, Clone)]
pub struct Config {
    /// Name of the deployment.
    pub stage: String,
    /// The deployed tables.
    pub tables: TableNames,
    /// Where visitors and mails reach this deployment, without a slash at the end.
    pub public_url: Url,
    /// Origins of the console's pages, letter by letter; none: no page of another site reads the admin API.
    pub console_origins: Vec<String>,
    /// Where mails come from.
    pub mail_from: String,
    /// Name of the EventBridge bus.
    pub event_bus: String,
    /// Queue of the payment worker.
    pub payment_queue_url: String,
    /// Queue where an operator finds events that can never be carried.
    pub relay_dlq_url: String,
    /// Base of the Messages API.
    pub claude_url: Url,
    /// Key of the Messages API.
    pub claude_key: SecretString,
    /// Base of Stripe's API.
    pub stripe_url: Url,
    /// Key of Stripe's API.
    pub stripe_key: SecretString,
    /// Secrets that Stripe may sign webhooks with: more than one while they are rotated.
    pub stripe_webhook_secrets: Vec<SecretString>,
    /// Signs links, slot ids and mailed codes.
    pub link_secret: SecretString,
    /// Who issues admin tokens.
    pub token_issuer: String,
    /// Whom admin tokens are for.
    pub token_audience: String,
    /// Where the issuer's keys are.
    pub token_jwks_url: Url,
}

/// The level that functions log at, as Lambda is told it by the template.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one home of the environment")]
pub fn log_level() -> Option<String> {
    std::env::var("AWS_LAMBDA_LOG_LEVEL").ok()
}

/// A variable that makes no sense.
#[derive(Debug, Error)]
#[error("the environment variable {name} is not a valid address")]
pub struct InvalidConfig {
    name: &'static str,
    #[source]
    source: url::ParseError,
}

impl Config {
    /// Reads the environment of a deployed function.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`] for an address that is none.
    #[expect(clippy::disallowed_methods, reason = "this is the one home of the environment")]
    pub fn from_env() -> Result<Self, InvalidConfig> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads variables through `lookup`.
    ///
    /// # Errors
    ///
    /// As [`Config::from_env`].
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, InvalidConfig> {
        let text = |name: &str| lookup(name).unwrap_or_default();
        let secret = |name: &str| SecretString::from(text(name));
        let address = |name: &'static str, default: &str| {
            let said = lookup(name).filter(|said| !said.is_empty());
            Url::parse(said.as_deref().unwrap_or(default)).map_err(|source| InvalidConfig { name, source })
        };
        let list = |name: &str| -> Vec<String> {
            text(name).split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        Ok(Self {
            stage: text("STAGE"),
            tables: TableNames {
                tenants: text("TENANTS_TABLE"),
                conversations: text("CONVERSATIONS_TABLE"),
                bookings: text("BOOKINGS_TABLE"),
                records: text("RECORDS_TABLE"),
                counters: text("COUNTERS_TABLE"),
                outbox: text("OUTBOX_TABLE"),
            },
            public_url: address("PUBLIC_URL", "http://localhost:3000")?,
            console_origins: list("CONSOLE_ORIGIN"),
            mail_from: text("MAIL_FROM"),
            event_bus: text("EVENT_BUS"),
            payment_queue_url: text("PAYMENT_QUEUE_URL"),
            relay_dlq_url: text("RELAY_DLQ_URL"),
            claude_url: address("CLAUDE_URL", "https://api.anthropic.com")?,
            claude_key: secret("ANTHROPIC_API_KEY"),
            stripe_url: address("STRIPE_URL", "https://api.stripe.com")?,
            stripe_key: secret("STRIPE_SECRET_KEY"),
            stripe_webhook_secrets: list("STRIPE_WEBHOOK_SECRET").into_iter().map(SecretString::from).collect(),
            link_secret: secret("LINK_SECRET"),
            token_issuer: text("TOKEN_ISSUER"),
            token_audience: text("TOKEN_AUDIENCE"),
            token_jwks_url: address("TOKEN_JWKS_URL", "http://localhost/jwks.json")?,
        })
    }
}
