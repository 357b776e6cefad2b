//! Problems: every refusal and failure that a caller can see, as `application/problem+json` (RFC 9457).
//!
//! An [`ApiError`] keeps apart what is sent ([`Kind`] and public words) and what is logged (its cause).
//! A problem never shows a cause, a stack, a key or another tenant's id; texts of 5xx are constants.

mod kind;

use std::time::Duration;

use lambda_http::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use lambda_http::{Body, Response};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::domain::availability::WhyNone;
use crate::domain::meter::Exceeded;
use crate::store::StoreError;

pub use crate::domain::chain::Chain;
pub use kind::Kind;

/// A cause of any type, for the log only.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// JSON Pointer (RFC 6901) to the field; empty: the whole body.
    pub pointer: String,
    /// Stable word for programs, as `too_long`.
    pub code: &'static str,
    /// Sentence for people.
    pub detail: String,
}

/// An answer that is not what the caller asked for. Small, since every `Result` of the edge carries one.
#[derive(Debug)]
pub struct ApiError {
    kind: Kind,
    said: Box<Said>,
}

/// What a problem says and keeps, beyond its kind.
#[derive(Debug, Default)]
struct Said {
    detail: String,
    errors: Vec<FieldError>,
    members: Map<String, Value>,
    retry_after: Option<Duration>,
    limit: Option<Exceeded>,
    cause: Option<Cause>,
}

/// The members that every problem has, in the order they are sent.
#[derive(Serialize)]
struct Sent<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    code: &'static str,
    #[serde(rename = "requestId")]
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(flatten)]
    members: &'a Map<String, Value>,
}

