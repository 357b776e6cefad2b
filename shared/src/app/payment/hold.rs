//! Holds: gives back the slots of bookings that were not paid in time.
//!
//! Stripe is asked first: whatever could still be paid is closed, and who has just paid keeps the slot
//! until the webhook tells of it. Nothing is lost when it is cut short: Stripe tells of a session that it
//! closed, and a hold stays in the index of deadlines until its booking has moved on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{Booked, Deps, Error, TRIES, account, business, write};
use crate::clients::stripe::{CheckoutStatus, StripeError};
use crate::domain::booking::{Booking, Room, Status, lapse, settle};
use crate::domain::id::{BookingId, TenantId};
use crate::domain::payment::{PaymentFacts, SessionFacts};
use crate::store::DUE_SHARDS;

/// How long a booking that was paid, as Stripe says, is left to the webhook before it is looked at again.
const WEBHOOK_TELLS: SignedDuration = SignedDuration::from_hours(1);

/// How many holds are read at once.
const PAGE: u16 = 25;

/// What came of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// The slot is free, and the booking has expired.
    Released,
    /// The customer has paid, or their bank decides: the webhook will tell.
    Paid,
    /// There is no hold that has ended.
    Moot,
}

/// What releasing all holds came to.
#[derive(Debug, Default)]
pub struct HoldsReleased {
    /// Slots that are free now.
    pub released: u32,
    /// Holds that the webhook will deal with.
    pub paid: u32,
    /// Holds that could not be dealt with; the next run tries again.
    pub failed: Vec<Error>,
}

/// Releases every hold that has ended at `now`, in all tenants. Repeating it is safe, and one hold that
/// cannot be released stops no other.
///
/// # Errors
///
/// [`Error::Store`] when the deadlines cannot be read. What fails for one booking is in
/// [`HoldsReleased::failed`].
pub async fn release_ended_holds(deps: Deps<'_>, now: Timestamp) -> Result<HoldsReleased, Error> {
    let mut sum = HoldsReleased::default();
    for shard in 0..DUE_SHARDS {
        loop {
            let page = deps.store.list_ended_holds(shard, now, PAGE).await?;
            let mut dealt_with = 0;
            for (tenant, booking) in &page {
                match release_hold(deps, *tenant, booking.id, now).await {
                    Ok(Release::Released) => sum.released += 1,
                    Ok(Release::Paid) => sum.paid += 1,
                    // The index is a moment behind.
                    Ok(Release::Moot) => continue,
                    Err(error) => {
                        sum.failed.push(error);
                        continue;
                    }
                }
                dealt_with += 1;
            }
            // What was dealt with has left the index; a page of nothing else is not read twice.
            if page.len() < usize::from(PAGE) || dealt_with == 0 {
                break;
            }
        }
    }
    Ok(sum)
}

/// Releases the hold of one booking, if it has ended at `now`. Repeating it is safe.
///
/// # Errors
///
/// [`Error::Stripe`] when Stripe is out of reach: without its word nothing is released.
pub async fn release_hold(deps: Deps<'_>, tenant: TenantId, id: BookingId, now: Timestamp) -> Result<Release, Error> {
    let business = business(deps, tenant).await?;
    let account = business.as_deref().and_then(account);
    for _ in 0..TRIES {
        let found = deps.store.find_booking(tenant, id).await?;
        let ended = |booking: &Booking| {
            booking.status == Status::PendingPayment && booking.hold_until.is_some_and(|until| until <= now)
        };
        let Some(before) = found.filter(ended) else { return Ok(Release::Moot) };
        let (facts, is_paid) = close(deps, &before, account).await?;
        let transition = if is_paid {
            let mut left = settle(&before, facts, Room::Nowhere, now);
            left.after.hold_until = left.after.hold_until.map(|_| now + WEBHOOK_TELLS);
            left
        } else {
            lapse(&before, facts, now)
        };
        if write(deps, tenant, &before, &transition, now).await? == Booked::Done {
            let is_released = !transition.after.status.holds_slot();
            return Ok(if is_released { Release::Released } else { Release::Paid });
        }
    }
    Err(Error::Overtaken)
}

/// Closes every session in which the booking could still be paid. Answers what is known then, and whether
/// the customer finished one of them of which nothing was told yet.
async fn close(deps: Deps<'_>, booking: &Booking, account: Option<&str>) -> Result<(PaymentFacts, bool), Error> {
    let mut facts = booking.facts.clone();
    let mut is_paid = false;
    let known = facts.sessions.iter().filter(|(_, session)| !session.has_ended()).map(|(id, _)| id.as_str());
    let open: BTreeSet<String> =
        known.chain(booking.checkout.as_ref().map(|checkout| checkout.session.as_str())).map(str::to_owned).collect();
    for session in open {
        match deps.stripe.expire_checkout(&session, account).await {
            Ok(Some(state)) if state.status == CheckoutStatus::Complete => is_paid |= !has_told(&facts, &session),
            Ok(_) => facts.join(expired(session)),
            // The account is no longer ours to ask. The session ends by itself, no later than the hold.
            Err(StripeError::Refused { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok((facts, is_paid))
}

/// Claims that the payment of a session has been told of.
fn has_told(facts: &PaymentFacts, session: &str) -> bool {
    let mut claims = facts.payments.values().flat_map(|payment| &payment.claims);
    claims.any(|claim| claim.session.as_deref() == Some(session))
}

/// What is known of a session that can no longer be paid.
fn expired(session: String) -> PaymentFacts {
    let ended = SessionFacts { is_expired: true, ..SessionFacts::default() };
    PaymentFacts { sessions: BTreeMap::from([(session, ended)]), ..PaymentFacts::default() }
}
