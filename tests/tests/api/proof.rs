//! Proof of an address by a mailed code: who may try how often, and what nobody learns by trying.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use tests::{Desk, Reply, Visitor};

const ANN: &str = "ann.lee@example.test";

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
