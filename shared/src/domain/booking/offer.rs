//! Offers: a booking that holds its slot for the first on the waitlist until they answer.
//!
//! An offer is a booking from its first moment, on the terms of that moment, so that claims, seats and expiry
//! are those of every booking. Nobody has agreed to it yet: it cannot be paid, moved, called off or attended,
//! and it tells the business nothing. Taken, it goes the way of a new booking; else its slot is free again.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::{Booking, Customer, Status, begun, whole_second};
use crate::domain::code::ConfirmationCode;
use crate::domain::id::{BookingId, WaitId};
use crate::domain::package::Package;
use crate::domain::slot::Slot;
use crate::domain::tenant::Policies;
use crate::domain::text::Line;

/// What an offer is made of.
#[derive(Debug, Clone)]
pub struct Offer<'a> {
    /// Its id: that of the place in line it is made for.
    pub id: BookingId,
    /// The code that the customer is given.
    pub code: ConfirmationCode,
    /// What is offered.
    pub package: &'a Package,
    /// When, and who serves it.
    pub slot: Slot,
    /// To whom.
    pub customer: Customer,
    /// Where they live, if that is known.
    pub customer_timezone: Option<TimeZone>,
}

/// An offer that can no longer be taken or passed: it was, or its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the offer is no longer open")]
pub struct NotOpen;

impl Booking {
    /// The mark of a booking that came off the waitlist.
    pub const WAITLIST: &'static str = "customer_waitlist";

    /// Makes the offer at `now`: it ends after as long as `policies` say, but no later than its slot begins.
    #[must_use]
    pub fn offer(offer: Offer<'_>, policies: &Policies, now: Timestamp) -> Self {
        let length = SignedDuration::try_from(policies.offer).unwrap_or_default();
        let until = whole_second(now.saturating_add(length).unwrap_or(Timestamp::MAX)).min(offer.slot.start());
        Self {
            status: Status::Offered,
            hold_until: Some(until),
            source: Line::fixed(Self::WAITLIST),
            ..Self::drawn_up(offer, policies, now)
        }
    }

    /// The place in line that it is offered to, while it is open at `now`.
    ///
    /// # Errors
    ///
    /// [`NotOpen`] also when its time is over and nobody has noticed yet.
    pub fn open_offer(&self, now: Timestamp) -> Result<WaitId, NotOpen> {
        let is_open = self.status == Status::Offered && self.hold_until.is_some_and(|until| now < until);
        is_open.then_some(WaitId::new(self.id.ulid())).ok_or(NotOpen)
    }

    /// The place in line that it came from; none for one that did not come off the waitlist.
    #[must_use]
    pub fn waited_for(&self) -> Option<WaitId> {
        (self.source.as_str() == Self::WAITLIST).then_some(WaitId::new(self.id.ulid()))
    }

    /// This offer, taken at `now`: on the terms it was made on, it stands or waits for its payment as every
    /// new booking does.
    ///
    /// # Errors
    ///
    /// [`NotOpen`].
    pub fn taken(&self, policies: &Policies, now: Timestamp) -> Result<Self, NotOpen> {
        self.open_offer(now)?;
        let (status, hold_until) = begun(self.price, policies, now);
        // The links of the offer name the sequence before.
        Ok(Self { status, hold_until, sequence: self.sequence + 1, reminded_until: now, ..self.changed(now) })
    }

    /// This offer at `now`, over: its slot is free again.
    ///
    /// # Errors
    ///
    /// [`NotOpen`] when it was taken, or is over already.
    pub fn passed(&self, now: Timestamp) -> Result<Self, NotOpen> {
        match self.status {
            Status::Offered => {
                Ok(Self { status: Status::Expired, hold_until: None, sequence: self.sequence + 1, ..self.changed(now) })
            }
            _ => Err(NotOpen),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::booking::settled_by;

    fn offered(until: &str) -> Booking {
        let until = Some(until.parse().unwrap());
        Booking { status: Status::Offered, hold_until: until, ..settled_by(Status::PendingPayment, "") }
    }

    #[test]
    fn an_offer_can_be_taken_until_its_last_moment_and_never_twice() {
        let offer = offered("2026-11-21T10:30:00Z");
        let policies = Policies::default();
        let (before, over) = ("2026-11-21T10:29:59.999Z".parse().unwrap(), "2026-11-21T10:30:00Z".parse().unwrap());
        let taken = offer.taken(&policies, before).unwrap();
        assert_eq!((taken.status, taken.sequence), (Status::PendingPayment, offer.sequence + 1));
        assert!(taken.hold_until.is_some_and(|until| offer.hold_until < Some(until)));
        assert_eq!(offer.taken(&policies, over), Err(NotOpen));
        assert_eq!(taken.taken(&policies, before), Err(NotOpen));
        assert_eq!(taken.passed(before), Err(NotOpen));
    }

    #[test]
    fn a_passed_offer_holds_nothing_and_stays_passed() {
        let passed = offered("2026-11-21T10:30:00Z").passed("2026-11-21T11:00:00Z".parse().unwrap()).unwrap();
        assert!(!passed.status.holds_slot() && passed.hold_until.is_none());
        assert_eq!(passed.passed("2026-11-21T11:00:00Z".parse().unwrap()), Err(NotOpen));
    }

    #[test]
    fn an_offer_is_held_and_open_to_nothing_but_its_answer() {
        assert!(Status::Offered.holds_slot() && !Status::Offered.is_open());
    }
}
