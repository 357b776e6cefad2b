//! The customer's click in the widget: `POST …/confirm/{proposalId}` and `POST …/decline/{proposalId}`.
//!
//! A session id that is none gets the same 404 as one that opens nothing.

use lambda_http::{Body, Request, Response};
use shared::app::confirm;
use shared::domain::business::BusinessContext;
use shared::http::gate::{self, Admitted, Toll};
use shared::http::problem::ApiError;
use shared::http::{request, respond};
use shared::runtime::Services;

use crate::wire::{Confirmed, OfSession, problem};

/// Does what the proposal says.
pub(crate) async fn confirm(services: &Services, request: &Request) -> Response<Body> {
    let work = async |admitted: &Admitted| confirmed(services, request, &admitted.business.context).await;
    gate::serve(services.gate(), request, Toll::Call, work).await
}

/// Declines the proposal.
pub(crate) async fn decline(services: &Services, request: &Request) -> Response<Body> {
    let work = async |admitted: &Admitted| declined(services, request, &admitted.business.context).await;
    gate::serve(services.gate(), request, Toll::Call, work).await
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
