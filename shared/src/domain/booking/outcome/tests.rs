//! Each rule about what is kept and what goes back, in tables, and over all amounts.

use std::time::Duration;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::domain::booking::settle::tests::{event, ours, with};
use crate::domain::booking::{Attendance, NotMarked};
use crate::domain::cancellation::Cancellation;
use crate::domain::slot::Interval;

const HALF: Cancellation =
    Cancellation { free_until: Duration::from_hours(24), late_fee_percent: 50, no_show_percent: 100 };

fn euros(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().unwrap()).unwrap()
}

/// A confirmed booking over 120 euros, of which `due` is paid and what `word` tells has happened.
fn paid(due: i64, word: &str) -> Booking {
    let mut booking = Booking { due: euros(due), cancellation: HALF, ..with(Status::Confirmed) };
    for letter in word.chars() {
        booking.facts.merge(&event(letter, euros(due)), &ours());
    }
    booking.paid_at = booking.facts.paid_at(booking.due);
    booking
}

fn hours_before(booking: &Booking, hours: i64) -> Timestamp {
    booking.slot.start() - SignedDuration::from_hours(hours)
}

#[test]
fn what_comes_back_is_what_was_paid_without_the_fee() {
    use CalledOffBy::{Customer, Owner};
    for (due, word, by, hours, keeps, back) in [
        (12_000, "c", Customer, 25, 0, 12_000),
        (12_000, "c", Customer, 24, 0, 12_000),
        (12_000, "c", Customer, 23, 6_000, 6_000),
        (12_000, "c", Owner, 1, 0, 12_000),
        (12_000, "cp", Customer, 25, 0, 7_000),
        (12_000, "cp", Customer, 23, 6_000, 1_000),
        (12_000, "cr", Customer, 23, 0, 0),
        (3_600, "c", Customer, 25, 0, 3_600),
        (3_600, "c", Customer, 23, 3_600, 0),
        (3_600, "c", Owner, 1, 0, 3_600),
        (9_000, "c", Customer, 23, 6_000, 3_000),
        (12_000, "cd", Customer, 25, 0, 0),
        (12_000, "", Customer, 1, 0, 0),
        (12_000, "u", Customer, 1, 0, 0),
        (12_000, "cw", Customer, 23, 6_000, 13_000),
    ] {
        let booking = paid(due, word);
        let outcome = booking.if_called_off(by, hours_before(&booking, hours));
        let expected = Outcome { keeps: euros(keeps), back: Some(euros(back)).filter(|back| !back.is_free()) };
        assert_eq!(outcome, expected, "{due} {word} {by:?} {hours} h");
        let now = hours_before(&booking, hours);
        let off = booking.called_off(by, now, now);
        assert_eq!((off.status, off.fee, off.refund_due), (Status::Canceled, outcome.keeps, outcome.back));
        assert_eq!((off.sequence, off.hold_until), (booking.sequence + 1, None));
    }
}

/// `booking` in `days` more days.
fn slot_after(booking: &Booking, days: i64) -> Slot {
    let later = SignedDuration::from_hours(24 * days);
    let interval = Interval::new(booking.slot.start() + later, booking.slot.end() + later).unwrap();
    Slot { interval, blocked: interval, ..booking.its_slot() }
}

#[test]
fn moving_late_is_no_way_to_cancel_for_free() {
    let booking = paid(12_000, "c");
    let next_month = slot_after(&booking, 30);
    for (by, hours, fee) in
        [(CalledOffBy::Customer, 24, 0), (CalledOffBy::Customer, 23, 6_000), (CalledOffBy::Owner, 23, 0)]
    {
        let now = hours_before(&booking, hours);
        let moved = booking.moved(&next_month, by, now, now);
        assert_eq!(moved.fee, euros(fee), "{by:?} {hours} h");
        let off = moved.if_called_off(CalledOffBy::Customer, now);
        assert_eq!((off.keeps, off.back), (euros(fee), Some(euros(12_000 - fee))), "{by:?} {hours} h");
    }
}

#[test]
fn a_late_move_is_remembered_through_every_later_one_until_the_business_moves_it() {
    let booking = paid(12_000, "c");
    let late = hours_before(&booking, 1);
    let by = CalledOffBy::Customer;
    let moved = booking.moved(&slot_after(&booking, 30), by, late, late);
    let again = moved.moved(&slot_after(&booking, 60), by, late, late);
    assert_eq!(again.if_called_off(by, late).keeps, euros(6_000));
    assert_eq!(again.if_called_off(CalledOffBy::Owner, late).keeps, euros(0));
    let by_owner = again.moved(&slot_after(&booking, 90), CalledOffBy::Owner, late, late);
    assert_eq!(by_owner.if_called_off(by, late).keeps, euros(0));
}

