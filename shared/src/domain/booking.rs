//! A booking: what it holds, and how its status may move.
//!
//! Pure. Who may ask for a move is decided by the use cases; what a move does to slots and money, here.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use thiserror::Error;

use super::address::Email;
use super::code::ConfirmationCode;
use super::id::{BookingId, ConversationId, PackageId, ProposalId, ResourceId};
use super::money::Money;
use super::package::Kind;
use super::payment::PaymentFacts;
use super::slot::Interval;
use super::text::{Line, Note, PersonName};

/// A customer's claim on a slot.
#[derive(Debug, Clone, PartialEq)]
pub struct Booking {
    /// Its id.
    pub id: BookingId,
    /// What was booked.
    pub package: PackageId,
    /// The package's name on the day of booking.
    pub package_name: Line<120>,
    /// Whether it takes a time or a whole day.
    pub kind: Kind,
    /// Who or what serves it.
    pub resource: ResourceId,
    /// When the customer is there.
    pub slot: Interval,
    /// What the resource is taken for: the slot and its buffers.
    pub blocked: Interval,
    /// How many bookings share the slot; 1 for most packages.
    pub capacity: u16,
    /// What it costs.
    pub price: Money,
    /// Who booked.
    pub customer: Customer,
    /// The code that the customer is given.
    pub code: ConfirmationCode,
    /// Where it stands.
    pub status: Status,
    /// For the business, as `[Chatbot booking] …`.
    pub notes: Note<1000>,
    /// Where it came from, as `customer_chatbot`.
    pub source: Line<40>,
    /// The conversation it was made in.
    pub conversation: Option<ConversationId>,
    /// The proposal it was confirmed by.
    pub proposal: Option<ProposalId>,
    /// When an unpaid hold is released. Only while the status is `PENDING_PAYMENT`.
    pub hold_until: Option<Timestamp>,
    /// The Checkout Session that is open for it.
    pub checkout: Option<Checkout>,
    /// What Stripe has told of it so far.
    pub facts: PaymentFacts,
    /// When the payment arrived.
    pub paid_at: Option<Timestamp>,
    /// Calendar sequence (RFC 5545 SEQUENCE): rises with each change that a calendar must see.
    pub sequence: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Rises with each change; every write demands the one it read.
    pub version: u64,
}

/// Who booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// As given.
    pub name: PersonName,
    /// Where mails go; the same email in two tenants is two customers.
    pub email: Email,
}

/// A Checkout Session of Stripe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// Stripe's id, `cs_…`.
    pub session: String,
    /// Where the customer pays.
    pub url: String,
    /// When Stripe closes it.
    pub expires_at: Timestamp,
}

/// Where a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// It holds its slot until it is paid or the hold ends.
    PendingPayment,
    /// It stands.
    Confirmed,
    /// It took place.
    Completed,
    /// The customer did not come.
    NoShow,
    /// It was called off.
    Canceled,
    /// It was called off and the whole payment given back.
    Refunded,
    /// It was not paid in time.
    Expired,
}

/// Text that is not a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a booking status")]
pub struct InvalidStatus;

impl Status {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::PendingPayment,
        Self::Confirmed,
        Self::Completed,
        Self::NoShow,
        Self::Canceled,
        Self::Refunded,
        Self::Expired,
    ];

    /// Its word on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PendingPayment => "PENDING_PAYMENT",
            Self::Confirmed => "CONFIRMED",
            Self::Completed => "COMPLETED",
            Self::NoShow => "NO_SHOW",
            Self::Canceled => "CANCELED",
            Self::Refunded => "REFUNDED",
            Self::Expired => "EXPIRED",
        }
    }

    /// Claims that such a booking holds its slot, so that nobody else gets it.
    #[must_use]
    pub const fn holds_slot(self) -> bool {
        matches!(self, Self::PendingPayment | Self::Confirmed | Self::Completed | Self::NoShow)
    }

    /// Claims that it can still be called off or moved.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::PendingPayment | Self::Confirmed)
    }
}

impl std::str::FromStr for Status {
    type Err = InvalidStatus;

    fn from_str(text: &str) -> Result<Self, InvalidStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(InvalidStatus)
    }
}

impl Booking {
    /// When it is, for people, in the business's time zone: `Mon 23 Nov 2026, 10:30` or `Mon 23 Nov 2026`.
    #[must_use]
    pub fn when(&self, timezone: &TimeZone) -> String {
        let start = self.slot.start().to_zoned(timezone.clone());
        match self.kind {
            Kind::Date => start.strftime("%a %-d %b %Y").to_string(),
            Kind::Slot => start.strftime("%a %-d %b %Y, %H:%M").to_string(),
        }
    }
}

impl Booking {
    /// What the business keeps when it is called off at `now`: nothing in good time, then the tenant's share.
    #[must_use]
    pub fn late_fee(&self, policies: &super::tenant::Policies, now: Timestamp) -> Money {
        let in_good_time = self.slot.start().checked_sub(policies.free_until).is_ok_and(|until| now <= until);
        if in_good_time { Money::zero(self.price.currency()) } else { self.price.percent(policies.late_fee_percent) }
    }
}
