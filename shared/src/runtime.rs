//! The runtime: builds what a function works with, once per cold start. The only home of the system clock.

mod lend;
pub mod log;
pub mod queue;

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;

use aws_lc_rs::hmac;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use ulid::Ulid;
use url::Url;

use crate::adapters::emf::EmbeddedMetrics;
use crate::adapters::eventbridge::AwsBus;
use crate::adapters::ses::SesMailer;
use crate::adapters::sqs::SqsQueue;
use crate::app::context::Contexts;
use crate::app::mail::{InvalidPublicUrl, Links};
use crate::clients::claude::{Claude, Patience as ModelPatience};
use crate::clients::fetch::{Fetch, Reach, SystemLookup};
use crate::clients::stripe::Stripe;
use crate::config::Config;
use crate::http::token::{JwksSource, Tokens};
use crate::ports::metric::{Metrics, Unmeasured};
use crate::ports::{Clock, Ids};
use crate::store::{Patience, Store};

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one home of the system clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Random ids from the operating system; ULIDs of one process sort in the order they were made.
#[derive(Debug, Default)]
pub struct RandomIds {
    last: Mutex<Option<Ulid>>,
}

impl Ids for RandomIds {
    fn ulid(&self, now: Timestamp) -> Ulid {
        let ms = u64::try_from(now.as_millisecond()).unwrap_or_default();
        let fresh = Ulid::from_parts(ms, u128::from_be_bytes(random()));
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let next = match *last {
            Some(before) if fresh.timestamp_ms() <= before.timestamp_ms() => before.increment().unwrap_or(fresh),
            _ => fresh,
        };
        *last = Some(next);
        next
    }

    fn secret(&self) -> [u8; 32] {
        random()
    }
}

/// Random bytes. A machine that has none is broken beyond answering: the process ends.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        std::process::abort();
    }
    bytes
}

/// Everything that functions work with. Each use case borrows from it exactly what it may touch.
pub struct Services {
    /// The tables.
    pub store: Store,
    /// The model.
    pub claude: Claude,
    /// The payment service.
    pub stripe: Stripe,
    /// Reads addresses that others wrote down. It reaches the public internet; the local runner gives another.
    pub fetch: Fetch,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids and secrets.
    pub ids: Arc<dyn Ids>,
    /// What happens, counted.
    pub metrics: Arc<dyn Metrics>,
    /// Verifies admin tokens.
    pub tokens: Tokens,
    /// Remembered business contexts.
    pub contexts: Contexts,
    /// Signs links, slot ids, cursors and mailed codes.
    pub link_key: hmac::Key,
    /// Where visitors and mails reach this deployment, without a slash at the end.
    pub public_url: String,
    /// Origins whose pages may read the admin API.
    pub console_origins: Vec<String>,
    /// Makes the links in mails.
    pub links: Links,
    /// Secrets that Stripe may sign webhooks with.
    pub stripe_webhook_secrets: Vec<SecretString>,
    /// Whether messages are counted per address. Always, but in the local runner.
    pub limits_addresses: AtomicBool,
}

/// A function cannot start. Says which part is not set up, never the value.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The environment makes no sense.
    #[error(transparent)]
    Config(#[from] crate::config::InvalidConfig),
    /// The HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up")]
    Http(#[from] reqwest::Error),
    /// The way to Claude makes no sense.
    #[error(transparent)]
    Claude(#[from] crate::clients::claude::InvalidAccess),
    /// No link can begin with `PUBLIC_URL`.
    #[error(transparent)]
    PublicUrl(#[from] InvalidPublicUrl),
    /// `MAIL_FROM` is not an address.
    #[error("MAIL_FROM is not an email address")]
    MailFrom(#[from] crate::domain::address::InvalidEmail),
}

impl Services {
    /// Builds the services of a deployed function and opens its connections. A peer that is down never
    /// fails the start.
    ///
    /// # Errors
    ///
    /// [`StartError`] when the configuration makes no sense.
    pub async fn deployed(config: &Config) -> Result<Self, StartError> {
        let sdk = sdk_config().await;
        let client = aws_sdk_dynamodb::Client::new(&sdk);
        let store = Store::new(&client, &config.tables, Patience::default());
        let mut services = Self::over(config, store, Arc::new(SystemClock), Arc::new(RandomIds::default()))?;
        services.metrics = Arc::new(metrics(config));
        Ok(services)
    }

    /// Builds the services over an open store, with a clock and ids of the caller's. They measure nothing
    /// until they are given `metrics`.
    ///
    /// # Errors
    ///
    /// As [`Services::deployed`].
    pub fn over(config: &Config, store: Store, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Result<Self, StartError> {
        let http = crate::clients::claude::http()?;
        let keys = JwksSource::fetched(http.clone(), config.token_jwks_url.clone());
        let link_key = hmac::Key::new(hmac::HMAC_SHA256, config.link_secret.expose_secret().as_bytes());
        let public_url = plain(&config.public_url);
        Ok(Self {
            store,
            claude: Claude::new(http.clone(), &config.claude_url, &config.claude_key, ModelPatience::default())?,
            stripe: Stripe::new(http, config.stripe_url.clone(), config.stripe_key.clone()),
            fetch: Fetch::new(Reach::Public, Arc::new(SystemLookup))?,
            clock,
            ids,
            metrics: Arc::new(Unmeasured),
            tokens: Tokens::new(config.token_issuer.clone(), config.token_audience.clone(), keys),
            contexts: Contexts::default(),
            links: Links::new(&public_url, link_key.clone())?,
            link_key,
            public_url,
            console_origins: config.console_origins.clone(),
            stripe_webhook_secrets: config.stripe_webhook_secrets.clone(),
            limits_addresses: AtomicBool::new(true),
        })
    }

    /// Opens the connections that a turn needs, ahead of the first request. A peer that is down changes nothing.
    pub async fn open_connections(&self) {
        tokio::join!(self.store.open(), self.claude.open());
    }
}

/// An address without a slash at its end.
fn plain(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

async fn sdk_config() -> aws_config::SdkConfig {
    aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await
}

/// The mailer of a deployed function.
///
/// # Errors
///
/// [`StartError::MailFrom`] when the sender's address is none.
pub async fn mailer(config: &Config) -> Result<SesMailer, StartError> {
    let from = config.mail_from.parse()?;
    Ok(SesMailer::new(aws_sdk_sesv2::Client::new(&sdk_config().await), from))
}

/// The metrics of a deployed function: lines of its log.
#[must_use]
pub fn metrics(config: &Config) -> EmbeddedMetrics {
    EmbeddedMetrics::new(config.stage.clone(), Arc::new(SystemClock), Box::new(std::io::stdout()))
}

/// The bus of a deployed function.
pub async fn bus(config: &Config) -> AwsBus {
    let sdk = sdk_config().await;
    let queues = aws_sdk_sqs::Client::new(&sdk);
    let payments = SqsQueue::new(queues.clone(), config.payment_queue_url.clone());
    let lost = SqsQueue::new(queues, config.relay_dlq_url.clone());
    AwsBus::new(aws_sdk_eventbridge::Client::new(&sdk), config.event_bus.clone(), payments, lost)
}
