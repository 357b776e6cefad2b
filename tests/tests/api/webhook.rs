//! Webhooks through the whole desk: kept by their owner, told of what happens, tried, sent again.

use std::time::Duration;

use local::tasks::Tasks;
use serde_json::{Value, json};
use tests::receiver::Receiver;
use tests::{Desk, Person};

use super::shop::{HEADSHOT, WEDNESDAY};

const WEBHOOKS: &str = "/v1/admin/webhooks";

/// The owner adds a webhook.
async fn add(owner: &Person, receiver: &Receiver, kind: &str, events: &[&str]) -> Value {
    let draft = json!({ "url": receiver.url, "kind": kind, "events": events });
    owner.post(WEBHOOKS, &draft).await.ok()
}

fn path(webhook: &Value, rest: &str) -> String {
    format!("{WEBHOOKS}/{}{rest}", webhook["id"].as_str().unwrap())
}

/// Does all there is to do, whoever failed on the way.
async fn deliveries(desk: &Desk, owner: &Person, webhook: &Value) -> Vec<Value> {
    desk.settle().await;
    owner.list(&path(webhook, "/deliveries")).await
}

#[tokio::test]
async fn a_booking_in_the_chat_reaches_the_owners_own_systems() {
    let (desk, tasks) = (Desk::open().await, Tasks::default());
    let (owner, visitor) = (desk.owner().await, desk.guest().await);
    let (books, channel) = (Receiver::open(&tasks).await, Receiver::open(&tasks).await);
    let added = add(&owner, &books, "standard", &["booking.confirmed", "conversation.escalated"]).await;
    assert!(added["secret"].as_str().unwrap().starts_with("whsec_"), "{added}");
    assert_eq!(add(&owner, &channel, "slack", &["booking.confirmed"]).await["secret"], Value::Null);
    let shown = owner.get(&path(&added, "")).await.ok();
    assert_eq!((&shown["secret"], &shown["active"], &shown["version"]), (&Value::Null, &json!(true), &json!(1)));
    assert!(!owner.get(WEBHOOKS).await.text.contains("whsec_"), "a secret is shown once");

    let booked = visitor.book(&desk, HEADSHOT, WEDNESDAY, "ann@example.test").await;
    let log = deliveries(&desk, &owner, &added).await;
    assert_eq!(
        (&log[0]["event"], &log[0]["status"], &log[0]["lastStatus"]),
        (&json!("booking.confirmed"), &json!("delivered"), &json!(204))
    );
    let [told] = &books.heard()[..] else { panic!("{:?}", books.heard()) };
    assert_eq!(told.header("webhook-id"), log[0]["id"]);
    assert!(told.header("webhook-signature").starts_with("v1,"));
    assert_eq!(told.json()["data"]["booking"]["id"], booked["booking"]["id"]);
    assert!(channel.heard()[0].json()["text"].as_str().unwrap().contains("Ann Lee"));

    let tried = owner.post(&path(&added, "/test"), &json!({})).await;
    assert_eq!((tried.status.as_u16(), &tried.body["event"]), (202, &json!("webhook.test")));
    desk.settle().await;
    assert_eq!(books.heard()[1].json()["type"], "webhook.test");
}

#[tokio::test]
async fn an_owner_sees_what_failed_and_sends_it_again() {
    let (desk, tasks) = (Desk::open().await, Tasks::default());
    let (owner, visitor) = (desk.owner().await, desk.guest().await);
    let receiver = Receiver::open(&tasks).await;
    let added = add(&owner, &receiver, "standard", &["booking.confirmed"]).await;
    receiver.answer_with(500);
    visitor.book(&desk, HEADSHOT, WEDNESDAY, "ann@example.test").await;
    let [failed] = &deliveries(&desk, &owner, &added).await[..] else { panic!() };
    assert_eq!(
        (&failed["status"], &failed["lastStatus"], &failed["attempts"]),
        (&json!("waiting"), &json!(500), &json!(1))
    );
    assert!(failed["nextAttemptAt"].is_string());
    desk.wait(Duration::from_mins(5)).await;
    assert_eq!(deliveries(&desk, &owner, &added).await[0]["attempts"], 2, "the five-minute run has it tried again");
    receiver.answer_with(200);
    let replay = path(&added, &format!("/deliveries/{}/replay", failed["id"].as_str().unwrap()));
    assert_eq!(owner.post(&replay, &json!({})).await.status, 202);
    let done = &deliveries(&desk, &owner, &added).await[0];
    assert_eq!((&done["status"], &done["attempts"]), (&json!("delivered"), &json!(3)));
    let heard = receiver.heard();
    assert!(heard.iter().all(|one| one.header("webhook-id") == failed["id"]));
}

