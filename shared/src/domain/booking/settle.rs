//! Settling: what becomes of a booking by what Stripe has told of its payment, and who hears of it.
//!
//! Decided from the whole set of facts and never from the order in which they came, so that any order
//! of the same events ends alike. Everything that is announced rests on something that can become true
//! once only: what was due is paid, all of it went back, the bank disputes it, a person has to look. It
//! never asks whether a slot is free: the caller says what [`Room`] there is, and comes back with another.
//!
//! - **Money that fits** confirms a booking that waits, and one whose hold has ended if it can have its
//!   time again. Without room, or once it was called off, the money is due back.
//! - **Money that went back in full** ends the booking for good, whoever gave it back, unless the business
//!   granted all of it to a booking that stands. A payment that comes after that is for a person, as is every
//!   second payment.
//! - **Money that does not fit** never confirms. The slot stays held while a person looks.
//! - **A bank that has not answered** keeps the slot held: the customer has done their part.

use jiff::{SignedDuration, Timestamp};

use super::{Booking, Status};
use crate::domain::event::Happening;
use crate::domain::id::ResourceId;
use crate::domain::money::Money;
use crate::domain::payment::{PaymentFacts, Standing};

/// How long a slot is held while a bank decides on a delayed payment: the slowest take 14 business days.
pub const BANK_DECIDES: SignedDuration = SignedDuration::from_hours(21 * 24);

/// How long a slot is held on when a bank has not decided in that time.
pub const BANK_ASKED_AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// How long a slot is held while a person looks at a payment that does not fit.
pub const PERSON_DECIDES: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Where a booking that has lost its slot could have its time again. Means nothing for one that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Room {
    /// With this resource.
    With(ResourceId),
    /// Nowhere: its time is taken.
    Nowhere,
}

/// What becomes of a booking.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// The booking as it shall be, one version on.
    pub after: Booking,
    /// What happened, in the order it is told.
    pub happenings: Vec<Happening>,
    /// Claims that the booking takes its time again, so that the claim can fail.
    pub is_seated_anew: bool,
}

/// Decides what becomes of `before` now that `facts` is all that is known of its payment, its own facts
/// included.
#[must_use]
pub fn settle(before: &Booking, facts: PaymentFacts, room: Room, now: Timestamp) -> Transition {
    let due = before.due;
    let known = &before.facts;
    let (was, is) = (course(known, due), course(&facts, due));
    let wanted = match (is, before.status) {
        // Nobody can pay an offer: only its answer, or its end, moves it.
        (_, Status::Offered) => Status::Offered,
        (Standing::Refunded, status) if before.outlives(facts.refunded_minor()) => status,
        (Standing::Refunded, _) => Status::Refunded,
        (Standing::Paid, Status::PendingPayment) => Status::Confirmed,
        (Standing::Paid, Status::Expired) if was != is => Status::Confirmed,
        (Standing::Settling | Standing::Mismatched, Status::Expired) if was != is => Status::PendingPayment,
        (Standing::Lapsed, Status::PendingPayment) => Status::Expired,
        (_, status) => status,
    };
    let needs_room = wanted.holds_slot() && !before.status.holds_slot();
    let room = if before.slot.start() <= now { Room::Nowhere } else { room };
    let (status, resource) = match room {
        _ if !needs_room => (wanted, before.resource),
        Room::With(resource) => (wanted, resource),
        Room::Nowhere => (before.status, before.resource),
    };
    let mut after = Booking { status, resource, ..before.changed(now) };
    if status == Status::Confirmed && before.status != status {
        after.reminded_until = now;
    }
    // A calendar that has the entry must see that it no longer stands.
    if status == Status::Refunded && before.status != status {
        after.sequence += 1;
    }
    after.hold_until = hold(before, status, (was != is).then_some(is), now);
    after.paid_at = facts.paid_at(due).or(before.paid_at);
    after.refund_due = before.refund_due.and_then(|owed| less(owed, facts.gone_minor() - known.gone_minor()));

    let mut happenings = Vec::new();
    if known.paid_at(due).is_none() && facts.paid_at(due).is_some() {
        let waited = matches!(before.status, Status::PendingPayment | Status::Expired);
        if waited && (status.holds_slot() || is == Standing::Refunded) {
            happenings.push(Happening::BookingConfirmed(before.id));
        } else if is == Standing::Paid && (!status.holds_slot() || status == Status::Offered) {
            after.refund_due = left(&facts, due);
            happenings.push(Happening::RefundDue(before.id));
        }
    }
    if status == Status::Refunded && before.status != Status::Refunded {
        happenings.push(Happening::BookingRefunded(before.id));
    }
    if !known.is_disputed() && facts.is_disputed() {
        happenings.push(Happening::BookingDisputed(before.id));
    }
    if (!is_misfit(known, due) && is_misfit(&facts, due)) || (known.foreign.is_empty() && !facts.foreign.is_empty()) {
        happenings.push(Happening::BookingFlagged(before.id));
    }
    after.facts = facts;
    Transition { after, happenings, is_seated_anew: needs_room && status == wanted }
}

