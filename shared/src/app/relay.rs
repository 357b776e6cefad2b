//! The relay: carries events from the outbox's stream to the bus, in order, at least once.
//!
//! Decides where a stream goes on after a failure, and what can never be carried and must not hold up
//! what is behind it. Never decides who acts on an event: that is for the bus' rules.

use thiserror::Error;

use crate::domain::event::{Event, Happening};
use crate::ports::metric::{Metric, Metrics};
use crate::ports::{Bus, SendError, trace};
use crate::store::StoreError;
use crate::store::outbox::{Image, from_stream};

/// One record of the outbox's stream.
#[derive(Debug, Clone)]
pub struct Record {
    /// Where it stands in its shard.
    pub sequence: String,
    /// The row as it is after the change; empty when it was removed.
    pub image: Image,
}

/// How far a batch of records came.
#[derive(Debug, Default)]
pub struct Relayed {
    /// Events that the bus has taken.
    pub published: usize,
    /// Records that are no events: what consumers remember, and what has expired.
    pub passed_over: usize,
    /// Records that can never be carried, each with why. Their rows stay in the outbox.
    pub given_up: Vec<(String, Lost)>,
    /// The first record that the bus has not taken, and why: the stream has to go on with it.
    pub stopped_at: Option<(String, SendError)>,
}

/// Why an event can never be carried.
#[derive(Debug, Error)]
pub enum Lost {
    /// Its row cannot be read.
    #[error("the event cannot be read")]
    Unreadable(#[from] StoreError),
    /// The bus refuses it for good.
    #[error("the bus refuses the event")]
    Refused(#[source] SendError),
}

/// Publishes the events among `records`, in order, and counts what the business notices of them. Repeating it
/// is safe: consumers remember an event's id. Counts do not: a record that the stream gives again is counted
/// again.
pub async fn relay(bus: &dyn Bus, metrics: &dyn Metrics, records: Vec<Record>) -> Relayed {
    let mut relayed = Relayed::default();
    let (mut sequences, mut events) = (Vec::new(), Vec::new());
    for record in records {
        match from_stream(record.image) {
            Ok(Some(event)) => {
                sequences.push(record.sequence);
                events.push(event);
            }
            Ok(None) => relayed.passed_over += 1,
            Err(error) => relayed.given_up.push((record.sequence, error.into())),
        }
    }
    let mut not_taken = match bus.publish(&events).await {
        Ok(not_taken) => not_taken,
        Err(_) => (0..events.len()).collect(),
    };
    not_taken.sort_unstable();
    relayed.published = events.len() - not_taken.len();
    let taken = events.iter().enumerate().filter(|(position, _)| !not_taken.contains(position));
    taken.for_each(|(_, event)| carried(metrics, event));
    for position in not_taken {
        let (Some(sequence), Some(event)) = (sequences.get(position), events.get(position)) else { continue };
        match publish_alone(bus, event).await {
            Ok(()) => {
                relayed.published += 1;
                carried(metrics, event);
            }
            Err(error @ SendError::Refused(_)) => relayed.given_up.push((sequence.clone(), Lost::Refused(error))),
            Err(error @ SendError::Unavailable(_)) => {
                relayed.stopped_at = Some((sequence.clone(), error));
                break;
            }
        }
    }
    relayed.given_up.iter().for_each(|_| metrics.count(Metric::EventGivenUp));
    relayed
}

/// Logs and counts an event that the bus has taken.
fn carried(metrics: &dyn Metrics, event: &Event) {
    trace::carried(event);
    let metric = match event.what {
        Happening::BookingReceived(_) => Metric::BookingReceived,
        Happening::BookingConfirmed(_) => Metric::BookingConfirmed,
        Happening::BookingCancelled(_) => Metric::BookingCancelled,
        Happening::BookingFlagged(_) => Metric::PaymentFlagged,
        Happening::EscalationRequested(..) => Metric::HandOverRequested,
        Happening::BookingChanged(..)
        | Happening::BookingRefunded(_)
        | Happening::BookingDisputed(_)
        | Happening::CheckoutNeeded(_)
        | Happening::RefundDue(_)
        | Happening::VerificationRequested(_) => return,
    };
    metrics.count(metric);
}

/// Publishes one event by itself, which tells whether it is its own fault that the bus does not take it.
async fn publish_alone(bus: &dyn Bus, event: &Event) -> Result<(), SendError> {
    match bus.publish(std::slice::from_ref(event)).await?.is_empty() {
        true => Ok(()),
        false => Err(SendError::Unavailable("the bus did not take it".into())),
    }
}