#[test]
fn a_move_of_what_is_not_paid_earns_nothing() {
    let booking = paid(12_000, "");
    let late = hours_before(&booking, 1);
    assert!(booking.moved(&slot_after(&booking, 1), CalledOffBy::Customer, late, late).fee.is_free());
}

#[test]
fn who_does_not_come_pays_what_the_terms_keep() {
    for (due, percent, moved_late, fee, back) in [
        (12_000, 100, false, 12_000, None),
        (12_000, 60, false, 7_200, Some(4_800)),
        (12_000, 20, true, 6_000, Some(6_000)),
        (12_000, 0, false, 0, Some(12_000)),
        (3_600, 100, false, 3_600, None),
        (3_600, 20, false, 2_400, Some(1_200)),
    ] {
        let fee_so_far = euros(if moved_late { 6_000 } else { 0 });
        let cancellation = Cancellation { no_show_percent: percent, ..HALF };
        let booking = Booking { cancellation, fee: fee_so_far, ..paid(due, "c") };
        let missed = booking.marked(Attendance::Missed, booking.slot.start()).unwrap();
        assert_eq!((missed.status, missed.fee), (Status::NoShow, euros(fee)), "{due} {percent}");
        assert_eq!(missed.refund_due, back.map(euros), "{due} {percent}");
    }
}

#[test]
fn only_what_stands_and_has_begun_is_marked() {
    let booking = paid(12_000, "c");
    let start = booking.slot.start();
    for attendance in [Attendance::Came, Attendance::Missed] {
        let early = start - SignedDuration::from_millis(1);
        assert_eq!(booking.marked(attendance, early), Err(NotMarked::NotBegun));
        assert_eq!(booking.marked(attendance, start).map(|marked| marked.status), Ok(attendance.status()));
        for status in Status::ALL.into_iter().filter(|status| *status != Status::Confirmed) {
            assert_eq!(with(status).marked(attendance, start), Err(NotMarked::Closed), "{status:?}");
        }
    }
    let came = booking.marked(Attendance::Came, start).unwrap();
    assert_eq!((came.fee, came.refund_due), (euros(0), None));
}

#[test]
fn the_price_is_what_was_paid_and_what_is_due_at_the_visit() {
    for (due, word, paid_so_far, at_visit) in
        [(12_000, "", 0, 0), (12_000, "c", 12_000, 0), (3_600, "", 0, 8_400), (3_600, "c", 3_600, 8_400)]
    {
        let booking = paid(due, word);
        assert_eq!((booking.paid(), booking.due_at_visit()), (euros(paid_so_far), euros(at_visit)), "{due} {word}");
        assert_eq!(booking.has_deposit(), due != 12_000);
    }
}

proptest! {
    #[test]
    fn what_is_kept_and_what_goes_back_are_what_was_paid(
        price in 1_i64..=Money::MAX_MINOR, deposit in 1_u8..=100, late in 0_u8..=100, missed in 0_u8..=100,
        hours in 0_i64..50, moved_at in prop::option::of(0_i64..50), comes in any::<bool>(),
    ) {
        let due = euros(price).percent(deposit).at_least(euros(1));
        let cancellation = Cancellation { late_fee_percent: late, no_show_percent: missed, ..HALF };
        let mut booking = Booking { price: euros(price), cancellation, ..paid(due.minor(), "c") };
        booking.fee = euros(0);
        let by = CalledOffBy::Customer;
        let mut least = 0;
        if let Some(hours) = moved_at {
            let at = hours_before(&booking, hours);
            booking = booking.moved(&slot_after(&booking, 30), by, at, at);
            least = booking.fee.minor();
        }
        let outcome = match comes {
            true => booking.if_called_off(by, hours_before(&booking, hours)),
            false => booking.if_missed(),
        };
        let back = outcome.back.map_or(0, |back| back.minor());
        prop_assert_eq!(outcome.keeps.minor() + back, due.minor());
        prop_assert!(least <= outcome.keeps.minor() && outcome.keeps.minor() <= due.minor());
        prop_assert_eq!(booking.if_called_off(CalledOffBy::Owner, booking.slot.start()).back, Some(due));
    }
}
