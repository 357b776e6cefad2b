//! Links to an offer: what their holder is shown, and what happens when they press the button.
//!
//! Looking changes nothing. Taking it leads to the payment at once, and pressing the button again leads there
//! again; a place in line is left by its own link, offered something or not.

use std::sync::Arc;

use super::Deps;
use super::link::{self, Found};
use crate::app::context::ContextError;
use crate::app::waitlist;
use crate::domain::booking::{Booking, Status};
use crate::domain::business::BusinessContext;
use crate::domain::id::{TenantId, WaitId};
use crate::domain::link::{InvalidLink, Purpose, open};
use crate::domain::waitlist::Entry;
use crate::ports::trace;

/// A place in line that a link leads to.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Whose list it is.
    pub business: Arc<BusinessContext>,
    /// The place as it is now.
    pub entry: Entry,
    tenant: TenantId,
}

/// Takes the offer for the holder of the link. The same link pressed twice at once has one effect.
///
/// # Errors
///
/// [`link::Error::Offer`] when it was passed, or its time is over.
pub async fn take(deps: Deps<'_>, found: &Found) -> Result<Booking, link::Error> {
    Ok(waitlist::take(deps.waitlist(), found.grant.tenant, found.grant.booking).await?)
}

/// Finds or opens the Checkout Session of an offer that was just taken; none when it stands, or its payment is
/// on its way.
///
/// # Errors
///
/// [`link::Error::Checkout`] when Stripe is out of reach: it is taken all the same.
pub async fn pay(deps: Deps<'_>, found: &Found, booking: Booking) -> Result<Option<String>, link::Error> {
    if booking.status != Status::PendingPayment {
        return Ok(None);
    }
    let found = Found { booking, ..found.clone() };
    Ok(link::pay(deps, &found).await?.ok())
}

/// Lets the offer pass for the holder of the link.
///
/// # Errors
///
/// [`link::Error::Offer`] when it was taken.
pub async fn pass(deps: Deps<'_>, found: &Found) -> Result<Booking, link::Error> {
    Ok(waitlist::pass(deps.waitlist(), found.grant.tenant, found.grant.booking).await?)
}

/// Looks at what the link `token` to leave the waitlist is for. Changes nothing.
///
/// # Errors
///
/// [`link::Error::Link`] for a link that was not made here, of a place that is gone, or too old.
pub async fn look(deps: Deps<'_>, token: &str) -> Result<Waiting, link::Error> {
    let now = deps.clock.now();
    let grant = open(deps.link_key, Purpose::Leave, token, now)?;
    trace::of_tenant(grant.tenant);
    trace::of_booking(grant.booking);
    let context = deps.contexts.current(deps.store, grant.tenant, now).await;
    let business = context.map_err(|error| match error {
        ContextError::Refused => link::Error::Link(InvalidLink::NotOurs),
        ContextError::Store(error) => link::Error::Store(error),
    })?;
    let entry = deps.store.find_entry(grant.tenant, WaitId::new(grant.booking.ulid())).await?;
    let entry = entry.ok_or(InvalidLink::NotOurs)?;
    Ok(Waiting { business: business.context, entry, tenant: grant.tenant })
}

/// Leaves the waitlist for the holder of the link. Repeating it changes nothing.
///
/// # Errors
///
/// [`link::Error::Store`].
pub async fn leave(deps: Deps<'_>, found: &Waiting) -> Result<Entry, link::Error> {
    Ok(waitlist::leave(deps.waitlist(), found.tenant, found.entry.id, None).await?)
}
