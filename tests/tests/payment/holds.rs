//! Holds that ended: slots that come back, and customers who paid in the last second.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use jiff::SignedDuration;
use shared::app::payment::{Error, HoldsReleased, open_checkout, release_ended_holds};
use shared::domain::booking::{BANK_ASKED_AGAIN, BANK_DECIDES, Booking, PERSON_DECIDES, SHORTEST_HOLD, Status};
use shared::domain::money::Money;
use shared::store::StoreError;
use shared::store::booking::Booked;
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
async fn who_paid_and_was_never_told_of_is_confirmed_when_the_hold_ends() {
    let world = World::open().await;
    let booking = world.check_out(0).await;
    world.desk.stripe().hold();
    world.press_pay(&booking).await;
    end_holds(&world);
    let released = release(&world).await;
    assert_eq!((released.released, released.paid), (0, 1));
    let paid = world.find(&booking).await;
    assert_eq!((paid.status, paid.hold_until, paid.paid_at), (Status::Confirmed, None, Some(world.now())));
    assert!(!is_free(&world, &booking).await);
    assert_eq!(world.mails(&booking).await, ["Confirmed", "New booking"]);
    assert_eq!(release(&world).await.paid, 0);
    // By now the first delivery's signature is too old; Stripe signs each try anew.
    let completed = |event: &&serde_json::Value| event["type"] == "checkout.session.completed";
    let events = world.desk.stripe().events();
    let event = events.iter().find(completed).unwrap()["id"].as_str().unwrap();
    world.desk.stripe().replay(event).unwrap();
    world.desk.stripe().release(Order::AsSent);
    assert_eq!(world.mails(&booking).await, ["Confirmed", "New booking"], "the webhook tells nobody anything new");
    assert_eq!(world.find(&booking).await.status, Status::Confirmed);
}

#[tokio::test]
async fn a_bank_that_nobody_told_of_is_waited_for_until_stripe_says_how_it_decided() {
    for (button, status) in [("settle", Status::Confirmed), ("fail", Status::Expired)] {
        let world = World::open().await;
        let booking = world.check_out(0).await;
        world.desk.stripe().hold();
        world.press(&booking, "pay-later").await;
        end_holds(&world);
        assert_eq!(release(&world).await.paid, 1);
        assert_eq!(world.find(&booking).await.hold_until, Some(world.now() + BANK_DECIDES));
        // From here on the desk's own hourly run may be quicker than this one.
        world.desk.clock.advance(Duration::try_from(BANK_DECIDES).unwrap());
        release(&world).await;
        let waiting = world.find(&booking).await;
        let again = (Status::PendingPayment, Some(world.now() + BANK_ASKED_AGAIN));
        assert_eq!((waiting.status, waiting.hold_until), again, "the bank takes its time");
        world.press(&booking, button).await;
        world.desk.clock.advance(Duration::try_from(BANK_ASKED_AGAIN).unwrap());
        release(&world).await;
        assert_eq!((world.find(&booking).await.status, is_free(&world, &booking).await), (status, button == "fail"));
    }
}

#[tokio::test]
async fn money_that_does_not_fit_is_found_out_about_and_put_before_a_person() {
    let world = World::open().await;
    let booking = world.check_out(0).await;
    world.desk.stripe().hold();
    world.press_pay(&booking).await;
    let mut dearer = world.find(&booking).await.changed(world.now());
    dearer.price = Money::new(booking.price.minor() + 1, booking.price.currency()).unwrap();
    dearer.due = dearer.price;
    assert_eq!(world.write(Some(&booking), &dearer).await, Booked::Done);
    end_holds(&world);
    assert_eq!(release(&world).await.paid, 1);
    let waiting = world.find(&booking).await;
    assert_eq!((waiting.status, waiting.hold_until), (Status::PendingPayment, Some(world.now() + PERSON_DECIDES)));
    assert_eq!(world.mails(&booking).await, ["Please check a payment"]);
}

#[tokio::test]
async fn nothing_is_released_without_stripes_word_and_the_next_run_does_it() {
    let world = World::open().await;
    let booking = world.check_out(0).await;
    end_holds(&world);
    for outage in [Outage::Status(500), Outage::Status(401), Outage::Status(403), Outage::Cut] {
        world.desk.stripe().set_outage(Some(outage));
        let released = release(&world).await;
        assert_eq!((released.released, released.failed.len()), (0, 1), "{outage:?}");
        assert_eq!(world.find(&booking).await, booking, "{outage:?}");
        assert!(!is_free(&world, &booking).await);
    }
    world.desk.stripe().set_outage(None);
    assert_eq!(release(&world).await.released, 1);
    assert!(is_free(&world, &booking).await);
}

#[tokio::test]
async fn bookings_that_cannot_be_read_stop_no_other_and_are_reported() {
    let world = World::open().await;
    let resource = world.portrait().resources[0];
    // More of them than one page of every shard holds, and all of them before the one that can be read.
    let spoilt: Vec<Booking> = stream::iter(0..260).then(|n| world.hold(n, n, resource)).collect().await;
    world.desk.clock.advance(Duration::from_secs(1));
    let whole = world.hold(300, 300, resource).await;
    for booking in &spoilt {
        world.spoil(booking, "status", "NEARLY").await;
    }
    end_holds(&world);
    for _ in 0..2 {
        let released = release(&world).await;
        assert_eq!(released.failed.len(), spoilt.len());
        assert!(released.failed.iter().all(|error| matches!(error, Error::Store(StoreError::Corrupt { .. }))));
        assert!(is_free(&world, &whole).await);
    }
    assert_eq!(world.find(&whole).await.status, Status::Expired);
    world.spoil(&spoilt[7], "status", "PENDING_PAYMENT").await;
    assert_eq!(release(&world).await.released, 1);
}

#[tokio::test]
async fn runs_that_overlap_release_each_hold_once() {
    let world = World::open().await;
    let resource = world.portrait().resources[0];
    for n in 0..40 {
        world.hold(n, n, resource).await;
    }
    end_holds(&world);
    let (one, two) = tokio::join!(release(&world), release(&world));
    assert_eq!(one.released + two.released, 40);
    assert_eq!((one.failed.len(), two.failed.len()), (0, 0));
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
