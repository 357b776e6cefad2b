//! The Claude Messages API: one prompt in, one streamed answer out.
//!
//! Decides when a call is repeated, how long it may take, and what of a broken answer still
//! counts. Never runs a tool, never keeps a conversation, never logs a prompt or a key.
//!
//! Reading order: [`Prompt`] is what is asked, [`Answer`] what comes back, [`ModelError`] what can
//! go wrong, [`Patience`] how long it is tried. Inside, `wire` writes the request, `sse` cuts the
//! stream into events, `event` reads one, `draft` puts the answer together.

mod answer;
mod draft;
mod error;
mod event;
mod failure;
mod model;
mod patience;
mod prompt;
mod sse;
#[cfg(test)]
mod tests;
mod wire;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use url::Url;

pub use self::answer::{Answer, Partial, Stop, ToolCall};
pub use self::error::{InvalidAccess, ModelError};
pub use self::patience::Patience;
pub use self::prompt::{Block, Prompt, PromptMessage, Role, SystemBlock, ToolSpec};

use self::draft::Draft;
use self::failure::Failure;
use self::sse::Decoder;

/// The version of the API this client speaks.
const API_VERSION: HeaderValue = HeaderValue::from_static("2023-06-01");

/// How long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long to wait for a finished stream to be closed.
const PARTING: Duration = Duration::from_millis(50);

/// The most of an error's body that is read.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// The most bytes that one answer's stream may have.
const MAX_STREAM_BYTES: usize = 16 * 1024 * 1024;

/// A client of the Messages API. Cheap to clone; holds one key.
#[derive(Clone)]
pub struct Claude {
    http: reqwest::Client,
    messages: Url,
    key: HeaderValue,
    patience: Patience,
}

impl fmt::Debug for Claude {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claude").field("messages", &self.messages.as_str()).finish_non_exhaustive()
    }
}

/// The HTTP client that [`Claude`] wants: it gives up on a connection after three seconds and
/// follows no redirect, which would carry the key to another host.
///
/// # Errors
///
/// When the TLS provider or the trust store cannot be set up.
pub fn http() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .tcp_nodelay(true)
        .build()
}

impl Claude {
    /// Makes a client of the API at `endpoint`, as `https://api.anthropic.com`.
    ///
    /// # Errors
    ///
    /// [`InvalidAccess`] when the endpoint cannot be a base, or the key cannot be a header.
    pub fn new(
        http: reqwest::Client,
        endpoint: &Url,
        key: &SecretString,
        patience: Patience,
    ) -> Result<Self, InvalidAccess> {
        let mut messages = endpoint.clone();
        messages.path_segments_mut().map_err(|()| InvalidAccess::Endpoint)?.pop_if_empty().extend(["v1", "messages"]);
        let mut key = HeaderValue::from_str(key.expose_secret()).map_err(|_| InvalidAccess::Key)?;
        key.set_sensitive(true);
        Ok(Self { http, messages, key, patience })
    }

    /// The same client with another patience.
    #[must_use]
    pub fn with(&self, patience: Patience) -> Self {
        Self { patience, ..self.clone() }
    }

    /// Opens a connection ahead of the first question. A peer that is down changes nothing.
    pub async fn open(&self) {
        let knock = self.http.head(self.messages.clone()).timeout(CONNECT_TIMEOUT).send();
        // Any response, a refusal too, leaves a connection in the pool.
        let _ = knock.await;
    }

    /// Asks once and returns the whole answer, handing each piece of text to `heard` as it comes.
    ///
    /// Repeats the call as [`Patience`] allows, but only while nothing was handed on. Tool calls
    /// are only in the returned answer, and only those that arrived whole.
    ///
    /// # Errors
    ///
    /// As [`ModelError`] says; [`ModelError::Interrupted`] as soon as something was shown or used.
    pub async fn answer(
        &self,
        prompt: &Prompt<'_>,
        heard: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Answer, ModelError> {
        let body = wire::body(prompt)?;
        let started = Instant::now();
        let mut tries = self.patience.tries(started);
        let mut calls = Vec::new();
        loop {
            let mut draft = Draft::default();
            let mut first_token = None;
            let told = self
                .tell(body.clone(), &mut draft, tries.first_byte_by(), tries.end_by(), &mut |piece| {
                    first_token.get_or_insert_with(|| started.elapsed());
                    heard(piece);
                })
                .await;
            calls.extend(draft.usage());
            let failure = match told {
                Ok(()) => return Ok(draft.answer(calls, first_token, started.elapsed())),
                Err(failure) => failure,
            };
            let wait = if draft.is_heard() { None } else { tries.wait(failure.again, started.elapsed()) };
            let Some(wait) = wait else {
                if !draft.is_heard() && calls.is_empty() {
                    return Err(failure.error);
                }
                let partial = draft.partial(calls, first_token, started.elapsed());
                return Err(ModelError::interrupted(partial, failure.error));
            };
            sleep(wait).await;
        }
    }

    /// Makes one call and feeds its stream to `draft` until the answer is complete.
    async fn tell(
        &self,
        body: Bytes,
        draft: &mut Draft,
        first_byte_by: Instant,
        end_by: Instant,
        heard: &mut (dyn FnMut(&str) + Send),
    ) -> Result<(), Failure> {
        let request = self
            .http
            .post(self.messages.clone())
            .header("x-api-key", self.key.clone())
            .header("anthropic-version", API_VERSION)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(body);
        let by = self.patience.idle_from(Instant::now()).min(first_byte_by);
        let mut response =
            timeout_at(by, request.send()).await.map_err(|_| Failure::too_slow())?.map_err(Failure::transport)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(refusal(response, by).await);
        }
        let mut decoder = Decoder::default();
        let mut received = 0;
        loop {
            let limit = if received == 0 { first_byte_by } else { end_by };
            let by = self.patience.idle_from(Instant::now()).min(limit);
            let chunk =
                timeout_at(by, response.chunk()).await.map_err(|_| Failure::too_slow())?.map_err(Failure::transport)?;
            let Some(chunk) = chunk else { return draft.end() };
            received += chunk.len();
            if MAX_STREAM_BYTES < received {
                return Err(Failure::garbled());
            }
            for data in decoder.feed(&chunk).map_err(|_| Failure::garbled())? {
                draft.take(event::parse(&data)?, heard)?;
            }
            if draft.is_complete() {
                // With HTTP/1 only a response read to its end leaves its connection for the next.
                let _ = timeout(PARTING, response.chunk()).await;
                return Ok(());
            }
        }
    }
}

/// What a response other than 200 means. Of its body only the kind of error is read.
async fn refusal(mut response: reqwest::Response, by: Instant) -> Failure {
    let mut body = Vec::new();
    while let Ok(Ok(Some(chunk))) = timeout_at(by, response.chunk()).await {
        if MAX_ERROR_BYTES < body.len() + chunk.len() {
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Failure::of_status(response.status(), response.headers(), event::error_kind(&body).as_deref())
}
