//! The whole trip: ask, book, pay, confirmed; with what everybody is told on the way.

use serde_json::json;
use tests::Desk;

const ANN: &str = "ann@example.test";
const OWNER: &str = "owner@demo.test";

/// Id of a package of Atelier Linden.
async fn package(desk: &Desk, name: &str) -> String {
    let context = desk.store().find_context(local::demo::LINDEN.parse().unwrap()).await.unwrap().unwrap();
    context.packages.iter().find(|package| package.name.as_str() == name).unwrap().id.to_string()
}

#[tokio::test]
async fn a_visitor_books_and_pays_and_everybody_is_told_once() {
    let desk = Desk::open().await;
    let visitor = desk.visitor("pk_demo");
    let portrait = package(&desk, "Portrait session").await;
    let confirmed = visitor.book(&desk, &portrait, "2026-11-24", ANN).await;
    assert_eq!(confirmed["booking"]["status"], "PENDING_PAYMENT", "{confirmed:#}");
    assert_eq!(confirmed["booking"]["price"], json!({ "amount": 12000, "currency": "EUR" }));
    let checkout = confirmed["checkoutUrl"].as_str().unwrap();
    assert!(desk.open_link(checkout).await.ok().as_str().unwrap().contains("Portrait session"));
    assert_eq!(desk.pay(checkout).await.status, 303);

    let booking = format!("/v1/admin/bookings/{}", confirmed["booking"]["id"].as_str().unwrap());
    let shown = desk.login(OWNER).await.get(&booking).await.ok();
    assert_eq!(shown["status"], "CONFIRMED", "{shown:#}");
    assert_eq!(shown["paidAt"].as_str().map(|at| &at[..16]), Some("2026-11-23T09:00"), "{shown:#}");
    let code = confirmed["booking"]["confirmationCode"].as_str().unwrap();
    let mails = desk.mails(ANN).await;
    assert_eq!(mails.len(), 2, "{:?}", desk.subjects(ANN).await);
    assert!(mails.iter().all(|mail| mail["text"].as_str().unwrap().contains(code)));
    assert!(mails[1]["attachments"][0]["text"].as_str().unwrap().starts_with("BEGIN:VCALENDAR"));
    assert!(!desk.mails(OWNER).await.is_empty());
}

#[tokio::test]
async fn what_is_free_is_confirmed_at_once() {
    let desk = Desk::open().await;
    let headshot = package(&desk, "Headshot express").await;
    let confirmed = desk.visitor("pk_demo").book(&desk, &headshot, "2026-11-24", ANN).await;
    assert_eq!(confirmed["booking"]["status"], "CONFIRMED", "{confirmed:#}");
    assert!(confirmed.get("checkoutUrl").is_none());
    assert_eq!(desk.mails(ANN).await.len(), 1, "{:?}", desk.subjects(ANN).await);
}

#[tokio::test]
async fn confirming_again_gives_the_same_answer_and_one_effect() {
    let desk = Desk::open().await;
    let visitor = desk.visitor("pk_demo");
    let headshot = package(&desk, "Headshot express").await;
    let first = visitor.book(&desk, &headshot, "2026-11-24", ANN).await;
    let again = visitor.confirm(first["proposalId"].as_str().unwrap()).await.ok();
    assert_eq!(first, again);
    assert_eq!(desk.mails(ANN).await.len(), 1);
}

#[tokio::test]
async fn a_payment_event_that_comes_twice_changes_nothing() {
    let desk = Desk::open().await;
    let visitor = desk.visitor("pk_demo");
    let portrait = package(&desk, "Portrait session").await;
    let confirmed = visitor.book(&desk, &portrait, "2026-11-24", ANN).await;
    desk.pay(confirmed["checkoutUrl"].as_str().unwrap()).await;
    let before = desk.subjects(ANN).await;
    for event in desk.stripe().events() {
        desk.stripe().replay(event["id"].as_str().unwrap()).unwrap();
    }
    assert_eq!(desk.subjects(ANN).await, before);
}

#[tokio::test]
async fn a_mail_that_could_not_be_sent_is_sent_later_and_once() {
    let desk = Desk::open().await;
    desk.mailbox.fail_next(2);
    let headshot = package(&desk, "Headshot express").await;
    desk.visitor("pk_demo").book(&desk, &headshot, "2026-11-24", ANN).await;
    assert_ne!(desk.drain().await.waiting, 0);
    assert_eq!(desk.mails(ANN).await.len(), 1);
}
