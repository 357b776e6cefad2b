//! `/v1/admin/bookings`: what is booked, what the business calls off, and who came.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lambda_http::{Body, Response};
use serde::Serialize;
use shared::app::attendance;
use shared::app::booking::{Error, cancel as call_off};
use shared::app::context::ContextError;
use shared::domain::booking::{Attendance, Booking, CalledOffBy, NotMarked};
use shared::domain::cancellation::Cancellation;
use shared::domain::id::BookingId;
use shared::http::problem::ApiError;
use shared::http::request::{path, query};
use shared::http::respond::ok;
use shared::store::cursor::Position;

use crate::Page;
use crate::caller::Call;
use crate::money::MoneySent;
use crate::span::Wanted;

/// How many bookings one page holds.
const PAGE: u16 = 50;

/// A booking as it is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: String,
    confirmation_code: String,
    status: &'static str,
    package_id: String,
    package_name: String,
    kind: &'static str,
    resource_id: String,
    starts_at: String,
    ends_at: String,
    price: MoneySent,
    /// What is paid at booking: the price, or the deposit.
    due_at_booking: MoneySent,
    paid: MoneySent,
    due_at_visit: MoneySent,
    /// What the business keeps in any case, by a late change, cancellation or absence.
    fee: MoneySent,
    /// What still has to go back.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_due: Option<MoneySent>,
    cancellation: CancellationShown,
    refunded: MoneySent,
    /// Whether a person has to look at its payment.
    flagged: bool,
    customer: CustomerShown,
    notes: String,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hold_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_at: Option<String>,
    created_at: String,
    updated_at: String,
    version: u64,
}

/// The terms that were agreed at booking.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CancellationShown {
    free_until_minutes: u64,
    late_fee_percent: u8,
    no_show_percent: u8,
}

#[derive(Serialize)]
struct CustomerShown {
    name: String,
    email: String,
    /// Its IANA name, as the browser said at booking.
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
}

impl From<&Cancellation> for CancellationShown {
    fn from(terms: &Cancellation) -> Self {
        Self {
            free_until_minutes: terms.free_until.as_secs() / 60,
            late_fee_percent: terms.late_fee_percent,
            no_show_percent: terms.no_show_percent,
        }
    }
}

impl CustomerShown {
    fn of(booking: &Booking) -> Self {
        Self {
            name: booking.customer.name.to_string(),
            email: booking.customer.email.to_string(),
            timezone: booking.customer_timezone.as_ref().and_then(TimeZone::iana_name).map(str::to_owned),
        }
    }
}

impl From<&Booking> for Shown {
    fn from(booking: &Booking) -> Self {
        let text = |at: Timestamp| at.to_string();
        Self {
            id: booking.id.to_string(),
            confirmation_code: booking.code.to_string(),
            status: booking.status.as_str(),
            package_id: booking.package.to_string(),
            package_name: booking.package_name.to_string(),
            kind: booking.kind.as_str(),
            resource_id: booking.resource.to_string(),
            starts_at: text(booking.slot.start()),
            ends_at: text(booking.slot.end()),
            price: booking.price.into(),
            due_at_booking: booking.due.into(),
            paid: booking.paid().into(),
            due_at_visit: booking.due_at_visit().into(),
            fee: booking.fee.into(),
            refund_due: booking.refund_due.map(Into::into),
            cancellation: (&booking.cancellation).into(),
            refunded: MoneySent {
                amount: booking.facts.refunded_minor(),
                currency: booking.price.currency().to_string(),
            },
            flagged: !booking.facts.concerns(booking.due).is_empty(),
            customer: CustomerShown::of(booking),
            notes: booking.notes.to_string(),
            source: booking.source.to_string(),
            conversation_id: booking.conversation.map(|id| id.to_string()),
            hold_until: booking.hold_until.map(text),
            paid_at: booking.paid_at.map(text),
            created_at: text(booking.created_at),
            updated_at: text(booking.updated_at),
            version: booking.version,
        }
    }
}

pub(crate) async fn list(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let (key, business) = (&call.services.link_key, call.business().await?);
    let wanted = Wanted::read(call.request, &business.tenant.timezone, call.now)?;
    let opened = query(call.request, "cursor").map(|text| Position::open(text, key, call.tenant, &wanted.query));
    let after = opened.transpose().map_err(|_| {
        ApiError::invalid_field("/cursor", "invalid_value", "The cursor belongs to another list. Please begin anew.")
    })?;
    let listed = call.services.store.list_bookings(call.tenant, &wanted.span, PAGE, after.as_ref()).await?;
    let items = listed.items.iter().map(Shown::from).collect();
    let next_cursor = listed.next.map(|next| next.seal(key, call.tenant, &wanted.query));
    ok(&Page { items, next_cursor })
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
        Error::Outdated | Error::TermsChanged | Error::ProposalMoved => {
            ApiError::conflict("This booking has changed in the meantime.")
        }
        Error::SlotTaken { .. } => ApiError::conflict("That time cannot be booked."),
        Error::Store(error) | Error::Context(ContextError::Store(error)) => error.into(),
    }
}
