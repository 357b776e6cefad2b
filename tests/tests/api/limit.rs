//! Limits: messages, conversations and calls per network and per business, and the month's spend.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use local::Options;
use local::template::Template;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Desk, OPENING, Reply, Visitor};

use super::calendar::{make_link, page as calendar_of};
use super::link::in_mail;
use super::shop::{HEADSHOT, WEDNESDAY};

const MESSAGE: &str = include_str!("../../../events/chat/first-message.json");
const SESSION: &str = include_str!("../../../events/chat/session.json");

const OK: StatusCode = StatusCode::OK;

/// How many call at once.
const CROWD: usize = 1_000;

/// A desk with every limit on.
async fn limited() -> Desk {
    let frozen_at = Some(OPENING.parse().unwrap());
    Desk::with(Options { frozen_at, ..Options::default() }).await
}

#[tokio::test]
async fn the_twenty_first_message_in_a_minute_waits() {
    let desk = limited().await;
    desk.script([]);
    let visitor = desk.guest().await;
    for _ in 0..20 {
        visitor.say("Hi").await.ok();
    }
    let calls = desk.asked();
    let refused = visitor.say("Hi").await;
    let problem = refused.clone().refused(429, "rate_limited");
    assert_eq!(problem["detail"], "This business has reached its chat limit. Please try again later.");
    assert_eq!(refused.header("retry-after"), Some("60"));
    assert_eq!(refused.header("ratelimit-limit"), Some("20"));
    assert_eq!(refused.header("ratelimit-remaining"), Some("0"));
    assert_eq!(refused.header("ratelimit-reset"), Some("60"));
    // Another session of the same address, and the stream, stand before the same wall.
    desk.guest().await.say("Hi").await.refused(429, "rate_limited");
    assert_eq!(desk.asked(), calls, "the model is not asked");
    desk.wait(Duration::from_secs(60)).await;
    visitor.say("Hi").await.ok();
}

