//! Checkout Sessions: one at a time, and none once the customer has done their part.

use std::time::Duration;

use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::app::payment::open_checkout;
use shared::domain::booking::{BANK_DECIDES, Booking, SHORTEST_HOLD, Status};
use sim::stripe::{Order, Outage};

use super::world::World;

/// Claims that `booking` can be paid now, as the payment worker finds out.
async fn is_payable(world: &World, booking: &Booking) -> bool {
    open_checkout(world.services().payment(), world.tenant(), booking.id).await.unwrap()
}

/// Every session that Stripe ever opened, by the words it says when each ends.
fn sessions_ended(world: &World) -> usize {
    world.desk.stripe().expire_due();
    let ended = |event: &&Value| event["type"] == "checkout.session.expired";
    world.desk.stripe().events().iter().filter(ended).count()
}

#[tokio::test]
async fn while_a_bank_decides_no_second_checkout_is_opened() {
    let world = World::open().await;
    let booking = world.check_out(0).await;
    world.press(&booking, "pay-later").await;
    world.desk.settle().await;
    world.desk.clock.advance(Duration::try_from(SHORTEST_HOLD + SignedDuration::from_hours(1)).unwrap());
    assert!(!is_payable(&world, &booking).await);
    assert_eq!(world.find(&booking).await.checkout, booking.checkout, "no other session was opened");
    world.press(&booking, "settle").await;
    assert_eq!(world.mails(&booking).await, ["Confirmed", "New booking"]);
}

#[tokio::test]
async fn a_payment_whose_webhook_is_late_confirms_when_the_customer_asks_again() {
    let world = World::open().await;
    let booking = world.check_out(0).await;
    world.desk.stripe().hold();
    world.press_pay(&booking).await;
    assert!(!is_payable(&world, &booking).await);
    assert_eq!(world.find(&booking).await.status, Status::Confirmed);
    assert_eq!(world.mails(&booking).await, ["Confirmed", "New booking"]);
    let after = world.find(&booking).await;
    world.desk.stripe().release(Order::AsSent);
    assert_eq!(world.mails(&booking).await, ["Confirmed", "New booking"], "the webhook is no news");
    assert_eq!(world.find(&booking).await.paid_at, after.paid_at);
}

#[tokio::test]
async fn a_bank_that_decides_is_heard_of_before_its_webhook_and_keeps_the_slot() {
    let world = World::open().await;
    let booking = world.check_out(0).await;
    world.desk.stripe().hold();
    world.press(&booking, "pay-later").await;
    assert!(!is_payable(&world, &booking).await);
    let waiting = world.find(&booking).await;
    assert_eq!((waiting.status, waiting.hold_until), (Status::PendingPayment, Some(world.now() + BANK_DECIDES)));
    world.press(&booking, "fail").await;
    world.desk.stripe().release(Order::Reversed);
    world.desk.settle().await;
    assert_eq!(world.find(&booking).await.status, Status::Expired);
}

#[tokio::test]
async fn an_open_checkout_is_given_again_also_while_stripe_is_out_of_reach() {
    let world = World::open().await;
    let booking = world.check_out(0).await;
    for outage in [None, Some(Outage::Status(500)), Some(Outage::Status(401))] {
        world.desk.stripe().set_outage(outage);
        assert!(is_payable(&world, &booking).await, "{outage:?}");
        assert_eq!(world.find(&booking).await.checkout, booking.checkout);
    }
}

#[tokio::test]
async fn a_checkout_that_ended_early_is_followed_by_one_other() {
    let world = World::open().await;
    let booking = world.check_out(0).await;
    world.desk.stripe().hold();
    let ended = json!({ "type": "checkout.session.expired", "bookingId": booking.id.to_string() });
    world.desk.stripe().dispatch(ended).unwrap();
    let asked = join_all((0..12).map(|_| is_payable(&world, &booking))).await;
    assert_eq!(asked, [true; 12]);
    let next = world.find(&booking).await;
    assert_ne!(next.checkout, booking.checkout);
    world.desk.stripe().release(Order::AsSent);
    world.desk.settle().await;
    assert_eq!(world.find(&booking).await.status, Status::PendingPayment, "the end of the first is no news");
    world.press_pay(&next).await;
    assert_eq!(world.mails(&booking).await, ["Confirmed", "New booking"]);
    assert_eq!(sessions_ended(&world), 1, "there was no third");
}

#[tokio::test]
async fn without_stripes_word_no_checkout_follows_one_that_may_be_paid() {
    let world = World::open().await;
    let booking = world.check_out(0).await;
    world.desk.stripe().hold();
    world.press_pay(&booking).await;
    let mut outlasting = world.find(&booking).await.changed(world.now());
    outlasting.hold_until = Some(world.now() + SignedDuration::from_hours(12));
    world.write(Some(&world.find(&booking).await), &outlasting).await;
    world.desk.clock.advance(Duration::try_from(SHORTEST_HOLD).unwrap());
    for outage in [Outage::Status(500), Outage::Status(401), Outage::Status(403), Outage::Cut] {
        world.desk.stripe().set_outage(Some(outage));
        let asked = open_checkout(world.services().payment(), world.tenant(), booking.id).await;
        assert!(asked.is_err(), "{outage:?}");
        assert_eq!(world.find(&booking).await, outlasting);
    }
    world.desk.stripe().set_outage(None);
    assert!(!is_payable(&world, &booking).await);
    assert_eq!(world.find(&booking).await.status, Status::Confirmed);
}

#[tokio::test]
async fn many_who_ask_at_once_get_one_checkout() {
    let world = World::open().await;
    let held = world.hold(0, 0, world.portrait().resources[0]).await;
    let asked = join_all((0..24).map(|_| is_payable(&world, &held))).await;
    assert_eq!(asked, [true; 24]);
    world.desk.stripe().hold();
    world.desk.clock.advance(Duration::try_from(SHORTEST_HOLD).unwrap());
    assert_eq!(sessions_ended(&world), 1);
}
