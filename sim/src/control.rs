//! Control: what a test that has no simulator in its hands says to one over HTTP.
//!
//! It passes orders on and shows what happened. What the services themselves answer is theirs.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::claude;
use crate::stripe::{self, Delivery, Outage, Sink};

/// Deliveries of Stripe that nobody has fetched yet. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Outbox(Arc<Mutex<Vec<Delivery>>>);

impl Outbox {
    /// What a simulated Stripe puts its deliveries into.
    #[must_use]
    pub fn sink(&self) -> Sink {
        let outbox = self.clone();
        Arc::new(move |delivery| outbox.0.lock().unwrap_or_else(PoisonError::into_inner).push(delivery))
    }

    fn take(&self) -> Vec<Delivery> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Both simulators, and what Stripe has sent.
#[derive(Debug, Clone)]
pub struct Control {
    /// The simulated Claude.
    pub claude: claude::Simulator,
    /// The simulated Stripe, whose sink is that of `outbox`.
    pub stripe: stripe::Simulator,
    /// Where Stripe's deliveries wait to be carried to the webhook.
    pub outbox: Outbox,
}

impl Control {
    /// The routes.
    pub fn router(self) -> Router {
        Router::new()
            .route("/assistant", post(steer))
            .route("/assistant/requests", get(asked))
            .route("/stripe/event", post(event))
            .route("/stripe/outage", post(outage))
            .route("/stripe/deliveries", delete(fetch))
            .route("/stripe/sessions/{id}", get(session))
            .with_state(self)
    }
}

/// Changes who answers as Claude.
async fn steer(State(control): State<Control>, Json(mode): Json<claude::Mode>) -> StatusCode {
    control.claude.set_mode(mode);
    StatusCode::NO_CONTENT
}

/// What Claude was sent, oldest first.
async fn asked(State(control): State<Control>) -> Json<Value> {
    Json(json!({ "requests": control.claude.requests() }))
}

/// Brings an event of Stripe about, or hands on one that is given whole.
async fn event(State(control): State<Control>, Json(order): Json<Value>) -> Response {
    match control.stripe.dispatch(order) {
        Ok(delivery) => Json(json!({ "eventId": delivery.event_id })).into_response(),
        Err(refused) => (StatusCode::UNPROCESSABLE_ENTITY, refused.to_string()).into_response(),
    }
}

/// How Stripe is to fail.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Failing {
    /// What every call is answered with; none: Stripe is well again.
    status: Option<u16>,
}

/// Lets every call of Stripe's API fail, or none.
async fn outage(State(control): State<Control>, Json(failing): Json<Failing>) -> StatusCode {
    control.stripe.set_outage(failing.status.map(Outage::Status));
    StatusCode::NO_CONTENT
}

/// Empties the outbox: whoever asks carries what was in it to the webhook.
async fn fetch(State(control): State<Control>) -> Json<Value> {
    let deliveries = control.outbox.take();
    let each = deliveries.iter().map(|delivery| {
        json!({ "eventId": delivery.event_id, "body": delivery.body, "signature": delivery.signature })
    });
    Json(json!({ "deliveries": each.collect::<Vec<_>>() }))
}

/// A Checkout Session by its id, or the newest one of a booking.
async fn session(State(control): State<Control>, Path(id): Path<String>) -> Response {
    match control.stripe.find_session(&id) {
        Some(session) => Json(session).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
