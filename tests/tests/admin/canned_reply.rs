//! What a team says often: kept by the owner, filled for one conversation.

use serde_json::{Value, json};
use shared::domain::booking::Status;
use shared::domain::conversation::{Conversation, Origin};
use shared::domain::proof::Proof;
use shared::domain::secret::SessionId;

use super::booking::{BOOKED, book};
use super::world::{AGENT, NOW, OWNER, STRANGER, World, world};

const THREAD: &str = "01KAJ4B2N6Q8S0V2X4Z6B8D0F2";

/// Somebody writes, who has proven what `proof` says of their booking.
async fn talk(world: &World, proof: Option<Proof>) {
    let session = SessionId::new(THREAD.parse().unwrap(), [7; 32]);
    let conversation = Conversation { proven: proof, ..Conversation::begin(&session, Origin::default(), NOW) };
    world.services.store.begin_conversation(world.tenant(), &conversation).await.unwrap();
}

async fn proof_of_the_booking(world: &World) -> Proof {
    book(world, BOOKED.parse().unwrap(), 24, Status::Confirmed).await;
    let booking = world.services.store.find_booking(world.tenant(), BOOKED.parse().unwrap()).await.unwrap();
    Proof::of_booking(&booking.unwrap())
}

/// What an agent is shown of a reply for that conversation.
async fn filled(world: &World, id: &str) -> Value {
    let shown = world.by(AGENT, "show-canned-reply").id(id).query(&[("conversation", THREAD)]).send().await;
    assert_eq!(shown.status, 200, "{shown:?}");
    shown.body["filled"].clone()
}

#[tokio::test]
async fn the_owner_keeps_replies_and_agents_read_them() {
    let world = world().await;
    let added = world.by(OWNER, "add-canned-reply").send().await;
    assert_eq!((added.status, &added.body["version"]), (201, &json!(1)));
    assert_eq!(world.by(AGENT, "list-canned-replies").send().await.body, json!({ "items": [added.body] }));
    let changed = world.by(OWNER, "change-canned-reply").id(added.id()).version(1).send().await;
    assert_eq!((changed.status, &changed.body["version"], &changed.body["title"]), (200, &json!(2), &json!("Parking")));
    let stale = world.by(OWNER, "change-canned-reply").id(added.id()).version(1).send().await;
    assert_eq!((stale.status, stale.code()), (412, "stale_version"));
    assert_eq!(world.by(AGENT, "show-canned-reply").id(added.id()).send().await.body, changed.body);
    assert_eq!(world.by(OWNER, "remove-canned-reply").id(added.id()).version(1).send().await.status, 412);
    assert_eq!(world.by(OWNER, "remove-canned-reply").id(added.id()).version(2).send().await.status, 204);
    assert_eq!(world.by(OWNER, "remove-canned-reply").id(added.id()).version(2).send().await.status, 404);
    assert!(world.listed("list-canned-replies").await.is_empty());
}

#[tokio::test]
async fn a_reply_with_a_place_that_stands_for_nothing_is_refused() {
    let world = world().await;
    let body = json!({ "title": "Parking", "text": "Dear {{customer.nam}}" });
    let refused = world.by(OWNER, "add-canned-reply").body(&body).send().await;
    assert_eq!((refused.status, refused.faults()), (400, vec![("/text", "unknown_variable")]));
    assert!(refused.body["errors"][0]["detail"].as_str().unwrap().contains("customer.name"));
}

#[tokio::test]
async fn a_reply_is_filled_with_what_is_known_and_says_what_is_not() {
    let world = world().await;
    let text = "Dear {{customer.name}} ({{customer.email}}), {{agent.email}} of {{business.name}}, {{today}}";
    let body = json!({ "title": "Hello", "text": text });
    let id = world.by(OWNER, "add-canned-reply").body(&body).send().await.id().to_owned();
    let unknown = world.by(AGENT, "show-canned-reply").id(&id).query(&[("conversation", THREAD)]).send().await;
    assert_eq!(unknown.status, 404, "there is no such conversation yet");
    talk(&world, None).await;
    assert_eq!(
        filled(&world, &id).await,
        json!({
            "text": "Dear {{customer.name}} ({{customer.email}}), agent@demo.test of Business 1, 2026-11-21",
            "missing": ["customer.name", "customer.email"],
        })
    );
}

#[tokio::test]
async fn whoever_has_proven_a_booking_is_called_by_the_name_they_booked_with() {
    let world = world().await;
    let body = json!({ "title": "Hello", "text": "Dear {{customer.name}} ({{customer.email}})" });
    let id = world.by(OWNER, "add-canned-reply").body(&body).send().await.id().to_owned();
    let proof = proof_of_the_booking(&world).await;
    talk(&world, Some(proof)).await;
    assert_eq!(filled(&world, &id).await, json!({ "text": "Dear Ann (ann@x.test)", "missing": [] }));
}

#[tokio::test]
async fn another_business_has_neither_the_reply_nor_the_conversation() {
    let world = world().await;
    let ours = world.by(OWNER, "add-canned-reply").send().await;
    talk(&world, None).await;
    assert_eq!(world.by(STRANGER, "list-canned-replies").send().await.body, json!({ "items": [] }));
    let theirs = world.by(STRANGER, "add-canned-reply").send().await;
    let query = [("conversation", THREAD)];
    for (id, query) in [(ours.id(), &[][..]), (theirs.id(), &query[..])] {
        let told = world.by(STRANGER, "show-canned-reply").id(id).query(query).send().await;
        assert_eq!((told.status, told.code()), (404, "not_found"));
    }
}
