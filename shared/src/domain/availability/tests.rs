//! What is offered can be booked, what cannot says why, and no history of bookings sells a moment twice.

mod histories;
mod why;

use super::*;
use crate::domain::claim::DayClaims;
use crate::domain::hours::{OpenDay, Special, Stretch, WeeklyHours, YearDay};
use crate::domain::id::PackageId;
use crate::domain::package::Buffers;
use crate::domain::text::Note;

/// A business with one package, and what is taken there.
struct World {
    package: Package,
    resources: Vec<Resource>,
    hours: Hours,
    timezone: TimeZone,
    policies: Policies,
    now: Timestamp,
    claims: Claims,
}

impl World {
    /// Berlin, every day 09:00–12:00 and 13:00–17:00, two hours' notice, asked on Sunday 22 November 2026 at noon.
    fn new(terms: Terms) -> Self {
        let resources = [1, 2].map(|n| Resource {
            id: ResourceId::new(Ulid(n)),
            name: Line::new("Ann").unwrap(),
            active: true,
            version: 1,
        });
        Self {
            package: Package {
                id: PackageId::new(Ulid(1)),
                name: Line::new("Portrait").unwrap(),
                description: Note::default(),
                price: crate::domain::money::Money::zero("EUR".parse().unwrap()),
                terms,
                resources: vec![ResourceId::new(Ulid(1))],
                active: true,
                deposit_percent: None,
                cancellation: crate::domain::cancellation::OwnCancellation::default(),
                images: Vec::new(),
                version: 1,
            },
            resources: resources.to_vec(),
            hours: Hours {
                weekly: WeeklyHours::new(std::array::from_fn(|_| open(&[("09:00", "12:00"), ("13:00", "17:00")]))),
                ..Hours::default()
            },
            timezone: TimeZone::get("Europe/Berlin").unwrap(),
            policies: Policies::default(),
            now: at("2026-11-22T11:00:00Z"),
            claims: Claims::default(),
        }
    }

    fn query(&self) -> Query<'_> {
        Query {
            package: &self.package,
            resources: &self.resources,
            hours: &self.hours,
            timezone: &self.timezone,
            policies: &self.policies,
            now: self.now,
            claims: &self.claims,
        }
    }

    /// Notes every day that a question about `days` needs as read, keeping what is taken.
    fn read(&mut self, days: Days) {
        let days = days_to_read(days, &self.timezone);
        for date in days.start().series(1.day()).take_while(|date| date <= days.end()) {
            for resource in &self.resources {
                let known = self.claims.day(resource.id, date).cloned();
                self.claims.insert(resource.id, date, known.unwrap_or_default());
            }
        }
    }

    fn ask(&mut self, days: Days) -> Availability {
        self.read(days);
        free_slots(&self.query(), days)
    }

    /// The local starts that are free on `date`, or why none is.
    fn on(&mut self, date: &str) -> Result<Vec<String>, WhyNone> {
        let timezone = self.timezone.clone();
        match self.ask(days(date, date)) {
            Availability::Free(slots) => Ok(slots
                .iter()
                .map(|slot| slot.start().to_zoned(timezone.clone()).strftime("%H:%M").to_string())
                .collect()),
            Availability::Nothing(why) => Err(why),
        }
    }

    /// Books `n` on resource `resource` at `start`, whatever the rules of offering say.
    fn book(&mut self, n: u128, resource: u128, start: &str) -> Claim {
        let slot = self.slot(resource, start);
        let claim = Claim::on(&slot, BookingId::new(Ulid(n)), self.package.terms.capacity());
        take(&mut self.claims, slot.resource, &claim);
        claim
    }

    fn slot(&self, resource: u128, start: &str) -> Slot {
        Slot::at(&self.package, ResourceId::new(Ulid(resource)), at(start), &self.timezone).unwrap()
    }

    fn still(&mut self, start: &str) -> Result<(), WhyNone> {
        let slot = self.slot(1, start);
        let date = slot.start().to_zoned(self.timezone.clone()).date();
        self.read(Days::new(date, date).unwrap());
        still_bookable(&self.query(), &slot)
    }
}

