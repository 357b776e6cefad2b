//! Attendance: the business marks whether a customer came.
//!
//! Who did not come pays what the terms of the booking keep; the rest goes back, and the payment worker gives
//! it. Never talks to Stripe.

use thiserror::Error;

use crate::app::booking::{self, Deps, event};
use crate::domain::booking::{Attendance, Booking, NotMarked, Status};
use crate::domain::event::Happening;
use crate::domain::id::{BookingId, TenantId};
use crate::store::booking::{Booked, BookingWrite};

/// How often a change that was overtaken is decided anew.
const TRIES: usize = 12;

/// Why a booking is not marked.
#[derive(Debug, Error)]
pub enum Error {
    /// A rule says no.
    #[error(transparent)]
    Refused(#[from] NotMarked),
    /// It cannot be found or kept.
    #[error(transparent)]
    Booking(#[from] booking::Error),
}

/// What follows of the mark: money goes back, and its customer hears of it. Of all of it they hear once it is back.
fn told(after: &Booking) -> impl Iterator<Item = Happening> {
    let id = after.id;
    let is_due = after.status == Status::NoShow && after.refund_due.is_some();
    let due = is_due.then_some(Happening::RefundDue(id));
    let missed = (is_due && !after.ends_refunded()).then_some(Happening::BookingMissed(id));
    due.into_iter().chain(missed)
}

/// Marks a booking that has begun. Repeating it answers the same and changes nothing.
///
/// # Errors
///
/// [`Error::Refused`] before its start, and when it does not stand; [`booking::Error::NotFound`],
/// [`booking::Error::Store`].
pub async fn mark(deps: Deps<'_>, tenant: TenantId, id: BookingId, attendance: Attendance) -> Result<Booking, Error> {
    for _ in 0..TRIES {
        let now = deps.clock.now();
        let before = booking::find(deps, tenant, id).await?;
        if before.status == attendance.status() {
            return Ok(before);
        }
        let after = before.marked(attendance, now)?;
        let events = told(&after).map(|what| event(deps, tenant, what, now)).collect::<Vec<_>>();
        let write =
            BookingWrite { before: Some(&before), after: &after, proposal: None, figures: &[], events: &events, now };
        match deps.store.write_booking(tenant, &write).await.map_err(booking::Error::from)? {
            Booked::Done => return Ok(after),
            Booked::Stale | Booked::SlotTaken | Booked::CodeTaken | Booked::ProposalMoved => {}
        }
    }
    Err(booking::overtaken().into())
}
