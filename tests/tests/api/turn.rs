//! One turn over JSON: sessions, bounds, repetition, and what it knows.

use std::time::Duration;

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use shared::domain::meter::TURN_LIFE;
use sim::claude::{Answer, Fault, FaultKind, Mode};
use tests::{Desk, Reply};

use super::shop::{HEADSHOT, WEDNESDAY};

#[tokio::test]
async fn a_message_is_answered_and_both_are_kept() {
    let desk = Desk::open().await;
    desk.script([Answer::say("We open at nine."), Answer::say("You are welcome.")]);
    let visitor = desk.guest().await;
    let told = visitor.say("When do you open?").await.ok();
    assert_eq!(told["reply"], "We open at nine.");
    assert_eq!(told["sessionId"].as_str(), visitor.session().as_deref());
    assert_eq!(told["conversationId"].as_str(), visitor.conversation().as_deref());
    assert_eq!(told["sources"], json!([]));
    assert!(told["quickReplies"].as_array().is_some_and(|replies| !replies.is_empty()));
    assert!(told.get("proposal").is_none() && told.get("handoff").is_none());
    assert_eq!(visitor.hear("Thanks").await, "You are welcome.");

    let said = visitor.history().await;
    let said: Vec<(&str, &str)> = said.iter().map(|(who, what)| (who.as_str(), what.as_str())).collect();
    assert_eq!(
        said,
        [
            ("visitor", "When do you open?"),
            ("assistant", "We open at nine."),
            ("visitor", "Thanks"),
            ("assistant", "You are welcome."),
        ]
    );
    let messages = visitor.messages().await;
    assert_eq!(messages["mode"], "assistant");
    assert_eq!(messages["messages"][1]["id"], told["messageId"]);
}

#[tokio::test]
async fn a_message_has_between_one_and_four_thousand_characters() {
    let desk = Desk::open().await;
    desk.script([]);
    let visitor = desk.guest().await;
    for text in ["", "   ", "\u{200b}\u{200d}\n", &"x".repeat(4_001)] {
        let problem = visitor.say(text).await.refused(400, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/message");
    }
    assert_eq!(desk.asked(), 0);
    for text in ["x", &"ä".repeat(4_000)] {
        visitor.say(text).await.ok();
    }
    visitor.say(&"x".repeat(1 << 20)).await.refused(413, "too_large");
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
        let problem = visitor.post("/v1/public/chat/message", body.clone()).await.refused(400, "invalid");
        assert_eq!(
            (&problem["errors"][0]["code"], &problem["errors"][0]["pointer"]),
            (&json!(code), &json!(pointer)),
            "{body}"
        );
    }
    let sent = |kind: &'static str, body: &'static str| {
        let request = visitor.request(Method::POST, "/v1/public/chat/message").header("content-type", kind);
        Reply::of(request.body(body))
    };
    sent("application/json", "{\"message\":").await.refused(400, "malformed");
    sent("text/plain", "message=Hi").await.refused(415, "unsupported_media_type");
    desk.visitor("pk_nobody").say("Hi").await.refused(401, "unauthorized");
    assert_eq!(desk.asked(), 0);
}

#[tokio::test]
async fn a_repeated_message_gets_the_same_answer_without_another_call() {
    let desk = Desk::open().await;
    let search = Answer::call("search_help", json!({ "query": "parking" }));
    desk.script([search, Answer::say("In the second courtyard.")]);
    let visitor = desk.guest().await;
    let first = visitor.say_as("m-1", "Where can I park?").await.ok();
    assert_eq!(first["sources"][0]["title"], "Where can I park?");
    assert_eq!(first["sources"][0]["id"].as_str().map(str::len), Some(26), "{first}");
    let calls = desk.asked();
    for _ in 0..3 {
        assert_eq!(visitor.say_as("m-1", "Where can I park?").await.ok(), first);
    }
    assert_eq!(desk.asked(), calls);
    assert_eq!(visitor.history().await.len(), 2);
}

