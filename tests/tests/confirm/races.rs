//! Many at once: whoever wins, the books are right.

use futures::future::join_all;
use shared::app::booking::{self, Error as BookingError};
use shared::app::confirm::Error;
use shared::domain::booking::{CalledOffBy, Status};
use shared::store::booking::Span;

use crate::world::{FREE_HOUR, HOUR, Offered, TENANT, World, at, world};

const TEN: &str = "2026-11-23T09:00:00Z";
const ELEVEN: &str = "2026-11-23T10:00:00Z";

async fn all_bookings(world: &World) -> Vec<shared::domain::booking::Booking> {
    let span = Span { from: at("2026-01-01T00:00:00Z"), to: at("2028-01-01T00:00:00Z"), status: None };
    world.services.store.list_bookings(TENANT, &span, 1_000, None).await.unwrap().items
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_who_want_one_slot_one_gets_it_and_all_others_hear_of_free_ones() {
    let world = world(&[FREE_HOUR]).await;
    let mut waiting = Vec::new();
    for n in 0..1_000 {
        waiting.push(world.wants(&format!("visitor{n}@x.test"), 1, 1, TEN).await);
    }
    let ended = join_all(waiting.iter().map(|card| world.confirm(card))).await;
    let (won, lost): (Vec<_>, Vec<_>) = ended.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 999));
    for loser in lost {
        let Err(Error::Booking(BookingError::SlotTaken { alternatives, .. })) = loser else { panic!("{loser:?}") };
        assert_eq!(alternatives.len(), 3);
        assert!(alternatives.iter().all(|free| free.slot.start() != at(TEN)), "{alternatives:?}");
    }
    let bookings = all_bookings(&world).await;
    assert_eq!(bookings.len(), 1);
    assert_eq!(world.events(), ["booking.confirmed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_sells_each_seat_once() {
    let world = world(&[Offered { seats: 20, ..FREE_HOUR }]).await;
    let mut waiting = Vec::new();
    for n in 0..60 {
        waiting.push(world.wants(&format!("visitor{n}@x.test"), 1, 1, TEN).await);
    }
    let ended = join_all(waiting.iter().map(|card| world.confirm(card))).await;
    assert_eq!(ended.iter().filter(|ended| ended.is_ok()).count(), 20);
    assert_eq!(all_bookings(&world).await.len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_free_at_that_time_serves_it() {
    let world = world(&[Offered { by: &[1, 2, 3], ..FREE_HOUR }]).await;
    let mut waiting = Vec::new();
    for n in 0..8 {
        waiting.push(world.wants(&format!("visitor{n}@x.test"), 1, 1, TEN).await);
    }
    let ended = join_all(waiting.iter().map(|card| world.confirm(card))).await;
    assert_eq!(ended.iter().filter(|ended| ended.is_ok()).count(), 3);
    let mut served: Vec<_> = all_bookings(&world).await.iter().map(|booking| booking.resource).collect();
    served.sort();
    served.dedup();
    assert_eq!(served.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn pressing_confirm_many_times_at_once_books_once_and_answers_alike() {
    let world = world(&[HOUR]).await;
    let card = world.wants("ann@x.test", 1, 1, TEN).await;
    let ended = join_all((0..32).map(|_| world.confirm(&card))).await;
    let answers: Vec<_> = ended.into_iter().map(Result::unwrap).collect();
    let (first, url) = (answers[0].booking.id, answers[0].checkout_url.clone());
    assert!(url.is_some());
    assert!(answers.iter().all(|answer| answer.booking.id == first && answer.checkout_url == url));
    assert_eq!(all_bookings(&world).await.len(), 1);
    assert_eq!(world.events(), ["booking.received"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn calling_off_64_times_at_once_has_one_effect() {
    let world = world(&[FREE_HOUR]).await;
    let booking = world.booked("ann@x.test", 1, 1, TEN).await.booking;
    let ended =
        join_all((0..64).map(|_| booking::cancel(world.services.booking(), TENANT, booking.id, CalledOffBy::Customer)))
            .await;
    for canceled in ended {
        let canceled = canceled.unwrap();
        assert_eq!((canceled.status, canceled.sequence, canceled.version), (Status::Canceled, 1, 2));
    }
    assert_eq!(world.events(), ["booking.confirmed", "booking.cancelled"]);
    world.booked("bob@x.test", 1, 1, TEN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn moving_64_times_at_once_has_one_effect() {
    let world = world(&[FREE_HOUR]).await;
    let booking = world.booked("ann@x.test", 1, 1, TEN).await.booking;
    let slot = world.slot(1, 1, ELEVEN).await;
    let ended = join_all(
        (0..64)
            .map(|_| booking::reschedule(world.services.booking(), TENANT, booking.id, &slot, CalledOffBy::Customer)),
    )
    .await;
    for moved in ended {
        let moved = moved.unwrap();
        assert_eq!((moved.slot.start(), moved.sequence, moved.version), (at(ELEVEN), 1, 2));
    }
    assert_eq!(world.events(), ["booking.confirmed", "booking.changed"]);
    world.booked("bob@x.test", 1, 1, TEN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_and_a_booking_never_share_a_slot_nor_lose_one() {
    for _ in 0..8 {
        let world = world(&[FREE_HOUR]).await;
        let moving = world.booked("ann@x.test", 1, 1, TEN).await.booking;
        let (slot, card) = (world.slot(1, 1, ELEVEN).await, world.wants("bob@x.test", 1, 1, ELEVEN).await);
        let (moved, booked) = tokio::join!(
            booking::reschedule(world.services.booking(), TENANT, moving.id, &slot, CalledOffBy::Customer),
            world.confirm(&card),
        );
        assert_ne!(moved.is_ok(), booked.is_ok(), "one of both: {moved:?} {booked:?}");
        let mut starts: Vec<_> = all_bookings(&world).await.iter().map(|booking| booking.slot.start()).collect();
        starts.sort();
        if moved.is_ok() {
            assert_eq!(starts, [at(ELEVEN)]);
            world.booked("cid@x.test", 1, 1, TEN).await;
        } else {
            assert_eq!(starts, [at(TEN), at(ELEVEN)]);
            assert!(
                world.confirm(&world.wants("cid@x.test", 1, 1, TEN).await).await.is_err(),
                "the old slot is still held"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_seats_of_a_session_can_be_given_back_at_once() {
    let world = world(&[Offered { seats: 6, ..FREE_HOUR }]).await;
    let mut ids = Vec::new();
    for n in 0..6 {
        ids.push(world.booked(&format!("visitor{n}@x.test"), 1, 1, TEN).await.booking.id);
    }
    let ended =
        join_all(ids.iter().map(|id| booking::cancel(world.services.booking(), TENANT, *id, CalledOffBy::Owner))).await;
    assert!(ended.iter().all(Result::is_ok), "{ended:?}");
    let last = world.wants("late@x.test", 1, 1, TEN).await;
    assert!(world.confirm(&last).await.is_ok());
}
