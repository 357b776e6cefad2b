//! What calendars of all kinds say, beside what it means in New York.

use super::*;
use crate::domain::id::BookingId;

const HOST: &str = "desk.example.test";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The three weeks around the end of summer time in New York (1 November 2026) and in Berlin (25 October).
fn span() -> Interval {
    Interval::new(at("2026-10-19T00:00:00Z"), at("2026-11-09T00:00:00Z")).unwrap()
}

fn new_york() -> TimeZone {
    TimeZone::get("America/New_York").unwrap()
}

fn file(entries: &[&str]) -> String {
    let entries: String = entries
        .iter()
        .map(|entry| format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", entry.replace('\n', "\r\n")))
        .collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{entries}END:VCALENDAR\r\n")
}

fn read(text: &str) -> Result<Busy, Unreadable> {
    Entries::parse(text)?.busy(&span(), &new_york(), (&BTreeSet::new(), HOST))
}

/// When the entries take time, as `from/to`, in order.
fn times(entries: &[&str]) -> Vec<String> {
    let busy = read(&file(entries)).unwrap();
    assert_eq!(busy.skipped, 0, "{entries:?}");
    let mut times = busy.times;
    times.sort_by_key(Interval::start);
    times.iter().map(|time| format!("{}/{}", time.start(), time.end())).collect()
}

#[test]
fn an_entry_is_when_its_clock_says() {
    for (entry, expected) in [
        ("UID:1\nDTSTART:20261102T150000Z\nDTEND:20261102T160000Z", "2026-11-02T15:00:00Z/2026-11-02T16:00:00Z"),
        // A clock that is nowhere is the business's.
        ("UID:1\nDTSTART:20261102T150000\nDTEND:20261102T160000", "2026-11-02T20:00:00Z/2026-11-02T21:00:00Z"),
        (
            "UID:1\nDTSTART;TZID=Europe/Berlin:20261102T150000\nDTEND;TZID=Europe/Berlin:20261102T160000",
            "2026-11-02T14:00:00Z/2026-11-02T15:00:00Z",
        ),
        (
            "UID:1\nDTSTART;TZID=W. Europe Standard Time:20261102T150000\nDURATION:PT90M",
            "2026-11-02T14:00:00Z/2026-11-02T15:30:00Z",
        ),
        (
            "UID:1\nDTSTART;TZID=Asia/Tokyo:20261102T230000\nDTEND;TZID=Europe/Berlin:20261102T160000",
            "2026-11-02T14:00:00Z/2026-11-02T15:00:00Z",
        ),
        // Whole days are the business's own, also that of 25 hours.
        ("UID:1\nDTSTART;VALUE=DATE:20261031\nDTEND;VALUE=DATE:20261102", "2026-10-31T04:00:00Z/2026-11-02T05:00:00Z"),
        ("UID:1\nDTSTART;VALUE=DATE:20261101", "2026-11-01T04:00:00Z/2026-11-02T05:00:00Z"),
        // An hour that comes twice is the first of both.
        ("UID:1\nDTSTART:20261101T013000\nDTEND:20261101T030000", "2026-11-01T05:30:00Z/2026-11-01T08:00:00Z"),
        // What reaches out of what is asked for is cut.
        ("UID:1\nDTSTART:20261101T000000Z\nDTEND:20270101T000000Z", "2026-11-01T00:00:00Z/2026-11-09T00:00:00Z"),
        ("DTSTART:20261102T150000Z\nDTEND:20261102T160000Z", "2026-11-02T15:00:00Z/2026-11-02T16:00:00Z"),
    ] {
        assert_eq!(times(&[entry]), [expected], "{entry}");
    }
}

#[test]
fn what_says_that_it_is_free_takes_no_time() {
    for entry in [
        "UID:1\nDTSTART:20261102T150000Z\nDTEND:20261102T160000Z\nTRANSP:TRANSPARENT",
        "UID:1\nDTSTART:20261102T150000Z\nDTEND:20261102T160000Z\nSTATUS:CANCELLED",
        "UID:1\nDTSTART:20261102T150000Z",
        "UID:1\nDTSTART:20261102T150000Z\nDTEND:20261102T150000Z",
        "UID:1\nDTSTART:20261001T150000Z\nDTEND:20261001T160000Z",
        "UID:1\nDTSTART:20271102T150000Z\nDTEND:20271102T160000Z",
    ] {
        assert_eq!(times(&[entry]), Vec::<String>::new(), "{entry}");
    }
    let tentative = "UID:1\nDTSTART:20261102T150000Z\nDTEND:20261102T160000Z\nSTATUS:TENTATIVE\nTRANSP:OPAQUE";
    assert_eq!(times(&[tentative]).len(), 1);
}

const WEEKLY: &str =
    "UID:w\nSEQUENCE:3\nDTSTART;TZID=America/New_York:20240103T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=WE";

#[test]
fn a_series_keeps_its_time_of_day_when_the_clocks_change() {
    let expected = [
        "2026-10-21T13:00:00Z/2026-10-21T14:00:00Z",
        "2026-10-28T13:00:00Z/2026-10-28T14:00:00Z",
        "2026-11-04T14:00:00Z/2026-11-04T15:00:00Z",
    ];
    assert_eq!(times(&[WEEKLY]), expected);
}

#[test]
fn a_series_leaves_out_what_was_taken_out_and_moves_what_was_moved() {
    let without = format!("{WEEKLY}\nEXDATE:20261028T130000Z");
    assert_eq!(times(&[&without]).len(), 2, "named in another zone");
    let without = format!("{WEEKLY}\nEXDATE;TZID=America/New_York:20261028T090000,20261104T090000");
    assert_eq!(times(&[&without]).len(), 1);
    // The number of the changed one has gone up on its own, as some calendars do.
    let moved = "UID:w\nSEQUENCE:4\nRECURRENCE-ID:20261028T130000Z\nDTSTART:20261029T170000Z\nDTEND:20261029T180000Z";
    let expected = [
        "2026-10-21T13:00:00Z/2026-10-21T14:00:00Z",
        "2026-10-29T17:00:00Z/2026-10-29T18:00:00Z",
        "2026-11-04T14:00:00Z/2026-11-04T15:00:00Z",
    ];
    assert_eq!(times(&[WEEKLY, moved]), expected);
    assert_eq!(times(&[moved, WEEKLY]), expected);
    let cancelled = format!("{moved}\nSTATUS:CANCELLED");
    assert_eq!(times(&[WEEKLY, &cancelled]).len(), 2);
    let of_another = moved.replace("UID:w", "UID:v");
    assert_eq!(times(&[WEEKLY, &of_another]).len(), 4, "it changes no series but its own");
}

#[test]
fn a_series_ends_when_it_says_on_its_own_clock() {
    let daily =
        |start: &str, until: &str| format!("UID:d\nDTSTART{start}\nDURATION:PT30M\nRRULE:FREQ=DAILY;UNTIL={until}");
    for (start, until, count) in [
        // 20:00 in New York is one in the morning of the next day, as the end is counted.
        (";TZID=America/New_York:20261102T200000", "20261105T010000Z", 3),
        (";TZID=America/New_York:20261102T200000", "20261105T005959Z", 2),
        (";TZID=Europe/Berlin:20261102T003000", "20261103T233000Z", 3),
        (";TZID=Europe/Berlin:20261102T003000", "20261103T232959Z", 2),
        (":20261102T150000Z", "20261104T150000Z", 3),
        (":20261102T150000", "20261104T150000", 3),
        (":20261102T150000", "20261104", 3),
    ] {
        assert_eq!(times(&[&daily(start, until)]).len(), count, "{start} {until}");
    }
    let utc = daily(":20261102T150000Z", "20261103T150000Z");
    assert_eq!(
        times(&[&utc]),
        ["2026-11-02T15:00:00Z/2026-11-02T15:30:00Z", "2026-11-03T15:00:00Z/2026-11-03T15:30:00Z"]
    );
    let days = "UID:d\nDTSTART;VALUE=DATE:20261102\nRRULE:FREQ=DAILY;UNTIL=20261104";
    assert_eq!(times(&[days]).len(), 3);
    let counted = "UID:d\nDTSTART:20261018T150000Z\nDTEND:20261018T160000Z\nRRULE:FREQ=DAILY;COUNT=3";
    assert_eq!(times(&[counted]).len(), 2, "the first was before what is asked for");
    let dates = "UID:d\nDTSTART:20261102T150000Z\nDTEND:20261102T160000Z\nRDATE:20261103T150000Z,20261104T150000Z";
    assert_eq!(times(&[dates]).len(), 3);
}

#[test]
fn our_own_entries_are_passed_over_and_nobody_elses() {
    let (ours, other): (BookingId, BookingId) = (BookingId::new(ulid::Ulid(1)), BookingId::new(ulid::Ulid(2)));
    let entry = |uid: &str| format!("UID:{uid}\nDTSTART:20261102T150000Z\nDTEND:20261102T160000Z");
    let text = file(&[
        &entry(&format!("{ours}@{HOST}")),
        &entry(&format!("{other}@{HOST}")),
        &entry(&format!("{ours}@elsewhere.test")),
        &entry("x@desk.example.test"),
    ]);
    let entries = Entries::parse(&text).unwrap();
    assert_eq!(entries.bookings(HOST), BTreeSet::from([ours, other]));
    let busy = entries.busy(&span(), &new_york(), (&BTreeSet::from([ours]), HOST)).unwrap();
    assert_eq!(busy.times.len(), 3);
}

#[test]
fn what_is_not_a_whole_calendar_frees_nothing() {
    let whole = file(&["UID:1\nDTSTART:20261102T150000Z\nDTEND:20261102T160000Z"]);
    for text in [
        "",
        "hello",
        "<html>",
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:x\r\nEND:VCARD\r\n",
        &whole[..whole.len() - 20],
        &whole[..70],
    ] {
        assert_eq!(read(text), Err(Unreadable::NotACalendar), "{text:?}");
    }
    assert_eq!(read(&format!("\u{feff}{whole}")).unwrap().times.len(), 1);
    assert_eq!(read(&whole.replace("\r\n", "\n")).unwrap().times.len(), 1);
    assert_eq!(read(&format!("{whole}{whole}")).unwrap().times.len(), 2, "two calendars in one file");
    assert_eq!(read(&file(&[])).unwrap(), Busy::default());
}

#[test]
fn an_entry_that_makes_no_sense_is_counted_and_keeps_no_other_from_being_read() {
    let good = "UID:1\nDTSTART:20261102T150000Z\nDTEND:20261102T160000Z";
    for bad in ["UID:2\nSUMMARY:no start", "UID:2\nDTSTART:20261102T150000Z\nRRULE:FREQ=DAILY;BYMONTHDAY=77;BYDAY=9MO"]
    {
        let busy = read(&file(&[bad, good])).unwrap();
        assert!(busy.times.contains(&Interval::new(at("2026-11-02T15:00:00Z"), at("2026-11-02T16:00:00Z")).unwrap()));
        assert!(busy.skipped == 1 || busy.times.len() > 1, "{bad}: {busy:?}");
    }
}

#[test]
fn a_calendar_without_end_is_refused() {
    let every_second = "UID:s\nDTSTART:20261020T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY";
    assert!(matches!(read(&file(&[every_second])), Err(Unreadable::TooMany)));
    let never = "UID:n\nDTSTART:20261020T000000Z\nDURATION:PT1H\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30";
    assert_eq!(read(&file(&[never])).unwrap().times, []);
    for costly in ["FREQ=SECONDLY;BYHOUR=3;BYMINUTE=0;BYSECOND=0", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"] {
        let since_long = format!("UID:c\nDTSTART:19700101T000000Z\nDURATION:PT1H\nRRULE:{costly}");
        assert_eq!(read(&file(&[&since_long])), Err(Unreadable::TooMany), "{costly}");
    }
    let many: Vec<String> = (0..=MOST_SERIES).map(|n| WEEKLY.replace("UID:w", &format!("UID:{n}"))).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(read(&file(&many)), Err(Unreadable::TooMany));
}
