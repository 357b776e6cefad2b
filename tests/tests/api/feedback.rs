//! Feedback: stars and a comment for a conversation, one opinion at a time.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::join_all;
use lambda_http::Request;
use local::Options;
use local::dynamodb::table_names;
use serde_json::{Value, json};
use shared::domain::conversation::{Conversation, Origin};
use shared::domain::secret::SessionId;
use shared::domain::text::is_invisible;
use tests::world::World;
use tests::{Desk, OPENING, Reply, Visitor};

const FEEDBACK: &str = "/v1/public/chat/feedback";
const GIVE: &str = include_str!("../../../events/feedback/give.json");
/// A page of the demo business.
const SITE: &str = "http://localhost:3000";
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);

async fn rate(visitor: &Visitor, stars: i64, comment: &str) -> Reply {
    visitor.post(FEEDBACK, json!({ "rating": stars, "comment": comment })).await
}

/// What the business sees of a visitor's feedback.
async fn seen(desk: &Desk, visitor: &Visitor) -> Value {
    desk.login("agent@demo.test").await.thread(visitor).await["feedback"].clone()
}

#[tokio::test]
async fn the_business_sees_with_the_conversation_what_its_visitor_thinks_of_it() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    assert_eq!(seen(&desk, &visitor).await, Value::Null);
    // The widget asks when the chat is closed.
    assert_eq!(visitor.post("/v1/public/chat/end", json!({})).await.status, 204);
    for _ in 0..3 {
        assert_eq!(rate(&visitor, 4, "Quick and friendly").await.ok(), json!({ "success": true }));
    }
    let once = json!({ "rating": 4, "comment": "Quick and friendly", "givenAt": OPENING, "changedAt": OPENING });
    assert_eq!(seen(&desk, &visitor).await, once);
    assert!(desk.mailbox.to(None).is_empty(), "nobody is mailed");
}

#[tokio::test]
async fn another_opinion_takes_the_place_of_the_first_for_a_day_and_then_the_last_one_stands() {
    let desk = Desk::open().await;
    desk.script([]);
    let visitor = desk.guest().await;
    rate(&visitor, 1, "Too slow").await.ok();
    desk.wait(12 * HOUR).await;
    visitor.say("Are you still there?").await.ok();
    desk.wait(12 * HOUR - SECOND).await;
    assert_eq!(rate(&visitor, 5, "").await.ok(), json!({ "success": true }));
    let stands = json!({ "rating": 5, "comment": "", "givenAt": OPENING, "changedAt": "2026-11-24T08:59:59Z" });
    assert_eq!(seen(&desk, &visitor).await, stands);
    desk.wait(SECOND).await;
    rate(&visitor, 2, "").await.refused(409, "conflict");
    rate(&visitor, 5, "And more").await.refused(409, "conflict");
    assert_eq!(rate(&visitor, 5, " ").await.ok(), json!({ "success": true }), "the same is never too late");
    assert_eq!(seen(&desk, &visitor).await, stands);
    // A rating is a sign of the visitor: their session goes on a day from there.
    desk.wait(24 * HOUR - 2 * SECOND).await;
    rate(&visitor, 5, "").await.ok();
    desk.wait(SECOND).await;
    rate(&visitor, 5, "").await.refused(400, "session_invalid");
}

#[tokio::test]
async fn what_is_no_rating_is_refused_at_its_field_and_keeps_nothing() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    for (body, pointer) in [
        (json!({ "rating": 0 }), "/rating"),
        (json!({ "rating": 6 }), "/rating"),
        (json!({ "rating": -1 }), "/rating"),
        (json!({ "rating": 261 }), "/rating"),
        (json!({ "rating": 4.5 }), "/rating"),
        (json!({ "rating": 1e300 }), "/rating"),
        (json!({ "rating": "5" }), "/rating"),
        (json!({ "rating": null }), "/rating"),
        (json!({}), "/rating"),
        (json!({ "rating": 5, "comment": 5 }), "/comment"),
        (json!({ "rating": 5, "comment": ["a"] }), "/comment"),
        (json!({ "rating": 5, "tenantId": local::demo::MIRABELLE }), "/tenantId"),
        (json!({ "rating": 5, "sessionId": 5 }), "/sessionId"),
    ] {
        let refused = visitor.post(FEEDBACK, body.clone()).await.refused(400, "invalid");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{body}: {refused}");
    }
    visitor.post(FEEDBACK, json!({ "rating": 5, "comment": "a".repeat(70_000) })).await.refused(413, "too_large");
    assert_eq!(seen(&desk, &visitor).await, Value::Null);
}

