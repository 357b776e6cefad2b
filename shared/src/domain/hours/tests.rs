//! Hours in local time, and what becomes of them on the nights when clocks change.

use proptest::prelude::*;

use super::*;
use crate::domain::cell::cells;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn day(stretches: &[(&str, &str)]) -> OpenDay {
    let made = stretches.iter().map(|(o, c)| Stretch::new(o.parse().unwrap(), c.parse().unwrap()).unwrap());
    OpenDay::new(made.collect()).unwrap()
}

fn every_day(stretches: &[(&str, &str)]) -> Hours {
    Hours { weekly: WeeklyHours::new(std::array::from_fn(|_| day(stretches))), ..Hours::default() }
}

fn shown(interval: Interval) -> String {
    format!("{}/{}", interval.start(), interval.end())
}

/// When a business open from `opens` to `closes` is open on `date`.
fn open(name: &str, date: &str, opens: &str, closes: &str) -> Option<String> {
    day(&[(opens, closes)]).stretches()[0].on(date.parse().unwrap(), &zone(name)).map(shown)
}

#[test]
fn an_ordinary_day_is_local_time_with_the_offset_of_its_season() {
    let open = |date| open("Europe/Berlin", date, "09:00", "24:00").unwrap();
    assert_eq!(open("2026-07-01"), "2026-07-01T07:00:00Z/2026-07-01T22:00:00Z");
    assert_eq!(open("2026-12-01"), "2026-12-01T08:00:00Z/2026-12-01T23:00:00Z");
}

#[test]
fn a_time_that_the_clocks_skip_is_the_moment_of_the_change() {
    // Berlin, 29 March 2026: 02:00 becomes 03:00 at 01:00Z.
    let open = |opens, closes| open("Europe/Berlin", "2026-03-29", opens, closes);
    assert_eq!(open("02:30", "04:00").unwrap(), "2026-03-29T01:00:00Z/2026-03-29T02:00:00Z");
    assert_eq!(open("01:00", "02:30").unwrap(), "2026-03-29T00:00:00Z/2026-03-29T01:00:00Z");
    assert_eq!(open("01:59", "03:01").unwrap(), "2026-03-29T00:59:00Z/2026-03-29T01:01:00Z");
    assert_eq!(open("02:00", "03:00"), None, "the whole stretch is skipped");
}

#[test]
fn a_time_that_comes_twice_is_meant_the_first_time() {
    // Berlin, 25 October 2026: 03:00 becomes 02:00 at 01:00Z.
    let open = |opens, closes| open("Europe/Berlin", "2026-10-25", opens, closes).unwrap();
    assert_eq!(open("02:30", "04:00"), "2026-10-25T00:30:00Z/2026-10-25T03:00:00Z");
    assert_eq!(open("01:00", "02:30"), "2026-10-24T23:00:00Z/2026-10-25T00:30:00Z");
    assert_eq!(open("02:00", "03:00"), "2026-10-25T00:00:00Z/2026-10-25T02:00:00Z", "both hours of the night");
    let hours = every_day(&[("01:00", "02:30")]);
    for (now, expected) in
        [("2026-10-25T00:29:59Z", true), ("2026-10-25T00:30:00Z", false), ("2026-10-25T01:15:00Z", false)]
    {
        assert_eq!(hours.is_open(at(now), &zone("Europe/Berlin")), expected, "{now}");
    }
}

#[test]
fn a_change_may_be_half_an_hour_or_at_midnight() {
    // Lord Howe, 4 October 2026: 02:00 becomes 02:30 at 15:30Z of the day before.
    assert_eq!(
        open("Australia/Lord_Howe", "2026-10-04", "02:15", "03:00").unwrap(),
        "2026-10-03T15:30:00Z/2026-10-03T16:00:00Z"
    );
    // Cairo, 24 April 2026: there is no 00:00 to 01:00, and the day begins with the change.
    let cairo = zone("Africa/Cairo");
    assert_eq!(
        shown(local_day("2026-04-24".parse().unwrap(), &cairo).unwrap()),
        "2026-04-23T22:00:00Z/2026-04-24T21:00:00Z"
    );
    assert_eq!(local_day("2026-04-23".parse().unwrap(), &cairo).unwrap().end(), at("2026-04-23T22:00:00Z"));
}

#[test]
fn a_local_day_has_as_many_hours_as_its_clock() {
    for (name, date, minutes) in [
        ("Europe/Berlin", "2026-03-29", 23 * 60),
        ("Europe/Berlin", "2026-03-30", 24 * 60),
        ("Europe/Berlin", "2026-10-25", 25 * 60),
        ("Australia/Lord_Howe", "2026-10-04", 23 * 60 + 30),
        ("America/New_York", "2026-11-01", 25 * 60),
    ] {
        let day = local_day(date.parse().unwrap(), &zone(name)).unwrap();
        assert_eq!(day.start().duration_until(day.end()), SignedDuration::from_mins(minutes), "{name} {date}");
    }
    assert_eq!(local_day("2011-12-30".parse().unwrap(), &zone("Pacific/Apia")), None, "Samoa had no such day");
}

