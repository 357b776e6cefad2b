//! Checkout: the Stripe page on which a held booking is paid, opened once however often it is asked for.
//!
//! Every attempt asks Stripe for the same, built from the stored booking alone. What cannot be the same
//! any more (a hold with less left than Stripe demands, a session that ended, another day) first becomes
//! the next attempt in the store, so that two callers never make two sessions. Before that, Stripe is asked
//! what became of the last one: none follows a session that can still be paid, or that somebody has paid.

use url::Url;

use super::{Deps, Error, account, inquiry, origin, record};
use crate::clients::stripe::{CheckoutRequest, CheckoutStatus, MIN_LIFETIME};
use crate::domain::booking::{Booking, Checkout, Status};
use crate::domain::business::BusinessContext;
use crate::domain::chain::Chain;
use crate::domain::payment::PaymentEvent;

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
    /// It cannot: it is paid or its payment is on its way, or its hold has ended, or it was called off.
    Closed(Box<Booking>),
}

/// What became of a session that was opened before.
enum Seen {
    /// It can be paid, there.
    Open(String),
    /// Nobody can pay in it any more, and nobody has.
    Ended(PaymentEvent),
    /// The customer has done their part.
    Finished(PaymentEvent),
}

/// Finds or opens the Checkout Session of `booking`. Repeating it gives the same one while it is open. A
/// payment that Stripe knows of, and its webhook has not told of yet, is written into the booking.
///
/// # Errors
///
/// [`enum@Error`]; the booking stands all the same, and the same call may succeed later.
pub async fn open(deps: Deps<'_>, business: &BusinessContext, mut booking: Booking) -> Result<Opened, Error> {
    let tenant = business.tenant.id;
    'anew: for _ in 0..TRIES {
        let now = deps.clock.now();
        let Some(hold_until) = booking.payable_until(now) else { return Ok(Opened::Closed(Box::new(booking))) };
        let mut facts = booking.facts.clone();
        for session in inquiry::undecided(&booking) {
            match look(deps, business, &booking, session).await? {
                Seen::Open(url) => return Ok(Opened::Open { booking: Box::new(booking), url }),
                Seen::Ended(event) => drop(facts.merge(&event, &origin(deps, business))),
                Seen::Finished(event) => {
                    record(deps, &event).await?;
                    booking = fresh(deps, business, &booking).await?;
                    continue 'anew;
                }
            }
        }
        if booking.checkout.is_some() || hold_until < now + MIN_LIFETIME {
            let Some(next) = booking.held_anew(now) else { return Ok(Opened::Closed(Box::new(booking))) };
            let after = Booking { facts, ..next };
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
            shut(deps, business, &booking, &checkout).await;
        }
    }
    Err(Error::Overtaken)
}

/// Asks Stripe what became of `session`. When it does not say, a page that should still be open is taken
/// for open: on a page that is not, Stripe takes no money.
async fn look(deps: Deps<'_>, business: &BusinessContext, booking: &Booking, session: String) -> Result<Seen, Error> {
    let should_be_open = booking.open_checkout(deps.clock.now()).filter(|checkout| checkout.session == session);
    let state = match (deps.stripe.find_checkout(&session, account(business)).await, should_be_open) {
        (Ok(Some(state)), _) => state,
        (Ok(None), None) => return Ok(Seen::Ended(inquiry::expired(deps, business, booking, session))),
        (Ok(None), Some(checkout)) => return Ok(Seen::Open(checkout.url.clone())),
        (Err(error), None) => return Err(error.into()),
        (Err(error), Some(checkout)) => {
            tracing::warn!(booking.id = %booking.id, error = %Chain(&error), "a checkout session is given unseen");
            return Ok(Seen::Open(checkout.url.clone()));
        }
    };
    if let (CheckoutStatus::Open, Some(url)) = (state.status, &state.url) {
        return Ok(Seen::Open(url.clone()));
    }
    let is_finished = state.status == CheckoutStatus::Complete;
    Ok(match inquiry::told(deps, business, booking, state).await? {
        Some(event) if is_finished => Seen::Finished(event),
        Some(event) => Seen::Ended(event),
        None => return Err(inquiry::pageless().into()),
    })
}

async fn create(
    deps: Deps<'_>,
    business: &BusinessContext,
    booking: &Booking,
    hold_until: jiff::Timestamp,
) -> Result<Checkout, Error> {
    let address = |mark: &str| Url::parse(&format!("{}/?{mark}={}", deps.public_url, booking.id));
    let label = match booking.has_deposit() {
        true => format!("Deposit: {}", booking.package_name),
        false => booking.package_name.to_string(),
    };
    let request = CheckoutRequest {
        tenant: business.tenant.id,
        booking: booking.id,
        package: booking.package,
        label: &label,
        amount: booking.due,
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

/// Closes a session that nobody needs, and writes down what Stripe says of it if somebody paid.
async fn shut(deps: Deps<'_>, business: &BusinessContext, booking: &Booking, checkout: &Checkout) {
    let shut = async {
        let state = deps.stripe.expire_checkout(&checkout.session, account(business)).await?;
        let finished = state.filter(|state| state.status == CheckoutStatus::Complete);
        let Some(state) = finished else { return Ok(()) };
        match inquiry::told(deps, business, booking, state).await? {
            Some(event) => record(deps, &event).await.map(drop),
            None => Ok(()),
        }
    };
    let shut: Result<(), Error> = shut.await;
    if let Err(error) = shut {
        tracing::warn!(booking.id = %booking.id, error = %Chain(&error), "a checkout session that nobody needs stays open");
    }
}

async fn fresh(deps: Deps<'_>, business: &BusinessContext, booking: &Booking) -> Result<Booking, Error> {
    deps.store.find_booking(business.tenant.id, booking.id).await?.ok_or(Error::Overtaken)
}
