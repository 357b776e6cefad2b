//! Stripe: opens and closes Checkout Sessions, gives money back, and reads what Stripe tells.
//!
//! Speaks the real wire through the typed request builders of `async-stripe`, over our own pooled
//! HTTP client and with answers cut down to the fields we read: its own client and answer types
//! would add 18 MB to a function. This module never decides what is owed, and never retries: a
//! caller's queue does.

mod checkout;
mod error;
mod event;
mod list;
mod payment;
mod refund;
mod transport;
pub mod webhook;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

pub use checkout::{CheckoutRequest, CheckoutState, CheckoutStatus, MIN_LIFETIME};
pub use error::{Answer, StripeError};
pub use event::{Reading, Unaddressed, Unreadable, read};
pub use list::{ListedRefund, ListedSession, Page, Wanted};
pub use refund::{Refund, RefundRequest, Refunded};
pub use transport::{Carrier, Source};

/// How long one call may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What marks a Checkout Session, and everything that comes of it, as ours.
pub const SOURCE: &str = "customer_chatbot";

/// A client of Stripe's API. Cheap to clone; one per cold start.
#[derive(Clone)]
pub struct Stripe {
    carrier: Arc<dyn Carrier>,
    endpoint: Url,
    key: SecretString,
    timeout: Duration,
}

impl Stripe {
    /// Makes a client, over `carrier`, of the API at `endpoint` (`https://api.stripe.com`, or a simulator's address
    /// with its path) with the secret `key`.
    #[must_use]
    pub fn new(carrier: impl Carrier + 'static, endpoint: Url, key: SecretString) -> Self {
        Self { carrier: Arc::new(carrier), endpoint, key, timeout: TIMEOUT }
    }

    /// Gives each call `timeout` instead of ten seconds.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The origin of the pages on which customers pay, as far as it is known before there is one: Stripe's
    /// own, or that of the endpoint when another is configured. An account with a domain of its own has
    /// its pages there.
    #[must_use]
    pub fn checkout_origin(&self) -> String {
        match self.endpoint.host_str() {
            Some("api.stripe.com") => "https://checkout.stripe.com".to_owned(),
            _ => self.endpoint.origin().ascii_serialization(),
        }
    }

    /// Claims that the key moves real money, so that only live events may speak for a booking.
    #[must_use]
    pub fn is_live(&self) -> bool {
        let key = self.key.expose_secret();
        key.starts_with("sk_live_") || key.starts_with("rk_live_")
    }
}

impl std::fmt::Debug for Stripe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stripe").field("endpoint", &self.endpoint.as_str()).finish_non_exhaustive()
    }
}
