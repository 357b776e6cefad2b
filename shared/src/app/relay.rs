//! The relay: carries events from the outbox's stream to the bus, in order, at least once.
//!
//! Decides where a stream goes on after a failure, and what can never be carried: that is parked where an
//! operator sees it, and does not hold up what is behind it. Never decides who acts on an event: that is for the bus' rules.

use serde_json::json;
use thiserror::Error;

use crate::domain::chain::Chain;
use crate::domain::event::{Event, Happening};
use crate::ports::metric::{Metric, Metrics};
use crate::ports::{Bus, SendError, trace};
use crate::store::StoreError;
use crate::store::outbox::{Image, from_stream, row_of};

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
    /// Events that can never be carried, and are parked for an operator. Their rows stay in the outbox.
    pub given_up: Vec<GivenUp>,
    /// The first record that was neither carried nor parked, and why: the stream has to go on with it.
    pub stopped_at: Option<(String, SendError)>,
}

/// An event that can never be carried.
#[derive(Debug)]
pub struct GivenUp {
    /// Where it stands in its shard.
    pub sequence: String,
    /// Its row in the outbox, as `T#<tenant>#EVENT#<event>`.
    pub row: String,
    /// Why it can never be carried.
    pub why: Lost,
}

impl GivenUp {
    /// What the operator is told: where the event is, and what is wrong with it.
    fn note(&self) -> String {
        json!({ "row": self.row, "sequence": self.sequence, "why": Chain(&self.why).to_string() }).to_string()
    }
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

/// Publishes the events among `records`, in order, parks those that can never be carried, and counts what the
/// business notices of them. Repeating it is safe: consumers remember an event's id, and a note about a lost one
/// may come twice. Counts do not remember: a record that the stream gives again is counted again.
pub async fn relay(bus: &dyn Bus, metrics: &dyn Metrics, records: Vec<Record>) -> Relayed {
    let mut relayed = Relayed::default();
    let (mut places, mut events, mut lost) = (Vec::new(), Vec::new(), Vec::new());
    for (position, Record { sequence, image }) in records.into_iter().enumerate() {
        let row = row_of(&image);
        match from_stream(image) {
            Ok(Some(event)) => {
                places.push((position, sequence, row));
                events.push(event);
            }
            Ok(None) => relayed.passed_over += 1,
            Err(error) => lost.push((position, GivenUp { sequence, row, why: error.into() })),
        }
    }
    let mut not_taken = match bus.publish(&events).await {
        Ok(not_taken) => not_taken,
        Err(_) => (0..events.len()).collect(),
    };
    not_taken.sort_unstable();
    relayed.published = events.len() - not_taken.len();
    let taken = events.iter().enumerate().filter(|(number, _)| !not_taken.contains(number));
    taken.for_each(|(_, event)| carried(metrics, event));
    let mut end = usize::MAX;
    for number in not_taken {
        let (Some((position, sequence, row)), Some(event)) = (places.get(number), events.get(number)) else { continue };
        match publish_alone(bus, event).await {
            Ok(()) => {
                relayed.published += 1;
                carried(metrics, event);
            }
            Err(error @ SendError::Refused(_)) => {
                let (sequence, row) = (sequence.clone(), row.clone());
                lost.push((*position, GivenUp { sequence, row, why: Lost::Refused(error) }));
            }
            Err(error @ SendError::Unavailable(_)) => {
                (end, relayed.stopped_at) = (*position, Some((sequence.clone(), error)));
                break;
            }
        }
    }
    lost.sort_unstable_by_key(|(position, _)| *position);
    // What stands behind the end comes again.
    for (_, given_up) in lost.into_iter().filter(|(position, _)| *position < end) {
        if let Err(error) = bus.park_event(&given_up.note()).await {
            relayed.stopped_at = Some((given_up.sequence, error));
            break;
        }
        metrics.count(Metric::EventGivenUp);
        relayed.given_up.push(given_up);
    }
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
        | Happening::BookingReminder(..)
        | Happening::BookingRefunded(_)
        | Happening::BookingGranted(..)
        | Happening::BookingMissed(_)
        | Happening::BookingDisputed(_)
        | Happening::BookingDiffers(..)
        | Happening::BookingOverlaps(..)
        | Happening::CalendarDue(_)
        | Happening::WebhookDue(..)
        | Happening::WebhookDisabled(_)
        | Happening::CheckoutNeeded(_)
        | Happening::CheckoutObsolete(_)
        | Happening::RefundDue(_)
        | Happening::BookingOffered(_)
        | Happening::SlotFreed(..)
        | Happening::WaitlistJoined(_)
        | Happening::VerificationRequested(_)
        | Happening::ImportRequested(_)
        | Happening::HandoverReady(..)
        | Happening::ConversationReplied(..) => return,
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
