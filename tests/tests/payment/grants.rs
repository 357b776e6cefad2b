//! What a business gives back of its own accord: once, never more than it has, whatever comes between.

use futures::future::join_all;
use shared::app::booking::{Error, GrantWish, cancel, grant};
use shared::app::payment::refund;
use shared::domain::booking::{Booking, CalledOffBy, NotGranted, Status};
use shared::domain::text::Line;

use super::world::{World, euros};

async fn give(world: &World, booking: &Booking, key: &str, minor: i64) -> Result<Booking, Error> {
    let version = world.find(booking).await.version;
    let wish = GrantWish { version, key: Line::new(key).unwrap(), amount: Some(euros(minor)) };
    grant(world.services().booking(), world.tenant(), booking.id, &wish).await
}

#[tokio::test]
async fn a_part_goes_back_its_customer_is_told_once_and_the_booking_stands() {
    let world = World::open().await;
    let booking = world.paid(0).await;
    give(&world, &booking, "a", 2_000).await.unwrap();
    world.desk.settle().await;
    world.desk.settle().await;
    let after = world.find(&booking).await;
    assert_eq!((after.status, after.refund_due, after.sequence), (Status::Confirmed, None, 0));
    assert_eq!((after.facts.refunded_minor(), after.grantable()), (2_000, euros(10_000)));
    assert_eq!(world.refunded(), [2_000]);
    assert_eq!(world.mails(&booking).await, ["Confirmed", "New booking", "Refund"]);
}

#[tokio::test]
async fn all_of_it_can_go_back_and_the_booking_stands_with_its_time() {
    let world = World::open().await;
    let booking = world.paid(0).await;
    give(&world, &booking, "a", 12_000).await.unwrap();
    world.desk.settle().await;
    let after = world.find(&booking).await;
    assert_eq!((after.status, after.facts.refunded_minor()), (Status::Confirmed, 12_000));
    assert_eq!(world.holders(&booking, booking.resource).await.first(), Some(&booking.id));
    assert_eq!(world.mails(&booking).await, ["Confirmed", "New booking", "Refund"]);
    // Whoever calls it off now has nothing left to keep or to give.
    let off = cancel(world.services().booking(), world.tenant(), booking.id, CalledOffBy::Customer).await.unwrap();
    assert_eq!((off.status, off.fee, off.refund_due), (Status::Canceled, euros(0), None));
}

