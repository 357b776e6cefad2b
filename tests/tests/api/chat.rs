//! Chatting: a turn as JSON and as a stream.

use serde_json::json;
use sim::claude::Answer;
use tests::Desk;

#[tokio::test]
async fn a_visitor_asks_and_is_answered_from_the_business_itself() {
    let desk = Desk::open().await;
    let visitor = desk.visitor("pk_demo");
    let answer = visitor.say("What do you offer?").await.ok();
    let reply = answer["reply"].as_str().unwrap();
    for package in ["Portrait session", "Family afternoon", "Headshot express", "Wedding day"] {
        assert!(reply.contains(package), "{reply}");
    }
    assert_eq!(answer["conversationId"].as_str(), visitor.conversation().as_deref());
}

#[tokio::test]
async fn two_businesses_know_only_their_own() {
    let desk = Desk::open().await;
    let reply = desk.visitor("pk_demo2").say("What do you offer?").await.ok();
    let reply = reply["reply"].as_str().unwrap();
    assert!(reply.contains("Group colour class") && !reply.contains("Portrait"), "{reply}");
    let session = desk.visitor("pk_demo").begin().await.ok();
    let stranger = desk.visitor("pk_demo2").with_session(session["sessionId"].as_str().unwrap());
    stranger.say("Hello").await.refused(400, "session_invalid");
}

#[tokio::test]
async fn a_streamed_answer_is_the_answer_that_is_kept() {
    let desk = Desk::open().await;
    let visitor = desk.visitor("pk_demo");
    desk.script([Answer::say("Good morning! How can I help?")]);
    let frames = visitor.stream("Hello").await;
    assert_eq!(frames.header("content-type"), Some("text/event-stream; charset=utf-8"));
    let frames = frames.all().await;
    assert_eq!(frames.first().map(|frame| frame.event.as_str()), Some("session"));
    assert_eq!(frames.last().map(|frame| frame.event.as_str()), Some("done"));
    assert!(frames.windows(2).all(|two| two[0].id < two[1].id), "{frames:?}");
    let text: String = frames.iter().filter_map(|frame| frame.data["content"].as_str()).collect();
    assert_eq!(text, "Good morning! How can I help?");
    let kept = visitor.messages().await;
    assert!(kept["messages"].as_array().unwrap().iter().any(|message| message["content"] == json!(text)), "{kept:#}");
}

#[tokio::test]
async fn a_free_time_becomes_a_proposal_that_names_it() {
    let desk = Desk::open().await;
    let visitor = desk.visitor("pk_demo");
    let context = desk.store().find_context(local::demo::LINDEN.parse().unwrap()).await.unwrap().unwrap();
    let package = context.packages.iter().find(|package| package.name.as_str() == "Portrait session").unwrap();
    let slots = visitor.slots(&desk, &package.id.to_string(), "2026-11-24", 2).await;
    let slot = slots.first().unwrap();
    let proposal = visitor.propose(&desk, slot["slotId"].as_str().unwrap(), "ann@example.test").await;
    assert_eq!(proposal["operation"], "create_customer_booking", "{proposal}");
    assert_eq!(proposal["trustTier"], "T3");
}

#[tokio::test]
async fn a_visitor_who_leaves_in_mid_answer_finds_all_of_it_on_return() {
    let desk = Desk::open().await;
    let visitor = desk.visitor("pk_demo");
    let slow = Answer { delay_ms: 5, ..Answer::say("One two three four five six seven eight nine ten eleven twelve.") };
    visitor.begin().await.ok();
    desk.script([slow]);
    let mut frames = visitor.stream_as("m-1", "Count", None).await;
    let mut seen = String::new();
    let mut last = None;
    while seen.is_empty() {
        let frame = frames.next().await.unwrap();
        seen.push_str(frame.data["content"].as_str().unwrap_or_default());
        last = frame.id;
    }
    drop(frames);
    let rest = visitor.stream_as("m-1", "Count", last).await.text().await;
    assert_eq!(seen + &rest, "One two three four five six seven eight nine ten eleven twelve.");
    assert_eq!(desk.claude().requests().len(), 1);
}