#[tokio::test]
async fn a_repeated_proposal_is_the_same_proposal() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    let slot = visitor.slots(&desk, HEADSHOT, WEDNESDAY, 1).await[0].clone();
    let wish = json!({ "slotId": slot["slotId"], "customerName": "Ann Lee", "customerEmail": "ann@x.test" });
    desk.script([Answer::call("book_package", wish), Answer::say("Please confirm.")]);
    let first = visitor.say_as("m-1", "Book it").await.ok();
    let again = visitor.say_as("m-1", "Book it").await.ok();
    assert!(first["proposal"]["id"].is_string());
    assert_eq!(again, first);
}

#[tokio::test]
async fn a_repetition_gets_the_first_answer_long_after() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    desk.script((0..24).map(|turn| Answer::say(format!("Answer {turn}."))));
    let first = visitor.say_as("m-0", "This is message number 0.").await.ok();
    for turn in 1..24 {
        visitor.say_as(&format!("m-{turn}"), &format!("This is message number {turn}.")).await.ok();
        assert_eq!(visitor.say_as("m-0", "This is message number 0.").await.ok(), first, "after {turn} more");
    }
    assert_eq!(visitor.history().await.len(), 48);
}

#[tokio::test]
async fn a_turn_that_was_taken_for_dead_gets_the_answer_that_was_kept() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    for words in ["When are you free for a portrait session on Wednesday?", "the first one, please"] {
        visitor.say(words).await.ok();
    }
    let last = "Ann Lee, ann@x.test";
    // The first call hangs after a few words; the next one is answered.
    desk.claude().set_mode(Mode::Faulty(vec![Fault::once(FaultKind::Stalled)]));
    let asked = desk.asked();
    let again = async {
        while desk.asked() == asked {
            tokio::task::yield_now().await;
        }
        desk.wait(TURN_LIFE.unsigned_abs() + Duration::from_secs(1)).await;
        let told = visitor.say_as("m-1", last).await.ok();
        desk.claude().clear();
        told
    };
    let (slow, quick) = tokio::join!(visitor.say_as("m-1", last), again);
    assert!(quick["proposal"]["id"].is_string(), "{quick}");
    assert_eq!(slow.ok(), quick);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_copies_of_a_message_at_once_get_one_answer() {
    let desk = Desk::open().await;
    desk.script([Answer::say("Only once."), Answer::say("Twice!")]);
    let visitor = desk.guest().await;
    let copies = join_all((0..8).map(|_| visitor.say_as("m-1", "Hi"))).await;
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
    assert_eq!(ann.say_as("m-1", "Hi").await.ok()["reply"], "To Ann.");
    assert_eq!(bob.say_as("m-1", "Hi").await.ok()["reply"], "To Bob.");
}

#[tokio::test]
async fn what_was_said_long_ago_is_summarised_and_never_lost() {
    let desk = Desk::open().await;
    desk.script([]);
    let visitor = desk.guest().await;
    visitor.say("My name is Ottilie Brandt.").await.ok();
    for turn in 0..30 {
        visitor.say(&format!("This is message number {turn}.")).await.ok();
    }
    let request = desk.claude().requests().pop().unwrap();
    assert!(request.to_string().contains("Ottilie Brandt"), "{request}");
    assert!(request["messages"].as_array().unwrap().len() < 30, "{request}");
}

#[tokio::test]
async fn what_the_owner_changes_is_known_in_the_very_next_turn() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    assert!(!visitor.hear("What can I book?").await.contains("Passport picture"));
    let owner = desk.owner().await;
    owner.change(&format!("/v1/admin/packages/{HEADSHOT}"), &json!({ "name": "Passport picture" })).await;
    assert!(visitor.hear("What can I book?").await.contains("Passport picture"));
    let policies = json!({ "policies": { "notes": "The bell is broken, please knock." } });
    owner.change("/v1/admin/tenant", &policies).await;
    visitor.say("Hello").await.ok();
    let told = desk.claude().requests().pop().unwrap().to_string();
    assert!(told.contains("The bell is broken"), "{told}");
}
