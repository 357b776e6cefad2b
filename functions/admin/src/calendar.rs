//! `/v1/admin/resources/{id}/calendar`: the feed of a resource, and the calendars whose busy times keep bookings out.
//!
//! Its addresses are secrets of their own, so only the owner sees them.

use lambda_http::{Body, Response};
use serde::{Deserialize, Serialize};
use shared::app::calendar::{self, Error, Shown};
use shared::domain::calendar::Source;
use shared::domain::id::ResourceId;
use shared::http::problem::ApiError;
use shared::http::request::{base_url, json, path};
use shared::http::respond::{created, no_content, ok};

use crate::caller::Call;
use crate::refusal::invalid;

/// What the owner sets.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Sent {
    busy_calendar_urls: Vec<String>,
}

/// What the owner sees.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Calendars {
    /// The address to follow; none: there is no link.
    feed_url: Option<String>,
    busy_calendars: Vec<BusyCalendar>,
    /// Bookings that stand where one of them is busy.
    conflicts: Vec<Conflict>,
    version: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BusyCalendar {
    url: String,
    /// When what is known of it was last true; none: never.
    fetched_at: Option<String>,
    /// When it was last looked at, in vain or not.
    tried_at: Option<String>,
    /// What was wrong the last time.
    problem: Option<&'static str>,
    /// Entries that could not be understood, and keep nothing out.
    skipped: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Conflict {
    booking_id: String,
    /// The first UTC day on which it does.
    date: String,
}

impl From<&Source> for BusyCalendar {
    fn from(source: &Source) -> Self {
        Self {
            url: source.url.url().to_string(),
            fetched_at: source.fetched_at.map(|at| at.to_string()),
            tried_at: source.tried_at.map(|at| at.to_string()),
            problem: source.problem.map(|problem| problem.as_str()),
            skipped: source.skipped,
        }
    }
}

fn told(call: &Call<'_>, shown: &Shown) -> Calendars {
    let base = base_url(call.request).unwrap_or_else(|| call.services.public_url.clone());
    let address = |file: &String| format!("{base}/v1/public/calendars/{file}");
    let conflict = |(booking, date): &(_, _)| Conflict { booking_id: format!("{booking}"), date: format!("{date}") };
    Calendars {
        feed_url: shown.feed.as_ref().map(address),
        busy_calendars: shown.calendars.sources.iter().map(BusyCalendar::from).collect(),
        conflicts: shown.conflicts.iter().map(conflict).collect(),
        version: shown.calendars.version,
    }
}

/// The resource of the path, which must be one of this business.
async fn known(call: &Call<'_>) -> Result<ResourceId, ApiError> {
    call.demand_owner()?;
    let (id, business) = (path::<ResourceId>(call.request, "id")?, call.business().await?);
    business.resource(id).map(|resource| resource.id).ok_or_else(ApiError::not_found)
}

fn refused(error: Error) -> ApiError {
    match error {
        Error::Stale => ApiError::stale_version(),
        Error::Invalid(draft) => invalid(draft),
        Error::Store(error) => error.into(),
    }
}

pub(crate) async fn show(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let id = known(call).await?;
    let shown = calendar::show(call.services.calendar(), call.tenant, id).await.map_err(refused)?;
    ok(&told(call, &shown))
}

pub(crate) async fn make_link(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let id = known(call).await?;
    let shown = calendar::make_link(call.services.calendar(), call.tenant, id).await.map_err(refused)?;
    created(&told(call, &shown))
}

pub(crate) async fn end_link(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let id = known(call).await?;
    calendar::end_link(call.services.calendar(), call.tenant, id).await.map_err(refused)?;
    Ok(no_content())
}

pub(crate) async fn import(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let id = known(call).await?;
    let before = calendar::show(call.services.calendar(), call.tenant, id).await.map_err(refused)?;
    let version = call.based_on(before.calendars.version)?;
    let sent: Sent = json(call.request)?;
    let imported =
        calendar::import(call.services.calendar(), call.tenant, (id, version), &sent.busy_calendar_urls).await;
    ok(&told(call, &imported.map_err(refused)?))
}
