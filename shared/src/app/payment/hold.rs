//! Holds: gives back the slots of bookings that were not paid in time.
//!
//! Stripe is asked first: whatever could still be paid is closed, and what was paid is written down as the
//! webhook would have told it, so that a webhook that never comes costs nobody their booking. Without
//! Stripe's word nothing is released. Nothing is lost when it is cut short: a hold stays in the index of
//! deadlines until its booking has moved on.

use futures::{FutureExt as _, StreamExt as _, stream};
use jiff::Timestamp;

use super::{Booked, Deps, Error, TRIES, business, inquiry, origin, write};
use crate::domain::booking::{Booking, Status, lapse};
use crate::domain::chain::Chain;
use crate::domain::id::{BookingId, TenantId};
use crate::store::{DUE_SHARDS, StoreError};

/// How many holds are read at once.
const PAGE: u16 = 100;

/// How many holds are released at once. Each asks Stripe about twice a second, and Stripe takes 25 calls a
/// second from a test key and 100 from a live one; so many are some tens of thousands of holds an hour.
const AT_ONCE: usize = 8;

/// What came of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// The slot is free, and the booking has expired.
    Released,
    /// The customer has done their part: the booking is confirmed, or held while a bank or a person decides.
    Paid,
    /// There is no hold that has ended.
    Moot,
}

/// What releasing all holds came to.
#[derive(Debug, Default)]
pub struct HoldsReleased {
    /// Slots that are free now.
    pub released: u32,
    /// Holds of customers who have done their part.
    pub paid: u32,
    /// Holds that could not be dealt with; the next run tries again.
    pub failed: Vec<Error>,
}

/// Releases every hold that has ended at `now`, in all tenants. Repeating it is safe, also while another
/// run is under way, and one hold that cannot be released or read stops no other.
///
/// # Errors
///
/// [`Error::Store`] when the deadlines cannot be read. What fails for one booking is in
/// [`HoldsReleased::failed`].
pub async fn release_ended_holds(deps: Deps<'_>, now: Timestamp) -> Result<HoldsReleased, Error> {
    let mut sum = HoldsReleased::default();
    for shard in 0..DUE_SHARDS {
        let mut after = None;
        loop {
            // What has been dealt with leaves the index behind this page; what could not be waits there.
            let page = deps.store.list_ended_holds(shard, now, PAGE, after.as_ref()).await?;
            let work = page.items.into_iter().map(|hold| release_listed(deps, hold, now).boxed());
            let mut released = stream::iter(work).buffer_unordered(AT_ONCE);
            while let Some(release) = released.next().await {
                match release {
                    Ok(Release::Released) => sum.released += 1,
                    Ok(Release::Paid) => sum.paid += 1,
                    Ok(Release::Moot) => {}
                    Err(error) => sum.failed.push(error),
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(sum)
}

/// Releases a hold that was found by its deadline, and says in the log which one it was that failed.
async fn release_listed(
    deps: Deps<'_>,
    hold: Result<(TenantId, BookingId), StoreError>,
    now: Timestamp,
) -> Result<Release, Error> {
    let (tenant, booking) = hold.inspect_err(|error| {
        tracing::error!(error = %Chain(error), "an entry of the deadlines names no booking");
    })?;
    release_hold(deps, tenant, booking, now).await.inspect_err(|error| {
        tracing::error!(tenant.id = %tenant, booking.id = %booking, error = %Chain(error), "a hold cannot be released");
    })
}

/// Releases the hold of one booking, if it has ended at `now`. Repeating it is safe.
///
/// # Errors
///
/// [`Error::Stripe`] when Stripe is out of reach or refuses: without its word nothing is released.
/// [`Error::Store`] also when the booking's business cannot be found.
pub async fn release_hold(deps: Deps<'_>, tenant: TenantId, id: BookingId, now: Timestamp) -> Result<Release, Error> {
    let homeless = || StoreError::Corrupt { what: "tenant", source: "there is none for this booking".into() };
    let business = business(deps, tenant).await?.ok_or_else(homeless)?;
    for _ in 0..TRIES {
        let found = deps.store.find_booking(tenant, id).await?;
        let ended = |booking: &Booking| {
            booking.status == Status::PendingPayment && booking.hold_until.is_some_and(|until| until <= now)
        };
        let Some(before) = found.filter(ended) else { return Ok(Release::Moot) };
        let mut facts = before.facts.clone();
        for event in inquiry::close(deps, &business, &before).await? {
            facts.merge(&event, &origin(deps, &business));
        }
        let transition = lapse(&before, facts, now);
        if write(deps, tenant, &before, &transition, now).await? == Booked::Done {
            let is_released = !transition.after.status.holds_slot();
            return Ok(if is_released { Release::Released } else { Release::Paid });
        }
    }
    Err(Error::Overtaken)
}
