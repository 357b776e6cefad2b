//! The customer's click in the widget: `POST …/confirm/{proposalId}` and `POST …/decline/{proposalId}`.
//!
//! A session id that is none gets the same 404 as one that opens nothing.

use std::sync::Arc;

use lambda_http::{Body, Request, Response};
use shared::app::confirm;
use shared::app::context::ContextError;
use shared::domain::business::BusinessContext;
use shared::domain::secret::TenantKey;
use shared::http::cors::{Origin, check_origin};
use shared::http::problem::ApiError;
use shared::http::{request, respond};
use shared::ports::trace;
use shared::runtime::Services;

use crate::wire::{Confirmed, OfSession, problem};

/// Does what the proposal says.
pub(crate) async fn confirm(services: &Services, request: &Request) -> Response<Body> {
    let (origin, result) = match admit(services, request).await {
        Ok((business, origin)) => (origin, confirmed(services, request, &business).await),
        Err(problem) => (None, Err(problem)),
    };
    respond::finish(request, origin.as_ref(), result)
}

/// Declines the proposal.
pub(crate) async fn decline(services: &Services, request: &Request) -> Response<Body> {
    let (origin, result) = match admit(services, request).await {
        Ok((business, origin)) => (origin, declined(services, request, &business).await),
        Err(problem) => (None, Err(problem)),
    };
    respond::finish(request, origin.as_ref(), result)
}

async fn confirmed(
    services: &Services,
    request: &Request,
    business: &BusinessContext,
) -> Result<Response<Body>, ApiError> {
    let id = request::path(request, "proposalId")?;
    let session = request::json::<OfSession>(request)?.session()?;
    let done = confirm::confirm(services.confirm(), business, &session, id).await.map_err(problem)?;
    respond::ok(&Confirmed::of(&done, business))
}

async fn declined(
    services: &Services,
    request: &Request,
    business: &BusinessContext,
) -> Result<Response<Body>, ApiError> {
    let id = request::path(request, "proposalId")?;
    let session = request::json::<OfSession>(request)?.session()?;
    confirm::decline(services.confirm(), business, &session, id).await.map_err(problem)?;
    Ok(respond::no_content())
}

/// The business whose key it is, as it is now, if the page that asks may use its chat.
async fn admit(services: &Services, request: &Request) -> Result<(Arc<BusinessContext>, Option<Origin>), ApiError> {
    let refused = || ApiError::unauthorized("The header X-Tenant-Key does not name a business.");
    let key: TenantKey =
        request::header(request, "x-tenant-key").and_then(|key| key.parse().ok()).ok_or_else(refused)?;
    let found = services.contexts.current_of_key(&services.store, &key, services.clock.now()).await;
    let business = found.map_err(|error| match error {
        ContextError::Refused => refused(),
        ContextError::Store(error) => error.into(),
    })?;
    trace::of_tenant(business.context.tenant.id);
    let origin = check_origin(request, &business.context.tenant.allowed_origins)?;
    Ok((business.context, origin))
}