#[tokio::test]
async fn what_goes_back_in_full_by_stripes_dashboard_ends_the_booking_all_the_same() {
    let world = World::open().await;
    let booking = world.paid(0).await;
    give(&world, &booking, "a", 2_000).await.unwrap();
    world.desk.settle().await;
    let intent = booking.facts.payments.keys().next().unwrap().clone();
    let rest = shared::clients::stripe::RefundRequest {
        payment_intent: &intent,
        amount: Some(euros(10_000)),
        key: "by hand",
        account: None,
    };
    world.services().stripe.refund(&rest).await.unwrap();
    world.desk.settle().await;
    assert_eq!(world.find(&booking).await.status, Status::Refunded);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_button_pressed_sixty_four_times_gives_once() {
    let world = World::open().await;
    let booking = world.paid(0).await;
    let wish = GrantWish { version: booking.version, key: Line::new("a").unwrap(), amount: Some(euros(1_000)) };
    let deps = world.services().booking();
    let pressed = join_all((0..64).map(|_| grant(deps, world.tenant(), booking.id, &wish))).await;
    assert!(pressed.iter().all(|told| matches!(told, Ok(after) if after.grants.len() == 1)), "{pressed:?}");
    world.desk.settle().await;
    assert_eq!(world.refunded(), [1_000]);
    assert_eq!(world.mails(&booking).await, ["Confirmed", "New booking", "Refund"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_grants_at_once_never_give_more_than_was_paid() {
    let world = World::open().await;
    let booking = world.paid(0).await;
    // Each takes the booking as it has become, as a script that loads and tries again does.
    let press = async |n: usize| {
        for _ in 0..64 {
            match give(&world, &booking, &format!("key {n}"), 1_500).await {
                Err(Error::Outdated) => {}
                told => return told,
            }
        }
        panic!("overtaken without end")
    };
    let pressed = join_all((0..12).map(press)).await;
    let refused = pressed.iter().filter(|told| matches!(told, Err(Error::NotGranted(NotGranted::Nothing)))).count();
    assert_eq!((pressed.iter().filter(|told| told.is_ok()).count(), refused), (8, 4), "{pressed:?}");
    world.desk.settle().await;
    assert_eq!(world.find(&booking).await.facts.refunded_minor(), 12_000);
}

/// Between a grant and Stripe's word that it is made lie the worker and the webhook. Whatever of it has happened
/// when the next grant, or the end, comes: what goes back is the sum, to the cent.
#[tokio::test]
async fn no_grant_is_lost_or_doubled_by_what_comes_between() {
    #[derive(Debug, Clone, Copy)]
    enum Step {
        Worker,
        Webhook,
    }
    let between: [&[Step]; 5] =
        [&[], &[Step::Worker], &[Step::Worker, Step::Webhook], &[Step::Webhook], &[Step::Worker, Step::Worker]];
    for (n, steps) in (0..).zip(between) {
        for ends in [false, true] {
            let world = World::open().await;
            let booking = world.paid(n).await;
            give(&world, &booking, "a", 3_000).await.unwrap();
            for step in steps {
                match step {
                    Step::Worker => drop(refund(world.services().payment(), world.tenant(), booking.id).await.unwrap()),
                    Step::Webhook => world.desk.settle().await,
                }
            }
            let sum = if ends {
                cancel(world.services().booking(), world.tenant(), booking.id, CalledOffBy::Owner).await.unwrap();
                12_000
            } else {
                give(&world, &booking, "b", 2_000).await.unwrap();
                5_000
            };
            refund(world.services().payment(), world.tenant(), booking.id).await.unwrap();
            world.desk.settle().await;
            let after = world.find(&booking).await;
            assert_eq!(world.refunded().last(), Some(&sum), "{steps:?} {ends}");
            assert_eq!((after.facts.refunded_minor(), after.refund_due), (sum, None), "{steps:?} {ends}");
        }
    }
}

#[tokio::test]
async fn the_kept_fee_of_a_canceled_booking_can_be_given_back_and_then_it_is_refunded() {
    let world = World::open().await;
    let booking = world.paid(0).await;
    world.desk.clock.advance(std::time::Duration::from_hours(47));
    cancel(world.services().booking(), world.tenant(), booking.id, CalledOffBy::Customer).await.unwrap();
    world.desk.settle().await;
    let after = give(&world, &booking, "a", 6_000).await.unwrap();
    assert_eq!((after.status, after.fee), (Status::Canceled, euros(0)));
    world.desk.settle().await;
    assert_eq!((world.find(&booking).await.status, world.refunded()), (Status::Refunded, vec![6_000, 12_000]));
    let mails = world.mails(&booking).await;
    assert_eq!(mails.iter().filter(|mail| *mail == "Refunded").count(), 1, "{mails:?}");
    assert!(!mails.contains(&"Refund".to_owned()), "of one refund there is one mail: {mails:?}");
}

#[tokio::test]
async fn who_missed_a_booking_and_gets_a_part_back_is_told_once() {
    let world = World::open().await;
    let booking = world.paid(0).await;
    let mut lenient = booking.changed(world.now());
    lenient.cancellation.no_show_percent = 25;
    world.write(Some(&booking), &lenient).await;
    world.desk.clock.advance(std::time::Duration::from_hours(48));
    let missed = shared::domain::booking::Attendance::Missed;
    for _ in 0..2 {
        shared::app::attendance::mark(world.services().booking(), world.tenant(), booking.id, missed).await.unwrap();
        world.desk.settle().await;
    }
    let mails = world.desk.mails(booking.customer.email.as_str()).await;
    let told: Vec<_> = mails.iter().filter(|mail| mail["subject"].as_str().unwrap().starts_with("Missed")).collect();
    assert_eq!(told.len(), 1);
    assert!(told[0]["text"].as_str().unwrap().contains("€30.00 is kept. €90.00 goes back to the card"), "{told:?}");
}
