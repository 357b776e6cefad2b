//! Webhooks: each is told once of what it asked for, for a day if need be, and none stands in another's way.

mod crash;
mod documents;
mod retry;

use std::sync::Arc;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use serde_json::{Value, json};
use shared::app::webhook::{self, Shown};
use shared::clients::fetch::{Fetch, Reach, SystemLookup};
use shared::domain::event::{Event, Happening};
use shared::domain::webhook::WebhookDraft;
use shared::domain::webhook::delivery::{Delivery, GivenUp, Status};
use shared::domain::webhook::secret::SigningSecret;
use shared::ports::metric::Unmeasured;
use tests::line::{Line, envelope};
use tests::receiver::{Receiver, Request};
use tests::world::{ANN, World};

/// A world whose webhooks may stand on this machine.
pub(crate) async fn world() -> World {
    let mut world = World::new().await;
    world.services.fetch = Fetch::new(Reach::PublicAndLoopback, Arc::new(SystemLookup)).unwrap();
    world
}

/// Adds a webhook at `url` that wants to be told of `events`.
pub(crate) async fn add(world: &World, url: &str, kind: &str, events: &[&str]) -> Shown {
    let draft = WebhookDraft {
        url: url.to_owned(),
        kind: kind.to_owned(),
        events: events.iter().map(|event| (*event).to_owned()).collect(),
        description: String::new(),
        active: true,
    };
    webhook::add(world.services.webhook(), world.tenant, &draft).await.unwrap()
}

fn batch(bodies: &[String]) -> SqsEvent {
    let record =
        |(n, body): (usize, &String)| json!({ "messageId": n.to_string(), "body": body, "eventSource": "aws:sqs" });
    serde_json::from_value(json!({ "Records": bodies.iter().enumerate().map(record).collect::<Vec<_>>() })).unwrap()
}

fn failed(answer: &SqsBatchResponse) -> Vec<&str> {
    answer.batch_item_failures.iter().map(|failure| failure.item_identifier.as_str()).collect()
}

/// Hands `events` to the function, which is in doubt about none.
pub(crate) async fn send(world: &World, events: &[&Event]) {
    let bodies: Vec<String> = events.iter().map(|event| envelope(event)).collect();
    let answer = webhook_sender::handle(&world.services, batch(&bodies)).await;
    assert_eq!(failed(&answer), Vec::<&str>::new());
}

/// Runs what is run every five minutes, and hands on what it announces; how many deliveries that was.
pub(crate) async fn run(world: &World) -> usize {
    let line = Line::default();
    let seen = world.outbox_batch().records.len();
    csat_sender::handle(&world.services, json!({})).await.unwrap();
    let mut fresh = world.outbox_batch();
    fresh.records.drain(..seen);
    event_relay::handle(&line, &Unmeasured, fresh).await;
    let due: Vec<Event> =
        line.taken().into_iter().filter(|event| matches!(event.what, Happening::WebhookDue(..))).collect();
    send(world, &due.iter().collect::<Vec<_>>()).await;
    due.len()
}

/// What a webhook was told, newest first.
pub(crate) async fn log(world: &World, shown: &Shown) -> Vec<Delivery> {
    let listed = world.store().list_deliveries(world.tenant, shown.webhook.id, (world.now(), 100), None).await;
    listed.unwrap().items
}

/// Claims that `request` was signed with `secret`, after the specification and not after our own code.
fn is_signed(request: &Request, secret: &SigningSecret) -> bool {
    use aws_lc_rs::hmac;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let secret = secret.reveal();
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let signed = format!("{}.{}.{}", request.header("webhook-id"), request.header("webhook-timestamp"), request.body);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes());
    let expected = format!("v1,{}", STANDARD.encode(tag));
    request.header("webhook-signature").split(' ').any(|one| one == expected)
}

fn secret(shown: &Shown) -> &SigningSecret {
    &shown.webhook.secrets.as_ref().unwrap().current
}

#[tokio::test]
async fn a_webhook_is_told_signed_and_once_however_often_the_event_comes() {
    let world = world().await;
    let receiver = Receiver::open(world.tasks()).await;
    let hook = add(&world, &receiver.url, "standard", &["booking.confirmed"]).await;
    let (booking, event) = world.book(Happening::BookingConfirmed).await;
    send(&world, &[&event, &event]).await;
    send(&world, &[&event]).await;

    let [request] = &receiver.heard()[..] else { panic!("{:?}", receiver.heard()) };
    assert!(is_signed(request, secret(&hook)));
    assert!(!is_signed(request, &SigningSecret::new([0; 32])));
    let [delivery] = &log(&world, &hook).await[..] else { panic!() };
    assert_eq!(request.header("webhook-id"), delivery.id.to_string());
    assert_eq!(request.header("webhook-timestamp"), world.now().as_second().to_string());
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(delivery.status, Status::Delivered { at: world.now() });
    let told = request.json();
    assert_eq!((&told["type"], &told["timestamp"]), (&json!("booking.confirmed"), &json!(event.at.to_string())));
    let shown = &told["data"]["booking"];
    assert_eq!((&shown["id"], &shown["customer"]["email"]), (&json!(booking.id.to_string()), &json!(ANN)));
    assert!(!request.body.contains(booking.code.as_str()), "a code opens the booking: {}", request.body);
}

