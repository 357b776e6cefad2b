//! The visitor's side of the chat over JSON: configuration, sessions, one turn, history, proof of an email,
//! asking for a person, the end.
//!
//! Rules: [`shared::domain`]. Steps: [`shared::app::turn`], [`shared::app::session`], [`shared::app::verification`].

mod config;
mod email;
mod escalate;
mod history;
mod message;
mod session;

use lambda_http::{Body, Request, Response};
use shared::http::gate::{self, Admitted, Toll};
use shared::http::problem::ApiError;
use shared::http::request::{route, span};
use shared::runtime::Services;
use tracing::Instrument as _;

/// Answers every route of this function.
pub async fn handle(services: &Services, request: Request) -> Response<Body> {
    let span = span(&request);
    answer(services, request).instrument(span).await
}

async fn answer(services: &Services, request: Request) -> Response<Body> {
    let toll = match route(&request).1 {
        "/v1/public/chat/message" => Toll::Turn,
        // The configuration is the same for all, and sessions count themselves.
        "/v1/public/chat/config" | "/v1/public/chat/sessions" => Toll::Free,
        _ => Toll::Call,
    };
    gate::serve(services.gate(), &request, toll, async |admitted| dispatch(services, admitted, &request).await).await
}

async fn dispatch(services: &Services, admitted: &Admitted, request: &Request) -> Result<Response<Body>, ApiError> {
    let (method, path) = route(request);
    match (method.as_str(), path) {
        ("GET", "/v1/public/chat/config") => config::show(services, admitted),
        ("POST", "/v1/public/chat/sessions") => session::begin(services, admitted, request).await,
        ("POST", "/v1/public/chat/message") => message::take(services, admitted, request).await,
        ("GET", "/v1/public/chat/messages") => history::list(services, admitted, request).await,
        ("POST", "/v1/public/chat/email/code") => email::code(services, admitted, request).await,
        ("POST", "/v1/public/chat/email/verify") => email::verify(services, admitted, request).await,
        ("POST", "/v1/public/chat/escalate") => escalate::ask(services, admitted, request).await,
        ("POST", "/v1/public/chat/read") => session::read(services, admitted, request).await,
        ("POST", "/v1/public/chat/end") => session::end(services, admitted, request).await,
        _ => Err(ApiError::not_found()),
    }
}
