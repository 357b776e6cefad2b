//! Receiving: Stripe's word is proven and durably queued, and nothing more.
//!
//! The signature is over the raw bytes, so nothing is parsed before it is verified. What the event means
//! is for the payment worker, [`super::hear`].

use secrecy::SecretString;
use thiserror::Error;

use super::message::{NotQueueable, queued};
use crate::clients::stripe::webhook::{SignatureRefused, verify};
use crate::ports::{Bus, Clock, SendError};

/// Everything receiving may touch.
#[derive(Clone, Copy)]
pub struct ReceiveDeps<'a> {
    /// What Stripe may have signed with: two while one is rotated.
    pub secrets: &'a [SecretString],
    /// The time.
    pub clock: &'a dyn Clock,
    /// Leads to the payment worker.
    pub bus: &'a dyn Bus,
}

/// Why a delivery is not taken. Stripe sends it again.
#[derive(Debug, Error)]
pub enum NotReceived {
    /// Stripe did not sign it, or not now.
    #[error("the signature does not count")]
    Signature(#[from] SignatureRefused),
    /// It is signed and no event.
    #[error(transparent)]
    NotAnEvent(#[from] NotQueueable),
    /// The queue did not take it.
    #[error("the event is not queued")]
    Queue(#[from] SendError),
}

/// Takes the event `body` that Stripe signed with `signature`; returns only when it cannot get lost any more.
/// Repeating it queues it again, and the payment worker sees that it is no news.
///
/// # Errors
///
/// [`NotReceived`]; then nothing is queued, as far as is known.
pub async fn receive(deps: ReceiveDeps<'_>, body: &[u8], signature: &str) -> Result<(), NotReceived> {
    verify(body, signature, deps.secrets, deps.clock.now())?;
    Ok(deps.bus.queue_payment(&queued(body)?).await?)
}
