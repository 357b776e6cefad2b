//! Terms: the words for what a booking costs, and for what calling it off costs.
//!
//! One place for the card in the chat, the mails and the pages behind their links, so that a customer is
//! told the same everywhere, before the click. Decides nothing: amounts come from [`crate::domain::booking`].

use jiff::Timestamp;

use crate::domain::booking::{Booking, CalledOffBy};
use crate::domain::cancellation::Cancellation;
use crate::domain::clocks::Clocks;
use crate::domain::money::Money;
use crate::domain::package::Package;
use crate::domain::slot::Slot;
use crate::domain::tenant::Tenant;

/// What is agreed about the money of a booking.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    price: Money,
    due: Money,
    cancellation: Cancellation,
    start: Timestamp,
    /// What a late move keeps already.
    fee: Money,
    /// Claims that what is due at booking is paid.
    is_paid: bool,
}

impl Terms {
    /// The terms on which `package` is booked for `slot` now.
    #[must_use]
    pub fn of_offer(package: &Package, slot: &Slot, tenant: &Tenant) -> Self {
        Self {
            price: package.price,
            due: package.due_at_booking(),
            cancellation: package.cancellation(&tenant.policies),
            start: slot.start(),
            fee: Money::zero(package.price.currency()),
            is_paid: false,
        }
    }

    /// The terms on which `booking` was made.
    #[must_use]
    pub const fn of(booking: &Booking) -> Self {
        let Booking { price, due, cancellation, slot, fee, paid_at, .. } = booking;
        let (start, is_paid) = (slot.start(), paid_at.is_some());
        Self { price: *price, due: *due, cancellation: *cancellation, start, fee: *fee, is_paid }
    }

    /// What is paid when, label by label: the price, and with a deposit what is due now and at the visit.
    #[must_use]
    pub fn price(&self) -> Vec<(&'static str, String)> {
        if self.price.is_free() {
            return vec![("Price", "Free".to_owned())];
        }
        let mut lines = vec![("Price", self.price.to_string())];
        if self.due != self.price {
            let deposit = if self.is_paid { "Deposit, paid" } else { "Deposit, to pay now" };
            lines.push((deposit, self.due.to_string()));
            lines.push(("To pay at the visit", self.price.without(self.due).to_string()));
        }
        lines
    }

    /// What calling it off costs from when on, in a line; none for what is free.
    #[must_use]
    pub fn cancelling(&self, clocks: &Clocks<'_>, now: Timestamp) -> Option<String> {
        if self.price.is_free() {
            return None;
        }
        if !self.fee.is_free() {
            return Some(format!("Cancelling costs {}, since the time was changed late.", self.fee));
        }
        let Some(share) = self.share() else {
            return Some("Cancelling is free of charge.".to_owned());
        };
        Some(match self.cancellation.free_until(self.start) {
            Some(until) if now < until => {
                let until = clocks.moment(until);
                format!("Cancelling is free until {until}. After that, {share} is kept.")
            }
            _ => format!("Cancelling now costs {share}."),
        })
    }

    /// What changing the time means for that, in a line; none where calling off costs nothing.
    #[must_use]
    pub fn moving(&self) -> Option<&'static str> {
        let costs = !self.price.is_free() && self.share().is_some();
        costs.then_some("Changing the time is free of charge, but a late change does not make cancelling free again.")
    }

    /// The share that is kept, and how much it is; none when that is nothing.
    fn share(&self) -> Option<String> {
        let fee = self.price.percent(self.cancellation.late_fee_percent);
        match fee {
            fee if fee.is_free() => None,
            fee if fee == self.due && fee != self.price => Some(format!("the deposit ({fee})")),
            fee if fee.at_most(self.due) != fee => Some(format!("the deposit ({})", self.due)),
            fee => Some(format!("{}% of the price ({fee})", self.cancellation.late_fee_percent.min(100))),
        }
    }
}

/// What calling `booking` off at `now` would bring its customer, label by label; nothing of what was not paid.
#[must_use]
pub fn of_calling_off(booking: &Booking, now: Timestamp) -> Vec<(&'static str, String)> {
    if booking.paid_at.is_none() {
        return Vec::new();
    }
    let outcome = booking.if_called_off(CalledOffBy::Customer, now);
    let back = outcome.back.map_or_else(|| "Nothing".to_owned(), |back| back.to_string());
    let fee = if outcome.keeps.is_free() { "None".to_owned() } else { outcome.keeps.to_string() };
    vec![("Paid", booking.paid().to_string()), ("Cancellation fee", fee), ("You get back", back)]
}

/// What moving `booking` at `now` would keep of its payment from then on; none: nothing.
#[must_use]
pub fn of_moving(booking: &Booking, now: Timestamp) -> Option<String> {
    let fee = booking.fee_if_moved(CalledOffBy::Customer, now);
    (!fee.is_free()).then(|| format!("{fee}, also at the new time"))
}
