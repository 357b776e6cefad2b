//! What can go wrong with a question, told apart only where callers act differently.

use std::error::Error as StdError;
use std::time::Duration;

use thiserror::Error;

use super::answer::Partial;

/// The model did not give a complete answer.
///
/// No text of prompts, answers or responses is in it, so that it can be logged with its sources.
#[derive(Debug, Error)]
pub enum ModelError {
    /// Too many ask at once, and it stayed so for all tries.
    #[error("the model is overloaded")]
    Overloaded {
        /// When to come back, if the model said so.
        retry_after: Option<Duration>,
    },
    /// It could not be reached, failed, or sent nonsense, in all tries.
    #[error("the model is unavailable")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// It kept us waiting longer than [`Patience`](super::Patience) allows.
    #[error("the model took too long")]
    TooSlow,
    /// The account has spent what it may. Asking again does not help today.
    #[error("the account with the model has reached its spend limit")]
    SpendLimit,
    /// It refused the request as such: our key or our bug. Asking again never helps.
    #[error("the model refused the request with status {status} ({kind})")]
    Refused {
        /// The HTTP status; 0 when the request was not even sent.
        status: u16,
        /// The kind of error, as `invalid_request_error`.
        kind: String,
        /// Finds the request in the model maker's console.
        request_id: Option<String>,
    },
    /// The answer broke off after some of it was shown, or at least used.
    #[error("the answer broke off")]
    Interrupted {
        /// What to keep and to charge.
        partial: Box<Partial>,
        /// Why it broke off.
        #[source]
        cause: Box<ModelError>,
    },
}

/// The way to the model is not set up as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidAccess {
    /// The address cannot have a path.
    #[error("the model's address is not an http address")]
    Endpoint,
    /// The key has characters that no header may have.
    #[error("the model's key has characters that no key has")]
    Key,
}

/// The other side did not keep to the protocol.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum Fault {
    /// A status that says it failed.
    #[error("status {status} ({kind})")]
    Status {
        /// The HTTP status.
        status: u16,
        /// The kind of error.
        kind: String,
    },
    /// An error in the middle of the stream.
    #[error("error event ({0})")]
    Event(String),
    /// Not the events it should be, or too large ones.
    #[error("the stream is garbled")]
    Garbled,
    /// The stream ended before the answer.
    #[error("the stream ended early")]
    Cut,
}

impl ModelError {
    /// The request that no model would take, and that is therefore not sent.
    pub(super) fn refused_by_us() -> Self {
        Self::Refused { status: 0, kind: "invalid_prompt".to_owned(), request_id: None }
    }

    pub(super) fn interrupted(partial: Partial, cause: Self) -> Self {
        Self::Interrupted { partial: Box::new(partial), cause: Box::new(cause) }
    }

    pub(super) fn unavailable(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }
}
