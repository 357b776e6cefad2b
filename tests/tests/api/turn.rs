//! One turn over JSON: sessions, bounds, repetition, limits, and what it costs in calls.

use futures::future::join_all;
use serde_json::json;
use tests::Desk;
use tests::assistant::{call, offline, say, script};

#[tokio::test]
async fn a_session_begins_with_a_greeting_and_a_secret_of_its_own() {
    let desk = Desk::open().await;
    let (one, other) = (desk.guest().await, desk.guest().await);
    assert_ne!(one.session, other.session);
    assert_ne!(one.conversation, other.conversation);
    let (conversation, secret) = one.session.split_once('.').unwrap();
    assert_eq!(conversation, one.conversation);
    assert!(43 <= secret.len(), "256 random bits: {secret}");
    assert_eq!(one.history().await, []);
}

#[tokio::test]
async fn a_message_is_answered_and_both_are_kept() {
    let desk = Desk::open().await;
    desk.script([Answer::say("We open at nine."), Answer::say("You are welcome.")]);
    let visitor = desk.guest().await;
    let told = visitor.say("When do you open?").await;
    assert_eq!(told["reply"], "We open at nine.");
    assert_eq!(told["sessionId"], visitor.session);
    assert_eq!(told["conversationId"], visitor.conversation);
    assert_eq!(told["sources"], json!([]));
    assert!(told["quickReplies"].as_array().is_some_and(|replies| !replies.is_empty()));
    assert!(told.get("proposal").is_none() && told.get("handoff").is_none());
    assert_eq!(visitor.hear("Thanks").await, "You are welcome.");

    let said = visitor.history().await;
    let said: Vec<(&str, &str)> = said.iter().map(|(who, what)| (who.as_str(), what.as_str())).collect();
    assert_eq!(said, [
        ("visitor", "When do you open?"),
        ("assistant", "We open at nine."),
        ("visitor", "Thanks"),
        ("assistant", "You are welcome."),
    ]);
    let messages = visitor.try_history().await.json();
    assert_eq!(messages["mode"], "assistant");
    assert_eq!(messages["messages"][1]["id"], told["messageId"]);
}

#[tokio::test]
async fn a_message_without_a_session_begins_one() {
    let desk = Desk::open().await;
    desk.script([Answer::say("Hello!"), Answer::say("Still here.")]);
    let stranger = desk.guest().await;
    let request = stranger.request(reqwest::Method::POST, "/v1/public/chat/message");
    let told = desk.send(request.json(&json!({ "message": "Hi" }))).await.ok();
    let session = told["sessionId"].as_str().unwrap();
    assert_ne!(session, stranger.session);
    assert_eq!(stranger.with_session(session).hear("Are you there?").await, "Still here.");
}

#[tokio::test]
async fn a_visitor_is_given_what_came_after_the_last_message_they_have() {
    let desk = Desk::open().await;
    desk.script([Answer::say("One."), Answer::say("Two.")]);
    let visitor = desk.guest().await;
    let first = visitor.say("1").await;
    visitor.say("2").await;
    let path = format!("/v1/public/chat/messages?after={}", first["messageId"].as_str().unwrap());
    let request = visitor.request(reqwest::Method::GET, &path).header("x-session-id", &visitor.session);
    let rest = desk.send(request).await.ok();
    let words: Vec<_> = rest["messages"].as_array().unwrap().iter().map(|message| message["content"].clone()).collect();
    assert_eq!(words, ["2", "Two."]);
}

#[tokio::test]
async fn a_session_ends_after_a_day_of_silence_and_not_before() {
    let desk = Desk::open().await;
    desk.script([]);
    let visitor = desk.guest().await;
    visitor.say("Hi").await;
    desk.advance(24 * 3_600 - 1).await;
    visitor.say("Hi again").await;
    desk.advance(24 * 3_600 - 1).await;
    let _ = visitor.try_history().await.good();
    desk.advance(1).await;
    let calls = desk.asked();
    visitor.try_say("Hello?").await.problem(400, "session_invalid");
    visitor.try_history().await.problem(400, "session_invalid");
    assert_eq!(desk.asked(), calls, "the model is not asked for a session that is over");
}

