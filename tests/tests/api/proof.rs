//! Proof of an address by a mailed code: who may try how often, and what nobody learns by trying.

use std::time::Duration;

use futures::future::join_all;
use local::Options;
use serde_json::json;
use tests::{Desk, OPENING, Reply, Visitor};

use super::pair::{ANN, BOB};
use super::shop::{HEADSHOT, WEDNESDAY};

/// The digits of the newest mail to `email`.
async fn mailed(desk: &Desk, email: &str) -> String {
    let mail = desk.mails(email).await.pop().unwrap();
    let text = mail["text"].as_str().unwrap();
    text.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 6).unwrap().to_owned()
}

async fn ask(visitor: &Visitor, email: &str) -> Reply {
    visitor.post("/v1/public/chat/email/code", json!({ "email": email })).await
}

async fn try_code(visitor: &Visitor, code: &str) -> Reply {
    visitor.post("/v1/public/chat/email/verify", json!({ "code": code })).await
}

/// Digits that are not `code`: as many different ones as are asked for.
fn others(code: &str, count: usize) -> Vec<String> {
    (0..).map(|n| format!("{n:06}")).filter(|digits| digits != code).take(count).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_sixty_four_tries_at_once_five_count_and_no_other_learns_anything() {
    let desk = Desk::open().await;
    let mallory = desk.guest().await;
    ask(&mallory, ANN).await;
    let code = mailed(&desk, ANN).await;
    let wrong = others(&code, 64);
    let replies = join_all(wrong.iter().map(|digits| try_code(&mallory, digits))).await;
    let count = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((count(400), count(410)), (5, 59));
    try_code(&mallory, &code).await.refused(410, "expired");
}

#[tokio::test]
async fn in_no_hour_are_there_more_than_three_codes_to_one_address() {
    let desk = Desk::open().await;
    // At 09:50, and again at 10:05: the hour of the clock is another one, the hour between them is not over.
    desk.wait(Duration::from_secs(50 * 60)).await;
    for _ in 0..3 {
        assert_eq!(ask(&desk.guest().await, ANN).await.status, 202);
    }
    desk.wait(Duration::from_secs(15 * 60)).await;
    assert_eq!(ask(&desk.guest().await, ANN).await.status, 202, "told the same as ever");
    assert_eq!(desk.mails(ANN).await.len(), 3);
    desk.wait(Duration::from_secs(45 * 60)).await;
    assert_eq!(ask(&desk.guest().await, ANN).await.status, 202);
    assert_eq!(desk.mails(ANN).await.len(), 4, "an hour after the first");
}

#[tokio::test]
async fn a_mailbox_is_not_filled_through_addresses_behind_a_plus() {
    let desk = Desk::open().await;
    for n in 0..5 {
        assert_eq!(ask(&desk.guest().await, &format!("ann.lee+{n}@example.test")).await.status, 202);
    }
    let mails = join_all((0..5).map(async |n| desk.mails(&format!("ann.lee+{n}@example.test")).await.len())).await;
    assert_eq!(mails, [1, 1, 1, 0, 0]);
}

#[tokio::test]
async fn one_session_asks_for_few_codes_whatever_the_addresses() {
    let desk = Desk::open().await;
    let mallory = desk.guest().await;
    for n in 0..5 {
        assert_eq!(ask(&mallory, &format!("person{n}@example.test")).await.status, 202);
    }
    let refused = ask(&mallory, "person5@example.test").await;
    assert_eq!((refused.header("retry-after"), refused.header("ratelimit-limit")), (Some("3600"), Some("5")));
    refused.refused(429, "rate_limited");
    // By the assistant's own tool it is the same wall, and no way around it.
    let told = mallory.tool(&desk, "verify_email", json!({ "email": "person5@example.test" })).await;
    assert!(told.contains("tried too often"), "{told}");
    assert!(desk.mails("person5@example.test").await.is_empty());
    desk.wait(Duration::from_secs(3_600)).await;
    assert_eq!(ask(&mallory, "person5@example.test").await.status, 202);
}

#[tokio::test]
async fn one_network_address_asks_for_few_codes_whatever_the_sessions() {
    let desk = Desk::with(Options { frozen_at: Some(OPENING.parse().unwrap()), ..Options::default() }).await;
    for n in 0..20 {
        assert_eq!(ask(&desk.guest().await, &format!("person{n}@example.test")).await.status, 202);
    }
    // As many conversations begin in a minute.
    desk.wait(Duration::from_secs(60)).await;
    let late = desk.guest().await;
    ask(&late, "person20@example.test").await.refused(429, "rate_limited");
    let told = late.tool(&desk, "verify_email", json!({ "email": "person20@example.test" })).await;
    assert!(told.contains("tried too often"), "{told}");
    assert!(desk.mails("person20@example.test").await.is_empty());
}

#[tokio::test]
async fn a_new_code_takes_the_place_of_the_older_one() {
    let desk = Desk::open().await;
    let ann = desk.guest().await;
    ask(&ann, ANN).await;
    let older = mailed(&desk, ANN).await;
    ask(&ann, ANN).await;
    let newer = mailed(&desk, ANN).await;
    assert_ne!(older, newer);
    try_code(&ann, &older).await.refused(400, "invalid");
    try_code(&ann, &newer).await.ok();
}

#[tokio::test]
async fn a_code_proves_its_own_address_to_its_own_conversation_only() {
    let desk = Desk::open().await;
    let (ann, mallory) = (desk.guest().await, desk.guest().await);
    ask(&ann, ANN).await;
    let code = mailed(&desk, ANN).await;
    // Who never asked, who asked for another address, and a visitor of another business.
    try_code(&mallory, &code).await.refused(410, "expired");
    ask(&mallory, BOB).await;
    try_code(&mallory, &code).await.refused(400, "invalid");
    let elsewhere = desk.guest_of("pk_demo2").await;
    ask(&elsewhere, ANN).await;
    let other = mailed(&desk, ANN).await;
    try_code(&elsewhere, &code).await.refused(400, "invalid");
    try_code(&ann, &other).await.refused(400, "invalid");
    try_code(&ann, &code).await.ok();
}

#[tokio::test]
async fn a_proof_stays_until_another_address_is_proven_and_then_it_is_gone() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    desk.guest().await.book(&desk, HEADSHOT, WEDNESDAY, ANN).await;
    desk.guest().await.book(&desk, HEADSHOT, WEDNESDAY, BOB).await;
    let seen = async || visitor.tool(&desk, "get_my_bookings", json!({})).await;
    visitor.prove(&desk, ANN).await;
    let anns = seen().await;
    ask(&visitor, BOB).await;
    try_code(&visitor, &others(&mailed(&desk, BOB).await, 1)[0]).await.refused(400, "invalid");
    assert_eq!(seen().await, anns, "asking proves nothing and loses nothing");
    try_code(&visitor, &mailed(&desk, BOB).await).await.ok();
    let bobs = seen().await;
    assert!(bobs.contains("bookingId") && bobs != anns, "one address at a time: {bobs}");
}

#[tokio::test]
async fn a_proof_ends_with_its_session() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    visitor.prove(&desk, ANN).await;
    desk.wait(Duration::from_secs(24 * 3_600 - 1)).await;
    assert!(visitor.tool(&desk, "get_my_bookings", json!({})).await.contains("bookings"));
    desk.wait(Duration::from_secs(24 * 3_600)).await;
    visitor.say("My bookings, please").await.refused(400, "session_invalid");
    try_code(&visitor, "000000").await.refused(400, "session_invalid");
    let again = desk.guest().await;
    assert!(again.tool(&desk, "get_my_bookings", json!({})).await.contains("not proven"));
}
