//! Offers of the waitlist: taken, passed, raced for, and what frees a slot.

use futures::future::join_all;
use shared::app::booking;
use shared::app::payment::release_ended_holds;
use shared::app::waitlist::{self, Error, end_offers};
use shared::domain::booking::{CalledOffBy, NotOpen, Status};
use shared::domain::waitlist::Standing;

use crate::waitlist::{
    AT_TEN, ELEVEN, TEN, asked, bookings, cancel, concerning, deliver, entry, full, join, joins, offers, waiting, work,
};
use crate::world::{FREE_HOUR, HOUR, NOW, Offered, TENANT, World, at, opened};

/// A seed that a failing run can be repeated with.
fn dice(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |sides| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % sides.max(1)
    }
}

async fn take(world: &World, id: shared::domain::id::BookingId) -> Result<shared::domain::booking::Booking, Error> {
    waitlist::take(world.services.waitlist(), TENANT, id).await
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_an_offer_64_times_at_once_is_one_booking() {
    for (offered, status, told) in
        [(FREE_HOUR, Status::Confirmed, "booking.confirmed"), (HOUR, Status::PendingPayment, "booking.received")]
    {
        let world = opened(&[offered], AT_TEN).await;
        let booked = full(&world, &["ann@x.test", "bob@x.test"]).await;
        cancel(&world, &booked).await;
        work(&world).await;
        let offer = offers(&world).await.remove(0);
        for taken in join_all((0..64).map(|_| take(&world, offer.id))).await {
            let taken = taken.unwrap();
            assert_eq!((taken.status, taken.sequence, taken.version), (status, 1, 2));
            assert_eq!((taken.price, taken.due, taken.cancellation), (offer.price, offer.due, offer.cancellation));
        }
        work(&world).await;
        assert!(offers(&world).await.is_empty(), "bob waits on");
        assert_eq!(world.events().iter().filter(|name| *name == told).count(), 2, "the first booking and this one");
        assert_eq!(entry(&world, &offer).await.status, Standing::Taken);
        assert_eq!(waiting(&world).await.len(), 1);
        assert_eq!(bookings(&world).await.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_and_passing_at_once_ends_one_way() {
    for _ in 0..8 {
        let world = opened(&[FREE_HOUR], AT_TEN).await;
        let booked = full(&world, &["ann@x.test", "bob@x.test"]).await;
        cancel(&world, &booked).await;
        work(&world).await;
        let offer = offers(&world).await.remove(0);
        let deps = world.services.waitlist();
        let leaving = waitlist::leave(deps, TENANT, offer.waited_for().unwrap(), None);
        let (taken, passed, _) = tokio::join!(take(&world, offer.id), waitlist::pass(deps, TENANT, offer.id), leaving);
        work(&world).await;
        let standing = entry(&world, &offer).await.status;
        match world.stored(offer.id).await.status {
            Status::Confirmed => {
                assert!(taken.is_ok() && matches!(passed, Err(Error::Offer(NotOpen))), "{passed:?}");
                assert_eq!((standing, asked(&world).await.len()), (Standing::Taken, 0));
            }
            Status::Expired => {
                assert!(matches!(taken, Err(Error::Offer(NotOpen))) && passed.is_ok(), "{taken:?}");
                assert!(matches!(standing, Standing::Passed | Standing::Left));
                assert_eq!(asked(&world).await, ["bob@x.test"]);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_who_books_meanwhile_races_the_offer_and_one_wins() {
    for _ in 0..12 {
        let world = opened(&[FREE_HOUR], AT_TEN).await;
        let booked = full(&world, &["ann@x.test"]).await;
        cancel(&world, &booked).await;
        let (events, card) = (concerning(&world).await, world.wants("eve@x.test", 1, 1, TEN).await);
        let (_, pressed) = tokio::join!(deliver(&world, &events), world.confirm(&card));
        let standing: Vec<_> = bookings(&world).await.into_iter().filter(|b| b.status.holds_slot()).collect();
        assert_eq!(standing.len(), 1, "{standing:?}");
        assert_ne!(pressed.is_ok(), standing[0].status == Status::Offered);
        let waits = waiting(&world).await.remove(0).status;
        assert_eq!(waits == Standing::Offered, standing[0].status == Status::Offered);
    }
}

#[tokio::test]
async fn a_move_an_unpaid_hold_and_a_seat_free_what_they_leave() {
    // A move: what it leaves is free, what it takes is not.
    let world = opened(&[FREE_HOUR], (NOW, "10:00", "13:00")).await;
    let moved = full(&world, &[]).await;
    let twelve = world.slot(1, 1, "2026-11-23T11:00:00Z").await;
    world.booked("second@x.test", 1, 1, ELEVEN).await;
    joins(&world, "ann@x.test").await;
    booking::reschedule(world.services.booking(), TENANT, moved.id, &twelve, CalledOffBy::Owner).await.unwrap();
    work(&world).await;
    let [offer] = &offers(&world).await[..] else { panic!("one offer") };
    assert_eq!((offer.customer.email.as_str(), offer.slot.start()), ("ann@x.test", at(TEN)));

    // A hold that nobody paid.
    let world = opened(&[HOUR], AT_TEN).await;
    full(&world, &["ann@x.test"]).await;
    world.clock.advance(std::time::Duration::from_mins(32));
    assert_eq!(release_ended_holds(world.services.payment(), world.now()).await.unwrap().released, 1);
    work(&world).await;
    assert_eq!(asked(&world).await, ["ann@x.test"]);

    // A seat of three.
    let world = opened(&[Offered { seats: 3, ..FREE_HOUR }], AT_TEN).await;
    let mut seated = Vec::new();
    for n in 0..3 {
        seated.push(world.booked(&format!("seat{n}@x.test"), 1, 1, TEN).await.booking);
    }
    for email in ["ann@x.test", "bob@x.test"] {
        joins(&world, email).await;
    }
    cancel(&world, &seated[1]).await;
    work(&world).await;
    assert_eq!(asked(&world).await, ["ann@x.test"]);
}

#[tokio::test]
async fn what_starts_too_soon_is_offered_to_nobody() {
    let world = opened(&[FREE_HOUR], AT_TEN).await;
    let booked = full(&world, &["ann@x.test"]).await;
    let mut tenant = world.business().await.tenant.clone();
    tenant.policies.notice = std::time::Duration::from_mins(121);
    tenant.version += 1;
    world.services.store.put_profile(&tenant, tenant.version - 1).await.unwrap();
    cancel(&world, &booked).await;
    work(&world).await;
    assert!(offers(&world).await.is_empty(), "it begins in two hours");
}

#[tokio::test]
async fn an_offer_ends_when_its_slot_begins() {
    let world = opened(&[FREE_HOUR], AT_TEN).await;
    let booked = full(&world, &["ann@x.test"]).await;
    world.clock.advance(std::time::Duration::from_mins(110));
    cancel(&world, &booked).await;
    work(&world).await;
    assert_eq!(offers(&world).await.remove(0).hold_until, Some(at(TEN)));
}

#[tokio::test]
async fn a_night_of_clock_change_shifts_no_day() {
    // Berlin's clocks go back on 25 October 2026; 10:00 of that Sunday is 09:00 UTC, the day before 08:00.
    let hours = ("2026-10-20T07:00:00Z", "10:00", "11:00");
    for (day, start, other) in
        [("2026-10-25", "2026-10-25T09:00:00Z", "2026-10-24"), ("2026-10-24", "2026-10-24T08:00:00Z", "2026-10-25")]
    {
        let world = opened(&[FREE_HOUR], hours).await;
        let booked = world.booked("first@x.test", 1, 1, start).await.booking;
        let elsewhere = if other == "2026-10-25" { "2026-10-25T09:00:00Z" } else { "2026-10-24T08:00:00Z" };
        world.booked("second@x.test", 1, 1, elsewhere).await;
        join(&world, "other@x.test", 1, (other, other)).await.unwrap();
        join(&world, "ann@x.test", 1, (day, day)).await.unwrap();
        cancel(&world, &booked).await;
        work(&world).await;
        let [offer] = &offers(&world).await[..] else { panic!("one offer") };
        assert_eq!((offer.customer.email.as_str(), offer.slot.start()), ("ann@x.test", at(start)), "{day}");
    }
}

/// Whoever is offered something for the first time is the first of all who still waited.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_in_line_nobody_is_passed_over() {
    let mut roll = dice(0x5EED);
    let world = opened(&[FREE_HOUR], ("2026-11-23T00:00:00Z", "09:00", "17:00")).await;
    let mut taken = Vec::new();
    for hour in 8..16 {
        taken.push(world.booked("first@x.test", 1, 1, &format!("2026-11-23T{hour:02}:00:00Z")).await.booking);
    }
    for n in 0..200 {
        joins(&world, &format!("visitor{n:03}@x.test")).await;
    }
    work(&world).await;
    let (mut done, mut answered) = (concerning(&world).await.len(), std::collections::BTreeMap::<String, bool>::new());
    for _ in 0..60 {
        match (roll(3), taken.is_empty()) {
            (0, false) => cancel(&world, &taken.swap_remove(roll(taken.len()))).await,
            (1, _) => {
                world.clock.advance(std::time::Duration::from_mins(5));
                end_offers(world.services.waitlist()).await.unwrap();
            }
            _ => {
                let open = offers(&world).await;
                if !open.is_empty() {
                    let offer = &open[roll(open.len())];
                    match (roll(2), offer.open_offer(world.now())) {
                        (0, Ok(_)) => taken.push(take(&world, offer.id).await.unwrap()),
                        _ => drop(waitlist::pass(world.services.waitlist(), TENANT, offer.id).await.unwrap()),
                    }
                }
            }
        }
        loop {
            let events = concerning(&world).await;
            let news = &events[done..];
            if news.is_empty() {
                break;
            }
            // Two workers at once, and each event twice.
            join_all([0, 1].map(|_| deliver(&world, news))).await;
            done = events.len();
        }
        for booking in bookings(&world).await.into_iter().filter(|booking| booking.waited_for().is_some()) {
            answered.entry(booking.customer.email.to_string()).or_insert(true);
        }
        let expected: Vec<String> = (0..answered.len()).map(|n| format!("visitor{n:03}@x.test")).collect();
        assert!(answered.keys().eq(expected.iter()), "{answered:?}");
        let held = bookings(&world).await.into_iter().filter(|booking| booking.status.holds_slot());
        let mut starts: Vec<_> = held.map(|booking| booking.slot.start()).collect();
        let all = starts.len();
        starts.sort();
        starts.dedup();
        assert_eq!(starts.len(), all, "no hour is sold twice");
    }
    assert!(8 < answered.len(), "the run has made {} offers", answered.len());
}
