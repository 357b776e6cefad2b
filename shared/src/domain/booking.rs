//! A booking: what it holds, and how its status may move.
//!
//! Pure. Who may ask for a move is decided by the use cases; what a move does to slots and money, here.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::address::Email;
use super::cancellation::Cancellation;
use super::clocks::Clocks;
use super::code::ConfirmationCode;
use super::id::{BookingId, ConversationId, PackageId, ProposalId, ResourceId};
use super::money::Money;
use super::package::{Kind, Package};
use super::payment::{PaymentFacts, Standing};
use super::reminder::Reminders;
use super::slot::{Interval, Slot};
use super::tenant::Policies;
use super::text::{Line, Note, PersonName};

mod status;

pub use status::{InvalidStatus, Status};

mod attendance;
mod grant;
mod offer;
mod outcome;
mod settle;

pub use attendance::{Attendance, NotMarked};
pub use grant::{Grant, Granted, MAX_GRANTS, NotGranted};
pub use offer::{NotOpen, Offer};
pub use outcome::Outcome;
pub use settle::{BANK_ASKED_AGAIN, BANK_DECIDES, PERSON_DECIDES, Room, Transition, lapse, settle};

#[cfg(test)]
pub(in crate::domain) use settle::tests::settled_by;

/// The shortest hold: Stripe keeps a Checkout Session open for 30 minutes at least, counted from when the
/// call arrives, and a minute may pass before it does.
pub const SHORTEST_HOLD: SignedDuration = SignedDuration::from_mins(31);

/// How long after it was made a booking can be held without payment, however often the hold begins anew.
pub const LONGEST_HOLD: SignedDuration = SignedDuration::from_hours(24);

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
    /// When they would have been, before it was last moved; none: it never was.
    pub moved_from: Option<Interval>,
    /// What the resource is taken for: the slot and its buffers.
    pub blocked: Interval,
    /// How many bookings share the slot; 1 for most packages.
    pub capacity: u16,
    /// What it costs.
    pub price: Money,
    /// What is to be paid at booking, so that it stands: the price, or the deposit.
    pub due: Money,
    /// On what terms it is called off, as agreed at booking.
    pub cancellation: Cancellation,
    /// What the business keeps of the payment in any case: earned by a late move, and final once the booking
    /// was called off or missed. Never more than was paid.
    pub fee: Money,
    /// Who booked.
    pub customer: Customer,
    /// Where the customer lives, as their browser said when they booked; none: nobody knows.
    pub customer_timezone: Option<TimeZone>,
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
    /// When an offer or an unpaid hold is released. Only while the status is `OFFERED` or `PENDING_PAYMENT`.
    pub hold_until: Option<Timestamp>,
    /// The Checkout Session that is open for it.
    pub checkout: Option<Checkout>,
    /// Number of the Checkout Session's attempt. It rises when the next session cannot be the same as one
    /// that was asked for before, because Stripe takes one request only under one idempotency key.
    pub attempt: u32,
    /// What Stripe has told of it so far.
    pub facts: PaymentFacts,
    /// When the payment arrived.
    pub paid_at: Option<Timestamp>,
    /// What still has to go back, because it was called off, missed or granted; none: nothing.
    pub refund_due: Option<Money>,
    /// What the business gave back of its own accord, oldest first.
    pub grants: Vec<Grant>,
    /// Calendar sequence (RFC 5545 SEQUENCE): rises with each change that a calendar must see.
    pub sequence: u32,
    /// How long before the start its customer is reminded, as agreed at booking.
    pub reminders: Reminders,
    /// Up to when every reminder is over: when it was confirmed, moved, or last reminded of.
    pub reminded_until: Timestamp,
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

impl Booking {
    /// When it is, for people, in the business's time zone: `Mon 23 Nov 2026, 10:30 CET` or `Mon 23 Nov 2026`.
    #[must_use]
    pub fn when(&self, timezone: &TimeZone) -> String {
        let start = self.slot.start();
        match self.kind {
            Kind::Date => start.to_zoned(timezone.clone()).strftime("%a %-d %b %Y").to_string(),
            Kind::Slot => Clocks::of_business(timezone).moment(start),
        }
    }

    /// The clocks on which its customer is told times of a business in `timezone`.
    #[must_use]
    pub const fn clocks<'a>(&'a self, timezone: &'a TimeZone) -> Clocks<'a> {
        Clocks::new(timezone, self.customer_timezone.as_ref())
    }
}

/// What a new booking is made of.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    /// Its id.
    pub id: BookingId,
    /// The code that the customer is given.
    pub code: ConfirmationCode,
    /// What is booked.
    pub package: &'a Package,
    /// When, and who serves it.
    pub slot: Slot,
    /// Who books.
    pub customer: Customer,
    /// Where they live, if that is known.
    pub customer_timezone: Option<TimeZone>,
    /// For the business, in the customer's words.
    pub notes: &'a Note<900>,
    /// The conversation it is made in.
    pub conversation: ConversationId,
    /// The proposal it is confirmed by.
    pub proposal: ProposalId,
}

