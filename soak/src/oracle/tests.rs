//! Histories that may not be, made by hand: each rule notices its own, and none the one that may.

mod money;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::*;
use crate::record::{Queued, Sent, Written};
use crate::row::{Place, Told};

const HOUR: i64 = 3_600_000;

/// When the booking of these histories begins, in milliseconds: 2026-11-23T09:00Z.
const START: i64 = 1_795_424_400_000;

/// An hour at 80 euros that is confirmed.
fn row(id: &str) -> Row {
    Row {
        tenant: "T".to_owned(),
        id: id.to_owned(),
        package: "P".to_owned(),
        resource: "R".to_owned(),
        status: "CONFIRMED".to_owned(),
        start: START,
        end: START + HOUR,
        blocked: (START, START + HOUR),
        capacity: 1,
        price: 8_000,
        due: 8_000,
        free_until: 24 * 3_600,
        late_percent: 50,
        no_show_percent: 100,
        email: "ann@example.com".to_owned(),
        code: "ANNSCODE".to_owned(),
        version: 1,
        ..Row::default()
    }
}

fn written(row: Row, hours_before_start: i64) -> Written {
    Written { at: Timestamp::from_millisecond(START - hours_before_start * HOUR).unwrap(), row }
}

fn charge(amount: i64, refunds: &[i64]) -> Charge {
    Charge {
        intent: format!("pi_{amount}"),
        account: None,
        amount,
        refunds: refunds.to_vec(),
        disputed: false,
        metadata: BTreeMap::from([("bookingId".to_owned(), "A".to_owned())]),
    }
}

fn told(name: &str) -> Told {
    Told { id: format!("E-{name}"), name: name.to_owned(), subject: "A".to_owned(), detail: String::new() }
}

fn mail(name: &str, reader: &str) -> Sent {
    Sent {
        work: format!("E-{name}:{reader}"),
        to: if reader == "customer" { "ann@example.com".to_owned() } else { "owner@example.com".to_owned() },
        words: "Your code is ANNSCODE".to_owned(),
        is_excused: false,
    }
}

/// A history in which Ann books, pays and is told.
fn fine() -> Evidence {
    let cells = (0..4).map(|n| (36 + n, "A".to_owned())).collect();
    let whose = ("T".to_owned(), "R".to_owned());
    Evidence {
        rows: vec![row("A")],
        days: vec![Day { whose, date: "2026-11-23".to_owned(), cells, seats: Vec::new() }],
        versions: BTreeMap::from([("A".to_owned(), vec![written(row("A"), 72)])]),
        words: vec![Word { what: "booked", booking: row("A") }],
        charges: vec![charge(8_000, &[])],
        told: vec![told("booking.confirmed")],
        mails: vec![mail("booking.confirmed", "customer"), mail("booking.confirmed", "owner")],
        ..Evidence::default()
    }
}

/// The rules that a history breaks.
fn broken(evidence: &Evidence) -> BTreeSet<&'static str> {
    RULES.iter().flat_map(|rule| rule(evidence)).map(|fault| fault.property).collect()
}

const OVERLAP: &str = "no live overlap";
const CLAIMS: &str = "claims are those of live bookings";
const LOST: &str = "no acknowledged change lost";
const MONEY: &str = "every payment has one booking or one refund";
const ONCE: &str = "each mail at most once";
const DUE: &str = "each mail that is due";
const LEFT: &str = "nothing is left over";

#[test]
fn a_history_that_may_be_breaks_nothing() {
    assert_eq!(broken(&fine()), BTreeSet::new());
}

#[test]
fn two_who_share_a_minute_overlap_and_two_who_touch_do_not() {
    for (apart, expected) in [(59, true), (60, false)] {
        let mut evidence = fine();
        let shift = apart * 60_000;
        let start = START + shift;
        evidence.rows.push(Row { start, end: start + HOUR, blocked: (start, start + HOUR), ..row("B") });
        assert_eq!(broken(&evidence).contains(OVERLAP), expected, "{apart} minutes");
    }
}

#[test]
fn buffers_count_and_the_dead_do_not() {
    let mut evidence = fine();
    let start = START + HOUR + 600_000;
    let other = Row { start, end: start + HOUR, blocked: (start - 900_000, start + HOUR), ..row("B") };
    evidence.rows.push(other.clone());
    assert!(broken(&evidence).contains(OVERLAP));
    *evidence.rows.last_mut().unwrap() = Row { status: "CANCELED".to_owned(), ..other };
    assert!(!broken(&evidence).contains(OVERLAP));
}

