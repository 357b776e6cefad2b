//! `/v1/admin/packages`: what can be booked.

use std::time::Duration;

use lambda_http::{Body, Response};
use serde::{Deserialize, Serialize};
use shared::app::package;
use shared::domain::id::PackageId;
use shared::domain::package::draft::{CancellationDraft, PackageDraft};
use shared::domain::package::{Package, Terms};
use shared::http::problem::ApiError;
use shared::http::request::{json, merged, path};
use shared::http::respond::{created, no_content, ok};

use crate::Page;
use crate::caller::Call;
use crate::money::MoneySent;
use crate::refusal::refused;

/// A package as its owner writes it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Sent {
    name: String,
    #[serde(default)]
    description: String,
    price: MoneySent,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_minutes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buffer_before_minutes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buffer_after_minutes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity: Option<u32>,
    resources: Vec<String>,
    #[serde(default = "yes")]
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    deposit_percent: Option<u32>,
    #[serde(default)]
    cancellation: CancellationSent,
    #[serde(default)]
    images: Vec<String>,
}

/// Where it is called off otherwise than the business's policies say.
#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct CancellationSent {
    #[serde(skip_serializing_if = "Option::is_none")]
    free_until_minutes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    late_fee_percent: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_show_percent: Option<u32>,
}

impl From<CancellationDraft> for CancellationSent {
    fn from(own: CancellationDraft) -> Self {
        let CancellationDraft { free_until_minutes, late_fee_percent, no_show_percent } = own;
        Self { free_until_minutes, late_fee_percent, no_show_percent }
    }
}

impl From<CancellationSent> for CancellationDraft {
    fn from(sent: CancellationSent) -> Self {
        let CancellationSent { free_until_minutes, late_fee_percent, no_show_percent } = sent;
        Self { free_until_minutes, late_fee_percent, no_show_percent }
    }
}

/// A package as it is.
#[derive(Serialize)]
struct Shown {
    id: String,
    #[serde(flatten)]
    package: Sent,
    version: u64,
}

const fn yes() -> bool {
    true
}

impl From<&Package> for Sent {
    fn from(package: &Package) -> Self {
        let minutes = |length: Duration| u32::try_from(length.as_secs() / 60).ok();
        let slot = match &package.terms {
            Terms::Date => None,
            Terms::Slot(terms) => Some(terms),
        };
        Self {
            name: package.name.to_string(),
            description: package.description.to_string(),
            price: package.price.into(),
            kind: package.kind().as_str().to_owned(),
            duration_minutes: slot.and_then(|terms| minutes(terms.duration())),
            buffer_before_minutes: slot.and_then(|terms| minutes(terms.buffers().before)),
            buffer_after_minutes: slot.and_then(|terms| minutes(terms.buffers().after)),
            capacity: slot.map(|terms| terms.capacity().into()),
            resources: package.resources.iter().map(ToString::to_string).collect(),
            active: package.active,
            deposit_percent: package.deposit_percent.map(u32::from),
            cancellation: CancellationDraft::from(&package.cancellation).into(),
            images: package.images.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<&Package> for Shown {
    fn from(package: &Package) -> Self {
        Self { id: package.id.to_string(), package: package.into(), version: package.version }
    }
}

impl From<Sent> for PackageDraft {
    fn from(sent: Sent) -> Self {
        Self {
            name: sent.name,
            description: sent.description,
            price_minor: sent.price.amount,
            currency: sent.price.currency,
            kind: sent.kind,
            duration_minutes: sent.duration_minutes,
            buffer_before_minutes: sent.buffer_before_minutes,
            buffer_after_minutes: sent.buffer_after_minutes,
            capacity: sent.capacity,
            resources: sent.resources,
            active: sent.active,
            deposit_percent: sent.deposit_percent,
            cancellation: sent.cancellation.into(),
            images: sent.images,
        }
    }
}

pub(crate) async fn list(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    ok(&call.business().await?.packages.iter().map(Shown::from).collect::<Page<_>>())
}

pub(crate) async fn show(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let (id, business) = (path::<PackageId>(call.request, "id")?, call.business().await?);
    ok(&Shown::from(business.package(id).ok_or_else(ApiError::not_found)?))
}

pub(crate) async fn add(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let sent: Sent = json(call.request)?;
    let package = package::add(call.deps(), call.tenant, &sent.into()).await.map_err(refused)?;
    created(&Shown::from(&package))
}

pub(crate) async fn change(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let (id, business) = (path::<PackageId>(call.request, "id")?, call.business().await?);
    let before = business.package(id).ok_or_else(ApiError::not_found)?;
    let version = call.based_on(before.version)?;
    let sent: Sent = merged(call.request, &Sent::from(before))?;
    let package = package::change(call.deps(), call.tenant, (id, version), &sent.into()).await.map_err(refused)?;
    ok(&Shown::from(&package))
}

pub(crate) async fn remove(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let (id, business) = (path::<PackageId>(call.request, "id")?, call.business().await?);
    let version = call.based_on(business.package(id).ok_or_else(ApiError::not_found)?.version)?;
    package::remove(call.deps(), call.tenant, (id, version)).await.map_err(refused)?;
    Ok(no_content())
}