/// The answers by status of a thousand calls at once: the gateway's event, each time from the address that `from` says.
async fn crowd(desk: &Desk, event: &str, from: impl Fn(usize) -> String) -> Vec<(u16, usize)> {
    let call = |n: usize| {
        let mut event: Value = serde_json::from_str(event).unwrap();
        for headers in ["headers", "multiValueHeaders"] {
            event[headers].as_object_mut().unwrap().remove("Origin");
        }
        event["requestContext"]["identity"]["sourceIp"] = json!(from(n));
        let request = lambda_http::request::from_str(&event.to_string()).unwrap();
        chat::handle(desk.functions.services(), request)
    };
    let mut counts = BTreeMap::new();
    for answer in join_all((0..CROWD).map(call)).await {
        *counts.entry(answer.status().as_u16()).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

/// Addresses of the same network of IPv6, and of a different one each.
fn neighbour(n: usize) -> String {
    format!("2001:db8::{n:x}")
}

fn stranger(n: usize) -> String {
    format!("2001:db8:{n:x}::1")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_messages_at_once_exactly_the_limit_is_answered() {
    let desk = limited().await;
    desk.script([]);
    let owner = desk.owner().await;
    owner.change("/v1/admin/tenant", &json!({ "limits": { "messagesPerHour": 50 } })).await;
    assert_eq!(crowd(&desk, MESSAGE, neighbour).await, [(200, 20), (429, 980)]);
    assert_eq!(crowd(&desk, MESSAGE, stranger).await, [(200, 30), (429, 970)], "the rest of the business's hour");
    assert_eq!(desk.asked(), 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_conversations_begun_at_once_exactly_the_limit_begins() {
    let desk = limited().await;
    let owner = desk.owner().await;
    owner.change("/v1/admin/tenant", &json!({ "limits": { "messagesPerHour": 50 } })).await;
    assert_eq!(crowd(&desk, SESSION, neighbour).await, [(201, 20), (429, 980)]);
    assert_eq!(crowd(&desk, SESSION, stranger).await, [(201, 30), (429, 970)], "the rest of the business's hour");
    assert_eq!(owner.list("/v1/admin/conversations").await.len(), 50, "of those refused nothing is kept");
    // What was refused has used up nothing of the neighbour's minute, nor of the other business's hour.
    desk.guest_of("pk_demo2").await;
    desk.wait(Duration::from_secs(3_600)).await;
    desk.guest().await;
}

/// Uses up the calls that a network may make in a minute; the first `before` were made already.
async fn use_up(visitor: &Visitor, before: usize) {
    for _ in before..300 {
        let read = json!({ "upTo": "01KAXG00000000000000000000" });
        assert_eq!(visitor.post("/v1/public/chat/read", read).await.status, 204);
    }
}

#[tokio::test]
async fn every_route_of_the_chat_stands_behind_a_limit_of_its_network() {
    let desk = limited().await;
    let visitor = desk.guest().await;
    use_up(&visitor, 0).await;
    // These are counted as what they are, or are the same for everybody.
    let others = ["config", "sessions", "message", "message/stream", "feedback", "escalate"];
    let mut tried = 0;
    for route in Template::deployed().unwrap().routes.iter() {
        let Some(name) = route.path.strip_prefix("/v1/public/chat/").filter(|name| !others.contains(name)) else {
            continue;
        };
        let path = format!("/v1/public/chat/{}", name.replace("{proposalId}", "01KAXG00000000000000000000"));
        let mut request = visitor.request(route.method.parse().unwrap(), &path);
        request = request.header("x-session-id", visitor.session().unwrap());
        if route.method != "GET" {
            request = request.json(&json!({ "sessionId": visitor.session() }));
        }
        let told = Reply::of(request).await;
        assert_eq!((told.header("retry-after"), told.header("ratelimit-limit")), (Some("60"), Some("300")), "{path}");
        told.refused(429, "rate_limited");
        tried += 1;
    }
    assert!(6 <= tried, "the walk must find the routes: {tried}");
    desk.wait(Duration::from_secs(60)).await;
    use_up(&visitor, 299).await;
}

#[tokio::test]
async fn linked_pages_and_feeds_stand_behind_the_same_limit_and_say_so_as_what_they_are() {
    let desk = limited().await;
    let visitor = desk.guest().await;
    visitor.book(&desk, HEADSHOT, WEDNESDAY, "ann@example.test").await;
    let page = in_mail(&desk.mails("ann@example.test").await.pop().unwrap(), "cancel");
    let owner = desk.owner().await;
    let feed = make_link(&owner, &calendar_of(&owner).await).await;
    assert_eq!((desk.open_link(&page).await.status, desk.open_link(&feed).await.status), (OK, OK));
    // The click to confirm, the page and the feed were calls.
    use_up(&visitor, 3).await;
    let told = desk.press(&page).await;
    assert_eq!((told.status.as_u16(), told.header("retry-after")), (429, Some("60")), "{told:?}");
    assert_eq!(told.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(told.text.contains("Please wait a minute"), "{told:?}");
    desk.open_link(&feed).await.refused(429, "rate_limited");
    let status = owner.list("/v1/admin/bookings?from=2026-11-23&to=2026-12-31").await[0]["status"].clone();
    assert_eq!(status, "CONFIRMED", "nothing was called off");
    desk.wait(Duration::from_secs(60)).await;
    assert_eq!((desk.press(&page).await.status, desk.open_link(&feed).await.status), (OK, OK));
}

#[tokio::test]
async fn a_business_over_its_hourly_limit_answers_again_the_next_hour() {
    let desk = Desk::open().await;
    desk.script([]);
    let owner = desk.owner().await;
    owner.change("/v1/admin/tenant", &json!({ "limits": { "messagesPerHour": 2 } })).await;
    let (ann, bob) = (desk.guest().await, desk.guest().await);
    ann.say("Hi").await.ok();
    bob.say("Hi").await.ok();
    ann.say("Hi").await.refused(429, "rate_limited");
    assert_eq!(desk.guest_of("pk_demo2").await.hear("Hi").await, "The script is over: I have no further answers.");
    desk.wait(Duration::from_secs(3_600)).await;
    ann.say("Hi").await.ok();
}

#[tokio::test]
async fn over_the_spend_limit_people_take_over() {
    let desk = Desk::open().await;
    desk.script([]);
    let owner = desk.owner().await;
    owner.change("/v1/admin/tenant", &json!({ "limits": { "spendPerMonthMicroUsd": 0 } })).await;
    let visitor = desk.guest().await;
    let told = visitor.say("Can I book?").await.ok();
    assert!(!told["reply"].as_str().unwrap().is_empty());
    assert!(told["handoff"]["message"].is_string(), "{told}");
    assert_eq!(desk.asked(), 0);
    let conversation = owner.thread(&visitor).await;
    assert_eq!((&conversation["status"], &conversation["escalated"]), (&json!("open"), &json!(true)));
}
