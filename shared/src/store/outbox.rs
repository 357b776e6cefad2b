//! The outbox: `pk = T#<tenant>#EVENT#<event>`, `sk = EVENT`. An event is written in the transaction of
//! what it tells of; the table's stream carries it on.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Store;
use super::error::{StoreError, corrupt};
use super::expression::Put;
use super::key::{EVENT, Key};
use super::row::{at, ms, parse, ttl};
use super::table::{Action, item};
use crate::domain::event::{Event, Happening};
use crate::domain::slot::Interval;

const WHAT: &str = "event";

/// How long an event stays readable after it was carried on.
const KEPT_DAYS: i64 = 30;

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    id: String,
    tenant: String,
    at: i64,
    name: String,
    /// The booking, conversation, resource, import, place on the waitlist or webhook it is about.
    subject: String,
    /// The part of the subject it is about, as an escalation, the number of a sequence or grant, a difference, a stretch of time or a delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    ttl: i64,
}

/// What happened, as rows tell it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Told {
    name: String,
    subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl From<Happening> for Told {
    fn from(what: Happening) -> Self {
        let (subject, detail) = match what {
            Happening::BookingReceived(id)
            | Happening::BookingConfirmed(id)
            | Happening::BookingCancelled(id)
            | Happening::BookingRefunded(id)
            | Happening::BookingMissed(id)
            | Happening::BookingDisputed(id)
            | Happening::BookingFlagged(id)
            | Happening::CheckoutNeeded(id)
            | Happening::CheckoutObsolete(id)
            | Happening::RefundDue(id)
            | Happening::BookingOffered(id) => (id.to_string(), None),
            Happening::SlotFreed(resource, time) => {
                (resource.to_string(), Some(format!("{}/{}", time.start(), time.end())))
            }
            Happening::WaitlistJoined(id) => (id.to_string(), None),
            Happening::BookingChanged(id, sequence)
            | Happening::BookingReminder(id, sequence)
            | Happening::BookingOverlaps(id, sequence) => (id.to_string(), Some(sequence.to_string())),
            Happening::CalendarDue(id) => (id.to_string(), None),
            Happening::WebhookDue(id, delivery) => (id.to_string(), Some(delivery.to_string())),
            Happening::WebhookDisabled(id) => (id.to_string(), None),
            Happening::ImportRequested(id) => (id.to_string(), None),
            Happening::BookingGranted(id, grant) => (id.to_string(), Some(grant.to_string())),
            Happening::BookingDiffers(id, difference) => (id.to_string(), Some(difference.as_str().to_owned())),
            Happening::VerificationRequested(id) => (id.to_string(), None),
            Happening::EscalationRequested(id, escalation) | Happening::HandoverReady(id, escalation) => {
                (id.to_string(), Some(escalation.to_string()))
            }
            Happening::ConversationReplied(id, message) => (id.to_string(), Some(message.to_string())),
        };
        Self { name: what.name().to_owned(), subject, detail }
    }
}

impl TryFrom<Told> for Happening {
    type Error = StoreError;

