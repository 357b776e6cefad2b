//! What an owner changes of a booking: `PATCH …/{id}` its notes, `POST …/{id}/reschedule` its time, and
//! `POST …/{id}/refund` what they give back of its payment.
//!
//! Each names the version it is based on. Anybody of the business may write notes and move bookings; only its
//! owner sets rules aside and gives money back.

use jiff::Timestamp;
use lambda_http::{Body, Response};
use serde::{Deserialize, Serialize};
use shared::app::booking::{Alternative, GrantWish, OwnersMove, Waived, find, grant, move_as, note as write_note};
use shared::domain::availability::WhyNone;
use shared::domain::booking::NotGranted;
use shared::domain::id::BookingId;
use shared::domain::money::Money;
use shared::domain::slot::Slot;
use shared::domain::text::{Line, Note};
use shared::http::problem::ApiError;
use shared::http::request::{if_match, json, path};
use shared::http::respond::ok;

use super::refused;
use super::shown::Shown;
use crate::caller::Call;
use crate::money::MoneySent;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Noted {
    notes: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Moved {
    /// When it shall begin; of a whole day, its first moment.
    starts_at: String,
    /// Who shall serve it; none: who does now, or whoever else is free.
    resource_id: Option<String>,
    /// The rules of the business that are set aside.
    #[serde(default)]
    waive: Vec<Rule>,
}

/// A rule that an owner may set aside.
#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Rule {
    Notice,
    Horizon,
    Hours,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refund {
    /// Names the request: the same one again is done once.
    key: String,
    /// None: all that is left.
    amount: Option<MoneySent>,
}

/// A free time near the one that was wanted.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Free<'a> {
    starts_at: String,
    ends_at: String,
    resource_id: String,
    label: &'a str,
}

pub(crate) async fn note(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let (id, version) = (path::<BookingId>(call.request, "id")?, if_match(call.request)?);
    let sent: Noted = json(call.request)?;
    let notes = Note::new(&sent.notes).map_err(|wrong| invalid("/notes", "too_long", &wrong))?;
    let noted = write_note(call.services.booking(), call.tenant, id, version, &notes).await.map_err(refused)?;
    ok(&Shown::from(&noted))
}

pub(crate) async fn reschedule(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let (id, version) = (path::<BookingId>(call.request, "id")?, if_match(call.request)?);
    let sent: Moved = json(call.request)?;
    if !sent.waive.is_empty() {
        call.demand_owner()?;
    }
    let start: Timestamp = sent
        .starts_at
        .parse()
        .map_err(|_| ApiError::invalid_field("/startsAt", "invalid_value", "Expected a time."))?;
    let with = sent.resource_id.map(|id| id.parse()).transpose();
    let with = with.map_err(|_| unknown_resource())?;
    let waives = |rule: &Rule| sent.waive.contains(rule);
    let waived = Waived { notice: waives(&Rule::Notice), horizon: waives(&Rule::Horizon), hours: waives(&Rule::Hours) };
    let (deps, business) = (call.services.booking(), call.business().await?);
    let booking = find(deps, call.tenant, id).await.map_err(refused)?;
    let gone = || not_bookable(&WhyNone::PackageInactive, &[]);
    let package = business.package(booking.package).ok_or_else(gone)?;
    if with.is_some_and(|with| !package.resources.contains(&with)) {
        return Err(unknown_resource());
    }
    let slot = Slot::at(package, with.unwrap_or(booking.resource), start, &business.tenant.timezone);
    let slot = slot.map_err(|none| invalid("/startsAt", "invalid_value", &none))?;
    let how = OwnersMove { version, with, waived };
    let moved = move_as(deps, call.tenant, id, &slot, how).await.map_err(refused)?;
    ok(&Shown::from(&moved))
}

pub(crate) async fn refund(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let (id, version) = (path::<BookingId>(call.request, "id")?, if_match(call.request)?);
    let sent: Refund = json(call.request)?;
    let key = Line::new(&sent.key).map_err(|wrong| invalid("/key", "invalid_value", &wrong))?;
    let amount = sent.amount.map(|amount| money_of(&amount)).transpose()?;
    let wish = GrantWish { version, key, amount };
    let granted = grant(call.services.booking(), call.tenant, id, &wish).await.map_err(refused)?;
    ok(&Shown::from(&granted))
}

fn money_of(sent: &MoneySent) -> Result<Money, ApiError> {
    let currency = sent.currency.parse().map_err(|wrong| invalid("/amount/currency", "invalid_value", &wrong))?;
    Money::new(sent.amount, currency).map_err(|wrong| invalid("/amount/amount", "out_of_range", &wrong))
}

/// The time cannot be had, and why, with what is free instead.
pub(super) fn not_bookable(why: &WhyNone, alternatives: &[Alternative]) -> ApiError {
    let free = alternatives.iter().map(|Alternative { slot, label }| Free {
        starts_at: slot.interval.start().to_string(),
        ends_at: slot.interval.end().to_string(),
        resource_id: slot.resource.to_string(),
        label,
    });
    ApiError::not_bookable(why, &free.collect::<Vec<_>>())
}

/// Why nothing is given back.
pub(super) fn not_granted(why: NotGranted) -> ApiError {
    match why {
        NotGranted::Nothing => ApiError::conflict("Nothing of this payment can be given back."),
        NotGranted::KeyUsed => ApiError::conflict("This key was used for another amount."),
        NotGranted::TooMany => ApiError::conflict("This booking has had as many refunds as are possible."),
        NotGranted::TooMuch(left) => {
            let detail = format!("No more than {left} can be given back.");
            ApiError::invalid_field("/amount/amount", "out_of_range", detail)
        }
        NotGranted::NoAmount => {
            let detail = "Expected more than nothing, in the currency of the payment.";
            ApiError::invalid_field("/amount", "invalid_value", detail)
        }
    }
}

fn unknown_resource() -> ApiError {
    ApiError::invalid_field("/resourceId", "invalid_value", "Nobody of that id serves this package.")
}

fn invalid(pointer: &str, code: &'static str, wrong: &dyn std::error::Error) -> ApiError {
    ApiError::invalid_field(pointer, code, format!("Please check this: {wrong}."))
}
