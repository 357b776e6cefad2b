//! `/v1/admin/waitlist`: who waits for what, and whom the business takes off the list.

use jiff::civil::Date;
use lambda_http::{Body, Response};
use serde::Serialize;
use shared::app::waitlist::{Error, find, leave};
use shared::domain::id::{PackageId, WaitId};
use shared::domain::waitlist::{Entry, Standing};
use shared::http::problem::ApiError;
use shared::http::request::{parsed_query, path, query};
use shared::http::respond::{no_content, ok};
use shared::store::waitlist::Wanted;

use crate::caller::Call;
use crate::customer::CustomerShown;
use crate::{Page, after};

/// How many places one page holds.
const PAGE: u16 = 50;

/// A place in line as it is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: String,
    status: &'static str,
    package_id: String,
    package_name: String,
    /// Local days.
    from: String,
    to: String,
    customer: CustomerShown,
    joined_at: String,
    /// The booking that is offered to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    booking_id: Option<String>,
    version: u64,
}

impl From<&Entry> for Shown {
    fn from(entry: &Entry) -> Self {
        Self {
            id: entry.id.to_string(),
            status: entry.status.as_str(),
            package_id: entry.package.to_string(),
            package_name: entry.package_name.to_string(),
            from: entry.days.first().to_string(),
            to: entry.days.last().to_string(),
            customer: CustomerShown::of(&entry.customer, entry.customer_timezone.as_ref()),
            joined_at: entry.joined_at.to_string(),
            booking_id: (entry.status == Standing::Offered).then(|| entry.booking().to_string()),
            version: entry.version,
        }
    }
}

pub(crate) async fn list(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let package: Option<PackageId> = parsed_query(call.request, "package")?;
    let day: Option<Date> = parsed_query(call.request, "day")?;
    let asked = |name| query(call.request, name).unwrap_or_default();
    let bound = format!("waitlist?package={}&day={}", asked("package"), asked("day"));
    let after = after(call, &bound)?;
    let listed = call.services.store.list_waiting(call.tenant, &Wanted { package, day }, PAGE, after.as_ref()).await?;
    ok(&Page::of(call, &bound, listed, |entry| Shown::from(entry)))
}

pub(crate) async fn remove(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let id: WaitId = path(call.request, "id")?;
    let deps = call.services.waitlist();
    let entry = find(deps, call.tenant, id).await.map_err(refused)?;
    let version = call.based_on(entry.version)?;
    leave(deps, call.tenant, id, Some(version)).await.map_err(refused)?;
    Ok(no_content())
}

fn refused(error: Error) -> ApiError {
    match error {
        Error::NotFound => ApiError::not_found(),
        Error::Store(error) => error.into(),
        Error::Outdated
        | Error::Offer(_)
        | Error::Pointless(_)
        | Error::ProposalMoved
        | Error::Overtaken
        | Error::NotAnEvent(_)
        | Error::NotForUs(_) => ApiError::conflict("This place on the waitlist has changed in the meantime."),
    }
}