    fn try_from(told: Told) -> Result<Self, StoreError> {
        let booking = || parse(&told.subject, WHAT);
        let detail = told.detail.as_deref().unwrap_or_default();
        Ok(match told.name.as_str() {
            "booking.received" => Self::BookingReceived(booking()?),
            "booking.confirmed" => Self::BookingConfirmed(booking()?),
            "booking.cancelled" => Self::BookingCancelled(booking()?),
            "booking.changed" => Self::BookingChanged(booking()?, parse(detail, WHAT)?),
            "booking.reminder" => Self::BookingReminder(booking()?, parse(detail, WHAT)?),
            "booking.refunded" => Self::BookingRefunded(booking()?),
            "booking.granted" => Self::BookingGranted(booking()?, parse(detail, WHAT)?),
            "booking.missed" => Self::BookingMissed(booking()?),
            "booking.disputed" => Self::BookingDisputed(booking()?),
            "booking.flagged" => Self::BookingFlagged(booking()?),
            "booking.differs" => Self::BookingDiffers(booking()?, parse(detail, WHAT)?),
            "booking.overlaps" => Self::BookingOverlaps(booking()?, parse(detail, WHAT)?),
            "import.requested" => Self::ImportRequested(parse(&told.subject, WHAT)?),
            "calendar.due" => Self::CalendarDue(parse(&told.subject, WHAT)?),
            "webhook.due" => Self::WebhookDue(parse(&told.subject, WHAT)?, parse(detail, WHAT)?),
            "webhook.disabled" => Self::WebhookDisabled(parse(&told.subject, WHAT)?),
            "checkout.needed" => Self::CheckoutNeeded(booking()?),
            "checkout.obsolete" => Self::CheckoutObsolete(booking()?),
            "booking.offered" => Self::BookingOffered(booking()?),
            "slot.freed" => Self::SlotFreed(parse(&told.subject, WHAT)?, stretch(detail)?),
            "waitlist.joined" => Self::WaitlistJoined(parse(&told.subject, WHAT)?),
            "refund.due" => Self::RefundDue(booking()?),
            "verification.requested" => Self::VerificationRequested(parse(&told.subject, WHAT)?),
            "escalation.requested" => Self::EscalationRequested(parse(&told.subject, WHAT)?, parse(detail, WHAT)?),
            "handover.ready" => Self::HandoverReady(parse(&told.subject, WHAT)?, parse(detail, WHAT)?),
            "conversation.replied" => Self::ConversationReplied(parse(&told.subject, WHAT)?, parse(detail, WHAT)?),
            _ => return Err(corrupt(WHAT)("unknown event")),
        })
    }
}

impl From<&Event> for Row {
    fn from(event: &Event) -> Self {
        let Told { name, subject, detail } = event.what.into();
        Self {
            id: event.id.to_string(),
            tenant: event.tenant.to_string(),
            at: ms(event.at),
            name,
            subject,
            detail,
            ttl: ttl(event.at) + KEPT_DAYS * 24 * 3_600,
        }
    }
}

impl TryFrom<Row> for Event {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let what = Told { name: row.name, subject: row.subject, detail: row.detail }.try_into()?;
        Ok(Self { id: parse(&row.id, WHAT)?, tenant: parse(&row.tenant, WHAT)?, at: at(row.at, WHAT)?, what })
    }
}

/// A stretch of time as an event's detail.
fn stretch(text: &str) -> Result<Interval, StoreError> {
    let (start, end) = text.split_once('/').ok_or_else(|| corrupt(WHAT)("a stretch of time without an end"))?;
    Interval::new(parse(start, WHAT)?, parse(end, WHAT)?).map_err(corrupt(WHAT))
}

impl Store {
    /// Announces `event`, in the transaction of what it tells of.
    pub(super) fn announcing(&self, event: &Event) -> Result<Action, StoreError> {
        let key = Key::event(event.tenant, event.id);
        self.outbox.putting(Put::fresh(item(&key, &Row::from(event), WHAT)?))
    }
}

/// The image of a row as a table's stream carries it; empty when the row was removed.
pub type Image = serde_dynamo::Item;

/// Reads the image of an outbox row as the table's stream carries it; `None` for rows of another kind
/// and for rows that were removed.
///
/// # Errors
///
/// [`StoreError::Corrupt`] for an event that cannot be read.
pub fn from_stream(image: Image) -> Result<Option<Event>, StoreError> {
    let is_event = matches!(image.get("sk"), Some(serde_dynamo::AttributeValue::S(sk)) if sk == EVENT);
    if !is_event {
        return Ok(None);
    }
    let row: Row = serde_dynamo::from_item(image).map_err(corrupt(WHAT))?;
    row.try_into().map(Some)
}

/// Names the row of an image, as `T#<tenant>#EVENT#<event>`; empty when the image has no key.
#[must_use]
pub fn row_of(image: &Image) -> String {
    match image.get("pk") {
        Some(serde_dynamo::AttributeValue::S(pk)) => pk.clone(),
        _ => String::new(),
    }
}

/// The end of a stay in the outbox, for rows that are kept beside events.
pub(super) fn expiry(now: Timestamp) -> i64 {
    ttl(now) + KEPT_DAYS * 24 * 3_600
}
