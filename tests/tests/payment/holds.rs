//! Holds that ended: slots that come back, and customers who paid in the last second.

use std::time::Duration;

use jiff::SignedDuration;
use shared::app::payment::{HoldsReleased, open_checkout, release_ended_holds};
use shared::domain::booking::{Booking, SHORTEST_HOLD, Status};
use sim::stripe::{Order, Outage};

use super::world::World;

/// Lets the holds of this suite end, to the second, while Stripe's own word of it is still on its way.
fn end_holds(world: &World) {
    world.desk.stripe().hold();
    world.desk.clock.advance(Duration::try_from(SHORTEST_HOLD).unwrap());
}

async fn release(world: &World) -> HoldsReleased {
    release_ended_holds(world.services().payment(), world.now()).await.unwrap()
}

async fn is_free(world: &World, booking: &Booking) -> bool {
    world.holders(booking, booking.resource).await.is_empty()
}

fn status_of(world: &World, booking: &Booking) -> String {
    let session = world.desk.stripe().find_session(&booking.id.to_string()).unwrap();
    session["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_unpaid_hold_is_released_when_it_ends_and_not_a_second_before() {
    let world = World::open().await;
    let booking = world.check_out(0).await;
    world.desk.stripe().hold();
    world.desk.clock.advance(Duration::try_from(SHORTEST_HOLD - SignedDuration::from_secs(1)).unwrap());
    assert_eq!(release(&world).await.released, 0);
    assert_eq!(world.find(&booking).await.status, Status::PendingPayment);
    world.desk.clock.advance(Duration::from_secs(1));
    assert_eq!(release(&world).await.released, 1);
    let after = world.find(&booking).await;
    assert_eq!((after.status, after.hold_until), (Status::Expired, None));
    assert!(is_free(&world, &booking).await);
    assert_eq!(status_of(&world, &booking), "expired");
    assert_eq!(release(&world).await.released, 0);
    world.desk.stripe().release(Order::AsSent);
    assert!(world.mails(&booking).await.is_empty(), "nobody is told");
    assert_eq!(world.find(&booking).await, after, "Stripe's own word is no news");
}

#[tokio::test]
async fn who_paid_in_the_last_second_keeps_the_slot_until_the_webhook_tells() {
    let world = World::open().await;
    let booking = world.check_out(0).await;
    world.desk.stripe().hold();
    world.press_pay(&booking).await;
    end_holds(&world);
    let released = release(&world).await;
    assert_eq!((released.released, released.paid), (0, 1));
    let waiting = world.find(&booking).await;
    assert_eq!(waiting.status, Status::PendingPayment);
    assert!(!is_free(&world, &booking).await);
    assert_eq!(release(&world).await.paid, 0, "it is looked at again an hour later");
    // By now the first delivery's signature is too old; Stripe signs each try anew.
    let completed = |event: &&serde_json::Value| event["type"] == "checkout.session.completed";
    let events = world.desk.stripe().events();
    let event = events.iter().find(completed).unwrap()["id"].as_str().unwrap();
    world.desk.stripe().replay(event).unwrap();
    world.desk.stripe().release(Order::AsSent);
    world.desk.settle().await;
    assert_eq!(world.find(&booking).await.status, Status::Confirmed);
}

#[tokio::test]
async fn nothing_is_released_without_stripes_word_and_the_next_run_does_it() {
    let world = World::open().await;
    let booking = world.check_out(0).await;
    end_holds(&world);
    world.desk.stripe().set_outage(Some(Outage::Status(500)));
    let released = release(&world).await;
    assert_eq!((released.released, released.failed.len()), (0, 1));
    assert!(!is_free(&world, &booking).await);
    world.desk.stripe().set_outage(None);
    assert_eq!(release(&world).await.released, 1);
    assert!(is_free(&world, &booking).await);
}

#[tokio::test]
async fn more_holds_than_one_page_of_a_shard_are_released_in_one_run() {
    let world = World::open().await;
    let resource = world.portrait().resources[0];
    for n in 0..260 {
        world.hold(n, n, resource).await;
    }
    end_holds(&world);
    let released = release(&world).await;
    assert_eq!((released.released, released.paid, released.failed.len()), (260, 0, 0));
    assert_eq!(release(&world).await.released, 0);
}

#[tokio::test]
async fn a_checkout_that_is_still_needed_is_opened_once() {
    let world = World::open().await;
    let held = world.hold(0, 0, world.portrait().resources[0]).await;
    let open = async || open_checkout(world.services().payment(), world.tenant(), held.id).await;
    world.desk.stripe().fail_next(1, Outage::LostAnswer);
    assert!(open().await.unwrap_err().is_passing());
    assert!(open().await.unwrap());
    let opened = world.find(&held).await.checkout.unwrap();
    assert!(open().await.unwrap());
    assert_eq!(world.find(&held).await.checkout, Some(opened));
    world.hear(&held, "c").await;
    assert!(!open().await.unwrap(), "what is paid needs no checkout");
}