#[tokio::test]
async fn only_what_was_asked_for_is_told_and_only_to_whom_it_concerns() {
    let mut world = world().await;
    let receiver = Receiver::open(world.tasks()).await;
    add(&world, &receiver.url, "standard", &["booking.cancelled"]).await;
    let (_, event) = world.book(Happening::BookingConfirmed).await;
    let home = std::mem::replace(&mut world.tenant, local::demo::MIRABELLE.parse().unwrap());
    add(&world, &receiver.url, "standard", &["booking.confirmed"]).await;
    world.tenant = home;
    send(&world, &[&event]).await;
    assert_eq!(receiver.heard(), []);
}

#[tokio::test]
async fn every_webhook_of_a_business_is_told_for_itself() {
    let world = world().await;
    let (good, bad) = (Receiver::open(world.tasks()).await, Receiver::open(world.tasks()).await);
    bad.answer_with(500);
    let first = add(&world, &good.url, "standard", &["booking.confirmed"]).await;
    let second = add(&world, &bad.url, "standard", &["booking.confirmed"]).await;
    let (_, event) = world.book(Happening::BookingConfirmed).await;
    send(&world, &[&event, &event]).await;
    assert_eq!((good.heard().len(), bad.heard().len()), (1, 1));
    assert!(matches!(log(&world, &first).await[0].status, Status::Delivered { .. }));
    assert!(matches!(log(&world, &second).await[0].status, Status::Waiting { .. }));
    assert_ne!(good.heard()[0].header("webhook-id"), bad.heard()[0].header("webhook-id"));
}

#[tokio::test]
async fn a_channel_reads_a_line_in_which_nobodys_words_do_anything() {
    let world = world().await;
    let receiver = Receiver::open(world.tasks()).await;
    add(&world, &receiver.url, "slack", &["booking.confirmed", "conversation.escalated"]).await;
    let (_, booked) = world.book(Happening::BookingConfirmed).await;
    world.ask_for_a_person("<!channel> call <https://evil.example|me> & now\nplease").await;
    let line = Line::default();
    event_relay::handle(&line, &Unmeasured, world.outbox_batch()).await;
    let is_told = |event: &Event| matches!(event.what, Happening::EscalationRequested(..));
    let asked = line.taken().into_iter().find(is_told).unwrap();
    send(&world, &[&booked]).await;
    send(&world, &[&asked]).await;
    let texts: Vec<Value> = receiver.heard().iter().map(Request::json).collect();
    assert!(texts[0]["text"].as_str().unwrap().starts_with("Booking confirmed: "), "{texts:?}");
    assert!(texts[0]["text"].as_str().unwrap().contains("for Ann Lee (ann@example.com), Mon 23 Nov 2026"), "{texts:?}");
    assert_eq!(
        texts[1],
        json!({ "text": "A visitor asks for a person: &lt;!channel&gt; call &lt;https://evil.example|me&gt; &amp; now please" })
    );
    assert!(receiver.heard().iter().all(|request| request.header("webhook-signature").is_empty()));
}

#[tokio::test]
async fn a_replaced_secret_still_verifies_for_a_day_and_no_longer() {
    let world = world().await;
    let receiver = Receiver::open(world.tasks()).await;
    let before = add(&world, &receiver.url, "standard", &["booking.confirmed"]).await;
    let after = webhook::rotate(world.services.webhook(), world.tenant, &before).await.unwrap();
    let (_, event) = world.book(Happening::BookingConfirmed).await;
    send(&world, &[&event]).await;
    world.wait(std::time::Duration::from_hours(24));
    let (_, event) = world.book(Happening::BookingConfirmed).await;
    send(&world, &[&event]).await;
    let verified: Vec<_> =
        receiver.heard().iter().map(|one| (is_signed(one, secret(&before)), is_signed(one, secret(&after)))).collect();
    assert_eq!(verified, [(true, true), (false, true)]);
}

#[tokio::test]
async fn what_is_no_more_is_told_to_nobody() {
    let world = world().await;
    let receiver = Receiver::open(world.tasks()).await;
    let hook = add(&world, &receiver.url, "standard", &["booking.confirmed"]).await;
    let event = world.event(Happening::BookingConfirmed(tests::world::BOOKING.parse().unwrap()));
    send(&world, &[&event]).await;
    assert_eq!(receiver.heard(), []);
    let why = GivenUp::SubjectGone;
    assert_eq!(log(&world, &hook).await[0].status, Status::GivenUp { at: world.now(), why });
}

#[tokio::test]
async fn a_poisoned_message_comes_back_alone() {
    let world = world().await;
    let receiver = Receiver::open(world.tasks()).await;
    add(&world, &receiver.url, "standard", &["booking.confirmed"]).await;
    world.book_as(tests::world::BOOKING.parse().unwrap(), Happening::BookingConfirmed).await;
    let text = include_str!("../../../events/webhook-sender/batch-with-poison.json");
    let answer = webhook_sender::handle(&world.services, serde_json::from_str(text).unwrap()).await;
    assert_eq!(failed(&answer), ["059f36b4-87a3-44ab-83d2-661970000001"]);
    let strange = envelope(&world.event(Happening::RefundDue(tests::world::BOOKING.parse().unwrap())));
    assert_eq!(failed(&webhook_sender::handle(&world.services, batch(&[strange])).await), ["0"]);
}

#[tokio::test]
async fn an_event_costs_a_business_without_webhooks_one_read() {
    let world = world().await;
    let (_, event) = world.book(Happening::BookingConfirmed).await;
    world.store().usage().reset();
    send(&world, &[&event]).await;
    let tally = world.store().usage().tally();
    assert_eq!((tally.calls, tally.by_operation.get("Query").copied()), (1, Some(1)), "{tally:?}");
}
