//! Post: hands something to an address that somebody else wrote down, such as a webhook.
//!
//! The same walls as for what is read: it connects only where [`super::Reach`] says, behind a name too. It follows no
//! redirect, and reads the status and no more: what the other end has to say beyond that is nothing to us.

use std::time::Duration;

use bytes::Bytes;
use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use url::Url;

use super::{Fetch, FetchError, failed};

/// How long everything may take.
pub const POST_TIMEOUT: Duration = Duration::from_secs(10);

/// What is handed over.
#[derive(Debug, Clone)]
pub struct Posted<'a> {
    /// Where.
    pub url: &'a Url,
    /// Headers beside the content type; what cannot stand in one is left out.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: Bytes,
    /// The present, which dates in the answer are read against.
    pub now: Timestamp,
}

/// What the other end answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// The status, whatever it is.
    pub status: u16,
    /// How long it wants to be left alone, if it says so.
    pub retry_after: Option<SignedDuration>,
}

impl Fetch {
    /// Hands something over.
    ///
    /// # Errors
    ///
    /// [`FetchError::Refused`], [`FetchError::Unreachable`], [`FetchError::TooSlow`]; whether the other end has taken it
    /// is then not known.
    pub async fn post(&self, posted: Posted<'_>) -> Result<Answered, FetchError> {
        self.check(posted.url)?;
        let within = self.timeout.min(POST_TIMEOUT);
        tokio::time::timeout(within, self.hand_over(posted)).await.map_err(|_| FetchError::TooSlow)?
    }

    async fn hand_over(&self, posted: Posted<'_>) -> Result<Answered, FetchError> {
        let mut call = self.http.post(posted.url.clone()).header(CONTENT_TYPE, "application/json");
        for (name, value) in &posted.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                call = call.header(*name, value);
            }
        }
        let response = call.body(posted.body).send().await.map_err(failed)?;
        let retry_after = retry_after(response.headers(), posted.now);
        Ok(Answered { status: response.status().as_u16(), retry_after })
    }
}

/// The pause that an answer asks for, in seconds or as a date.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = text.parse::<u32>().ok().map(|seconds| SignedDuration::from_secs(seconds.into()));
    let until = || rfc2822::parse(text).ok().map(|date| date.timestamp().duration_since(now));
    seconds.or_else(until).filter(|pause| pause.is_positive())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_to_be_left_alone_is_read_in_seconds_and_as_a_date() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        for (text, pause) in [
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("0", None),
            ("-5", None),
            ("soon", None),
            ("99999999999", None),
            ("Sun, 22 Nov 2026 10:01:30 GMT", Some(90)),
            ("Sun, 22 Nov 2026 09:59:00 GMT", None),
        ] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]);
            assert_eq!(retry_after(&headers, now), pause.map(SignedDuration::from_secs), "{text}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
