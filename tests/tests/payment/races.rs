//! The owner acts while the customer pays, moves or lets the hold lapse: whoever comes first, money is with whom it
//! belongs to, the slot with one booking or none, and each mail went out once.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use shared::app::booking::{Error, GrantWish, OwnersMove, Waived, cancel, grant, move_as, reschedule};
use shared::app::payment::release_ended_holds;
use shared::domain::booking::{Booking, CalledOffBy, Status};
use shared::domain::slot::Slot;
use shared::domain::text::Line;
use tokio::join;

use super::world::World;

/// How often each race is run: who wins differs.
const ROUNDS: u16 = 12;

/// The most and the least that went back of a payment, as Stripe says itself.
async fn back(world: &World, booking: &Booking) -> i64 {
    let mut sum = 0;
    for intent in booking.facts.payments.keys() {
        sum += world.services().stripe.refunded_of(intent, None).await.unwrap();
    }
    sum
}

/// Says that each mail about `booking` went out once, and that all of them are among `expected`.
async fn each_once(world: &World, booking: &Booking, expected: &[&str]) {
    let mails = world.mails(booking).await;
    let mut once = mails.clone();
    once.dedup();
    assert_eq!(once, mails, "each once");
    assert!(mails.iter().all(|mail| expected.contains(&mail.as_str())), "{mails:?} of {expected:?}");
}

/// A slot with whom the booking has, on a Wednesday two weeks on, or so many hours later.
fn later(world: &World, booking: &Booking, hours: u16) -> Slot {
    let start: Timestamp = "2026-12-09T09:00:00Z".parse().unwrap();
    let start = start + SignedDuration::from_hours(hours.into());
    Slot::at(world.portrait(), booking.resource, start, &world.business.tenant.timezone).unwrap()
}