#[tokio::test]
async fn foreign_unknown_and_expired_sessions_look_the_same() {
    let desk = Desk::open().await;
    desk.script([]);
    let (ann, bob) = (desk.guest().await, desk.guest().await);
    let next_door = desk.guest_of("pk_demo2").await;
    let swapped = format!("{}.{}", ann.conversation, bob.session.split_once('.').unwrap().1);
    let invented = format!("01KAXG00000000000000000000.{}", ann.session.split_once('.').unwrap().1);
    let strangers = [
        ann.with_session(&next_door.session),
        ann.at("pk_demo2"),
        ann.with_session(&swapped),
        ann.with_session(&invented),
        ann.with_session(&ann.conversation),
        ann.with_session("nonsense"),
        ann.with_session(""),
    ];
    desk.advance(24 * 3_600).await;
    let (turn, history) = (ann.try_say("Hi").await, ann.try_history().await);
    turn.problem(400, "session_invalid");
    history.problem(400, "session_invalid");
    desk.advance(0).await;
    for stranger in strangers {
        assert_eq!(stranger.try_say("Hi").await.face(), turn.face(), "{stranger:?}");
        assert_eq!(stranger.try_history().await.face(), history.face(), "{stranger:?}");
    }
    assert_eq!(desk.asked(), 0);
}

#[tokio::test]
async fn a_live_session_opens_nothing_at_another_business() {
    let desk = Desk::open().await;
    desk.script([]);
    let ann = desk.guest().await;
    let never = ann.with_session("nonsense");
    let abroad = ann.at("pk_demo2");
    assert_eq!(abroad.try_say("Hi").await.face(), never.at("pk_demo2").try_say("Hi").await.face());
    assert_eq!(abroad.try_history().await.face(), never.at("pk_demo2").try_history().await.face());
    assert_eq!(ann.hear("Hi").await, "The script is over: I have no further answers.");
}

