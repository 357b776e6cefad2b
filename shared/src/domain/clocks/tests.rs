//! Times as people read them, near and far.

use super::*;

fn zone(name: &str) -> TimeZone {
    zone_named(name).unwrap()
}

fn slot(start: &str, end: &str) -> Interval {
    Interval::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
}

#[test]
fn a_time_reads_as_the_business_lives_it() {
    for (name, start, end, day, time) in [
        (
            "Europe/Berlin",
            "2026-11-23T09:30:00Z",
            "2026-11-23T10:30:00Z",
            "Monday, 23 November 2026",
            "10:30–11:30 CET",
        ),
        ("Europe/Berlin", "2026-07-01T08:00:00Z", "2026-07-01T08:15:00Z", "Wednesday, 1 July 2026", "10:00–10:15 CEST"),
        (
            "America/Sao_Paulo",
            "2026-07-01T12:00:00Z",
            "2026-07-01T13:00:00Z",
            "Wednesday, 1 July 2026",
            "09:00–10:00 UTC-03",
        ),
        ("UTC", "2026-07-01T12:00:00Z", "2026-07-01T13:00:00Z", "Wednesday, 1 July 2026", "12:00–13:00 UTC"),
        // Over midnight, and over the night in which the clocks go back.
        (
            "America/New_York",
            "2026-07-02T02:00:00Z",
            "2026-07-02T06:00:00Z",
            "Wednesday, 1 July 2026",
            "22:00 – Thu 2 Jul, 02:00 EDT",
        ),
        (
            "Europe/Berlin",
            "2026-10-25T00:30:00Z",
            "2026-10-25T01:30:00Z",
            "Sunday, 25 October 2026",
            "02:30 CEST – 02:30 CET",
        ),
    ] {
        let zone = zone(name);
        assert_eq!(Clocks::of_business(&zone).lines(Kind::Slot, &slot(start, end)), [day, time], "{name} {start}");
    }
}

#[test]
fn a_whole_day_has_no_time_but_for_those_who_live_elsewhere() {
    let (berlin, lisbon) = (zone("Europe/Berlin"), zone("Europe/Lisbon"));
    let day = slot("2026-11-22T23:00:00Z", "2026-11-23T23:00:00Z");
    assert_eq!(Clocks::of_business(&berlin).lines(Kind::Date, &day), ["Monday, 23 November 2026", "the whole day"]);
    let far = Clocks::new(&berlin, Some(&lisbon));
    assert_eq!(far.line(Kind::Date, &day), "Mon 23 Nov 2026 (Berlin time)");
    assert_eq!(
        far.own_lines(&day).unwrap(),
        ["Sunday, 22 November 2026", "23:00 – Mon 23 Nov, 23:00 WET (Lisbon time)"]
    );
}

#[test]
fn the_zone_is_named_to_everybody_who_may_live_in_another() {
    let (berlin, paris, lisbon) = (zone("Europe/Berlin"), zone("Europe/Paris"), zone("Europe/Lisbon"));
    let hour = slot("2026-11-23T09:30:00Z", "2026-11-23T10:30:00Z");
    for (reader, line, own, label) in [
        (Some(&berlin), "Mon 23 Nov 2026, 10:30–11:30 CET", None, "Mon 23 Nov, 10:30"),
        // Another name for the same time.
        (Some(&paris), "Mon 23 Nov 2026, 10:30–11:30 CET", None, "Mon 23 Nov, 10:30"),
        (None, "Mon 23 Nov 2026, 10:30–11:30 CET (Berlin time)", None, "Mon 23 Nov, 10:30 CET"),
        (
            Some(&lisbon),
            "Mon 23 Nov 2026, 10:30–11:30 CET (Berlin time)",
            Some("Mon 23 Nov 2026, 09:30–10:30 WET (Lisbon time)"),
            "Mon 23 Nov, 10:30 CET (Mon 23 Nov, 09:30 for you)",
        ),
    ] {
        let clocks = Clocks::new(&berlin, reader);
        assert_eq!(clocks.line(Kind::Slot, &hour), line);
        assert_eq!(clocks.own_line(&hour).as_deref(), own);
        assert_eq!(clocks.label(Kind::Slot, hour.start()), label);
    }
}

#[test]
fn the_hour_that_comes_twice_is_told_apart_also_at_home() {
    let berlin = zone("Europe/Berlin");
    let starts = ["2026-10-24T23:30:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"];
    let told = starts.map(|start| Clocks::of_business(&berlin).time(start.parse().unwrap()));
    assert_eq!(told, ["01:30", "02:30 CEST", "02:30 CET", "03:30"]);
}

#[test]
fn a_zone_that_nobody_knows_is_none() {
    let long = "A".repeat(NAME_BYTES + 1);
    for name in ["", "Mars/Olympus", "Etc/Unknown", "../../etc/passwd", "Europe/Berlin\n", long.as_str()] {
        assert_eq!(zone_named(name), None, "{name:?}");
    }
    assert_eq!(zone("pacific/auckland").iana_name(), Some("Pacific/Auckland"));
}

#[test]
fn a_zone_that_is_named_after_no_place_is_told_by_its_letters() {
    let (utc, berlin) = (zone("UTC"), zone("Europe/Berlin"));
    let hour = slot("2026-11-23T09:30:00Z", "2026-11-23T10:30:00Z");
    assert_eq!(Clocks::new(&utc, Some(&berlin)).line(Kind::Slot, &hour), "Mon 23 Nov 2026, 09:30–10:30 UTC");
    assert_eq!(Clocks::new(&utc, None).place(hour.start()), None);
}

#[test]
fn days_are_named_after_the_business_where_others_begin_at_another_time() {
    let (berlin, paris, lisbon) = (zone("Europe/Berlin"), zone("Europe/Paris"), zone("Europe/Lisbon"));
    let days = |first: &str, last: &str| Days::new(first.parse().unwrap(), last.parse().unwrap()).unwrap();
    let three = days("2026-11-23", "2026-11-25");
    for (reader, told) in [
        (Some(&berlin), "Mon 23 Nov – Wed 25 Nov 2026"),
        (Some(&paris), "Mon 23 Nov – Wed 25 Nov 2026"),
        (None, "Mon 23 Nov – Wed 25 Nov 2026 (Berlin time)"),
        (Some(&lisbon), "Mon 23 Nov – Wed 25 Nov 2026 (Berlin time)"),
    ] {
        assert_eq!(Clocks::new(&berlin, reader).days(three), told);
    }
    let at_home = Clocks::of_business(&berlin);
    assert_eq!(at_home.days(days("2026-11-23", "2026-11-23")), "Mon 23 Nov 2026");
    assert_eq!(at_home.days(days("2026-12-30", "2027-01-02")), "Wed 30 Dec 2026 – Sat 2 Jan 2027");
}