#[tokio::test]
async fn a_comment_is_plain_text_and_what_is_beyond_500_characters_is_cut() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    for (sent, kept) in [
        (json!(null), String::new()),
        (json!(" \n "), String::new()),
        (json!("  Thank you!\nAnn "), "Thank you!\nAnn".to_owned()),
        (json!("é🎈".repeat(251)), "é🎈".repeat(250)),
        (json!("<script>alert(1)</script>"), "<script>alert(1)</script>".to_owned()),
        (json!("a\u{202e}b\u{200b}\u{0}"), "ab".to_owned()),
    ] {
        visitor.post(FEEDBACK, json!({ "rating": 3, "comment": sent })).await.ok();
        let comment = seen(&desk, &visitor).await["comment"].as_str().unwrap().to_owned();
        assert_eq!(comment, kept);
        assert!(comment.chars().count() <= 500 && !comment.contains(is_invisible));
    }
}

#[tokio::test]
async fn an_hour_has_ten_opinions_of_an_address_and_repeating_one_is_none() {
    let frozen_at = Some(OPENING.parse().unwrap());
    let desk = Desk::with(Options { frozen_at, ..Options::default() }).await;
    let visitors = join_all((0..11).map(|_| desk.guest())).await;
    for visitor in &visitors[..10] {
        for _ in 0..3 {
            rate(visitor, 5, "").await.ok();
        }
    }
    let refused = rate(&visitors[10], 5, "").await;
    let problem = refused.clone().refused(429, "rate_limited");
    assert_eq!(problem["detail"], "That was rated too often. Please try again later.");
    for (name, value) in [("retry-after", "3600"), ("ratelimit-limit", "10"), ("ratelimit-remaining", "0")] {
        assert_eq!(refused.header(name), Some(value), "{name}");
    }
    assert_eq!(seen(&desk, &visitors[10]).await, Value::Null);
    rate(&visitors[0], 5, "").await.ok();
    let elsewhere = desk.visitor_from("127.0.0.2", "pk_demo").with_session(&visitors[10].session().unwrap());
    rate(&elsewhere, 5, "").await.ok();
    desk.wait(HOUR).await;
    rate(&visitors[10], 4, "").await.ok();
}

#[tokio::test]
async fn an_hour_has_ten_opinions_of_a_session_from_wherever_it_calls() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    for change in 0..10 {
        rate(&visitor, 1 + change % 5, "").await.ok();
    }
    rate(&visitor, 1, "").await.refused(429, "rate_limited");
    rate(&visitor, 5, "").await.ok();
    assert_eq!(seen(&desk, &visitor).await["rating"], 5);
    rate(&desk.guest().await, 1, "").await.ok();
}

/// The cast's visitor in the demo business, and the session that the event names.
async fn begin(world: &World) -> SessionId {
    let event: Value = serde_json::from_str(GIVE).unwrap();
    let body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
    let session: SessionId = body["sessionId"].as_str().unwrap().parse().unwrap();
    let conversation = Conversation::begin(&session, Origin::default(), world.now());
    world.store().begin_conversation(linden(), &conversation).await.unwrap();
    session
}

fn linden() -> shared::domain::id::TenantId {
    local::demo::LINDEN.parse().unwrap()
}