#[tokio::test]
async fn a_message_has_between_one_and_four_thousand_characters() {
    let desk = Desk::open().await;
    desk.script([]);
    let visitor = desk.guest().await;
    for text in ["", "   ", "\u{200b}\u{200d}\n", &"x".repeat(4_001)] {
        let problem = visitor.try_say(text).await.problem(400, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/message");
    }
    assert_eq!(desk.asked(), 0);
    for text in ["x", &"ä".repeat(4_000)] {
        let _ = visitor.try_say(text).await.good();
    }
    let large = visitor.try_say(&"x".repeat(1 << 20)).await;
    large.problem(413, "too_large");
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_by_name() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    for (body, code, pointer) in [
        (json!({}), "missing_field", "/message"),
        (json!({ "message": 7 }), "invalid_type", "/message"),
        (json!({ "message": "Hi", "tenantId": "01KAFR0NTDESK000000000DEM2" }), "unknown_field", "/tenantId"),
        (json!({ "message": "Hi", "clientMessageId": "" }), "out_of_range", "/clientMessageId"),
        (json!({ "message": "Hi", "clientMessageId": "x".repeat(101) }), "out_of_range", "/clientMessageId"),
        (json!({ "message": "Hi", "source": "fax" }), "invalid_value", "/source"),
    ] {
        let problem = visitor.post("/v1/public/chat/message", body.clone()).await.problem(400, "invalid");
        assert_eq!((&problem["errors"][0]["code"], &problem["errors"][0]["pointer"]), (&json!(code), &json!(pointer)), "{body}");
    }
    let broken = visitor.request(reqwest::Method::POST, "/v1/public/chat/message").header("content-type", "application/json");
    desk.send(broken.body("{\"message\":")).await.problem(400, "malformed");
    let text = visitor.request(reqwest::Method::POST, "/v1/public/chat/message").body("message=Hi");
    desk.send(text).await.problem(415, "unsupported_media_type");
    visitor.at("pk_nobody").try_say("Hi").await.problem(401, "unauthorized");
    assert_eq!(desk.asked(), 0);
}

#[tokio::test]
async fn a_repeated_message_gets_the_same_answer_without_another_call() {
    let desk = Desk::open().await;
    let search = Answer::call("search_help", json!({ "query": "parking" }));
    desk.script([search, Answer::say("In the second courtyard.")]);
    let visitor = desk.guest().await;
    let first = visitor.try_say_as("Where can I park?", "m-1").await.good();
    assert_eq!(first.json()["sources"], json!(["Where can I park?"]));
    let calls = desk.asked();
    for _ in 0..3 {
        let again = visitor.try_say_as("Where can I park?", "m-1").await.good();
        assert_eq!(again.json(), first.json());
    }
    assert_eq!(desk.asked(), calls);
    assert_eq!(visitor.history().await.len(), 2);
}

#[tokio::test]
async fn a_repeated_proposal_is_the_same_proposal() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    let slot = visitor.slots(super::shop::HEADSHOT, super::shop::wednesday(), 1).await[0].clone();
    let wish = json!({ "slotId": slot.id, "customerName": "Ann Lee", "customerEmail": "ann@x.test" });
    desk.script([Answer::call("book_package", wish), Answer::say("Please confirm.")]);
    let first = visitor.try_say_as("Book it", "m-1").await.ok();
    let again = visitor.try_say_as("Book it", "m-1").await.ok();
    assert!(first["proposal"]["id"].is_string());
    assert_eq!(again, first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_copies_of_a_message_at_once_get_one_answer() {
    let desk = Desk::open().await;
    desk.script([Answer::say("Only once."), Answer::say("Twice!")]);
    let visitor = desk.guest().await;
    let copies = join_all((0..8).map(|_| visitor.try_say_as("Hi", "m-1"))).await;
    let first = copies[0].clone().ok();
    assert_eq!(first["reply"], "Only once.");
    for copy in copies {
        assert_eq!(copy.ok(), first);
    }
    assert_eq!(desk.asked(), 1);
    assert_eq!(visitor.history().await.len(), 2);
}

#[tokio::test]
async fn the_same_client_id_in_two_conversations_is_two_messages() {
    let desk = Desk::open().await;
    desk.script([Answer::say("To Ann."), Answer::say("To Bob.")]);
    let (ann, bob) = (desk.guest().await, desk.guest().await);
    assert_eq!(ann.try_say_as("Hi", "m-1").await.ok()["reply"], "To Ann.");
    assert_eq!(bob.try_say_as("Hi", "m-1").await.ok()["reply"], "To Bob.");
}

/// Calls of one more turn in a conversation of `turns` turns, with a warm function.
async fn calls_of_a_turn(desk: &Desk, turns: usize) -> serde_json::Value {
    let visitor = desk.guest().await;
    for turn in 0..turns {
        if turn % 400 == 399 {
            desk.advance(3_600).await;
        }
        visitor.say(&format!("This is message number {turn}.")).await;
    }
    assert_eq!(visitor.history().await.len(), 2 * turns);
    // A turn in the last five minutes keeps the business context warm, as in a busy function.
    desk.count_from_here().await;
    visitor.say("And one more.").await;
    desk.counted().await
}

#[tokio::test]
async fn a_turn_needs_three_calls_whatever_was_said_before() {
    let desk = Desk::open().await;
    desk.script([]);
    let young = calls_of_a_turn(&desk, 1).await;
    let old = calls_of_a_turn(&desk, 250).await;
    for counted in [&young, &old] {
        assert_eq!(counted["calls"], 3, "{counted}");
        // One read beside one write before the model, one transaction after it.
        assert_eq!(counted["byOperation"], json!({ "Query": 1, "UpdateItem": 1, "TransactWriteItems": 1 }), "{counted}");
    }
    let units = |counted: &serde_json::Value, kind: &str| counted[kind].as_f64().unwrap();
    for counted in [&young, &old] {
        assert!(units(counted, "writeUnits") <= 8.0, "{counted}");
        assert!(units(counted, "readUnits") <= 2.0, "{counted}");
    }
}

#[tokio::test]
async fn what_was_said_long_ago_is_summarised_and_never_lost() {
    let desk = Desk::open().await;
    desk.script([]);
    let visitor = desk.guest().await;
    visitor.say("My name is Ottilie Brandt.").await;
    for turn in 0..30 {
        visitor.say(&format!("This is message number {turn}.")).await;
    }
    let request = desk.model_calls().await.last().unwrap().clone();
    assert!(request.to_string().contains("Ottilie Brandt"), "{request}");
    assert!(request["messages"].as_array().unwrap().len() < 30, "{request}");
}

#[tokio::test]
async fn the_twenty_first_message_in_a_minute_waits() {
    let desk = Desk::limited().await;
    desk.script([]);
    let visitor = desk.guest().await;
    for _ in 0..20 {
        visitor.say("Hi").await;
    }
    let calls = desk.asked();
    let refused = visitor.try_say("Hi").await;
    let problem = refused.problem(429, "rate_limited");
    assert_eq!(problem["detail"], "This business has reached its chat limit. Please try again later.");
    assert_eq!(refused.header("retry-after"), Some("60"));
    assert_eq!(refused.header("ratelimit-limit"), Some("20"));
    assert_eq!(refused.header("ratelimit-remaining"), Some("0"));
    assert_eq!(refused.header("ratelimit-reset"), Some("60"));
    // Another session of the same address, and the stream, stand before the same wall.
    desk.guest().await.try_say("Hi").await.problem(429, "rate_limited");
    assert_eq!(desk.asked(), calls, "the model is not asked");
    desk.advance(60).await;
    visitor.say("Hi").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_number_of_messages_at_once_passes_the_limit() {
    let desk = Desk::limited().await;
    desk.script([]);
    let visitors = join_all((0..30).map(|_| desk.visitor())).await;
    let replies = join_all(visitors.iter().map(|visitor| visitor.try_say("Hi"))).await;
    let count = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((count(200), count(429)), (20, 10));
    assert_eq!(desk.asked(), 20);
}

#[tokio::test]
async fn a_business_over_its_hourly_limit_answers_again_the_next_hour() {
    let desk = Desk::open().await;
    desk.script([]);
    let owner = desk.owner().await;
    let _ = owner.change("/v1/admin/tenant", &json!({ "limits": { "messagesPerHour": 2 } })).await.good();
    let (ann, bob) = (desk.guest().await, desk.guest().await);
    ann.say("Hi").await;
    bob.say("Hi").await;
    ann.try_say("Hi").await.problem(429, "rate_limited");
    assert_eq!(desk.guest_of("pk_demo2").await.hear("Hi").await, "The script is over: I have no further answers.");
    desk.advance(3_600).await;
    ann.say("Hi").await;
}

#[tokio::test]
async fn over_the_spend_limit_people_take_over() {
    let desk = Desk::open().await;
    desk.script([]);
    let owner = desk.owner().await;
    let _ = owner.change("/v1/admin/tenant", &json!({ "limits": { "spendPerMonthMicroUsd": 0 } })).await.good();
    let visitor = desk.guest().await;
    let told = visitor.say("Can I book?").await;
    assert!(!told["reply"].as_str().unwrap().is_empty());
    assert!(told["handoff"]["message"].is_string(), "{told}");
    assert_eq!(desk.asked(), 0);
    let conversation = owner.conversation(&visitor.conversation).await;
    assert_eq!((&conversation["status"], &conversation["escalated"]), (&json!("open"), &json!(true)));
}

#[tokio::test]
async fn what_the_owner_changes_is_known_in_the_very_next_turn() {
    let desk = Desk::open().await;
    desk.assistant(offline()).await;
    let visitor = desk.guest().await;
    assert!(!visitor.hear("What can I book?").await.contains("Passport picture"));
    let owner = desk.owner().await;
    let path = format!("/v1/admin/packages/{}", super::shop::HEADSHOT);
    let _ = owner.change(&path, &json!({ "name": "Passport picture" })).await.good();
    assert!(visitor.hear("What can I book?").await.contains("Passport picture"));
    let policies = json!({ "policies": { "notes": "The bell is broken, please knock." } });
    let _ = owner.change("/v1/admin/tenant", &policies).await.good();
    visitor.say("Hello").await;
    let told = desk.model_calls().await.last().unwrap().to_string();
    assert!(told.contains("The bell is broken"), "{told}");
}
