//! The worker: a batch in which each message ends on its own.

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use serde_json::{Value, json};
use shared::domain::booking::{Booking, Status};
use shared::domain::event::{Event, Happening};
use shared::domain::id::EventId;
use shared::ports::event::to_json;

use super::world::{World, session};

fn message(id: &str, body: String) -> SqsMessage {
    let mut message = SqsMessage::default();
    message.message_id = Some(id.to_owned());
    message.body = Some(body);
    message
}

/// The failed messages of a batch of `messages`.
async fn failed(world: &World, messages: Vec<SqsMessage>) -> Vec<String> {
    let mut batch = SqsEvent::default();
    batch.records = messages;
    let answer = payment_worker::handle(world.services(), batch).await;
    answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
}

/// Stripe's event of a payment that is there, as the webhook queued it.
fn completed(world: &World, booking: &Booking) -> String {
    json!({ "kind": "stripe", "id": format!("evt_{}", booking.id), "object": "event", "type": "checkout.session.completed",
        "created": world.now().as_second(), "livemode": false,
        "data": { "object": { "id": session(booking), "object": "checkout.session", "payment_status": "paid",
            "amount_total": booking.price.minor(), "currency": "eur", "payment_intent": format!("pi_{}", booking.id),
            "metadata": { "tenantId": world.tenant().to_string(), "bookingId": booking.id.to_string(), "source": "customer_chatbot" } } } })
    .to_string()
}

fn envelope(world: &World, what: Happening) -> String {
    let id = EventId::new(world.services().ids.ulid(world.now()));
    let event = Event { id, tenant: world.tenant(), at: world.now(), what };
    json!({ "source": "frontdesk", "detail-type": what.name(), "detail": to_json(&event) }).to_string()
}

#[tokio::test]
async fn one_poison_in_ten_fails_alone() {
    let world = World::open().await;
    let (mut messages, mut bookings) = (Vec::new(), Vec::new());
    for n in 0..9 {
        let booking = world.book(n).await;
        messages.push(message(&format!("m{n}"), completed(&world, &booking)));
        bookings.push(booking);
    }
    messages.insert(4, message("poison", "this is not JSON".to_owned()));
    assert_eq!(failed(&world, messages).await, ["poison"]);
    for booking in &bookings {
        assert_eq!(world.find(booking).await.status, Status::Confirmed);
    }
}

#[tokio::test]
async fn one_event_ten_times_in_one_batch_is_one_payment() {
    let world = World::open().await;
    let booking = world.book(0).await;
    let messages = (0..10).map(|n| message(&format!("m{n}"), completed(&world, &booking))).collect();
    assert_eq!(failed(&world, messages).await, Vec::<String>::new());
    assert_eq!(world.mails(&booking).await, ["Confirmed", "New booking"]);
}

#[tokio::test]
async fn what_can_never_be_done_fails_so_that_a_person_sees_it() {
    let world = World::open().await;
    let booking = world.book(0).await;
    let mut unreadable: Value = serde_json::from_str(&completed(&world, &booking)).unwrap();
    unreadable["data"]["object"]["amount_total"] = json!("a lot");
    let bodies = [
        unreadable.to_string(),
        "{}".to_owned(),
        String::new(),
        envelope(&world, Happening::BookingConfirmed(booking.id)),
        envelope(&world, Happening::RefundDue(booking.id)).replace("frontdesk", "somebody"),
    ];
    let messages = bodies.into_iter().enumerate().map(|(n, body)| message(&n.to_string(), body)).collect();
    assert_eq!(failed(&world, messages).await, ["0", "1", "2", "3", "4"]);
    assert_eq!(world.find(&booking).await, booking);
}

#[tokio::test]
async fn what_concerns_no_booking_is_done_without_effect() {
    let world = World::open().await;
    let booking = world.book(0).await;
    let gone = completed(&world, &booking).replace(&booking.id.to_string(), "01KAJ5C3P7R9T1W3Y5A7C9E1G3");
    let bodies = [
        json!({ "kind": "stripe", "id": "evt_1", "type": "invoice.paid", "created": 1, "data": { "object": {} } })
            .to_string(),
        gone.clone(),
        envelope(&world, Happening::RefundDue(booking.id)),
        envelope(&world, Happening::CheckoutNeeded(booking.id)),
    ];
    let messages = bodies.into_iter().enumerate().map(|(n, body)| message(&n.to_string(), body)).collect();
    assert_eq!(failed(&world, messages).await, Vec::<String>::new());
    assert_eq!(world.find(&booking).await, booking);
}

#[tokio::test]
async fn the_payloads_of_the_repository_are_taken() {
    let world = World::open().await;
    for (payload, poison) in [
        (include_str!("../../../events/payment-worker/batch-with-poison.json"), 1),
        (include_str!("../../../events/payment-worker/checkout-needed.json"), 0),
        (include_str!("../../../events/payment-worker/checkout-obsolete.json"), 0),
        (include_str!("../../../events/payment-worker/refund-due.json"), 0),
        (include_str!("../../../events/payment-worker/stripe-completed.json"), 0),
        (include_str!("../../../events/payment-worker/stripe-expired.json"), 0),
        (include_str!("../../../events/payment-worker/stripe-refunded.json"), 0),
    ] {
        let batch: SqsEvent = serde_json::from_str(payload).unwrap();
        let answer = payment_worker::handle(world.services(), batch).await;
        assert_eq!(answer.batch_item_failures.len(), poison, "{payload}");
    }
}

#[tokio::test]
async fn a_payment_on_the_page_is_confirmed_and_a_dispute_finds_its_booking() {
    let world = World::open().await;
    let booking = world.paid(0).await;
    assert_eq!(booking.status, Status::Confirmed);
    let dispute = json!({ "type": "charge.dispute.created", "bookingId": booking.id.to_string() });
    world.desk.stripe().dispatch(dispute).unwrap();
    assert_eq!(world.mails(&booking).await, ["Confirmed", "New booking", "Payment disputed"]);
}