#[tokio::test]
async fn webhooks_are_the_owners_alone_and_change_at_the_version_that_was_seen() {
    let (desk, tasks) = (Desk::open().await, Tasks::default());
    let (owner, agent) = (desk.owner().await, desk.login("agent@demo.test").await);
    let stranger = desk.login("owner@demo2.test").await;
    let receiver = Receiver::open(&tasks).await;
    let added = add(&owner, &receiver, "standard", &["booking.confirmed"]).await;
    let paths = ["", "/deliveries"].map(|rest| path(&added, rest));
    for path in &paths {
        agent.get(path).await.refused(403, "forbidden");
        stranger.get(path).await.refused(404, "not_found");
    }
    agent.get(WEBHOOKS).await.refused(403, "forbidden");
    for rest in ["/secret", "/test", "/deliveries/01KAXG00000000000000000000/replay"] {
        agent.post(&path(&added, rest), &json!({})).await.refused(403, "forbidden");
        stranger.post(&path(&added, rest), &json!({})).await.refused(404, "not_found");
    }
    let replay = path(&added, "/deliveries/01KAXG00000000000000000000/replay");
    owner.post(&replay, &json!({})).await.refused(404, "not_found");
    assert_eq!(stranger.list(WEBHOOKS).await, Vec::<Value>::new());

    let rotate =
        |version: u64| owner.request(reqwest::Method::POST, &path(&added, "/secret")).header("if-match", version);
    let rotated = tests::Reply::of(rotate(1)).await.ok();
    assert_ne!(rotated["secret"], added["secret"]);
    assert!(rotated["previousSecretUntil"].is_string());
    tests::Reply::of(rotate(1)).await.refused(412, "stale_version");
    owner.post(&path(&added, "/secret"), &json!({})).await.refused(400, "malformed");
    let off = owner.patch(&path(&added, ""), 2, &json!({ "active": false })).await.ok();
    assert_eq!((&off["active"], &off["url"], &off["secret"]), (&json!(false), &added["url"], &Value::Null));
    owner.post(&path(&added, "/test"), &json!({})).await.refused(409, "conflict");
    owner.patch(&path(&added, ""), 3, &json!({ "kind": "slack" })).await.refused(400, "invalid");
    assert_eq!(owner.delete(&path(&added, ""), 3).await.status, 204);
    owner.get(&path(&added, "/deliveries")).await.refused(404, "not_found");
}

#[tokio::test]
async fn an_address_that_leads_inward_is_refused_and_ten_are_the_most() {
    let (desk, tasks) = (Desk::open().await, Tasks::default());
    let owner = desk.owner().await;
    for url in [
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00:ec2::254]/",
        "https://2852039166/",
        "https://10.0.0.1/",
        "https://metadata.google.internal/",
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "nonsense",
    ] {
        let draft = json!({ "url": url, "kind": "standard", "events": ["booking.confirmed"] });
        let refused = owner.post(WEBHOOKS, &draft).await.refused(400, "invalid");
        assert_eq!(refused["errors"][0]["pointer"], "/url", "{url}: {refused}");
    }
    let receiver = Receiver::open(&tasks).await;
    for _ in 0..10 {
        add(&owner, &receiver, "slack", &["booking.confirmed"]).await;
    }
    let draft = json!({ "url": receiver.url, "kind": "slack", "events": ["booking.confirmed"] });
    assert_eq!(owner.post(WEBHOOKS, &draft).await.status, 422);
}
