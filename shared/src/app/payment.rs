//! Payments: what Stripe tells is written into bookings, and what bookings owe is asked of Stripe.
//!
//! What an event does to a booking is decided in [`crate::domain::booking::settle`], from all that is
//! known and never from the order in which it came. Here it is read, decided and written in one
//! conditional write with its slot claims and events, again whenever somebody was quicker. Everything
//! can be repeated: an event that says nothing new has no effect, and every call of Stripe has a key.
//!
//! Read [`receive()`] (one delivery), [`hear`] (one message of the queue), [`record`] (one event), then [`checkout`], [`refund()`],
//! [`release_ended_holds`] and [`reconcile()`].

pub mod checkout;
mod hold;
mod inquiry;
mod message;
mod receive;
mod reconcile;
mod refund;

use std::sync::Arc;

use jiff::Timestamp;
use thiserror::Error;

use crate::app::context::{ContextError, Contexts};
use crate::clients::stripe::{Stripe, StripeError, Unreadable};
use crate::domain::booking::{Booking, Room, Status, Transition, settle};
use crate::domain::business::BusinessContext;
use crate::domain::event::{Event, Happening};
use crate::domain::figure::Figure;
use crate::domain::id::{BookingId, EventId, TenantId};
use crate::domain::payment::{BookingRef, Origin, PaymentEvent, PaymentEventKind};
use crate::ports::event::NotAnEvent;
use crate::ports::metric::{Metric, Metrics};
use crate::ports::{Clock, Ids};
use crate::store::booking::{Booked, BookingWrite};
use crate::store::{Store, StoreError};

pub use crate::clients::stripe::webhook;
pub use hold::{HoldsReleased, Release, release_ended_holds, release_hold};
pub use message::{Heard, NotQueueable, hear};
pub use receive::{NotReceived, ReceiveDeps, receive};
pub use reconcile::{Reconciled, reconcile};
pub use refund::{GivenBack, refund};

/// How often a change that was overtaken is decided anew.
const TRIES: usize = 12;

/// Everything payments may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Bookings, claims, figures and events.
    pub store: &'a Store,
    /// Remembered business contexts.
    pub contexts: &'a Contexts,
    /// Where sessions are opened and closed, and money is given back.
    pub stripe: &'a Stripe,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Ids of events.
    pub ids: &'a dyn Ids,
    /// Payments that banks refuse, and holds that end.
    pub metrics: &'a dyn Metrics,
    /// Where customers come back to from Checkout, without a slash at the end.
    pub public_url: &'a str,
}

/// What an event came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// It was news; how the booking stands now, and what happened.
    New(Status, Vec<Happening>),
    /// All of it was known.
    Duplicate,
    /// It names a booking that this tenant does not have, and has no effect.
    Unknown,
}