/// Presses Pay, also where the page has been closed meanwhile.
async fn try_to_pay(world: &World, booking: &Booking) {
    let url = &booking.checkout.as_ref().unwrap().url;
    drop(world.desk.press(&format!("{url}/pay")).await);
    world.desk.drain().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_who_cancels_while_the_customer_pays_keeps_nothing() {
    let world = World::open().await;
    for n in 0..ROUNDS {
        let booking = world.check_out(n).await;
        let owner = async {
            tokio::task::yield_now().await;
            cancel(world.services().booking(), world.tenant(), booking.id, CalledOffBy::Owner).await
        };
        let (canceled, ()) = join!(owner, try_to_pay(&world, &booking));
        canceled.unwrap();
        world.desk.settle().await;
        let after = world.find(&booking).await;
        let paid = after.facts.payments.values().flat_map(|payment| &payment.claims).next().is_some();
        assert_eq!(after.status, if paid { Status::Refunded } else { Status::Canceled });
        assert_eq!(back(&world, &after).await, if paid { booking.due.minor() } else { 0 });
        assert_eq!(after.refund_due, None);
        assert!(world.holders(&booking, booking.resource).await.is_empty());
        let all = [
            "Booking cancelled",
            "Cancelled",
            "Confirmed",
            "New booking",
            "Booking refunded",
            "Please pay to keep your booking",
            "Refunded",
        ];
        each_once(&world, &after, &all).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_who_cancels_while_the_customer_moves_wins_in_the_end() {
    let world = World::open().await;
    for n in 0..ROUNDS {
        let booking = world.paid(n).await;
        let slot = later(&world, &booking, 0);
        let deps = world.services().booking();
        let (moved, canceled) = join!(
            reschedule(deps, world.tenant(), booking.id, &slot, CalledOffBy::Customer),
            cancel(deps, world.tenant(), booking.id, CalledOffBy::Owner),
        );
        canceled.unwrap();
        assert!(matches!(moved, Ok(_) | Err(Error::Closed | Error::SlotTaken { .. })), "{moved:?}");
        world.desk.settle().await;
        let after = world.find(&booking).await;
        assert_eq!((after.status, after.fee.is_free(), after.refund_due), (Status::Refunded, true, None));
        assert_eq!(back(&world, &after).await, booking.due.minor());
        assert!(world.holders(&booking, booking.resource).await.is_empty(), "the old time");
        assert!(world.holders(&after, after.resource).await.is_empty(), "the new time");
        let all = [
            "Booking cancelled",
            "Booking moved",
            "Cancelled",
            "Confirmed",
            "New booking",
            "New time",
            "Booking refunded",
            "Refunded",
        ];
        each_once(&world, &after, &all).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_who_cancels_while_the_hold_lapses_ends_it_once() {
    let world = World::open().await;
    for n in 0..ROUNDS {
        let booking = world.check_out(n).await;
        world.desk.clock.advance(Duration::from_secs(32 * 60));
        let lapsing = async { release_ended_holds(world.services().payment(), world.now()).await };
        let (released, canceled) =
            join!(lapsing, cancel(world.services().booking(), world.tenant(), booking.id, CalledOffBy::Owner),);
        assert!(released.unwrap().failed.is_empty());
        world.desk.settle().await;
        let after = world.find(&booking).await;
        match canceled {
            Ok(_) => assert_eq!(after.status, Status::Canceled),
            Err(Error::Closed) => assert_eq!(after.status, Status::Expired),
            Err(error) => panic!("{error:?}"),
        }
        assert!(world.holders(&booking, booking.resource).await.is_empty());
        each_once(&world, &after, &["Booking cancelled", "Cancelled"]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_who_moves_while_the_customer_pays_has_a_paid_booking_at_the_new_time() {
    let world = World::open().await;
    for n in 0..ROUNDS {
        let booking = world.check_out(n).await;
        let slot = later(&world, &booking, 2 * n);
        let owner = async {
            loop {
                let version = world.find(&booking).await.version;
                let waived = Waived { hours: true, ..Waived::NOTHING };
                let how = OwnersMove { version, with: None, waived };
                match move_as(world.services().booking(), world.tenant(), booking.id, &slot, how).await {
                    Err(Error::Outdated) => {}
                    told => return told,
                }
            }
        };
        let (moved, ()) = join!(owner, try_to_pay(&world, &booking));
        moved.unwrap();
        world.desk.settle().await;
        let after = world.find(&booking).await;
        assert_eq!((after.status, after.slot, after.refund_due), (Status::Confirmed, slot.interval, None));
        assert_eq!((after.paid(), back(&world, &after).await), (booking.due, 0));
        assert!(world.holders(&booking, booking.resource).await.is_empty());
        assert_eq!(world.holders(&after, after.resource).await.first(), Some(&booking.id));
        let all = ["Booking moved", "Confirmed", "New booking", "New time", "Please pay to keep your booking"];
        each_once(&world, &after, &all).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_who_gives_back_while_the_customer_cancels_gives_what_was_paid_less_what_is_kept() {
    let world = World::open().await;
    for n in 0..ROUNDS {
        let booking = world.paid(n).await;
        // Within the notice: half of the price is kept.
        world.desk.clock.advance(Duration::from_hours(47));
        let wish = GrantWish {
            version: booking.version,
            key: Line::new("sorry").unwrap(),
            amount: Some(booking.due.percent(25)),
        };
        let deps = world.services().booking();
        let (given, canceled) = join!(
            grant(deps, world.tenant(), booking.id, &wish),
            cancel(deps, world.tenant(), booking.id, CalledOffBy::Customer),
        );
        canceled.unwrap();
        assert!(matches!(given, Ok(_) | Err(Error::Outdated)), "{given:?}");
        world.desk.settle().await;
        let after = world.find(&booking).await;
        assert_eq!((after.status, after.refund_due), (Status::Canceled, None));
        assert_eq!(back(&world, &after).await + after.fee.minor(), booking.due.minor(), "to the cent");
        let all = ["Booking cancelled", "Cancelled", "Confirmed", "New booking", "Refund"];
        each_once(&world, &after, &all).await;
        // The next round begins where the bookings of this one are over.
        world.desk.wait(Duration::from_hours(48)).await;
    }
}

#[tokio::test]
async fn nobody_can_pay_for_what_was_called_off() {
    for by in [CalledOffBy::Owner, CalledOffBy::Customer] {
        let world = World::open().await;
        let booking = world.check_out(0).await;
        cancel(world.services().booking(), world.tenant(), booking.id, by).await.unwrap();
        world.desk.settle().await;
        let url = &booking.checkout.as_ref().unwrap().url;
        drop(world.desk.press(&format!("{url}/pay")).await);
        world.desk.settle().await;
        let after = world.find(&booking).await;
        assert_eq!((after.status, after.paid_at, after.facts.payments.len()), (Status::Canceled, None, 0));
    }
}

#[tokio::test]
async fn who_paid_was_never_told_of_and_calls_off_gets_it_back() {
    for by in [CalledOffBy::Owner, CalledOffBy::Customer] {
        let world = World::open().await;
        let booking = world.check_out(0).await;
        world.desk.stripe().hold();
        world.press_pay(&booking).await;
        cancel(world.services().booking(), world.tenant(), booking.id, by).await.unwrap();
        world.desk.settle().await;
        let after = world.find(&booking).await;
        assert_eq!((after.refund_due, back(&world, &after).await), (None, booking.due.minor()), "{by:?}");
    }
}