/// Who calls a booking off or moves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CalledOffBy {
    /// The customer: within the last hours a share of the price is kept.
    Customer,
    /// The business: everything goes back.
    Owner,
}

impl Booking {
    /// The mark of a booking that was made in a chat.
    pub const CHATBOT: &'static str = "customer_chatbot";

    /// Makes the booking that `order` asks for at `now`: it stands at once when it is free, and otherwise
    /// holds its slot for as long as `policies` say, but at least [`SHORTEST_HOLD`].
    #[must_use]
    pub fn place(order: Order<'_>, policies: &Policies, now: Timestamp) -> Self {
        let Order { id, code, package, slot, customer, customer_timezone, notes, conversation, proposal } = order;
        let (status, hold_until) = begun(package.price, policies, now);
        Self {
            status,
            hold_until,
            notes: Note::cut(&format!("[Chatbot booking] {notes}")),
            source: Line::fixed(Self::CHATBOT),
            conversation: Some(conversation),
            proposal: Some(proposal),
            ..Self::drawn_up(Offer { id, code, package, slot, customer, customer_timezone }, policies, now)
        }
    }

    /// The booking that `offer` would be at `now` if it stood, on the present terms, and with nothing to say
    /// of where it came from.
    fn drawn_up(offer: Offer<'_>, policies: &Policies, now: Timestamp) -> Self {
        let Offer { id, code, package, slot, customer, customer_timezone } = offer;
        Self {
            id,
            package: package.id,
            package_name: package.name.clone(),
            kind: package.kind(),
            resource: slot.resource,
            slot: slot.interval,
            moved_from: None,
            blocked: slot.blocked,
            capacity: package.terms.capacity(),
            price: package.price,
            due: package.due_at_booking(),
            cancellation: package.cancellation(policies),
            fee: Money::zero(package.price.currency()),
            customer,
            customer_timezone,
            code,
            status: Status::Confirmed,
            notes: Note::default(),
            source: Line::fixed(Self::CHATBOT),
            conversation: None,
            proposal: None,
            hold_until: None,
            checkout: None,
            attempt: 1,
            facts: PaymentFacts::default(),
            paid_at: None,
            refund_due: None,
            grants: Vec::new(),
            sequence: 0,
            reminders: policies.reminders.clone(),
            reminded_until: now,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// This booking at `now`, held anew for [`SHORTEST_HOLD`] so that a Checkout Session can be made; none
    /// when it was held for [`LONGEST_HOLD`], or does not wait for a payment.
    #[must_use]
    pub fn held_anew(&self, now: Timestamp) -> Option<Self> {
        let until = whole_second(now + SHORTEST_HOLD);
        let may = self.status == Status::PendingPayment && until <= self.created_at + LONGEST_HOLD;
        may.then(|| Self {
            hold_until: self.hold_until.max(Some(until)),
            checkout: None,
            attempt: self.attempt + 1,
            ..self.changed(now)
        })
    }

    /// This booking at `now`, with the Checkout Session that was opened for it.
    #[must_use]
    pub fn with_checkout(&self, checkout: Checkout, now: Timestamp) -> Self {
        let mut facts = self.facts.clone();
        facts.join(PaymentFacts::opened(&checkout.session));
        Self { facts, checkout: Some(checkout), ..self.changed(now) }
    }

    /// The Checkout Session in which it can be paid at `now`.
    #[must_use]
    pub fn open_checkout(&self, now: Timestamp) -> Option<&Checkout> {
        let checkout = self.checkout.as_ref().filter(|checkout| now < checkout.expires_at)?;
        let ended = self.facts.sessions.get(&checkout.session).is_some_and(super::payment::SessionFacts::has_ended);
        (!ended).then_some(checkout)
    }

    /// Its slot, as its package would offer it.
    #[must_use]
    pub const fn its_slot(&self) -> Slot {
        Slot { package: self.package, resource: self.resource, interval: self.slot, blocked: self.blocked }
    }

    /// Until when it waits at `now` for a payment of which nothing has come yet; none when it no longer
    /// waits, or the customer has done their part and a bank or a person decides.
    #[must_use]
    pub fn payable_until(&self, now: Timestamp) -> Option<Timestamp> {
        let is_awaited = matches!(self.standing(), Standing::AwaitingPayment | Standing::Lapsed);
        self.hold_until.filter(|until| self.status == Status::PendingPayment && is_awaited && now < *until)
    }

    /// This booking, one version on.
    #[must_use]
    pub fn changed(&self, now: Timestamp) -> Self {
        Self { updated_at: now, version: self.version + 1, ..self.clone() }
    }
}

/// Where a booking of `price` begins at `now`, and until when it is held: it stands at once when it is free.
fn begun(price: Money, policies: &Policies, now: Timestamp) -> (Status, Option<Timestamp>) {
    let hold = SignedDuration::try_from(policies.hold).unwrap_or(SHORTEST_HOLD).max(SHORTEST_HOLD);
    match price.is_free() {
        true => (Status::Confirmed, None),
        false => (Status::PendingPayment, Some(whole_second(now + hold))),
    }
}

/// `at` without its fraction: Stripe counts in whole seconds.
fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