/// The event from a page of `site`; with other fields of the body where there are some.
fn event(site: &str, changed: &Value) -> Request {
    let mut event: Value = serde_json::from_str(GIVE).unwrap();
    event["headers"]["Origin"] = json!(site);
    event["multiValueHeaders"]["Origin"] = json!([site]);
    let mut body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
    body.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
    event["body"] = json!(body.to_string());
    lambda_http::request::from_str(&event.to_string()).unwrap()
}

#[tokio::test]
async fn the_function_takes_the_gateways_event_and_only_allowed_pages_read_the_answer() {
    let world = World::new().await;
    let id = begin(&world).await.conversation();
    let taken = feedback::handle(&world.services, event(SITE, &json!({}))).await;
    assert_eq!((taken.status().as_u16(), &taken.body()[..]), (200, br#"{"success":true}"#.as_slice()));
    assert_eq!(taken.headers()["access-control-allow-origin"], SITE);
    let kept = world.store().find_feedback(linden(), id).await.unwrap().unwrap();
    assert_eq!((kept.opinion.rating.stars(), kept.opinion.comment.as_str()), (5, "Quick and friendly, thank you!"));
    let foreign = feedback::handle(&world.services, event("https://evil.test", &json!({ "rating": 1 }))).await;
    assert_eq!(foreign.status(), 403);
    assert!(!foreign.headers().contains_key("access-control-allow-origin"));
    assert_eq!(world.store().find_feedback(linden(), id).await.unwrap().unwrap(), kept);
}

/// The figures of stars on the meter, by their attributes.
async fn figures(world: &World) -> Vec<(String, String)> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let read = world.dynamodb().client().get_item().table_name(table_names().counters);
    let read = read.key("pk", text(&format!("T#{}", linden()))).key("sk", text("METER")).send().await.unwrap();
    let stars = read.item.unwrap_or_default().into_iter().filter(|(name, _)| name.contains("rated_"));
    let mut figures: Vec<_> = stars.map(|(name, value)| (name, value.as_n().unwrap().clone())).collect();
    figures.retain(|(_, count)| count != "0");
    figures.sort();
    figures
}

#[tokio::test]
async fn a_change_counts_on_the_day_that_was_rated_also_when_that_day_is_over() {
    let world = World::at("2026-11-21T22:00:00Z").await;
    begin(&world).await;
    let give = async |stars: i64| {
        let answer = feedback::handle(&world.services, event(SITE, &json!({ "rating": stars }))).await;
        assert_eq!(answer.status(), 200);
    };
    give(2).await;
    assert_eq!(figures(&world).await, [("dg16rated_2".to_owned(), "1".to_owned())]);
    world.wait(4 * HOUR);
    assert_eq!(world.store().fold_days(linden(), world.now()).await.unwrap(), 1);
    give(5).await;
    world.store().fold_days(linden(), world.now()).await.unwrap();
    assert_eq!(figures(&world).await, []);
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let day = world.dynamodb().client().get_item().table_name(table_names().counters);
    let day = day.key("pk", text(&format!("T#{}", linden()))).key("sk", text("DAY#2026-11-21")).send().await.unwrap();
    let count = |figure: &str| day.item().unwrap()[figure].as_n().unwrap().as_str();
    assert_eq!((count("rated_2"), count("rated_5")), ("0", "1"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_opinions_sent_at_once_one_stands_and_one_conversation_is_counted() {
    let world = World::new().await;
    let id = begin(&world).await.conversation();
    let sent = (0..10).map(|n| {
        let opinion = json!({ "rating": 1 + n % 5, "comment": "" });
        feedback::handle(&world.services, event(SITE, &opinion))
    });
    let answers = join_all(sent).await;
    assert!(answers.iter().all(|answer| answer.status() == 200), "{answers:?}");
    let kept = world.store().find_feedback(linden(), id).await.unwrap().unwrap();
    let stars = kept.opinion.rating.stars();
    assert_eq!(figures(&world).await, [(format!("dg16rated_{stars}"), "1".to_owned())], "{kept:?}");
    assert!((5..=10).contains(&kept.version), "{kept:?}");
}
