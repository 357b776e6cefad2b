//! Why nothing is free: each day has a reason of its own.

use super::*;

/// A fortnight in which each day has another reason: the explanation goes by the day.
#[test]
fn each_day_says_for_itself_why_nothing_is_free() {
    let mut world = World::new(minutes(240, 0, 0, 1));
    let name: Line<80> = Line::new("Staff outing").unwrap();
    world.policies.horizon_days = 9;
    world.now = at("2026-11-23T07:00:00Z");
    world.book(1, 1, "2026-11-24T12:00:00Z");
    world.hours.special.insert("2026-11-25".parse().unwrap(), Special::Closed(None));
    world.hours.holidays.insert(YearDay::new(11, 26).unwrap(), name.clone());
    world.hours.special.insert("2026-11-28".parse().unwrap(), Special::Open(OpenDay::default()));
    world.read(days(MONDAY, "2026-12-03"));
    world.policies.notice = std::time::Duration::from_hours(12);
    let last = "2026-12-02".parse().unwrap();
    let earliest = at("2026-11-23T19:00:00Z");
    let found = each_day(&world.query(), days(MONDAY, "2026-12-03"));
    let told: Vec<_> = found.into_iter().map(|(date, found)| (date.day(), found.map(|slots| slots.len()))).collect();
    for (day, expected) in [
        (23, Err(WhyNone::TooSoon { earliest })),
        (24, Err(WhyNone::FullyBooked)),
        (25, Err(WhyNone::Holiday(None))),
        (26, Err(WhyNone::Holiday(Some(name)))),
        (27, Ok(1)),
        (28, Err(WhyNone::Closed)),
        (29, Ok(1)),
        (30, Ok(1)),
        (2, Ok(1)),
        (3, Err(WhyNone::BeyondHorizon { last })),
    ] {
        assert!(told.contains(&(day, expected.clone())), "{day} {expected:?}: {told:?}");
    }
}

/// A date's own hours go before a yearly holiday, and that before the week.
#[test]
fn a_date_of_its_own_is_open_where_week_and_holiday_are_closed() {
    let mut world = World::new(minutes(60, 0, 0, 1));
    let name: Line<80> = Line::new("Founding day").unwrap();
    world.hours.weekly = WeeklyHours::office();
    world.hours.holidays.insert(YearDay::new(11, 25).unwrap(), name.clone());
    world.hours.holidays.insert(YearDay::new(11, 26).unwrap(), name.clone());
    let short = Special::Open(open(&[("10:00", "11:00"), ("11:30", "12:30")]));
    for date in ["2026-11-25", "2026-11-28"] {
        world.hours.special.insert(date.parse().unwrap(), short.clone());
    }
    for (date, expected) in [
        ("2026-11-25", Ok(2)),
        ("2026-11-26", Err(WhyNone::Holiday(Some(name)))),
        ("2026-11-27", Ok(15)),
        ("2026-11-28", Ok(2)),
        ("2026-11-29", Err(WhyNone::Closed)),
    ] {
        assert_eq!(world.on(date).map(|starts| starts.len()), expected, "{date}");
    }
    assert_eq!(world.on("2026-11-28").unwrap(), ["10:00", "11:30"], "the break is none of it");
}

/// One who is free is enough; with nobody free every day is full, each for all who serve it.
#[test]
fn a_day_is_full_once_everybody_who_serves_it_is_taken() {
    let mut world = World::new(minutes(240, 0, 0, 1));
    world.package.resources = vec![ResourceId::new(Ulid(1)), ResourceId::new(Ulid(2))];
    world.book(1, 1, "2026-11-23T12:00:00Z");
    assert_eq!(world.on(MONDAY).unwrap(), ["13:00"]);
    world.book(2, 2, "2026-11-23T12:00:00Z");
    assert_eq!(world.on(MONDAY), Err(WhyNone::FullyBooked));
    world.resources[1].active = false;
    assert_eq!(world.on(MONDAY), Err(WhyNone::FullyBooked), "who is away is not counted");
}

/// Seats are sold until the last; buffers of the session keep its neighbours away, seats or not.
#[test]
fn a_session_is_full_with_its_last_seat_and_its_buffers_hold() {
    let mut world = World::new(minutes(210, 0, 30, 2));
    world.book(1, 1, "2026-11-23T12:00:00Z");
    assert!(world.on(MONDAY).unwrap().contains(&"13:00".to_owned()), "one seat is left");
    world.book(2, 1, "2026-11-23T12:00:00Z");
    assert_eq!(world.on(MONDAY), Err(WhyNone::FullyBooked));
}
