//! Checkout: the Stripe page on which a held booking is paid, opened once however often it is asked for.
//!
//! Every attempt asks Stripe for the same, built from the stored booking alone. What cannot be the same
//! any more (a hold with less left than Stripe demands, a session that ended, another day) first becomes
//! the next attempt in the store, so that two callers never make two sessions.

use url::Url;

use super::{Deps, Error, account};
use crate::clients::stripe::{CheckoutRequest, MIN_LIFETIME};
use crate::domain::booking::{Booking, Status};
use crate::domain::business::BusinessContext;
use crate::domain::chain::Chain;

/// How often a booking that changed meanwhile is looked at anew.
const TRIES: usize = 8;

/// Whether a booking can be paid.
#[derive(Debug, Clone, PartialEq)]
pub enum Opened {
    /// It can, there.
    Open {
        /// The booking as it is now.
        booking: Box<Booking>,
        /// Stripe's page.
        url: String,
    },
    /// It cannot: it is paid, or its hold has ended, or it was called off.
    Closed(Box<Booking>),
}

/// Finds or opens the Checkout Session of `booking`. Repeating it gives the same one while it is open.
///
/// # Errors
///
/// [`Error`]; the booking stands all the same, and the same call may succeed later.
pub async fn open(deps: Deps<'_>, business: &BusinessContext, mut booking: Booking) -> Result<Opened, Error> {
    let tenant = business.tenant.id;
    for _ in 0..TRIES {
        let now = deps.clock.now();
        let held = booking.hold_until.filter(|until| booking.status == Status::PendingPayment && now < *until);
        let Some(hold_until) = held else { return Ok(Opened::Closed(Box::new(booking))) };
        if let Some(checkout) = booking.open_checkout(now) {
            let url = checkout.url.clone();
            return Ok(Opened::Open { booking: Box::new(booking), url });
        }
        if booking.checkout.is_some() || hold_until < now + MIN_LIFETIME {
            let Some(after) = booking.held_anew(now) else { return Ok(Opened::Closed(Box::new(booking))) };
            booking = match deps.store.note_checkout(tenant, &booking, &after, now).await? {
                true => after,
                false => fresh(deps, business, &booking).await?,
            };
            continue;
        }
        let checkout = create(deps, business, &booking, hold_until).await?;
        let after = booking.with_checkout(checkout.clone(), now);
        if deps.store.note_checkout(tenant, &booking, &after, now).await? {
            return Ok(Opened::Open { booking: Box::new(after), url: checkout.url });
        }
        let attempt = booking.attempt;
        booking = fresh(deps, business, &booking).await?;
        if booking.status != Status::PendingPayment || booking.attempt != attempt {
            expire(deps, business, &checkout.session).await;
        }
    }
    Err(Error::Overtaken)
}

/// Closes the Checkout Session of a booking that was called off, so that nobody pays for it. When Stripe
/// is out of reach the session stays open until the hold would have ended; a payment is then given back.
pub async fn close(deps: Deps<'_>, business: &BusinessContext, booking: &Booking) {
    if booking.status.is_open() || booking.paid_at.is_some() {
        return;
    }
    if let Some(checkout) = booking.open_checkout(deps.clock.now()) {
        expire(deps, business, &checkout.session).await;
    }
}

async fn create(
    deps: Deps<'_>,
    business: &BusinessContext,
    booking: &Booking,
    hold_until: jiff::Timestamp,
) -> Result<crate::domain::booking::Checkout, Error> {
    let address = |mark: &str| Url::parse(&format!("{}/?{mark}={}", deps.public_url, booking.id));
    let request = CheckoutRequest {
        tenant: business.tenant.id,
        booking: booking.id,
        package: booking.package,
        package_name: booking.package_name.as_str(),
        price: booking.price,
        event_date: booking.slot.start().to_zoned(business.tenant.timezone.clone()).date(),
        email: &booking.customer.email,
        customer_name: booking.customer.name.as_str(),
        code: &booking.code,
        success_url: &address("paid")?,
        cancel_url: &address("canceled")?,
        expires_at: hold_until,
        account: account(business),
        attempt: booking.attempt,
    };
    Ok(deps.stripe.create_checkout(&request).await?)
}

async fn expire(deps: Deps<'_>, business: &BusinessContext, session: &str) {
    if let Err(error) = deps.stripe.expire_checkout(session, account(business)).await {
        tracing::warn!(error = %Chain(&error), "a checkout session that nobody needs stays open");
    }
}

async fn fresh(deps: Deps<'_>, business: &BusinessContext, booking: &Booking) -> Result<Booking, Error> {
    deps.store.find_booking(business.tenant.id, booking.id).await?.ok_or(Error::Overtaken)
}
