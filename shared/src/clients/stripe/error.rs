//! Failures of Stripe, by what the caller does about them.
//!
//! Stripe's own sentence is left out: it can quote an email address.

use std::error::Error as StdError;
use std::fmt::{self, Display};

use stripe_client_core::StripeClientErr;
use thiserror::Error;

use super::Unreadable;

/// Why a call to Stripe did not succeed.
#[derive(Debug, Error)]
pub enum StripeError {
    /// No answer, or one that asks to try again: time-out, 409, 429, 5xx, an unreadable body.
    /// Repeating the call with the same idempotency key is safe, and may succeed.
    #[error("stripe is out of reach")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// Stripe understood and said no. Repeating the call gets the same answer.
    #[error("stripe refused the request as {code}")]
    Refused {
        /// Stripe's code, or else its error type, or else `http_<status>`.
        code: String,
        /// The answer itself.
        #[source]
        answer: Box<Answer>,
    },
}

impl StripeError {
    /// Stripe's code, if it refused.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Unavailable(_) => None,
            Self::Refused { code, .. } => Some(code),
        }
    }

    /// Sorts an answer that is not a success.
    pub(super) fn of(answer: Answer) -> Self {
        if matches!(answer.status, 408 | 409 | 424 | 425 | 429 | 500..) || answer.may_be_repeated {
            return Self::Unavailable(Box::new(answer));
        }
        let code = answer.code.clone().or_else(|| answer.kind.clone());
        let code = code.unwrap_or_else(|| format!("http_{}", answer.status));
        Self::Refused { code, answer: Box::new(answer) }
    }

    /// Claims that the object does not exist.
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Refused { answer, .. } if answer.status == 404)
    }
}

impl From<Unreadable> for StripeError {
    fn from(unreadable: Unreadable) -> Self {
        Self::Unavailable(Box::new(unreadable))
    }
}

impl StripeClientErr for StripeError {
    fn deserialize_err(msg: impl Display) -> Self {
        Self::Unavailable(msg.to_string().into())
    }
}

/// An answer of Stripe's that is not a success, without its sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Stripe's `type`, as `invalid_request_error`.
    pub kind: Option<String>,
    /// Stripe's `code`, as `resource_missing`.
    pub code: Option<String>,
    /// The parameter that is at fault.
    pub param: Option<String>,
    /// Stripe's name for the call, to find it in its log.
    pub request: Option<String>,
    /// Claims that Stripe itself says to try again.
    pub may_be_repeated: bool,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}", self.status)?;
        for (name, value) in
            [("type", &self.kind), ("code", &self.code), ("param", &self.param), ("request", &self.request)]
        {
            if let Some(value) = value {
                write!(f, ", {name} {value}")?;
            }
        }
        Ok(())
    }
}

impl StdError for Answer {}
