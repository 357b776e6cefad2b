//! Metrics: each business event is counted where it becomes true, and what comes again is not counted again.

use std::time::Duration;

use serde_json::json;
use shared::ports::metric::Metric;
use sim::claude::{Fault, FaultKind, Mode};
use sim::stripe::Command;
use tests::{Desk, Visitor};

use super::link::in_mail;
use super::shop::{PORTRAIT, WEDNESDAY};

const ANN: &str = "ann@example.test";

/// Every counter that is not at zero.
fn counted(desk: &Desk) -> Vec<(&'static str, u64)> {
    let is_measure =
        |metric: &Metric| matches!(metric, Metric::TurnLatency | Metric::TurnFirstByte | Metric::SpendMicroUsd);
    let counters = Metric::ALL.into_iter().filter(|metric| !is_measure(metric));
    counters.map(|metric| (metric.name(), desk.tally.sum(metric))).filter(|(_, count)| *count != 0).collect()
}

/// A visitor's portrait that waits for its payment: its id, and where to pay.
async fn book(desk: &Desk, visitor: &Visitor) -> (String, String) {
    let booked = visitor.book(desk, PORTRAIT, WEDNESDAY, ANN).await;
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    desk.settle().await;
    (text(&booked["booking"]["id"]), text(&booked["checkoutUrl"]))
}

#[tokio::test]
async fn a_turn_is_measured_once_however_often_it_is_sent() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    for _ in 0..3 {
        visitor.say_as("m-1", "What can I book?").await.ok();
        drop(visitor.stream_as("m-1", "What can I book?", None).await.all().await);
    }
    drop(visitor.stream("When are you open?").await.all().await);
    let (latency, first) = (desk.tally.values(Metric::TurnLatency), desk.tally.values(Metric::TurnFirstByte));
    assert_eq!((latency.len(), first.len()), (2, 2));
    assert!(first.iter().zip(&latency).all(|(first, whole)| first <= whole), "{first:?} {latency:?}");
    let spent = desk.tally.values(Metric::SpendMicroUsd);
    assert!(spent.len() == 2 && spent.iter().all(|cost| 0 < *cost), "{spent:?}");
    assert_eq!(counted(&desk), []);
}

#[tokio::test]
async fn a_turn_without_an_answer_of_the_model_has_failed() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    desk.claude().set_mode(Mode::Faulty(vec![Fault::once(FaultKind::RateLimitedNoRetryAfter).forever()]));
    visitor.say_as("m-1", "Hello?").await.ok();
    visitor.say_as("m-1", "Hello?").await.ok();
    assert_eq!(counted(&desk), [("TurnFailed", 1)]);
    assert_eq!(desk.tally.values(Metric::TurnLatency).len(), 1);
}

#[tokio::test]
async fn a_limit_is_counted_for_every_message_that_meets_it() {
    let desk = Desk::open().await;
    desk.set_limits(true);
    let visitor = desk.guest().await;
    let mut refused = 0;
    for _ in 0..40 {
        refused += u64::from(visitor.say("Hello").await.status == 429);
    }
    assert!(0 < refused);
    assert_eq!(counted(&desk), [("LimitHit", refused)]);
}

#[tokio::test]
async fn a_booking_is_counted_at_each_step_and_a_repetition_at_none() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    let (id, checkout) = book(&desk, &visitor).await;
    let mails = desk.mailbox.to(None).len() as u64;
    assert_eq!(counted(&desk), [("BookingReceived", 1), ("MailSent", mails)]);

    desk.pay(&checkout).await;
    for event in desk.stripe().events() {
        desk.stripe().replay(event["id"].as_str().unwrap()).unwrap();
    }
    let mail = desk.mails(ANN).await.pop().unwrap();
    for _ in 0..2 {
        drop(desk.press(&in_mail(&mail, "cancel")).await);
    }
    desk.settle().await;
    let mails = desk.mailbox.to(None).len() as u64;
    let expected = [("BookingReceived", 1), ("BookingConfirmed", 1), ("BookingCancelled", 1), ("MailSent", mails)];
    assert_eq!(counted(&desk), expected, "{id}");
}

#[tokio::test]
async fn a_hold_that_nobody_paid_is_counted_as_released_once() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    book(&desk, &visitor).await;
    for _ in 0..3 {
        desk.wait(Duration::from_secs(3_600)).await;
    }
    desk.settle().await;
    assert_eq!(desk.tally.sum(Metric::HoldReleased), 1);
    assert_eq!(desk.tally.sum(Metric::BookingConfirmed), 0);
}

#[tokio::test]
async fn what_a_bank_refuses_and_what_does_not_fit_are_counted_once() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    let (id, _) = book(&desk, &visitor).await;
    let command = |kind: &str| Command { kind: kind.to_owned(), booking_id: Some(id.clone()), ..Command::default() };
    let refused = desk.stripe().emit(&command("checkout.session.async_payment_failed")).unwrap();
    desk.settle().await;
    desk.stripe().replay(&refused.event_id).unwrap();
    desk.settle().await;
    assert_eq!(desk.tally.sum(Metric::PaymentRefused), 1);

    let (id, _) = book(&desk, &visitor).await;
    let command = Command {
        kind: "checkout.session.completed".to_owned(),
        booking_id: Some(id),
        amount: Some(1),
        ..Command::default()
    };
    let flagged = desk.stripe().emit(&command).unwrap();
    desk.settle().await;
    desk.stripe().replay(&flagged.event_id).unwrap();
    desk.settle().await;
    assert_eq!(desk.tally.sum(Metric::PaymentFlagged), 1);
}

#[tokio::test]
async fn a_mail_is_counted_for_each_try_that_fails_and_once_when_it_goes_out() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    desk.mailbox.fail_next(2);
    let asked = visitor.post("/v1/public/chat/escalate", json!({ "reason": "Help" })).await;
    assert!(asked.status.is_success(), "{asked:?}");
    for _ in 0..3 {
        desk.drain().await;
    }
    assert_eq!(counted(&desk), [("MailSent", 1), ("MailFailed", 2), ("HandOverRequested", 1)]);
}

#[tokio::test]
async fn a_conversation_is_counted_with_its_stars_once_however_often_its_visitor_rates_it() {
    let desk = Desk::open().await;
    let (ann, bob) = (desk.guest().await, desk.guest().await);
    for (visitor, stars) in [(&ann, 2), (&ann, 2), (&ann, 5), (&bob, 4)] {
        visitor.post("/v1/public/chat/feedback", json!({ "rating": stars })).await.ok();
    }
    ann.post("/v1/public/chat/feedback", json!({ "rating": 6 })).await.refused(400, "invalid");
    assert_eq!(desk.tally.values(Metric::FeedbackStars), [2, 4]);
}