/// Decides what becomes of a booking whose hold has ended at `now`, and can no longer be paid, when `facts`
/// is all that is known: unless that keeps it, it gives its slot back. Of that nobody is told; the customer
/// chose not to pay.
#[must_use]
pub fn lapse(before: &Booking, facts: PaymentFacts, now: Timestamp) -> Transition {
    let mut transition = settle(before, facts, Room::Nowhere, now);
    let after = &mut transition.after;
    if after.status == Status::PendingPayment && after.hold_until.is_none_or(|until| until <= now) {
        if course(&after.facts, after.due) == Standing::Settling {
            after.hold_until = Some(now + BANK_ASKED_AGAIN);
        } else {
            after.status = Status::Expired;
            after.hold_until = None;
        }
    }
    transition
}

/// Where the payment stands, as far as the booking goes: once all that came went back, another session
/// that a bank still works on does not keep the booking alive.
fn course(facts: &PaymentFacts, due: Money) -> Standing {
    match facts.standing(due) {
        Standing::Settling if facts.payments.values().any(|payment| !payment.claims.is_empty()) => Standing::Refunded,
        standing => standing,
    }
}

/// Until when an unpaid booking of `status` is held, if its payment has just come to stand at `news`.
fn hold(before: &Booking, status: Status, news: Option<Standing>, now: Timestamp) -> Option<Timestamp> {
    match status {
        Status::PendingPayment => {}
        Status::Offered => return before.hold_until,
        _ => return None,
    }
    let longer = match news {
        Some(Standing::Settling) => Some(now + BANK_DECIDES),
        Some(Standing::Mismatched) => Some(now + PERSON_DECIDES),
        _ => None,
    };
    before.hold_until.max(longer)
}

/// What is still due of `due` now that `back` minor units went back; none when that is nothing.
fn less(due: Money, back: i64) -> Option<Money> {
    Money::new(due.minor() - back, due.currency()).ok().filter(|due| !due.is_free())
}

/// What is left of the payment that fits.
fn left(facts: &PaymentFacts, due: Money) -> Option<Money> {
    let (intent, _) = facts.payment(due)?;
    facts.kept(due).find(|(kept, _)| *kept == intent).map(|(_, left)| left)
}

/// Claims that a payment was ever made that does not fit, or more than one. Other than
/// [`PaymentFacts::concerns`] it stays true once the money is back, so that it becomes true only once.
fn is_misfit(facts: &PaymentFacts, due: Money) -> bool {
    let made = || facts.payments.values().filter(|payment| !payment.claims.is_empty());
    1 < made().count() || made().flat_map(|payment| &payment.claims).any(|claim| claim.amount != due)
}

#[cfg(test)]
pub(super) mod tests;
