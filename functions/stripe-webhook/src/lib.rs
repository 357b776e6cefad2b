//! `POST /v1/webhooks/stripe`: takes Stripe's word, once it is proven and durably queued.
//!
//! Steps: [`shared::app::payment::receive`]. 200 says only that the event cannot get lost any more; Stripe
//! sends again whatever got another answer.

use std::time::Duration;

use lambda_http::{Body, Request, Response};
use shared::app::payment::{NotReceived, receive};
use shared::http::problem::{ApiError, Kind};
use shared::http::request::{header, span};
use shared::http::respond::{finish, ok};
use shared::ports::{Bus, SendError};
use shared::runtime::Services;
use tracing::Instrument as _;

/// The largest event that is taken, about as much as one message of the queue holds; theirs are a few kilobytes.
pub const MAX_EVENT_BYTES: usize = 1_000_000;

/// When Stripe is asked to come back while the queue is out of reach.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// Verifies, queues, answers.
pub async fn handle(services: &Services, bus: &dyn Bus, request: Request) -> Response<Body> {
    let span = span(&request);
    async { finish(&request, None, take(services, bus, &request).await) }.instrument(span).await
}

async fn take(services: &Services, bus: &dyn Bus, request: &Request) -> Result<Response<Body>, ApiError> {
    let body: &[u8] = request.body().as_ref();
    if MAX_EVENT_BYTES < body.len() {
        return Err(ApiError::too_large(MAX_EVENT_BYTES));
    }
    let signature = header(request, "stripe-signature").unwrap_or_default();
    receive(services.receive(bus), body, signature).await.map_err(problem)?;
    ok(&serde_json::json!({ "received": true }))
}

fn problem(refused: NotReceived) -> ApiError {
    match refused {
        NotReceived::Signature(_) => {
            ApiError::new(Kind::SignatureInvalid, "The signature is missing, wrong or too old.").because(refused)
        }
        NotReceived::NotAnEvent(_) => ApiError::malformed("The body is not an event.").because(refused),
        NotReceived::Queue(SendError::Unavailable(_)) => ApiError::unavailable(RETRY_AFTER, refused),
        NotReceived::Queue(SendError::Refused(_)) => ApiError::internal(refused),
    }
}
