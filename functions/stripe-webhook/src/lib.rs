//! `POST /v1/webhooks/stripe`: takes Stripe's word, once it is proven and durably queued.
//!
//! The signature is over the raw bytes, so nothing is parsed before it is verified. What an event means is
//! for the payment worker; here 200 says only that it cannot get lost any more. Stripe sends again whatever
//! got another answer.

use std::time::Duration;

use lambda_http::{Body, Request, Response};
use shared::app::payment::queued;
use shared::app::payment::webhook::verify;
use shared::http::problem::{ApiError, Kind};
use shared::http::request::header;
use shared::http::respond::{finish, ok};
use shared::ports::{Bus, SendError};
use shared::runtime::Services;

/// The largest event that is taken, as much as one message of the queue holds; theirs are a few kilobytes.
pub const MAX_EVENT_BYTES: usize = 1_000_000;

/// When Stripe is asked to come back while the queue is out of reach.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// Verifies, queues, answers.
pub async fn handle(services: &Services, bus: &dyn Bus, request: Request) -> Response<Body> {
    finish(&request, None, take(services, bus, &request).await)
}

async fn take(services: &Services, bus: &dyn Bus, request: &Request) -> Result<Response<Body>, ApiError> {
    let body: &[u8] = request.body().as_ref();
    if MAX_EVENT_BYTES < body.len() {
        return Err(ApiError::too_large(MAX_EVENT_BYTES));
    }
    let signature = header(request, "stripe-signature").ok_or_else(signature_invalid)?;
    verify(body, signature, &services.stripe_webhook_secrets, services.clock.now())
        .map_err(|refused| signature_invalid().because(refused))?;
    let message = queued(body).map_err(|bad| ApiError::malformed("The body is not an event.").because(bad))?;
    bus.queue_payment(&message).await.map_err(|error| match error {
        SendError::Unavailable(_) => ApiError::unavailable(RETRY_AFTER, error),
        SendError::Refused(_) => ApiError::internal(error),
    })?;
    ok(&serde_json::json!({ "received": true }))
}

fn signature_invalid() -> ApiError {
    ApiError::new(Kind::SignatureInvalid, "The signature is missing, wrong or too old.")
}
