//! `/dev`: what a developer and a test may do to a running desk. None of it exists in a Lambda.
//!
//! Only pages and programs of this machine get in: a request for another host name is refused, so that
//! no website can reach it by giving its own name this machine's address.

mod mail;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::ports::Clock as _;

use crate::desk::Desk;

/// The routes below `/dev`.
pub(crate) fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/login", post(login))
        .route("/jwks.json", get(jwks))
        .route("/clock", get(clock).post(advance))
        .route("/run/{function}", post(run))
        .route("/drain", post(drain))
        .route("/queues", get(queues))
        .route("/queues/{name}/redrive", post(redrive))
        .route("/assistant", post(steer))
        .route("/assistant/requests", get(asked))
        .route("/limits", post(limits))
        .route("/stripe/event", post(stripe_event))
        .route("/counters", get(counters))
        .route("/counters/reset", post(reset_counters))
        .merge(mail::router())
        .layer(middleware::from_fn(only_here))
        .with_state(desk)
}

type Shared = State<Arc<Desk>>;

/// Lets through what was asked of this machine by one of its own names.
async fn only_here(request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if matches!(name, "localhost" | "127.0.0.1" | "[::1]") {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "Only for this machine.").into_response()
    }
}

fn refused(status: StatusCode, detail: impl Into<String>) -> Response {
    (status, Json(json!({ "status": status.as_u16(), "detail": detail.into() }))).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credentials {
    email: String,
    password: String,
}

async fn login(State(desk): Shared, Json(given): Json<Credentials>) -> Response {
    match desk.identity.login(&given.email, &given.password, desk.clock.now()) {
        Some(token) => Json(json!({ "accessToken": token })).into_response(),
        None => refused(StatusCode::UNAUTHORIZED, "Wrong address or password."),
    }
}

async fn jwks(State(desk): Shared) -> Json<Value> {
    Json(desk.identity.jwks().clone())
}

async fn clock(State(desk): Shared) -> Json<Value> {
    Json(json!({ "now": desk.clock.now().to_string() }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

/// Moves the clock, and does what fell due by it.
async fn advance(State(desk): Shared, Json(wish): Json<Advance>) -> Json<Value> {
    desk.advance(Duration::from_secs(wish.advance_seconds)).await;
    Json(json!({ "now": desk.clock.now().to_string() }))
}

async fn run(State(desk): Shared, Path(function): Path<String>) -> Response {
    match desk.timers.run(&function).await {
        Some(Ok(done)) => Json(json!({ "function": function, "result": done })).into_response(),
        Some(Err(error)) => refused(StatusCode::INTERNAL_SERVER_ERROR, error),
        None => refused(StatusCode::NOT_FOUND, format!("There is no scheduled function {function}.")),
    }
}

async fn drain(State(desk): Shared) -> Json<Value> {
    let left = desk.drain().await;
    Json(json!({ "waiting": left.waiting, "parked": left.parked }))
}

async fn queues(State(desk): Shared) -> Json<Value> {
    let shown = desk.queues.iter().map(|(function, queue)| {
        let depth = queue.depth();
        json!({
            "name": queue.name(), "function": function, "busy": depth.busy, "waiting": depth.waiting,
            "parked": queue.parked(),
        })
    });
    Json(
        json!({ "queues": shown.collect::<Vec<_>>(), "relayed": desk.relays.iter().map(|relay| relay.relayed()).sum::<u64>() }),
    )
}

async fn redrive(State(desk): Shared, Path(name): Path<String>) -> Response {
    match desk.queues.iter().find(|(_, queue)| queue.name() == name) {
        Some((_, queue)) => Json(json!({ "redriven": queue.redrive() })).into_response(),
        None => refused(StatusCode::NOT_FOUND, format!("There is no queue {name}.")),
    }
}

async fn steer(State(desk): Shared, Json(mode): Json<sim::claude::Mode>) -> Response {
    match &desk.claude {
        Some(claude) => {
            claude.set_mode(mode);
            StatusCode::NO_CONTENT.into_response()
        }
        None => refused(StatusCode::CONFLICT, "The assistant is the real one: ANTHROPIC_API_KEY is set."),
    }
}

async fn asked(State(desk): Shared) -> Response {
    match &desk.claude {
        Some(claude) => Json(json!({ "requests": claude.requests() })).into_response(),
        None => refused(StatusCode::CONFLICT, "The assistant is the real one: ANTHROPIC_API_KEY is set."),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    enabled: bool,
}

async fn limits(State(desk): Shared, Json(wish): Json<Limits>) -> StatusCode {
    desk.set_limits(wish.enabled);
    StatusCode::NO_CONTENT
}

async fn stripe_event(State(desk): Shared, Json(event): Json<Value>) -> Response {
    let Some(stripe) = &desk.stripe else {
        return refused(StatusCode::CONFLICT, "Stripe is the real one: STRIPE_SECRET_KEY is set.");
    };
    match stripe.dispatch(event) {
        Ok(delivery) => {
            desk.deliveries.settled().await;
            Json(json!({ "eventId": delivery.event_id })).into_response()
        }
        Err(error) => refused(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
    }
}

async fn counters(State(desk): Shared) -> Json<Value> {
    let tally = desk.store().usage().tally();
    Json(json!({
        "calls": tally.calls,
        "readUnits": tally.read_units,
        "writeUnits": tally.write_units,
        "byOperation": tally.by_operation,
    }))
}

async fn reset_counters(State(desk): Shared) -> StatusCode {
    desk.store().usage().reset();
    StatusCode::NO_CONTENT
}
