//! A person is asked for: by the tool, the button, the assistant's own words, its failures, the spend limit.

use serde_json::{Value, json};
use sim::claude::{Answer, Fault, FaultKind, Mode};
use tests::{Desk, Visitor};

/// Sends a visitor away, as a model does that forgets its tool.
const REFERRAL: &str = "I can't see invoices from here. Please email us at hello@linden.example.";

async fn requests(desk: &Desk, visitor: &Visitor) -> Vec<Value> {
    desk.owner().await.thread(visitor).await["escalations"].as_array().unwrap().clone()
}

async fn sources(desk: &Desk, visitor: &Visitor) -> Vec<String> {
    requests(desk, visitor).await.iter().map(|one| one["source"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_visitor_who_is_sent_away_is_heard_by_the_team_once() {
    let desk = Desk::open().await;
    desk.script([Answer::say("We open at nine."), Answer::say(REFERRAL), Answer::say(REFERRAL)]);
    let visitor = desk.guest().await;
    assert_eq!(visitor.say("When do you open?").await.ok().get("handoff"), None);
    let told = visitor.say("Can I see my invoice?").await.ok();
    assert!(told["handoff"]["message"].is_string(), "the visitor is told that somebody knows: {told}");
    visitor.say("But I need it").await.ok();
    let asked = requests(&desk, &visitor).await;
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!((&asked[0]["source"], &asked[0]["status"]), (&json!("words"), &json!("PENDING")));
    assert_eq!(desk.owner().await.thread(&visitor).await["status"], "open");
}

#[tokio::test]
async fn two_apologies_in_a_row_call_a_person_and_one_does_not() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    let broken = || desk.claude().set_mode(Mode::Faulty(vec![Fault::once(FaultKind::Refusal).forever()]));
    broken();
    visitor.say("One").await.ok();
    desk.script([Answer::say("Back again.")]);
    visitor.say("Two").await.ok();
    broken();
    visitor.say("Three").await.ok();
    assert_eq!(sources(&desk, &visitor).await, Vec::<String>::new());
    let told = visitor.say("Four").await.ok();
    assert!(told["handoff"]["message"].is_string(), "{told}");
    visitor.say("Five").await.ok();
    assert_eq!(sources(&desk, &visitor).await, ["failure"]);
}

#[tokio::test]
async fn a_tool_that_fails_for_the_third_time_within_two_turns_calls_a_person() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    let wrong = || Answer::call("check_availability", json!({ "packageId": 12 }));
    desk.script([wrong(), Answer::say("One moment."), wrong(), Answer::say("Still at it.")]);
    visitor.say("When are you free?").await.ok();
    visitor.say("And now?").await.ok();
    assert_eq!(sources(&desk, &visitor).await, Vec::<String>::new(), "two failures are mended");
    desk.script([wrong(), wrong(), Answer::say("I can't look it up.")]);
    visitor.say("And now?").await.ok();
    let asked = requests(&desk, &visitor).await;
    assert_eq!((asked.len(), &asked[0]["source"]), (1, &json!("failure")));
    assert!(asked[0]["reason"].as_str().unwrap().contains("check_availability"), "{asked:?}");
}

#[tokio::test]
async fn over_the_spend_limit_a_person_is_called_once_until_that_is_resolved() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    owner.change("/v1/admin/tenant", &json!({ "limits": { "spendPerMonthMicroUsd": 0 } })).await;
    let visitor = desk.guest().await;
    for _ in 0..3 {
        assert!(visitor.say("Can I book?").await.ok()["handoff"]["message"].is_string());
    }
    assert_eq!(sources(&desk, &visitor).await, ["spend"]);
    let path = format!("/v1/admin/conversations/{}", visitor.conversation().unwrap());
    owner.change(&path, &json!({ "status": "closed" })).await;
    assert!(visitor.say("Hello?").await.ok()["handoff"]["message"].is_string());
    let asked = requests(&desk, &visitor).await;
    let told: Vec<_> = asked.iter().map(|one| (one["source"].as_str(), one["status"].as_str())).collect();
    assert_eq!(told, [(Some("spend"), Some("RESOLVED")), (Some("spend"), Some("PENDING"))]);
}

