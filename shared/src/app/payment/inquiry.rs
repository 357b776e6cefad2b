//! Inquiry: asks Stripe what became of a booking's Checkout Sessions, for when its webhook is late or never comes.
//!
//! What Stripe says is told as the event that its webhook would send, so that it goes the same way. Never
//! decides what becomes of the booking.

use std::collections::BTreeSet;

use super::{Deps, account, origin};
use crate::clients::stripe::{CheckoutState, StripeError};
use crate::domain::booking::Booking;
use crate::domain::business::BusinessContext;
use crate::domain::payment::{BookingRef, PaymentEvent, PaymentEventKind};

/// The Checkout Sessions of which nothing final is known: neither how they ended, nor that they were paid.
pub(super) fn undecided(booking: &Booking) -> BTreeSet<String> {
    let facts = &booking.facts;
    let known = facts.sessions.iter().filter(|(_, session)| !session.has_ended()).map(|(id, _)| id);
    let noted = booking.checkout.iter().map(|checkout| &checkout.session);
    let noted = noted.filter(|session| !facts.sessions.contains_key(*session));
    known.chain(noted).filter(|session| !facts.has_taken(session)).cloned().collect()
}

/// Closes every session in which the booking could still be paid, and tells what became of each, as Stripe's
/// webhook would.
///
/// # Errors
///
/// [`StripeError`]; what was closed before is closed then, and says so when it is asked again.
pub(super) async fn close(
    deps: Deps<'_>,
    business: &BusinessContext,
    booking: &Booking,
) -> Result<Vec<PaymentEvent>, StripeError> {
    let mut all = Vec::new();
    for session in undecided(booking) {
        all.push(match deps.stripe.expire_checkout(&session, account(business)).await? {
            Some(state) => told(deps, business, booking, state).await?.ok_or_else(pageless)?,
            None => expired(deps, business, booking, session),
        });
    }
    Ok(all)
}

/// What Stripe's webhook would tell of the session that was found as `state`; `None` while it is open.
///
/// # Errors
///
/// As [`Stripe::outcome`](crate::clients::stripe::Stripe::outcome).
pub(super) async fn told(
    deps: Deps<'_>,
    business: &BusinessContext,
    booking: &Booking,
    state: CheckoutState,
) -> Result<Option<PaymentEvent>, StripeError> {
    let kind = deps.stripe.outcome(state, account(business)).await?;
    Ok(kind.map(|kind| event(deps, business, booking, kind)))
}

/// What the webhook would tell of a session that can no longer be paid.
pub(super) fn expired(deps: Deps<'_>, business: &BusinessContext, booking: &Booking, session: String) -> PaymentEvent {
    event(deps, business, booking, PaymentEventKind::Expired { session })
}

/// Stripe says that a session is open, and has no page for it or has just closed it: it is to be asked again.
pub(super) fn pageless() -> StripeError {
    StripeError::Unavailable("an open session without a page".into())
}

fn event(deps: Deps<'_>, business: &BusinessContext, booking: &Booking, kind: PaymentEventKind) -> PaymentEvent {
    PaymentEvent {
        id: format!("asked#{}", kind.change()),
        origin: origin(deps, business),
        booking: BookingRef { tenant: business.tenant.id, booking: booking.id },
        at: deps.clock.now(),
        kind,
    }
}