#[test]
fn a_local_day_of_any_zone_lies_in_two_utc_days() {
    let first: Date = "2026-01-01".parse().unwrap();
    let mut zones = 0;
    for name in jiff::tz::db().available() {
        let zone = zone(name.as_str());
        zones += 1;
        let mut before: Option<Interval> = None;
        for date in first.series(1.day()).take(366) {
            let day = local_day(date, &zone).unwrap();
            assert!(cells(&day).len() <= 2, "{} {date}", name.as_str());
            assert!(before.is_none_or(|before| before.end() == day.start()), "days meet: {} {date}", name.as_str());
            before = Some(day);
        }
    }
    assert!(300 < zones, "the time zone database is there");
}

#[test]
fn a_date_goes_before_a_holiday_before_the_week() {
    let mut hours = every_day(&[("09:00", "17:00")]);
    let christmas = YearDay::new(12, 25).unwrap();
    let name: Line<80> = Line::new("Christmas").unwrap();
    hours.holidays.insert(christmas, name.clone());
    let date = |text: &str| text.parse::<Date>().unwrap();
    assert_eq!(hours.day(date("2026-12-25")), DayHours::Holiday(Some(&name)));
    assert_eq!(hours.day(date("2027-12-25")), DayHours::Holiday(Some(&name)));
    hours.special.insert(date("2026-12-25"), Special::Open(day(&[("10:00", "12:00")])));
    hours.special.insert(date("2026-12-28"), Special::Closed(None));
    assert_eq!(hours.open_on(date("2026-12-25")), day(&[("10:00", "12:00")]).stretches());
    assert_eq!(hours.day(date("2026-12-28")), DayHours::Holiday(None));
    assert_eq!(hours.open_on(date("2026-12-29")), day(&[("09:00", "17:00")]).stretches());
    assert_eq!(Hours::default().day(date("2026-12-29")), DayHours::Closed);
}

#[test]
fn each_weekday_has_its_own_hours() {
    let names = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];
    let week = WeeklyHours::new(std::array::from_fn(|n| day(&[("00:00", &format!("{:02}:00", n + 1))])));
    for (n, weekday) in names.into_iter().enumerate() {
        assert_eq!(usize::from(week.on(weekday).stretches()[0].closes().get()), (n + 1) * 60, "{weekday:?}");
    }
    // 23 November 2026 is a Monday, open for its first hour.
    assert!(week.is_open(at("2026-11-23T00:59:59Z"), &TimeZone::UTC));
    assert!(!week.is_open(at("2026-11-23T01:00:00Z"), &TimeZone::UTC));
    assert!(week.is_open(at("2026-11-24T01:00:00Z"), &TimeZone::UTC));
}

#[test]
fn a_night_past_midnight_is_one_piece() {
    let hours = every_day(&[("00:00", "02:00"), ("20:00", "24:00")]);
    let date: Date = "2026-11-23".parse().unwrap();
    let open = hours.intervals(date, date.tomorrow().unwrap(), &zone("Europe/Berlin"));
    assert_eq!(open.len(), 3);
    assert_eq!(shown(open[1]), "2026-11-23T19:00:00Z/2026-11-24T01:00:00Z");
    assert!(hours.is_open(at("2026-11-23T22:59:59Z"), &zone("Europe/Berlin")));
    assert!(hours.is_open(at("2026-11-23T23:00:00Z"), &zone("Europe/Berlin")));
}

#[test]
fn a_break_is_closed() {
    let hours = every_day(&[("09:00", "12:00"), ("13:00", "17:00")]);
    for (now, open) in [
        ("2026-11-23T08:59:59Z", false),
        ("2026-11-23T09:00:00Z", true),
        ("2026-11-23T11:59:59Z", true),
        ("2026-11-23T12:00:00Z", false),
        ("2026-11-23T13:00:00Z", true),
        ("2026-11-23T17:00:00Z", false),
    ] {
        assert_eq!(hours.is_open(at(now), &TimeZone::UTC), open, "{now}");
    }
}

proptest! {
    #[test]
    fn the_open_time_of_any_week_is_in_order_and_agrees_with_the_clock(
        name in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana"]),
        month in 1..=12_i8, date in 1..=28_i8,
        mut times in prop::collection::btree_set(0..=1440_u16, 4),
        probe in 0..3 * 1440_i64,
    ) {
        let zone = zone(name);
        let mut next = || DayMinute::new(times.pop_first().unwrap()).unwrap();
        let stretches = vec![Stretch::new(next(), next()).unwrap(), Stretch::new(next(), next()).unwrap()];
        let hours = Hours { weekly: WeeklyHours::new(std::array::from_fn(|_| OpenDay::new(stretches.clone()).unwrap())), ..Hours::default() };
        let first = Date::new(2026, month, date).unwrap();
        let open = hours.intervals(first, first + 2.days(), &zone);
        for pair in open.windows(2) {
            prop_assert!(pair[0].end() < pair[1].start(), "{pair:?}");
        }
        let now = local_day(first, &zone).unwrap().start() + SignedDuration::from_mins(probe);
        if now.to_zoned(zone.clone()).date() <= first + 2.days() {
            prop_assert_eq!(hours.is_open(now, &zone), open.iter().any(|stretch| stretch.holds(now)), "{}", now);
        }
    }
}
