//! Random businesses across a night on which clocks change, booked and released in random order.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Zones and the local days around one of their clock changes.
const NIGHTS: [(&str, &str); 8] = [
    ("Europe/Berlin", "2026-03-28"),
    ("Europe/Berlin", "2026-10-24"),
    ("America/New_York", "2026-03-07"),
    ("America/New_York", "2026-10-31"),
    ("Australia/Lord_Howe", "2026-04-04"),
    ("Australia/Lord_Howe", "2026-10-03"),
    ("Asia/Kathmandu", "2026-11-21"),
    ("Pacific/Kiritimati", "2026-11-21"),
];

fn terms() -> impl Strategy<Value = Terms> {
    let slot = (1..=20_u64, 0..=5_u64, 0..=5_u64, prop_oneof![2 => Just(1_u16), 1 => 2..=3_u16]);
    let slot = slot
        .prop_map(|(duration, before, after, capacity)| minutes(duration * 10 - 5, before * 10, after * 7, capacity));
    prop_oneof![5 => slot, 1 => Just(Terms::Date)]
}

fn hours() -> impl Strategy<Value = Hours> {
    let day = prop::collection::btree_set((0..=96_u16).prop_map(|quarter| quarter * 15), 2..=4).prop_map(|times| {
        let times: Vec<_> =
            times.into_iter().map(|minute| crate::domain::hours::DayMinute::new(minute).unwrap()).collect();
        OpenDay::new(times.chunks_exact(2).map(|pair| Stretch::new(pair[0], pair[1]).unwrap()).collect()).unwrap()
    });
    let all_day = Just(open(&[("00:00", "24:00")]));
    prop_oneof![day, all_day]
        .prop_map(|day| Hours { weekly: WeeklyHours::new(std::array::from_fn(|_| day.clone())), ..Hours::default() })
}

/// A step: which package asks, which of the offered slots it takes, or which live booking is released instead.
type Step = (usize, prop::sample::Index, bool);

#[derive(Debug, Clone)]
struct History {
    night: (&'static str, &'static str),
    packages: Vec<(Terms, Vec<u128>)>,
    hours: Hours,
    steps: Vec<Step>,
}

fn histories() -> impl Strategy<Value = History> {
    let package = (terms(), prop_oneof![Just(vec![1]), Just(vec![2]), Just(vec![1, 2]), Just(vec![2, 1])]);
    (
        prop::sample::select(&NIGHTS[..]),
        prop::collection::vec(package, 3),
        hours(),
        prop::collection::vec((0..3_usize, any::<prop::sample::Index>(), prop::bool::weighted(0.2)), 1..25),
    )
        .prop_map(|(night, packages, hours, steps)| History { night, packages, hours, steps })
}

/// What stands at one moment of a history.
type Live = BTreeMap<u128, (Slot, Claim)>;

fn no_moment_is_sold_twice(live: &Live) -> Result<(), TestCaseError> {
    for (n, (slot, claim)) in live {
        let others = live.range(n + 1..).map(|(_, other)| other).filter(|(other, _)| other.resource == slot.resource);
        for (other, theirs) in others.filter(|(_, theirs)| theirs.holder != claim.holder) {
            prop_assert!(!slot.blocked.overlaps(&other.blocked), "{:?} {:?}", claim, theirs);
        }
        let seated = live
            .values()
            .filter(|(other, theirs)| other.resource == slot.resource && theirs.holder == claim.holder)
            .count();
        prop_assert!(seated <= usize::from(claim.capacity), "{} seated in {:?}", seated, claim);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_is_booked_and_released_no_moment_is_sold_twice(history in histories()) {
        let mut world = World::new(Terms::Date);
        world.timezone = TimeZone::get(history.night.0).unwrap();
        world.hours = history.hours;
        let first: Date = history.night.1.parse().unwrap();
        let range = Days::new(first, first + 2.days()).unwrap();
        world.now = local_day(first, &world.timezone).unwrap().start() - SignedDuration::from_hours(3);
        world.read(range);
        let read_only = world.claims.clone();
        let open_time = world.hours.intervals(first - 1.day(), first + 4.days(), &world.timezone);
        let mut live = Live::new();
        for (n, (which, pick, release)) in history.steps.into_iter().enumerate() {
            if release && !live.is_empty() {
                let booking = *pick.get(&live.keys().copied().collect::<Vec<_>>());
                let (slot, claim) = live.remove(&booking).unwrap();
                world.claims = std::mem::take(&mut world.claims).without(slot.resource, &claim);
                continue;
            }
            let (terms, resources) = &history.packages[which];
            world.package.id = PackageId::new(Ulid(which as u128));
            world.package.terms = *terms;
            world.package.resources = resources.iter().map(|n| ResourceId::new(Ulid(*n))).collect();
            let Availability::Free(slots) = world.ask(range) else { continue };
            prop_assert!(slots.windows(2).all(|pair| pair[0].start() < pair[1].start()));
            for slot in &slots {
                prop_assert_eq!(still_bookable(&world.query(), slot), Ok(()));
                let date = slot.start().to_zoned(world.timezone.clone()).date();
                prop_assert!(range.first() <= date && date <= range.last());
                if world.package.kind() == crate::domain::package::Kind::Slot {
                    prop_assert!(open_time.iter().any(|stretch| stretch.contains(&slot.interval)), "{:?}", slot);
                } else {
                    let disturbed = live.values().any(|(other, _)| other.resource == slot.resource && other.blocked.overlaps(&slot.interval));
                    prop_assert!(!disturbed, "a DATE excludes all else");
                }
            }
            let slot = *pick.get(&slots);
            let claim = Claim::on(&slot, BookingId::new(Ulid(n as u128 + 1)), world.package.terms.capacity());
            take(&mut world.claims, slot.resource, &claim);
            live.insert(n as u128 + 1, (slot, claim));
            no_moment_is_sold_twice(&live)?;
            let full = world.package.terms.capacity() == 1;
            prop_assert!(!full || still_bookable(&world.query(), &slot) == Err(WhyNone::FullyBooked));
        }
        for (slot, claim) in live.values() {
            world.claims = std::mem::take(&mut world.claims).without(slot.resource, claim);
        }
        prop_assert_eq!(world.claims, read_only, "what is released leaves nothing behind");
    }
}
