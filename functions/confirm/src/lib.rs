//! Confirms or declines a proposal; signed booking links; the feeds of calendars.
//!
//! `chat` answers the widget in JSON; `link`, `offer` and `leave` the holders of mailed links with pages; `feed` calendar
//! apps. Rules: [`shared::domain::proposal`], [`shared::domain::booking`]. Steps: [`shared::app::confirm`].

mod chat;
mod feed;
mod leave;
mod link;
mod offer;
mod page;
mod slots;
mod wire;

use lambda_http::http::Method;
use lambda_http::{Body, Request, Response};
use shared::domain::link::Purpose;
use shared::http::problem::ApiError;
use shared::http::request::{route, span};
use shared::http::respond;
use shared::runtime::Services;
use tracing::Instrument as _;

/// Answers one request. Never fails: a failure is an answer, too.
pub async fn handle(services: &Services, request: Request) -> Response<Body> {
    let span = span(&request);
    // Boxed, since the futures of all routes lie side by side in it.
    Box::pin(answer(services, request)).instrument(span).await
}

async fn answer(services: &Services, request: Request) -> Response<Body> {
    let (method, path) = route(&request);
    match (method, path) {
        (&Method::POST, "/v1/public/chat/confirm/{proposalId}") => chat::confirm(services, &request).await,
        (&Method::POST, "/v1/public/chat/decline/{proposalId}") => chat::decline(services, &request).await,
        (_, "/v1/public/bookings/{token}/cancel") => link::answer(services, &request, Purpose::Cancel).await,
        (_, "/v1/public/bookings/{token}/reschedule") => link::answer(services, &request, Purpose::Reschedule).await,
        (_, "/v1/public/bookings/{token}/pay") => link::answer(services, &request, Purpose::Pay).await,
        (_, "/v1/public/waitlist/{token}/take") => link::answer(services, &request, Purpose::Take).await,
        (_, "/v1/public/waitlist/{token}/pass") => link::answer(services, &request, Purpose::Pass).await,
        (_, "/v1/public/waitlist/{token}/leave") => leave::answer(services, &request).await,
        (_, "/v1/public/calendars/{file}") => feed::answer(services, &request).await,
        _ => respond::finish(&request, None, Err(ApiError::not_found())),
    }
}