#[tokio::test]
async fn the_tool_asks_three_times_an_hour_and_the_button_says_when_enough_is_open() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    for _ in 0..4 {
        let call = Answer::call("request_human_help", json!({ "reason": "They are upset" }));
        desk.script([call, Answer::say("Somebody will write to you.")]);
        visitor.say("A person, please").await.ok();
    }
    assert_eq!(sources(&desk, &visitor).await, ["tool"; 3]);
    let press = async || visitor.post("/v1/public/chat/escalate", json!({ "reason": "Me again" })).await;
    for _ in 0..3 {
        assert_eq!(press().await.status, 201);
    }
    desk.wait(std::time::Duration::from_secs(3_601)).await;
    let refused = press().await;
    assert!(refused.header("retry-after").is_some(), "{refused:?}");
    let problem = refused.refused(429, "rate_limited");
    assert!(problem["detail"].as_str().unwrap().contains("already with the team"), "{problem}");
    assert_eq!(requests(&desk, &visitor).await.len(), 6);
}

#[tokio::test]
async fn a_turn_that_asks_for_nobody_reads_and_writes_no_more_beside_an_open_request() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    desk.script((0..4).map(|_| Answer::say("We open at nine.")));
    let count = async || {
        desk.post("/dev/counters/reset", &json!({})).await;
        visitor.say("When do you open?").await.ok();
        desk.get("/dev/counters").await.ok()
    };
    count().await;
    let before = count().await;
    visitor.post("/v1/public/chat/escalate", json!({})).await.ok();
    desk.drain().await;
    let after = count().await;
    assert_eq!(before["byOperation"], json!({ "Query": 1, "UpdateItem": 1, "TransactWriteItems": 1 }));
    assert_eq!(after["byOperation"], before["byOperation"], "{after}");
    let units = |counted: &Value| counted["writeUnits"].as_f64().unwrap();
    assert!(units(&after) <= units(&before) + 1.0, "{before} {after}");
}

#[tokio::test]
async fn whoever_takes_over_reads_what_was_said_in_the_mail_and_in_the_console() {
    let desk = Desk::open().await;
    desk.queues.iter().for_each(|(_, queue)| queue.repeat(2));
    let visitor = desk.guest().await;
    let package = || Answer::call("list_packages", json!({}));
    desk.script([package(), Answer::say("We have two.")]);
    visitor.say("Which sessions do you have?").await.ok();
    visitor.post("/v1/public/chat/escalate", json!({ "reason": "I'd rather talk" })).await.ok();
    desk.drain().await;
    desk.wait(std::time::Duration::from_secs(5)).await;
    let thread = desk.owner().await.thread(&visitor).await;
    let handover = &thread["handover"];
    assert_eq!((&handover["madeBy"], &handover["asked"]), (&json!("model"), &json!("Which sessions do you have?")));
    assert!(handover["tried"].as_str().unwrap().contains("list_packages"), "{handover}");
    let turns: i64 =
        thread["turns"].as_array().unwrap().iter().map(|turn| turn["cost"]["microUsd"].as_i64().unwrap()).sum();
    let cost = handover["cost"]["microUsd"].as_i64().unwrap();
    assert!(0 < cost && thread["costMicroUsd"] == turns + cost, "{thread}");
    let mails = desk.mails("owner@demo.test").await;
    assert_eq!((mails.len(), desk.asked_to_hand_over()), (1, 1), "{mails:?}");
    let text = mails[0]["text"].as_str().unwrap();
    assert!(text.contains("Which sessions do you have?") && text.contains("I'd rather talk"), "{text}");
}