/// Takes `claim` on `resource` as the store would: on every day or on none.
fn take(claims: &mut Claims, resource: ResourceId, claim: &Claim) {
    for cells in claim.days() {
        let mut day = claims.day(resource, cells.date).cloned().unwrap_or_default();
        day.apply_claim(&cells, claim).unwrap();
        claims.insert(resource, cells.date, day);
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn days(first: &str, last: &str) -> Days {
    Days::new(first.parse().unwrap(), last.parse().unwrap()).unwrap()
}

fn open(stretches: &[(&str, &str)]) -> OpenDay {
    let made = stretches.iter().map(|(o, c)| Stretch::new(o.parse().unwrap(), c.parse().unwrap()).unwrap());
    OpenDay::new(made.collect()).unwrap()
}

fn minutes(duration: u64, before: u64, after: u64, capacity: u16) -> Terms {
    let buffers = Buffers { before: Duration::from_mins(before), after: Duration::from_mins(after) };
    Terms::Slot(SlotTerms::new(Duration::from_mins(duration), buffers, capacity).unwrap())
}

const MONDAY: &str = "2026-11-23";

#[test]
fn starts_are_every_half_hour_from_each_opening_and_end_before_it_closes() {
    let mut world = World::new(minutes(60, 0, 0, 1));
    let expected =
        ["09:00", "09:30", "10:00", "10:30", "11:00", "13:00", "13:30", "14:00", "14:30", "15:00", "15:30", "16:00"];
    assert_eq!(world.on(MONDAY).unwrap(), expected);
}

#[test]
fn short_packages_start_every_quarter_of_an_hour() {
    for (duration, expected) in [(5, 15), (15, 15), (16, 30), (20, 30), (45, 30), (720, 30)] {
        let Terms::Slot(terms) = minutes(duration, 0, 0, 1) else { unreachable!() };
        assert_eq!(step(&terms), Duration::from_mins(expected), "{duration}");
    }
}

#[test]
fn several_seats_make_a_timetable_of_sessions_one_after_another() {
    let mut world = World::new(minutes(60, 0, 15, 8));
    assert_eq!(world.on(MONDAY).unwrap(), ["09:00", "10:15", "13:00", "14:15", "15:30"]);
}

#[test]
fn a_start_right_behind_a_booking_is_offered_too() {
    let mut world = World::new(minutes(45, 0, 0, 1));
    world.book(1, 1, "2026-11-23T08:00:00Z");
    assert_eq!(world.on(MONDAY).unwrap()[..3], ["09:45", "10:00", "10:30"]);
    let mut world = World::new(minutes(45, 10, 0, 1));
    world.book(1, 1, "2026-11-23T08:00:00Z");
    assert_eq!(world.on(MONDAY).unwrap()[..3], ["10:00", "10:30", "11:00"], "on a quarter-hour, behind the buffer");
}

#[test]
fn buffers_may_reach_outside_the_hours_but_not_into_another_booking() {
    let mut world = World::new(minutes(60, 30, 30, 1));
    assert_eq!(world.on(MONDAY).unwrap()[..1], ["09:00"]);
    assert_eq!(world.still("2026-11-23T15:00:00Z"), Ok(()), "16:00 to 17:00, cleared up by 17:30");
    world.book(1, 1, "2026-11-23T09:30:00Z");
    // 10:30 to 11:30 is blocked from 10:00 to 12:00; an hour's slot needs half an hour more on both sides.
    assert_eq!(world.on(MONDAY).unwrap(), ["13:00", "13:30", "14:00", "14:30", "15:00", "15:30", "16:00"]);
    assert_eq!(world.still("2026-11-23T07:30:00Z"), Err(WhyNone::OutsideHours));
    assert_eq!(world.still("2026-11-23T08:00:00Z"), Err(WhyNone::FullyBooked));
}

#[test]
fn a_slot_ends_at_the_latest_when_the_hours_do() {
    let mut world = World::new(minutes(60, 0, 0, 1));
    for (start, expected) in [
        ("2026-11-23T10:00:00Z", Ok(())),
        ("2026-11-23T10:01:00Z", Err(WhyNone::OutsideHours)),
        ("2026-11-23T12:00:00Z", Ok(())),
        ("2026-11-23T11:59:00Z", Err(WhyNone::OutsideHours)),
        ("2026-11-23T15:00:00Z", Ok(())),
        ("2026-11-23T15:01:00Z", Err(WhyNone::OutsideHours)),
    ] {
        assert_eq!(world.still(start), expected, "{start}");
    }
}

#[test]
fn notice_is_kept_to_the_nanosecond() {
    let mut world = World::new(minutes(60, 0, 0, 1));
    world.now = at("2026-11-23T06:00:00Z");
    assert_eq!(world.still("2026-11-23T08:00:00Z"), Ok(()));
    world.now = at("2026-11-23T06:00:00.000000001Z");
    let earliest = at("2026-11-23T08:00:00.000000001Z");
    assert_eq!(world.still("2026-11-23T08:00:00Z"), Err(WhyNone::TooSoon { earliest }));
    assert_eq!(world.on(MONDAY).unwrap()[0], "09:30");
    world.now = at("2026-11-23T20:00:00Z");
    assert!(matches!(world.on(MONDAY), Err(WhyNone::TooSoon { .. })));
}

#[test]
fn the_horizon_counts_local_days() {
    let mut world = World::new(minutes(60, 0, 0, 1));
    world.policies.horizon_days = 1;
    // 23:30 in Berlin on Sunday, still Sunday in UTC; half an hour later it is Monday in Berlin only.
    world.now = at("2026-11-22T22:30:00Z");
    let last: Date = MONDAY.parse().unwrap();
    assert!(world.on(MONDAY).is_ok());
    assert_eq!(world.on("2026-11-24"), Err(WhyNone::BeyondHorizon { last }));
    assert_eq!(world.still("2026-11-24T09:00:00Z"), Err(WhyNone::BeyondHorizon { last }));
    world.now = at("2026-11-22T23:00:00Z");
    assert!(world.on("2026-11-24").is_ok());
    assert!(world.still("2026-11-24T09:00:00Z").is_ok());
}

#[test]
fn a_closed_day_and_a_holiday_say_so() {
    let mut world = World::new(minutes(60, 0, 0, 1));
    let name: Line<80> = Line::new("Staff outing").unwrap();
    world.hours.special.insert(MONDAY.parse().unwrap(), Special::Closed(Some(name.clone())));
    world.hours.special.insert("2026-11-24".parse().unwrap(), Special::Open(OpenDay::default()));
    world.hours.holidays.insert(YearDay::new(11, 25).unwrap(), name.clone());
    assert_eq!(world.on(MONDAY), Err(WhyNone::Holiday(Some(name.clone()))));
    assert_eq!(world.on("2026-11-24"), Err(WhyNone::Closed));
    assert_eq!(world.on("2026-11-25"), Err(WhyNone::Holiday(Some(name.clone()))));
    assert_eq!(world.still("2026-11-25T09:00:00Z"), Err(WhyNone::Holiday(Some(name))));
}

#[test]
fn what_does_not_fit_into_any_stretch_is_outside_the_hours() {
    assert_eq!(World::new(minutes(241, 0, 0, 1)).on(MONDAY), Err(WhyNone::OutsideHours));
    assert_eq!(World::new(minutes(240, 0, 0, 1)).on(MONDAY).unwrap(), ["13:00"]);
}

#[test]
fn of_several_days_the_nearest_reason_is_told() {
    let mut world = World::new(minutes(240, 0, 0, 1));
    world.hours.special.insert("2026-11-24".parse().unwrap(), Special::Closed(None));
    world.book(1, 1, "2026-11-23T12:00:00Z");
    assert_eq!(world.ask(days("2026-11-22", "2026-11-24")), Availability::Nothing(WhyNone::FullyBooked));
    assert_eq!(world.ask(days("2026-11-24", "2026-11-24")), Availability::Nothing(WhyNone::Holiday(None)));
}

#[test]
fn an_inactive_package_or_resource_serves_nobody() {
    let mut world = World::new(minutes(60, 0, 0, 1));
    world.resources[0].active = false;
    assert_eq!(world.on(MONDAY), Err(WhyNone::NoResource));
    assert_eq!(world.still("2026-11-23T09:00:00Z"), Err(WhyNone::NoResource));
    world.package.resources = vec![ResourceId::new(Ulid(77))];
    world.resources[0].active = true;
    assert_eq!(world.still("2026-11-23T09:00:00Z"), Err(WhyNone::NoResource), "it does not serve this package");
    world.package.active = false;
    assert_eq!(world.on(MONDAY), Err(WhyNone::PackageInactive));
    assert_eq!(world.still("2026-11-23T09:00:00Z"), Err(WhyNone::PackageInactive));
}

#[test]
fn a_slot_of_other_terms_is_refused() {
    let mut world = World::new(minutes(60, 0, 0, 1));
    let slot = world.slot(1, "2026-11-23T09:00:00Z");
    world.read(days(MONDAY, MONDAY));
    world.package.terms = minutes(90, 0, 0, 1);
    assert_eq!(still_bookable(&world.query(), &slot), Err(WhyNone::Changed));
}

#[test]
fn what_was_not_read_is_not_offered() {
    let world = World::new(minutes(60, 0, 0, 1));
    assert_eq!(free_slots(&world.query(), days(MONDAY, MONDAY)), Availability::Nothing(WhyNone::FullyBooked));
}

#[test]
fn the_resource_with_the_fewest_bookings_that_day_is_offered() {
    let mut world = World::new(minutes(60, 0, 0, 1));
    world.package.resources = vec![ResourceId::new(Ulid(2)), ResourceId::new(Ulid(1))];
    let chosen = |world: &mut World| match world.ask(days(MONDAY, MONDAY)) {
        Availability::Free(slots) => {
            slots.iter().find(|slot| slot.start() == at("2026-11-23T13:00:00Z")).unwrap().resource.ulid().0
        }
        Availability::Nothing(why) => panic!("{why}"),
    };
    assert_eq!(chosen(&mut world), 2, "none is booked: the package's order");
    world.book(1, 2, "2026-11-23T08:00:00Z");
    assert_eq!(chosen(&mut world), 1);
    world.book(2, 1, "2026-11-23T08:00:00Z");
    assert_eq!(chosen(&mut world), 2, "as many each: the package's order");
    world.book(3, 1, "2026-11-24T08:00:00Z");
    assert_eq!(chosen(&mut world), 2, "another day's bookings do not count");
}

#[test]
fn a_session_that_has_begun_is_filled_first() {
    let mut world = World::new(minutes(60, 0, 0, 2));
    world.package.resources = vec![ResourceId::new(Ulid(1)), ResourceId::new(Ulid(2))];
    let nine = at("2026-11-23T08:00:00Z");
    let chosen = |world: &mut World| match world.ask(days(MONDAY, MONDAY)) {
        Availability::Free(slots) => slots.iter().find(|slot| slot.start() == nine).map(|slot| slot.resource.ulid().0),
        Availability::Nothing(_) => None,
    };
    world.book(1, 2, "2026-11-23T08:00:00Z");
    assert_eq!(chosen(&mut world), Some(2));
    world.book(2, 2, "2026-11-23T08:00:00Z");
    assert_eq!(chosen(&mut world), Some(1));
    world.book(3, 1, "2026-11-23T08:00:00Z");
    world.book(4, 1, "2026-11-23T08:00:00Z");
    assert_eq!(chosen(&mut world), None);
}

#[test]
fn a_session_off_the_timetable_is_still_filled() {
    let mut world = World::new(minutes(60, 0, 0, 2));
    world.book(1, 1, "2026-11-23T08:30:00Z");
    assert_eq!(world.on(MONDAY).unwrap()[..2], ["09:30", "11:00"]);
}

#[test]
fn a_date_takes_the_whole_local_day_and_leaves_nothing_of_it() {
    let mut world = World::new(Terms::Date);
    let slot = world.slot(1, "2026-11-22T23:00:00Z");
    assert_eq!(slot.interval, Interval::new(at("2026-11-22T23:00:00Z"), at("2026-11-23T23:00:00Z")).unwrap());
    assert!(world.still("2026-11-22T23:00:00Z").is_ok());
    assert_eq!(world.on(MONDAY).unwrap(), ["00:00"]);
    world.book(1, 1, "2026-11-22T23:00:00Z");
    assert_eq!(world.on(MONDAY), Err(WhyNone::FullyBooked));
    assert!(world.on("2026-11-24").is_ok());
    world.package.terms = minutes(60, 0, 0, 1);
    assert_eq!(world.on(MONDAY), Err(WhyNone::FullyBooked), "nor does any slot fit beside it");
    assert!(world.on("2026-11-24").is_ok());
}

#[test]
fn a_date_is_refused_when_anything_of_the_day_is_taken_or_it_is_closed() {
    let mut world = World::new(minutes(5, 0, 0, 1));
    world.book(1, 1, "2026-11-23T22:55:00Z");
    world.package.terms = Terms::Date;
    assert_eq!(world.on(MONDAY), Err(WhyNone::FullyBooked));
    world.hours.special.insert("2026-11-24".parse().unwrap(), Special::Closed(None));
    assert_eq!(world.on("2026-11-24"), Err(WhyNone::Holiday(None)));
    assert!(world.on("2026-11-25").is_ok());
}

#[test]
fn a_date_starts_with_its_day_and_nothing_starts_within_a_minute() {
    let mut world = World::new(Terms::Date);
    let at_time = |world: &World, start| Slot::at(&world.package, ResourceId::new(Ulid(1)), at(start), &world.timezone);
    assert!(at_time(&world, "2026-03-28T23:00:00Z").is_ok(), "a day of 23 hours");
    assert_eq!(at_time(&world, "2026-11-23T00:00:00Z"), Err(crate::domain::slot::NoSlotThere));
    world.package.terms = minutes(60, 0, 0, 1);
    assert!(at_time(&world, "2026-11-23T00:01:00Z").is_ok());
    assert!(at_time(&world, "2026-11-23T00:01:01Z").is_err());
    assert!(Slot::at(&world.package, ResourceId::new(Ulid(1)), Timestamp::MAX, &world.timezone).is_err());
}

#[test]
fn a_night_of_two_days_is_one_opening() {
    let mut world = World::new(minutes(120, 0, 0, 1));
    world.hours.weekly = WeeklyHours::new(std::array::from_fn(|_| open(&[("00:00", "02:00"), ("22:00", "24:00")])));
    assert_eq!(world.on(MONDAY).unwrap(), ["00:00", "22:00", "22:30", "23:00", "23:30"]);
    assert_eq!(world.still("2026-11-23T23:00:00Z"), Ok(()));
    assert_eq!(world.still("2026-11-23T23:01:00Z"), Err(WhyNone::OutsideHours));
}

#[test]
fn the_nearest_alternatives_are_near_in_time() {
    let mut world = World::new(minutes(60, 0, 0, 1));
    world.book(1, 1, "2026-11-23T09:00:00Z");
    let wanted = world.slot(1, "2026-11-23T09:00:00Z");
    world.read(Days::near(wanted.start(), world.now, &world.timezone));
    let starts = |slots: Vec<Slot>| slots.iter().map(|slot| slot.start().to_string()).collect::<Vec<_>>();
    let expected = ["2026-11-23T08:00:00Z", "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z"];
    assert_eq!(starts(nearest_alternatives(&world.query(), &wanted, 3)), expected);
    assert!(nearest_alternatives(&world.query(), &wanted, 0).is_empty());
    world.package.active = false;
    assert!(nearest_alternatives(&world.query(), &wanted, 3).is_empty());
}

#[test]
fn the_wanted_slot_is_never_its_own_alternative() {
    let mut world = World::new(minutes(60, 0, 0, 1));
    let wanted = world.slot(1, "2026-11-23T09:00:00Z");
    world.read(Days::near(wanted.start(), world.now, &world.timezone));
    let near = nearest_alternatives(&world.query(), &wanted, 100);
    assert!(!near.contains(&wanted) && near.len() == 100);
}

#[test]
fn a_range_is_from_one_to_fourteen_days() {
    let date = |text: &str| text.parse::<Date>().unwrap();
    assert!(Days::new(date(MONDAY), date(MONDAY)).is_ok());
    assert!(Days::new(date(MONDAY), date("2026-12-06")).is_ok());
    assert_eq!(Days::new(date(MONDAY), date("2026-12-07")), Err(InvalidDays));
    assert_eq!(Days::new(date(MONDAY), date("2026-11-22")), Err(InvalidDays));
    let near = Days::near(at("2026-11-23T12:00:00Z"), at("2026-11-22T12:00:00Z"), &TimeZone::UTC);
    assert_eq!((near.first(), near.last()), (date("2026-11-22"), date("2026-12-05")));
}

#[test]
fn the_days_to_read_cover_the_longest_slot_in_every_zone() {
    let days = days(MONDAY, "2026-12-06");
    for name in ["Pacific/Kiritimati", "Etc/GMT+12", "Europe/Berlin", "Asia/Kathmandu"] {
        let mut world = World::new(minutes(720, 360, 360, 1));
        world.timezone = TimeZone::get(name).unwrap();
        let read = days_to_read(days, &world.timezone);
        for (date, minute) in [(days.first(), 0), (days.last(), 23 * 60 + 59)] {
            let start = local_day(date, &world.timezone).unwrap().start() + SignedDuration::from_mins(minute);
            let slot = world.slot(1, &start.to_string());
            assert!(Claim::on(&slot, NOBODY, 1).days().iter().all(|day| read.contains(&day.date)), "{name}");
        }
        assert!(read.start().until(*read.end()).unwrap().get_days() <= 15, "{name}: {read:?}");
    }
}

#[test]
fn an_unclaimed_day_is_a_day_that_was_read() {
    let mut world = World::new(minutes(60, 0, 0, 1));
    world.claims.insert(ResourceId::new(Ulid(1)), MONDAY.parse().unwrap(), DayClaims::default());
    let slot = world.slot(1, "2026-11-23T09:00:00Z");
    assert_eq!(still_bookable(&world.query(), &slot), Ok(()));
}
