//! What log lines are about: the span of one piece of work, and the ids that are found out on its way.
//!
//! Every line of a request or a message carries its span, so that one id finds all lines of a booking, a
//! conversation or an event in the logs of every function. Ids are ours and say nothing of a person; words,
//! names, addresses, tokens and links never go here, nor into any line.
//!
//! Spans are of level `ERROR`, so that a line that is logged at all never lacks them.

use tracing::field::{Empty, display};
use tracing::{Span, error_span};

use crate::domain::event::{Event, Happening};
use crate::domain::id::{BookingId, ConversationId, TenantId};

/// The span of one request: the gateway's id of it, and its route as the template spells it.
#[must_use]
pub fn request(id: &str, method: &str, route: &str) -> Span {
    error_span!(
        "request",
        request.id = id,
        method,
        route,
        tenant.id = Empty,
        conversation.id = Empty,
        booking.id = Empty,
    )
}

/// The span of one message of a queue.
#[must_use]
pub fn message(id: &str) -> Span {
    error_span!(
        "message",
        message.id = id,
        event.id = Empty,
        event.name = Empty,
        tenant.id = Empty,
        conversation.id = Empty,
        booking.id = Empty,
    )
}

/// The work at hand is about this business.
pub fn of_tenant(id: TenantId) {
    Span::current().record("tenant.id", display(id));
}

/// The work at hand is about this conversation.
pub fn of_conversation(id: ConversationId) {
    Span::current().record("conversation.id", display(id));
}

/// The work at hand is about this booking.
pub fn of_booking(id: BookingId) {
    Span::current().record("booking.id", display(id));
}

/// The work at hand is about this event and its subject.
pub fn of_event(event: &Event) {
    let span = Span::current();
    span.record("event.id", display(event.id));
    span.record("event.name", event.what.name());
    of_tenant(event.tenant);
    let (booking, conversation) = subject(event);
    booking.into_iter().for_each(of_booking);
    conversation.into_iter().for_each(of_conversation);
}

/// Logs that `event` is written: its line ties the request that made it to all that is done about it.
pub fn announced(event: &Event) {
    say(event, "an event was written");
}

/// Logs that the bus has taken `event`.
pub fn carried(event: &Event) {
    say(event, "an event was carried");
}

fn say(event: &Event, what: &'static str) {
    let (booking, conversation) = subject(event);
    tracing::info!(
        event.id = %event.id,
        event.name = event.what.name(),
        tenant.id = %event.tenant,
        booking.id = booking.map(display),
        conversation.id = conversation.map(display),
        "{what}"
    );
}

const fn subject(event: &Event) -> (Option<BookingId>, Option<ConversationId>) {
    match event.what {
        Happening::BookingReceived(id)
        | Happening::BookingConfirmed(id)
        | Happening::BookingCancelled(id)
        | Happening::BookingChanged(id, _)
        | Happening::BookingReminder(id, _)
        | Happening::BookingRefunded(id)
        | Happening::BookingGranted(id, _)
        | Happening::BookingMissed(id)
        | Happening::BookingDisputed(id)
        | Happening::BookingFlagged(id)
        | Happening::BookingDiffers(id, _)
        | Happening::BookingOverlaps(id, _)
        | Happening::CheckoutNeeded(id)
        | Happening::CheckoutObsolete(id)
        | Happening::RefundDue(id)
        | Happening::BookingOffered(id) => (Some(id), None),
        // The booking that a place is offered bears the place's own id.
        Happening::WaitlistJoined(id) => (Some(BookingId::new(id.ulid())), None),
        Happening::SlotFreed(..) => (None, None),
        Happening::VerificationRequested(id)
        | Happening::EscalationRequested(id, _)
        | Happening::HandoverReady(id, _)
        | Happening::ConversationReplied(id, _) => (None, Some(id)),
        Happening::CalendarDue(_)
        | Happening::ImportRequested(_)
        | Happening::WebhookDue(..)
        | Happening::WebhookDisabled(_) => (None, None),
    }
}