/// Why a payment matter is not done.
#[derive(Debug, Error)]
pub enum Error {
    /// As the store says.
    #[error("the booking cannot be read or kept")]
    Store(#[from] StoreError),
    /// As Stripe says.
    #[error("stripe did not do it")]
    Stripe(#[from] StripeError),
    /// Others changed the booking again and again.
    #[error("the booking was changed by others again and again")]
    Overtaken,
    /// The deployment's public address is none.
    #[error("the public address is not valid")]
    PublicUrl(#[from] url::ParseError),
    /// An event of Stripe that cannot be read, for good.
    #[error("the event cannot be read")]
    Unreadable(#[from] Unreadable),
    /// A message that is no event of ours, for good.
    #[error("the message cannot be read")]
    NotAnEvent(#[from] NotAnEvent),
    /// Stripe has more than one look is made for.
    #[error("stripe lists more than one look is made for")]
    TooMany,
    /// An event that the payment worker has no business with.
    #[error("the event {0} is not for the payment worker")]
    NotForUs(&'static str),
}

impl Error {
    /// Claims that the same may succeed later. All else is for a person.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Store(error) => error.is_passing(),
            Self::Stripe(error) => matches!(error, StripeError::Unavailable(_)),
            Self::Overtaken => true,
            Self::PublicUrl(_) | Self::Unreadable(_) | Self::NotAnEvent(_) | Self::TooMany | Self::NotForUs(_) => false,
        }
    }
}

/// Writes what `event` tells into the booking it names. Repeating it changes nothing, whatever came in between.
///
/// Only the tenant's own Stripe account, in the mode of our key, may speak for a booking; from anybody
/// else only the attempt is noted, and flagged once.
///
/// # Errors
///
/// [`Error::Store`], [`Error::Overtaken`].
pub async fn record(deps: Deps<'_>, event: &PaymentEvent) -> Result<Recorded, Error> {
    let BookingRef { tenant, booking } = event.booking;
    let now = deps.clock.now();
    let Some(business) = business(deps, tenant).await? else { return Ok(Recorded::Unknown) };
    let expected = origin(deps, &business);
    for _ in 0..TRIES {
        let Some(before) = deps.store.find_booking(tenant, booking).await? else { return Ok(Recorded::Unknown) };
        let mut facts = before.facts.clone();
        if !facts.merge(event, &expected) {
            return Ok(Recorded::Duplicate);
        }
        for room in rooms(&business, &before) {
            let transition = settle(&before, facts.clone(), room, now);
            match write(deps, tenant, &before, &transition, now).await? {
                Booked::Done => {
                    let is_refusal = matches!(event.kind, PaymentEventKind::AsyncFailed { .. });
                    if is_refusal && event.origin == expected {
                        deps.metrics.count(Metric::PaymentRefused);
                    }
                    return Ok(Recorded::New(transition.after.status, transition.happenings));
                }
                Booked::SlotTaken if transition.is_seated_anew => {}
                _ => break,
            }
        }
    }
    Err(Error::Overtaken)
}

/// Opens the Checkout Session of a booking for which Stripe was out of reach before; the link in its mail
/// leads there. Repeating it is safe. `false` when it can no longer be paid, or there is no such booking.
///
/// # Errors
///
/// As [`checkout::open`]: to repeat it later, or, when Stripe refuses, for a person.
pub async fn open_checkout(deps: Deps<'_>, tenant: TenantId, id: BookingId) -> Result<bool, Error> {
    let Some(business) = business(deps, tenant).await? else { return Ok(false) };
    let Some(booking) = deps.store.find_booking(tenant, id).await? else { return Ok(false) };
    let opened = checkout::open(deps, &business, booking).await?;
    Ok(matches!(opened, checkout::Opened::Open { .. }))
}

/// Closes every Checkout Session of a booking that was called off, so that nobody pays for it, and writes down
/// what was paid before that, so that it goes back. Repeating it is safe. `false` when nothing is left to be
/// closed, or there is no such booking.
///
/// # Errors
///
/// [`Error::Stripe`] when Stripe is out of reach, and as [`record`].
pub async fn close_checkout(deps: Deps<'_>, tenant: TenantId, id: BookingId) -> Result<bool, Error> {
    let Some(business) = business(deps, tenant).await? else { return Ok(false) };
    let Some(booking) = deps.store.find_booking(tenant, id).await? else { return Ok(false) };
    if booking.status.is_open() || booking.paid_at.is_some() {
        return Ok(false);
    }
    let told = inquiry::close(deps, &business, &booking).await?;
    for event in &told {
        record(deps, event).await?;
    }
    Ok(!told.is_empty())
}

/// Where a booking could have its time again: with its own resource, else with another that serves its
/// package, else nowhere.
fn rooms(business: &BusinessContext, booking: &Booking) -> Vec<Room> {
    let serving = business.package(booking.package).map(|package| package.resources.clone()).unwrap_or_default();
    let others = serving.into_iter().filter(|resource| *resource != booking.resource);
    std::iter::once(booking.resource)
        .chain(others)
        .filter(|resource| business.resource(*resource).is_some_and(|resource| resource.active))
        .map(Room::With)
        .chain([Room::Nowhere])
        .collect()
}

/// Writes a transition with its events and figures, if the booking is still as it was read.
async fn write(
    deps: Deps<'_>,
    tenant: TenantId,
    before: &Booking,
    transition: &Transition,
    now: Timestamp,
) -> Result<Booked, Error> {
    let event = |what: &Happening| Event { id: EventId::new(deps.ids.ulid(now)), tenant, at: now, what: *what };
    let events: Vec<Event> = transition.happenings.iter().map(event).collect();
    let is_paid = transition.happenings.contains(&Happening::BookingConfirmed(before.id));
    let paid = [(Figure::Paid, 1)];
    let figures = if is_paid { paid.as_slice() } else { &[] };
    let write =
        BookingWrite { before: Some(before), after: &transition.after, proposal: None, figures, events: &events, now };
    let booked = deps.store.write_booking(tenant, &write).await?;
    let has_lapsed = before.status == Status::PendingPayment && transition.after.status == Status::Expired;
    if booked == Booked::Done && has_lapsed {
        deps.metrics.count(Metric::HoldReleased);
    }
    Ok(booked)
}

/// The business as it is now, suspended or not: money is dealt with all the same. `None` when there is none.
async fn business(deps: Deps<'_>, tenant: TenantId) -> Result<Option<Arc<BusinessContext>>, Error> {
    match deps.contexts.current(deps.store, tenant, deps.clock.now()).await {
        Ok(stamped) => Ok(Some(stamped.context)),
        Err(ContextError::Refused) => Ok(None),
        Err(ContextError::Store(error)) => Err(error.into()),
    }
}

/// Where events come from that may speak for the business's bookings.
fn origin(deps: Deps<'_>, business: &BusinessContext) -> Origin {
    Origin { account: account(business).map(str::to_owned), livemode: deps.stripe.is_live() }
}

/// The business's own Stripe account; the platform's when absent.
fn account(business: &BusinessContext) -> Option<&str> {
    business.tenant.stripe_account.as_ref().map(|account| account.as_str())
}
