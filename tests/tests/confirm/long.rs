//! What takes all of a day: whole days, and sessions that last as long as one can with its buffers.

use shared::app::booking::{self, Error as BookingError};
use shared::app::confirm::Error;
use shared::domain::booking::CalledOffBy;
use shared::domain::package::draft::PackageDraft;

use crate::world::{FREE_HOUR, Offered, TENANT, World, at, draft, opened, package};

/// Days of 24, 25 and 23 hours in Berlin, each with the instants at which it and the next one begin.
const DAYS: [(&str, &str, &str); 4] = [
    ("2026-07-01T10:00:00Z", "2026-07-05T22:00:00Z", "2026-07-06T22:00:00Z"),
    ("2026-11-20T10:00:00Z", "2026-11-22T23:00:00Z", "2026-11-23T23:00:00Z"),
    ("2026-10-20T10:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
    ("2027-03-20T10:00:00Z", "2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z"),
];

/// Six hours before, twelve there, six after.
const LONGEST: Offered<'static> = Offered { minutes: 720, buffers: (360, 360), seats: 3, ..FREE_HOUR };

/// A business whose first package takes whole days.
async fn by_the_day(now: &str) -> World {
    let world = opened(&[FREE_HOUR], (now, "00:00", "24:00")).await;
    let whole = PackageDraft {
        kind: "DATE".to_owned(),
        duration_minutes: None,
        buffer_before_minutes: None,
        buffer_after_minutes: None,
        capacity: None,
        ..draft(&FREE_HOUR)
    };
    world.services.store.put_package(TENANT, &whole.check(package(1), 2).unwrap(), Some(1)).await.unwrap();
    world
}

/// Whether somebody who presses Confirm is told that it is taken.
async fn is_taken(world: &World, start: &str) -> bool {
    let pressed = world.confirm(&world.wants("eve@x.test", 1, 1, start).await).await;
    matches!(pressed, Err(Error::Booking(BookingError::SlotTaken { .. })))
}

#[tokio::test]
async fn a_whole_day_is_taken_moved_to_the_next_and_given_back() {
    for (now, day, next) in DAYS {
        let world = by_the_day(now).await;
        let booking = world.booked("ann@x.test", 1, 1, day).await.booking;
        assert!(is_taken(&world, day).await, "{day}");
        let slot = world.slot(1, 1, next).await;
        let deps = world.services.booking();
        let moved = booking::reschedule(deps, TENANT, booking.id, &slot, CalledOffBy::Owner).await.unwrap();
        assert_eq!(moved.slot.start(), at(next));
        assert!(is_taken(&world, next).await, "{next}");
        world.booked("bob@x.test", 1, 1, day).await;
        booking::cancel(deps, TENANT, booking.id, CalledOffBy::Owner).await.unwrap();
        world.booked("cid@x.test", 1, 1, next).await;
    }
}

#[tokio::test]
async fn the_longest_session_seats_its_guests_and_no_more() {
    // From midnight to midnight in UTC with its buffers.
    let start = "2026-11-24T06:00:00Z";
    let world = opened(&[LONGEST, FREE_HOUR], ("2026-11-23T07:00:00Z", "00:00", "24:00")).await;
    let first = world.booked("ann@x.test", 1, 1, start).await.booking;
    world.booked("bob@x.test", 1, 1, start).await;
    world.booked("cid@x.test", 1, 1, start).await;
    assert!(is_taken(&world, start).await);
    booking::cancel(world.services.booking(), TENANT, first.id, CalledOffBy::Owner).await.unwrap();
    world.booked("eve@x.test", 1, 1, start).await;
    let beside = world.confirm(&world.wants("eve@x.test", 2, 1, "2026-11-24T20:00:00Z").await).await;
    assert!(matches!(beside, Err(Error::Booking(BookingError::SlotTaken { .. }))), "{beside:?}");
}

#[tokio::test]
async fn a_long_booking_can_move_by_an_hour() {
    for seats in [1, 2] {
        let world = opened(&[Offered { seats, ..LONGEST }], ("2026-11-23T07:00:00Z", "00:00", "24:00")).await;
        let booking = world.booked("ann@x.test", 1, 1, "2026-11-24T06:00:00Z").await.booking;
        let slot = world.slot(1, 1, "2026-11-24T07:00:00Z").await;
        let moved = booking::reschedule(world.services.booking(), TENANT, booking.id, &slot, CalledOffBy::Owner).await;
        assert_eq!(moved.unwrap().slot.start(), at("2026-11-24T07:00:00Z"), "{seats} seats");
    }
}

#[tokio::test]
async fn a_session_that_got_longer_can_be_moved_to_its_own_start() {
    let start = "2026-11-24T09:00:00Z";
    for others in [0, 1] {
        let group = Offered { seats: 3, ..FREE_HOUR };
        let world = opened(&[group, FREE_HOUR], ("2026-11-23T07:00:00Z", "00:00", "24:00")).await;
        let ann = world.booked("ann@x.test", 1, 1, start).await.booking;
        if 0 < others {
            world.booked("bob@x.test", 1, 1, start).await;
        }
        let longer = draft(&Offered { minutes: 90, ..group }).check(package(1), 2).unwrap();
        world.services.store.put_package(TENANT, &longer, Some(1)).await.unwrap();
        let slot = world.slot(1, 1, start).await;
        let moved = booking::reschedule(world.services.booking(), TENANT, ann.id, &slot, CalledOffBy::Owner).await;
        assert_eq!(moved.unwrap().slot.end(), at("2026-11-24T10:30:00Z"), "{others} others");
        let beside = world.confirm(&world.wants("eve@x.test", 2, 1, "2026-11-24T10:15:00Z").await).await;
        assert!(matches!(beside, Err(Error::Booking(BookingError::SlotTaken { .. }))), "{beside:?}");
    }
}
