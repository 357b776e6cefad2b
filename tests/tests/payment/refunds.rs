//! Money that has to go back, over the simulated Stripe.

use serde_json::Value;
use shared::app::payment::{Error, GivenBack, refund};
use shared::clients::stripe::StripeError;
use shared::domain::booking::{Booking, CalledOffBy, Status};
use sim::stripe::Outage;

use super::world::World;

/// A booking that was paid on Stripe's page, and then called off by the business.
async fn paid_and_called_off(world: &World, n: u16) -> Booking {
    let paid = world.paid(n).await;
    assert_eq!(paid.status, Status::Confirmed);
    let off = paid.called_off(CalledOffBy::Owner, world.now(), world.now());
    world.write(Some(&paid), &off).await;
    off
}

fn refunds(world: &World) -> Vec<Value> {
    world.desk.stripe().events().into_iter().filter(|event| event["type"] == "charge.refunded").collect()
}

#[tokio::test]
async fn what_is_due_goes_back_once_and_the_booking_ends_refunded() {
    let world = World::open().await;
    let booking = paid_and_called_off(&world, 0).await;
    let give = async || refund(world.services().payment(), world.tenant(), booking.id).await.unwrap();
    assert_eq!(give().await, GivenBack::Now(booking.price));
    assert_eq!(give().await, GivenBack::NothingDue);
    world.desk.settle().await;
    assert_eq!(refunds(&world).len(), 1);
    let after = world.find(&booking).await;
    assert_eq!((after.status, after.refund_due), (Status::Refunded, None));
}

#[tokio::test]
async fn a_refund_whose_answer_got_lost_is_not_made_twice() {
    let world = World::open().await;
    let booking = paid_and_called_off(&world, 0).await;
    // Stripe is asked what went back already; then comes the refund itself.
    world.desk.stripe().let_pass(1);
    world.desk.stripe().fail_next(1, Outage::LostAnswer);
    let failed = refund(world.services().payment(), world.tenant(), booking.id).await.unwrap_err();
    assert!(failed.is_passing(), "{failed:?}");
    refund(world.services().payment(), world.tenant(), booking.id).await.unwrap();
    world.desk.settle().await;
    assert_eq!(refunds(&world).len(), 1);
    let after = world.find(&booking).await;
    assert_eq!((after.status, after.refund_due), (Status::Refunded, None));
}

#[tokio::test]
async fn stripe_out_of_reach_leaves_the_refund_due() {
    let world = World::open().await;
    let booking = paid_and_called_off(&world, 0).await;
    world.desk.stripe().fail_next(1, Outage::Status(503));
    let failed = refund(world.services().payment(), world.tenant(), booking.id).await.unwrap_err();
    assert!(failed.is_passing() && matches!(failed, Error::Stripe(StripeError::Unavailable(_))), "{failed:?}");
    assert_eq!(world.find(&booking).await.refund_due, Some(booking.price));
    refund(world.services().payment(), world.tenant(), booking.id).await.unwrap();
    world.desk.settle().await;
    assert_eq!(world.find(&booking).await.status, Status::Refunded);
}
