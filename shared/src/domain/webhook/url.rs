//! The address of a webhook.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use url::Url;

/// The most characters of an address.
const MOST_CHARS: usize = 1_000;

/// Where events are sent: `https` (or `http`, which only a local desk reaches).
///
/// Such an address is often a secret, as Slack's are. Its `Debug` form hides it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct WebhookUrl(Url);

/// Text that is not the address of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidWebhookUrl {
    /// It is too long, or no absolute address.
    #[error("this is not an address of at most {MOST_CHARS} characters")]
    NotAnAddress,
    /// It is reached in another way.
    #[error("the address must begin with https://")]
    Scheme,
    /// It holds a user name or a password.
    #[error("the address must not hold a user name or a password")]
    Credentials,
}

impl WebhookUrl {
    /// The address.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for WebhookUrl {
    type Err = InvalidWebhookUrl;

    /// A fragment is dropped.
    fn from_str(text: &str) -> Result<Self, InvalidWebhookUrl> {
        let text = text.trim();
        if MOST_CHARS < text.chars().count() {
            return Err(InvalidWebhookUrl::NotAnAddress);
        }
        let mut url = Url::parse(text).map_err(|_| InvalidWebhookUrl::NotAnAddress)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(InvalidWebhookUrl::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidWebhookUrl::Credentials);
        }
        url.set_fragment(None);
        Ok(Self(url))
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookUrl(…)")
    }
}
