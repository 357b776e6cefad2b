//! Refunds: gives back what a booking owes, once.
//!
//! What is due was decided by whoever called the booking off, or by [`crate::domain::booking::settle`].
//! The booking becomes `REFUNDED` when Stripe tells of it, not here.

use super::{Booked, BookingWrite, Deps, Error, TRIES, account, business};
use crate::clients::stripe::RefundRequest;
use crate::domain::booking::Booking;
use crate::domain::id::{BookingId, TenantId};
use crate::domain::money::Money;

/// What came of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenBack {
    /// So much is on its way back, now or since a try that was cut short.
    Now(Money),
    /// Nothing was due, or no longer is.
    NothingDue,
}

/// Gives back what is due of a booking's payments, and notes that it is no longer due. Repeating it is
/// safe: Stripe knows each refund by its key, and what went back meanwhile is no longer due.
///
/// # Errors
///
/// [`Error::Stripe`]: to repeat it later, or, when Stripe refuses, for a person.
pub async fn refund(deps: Deps<'_>, tenant: TenantId, id: BookingId) -> Result<GivenBack, Error> {
    let business = business(deps, tenant).await?;
    let account = business.as_deref().and_then(account);
    let mut given = GivenBack::NothingDue;
    for _ in 0..TRIES {
        let now = deps.clock.now();
        let Some(before) = deps.store.find_booking(tenant, id).await? else { return Ok(given) };
        let Some(due) = before.refund_due else { return Ok(given) };
        for (payment_intent, amount) in parts(&before, due) {
            let key = format!("refund-{id}-{payment_intent}-{}", amount.minor());
            let request = RefundRequest { payment_intent, amount: Some(amount), key: &key, account };
            deps.stripe.refund(&request).await?;
        }
        given = GivenBack::Now(due);
        let after = Booking { refund_due: None, ..before.changed(now) };
        let write =
            BookingWrite { before: Some(&before), after: &after, proposal: None, figures: &[], events: &[], now };
        if deps.store.write_booking(tenant, &write).await? == Booked::Done {
            return Ok(given);
        }
    }
    Err(Error::Overtaken)
}

/// Which payments `due` is taken from, and how much of each.
fn parts(booking: &Booking, due: Money) -> Vec<(&str, Money)> {
    let mut open = due.minor();
    let mut parts = Vec::new();
    for (intent, left) in booking.facts.kept(booking.price).filter(|(_, left)| left.currency() == due.currency()) {
        let amount = Money::new(open.min(left.minor()), due.currency()).ok().filter(|amount| !amount.is_free());
        if let Some(amount) = amount {
            open -= amount.minor();
            parts.push((intent, amount));
        }
    }
    parts
}
