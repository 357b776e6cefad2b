//! Random histories over a night in which the clocks change: whatever is booked, moved and called off in
//! whatever order and at once, no two live bookings of different holders share a cell, and no session is
//! over its seats.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use shared::app::booking;
use shared::domain::booking::{Booking, CalledOffBy};
use shared::domain::cell::cells;
use shared::domain::claim::{Claim, Holder};
use shared::domain::proposal::Operation;
use shared::domain::slot::Slot;
use shared::store::booking::Span;

use crate::world::{Offered, TENANT, World, at, opened, package, resource};

/// Berlin: at 03:00 it is 02:00 again.
const AUTUMN: (&str, &str, &str) = ("2026-10-24T12:00:00Z", "00:00", "24:00");
/// Berlin: at 02:00 it is 03:00.
const SPRING: (&str, &str, &str) = ("2027-03-27T12:00:00Z", "00:00", "24:00");

/// One step: what is asked for at once.
#[derive(Debug, Clone)]
struct Wish {
    package: usize,
    person: usize,
    /// Minutes after eight hours from the beginning.
    minute: i64,
    act: Act,
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Book,
    Move(usize),
    CallOff(usize),
}

#[derive(Debug, Clone)]
struct History {
    in_spring: bool,
    packages: Vec<Terms>,
    /// Each of these happens at once.
    rounds: Vec<Vec<Wish>>,
}

/// What a package takes, and who serves it.
#[derive(Debug, Clone)]
struct Terms {
    minutes: u32,
    buffers: (u32, u32),
    seats: u32,
    people: Vec<u128>,
}

fn history() -> impl Strategy<Value = History> {
    let people = prop::sample::subsequence(vec![1_u128, 2, 3], 1..=3);
    let minutes = prop_oneof![Just(20_u32), Just(45), Just(60), Just(95), Just(240)];
    let buffers = (prop_oneof![Just(0_u32), Just(10), Just(35)], prop_oneof![Just(0_u32), Just(5), Just(50)]);
    let packages = (minutes, buffers, prop_oneof![3 => Just(1_u32), 2 => Just(3)], people);
    let packages = packages.prop_map(|(minutes, buffers, seats, people)| Terms { minutes, buffers, seats, people });
    let packages = prop::collection::vec(packages, 1..=3);
    let act = prop_oneof![5 => Just(Act::Book), 3 => (0..20_usize).prop_map(Act::Move), 2 => (0..20_usize).prop_map(Act::CallOff)];
    let wish = (0..3_usize, 0..3_usize, 0..40_i64, act).prop_map(|(package, person, step, act)| Wish {
        package,
        person,
        minute: step * 15,
        act,
    });
    let rounds = prop::collection::vec(prop::collection::vec(wish, 1..8), 1..8);
    (any::<bool>(), packages, rounds).prop_map(|(in_spring, packages, rounds)| History { in_spring, packages, rounds })
}

async fn bookings(world: &World) -> Vec<Booking> {
    let span = Span { from: at("2026-01-01T00:00:00Z"), to: at("2028-01-01T00:00:00Z"), status: None };
    world.services.store.list_bookings(TENANT, &span, 1_000, None).await.unwrap().items
}

async fn slot_of(world: &World, history: &History, wish: &Wish, beginning: Timestamp) -> Slot {
    let business = world.business().await;
    let chosen = wish.package % history.packages.len();
    let people = &history.packages[chosen].people;
    let person = people[wish.person % people.len()];
    let start = beginning + SignedDuration::from_mins(8 * 60 + wish.minute);
    let package = business.package(package(chosen as u128 + 1)).unwrap();
    Slot::at(package, resource(person), start, &business.tenant.timezone).unwrap()
}

async fn does(world: &World, history: &History, wish: &Wish, known: &[Booking], beginning: Timestamp) {
    let pick = |n: usize| (!known.is_empty()).then(|| &known[n % known.len()]);
    match wish.act {
        Act::Book => {
            let slot = slot_of(world, history, wish, beginning).await;
            let Operation::Book { price, due, cancellation, customer, notes, .. } =
                world.to_book("ann@x.test", 1, 1, "2026-11-23T09:00:00Z").await
            else {
                return;
            };
            let card =
                world.asked("ann@x.test", Operation::Book { slot, price, due, cancellation, customer, notes }).await;
            drop(world.confirm(&card).await);
        }
        Act::Move(n) => {
            let Some(booking) = pick(n) else { return };
            let own = (0..history.packages.len()).find(|n| package(*n as u128 + 1) == booking.package).unwrap();
            let slot = slot_of(world, history, &Wish { package: own, ..wish.clone() }, beginning).await;
            drop(booking::reschedule(world.services.booking(), TENANT, booking.id, &slot, CalledOffBy::Owner).await);
        }
        Act::CallOff(n) => {
            let Some(booking) = pick(n) else { return };
            drop(booking::cancel(world.services.booking(), TENANT, booking.id, CalledOffBy::Owner).await);
        }
    }
}

/// The law, read from the bookings alone; and the claims say exactly the same.
async fn check(world: &World) {
    let live: Vec<Booking> = bookings(world).await.into_iter().filter(|booking| booking.status.holds_slot()).collect();
    let mut held: BTreeMap<_, Holder> = BTreeMap::new();
    let mut seats: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for booking in &live {
        let claim = Claim::of(booking);
        for day in cells(&booking.blocked) {
            for cell in day.iter() {
                let holder = *held.entry((booking.resource, day.date, cell)).or_insert(claim.holder);
                assert_eq!(holder, claim.holder, "{booking:?} shares a cell");
            }
        }
        let seated = seats.entry((booking.resource, claim.holder)).or_default();
        seated.insert(booking.id);
        assert!(seated.len() <= usize::from(booking.capacity), "{seated:?} are too many");
    }
    let days = (at("2026-10-20T00:00:00Z"), at("2027-04-02T00:00:00Z"));
    let utc = |at: Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut claimed = BTreeMap::new();
    for person in 1..=3 {
        for (date, day) in
            world.services.store.find_claims(TENANT, resource(person), (utc(days.0), utc(days.1))).await.unwrap()
        {
            claimed.extend(day.cells.into_iter().map(|(cell, holder)| ((resource(person), date, cell), holder)));
        }
    }
    assert_eq!(claimed, held, "the claims are those of the live bookings");
}

async fn lives(history: History) {
    let season = if history.in_spring { SPRING } else { AUTUMN };
    let offered = history.packages.iter().map(|terms| Offered {
        minutes: terms.minutes,
        buffers: terms.buffers,
        seats: terms.seats,
        price: 0,
        by: &terms.people,
    });
    let world = opened(&offered.collect::<Vec<_>>(), season).await;
    for round in &history.rounds {
        let known = bookings(&world).await;
        join_all(round.iter().map(|wish| does(&world, &history, wish, &known, at(season.0)))).await;
        check(&world).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, max_shrink_iters: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_history_books_anything_twice(history in history()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(lives(history));
    }
}
