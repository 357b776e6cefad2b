//! Fetch: reads an address that somebody else wrote down, such as a calendar's, or hands something to it.
//!
//! The one way to an address that is not ours. It connects only where [`Reach`] says, also behind a name and
//! behind each redirect, carries no credentials, takes no proxy from the environment, and stops at a bound of
//! time and of bytes. It never interprets what it reads, and its errors never quote an address, which is
//! mostly a secret.

mod post;
mod reach;
mod resolve;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
};
use reqwest::{Response, StatusCode};
use thiserror::Error;
use url::{Host, Url};

pub use self::post::{Answered, POST_TIMEOUT, Posted};
pub use self::reach::Reach;
pub use self::resolve::{Lookup, SystemLookup};

use self::resolve::{Checked, OutOfReach};

/// How long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long everything may take, redirects and the whole body included.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// The most redirects that are followed.
const MOST_REDIRECTS: usize = 3;

/// The longest validator that is remembered.
const MOST_VALIDATOR_BYTES: usize = 256;

/// What the other end knows us by.
const AGENT: &str = "Frontdesk/1";

/// Reads addresses, and posts to them. Cheap to clone.
#[derive(Clone)]
pub struct Fetch {
    http: reqwest::Client,
    reach: Reach,
    timeout: Duration,
}

/// What is wanted of an address.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The address.
    pub url: &'a Url,
    /// Kinds of content that make sense, as `text/calendar`; an answer that names another is refused.
    pub kinds: &'a [&'a str],
    /// The most bytes of a body.
    pub most_bytes: usize,
    /// The `ETag` that the other end gave the last time.
    pub etag: Option<&'a str>,
    /// The `Last-Modified` that it gave.
    pub last_modified: Option<&'a str>,
}

/// What an address answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// It is as it was.
    Unchanged,
    /// This.
    Content {
        /// The body.
        body: Bytes,
        /// Its `Content-Type`, as it came.
        kind: Option<String>,
        /// Its `ETag`.
        etag: Option<String>,
        /// Its `Last-Modified`.
        last_modified: Option<String>,
    },
}

/// Why nothing was fetched. Never quotes an address.
#[derive(Debug, Error)]
pub enum FetchError {
    /// The address leads to where nothing may be fetched from, or in a way that nothing may be fetched in.
    #[error("the address is not one to fetch from")]
    Refused,
    /// Nobody answers, or not in a way that can be understood.
    #[error("nobody answers at the address")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It took longer than [`TIMEOUT`].
    #[error("the address took too long")]
    TooSlow,
    /// The body is larger than what was wanted.
    #[error("the content is too large")]
    TooLarge,
    /// It leads on more often than is followed, or to nowhere.
    #[error("the address leads on too often")]
    TooManyRedirects,
    /// Another status than success.
    #[error("the address answered {0}")]
    Status(u16),
    /// Another kind of content, or a compressed one.
    #[error("the content is of another kind")]
    Kind,
}

