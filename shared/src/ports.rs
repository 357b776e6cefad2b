//! Ports: traits for which two runnable implementations exist, one in AWS and one in the local runner.
//!
//! The database, Claude and Stripe have none: the real client is pointed at an embedded store or a simulator.

pub mod event;
pub mod metric;
pub mod trace;

use async_trait::async_trait;
use jiff::Timestamp;
use thiserror::Error;
use ulid::Ulid;

use crate::domain::event::Event;
use crate::domain::mail::Mail;

/// Tells the time. Tests hold it still; the local runner can move it.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// Makes what must be unique or unguessable.
pub trait Ids: Send + Sync {
    /// A new ULID of `now`; those made by one process sort in the order they were made.
    fn ulid(&self, now: Timestamp) -> Ulid;

    /// 32 random bytes.
    fn secret(&self) -> [u8; 32];
}

/// Carries mails: SES in AWS, a mailbox page locally.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands one mail over. Sending is not idempotent; the caller remembers what was sent.
    ///
    /// # Errors
    ///
    /// [`SendError::Refused`] for this mail for good, [`SendError::Unavailable`] to try again.
    async fn send(&self, mail: &Mail) -> Result<(), SendError>;
}

/// Carries events and payment work between functions: EventBridge and SQS, or channels in one process.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Publishes `events` and returns the positions of those that were not taken; repeating is safe,
    /// because every consumer remembers the event's id.
    ///
    /// # Errors
    ///
    /// [`SendError`] when none was taken.
    async fn publish(&self, events: &[Event]) -> Result<Vec<usize>, SendError>;

    /// Queues one raw message for the payment worker; returns only when it is durable.
    ///
    /// # Errors
    ///
    /// [`SendError`] when it is not queued.
    async fn queue_payment(&self, body: &str) -> Result<(), SendError>;

    /// Puts a note about an event that can never be carried where an operator sees it; returns only when it
    /// is durable.
    ///
    /// # Errors
    ///
    /// [`SendError`] when it is not there.
    async fn park_event(&self, note: &str) -> Result<(), SendError>;
}

/// A port's other side did not take what it was handed.
#[derive(Debug, Error)]
pub enum SendError {
    /// Trying the same again is pointless.
    #[error("refused")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Out of reach or overloaded: try again later.
    #[error("unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}