impl ApiError {
    /// A problem of `kind` that says `detail`; a failure of ours says its constant text instead.
    #[must_use]
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        let detail = kind.constant_detail().map_or_else(|| detail.into(), str::to_owned);
        Self { kind, said: Box::new(Said { detail, ..Said::default() }) }
    }

    /// The body or a header cannot be read at all.
    #[must_use]
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(Kind::Malformed, detail)
    }

    /// Fields of the body do not hold what they must.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let mut problem = Self::new(Kind::Invalid, "The request has fields that are not valid.");
        problem.said.errors = errors;
        problem
    }

    /// One field of the body does not hold what it must.
    #[must_use]
    pub fn invalid_field(pointer: &str, code: &'static str, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { pointer: pointer.to_owned(), code, detail: detail.into() }])
    }

    /// The session is missing, expired or somebody else's: all three alike.
    #[must_use]
    pub fn session_invalid() -> Self {
        Self::new(Kind::SessionInvalid, "This chat session is not valid or has expired. Please start a new one.")
    }

    /// No valid token or tenant key.
    #[must_use]
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(Kind::Unauthorized, detail)
    }

    /// The page that asks is not one of the tenant's.
    #[must_use]
    pub fn origin_refused() -> Self {
        Self::new(Kind::OriginRefused, "This site may not use this chat.")
    }

    /// The caller is known and may not do this.
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, detail)
    }

    /// Absent, or not the caller's: both alike, to the letter.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Kind::NotFound, "There is nothing here.")
    }

    /// The path exists, with other methods.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        Self::new(Kind::MethodNotAllowed, "This method is not allowed here.")
    }

    /// The state of things does not allow it.
    #[must_use]
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, detail)
    }

    /// The time cannot be booked, and `why`; `alternatives` are free ones near it.
    #[must_use]
    pub fn not_bookable<T: Serialize>(why: &WhyNone, alternatives: &T) -> Self {
        let (kind, detail) = match why {
            WhyNone::FullyBooked => (Kind::SlotTaken, "That time has just been taken."),
            WhyNone::TooSoon { .. } => (Kind::TooSoon, "That time begins too soon to be booked."),
            WhyNone::BeyondHorizon { .. } => (Kind::TooFarAhead, "That time is too far ahead to be booked."),
            WhyNone::Closed | WhyNone::Holiday(_) | WhyNone::OutsideHours => {
                (Kind::NotOpen, "The business is not open at that time.")
            }
            WhyNone::PackageInactive | WhyNone::NoResource | WhyNone::Changed => {
                (Kind::NotOffered, "This is not offered any more as it was. Please ask for it again.")
            }
        };
        Self::new(kind, detail).with("alternatives", alternatives)
    }

    /// It was here and is over.
    #[must_use]
    pub fn expired(detail: impl Into<String>) -> Self {
        Self::new(Kind::Expired, detail)
    }

    /// Somebody changed the item since the caller read it.
    #[must_use]
    pub fn stale_version() -> Self {
        Self::new(Kind::StaleVersion, "This was changed in the meantime. Please load it again.")
    }

    /// The body is larger than `max_bytes`.
    #[must_use]
    pub fn too_large(max_bytes: usize) -> Self {
        Self::new(Kind::TooLarge, format!("The body is larger than {} KB.", max_bytes / 1024))
    }

    /// The body is not JSON.
    #[must_use]
    pub fn unsupported_media_type() -> Self {
        Self::new(Kind::UnsupportedMediaType, "The body must be JSON, sent as application/json.")
    }

    /// Well formed, and refused by a rule of the house.
    #[must_use]
    pub fn refused(detail: impl Into<String>) -> Self {
        Self::new(Kind::Refused, detail)
    }

    /// Over a limit until it resets.
    #[must_use]
    pub fn rate_limited(detail: impl Into<String>, exceeded: Exceeded) -> Self {
        let mut problem = Self::new(Kind::RateLimited, detail).retry_after(exceeded.retry_after);
        problem.said.limit = Some(exceeded);
        problem
    }

    /// Something we lean on is out of reach; the same call may succeed after `retry_after`.
    #[must_use]
    pub fn unavailable(retry_after: Duration, cause: impl Into<Cause>) -> Self {
        Self::new(Kind::Unavailable, "").retry_after(retry_after).because(cause)
    }

    /// Our fault.
    #[must_use]
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::new(Kind::Internal, "").because(cause)
    }

    /// Says when to come back. Whole seconds, at least one.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.said.retry_after = Some(wait);
        self
    }

    /// Adds a member of its own to the problem. One that cannot be written as JSON, or that has the name
    /// of a standard member, is left out.
    #[must_use]
    pub fn with<T: Serialize>(mut self, member: &'static str, value: &T) -> Self {
        const STANDARD: [&str; 7] = ["type", "title", "status", "detail", "code", "requestId", "errors"];
        if let (false, Ok(value)) = (STANDARD.contains(&member), serde_json::to_value(value)) {
            self.said.members.insert(member.to_owned(), value);
        }
        self
    }

    /// Keeps why, for the log only.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Cause>) -> Self {
        self.said.cause = Some(cause.into());
        self
    }

    /// What kind of problem it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The sentence for the caller.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.said.detail
    }

    /// The answer to send.
    #[must_use]
    pub fn response(&self, request_id: &str) -> Response<Body> {
        let sent = Sent {
            r#type: "about:blank",
            title: self.kind.title(),
            status: self.kind.status().as_u16(),
            detail: &self.said.detail,
            code: self.kind.code(),
            request_id,
            errors: &self.said.errors,
            members: &self.said.members,
        };
        let mut response = Response::new(Body::from(serde_json::to_string(&sent).unwrap_or_default()));
        *response.status_mut() = self.kind.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        self.say_when(headers);
        if self.kind == Kind::Unauthorized {
            headers.insert("www-authenticate", HeaderValue::from_static("Bearer"));
        }
        response
    }

    /// Says in `headers` when to come back, and which limit is used up until then: for answers of another form, too.
    pub fn say_when(&self, headers: &mut HeaderMap) {
        if let Some(wait) = self.said.retry_after {
            headers.insert(RETRY_AFTER, whole_seconds(wait).max(1).into());
        }
        if let Some(Exceeded { limit, retry_after }) = self.said.limit {
            headers.insert("ratelimit-limit", limit.into());
            headers.insert("ratelimit-remaining", HeaderValue::from_static("0"));
            headers.insert("ratelimit-reset", whole_seconds(retry_after).into());
        }
    }

    /// Writes the log line of this problem: failures of ours as errors, passing ones and refusals with a
    /// cause as warnings, and nothing for what a caller did wrong. Its request is named by the span.
    pub fn log(&self) {
        let (status, code) = (self.kind.status().as_u16(), self.kind.code());
        match &self.said.cause {
            Some(cause) if self.kind == Kind::Internal => {
                tracing::error!(status, code, error = %Chain(&**cause), "a request failed");
            }
            None if self.kind == Kind::Internal => {
                tracing::error!(status, code, "a request failed")
            }
            Some(cause) => {
                tracing::warn!(status, code, error = %Chain(&**cause), "a request was not served");
            }
            None => {}
        }
    }
}

impl From<StoreError> for ApiError {
    /// Passing failures ask the caller to come back; the rest is our fault.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Throttled(_) => Self::unavailable(Duration::from_secs(1), error),
            StoreError::Unavailable(_) => Self::unavailable(Duration::from_secs(5), error),
            StoreError::Corrupt { .. } | StoreError::Bug(_) => Self::internal(error),
        }
    }
}

/// `wait` in seconds, rounded up: a caller that waits so long is not early.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() != 0)
}

#[cfg(test)]
mod tests;
