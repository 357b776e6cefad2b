//! A visitor's own way to a person, beside the assistant's: the widget's button.
//!
//! Rules: [`shared::domain::escalation`]. Steps: [`shared::app::escalation`].

mod widget;

use lambda_http::http::Method;
use lambda_http::{Body, Request, Response};
use shared::http::problem::ApiError;
use shared::http::request::{route, span};
use shared::http::respond;
use shared::runtime::Services;
use tracing::Instrument as _;

/// Answers one request. Never fails: a failure is an answer, too.
pub async fn handle(services: &Services, request: Request) -> Response<Body> {
    let span = span(&request);
    answer(services, request).instrument(span).await
}

async fn answer(services: &Services, request: Request) -> Response<Body> {
    match route(&request) {
        (&Method::POST, "/v1/public/chat/escalate") => widget::answer(services, &request).await,
        _ => respond::finish(&request, None, Err(ApiError::not_found())),
    }
}
