//! Outcome: what calling a booking off, moving it and missing it do to its money.
//!
//! - Of a booking that is not paid, nothing is kept: what comes in all the same goes back.
//! - What is kept is a share of the price, and never more than was paid and is still there: nobody is charged
//!   afterwards, and what went back is not kept.
//! - A late move keeps what calling off would have cost at that moment, so that moving is no way around the
//!   terms. A business that calls off gives all of it back, and one that moves keeps nothing.
//! - Of a payment that the customer's bank disputes, nothing goes back from here: the bank decides.

use jiff::Timestamp;

use super::{Booking, CalledOffBy, Status};
use crate::domain::money::Money;
use crate::domain::payment::Standing;
use crate::domain::slot::Slot;

/// What an end of a booking means for its money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// What the business keeps of the payment.
    pub keeps: Money,
    /// What goes back; none: nothing.
    pub back: Option<Money>,
}

impl Booking {
    /// What was paid to make it stand; nothing before that.
    #[must_use]
    pub fn paid(&self) -> Money {
        if self.paid_at.is_some() { self.due } else { Money::zero(self.price.currency()) }
    }

    /// Claims that only a part of the price is paid at booking.
    #[must_use]
    pub fn has_deposit(&self) -> bool {
        self.due != self.price
    }

    /// What is left to be paid at the visit, once the booking stands.
    #[must_use]
    pub fn due_at_visit(&self) -> Money {
        self.price.without(self.due)
    }

    /// Where its payment stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.facts.standing(self.due)
    }

    /// What calling it off at `at` would mean.
    #[must_use]
    pub fn if_called_off(&self, by: CalledOffBy, at: Timestamp) -> Outcome {
        self.keeping(self.fee_by(by, at))
    }

    /// What the business keeps in any case once `by` moves it at `at`.
    #[must_use]
    pub fn fee_if_moved(&self, by: CalledOffBy, at: Timestamp) -> Money {
        self.fee_by(by, at)
    }

    /// This booking at `now`, called off by `by` on the terms of the moment `at`.
    #[must_use]
    pub fn called_off(&self, by: CalledOffBy, at: Timestamp, now: Timestamp) -> Self {
        let Outcome { keeps, back } = self.if_called_off(by, at);
        Self {
            status: Status::Canceled,
            hold_until: None,
            fee: keeps,
            refund_due: back,
            sequence: self.sequence + 1,
            ..self.changed(now)
        }
    }

    /// This booking at `now`, moved by `by` to `slot` of its own package on the terms of the moment `at`.
    #[must_use]
    pub fn moved(&self, slot: &Slot, by: CalledOffBy, at: Timestamp, now: Timestamp) -> Self {
        Self {
            resource: slot.resource,
            slot: slot.interval,
            moved_from: Some(self.slot),
            blocked: slot.blocked,
            fee: self.fee_if_moved(by, at),
            sequence: self.sequence + 1,
            reminded_until: now,
            // A Checkout Session names the day: one that is still to be made is another one now.
            attempt: self.attempt + u32::from(self.checkout.is_none()),
            ..self.changed(now)
        }
    }

    /// What not coming means: what the terms keep, or what a late move had earned if that is more.
    #[must_use]
    pub(super) fn if_missed(&self) -> Outcome {
        let fee = self.cancellation.no_show_fee(self.price).at_least(self.fee);
        self.keeping(fee.at_most(self.keepable()))
    }

    fn fee_by(&self, by: CalledOffBy, at: Timestamp) -> Money {
        match by {
            CalledOffBy::Owner => Money::zero(self.price.currency()),
            CalledOffBy::Customer => {
                let fee = self.cancellation.late_fee(self.price, self.slot.start(), at);
                fee.at_least(self.fee).at_most(self.keepable())
            }
        }
    }

    /// The most that can be kept: what was paid to make it stand, as far as it is still there and is not due back:
    /// what the business has granted is no longer its own.
    fn keepable(&self) -> Money {
        self.paid().at_most(self.in_hand())
    }

    fn keeping(&self, keeps: Money) -> Outcome {
        let back = self.returnable().without(keeps);
        Outcome { keeps, back: (!back.is_free()).then_some(back) }
    }

    /// What of its payments is neither back nor asked to go back.
    pub(super) fn held(&self) -> Money {
        self.sum(self.facts.held(self.due))
    }

    /// What of its payments can go back: [`held`](Self::held) but for what the customer's bank disputes.
    pub(super) fn returnable(&self) -> Money {
        self.sum(self.facts.returnable(self.due))
    }

    fn sum<'a>(&self, parts: impl Iterator<Item = (&'a str, Money)>) -> Money {
        parts.fold(Money::zero(self.price.currency()), |sum, (_, part)| sum.with(part))
    }
}

#[cfg(test)]
mod tests;
