//! The webhook: what is proven to come from Stripe is queued as it was signed, and nothing else is.

use std::sync::Mutex;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use lambda_http::{Body, Request, Response};
use serde_json::{Value, json};
use shared::domain::event::Event;
use shared::ports::{Bus, SendError};

use super::world::World;

const COMPLETED: &str = include_str!("../../../events/stripe-webhook/completed.json");
const FORGED: &str = include_str!("../../../events/stripe-webhook/forged.json");

/// A queue that keeps what it takes, or is down.
#[derive(Default)]
struct Queue {
    is_down: bool,
    taken: Mutex<Vec<String>>,
}

#[async_trait]
impl Bus for Queue {
    async fn publish(&self, _: &[Event]) -> Result<Vec<usize>, SendError> {
        unreachable!("the webhook publishes nothing")
    }

    async fn queue_payment(&self, body: &str) -> Result<(), SendError> {
        if self.is_down {
            return Err(SendError::Unavailable("no route to the queue".into()));
        }
        self.taken.lock().unwrap().push(body.to_owned());
        Ok(())
    }

    async fn park_event(&self, _note: &str) -> Result<(), SendError> {
        Ok(())
    }
}

/// The payload with another signature or body, as API Gateway hands it over.
fn request(payload: &str, body: &str, signature: Option<&str>, is_base64: bool) -> Request {
    let mut payload: Value = serde_json::from_str(payload).unwrap();
    payload["body"] = if is_base64 { json!(STANDARD.encode(body)) } else { json!(body) };
    payload["isBase64Encoded"] = json!(is_base64);
    for headers in ["headers", "multiValueHeaders"] {
        let headers = payload[headers].as_object_mut().unwrap();
        let old = headers.shift_remove("Stripe-Signature").unwrap();
        if let Some(signature) = signature {
            let new = if old.is_array() { json!([signature]) } else { json!(signature) };
            headers.insert("Stripe-Signature".to_owned(), new);
        }
    }
    lambda_http::request::from_str(&payload.to_string()).unwrap()
}

fn body_of(payload: &str) -> String {
    serde_json::from_str::<Value>(payload).unwrap()["body"].as_str().unwrap().to_owned()
}

async fn handle(world: &World, queue: &Queue, request: Request) -> (u16, Response<Body>) {
    let response = stripe_webhook::handle(world.services(), queue, request).await;
    (response.status().as_u16(), response)
}

fn code(response: &Response<Body>) -> String {
    let problem: Value = serde_json::from_slice(response.body()).unwrap();
    problem["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_signed_event_is_queued_as_it_was_signed_plain_or_as_base64() {
    let world = World::open().await;
    let body = body_of(COMPLETED);
    let signature = world.desk.stripe().sign(&body, world.now());
    for is_base64 in [false, true] {
        let queue = Queue::default();
        let (status, _) = handle(&world, &queue, request(COMPLETED, &body, Some(&signature), is_base64)).await;
        assert_eq!(status, 200);
        let taken = queue.taken.into_inner().unwrap();
        assert_eq!(taken, [format!("{{\"kind\":\"stripe\",{}", body.strip_prefix('{').unwrap())]);
    }
}

#[tokio::test]
async fn what_is_not_signed_by_stripe_now_is_refused_and_not_queued() {
    let world = World::open().await;
    let (stripe, now, queue) = (world.desk.stripe(), world.now(), Queue::default());
    let body = body_of(COMPLETED);
    let signed = |seconds| stripe.sign(&body, now + SignedDuration::from_secs(seconds));
    let other = stripe.sign(&format!("{body} "), now);
    for (signature, expected) in [
        (Some(signed(-300)), 200),
        (Some(signed(-301)), 400),
        (Some(signed(60)), 200),
        (Some(signed(61)), 400),
        (Some(other), 400),
        (Some("t=1,v1=00".to_owned()), 400),
        (Some(String::new()), 400),
        (None, 400),
    ] {
        let (status, response) = handle(&world, &queue, request(COMPLETED, &body, signature.as_deref(), false)).await;
        assert_eq!(status, expected, "{signature:?}");
        if expected == 400 {
            assert_eq!(code(&response), "signature_invalid");
        }
    }
    let forged = lambda_http::request::from_str(FORGED).unwrap();
    assert_eq!(handle(&world, &queue, forged).await.0, 400);
    assert_eq!(queue.taken.into_inner().unwrap().len(), 2);
}

#[tokio::test]
async fn both_secrets_count_while_one_is_rotated() {
    let world = World::open().await;
    let body = body_of(COMPLETED);
    world.desk.stripe().roll_secret("whsec_new");
    let both = world.desk.stripe().sign(&body, world.now());
    let queue = Queue::default();
    assert_eq!(handle(&world, &queue, request(COMPLETED, &body, Some(&both), false)).await.0, 200);
}

#[tokio::test]
async fn a_queue_that_is_down_asks_stripe_to_come_back() {
    let world = World::open().await;
    let body = body_of(COMPLETED);
    let signature = world.desk.stripe().sign(&body, world.now());
    let queue = Queue { is_down: true, ..Queue::default() };
    let (status, response) = handle(&world, &queue, request(COMPLETED, &body, Some(&signature), false)).await;
    assert_eq!((status, code(&response).as_str()), (503, "unavailable"));
    assert_eq!(response.headers()["retry-after"], "30");
}

#[tokio::test]
async fn a_body_that_is_no_event_or_too_large_is_refused() {
    let world = World::open().await;
    let huge = format!("{{\"id\":\"{}\"}}", "a".repeat(stripe_webhook::MAX_EVENT_BYTES));
    for (body, expected) in [("[]", 400), ("", 400), (huge.as_str(), 413)] {
        let signature = world.desk.stripe().sign(body, world.now());
        let (status, _) = handle(&world, &Queue::default(), request(COMPLETED, body, Some(&signature), false)).await;
        assert_eq!(status, expected, "{}", body.len());
    }
}
