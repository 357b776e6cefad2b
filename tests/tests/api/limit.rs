//! Limits: messages per address and per business, and the month's spend.

use std::time::Duration;

use futures::future::join_all;
use local::Options;
use serde_json::json;
use tests::{Desk, OPENING};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_number_of_messages_at_once_passes_the_limit() {
    let desk = limited().await;
    desk.script([]);
    let visitors = join_all((0..30).map(|_| desk.guest())).await;
    let replies = join_all(visitors.iter().map(|visitor| visitor.say("Hi"))).await;
    let count = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((count(200), count(429)), (20, 10));
    assert_eq!(desk.asked(), 20);
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