impl Fetch {
    /// A client that connects where `reach` says, and finds names by `lookup`.
    ///
    /// # Errors
    ///
    /// When the TLS provider or the trust store cannot be set up.
    pub fn new(reach: Reach, lookup: Arc<dyn Lookup>) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .dns_resolver(Arc::new(Checked { lookup, reach }))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .user_agent(AGENT)
            .connect_timeout(CONNECT_TIMEOUT)
            // A connection is made for a fetch and by its checks, not kept for another.
            .pool_max_idle_per_host(0)
            .build()?;
        Ok(Self { http, reach, timeout: TIMEOUT })
    }

    /// The same, giving up after `timeout`.
    #[must_use]
    pub const fn within(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Refuses what can be seen to be out of reach without asking anybody. What passes is checked again, with
    /// the addresses behind its name, when it is fetched.
    ///
    /// # Errors
    ///
    /// [`FetchError::Refused`].
    pub fn check(&self, url: &Url) -> Result<(), FetchError> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::Refused);
        }
        // The parser has turned decimal, octal and hexadecimal spellings into plain addresses.
        let (is_known, is_here) = match url.host() {
            Some(Host::Ipv4(ip)) => (self.reach.allows(IpAddr::V4(ip)), self.reach.allows_loopback(IpAddr::V4(ip))),
            Some(Host::Ipv6(ip)) => (self.reach.allows(IpAddr::V6(ip)), self.reach.allows_loopback(IpAddr::V6(ip))),
            Some(Host::Domain(name)) => (is_public_name(name) || self.is_here(name), self.is_here(name)),
            None => (false, false),
        };
        let is_allowed = match url.scheme() {
            "https" => is_known,
            "http" => is_here,
            _ => false,
        };
        if is_allowed { Ok(()) } else { Err(FetchError::Refused) }
    }

    /// Reads what is at the address.
    ///
    /// # Errors
    ///
    /// [`FetchError`]; nothing was read then that could be used.
    pub async fn get(&self, wanted: Wanted<'_>) -> Result<Fetched, FetchError> {
        tokio::time::timeout(self.timeout, self.follow(wanted)).await.map_err(|_| FetchError::TooSlow)?
    }

    async fn follow(&self, wanted: Wanted<'_>) -> Result<Fetched, FetchError> {
        let mut url = wanted.url.clone();
        for _ in 0..=MOST_REDIRECTS {
            self.check(&url)?;
            let response = self.ask(&url, &wanted).await?;
            match response.status() {
                StatusCode::NOT_MODIFIED => return Ok(Fetched::Unchanged),
                status if status.is_redirection() => url = onward(&url, response.headers())?,
                status if status.is_success() => return read(response, &wanted).await,
                status => return Err(FetchError::Status(status.as_u16())),
            }
        }
        Err(FetchError::TooManyRedirects)
    }

    async fn ask(&self, url: &Url, wanted: &Wanted<'_>) -> Result<Response, FetchError> {
        let mut call = self.http.get(url.clone());
        call = call.header(ACCEPT, format!("{}, */*;q=0.1", wanted.kinds.join(", ")));
        // What is never compressed cannot grow while it is read.
        call = call.header(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        for (name, known) in [(IF_NONE_MATCH, wanted.etag), (IF_MODIFIED_SINCE, wanted.last_modified)] {
            if let Some(value) = known.and_then(|known| HeaderValue::from_str(known).ok()) {
                call = call.header(name, value);
            }
        }
        call.send().await.map_err(failed)
    }

    /// Claims that `name` is this machine's own, and may be asked.
    fn is_here(&self, name: &str) -> bool {
        self.reach == Reach::PublicAndLoopback && name == "localhost"
    }
}

impl fmt::Debug for Fetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetch").field("reach", &self.reach).finish_non_exhaustive()
    }
}

/// Claims that `name` can be one of the public internet: with a dot inside and none at its end, which would
/// name the same host in a second spelling.
fn is_public_name(name: &str) -> bool {
    let labels: Vec<&str> = name.split('.').collect();
    let is_private = ["localhost", "local", "internal"].iter().any(|zone| labels.last() == Some(zone));
    1 < labels.len() && labels.iter().all(|label| !label.is_empty()) && !is_private
}

/// Where a redirect leads.
fn onward(from: &Url, headers: &HeaderMap) -> Result<Url, FetchError> {
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok());
    location.and_then(|to| from.join(to).ok()).ok_or(FetchError::TooManyRedirects)
}

async fn read(mut response: Response, wanted: &Wanted<'_>) -> Result<Fetched, FetchError> {
    let text = |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok());
    if text(CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(FetchError::Kind);
    }
    // Who does not say what it is may have what is wanted all the same.
    let kind = text(CONTENT_TYPE).and_then(|value| value.split(';').next()).map(str::trim);
    if kind.is_some_and(|kind| !wanted.kinds.iter().any(|one| one.eq_ignore_ascii_case(kind))) {
        return Err(FetchError::Kind);
    }
    let validator = |name| text(name).filter(|value| value.len() <= MOST_VALIDATOR_BYTES).map(str::to_owned);
    let (etag, last_modified) = (validator(ETAG), validator(LAST_MODIFIED));
    let kind = text(CONTENT_TYPE).map(str::to_owned);
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if wanted.most_bytes < body.len() + chunk.len() {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Fetched::Content { body: body.freeze(), kind, etag, last_modified })
}

/// Sorts a failed call, without the address that the HTTP client would quote.
fn failed(error: reqwest::Error) -> FetchError {
    let error = error.without_url();
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(inner) = source {
        if inner.is::<OutOfReach>() {
            return FetchError::Refused;
        }
        source = inner.source();
    }
    if error.is_timeout() { FetchError::TooSlow } else { FetchError::Unreachable(error.into()) }
}
