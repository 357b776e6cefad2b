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
    let each = deliveries.iter().map(
        |delivery| json!({ "eventId": delivery.event_id, "body": delivery.body, "signature": delivery.signature }),
    );
    Json(json!({ "deliveries": each.collect::<Vec<_>>() }))
}

/// A Checkout Session by its id, or the newest one of a booking.
async fn session(State(control): State<Control>, Path(id): Path<String>) -> Response {
    match control.stripe.find_session(&id) {
        Some(session) => Json(session).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use tokio::net::TcpListener;

    use super::*;

    /// Runs `story` against served controls and a served Stripe: their addresses.
    async fn play(story: impl AsyncFnOnce(reqwest::Client, String, String)) {
        let listeners =
            [TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap()];
        let [control_url, stripe_url] = listeners.each_ref().map(|at| format!("http://{}", at.local_addr().unwrap()));
        let [for_control, for_stripe] = listeners;
        let outbox = Outbox::default();
        let stripe = stripe::Simulator::new(stripe::Options {
            webhook_secret: "whsec_test".into(),
            clock: Arc::new(|| Timestamp::UNIX_EPOCH),
            base_url: stripe_url.parse().unwrap(),
            sink: outbox.sink(),
        });
        let claude = claude::Simulator::new(|| Timestamp::UNIX_EPOCH);
        let control = Control { claude, stripe: stripe.clone(), outbox };
        tokio::select! {
            served = async { axum::serve(for_control, control.router()).await } => served.unwrap(),
            served = stripe.serve(for_stripe) => served.unwrap(),
            () = story(reqwest::Client::new(), control_url, stripe_url) => {}
        }
    }

    #[tokio::test]
    async fn what_stripe_sent_is_fetched_once_with_its_signature() {
        play(async |http, control, _| {
            let event = json!({ "id": "evt_1", "type": "charge.refunded", "data": { "object": {} } });
            let told = http.post(format!("{control}/stripe/event")).json(&event).send().await.unwrap();
            assert_eq!(told.json::<Value>().await.unwrap(), json!({ "eventId": "evt_1" }));
            let fetch = async || {
                let sent = http.delete(format!("{control}/stripe/deliveries")).send().await.unwrap();
                sent.json::<Value>().await.unwrap()["deliveries"].as_array().unwrap().clone()
            };
            let sent = fetch().await;
            assert_eq!(sent.len(), 1);
            assert!(sent[0]["body"].as_str().unwrap().contains("evt_1"));
            assert!(sent[0]["signature"].as_str().unwrap().starts_with("t=0,v1="));
            assert!(fetch().await.is_empty());
        })
        .await;
    }

    #[tokio::test]
    async fn stripe_fails_from_an_outage_on_until_it_is_over() {
        play(async |http, control, stripe| {
            let order = async |body: Value| {
                let told = http.post(format!("{control}/stripe/outage")).json(&body).send().await.unwrap();
                assert_eq!(told.status(), 204);
            };
            let ask = async || {
                let session = format!("{stripe}/v1/checkout/sessions/cs_unknown");
                http.get(session).bearer_auth("sk_test_1").send().await.unwrap().status().as_u16()
            };
            order(json!({ "status": 503 })).await;
            assert_eq!(ask().await, 503);
            order(json!({})).await;
            assert_eq!(ask().await, 404);
        })
        .await;
    }

    #[tokio::test]
    async fn what_cannot_be_brought_about_is_refused() {
        play(async |http, control, _| {
            let event = json!({ "type": "charge.refunded", "bookingId": "nobody's" });
            let told = http.post(format!("{control}/stripe/event")).json(&event).send().await.unwrap();
            assert_eq!(told.status(), 422);
            let session = http.get(format!("{control}/stripe/sessions/nobody")).send().await.unwrap();
            assert_eq!(session.status(), 404);
            let mode =
                http.post(format!("{control}/assistant")).json(&json!({ "mode": "clever" })).send().await.unwrap();
            assert_eq!(mode.status(), 422);
        })
        .await;
    }
}
