//! Calling off and moving: slots, money and repetitions.

use std::time::Duration;

use shared::app::booking::{self, Error};
use shared::app::payment::close_checkout;
use shared::domain::booking::{CalledOffBy, Status};
use shared::domain::proposal::{Operation, ProposalStatus};

use crate::world::{FREE_HOUR, HOUR, Offered, TENANT, at, world};

/// In good time: more than a day ahead.
const WEDNESDAY: &str = "2026-11-25T09:00:00Z";
/// Within the last day.
const TODAY: &str = "2026-11-23T09:00:00Z";

#[tokio::test]
async fn what_goes_back_depends_on_who_calls_off_and_when() {
    for (start, by, back) in [
        (WEDNESDAY, CalledOffBy::Customer, 8_000),
        (TODAY, CalledOffBy::Customer, 4_000),
        (TODAY, CalledOffBy::Owner, 8_000),
    ] {
        let world = world(&[HOUR]).await;
        let booking = world.paid(&world.booked("ann@x.test", 1, 1, start).await.booking).await;
        let canceled = booking::cancel(world.services.booking(), TENANT, booking.id, by).await.unwrap();
        assert_eq!(canceled.refund_due.unwrap().minor(), back, "{start} {by:?}");
        assert_eq!(world.stored(booking.id).await, canceled);
        assert_eq!(world.events(), ["booking.received", "booking.cancelled", "refund.due"]);
    }
}

#[tokio::test]
async fn nothing_goes_back_of_what_was_never_paid_and_its_checkout_is_closed() {
    let world = world(&[HOUR]).await;
    let booking = world.booked("ann@x.test", 1, 1, WEDNESDAY).await.booking;
    let card = world.asked("ann@x.test", Operation::Cancel { booking: booking.id, back: None }).await;
    let done = world.confirm(&card).await.unwrap();
    assert_eq!((done.booking.status, done.booking.refund_due, done.checkout_url), (Status::Canceled, None, None));
    assert_eq!(world.events(), ["booking.received", "booking.cancelled", "checkout.obsolete"]);
    assert!(close_checkout(world.services.payment(), TENANT, booking.id).await.unwrap());
    assert_eq!(world.stripe.find_session(&booking.id.to_string()).unwrap()["status"], "expired");
    assert!(!close_checkout(world.services.payment(), TENANT, booking.id).await.unwrap(), "there is nothing left");
}

#[tokio::test]
async fn the_fee_that_was_shown_is_the_fee_that_counts() {
    let world = world(&[HOUR]).await;
    // Free to cancel for five more minutes.
    let booking = world.paid(&world.booked("ann@x.test", 1, 1, "2026-11-24T08:00:00Z").await.booking).await;
    world.clock.advance(Duration::from_secs(55 * 60));
    let card = world.asked("ann@x.test", Operation::Cancel { booking: booking.id, back: Some(booking.price) }).await;
    world.clock.advance(Duration::from_secs(20 * 60));
    let done = world.confirm(&card).await.unwrap();
    assert_eq!(done.booking.refund_due.unwrap().minor(), 8_000);
    assert_eq!(done.proposal.status, ProposalStatus::Executed(booking.id));
    assert_eq!(world.confirm(&card).await.unwrap().booking, done.booking);
}

#[tokio::test]
async fn a_slot_that_was_given_back_can_be_had_again() {
    let world = world(&[FREE_HOUR]).await;
    let first = world.booked("ann@x.test", 1, 1, TODAY).await.booking;
    booking::cancel(world.services.booking(), TENANT, first.id, CalledOffBy::Owner).await.unwrap();
    let second = world.booked("bob@x.test", 1, 1, TODAY).await.booking;
    // A late repetition must not take the slot from the second.
    booking::cancel(world.services.booking(), TENANT, first.id, CalledOffBy::Owner).await.unwrap();
    assert_eq!(world.stored(second.id).await, second);
    assert!(world.confirm(&world.wants("cid@x.test", 1, 1, TODAY).await).await.is_err());
}

#[tokio::test]
async fn a_move_can_overlap_where_the_booking_was() {
    let world = world(&[FREE_HOUR]).await;
    let booking = world.booked("ann@x.test", 1, 1, TODAY).await.booking;
    let slot = world.slot(1, 1, "2026-11-23T09:30:00Z").await;
    let card = world.asked("ann@x.test", Operation::Reschedule { booking: booking.id, slot, fee: None }).await;
    let moved = world.confirm(&card).await.unwrap().booking;
    assert_eq!((moved.slot.start(), moved.sequence), (at("2026-11-23T09:30:00Z"), 1));
    world.booked("bob@x.test", 1, 1, "2026-11-23T08:30:00Z").await;
    assert!(world.confirm(&world.wants("cid@x.test", 1, 1, "2026-11-23T10:15:00Z").await).await.is_err());
}

#[tokio::test]
async fn who_sits_alone_can_move_into_their_own_session_and_who_shares_it_cannot() {
    let later = "2026-11-23T09:30:00Z";
    for others in [0, 1] {
        let world = world(&[Offered { seats: 2, ..FREE_HOUR }]).await;
        let ann = world.booked("ann@x.test", 1, 1, TODAY).await.booking;
        if 0 < others {
            world.booked("bob@x.test", 1, 1, TODAY).await;
        }
        let slot = world.slot(1, 1, later).await;
        let moved = booking::reschedule(world.services.booking(), TENANT, ann.id, &slot, CalledOffBy::Owner).await;
        match moved {
            Ok(moved) => assert_eq!((others, moved.slot.start()), (0, at(later))),
            Err(error) => assert!(others == 1 && matches!(error, Error::SlotTaken { .. }), "{others}: {error:?}"),
        }
    }
}

#[tokio::test]
async fn a_move_onto_another_booking_leaves_both_where_they_are() {
    let world = world(&[FREE_HOUR]).await;
    let (ann, bob) = (
        world.booked("ann@x.test", 1, 1, TODAY).await.booking,
        world.booked("bob@x.test", 1, 1, "2026-11-23T10:00:00Z").await.booking,
    );
    let slot = world.slot(1, 1, "2026-11-23T10:00:00Z").await;
    let refused = booking::reschedule(world.services.booking(), TENANT, ann.id, &slot, CalledOffBy::Customer).await;
    let Err(Error::SlotTaken { alternatives, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(alternatives.len(), 3);
    assert_eq!((world.stored(ann.id).await, world.stored(bob.id).await), (ann, bob));
}

#[tokio::test]
async fn what_has_begun_can_be_called_off_by_its_owner_only() {
    let world = world(&[FREE_HOUR]).await;
    let booking = world.booked("ann@x.test", 1, 1, TODAY).await.booking;
    world.clock.advance(Duration::from_secs(2 * 3_600));
    let by = |by| booking::cancel(world.services.booking(), TENANT, booking.id, by);
    assert!(matches!(by(CalledOffBy::Customer).await, Err(Error::Closed)));
    assert!(by(CalledOffBy::Owner).await.is_ok());
}