#[test]
fn a_session_seats_as_many_as_it_has_seats() {
    for (seated, expected) in [(2, false), (3, true)] {
        let rows = (0..seated).map(|n| Row { capacity: 2, ..row(&n.to_string()) });
        let evidence = Evidence { rows: rows.collect(), ..Evidence::default() };
        assert_eq!(broken(&evidence).contains(OVERLAP), expected, "{seated}");
    }
}

#[test]
fn a_cell_too_many_too_few_or_of_another_is_noticed() {
    let spoil: [fn(&mut Day); 4] = [
        |day| day.cells.push((40, "A".to_owned())),
        |day| drop(day.cells.pop()),
        |day| day.cells[0].1 = "B".to_owned(),
        |day| day.seats.push(("P@1".to_owned(), vec!["A".to_owned()])),
    ];
    for spoil in spoil {
        let mut evidence = fine();
        spoil(&mut evidence.days[0]);
        assert_eq!(broken(&evidence), BTreeSet::from([CLAIMS]));
    }
}

#[test]
fn a_word_that_was_never_written_is_noticed() {
    let mut evidence = fine();
    evidence.words.push(Word { what: "moved", booking: Row { version: 2, sequence: 1, ..row("A") } });
    assert_eq!(broken(&evidence), BTreeSet::from([LOST]));
}

#[test]
fn a_version_written_twice_skipped_or_gone_back_on_is_noticed() {
    let after = |row: Row| {
        let mut evidence = fine();
        evidence.rows = vec![row.clone()];
        evidence.versions.get_mut("A").unwrap().push(written(row, 71));
        broken(&evidence).contains(LOST)
    };
    assert!(!after(Row { version: 2, ..row("A") }));
    assert!(after(row("A")));
    assert!(after(Row { version: 3, ..row("A") }));
    assert!(after(Row { version: 2, status: "EXPIRED".to_owned(), ..row("A") }));
    assert!(
        after(Row { version: 2, start: START + HOUR, end: START + 2 * HOUR, ..row("A") }),
        "the calendar must see it"
    );
}

#[test]
fn a_cancellation_that_comes_back_is_noticed() {
    let mut evidence = fine();
    let canceled = Row { version: 2, status: "CANCELED".to_owned(), sequence: 1, ..row("A") };
    let back = Row { version: 3, sequence: 1, ..row("A") };
    evidence.words.push(Word { what: "canceled", booking: canceled.clone() });
    evidence.rows = vec![back.clone()];
    evidence.versions.get_mut("A").unwrap().extend([written(canceled, 70), written(back, 69)]);
    assert!(broken(&evidence).contains(LOST));
}

#[test]
fn a_grant_that_is_taken_back_is_noticed() {
    let mut evidence = fine();
    let granted = Row { version: 2, granted: 3_000, ..row("A") };
    let after = Row { version: 3, granted: 2_000, ..row("A") };
    evidence.rows = vec![after.clone()];
    evidence.versions.get_mut("A").unwrap().extend([written(granted, 48), written(after, 47)]);
    assert!(broken(&evidence).contains(LOST));
}

#[test]
fn what_does_not_fit_has_to_come_before_a_person() {
    let mut evidence = fine();
    evidence.charges = vec![charge(8_000, &[]), charge(8_000, &[])];
    evidence.odd.entry("A".to_owned()).or_default().insert("wrong amount");
    assert!(broken(&evidence).contains(MONEY));
    evidence.told.push(told("booking.flagged"));
    evidence.mails.push(mail("booking.flagged", "owner"));
    assert_eq!(broken(&evidence), BTreeSet::new());
}

#[test]
fn a_person_is_called_once_for_each_kind_of_thing_that_does_not_fit() {
    let called = |times: usize| {
        let mut evidence = fine();
        evidence.odd.insert("A".to_owned(), BTreeSet::from(["wrong amount", "foreign account"]));
        for n in 0..times {
            evidence.told.push(Told { id: format!("E-flagged-{n}"), ..told("booking.flagged") });
            evidence.mails.push(mail(&format!("flagged-{n}"), "owner"));
        }
        broken(&evidence)
    };
    assert_eq!(called(2), BTreeSet::new());
    assert_eq!(called(3), BTreeSet::from([ONCE]));
}

#[test]
fn a_mail_comes_once_unless_its_sender_could_not_know() {
    let twice = |is_excused: bool| {
        let mut evidence = fine();
        evidence.mails.push(Sent { is_excused, ..mail("booking.confirmed", "customer") });
        broken(&evidence)
    };
    assert_eq!(twice(false), BTreeSet::from([ONCE]));
    assert_eq!(twice(true), BTreeSet::new());
}

