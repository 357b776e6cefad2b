//! Refunds: gives back what a booking owes, once.
//!
//! What is due was decided by whoever called the booking off or marked it, or by
//! [`crate::domain::booking::settle`]. Stripe forgets idempotency keys after a day, and a message can be taken
//! out of its parking place much later: so Stripe is asked first how much of a payment went back already, and
//! only what is missing is asked for. The booking becomes `REFUNDED` when Stripe tells of it, not here.

use super::{Booked, BookingWrite, Deps, Error, TRIES, account, business};
use crate::clients::stripe::RefundRequest;
use crate::domain::booking::Booking;
use crate::domain::id::{BookingId, TenantId};
use crate::domain::money::Money;
use crate::domain::payment::{Payment, PaymentFacts};

/// What came of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenBack {
    /// So much is on its way back, now or since a try that was cut short.
    Now(Money),
    /// Nothing was due, or no longer is.
    NothingDue,
    /// It is due, and there is no payment that it can be taken from: the customer's bank disputes it, and
    /// decides.
    Withheld,
}

/// Part of a refund: what is taken from one payment.
struct Part {
    payment_intent: String,
    amount: Money,
    /// How much of the payment will have gone back then in all, in minor units.
    goal: i64,
}

/// Gives back what is due of a booking's payments, and notes that it is no longer due. Repeating it is
/// safe: what went back meanwhile is no longer due, as Stripe itself says, and each refund has its key.
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
        let parts = parts(&before, due);
        if parts.is_empty() {
            tracing::warn!(tenant.id = %tenant, booking.id = %id, "a refund is due of no payment that can be given back");
            return Ok(GivenBack::Withheld);
        }
        for part in &parts {
            give(deps, id, part, account).await?;
        }
        given = GivenBack::Now(due);
        let mut after = Booking { refund_due: None, ..before.changed(now) };
        for part in &parts {
            after.facts.join(PaymentFacts::asked(&part.payment_intent, part.goal));
        }
        let write =
            BookingWrite { before: Some(&before), after: &after, proposal: None, figures: &[], events: &[], now };
        if deps.store.write_booking(tenant, &write).await? == Booked::Done {
            return Ok(given);
        }
    }
    Err(Error::Overtaken)
}

/// Brings one payment to its goal. Two who do it at once see the same, and ask under one key.
async fn give(deps: Deps<'_>, id: BookingId, part: &Part, account: Option<&str>) -> Result<(), Error> {
    let Part { payment_intent, amount, goal } = part;
    let back = deps.stripe.refunded_of(payment_intent, account).await?;
    let missing = Money::new(goal - back, amount.currency()).ok().filter(|missing| !missing.is_free());
    let Some(missing) = missing else { return Ok(()) };
    let key = format!("refund-{id}-{payment_intent}-{back}-{goal}");
    let request = RefundRequest { payment_intent, amount: Some(missing), key: &key, account };
    deps.stripe.refund(&request).await?;
    Ok(())
}

/// Which payments `due` is taken from, and how much of each.
fn parts(booking: &Booking, due: Money) -> Vec<Part> {
    let mut open = due;
    let mut parts = Vec::new();
    for (intent, left) in booking.facts.returnable(booking.due) {
        let amount = open.at_most(left);
        if left.currency() != due.currency() || amount.is_free() {
            continue;
        }
        let back = booking.facts.payments.get(intent).map_or(0, Payment::gone_minor);
        open = open.without(amount);
        parts.push(Part { payment_intent: intent.to_owned(), amount, goal: back + amount.minor() });
    }
    parts
}
