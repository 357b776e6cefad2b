//! The answer to an offer: taken, or passed on.

use super::{Deps, Error, TRIES, business, event, find};
use crate::domain::booking::{Booking, NotOpen, Status};
use crate::domain::event::Happening;
use crate::domain::figure::Figure;
use crate::domain::id::{BookingId, TenantId};
use crate::domain::waitlist::Standing;
use crate::store::booking::{Booked, BookingWrite};

/// Takes an offer: it becomes a booking that stands, or waits for its payment. Repeating it answers the booking
/// as it is by then.
///
/// # Errors
///
/// [`Error::NotFound`] when it was never offered; [`Error::Offer`] once it was passed or its time is over.
pub async fn take(deps: Deps<'_>, tenant: TenantId, id: BookingId) -> Result<Booking, Error> {
    let business = business(deps, tenant).await?.ok_or(Error::NotFound)?;
    for _ in 0..TRIES {
        let (before, now) = (offered(deps, tenant, id).await?, deps.clock.now());
        match before.status {
            Status::Offered => {}
            Status::Expired => return Err(NotOpen.into()),
            _ => return Ok(before),
        }
        let after = before.taken(&business.tenant.policies, now)?;
        let what = match after.status {
            Status::Confirmed => Happening::BookingConfirmed(id),
            _ => Happening::BookingReceived(id),
        };
        let entry = find(deps, tenant, before.waited_for().ok_or(Error::NotFound)?).await?;
        let write = BookingWrite {
            before: Some(&before),
            after: &after,
            proposal: None,
            figures: &[(Figure::Bookings, 1)],
            events: &[event(deps, tenant, what, now)],
            now,
        };
        let moved = entry.becoming(Standing::Taken, now);
        if deps.store.write_offer(tenant, &write, (&entry, &moved)).await? == Booked::Done {
            return Ok(after);
        }
    }
    Err(Error::Overtaken)
}

/// Lets an offer pass: its slot is free for the next in line, and its place is given up. Repeating it changes
/// nothing.
///
/// # Errors
///
/// [`Error::NotFound`] when it was never offered; [`Error::Offer`] when it was taken.
pub async fn pass(deps: Deps<'_>, tenant: TenantId, id: BookingId) -> Result<Booking, Error> {
    match end(deps, tenant, id, Standing::Passed).await {
        Err(Error::Offer(_)) => {
            let booking = offered(deps, tenant, id).await?;
            if booking.status == Status::Expired { Ok(booking) } else { Err(NotOpen.into()) }
        }
        ended => ended,
    }
}

/// Ends an offer that is not taken, and the place it was made for becomes `standing`.
///
/// # Errors
///
/// [`Error::Offer`] when it has ended, one way or another.
pub(super) async fn end(deps: Deps<'_>, tenant: TenantId, id: BookingId, standing: Standing) -> Result<Booking, Error> {
    for _ in 0..TRIES {
        let (before, now) = (offered(deps, tenant, id).await?, deps.clock.now());
        let after = before.passed(now)?;
        let entry = find(deps, tenant, before.waited_for().ok_or(Error::NotFound)?).await?;
        let write =
            BookingWrite { before: Some(&before), after: &after, proposal: None, figures: &[], events: &[], now };
        let moved = entry.becoming(standing, now);
        if deps.store.write_offer(tenant, &write, (&entry, &moved)).await? == Booked::Done {
            return Ok(after);
        }
    }
    Err(Error::Overtaken)
}

/// A booking that came off the waitlist. Any other is as unknown as one that never was.
async fn offered(deps: Deps<'_>, tenant: TenantId, id: BookingId) -> Result<Booking, Error> {
    let found = deps.store.find_booking(tenant, id).await?;
    found.filter(|booking| booking.waited_for().is_some()).ok_or(Error::NotFound)
}
