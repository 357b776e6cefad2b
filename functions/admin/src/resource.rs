//! `/v1/admin/resources`: the people and rooms that serve packages.

use lambda_http::{Body, Response};
use serde::{Deserialize, Serialize};
use shared::app::resource;
use shared::domain::id::ResourceId;
use shared::domain::resource::{Resource, ResourceDraft};
use shared::http::problem::ApiError;
use shared::http::request::{json, merged, path};
use shared::http::respond::{created, no_content, ok};

use crate::Page;
use crate::caller::Call;
use crate::refusal::refused;

/// A resource as its owner writes it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    name: String,
    #[serde(default = "yes")]
    active: bool,
}

/// A resource as it is.
#[derive(Serialize)]
struct Shown {
    id: String,
    #[serde(flatten)]
    resource: Sent,
    version: u64,
}

const fn yes() -> bool {
    true
}

impl From<&Resource> for Sent {
    fn from(resource: &Resource) -> Self {
        Self { name: resource.name.to_string(), active: resource.active }
    }
}

impl From<&Resource> for Shown {
    fn from(resource: &Resource) -> Self {
        Self { id: resource.id.to_string(), resource: resource.into(), version: resource.version }
    }
}

impl From<Sent> for ResourceDraft {
    fn from(sent: Sent) -> Self {
        Self { name: sent.name, active: sent.active }
    }
}

pub(crate) async fn list(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    ok(&call.business().await?.resources.iter().map(Shown::from).collect::<Page<_>>())
}

pub(crate) async fn show(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let (id, business) = (path::<ResourceId>(call.request, "id")?, call.business().await?);
    ok(&Shown::from(business.resource(id).ok_or_else(ApiError::not_found)?))
}

pub(crate) async fn add(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let sent: Sent = json(call.request)?;
    let resource = resource::add(call.deps(), call.tenant, &sent.into()).await.map_err(refused)?;
    created(&Shown::from(&resource))
}

pub(crate) async fn change(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let (id, business) = (path::<ResourceId>(call.request, "id")?, call.business().await?);
    let before = business.resource(id).ok_or_else(ApiError::not_found)?;
    let version = call.based_on(before.version)?;
    let sent: Sent = merged(call.request, &Sent::from(before))?;
    let resource = resource::change(call.deps(), call.tenant, (id, version), &sent.into()).await.map_err(refused)?;
    ok(&Shown::from(&resource))
}

pub(crate) async fn remove(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let (id, business) = (path::<ResourceId>(call.request, "id")?, call.business().await?);
    let version = call.based_on(business.resource(id).ok_or_else(ApiError::not_found)?.version)?;
    resource::remove(call.deps(), call.tenant, (id, version)).await.map_err(refused)?;
    Ok(no_content())
}
