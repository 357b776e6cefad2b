//! Sessions: the visitor's secret, what it opens, and when it ends.

use std::time::Duration;

use sim::claude::Answer;
use tests::{Desk, Visitor};

const MESSAGES: &str = "/v1/public/chat/messages";
const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 3_600);

#[tokio::test]
async fn a_session_begins_with_a_greeting_and_a_secret_of_its_own() {
    let desk = Desk::open().await;
    let (one, other) = (desk.guest().await, desk.guest().await);
    assert_ne!(one.session(), other.session());
    assert_ne!(one.conversation(), other.conversation());
    let session = one.session().unwrap();
    let (conversation, secret) = session.split_once('.').unwrap();
    assert_eq!(Some(conversation.to_owned()), one.conversation());
    assert!(43 <= secret.len(), "256 random bits: {secret}");
    assert_eq!(one.history().await, []);
}

#[tokio::test]
async fn a_message_without_a_session_begins_one() {
    let desk = Desk::open().await;
    desk.script([Answer::say("Hello!"), Answer::say("Still here.")]);
    let visitor = desk.visitor("pk_demo");
    assert_eq!(visitor.hear("Hi").await, "Hello!");
    let session = visitor.session().unwrap();
    assert_eq!(visitor.hear("Are you there?").await, "Still here.");
    assert_eq!(visitor.session(), Some(session));
}

#[tokio::test]
async fn a_visitor_is_given_what_came_after_the_last_message_they_have() {
    let desk = Desk::open().await;
    desk.script([Answer::say("One."), Answer::say("Two.")]);
    let visitor = desk.guest().await;
    let first = visitor.say("1").await.ok();
    visitor.say("2").await.ok();
    let rest = visitor.get(&format!("{MESSAGES}?after={}", first["messageId"].as_str().unwrap())).await.ok();
    let words: Vec<_> = rest["messages"].as_array().unwrap().iter().map(|message| message["content"].clone()).collect();
    assert_eq!(words, ["2", "Two."]);
}

#[tokio::test]
async fn a_session_ends_after_a_day_of_silence_and_not_before() {
    let desk = Desk::open().await;
    desk.script([]);
    let visitor = desk.guest().await;
    visitor.say("Hi").await.ok();
    desk.wait(DAY - SECOND).await;
    visitor.say("Hi again").await.ok();
    desk.wait(DAY - SECOND).await;
    visitor.get(MESSAGES).await.ok();
    desk.wait(SECOND).await;
    let calls = desk.asked();
    visitor.say("Hello?").await.refused(400, "session_invalid");
    visitor.get(MESSAGES).await.refused(400, "session_invalid");
    assert_eq!(desk.asked(), calls, "the model is not asked for a session that is over");
}

#[tokio::test]
async fn foreign_unknown_and_expired_sessions_look_the_same() {
    let desk = Desk::open().await;
    desk.script([]);
    let (ann, bob) = (desk.guest().await, desk.guest().await);
    let next_door = desk.guest_of("pk_demo2").await;
    let secret = |visitor: &Visitor| visitor.session().unwrap().split_once('.').unwrap().1.to_owned();
    let conversation = ann.conversation().unwrap();
    let swapped = format!("{conversation}.{}", secret(&bob));
    let invented = format!("01KAXG00000000000000000000.{}", secret(&ann));
    let sessions =
        [next_door.session().unwrap(), swapped, invented, conversation, "nonsense".to_owned(), String::new()];
    desk.wait(DAY).await;
    let (turn, history) = (ann.say("Hi").await, ann.get(MESSAGES).await);
    turn.clone().refused(400, "session_invalid");
    history.clone().refused(400, "session_invalid");
    for session in sessions {
        let stranger = desk.visitor("pk_demo").with_session(&session);
        assert_eq!(stranger.say("Hi").await.face(), turn.face(), "{session:?}");
        assert_eq!(stranger.get(MESSAGES).await.face(), history.face(), "{session:?}");
    }
    assert_eq!(desk.asked(), 0);
}

#[tokio::test]
async fn a_live_session_opens_nothing_at_another_business() {
    let desk = Desk::open().await;
    desk.script([]);
    let ann = desk.guest().await;
    let never = desk.visitor("pk_demo2").with_session("nonsense");
    let abroad = desk.visitor("pk_demo2").with_session(&ann.session().unwrap());
    assert_eq!(abroad.say("Hi").await.face(), never.say("Hi").await.face());
    assert_eq!(abroad.get(MESSAGES).await.face(), never.get(MESSAGES).await.face());
    assert_eq!(ann.hear("Hi").await, "The script is over: I have no further answers.");
}
