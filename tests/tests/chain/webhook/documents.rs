//! `docs/WEBHOOKS.md` shows every message as it is sent.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use shared::app::webhook::payload::{News, news, standard};
use shared::domain::booking::{Booking, Status};
use shared::domain::event::{Event, Happening};
use shared::domain::id::{MessageId, WebhookId};
use shared::domain::webhook::Topic;
use shared::domain::webhook::delivery::Delivery;
use shared::ports::metric::Unmeasured;
use tests::line::Line;
use tests::world::World;

use super::world;

const PAGE: &str = include_str!("../../../../docs/WEBHOOKS.md");

/// The page's examples, by their type.
fn examples() -> BTreeMap<String, Value> {
    let blocks = PAGE.split("```json\n").skip(1).map(|rest| rest.split_once("```").unwrap().0);
    let parsed = blocks.map(|text| serde_json::from_str::<Value>(text).unwrap());
    parsed.map(|example| (example["type"].as_str().unwrap().to_owned(), example)).collect()
}

/// Where in `json` stands what kind of value.
fn shape(json: &Value, at: &str, found: &mut BTreeSet<String>) {
    let kind = match json {
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| shape(member, &format!("{at}/{name}"), found));
            return;
        }
        Value::String(text) if text.ends_with('Z') && text.contains('T') && text.contains(':') => "time",
        Value::String(_) => "text",
        Value::Number(_) => "number",
        Value::Bool(_) => "claim",
        other => panic!("{at}: {other}"),
    };
    found.insert(format!("{at}: {kind}"));
}

fn shape_of(json: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    shape(json, "", &mut found);
    found
}

/// The message that `event` comes to.
async fn message(world: &World, event: &Event) -> Value {
    let webhook: WebhookId = "01KAJBQ8W1Y3Z5B7D9F1H3K5N7".parse().unwrap();
    let delivery = Delivery::begun(event, Topic::of(&event.what).unwrap(), webhook, world.now());
    let known = news(world.store(), world.tenant, &delivery).await.unwrap().unwrap();
    standard(&delivery, &known)
}

#[tokio::test]
async fn every_message_is_as_the_page_shows_it() {
    let (world, examples) = (world().await, examples());
    let (held, booked) = world.book(Happening::BookingConfirmed).await;
    let paid = Booking { status: Status::Confirmed, paid_at: Some(world.now()), ..held.changed(world.now()) };
    world.write(Some(&held), &paid, &[]).await;
    world.ask_for_a_person_at("I would rather talk", "ann@example.com").await;
    let line = Line::default();
    event_relay::handle(&line, &Unmeasured, world.outbox_batch()).await;
    let asked = line.taken().into_iter().find(|one| matches!(one.what, Happening::EscalationRequested(..))).unwrap();
    let Happening::EscalationRequested(conversation, _) = asked.what else { unreachable!() };
    let answer = MessageId::new(conversation.ulid());
    let replied = world.event(Happening::ConversationReplied(conversation, answer));
    for event in [&booked, &asked, &replied] {
        let sent = message(&world, event).await;
        let shown = &examples[sent["type"].as_str().unwrap()];
        assert_eq!(shape_of(&sent), shape_of(shown), "{sent:#}");
    }
    let test = Delivery::test(
        "01KAJBR9X2Z4A6C8E0G2J4M6P8".parse().unwrap(),
        "01KAJBQ8W1Y3Z5B7D9F1H3K5N7".parse().unwrap(),
        world.now(),
    );
    assert_eq!(shape_of(&standard(&test, &News::Test)), shape_of(&examples["webhook.test"]));
    assert_eq!(examples.len(), 4);
}

#[test]
fn the_page_lists_every_event_that_can_be_asked_for_and_no_other() {
    let rows = PAGE.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let listed: BTreeSet<&str> = rows.map(|(name, _)| name).collect();
    assert_eq!(listed, Topic::ALL.iter().map(|topic| topic.as_str()).collect());
}

#[test]
fn a_shape_tells_what_is_missing_and_what_is_of_another_kind() {
    let shown = shape_of(&json!({ "a": 1, "b": { "c": "x" } }));
    assert_eq!(shown, shape_of(&json!({ "b": { "c": "y" }, "a": 2 })));
    for other in [
        json!({ "a": 1 }),
        json!({ "a": "1", "b": { "c": "x" } }),
        json!({ "a": 1, "b": { "c": "2026-11-23T09:00:00Z" } }),
    ] {
        assert_ne!(shown, shape_of(&other), "{other}");
    }
}
