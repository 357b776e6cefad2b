//! The visitor's side of the chat over JSON: configuration, sessions, one turn, history, proof of an email, the end.
//!
//! Rules: [`shared::domain`]. Steps: [`shared::app::turn`], [`shared::app::session`], [`shared::app::verification`].

mod config;
mod email;
mod history;
mod message;
mod session;

use lambda_http::{Body, Request, Response};
use shared::http::gate::{self, Admitted};
use shared::http::problem::ApiError;
use shared::http::request::{route, span};
use shared::http::respond::finish;
use shared::runtime::Services;
use tracing::Instrument as _;

/// Answers every route of this function.
pub async fn handle(services: &Services, request: Request) -> Response<Body> {
    let span = span(&request);
    answer(services, request).instrument(span).await
}

async fn answer(services: &Services, request: Request) -> Response<Body> {
    let is_turn = route(&request).1 == "/v1/public/chat/message";
    let parts = (&services.store, &services.contexts, &*services.clock);
    match gate::admit(parts, &request, !is_turn).await {
        Ok(admitted) => {
            let result = dispatch(services, &admitted, &request).await;
            finish(&request, admitted.origin.as_ref(), result)
        }
        Err(problem) => finish(&request, None, Err(problem)),
    }
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
        ("POST", "/v1/public/chat/read") => session::read(services, admitted, request).await,
        ("POST", "/v1/public/chat/end") => session::end(services, admitted, request).await,
        _ => Err(ApiError::not_found()),
    }
}