#[test]
fn a_mail_of_nothing_to_somebody_else_or_of_a_second_event_is_noticed() {
    let spoil: [fn(&mut Evidence); 4] = [
        |evidence| evidence.mails.push(mail("nothing", "owner")),
        |evidence| evidence.mails[0].to = "eve@example.com".to_owned(),
        |evidence| evidence.mails[0].words = "Your code is EVESCODE".to_owned(),
        |evidence| {
            evidence.told.push(Told { id: "E-again".to_owned(), ..told("booking.confirmed") });
            evidence.mails.extend([mail("again", "customer"), mail("again", "owner")]);
        },
    ];
    for spoil in spoil {
        let mut evidence = fine();
        spoil(&mut evidence);
        assert_eq!(broken(&evidence), BTreeSet::from([ONCE]));
    }
}

#[test]
fn a_mail_that_never_came_is_noticed_unless_a_later_one_took_its_place() {
    let mut evidence = fine();
    drop(evidence.mails.pop());
    assert_eq!(broken(&evidence), BTreeSet::from([DUE]));
    let mut evidence = fine();
    evidence.told.push(Told { detail: "1".to_owned(), ..told("booking.changed") });
    assert_eq!(broken(&evidence), BTreeSet::from([DUE]));
    evidence.rows[0].sequence = 2;
    assert!(!broken(&evidence).contains(DUE));
}

const LINE: &str = "waitlist order kept";

/// A line in which Bea stands before Ann, and Ann is offered the booking at `START`, `hours` after Bea joined.
fn line(bea_leaves: bool, bea_wants: &str, hours: i64) -> Evidence {
    let place = |id: &str, day: &str, status: &str, version| Place {
        tenant: "T".to_owned(),
        id: id.to_owned(),
        package: "P".to_owned(),
        days: (day.to_owned(), day.to_owned()),
        status: status.to_owned(),
        version,
        ..Place::default()
    };
    let queued = |place: Place, hours_before: i64| Queued {
        at: Timestamp::from_millisecond(START - hours_before * HOUR).unwrap(),
        place,
    };
    let offer = Row { status: "OFFERED".to_owned(), ..row("A") };
    let mut bea = vec![queued(place("0", bea_wants, "WAITING", 1), 40 + hours)];
    if bea_leaves {
        bea.push(queued(place("0", bea_wants, "LEFT", 2), 41));
    }
    let ann =
        vec![queued(place("A", "2026-11-23", "WAITING", 1), 50), queued(place("A", "2026-11-23", "OFFERED", 2), 40)];
    Evidence {
        standing: if bea_leaves { Vec::new() } else { vec!["0".to_owned()] },
        places: BTreeMap::from([("0".to_owned(), bea), ("A".to_owned(), ann)]),
        versions: BTreeMap::from([("A".to_owned(), vec![written(offer, 40)])]),
        ..Evidence::default()
    }
}

#[test]
fn nobody_is_offered_what_somebody_before_them_waits_for() {
    let breaks = |evidence: &Evidence| line::check(evidence).iter().any(|fault| fault.property == LINE);
    assert!(breaks(&line(false, "2026-11-23", 9)));
    assert!(!breaks(&line(false, "2026-11-24", 9)), "she waits for another day");
    assert!(!breaks(&line(true, "2026-11-23", 9)), "she had left");
    assert!(!breaks(&line(false, "2026-11-23", 0)), "she joined at that moment");
}

#[test]
fn a_place_that_is_not_as_its_booking_or_not_in_its_line_is_noticed() {
    let spoil: [fn(&mut Evidence); 4] = [
        |evidence| evidence.standing.push("A".to_owned()),
        |evidence| evidence.standing.clear(),
        |evidence| evidence.versions.get_mut("A").unwrap()[0].row.status = "EXPIRED".to_owned(),
        |evidence| evidence.places.get_mut("A").unwrap()[1].place.version = 3,
    ];
    for spoil in spoil {
        let mut evidence = line(false, "2026-11-24", 9);
        assert_eq!(line::check(&evidence), Vec::new());
        spoil(&mut evidence);
        assert!(!line::check(&evidence).is_empty());
    }
}

#[test]
fn what_was_given_up_is_noticed() {
    let evidence = Evidence { left: vec!["parked: {}".to_owned()], ..fine() };
    assert_eq!(broken(&evidence), BTreeSet::from([LEFT]));
}
