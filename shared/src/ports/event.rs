//! A domain event's form on the wire: the `detail` on the bus, and what consumers read back.
//!
//! `{ "id", "tenant", "at", "name", "booking" | "conversation" | "resource" | "place" | "webhook" | "import", … }`: ids and times only. The name
//! stands inside as well as in the bus's `detail-type`, so that a parked message explains itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::domain::event::{Event, Happening};
use crate::domain::slot::Interval;

/// Who publishes the events (EventBridge `source`), which rules match on.
pub const SOURCE: &str = "frontdesk";

/// The wire form. Fields may be added; renaming one breaks messages that are still queued.
#[derive(Serialize, Deserialize)]
struct Wire {
    id: String,
    tenant: String,
    at: String,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    booking: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sequence: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grant: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conversation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    escalation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    difference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    webhook: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivery: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    import: Option<String>,
}

/// What EventBridge wraps a detail in, as far as consumers care.
#[derive(Deserialize)]
struct Envelope {
    source: String,
    #[serde(rename = "detail-type")]
    name: String,
    detail: Value,
}

/// JSON that is not an event of ours: a consumer parks it, since reading it again changes nothing.
#[derive(Debug, Error)]
pub enum NotAnEvent {
    /// It is not JSON of that shape.
    #[error("the event has another shape")]
    Shape(#[source] serde_json::Error),
    /// A field is missing, or does not hold what its name says.
    #[error("the event has no valid {0}")]
    Field(&'static str),
}

/// The event as JSON.
#[must_use]
pub fn to_json(event: &Event) -> Value {
    let mut wire = Wire {
        id: event.id.to_string(),
        tenant: event.tenant.to_string(),
        at: event.at.to_string(),
        name: event.what.name().to_owned(),
        booking: None,
        sequence: None,
        grant: None,
        conversation: None,
        escalation: None,
        message: None,
        difference: None,
        resource: None,
        from: None,
        to: None,
        place: None,
        webhook: None,
        delivery: None,
        import: None,
    };
    match event.what {
        Happening::BookingReceived(booking)
        | Happening::BookingConfirmed(booking)
        | Happening::BookingCancelled(booking)
        | Happening::BookingRefunded(booking)
        | Happening::BookingMissed(booking)
        | Happening::BookingDisputed(booking)
        | Happening::BookingFlagged(booking)
        | Happening::CheckoutNeeded(booking)
        | Happening::CheckoutObsolete(booking)
        | Happening::RefundDue(booking)
        | Happening::BookingOffered(booking) => wire.booking = Some(booking.to_string()),
        Happening::SlotFreed(resource, time) => {
            wire.resource = Some(resource.to_string());
            wire.from = Some(time.start().to_string());
            wire.to = Some(time.end().to_string());
        }
        Happening::ImportRequested(import) => wire.import = Some(import.to_string()),
        Happening::WaitlistJoined(place) => wire.place = Some(place.to_string()),
        Happening::BookingChanged(booking, sequence)
        | Happening::BookingReminder(booking, sequence)
        | Happening::BookingOverlaps(booking, sequence) => {
            wire.booking = Some(booking.to_string());
            wire.sequence = Some(sequence);
        }
        Happening::BookingGranted(booking, grant) => {
            wire.booking = Some(booking.to_string());
            wire.grant = Some(grant);
        }
        Happening::BookingDiffers(booking, difference) => {
            wire.booking = Some(booking.to_string());
            wire.difference = Some(difference.as_str().to_owned());
        }
        Happening::CalendarDue(resource) => wire.resource = Some(resource.to_string()),
        Happening::WebhookDue(webhook, delivery) => {
            wire.webhook = Some(webhook.to_string());
            wire.delivery = Some(delivery.to_string());
        }
        Happening::WebhookDisabled(webhook) => wire.webhook = Some(webhook.to_string()),
        Happening::VerificationRequested(conversation) => wire.conversation = Some(conversation.to_string()),
        Happening::EscalationRequested(conversation, escalation)
        | Happening::HandoverReady(conversation, escalation) => {
            wire.conversation = Some(conversation.to_string());
            wire.escalation = Some(escalation.to_string());
        }
        Happening::ConversationReplied(conversation, message) => {
            wire.conversation = Some(conversation.to_string());
            wire.message = Some(message.to_string());
        }
    }
    // A struct of strings and numbers always serialises.
    serde_json::to_value(wire).unwrap_or_default()
}

/// Reads back what [`to_json`] wrote. Unknown fields are ignored: a newer sender may add some.
///
/// # Errors
///
/// [`NotAnEvent`] for anything else.
pub fn from_json(json: &Value) -> Result<Event, NotAnEvent> {
    let wire = Wire::deserialize(json).map_err(NotAnEvent::Shape)?;
    let booking = || parsed(wire.booking.as_deref(), "booking");
    let sequence = || wire.sequence.ok_or(NotAnEvent::Field("sequence"));
    let conversation = || parsed(wire.conversation.as_deref(), "conversation");
    let what = match wire.name.as_str() {
        "booking.received" => Happening::BookingReceived(booking()?),
        "booking.confirmed" => Happening::BookingConfirmed(booking()?),
        "booking.cancelled" => Happening::BookingCancelled(booking()?),
        "booking.changed" => Happening::BookingChanged(booking()?, sequence()?),
        "booking.reminder" => Happening::BookingReminder(booking()?, sequence()?),
        "booking.overlaps" => Happening::BookingOverlaps(booking()?, sequence()?),
        "calendar.due" => Happening::CalendarDue(parsed(wire.resource.as_deref(), "resource")?),
        "webhook.due" => Happening::WebhookDue(
            parsed(wire.webhook.as_deref(), "webhook")?,
            parsed(wire.delivery.as_deref(), "delivery")?,
        ),
        "webhook.disabled" => Happening::WebhookDisabled(parsed(wire.webhook.as_deref(), "webhook")?),
        "booking.refunded" => Happening::BookingRefunded(booking()?),
        "booking.granted" => Happening::BookingGranted(booking()?, wire.grant.ok_or(NotAnEvent::Field("grant"))?),
        "booking.missed" => Happening::BookingMissed(booking()?),
        "booking.disputed" => Happening::BookingDisputed(booking()?),
        "booking.flagged" => Happening::BookingFlagged(booking()?),
        "booking.differs" => Happening::BookingDiffers(booking()?, parsed(wire.difference.as_deref(), "difference")?),
        "checkout.needed" => Happening::CheckoutNeeded(booking()?),
        "checkout.obsolete" => Happening::CheckoutObsolete(booking()?),
        "booking.offered" => Happening::BookingOffered(booking()?),
        "slot.freed" => {
            let (from, to) = (parsed(wire.from.as_deref(), "from")?, parsed(wire.to.as_deref(), "to")?);
            let time = Interval::new(from, to).map_err(|_| NotAnEvent::Field("to"))?;
            Happening::SlotFreed(parsed(wire.resource.as_deref(), "resource")?, time)
        }
        "import.requested" => Happening::ImportRequested(parsed(wire.import.as_deref(), "import")?),
        "waitlist.joined" => Happening::WaitlistJoined(parsed(wire.place.as_deref(), "place")?),
        "refund.due" => Happening::RefundDue(booking()?),
        "verification.requested" => Happening::VerificationRequested(conversation()?),
        "escalation.requested" => {
            Happening::EscalationRequested(conversation()?, parsed(wire.escalation.as_deref(), "escalation")?)
        }
        "handover.ready" => {
            Happening::HandoverReady(conversation()?, parsed(wire.escalation.as_deref(), "escalation")?)
        }
        "conversation.replied" => {
            Happening::ConversationReplied(conversation()?, parsed(wire.message.as_deref(), "message")?)
        }
        _ => return Err(NotAnEvent::Field("name")),
    };
    Ok(Event {
        id: parsed(Some(&wire.id), "id")?,
        tenant: parsed(Some(&wire.tenant), "tenant")?,
        at: parsed(Some(&wire.at), "at")?,
        what,
    })
}

/// Reads the event out of the envelope that the bus puts into a queue.
///
/// # Errors
///
/// [`NotAnEvent`] also when the envelope is another sender's, or names another event than it holds.
pub fn from_envelope(body: &str) -> Result<Event, NotAnEvent> {
    let envelope: Envelope = serde_json::from_str(body).map_err(NotAnEvent::Shape)?;
    if envelope.source != SOURCE {
        return Err(NotAnEvent::Field("source"));
    }
    let event = from_json(&envelope.detail)?;
    if event.what.name() == envelope.name { Ok(event) } else { Err(NotAnEvent::Field("detail-type")) }
}

fn parsed<T: std::str::FromStr>(text: Option<&str>, field: &'static str) -> Result<T, NotAnEvent> {
    text.and_then(|text| text.parse().ok()).ok_or(NotAnEvent::Field(field))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::payment::Difference;

    /// An hour that came free.
    fn hour() -> Interval {
        let at = |text: &str| text.parse().unwrap();
        Interval::new(at("2026-11-23T09:00:00Z"), at("2026-11-23T10:00:00Z")).unwrap()
    }

    /// One event of every kind. The match below does not compile when a kind is missing here.
    fn every_event() -> Vec<Event> {
        let booking = "01JD7Q4ZJ2M6S1V0B7T3K9XN5R".parse().unwrap();
        let conversation = "01JD7Q4ZJ2M6S1V0B7T3K9XN5S".parse().unwrap();
        let escalation = "01JD7Q4ZJ2M6S1V0B7T3K9XN5T".parse().unwrap();
        let all = [
            Happening::BookingReceived(booking),
            Happening::BookingConfirmed(booking),
            Happening::BookingCancelled(booking),
            Happening::BookingChanged(booking, 4),
            Happening::BookingReminder(booking, 4),
            Happening::BookingRefunded(booking),
            Happening::BookingDisputed(booking),
            Happening::BookingFlagged(booking),
            Happening::BookingDiffers(booking, Difference::OtherRefund),
            Happening::BookingOverlaps(booking, 4),
            Happening::CalendarDue("01JD7Q4ZJ2M6S1V0B7T3K9XN5X".parse().unwrap()),
            Happening::WebhookDue(
                "01JD7Q4ZJ2M6S1V0B7T3K9XN60".parse().unwrap(),
                "01JD7Q4ZJ2M6S1V0B7T3K9XN61".parse().unwrap(),
            ),
            Happening::WebhookDisabled("01JD7Q4ZJ2M6S1V0B7T3K9XN60".parse().unwrap()),
            Happening::CheckoutNeeded(booking),
            Happening::RefundDue(booking),
            Happening::BookingOffered(booking),
            Happening::SlotFreed("01JD7Q4ZJ2M6S1V0B7T3K9XN5X".parse().unwrap(), hour()),
            Happening::WaitlistJoined("01JD7Q4ZJ2M6S1V0B7T3K9XN5Y".parse().unwrap()),
            Happening::VerificationRequested(conversation),
            Happening::EscalationRequested(conversation, escalation),
            Happening::BookingGranted(booking, 2),
            Happening::BookingMissed(booking),
            Happening::CheckoutObsolete(booking),
            Happening::ImportRequested("01JD7Q4ZJ2M6S1V0B7T3K9XN60".parse().unwrap()),
            Happening::HandoverReady(conversation, escalation),
            Happening::ConversationReplied(conversation, "01JD7Q4ZJ2M6S1V0B7T3K9XN5Z".parse().unwrap()),
        ];
        for what in all {
            match what {
                Happening::BookingReceived(_)
                | Happening::BookingConfirmed(_)
                | Happening::BookingCancelled(_)
                | Happening::BookingChanged(..)
                | Happening::BookingReminder(..)
                | Happening::BookingRefunded(_)
                | Happening::BookingGranted(..)
                | Happening::BookingMissed(_)
                | Happening::BookingDisputed(_)
                | Happening::BookingFlagged(_)
                | Happening::BookingDiffers(..)
                | Happening::BookingOverlaps(..)
                | Happening::CalendarDue(_)
                | Happening::WebhookDue(..)
                | Happening::WebhookDisabled(_)
                | Happening::ImportRequested(_)
                | Happening::CheckoutNeeded(_)
                | Happening::CheckoutObsolete(_)
                | Happening::RefundDue(_)
                | Happening::BookingOffered(_)
                | Happening::SlotFreed(..)
                | Happening::WaitlistJoined(_)
                | Happening::VerificationRequested(_)
                | Happening::EscalationRequested(..)
                | Happening::HandoverReady(..)
                | Happening::ConversationReplied(..) => {}
            }
        }
        let event = |what| Event {
            id: "01JD7Q4ZJ2M6S1V0B7T3K9XN5V".parse().unwrap(),
            tenant: "01JD7Q4ZJ2M6S1V0B7T3K9XN5W".parse().unwrap(),
            at: "2026-11-21T10:00:00.125Z".parse().unwrap(),
            what,
        };
        all.map(event).to_vec()
    }

    #[test]
    fn every_event_survives_the_wire() {
        for event in every_event() {
            assert_eq!(from_json(&to_json(&event)).unwrap(), event);
        }
    }

    #[test]
    fn the_wire_form_stays_as_it_is() {
        let lines: Vec<String> = every_event().iter().map(|event| to_json(event).to_string()).collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn every_event_is_read_out_of_the_bus_envelope() {
        for event in every_event() {
            let body = json!({
                "version": "0", "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718", "source": "frontdesk",
                "detail-type": event.what.name(), "account": "123456789012", "region": "eu-central-1",
                "time": "2026-11-21T10:00:01Z", "resources": [], "detail": to_json(&event),
            });
            assert_eq!(from_envelope(&body.to_string()).unwrap(), event);
        }
    }

    #[test]
    fn an_envelope_of_another_sender_or_name_is_refused() {
        let detail = to_json(&every_event()[0]);
        for (source, name, field) in
            [("aws.s3", "booking.received", "source"), ("frontdesk", "booking.confirmed", "detail-type")]
        {
            let body = json!({ "source": source, "detail-type": name, "detail": detail }).to_string();
            let refused = from_envelope(&body).unwrap_err();
            assert!(matches!(refused, NotAnEvent::Field(wrong) if wrong == field), "{refused:?}");
        }
    }

    #[test]
    fn json_that_is_no_event_is_refused_and_a_newer_field_is_not() {
        let good = to_json(&every_event()[3]);
        let with = |field: &str, value: Value| {
            let mut json = good.clone();
            json[field] = value;
            json
        };
        for bad in [
            json!(null),
            json!([]),
            json!({}),
            with("name", json!("booking.exploded")),
            with("id", json!("../x")),
            with("tenant", json!("")),
            with("booking", json!(null)),
            with("sequence", json!(-1)),
            with("sequence", json!(null)),
            with("at", json!("yesterday")),
        ] {
            assert!(from_json(&bad).is_err(), "{bad}");
        }
        assert!(from_json(&with("region", json!("eu"))).is_ok());
        assert!(from_envelope("not json").is_err());
    }
}
