//! `/v1/admin/bookings`: what is booked, what the business calls off, moves and gives back, and who came.

mod change;
mod shown;

use lambda_http::{Body, Response};
use shared::app::attendance;
use shared::app::booking::{Error, cancel as call_off};
use shared::app::context::ContextError;
use shared::domain::booking::{Attendance, CalledOffBy, NotMarked};
use shared::domain::id::BookingId;
use shared::http::problem::ApiError;
use shared::http::request::path;
use shared::http::respond::ok;

use crate::caller::Call;
use crate::span::Wanted;
use crate::{Page, after};

pub(crate) use change::{note, refund, reschedule};
use shown::Shown;

/// How many bookings one page holds.
const PAGE: u16 = 50;

pub(crate) async fn list(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let business = call.business().await?;
    let wanted = Wanted::read(call.request, &business.tenant.timezone, call.now)?;
    let after = after(call, &wanted.query)?;
    let listed = call.services.store.list_bookings(call.tenant, &wanted.span, PAGE, after.as_ref()).await?;
    ok(&Page::of(call, &wanted.query, listed, |booking| Shown::from(booking)))
}

pub(crate) async fn show(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let id: BookingId = path(call.request, "id")?;
    let booking = call.services.store.find_booking(call.tenant, id).await?;
    ok(&Shown::from(&booking.ok_or_else(ApiError::not_found)?))
}

pub(crate) async fn cancel(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let id: BookingId = path(call.request, "id")?;
    let booking = call_off(call.services.booking(), call.tenant, id, CalledOffBy::Owner).await.map_err(refused)?;
    ok(&Shown::from(&booking))
}

pub(crate) async fn mark(call: &Call<'_>, attendance: Attendance) -> Result<Response<Body>, ApiError> {
    let id: BookingId = path(call.request, "id")?;
    let marked = attendance::mark(call.services.booking(), call.tenant, id, attendance).await;
    ok(&Shown::from(&marked.map_err(not_marked)?))
}

fn not_marked(error: attendance::Error) -> ApiError {
    match error {
        attendance::Error::Refused(NotMarked::NotBegun) => ApiError::conflict("This booking has not begun yet."),
        attendance::Error::Refused(NotMarked::Closed) => ApiError::conflict("This booking does not stand any more."),
        attendance::Error::Booking(error) => refused(error),
    }
}

fn refused(error: Error) -> ApiError {
    match error {
        Error::NotFound | Error::Context(ContextError::Refused) => ApiError::not_found(),
        Error::Closed => ApiError::conflict("This booking can no longer be changed."),
        Error::Outdated => ApiError::stale_version(),
        Error::TermsChanged | Error::ProposalMoved => ApiError::conflict("This booking has changed in the meantime."),
        Error::SlotTaken { why, alternatives } => change::not_bookable(&why, &alternatives),
        Error::NotGranted(why) => change::not_granted(why),
        Error::Store(error) | Error::Context(ContextError::Store(error)) => error.into(),
    }
}
