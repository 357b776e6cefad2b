//! `/v1/platform/tenants`: new businesses, made by the operators of the deployment.

use lambda_http::{Body, Request, Response};
use serde::{Deserialize, Serialize};
use shared::app::business;
use shared::domain::tenant::draft::TenantDraft;
use shared::http::problem::ApiError;
use shared::http::request::json;
use shared::http::respond::created;
use shared::http::token::Role;
use shared::runtime::Services;

use crate::caller::{business_deps, recognise};
use crate::refusal::refused;

/// A new business. Everything else begins with defaults that its owner may change.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Sent {
    name: String,
    timezone: String,
    currency: String,
    owner_email: String,
    allowed_origins: Vec<String>,
}

/// The only time that the key is told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    tenant_id: String,
    tenant_key: String,
}

impl From<Sent> for TenantDraft {
    fn from(sent: Sent) -> Self {
        let new = Self::new(&sent.name, &sent.timezone, &sent.currency, &sent.owner_email);
        Self { allowed_origins: sent.allowed_origins, ..new }
    }
}

pub(crate) async fn add(services: &Services, request: &Request) -> Result<Response<Body>, ApiError> {
    if recognise(services, request).await?.role != Role::Platform {
        return Err(ApiError::forbidden("Only operators may do this."));
    }
    let sent: Sent = json(request)?;
    let (tenant, key) = business::create(business_deps(services), &sent.into()).await.map_err(refused)?;
    created(&Made { tenant_id: tenant.id.to_string(), tenant_key: key.as_str().to_owned() })
}
