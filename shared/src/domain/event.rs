//! Domain events: what happened, for those who act on it later.
//!
//! An event names its subject by id and carries nothing personal: whoever acts on it reads the
//! present state, so an event that waited in a queue cannot bring back what was deleted.

use jiff::Timestamp;
use ulid::Ulid;

use super::booking::Booking;
use super::id::{
    BookingId, ConversationId, DeliveryId, EscalationId, EventId, ImportId, MessageId, ResourceId, TenantId, WaitId,
    WebhookId,
};
use super::payment::Difference;
use super::slot::Interval;

/// Something that happened in a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Names this event; consumers remember it.
    pub id: EventId,
    /// Whose event it is.
    pub tenant: TenantId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub what: Happening,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// A booking waits for its payment.
    BookingReceived(BookingId),
    /// A booking stands: it was free, or its payment arrived.
    BookingConfirmed(BookingId),
    /// A booking was called off.
    BookingCancelled(BookingId),
    /// A booking has another time; the number is the calendar sequence it rose to.
    BookingChanged(BookingId, u32),
    /// A booking is near; the number is the calendar sequence it had when that was due to be told.
    BookingReminder(BookingId, u32),
    /// The whole payment was given back.
    BookingRefunded(BookingId),
    /// The business gives a part back of its own accord; the number counts its grants, from 1.
    BookingGranted(BookingId, u32),
    /// The customer did not come, and a part of the payment goes back.
    BookingMissed(BookingId),
    /// The customer's bank disputes the payment.
    BookingDisputed(BookingId),
    /// A payment does not fit its booking; a person has to look.
    BookingFlagged(BookingId),
    /// Stripe and a booking do not tell the same of its money; a person has to look.
    BookingDiffers(BookingId, Difference),
    /// The owner's own calendar is busy while a booking stands; the number is its calendar sequence.
    BookingOverlaps(BookingId, u32),
    /// The calendars of a resource are to be looked at.
    CalendarDue(ResourceId),
    /// A delivery to a webhook is to be tried.
    WebhookDue(WebhookId, DeliveryId),
    /// A webhook was switched off, since nothing could be delivered to it any more.
    WebhookDisabled(WebhookId),
    /// A page is to be read for the articles that it makes.
    ImportRequested(ImportId),
    /// Stripe was out of reach at booking time: the Checkout Session is still to be made.
    CheckoutNeeded(BookingId),
    /// A booking was called off before it was known to be paid: its Checkout Sessions are to be closed.
    CheckoutObsolete(BookingId),
    /// Money has to go back.
    RefundDue(BookingId),
    /// A slot is offered to the first on the waitlist.
    BookingOffered(BookingId),
    /// A booking has given time of a resource back, buffers included, whatever became of it.
    SlotFreed(ResourceId, Interval),
    /// Somebody joined the waitlist.
    WaitlistJoined(WaitId),
    /// A visitor wants to prove an email: a code has to be mailed.
    VerificationRequested(ConversationId),
    /// A visitor asked for a person.
    EscalationRequested(ConversationId, EscalationId),
    /// What a person should know who takes over is written down for that request.
    HandoverReady(ConversationId, EscalationId),
    /// A person answered a visitor who has left.
    ConversationReplied(ConversationId, MessageId),
}

impl Event {
    /// Tells at `now` that `booking`, which becomes its version `version`, gives its time back. Its id follows
    /// from both, so that the store can announce it wherever a claim is released.
    #[must_use]
    pub fn freed(tenant: TenantId, booking: &Booking, version: u64, now: Timestamp) -> Self {
        let ms = u64::try_from(now.as_millisecond()).unwrap_or_default();
        // Bookings of one moment differ in their lowest bits, so the version goes into the highest.
        let random = booking.id.ulid().random() ^ (u128::from(version & 0xFFFF) << 64);
        let id = EventId::new(Ulid::from_parts(ms, random));
        Self { id, tenant, at: now, what: Happening::SlotFreed(booking.resource, booking.blocked) }
    }
}

impl Happening {
    /// Its name on the bus (EventBridge `detail-type`), which rules match on.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::BookingReceived(_) => "booking.received",
            Self::BookingConfirmed(_) => "booking.confirmed",
            Self::BookingCancelled(_) => "booking.cancelled",
            Self::BookingChanged(..) => "booking.changed",
            Self::BookingReminder(..) => "booking.reminder",
            Self::BookingRefunded(_) => "booking.refunded",
            Self::BookingGranted(..) => "booking.granted",
            Self::BookingMissed(_) => "booking.missed",
            Self::BookingDisputed(_) => "booking.disputed",
            Self::BookingFlagged(_) => "booking.flagged",
            Self::BookingDiffers(..) => "booking.differs",
            Self::BookingOverlaps(..) => "booking.overlaps",
            Self::CalendarDue(_) => "calendar.due",
            Self::WebhookDue(..) => "webhook.due",
            Self::WebhookDisabled(_) => "webhook.disabled",
            Self::ImportRequested(_) => "import.requested",
            Self::CheckoutNeeded(_) => "checkout.needed",
            Self::CheckoutObsolete(_) => "checkout.obsolete",
            Self::RefundDue(_) => "refund.due",
            Self::BookingOffered(_) => "booking.offered",
            Self::SlotFreed(..) => "slot.freed",
            Self::WaitlistJoined(_) => "waitlist.joined",
            Self::VerificationRequested(_) => "verification.requested",
            Self::EscalationRequested(..) => "escalation.requested",
            Self::HandoverReady(..) => "handover.ready",
            Self::ConversationReplied(..) => "conversation.replied",
        }
    }
}
