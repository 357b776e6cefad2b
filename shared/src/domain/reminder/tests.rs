//! Reminders by hand-worked times, and by every history of moves and runs.

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::domain::booking::{CalledOffBy, settled_by};
use crate::domain::slot::{Interval, Slot};

const MINUTE: Duration = Duration::from_mins(1);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A booking that starts on Monday at 09:30, with a day's and two hours' reminder, confirmed at `made`.
fn made(made: Timestamp) -> Booking {
    Booking { reminded_until: made, reminders: Reminders::default(), ..settled_by(Status::Confirmed, "") }
}

fn slot_at(booking: &Booking, start: Timestamp) -> Slot {
    let interval = Interval::new(start, start + SignedDuration::from_hours(1)).unwrap();
    Slot { interval, blocked: interval, ..booking.its_slot() }
}

#[test]
fn a_reminder_earlier_than_the_booking_never_comes() {
    for (made_at, next) in [
        ("2026-11-21T10:00:00Z", Some("2026-11-22T09:30:00Z")),
        ("2026-11-22T09:29:59.999Z", Some("2026-11-22T09:30:00Z")),
        ("2026-11-22T09:30:00Z", Some("2026-11-23T07:30:00Z")),
        ("2026-11-23T07:29:59Z", Some("2026-11-23T07:30:00Z")),
        ("2026-11-23T07:30:00Z", None),
        ("2026-11-23T09:00:00Z", None),
    ] {
        assert_eq!(made(at(made_at)).next_reminder(), next.map(at), "{made_at}");
    }
}

#[test]
fn only_a_booking_that_stands_is_reminded_of() {
    for status in Status::ALL {
        let booking = Booking { status, ..made(at("2026-11-21T10:00:00Z")) };
        assert_eq!(booking.next_reminder().is_some(), status == Status::Confirmed, "{status:?}");
        assert_eq!(booking.remind(at("2026-11-23T08:00:00Z")).is_some(), status == Status::Confirmed, "{status:?}");
    }
}

#[test]
fn each_reminder_is_told_once_and_of_two_that_are_late_only_one() {
    let booking = made(at("2026-11-21T10:00:00Z"));
    assert_eq!(booking.remind(at("2026-11-22T09:29:59Z")), None);
    let first = booking.remind(at("2026-11-22T09:30:00Z")).unwrap();
    assert!(first.is_told);
    assert_eq!(first.after.version, booking.version + 1);
    assert_eq!(first.after.sequence, booking.sequence, "links and calendars go on");
    assert_eq!(first.after.remind(at("2026-11-22T09:30:00Z")), None);
    let second = first.after.remind(at("2026-11-23T07:33:00Z")).unwrap();
    assert!(second.is_told && second.after.next_reminder().is_none());

    let late = booking.remind(at("2026-11-23T08:00:00Z")).unwrap();
    assert!(late.is_told && late.after.next_reminder().is_none());
}

#[test]
fn nobody_is_reminded_of_what_has_begun() {
    let booking = made(at("2026-11-21T10:00:00Z"));
    assert!(booking.remind(at("2026-11-23T09:29:59Z")).unwrap().is_told);
    let begun = booking.remind(at("2026-11-23T09:30:00Z")).unwrap();
    assert!(!begun.is_told && begun.after.next_reminder().is_none(), "and it leaves the index");
}

#[test]
fn a_move_begins_anew_with_the_reminders_of_the_new_time() {
    let now = at("2026-11-22T09:30:00Z");
    let reminded = made(at("2026-11-21T10:00:00Z")).remind(now).unwrap().after;
    let later = slot_at(&reminded, at("2026-11-30T09:30:00Z"));
    let moved = reminded.moved(&later, CalledOffBy::Customer, now, now);
    assert_eq!(moved.next_reminder(), Some(at("2026-11-29T09:30:00Z")));
    let sooner = slot_at(&reminded, at("2026-11-22T12:00:00Z"));
    let moved = reminded.moved(&sooner, CalledOffBy::Customer, now, now);
    assert_eq!(moved.next_reminder(), Some(at("2026-11-22T10:00:00Z")));
    let at_once = slot_at(&reminded, at("2026-11-22T11:00:00Z"));
    let moved = reminded.moved(&at_once, CalledOffBy::Customer, now, now);
    assert_eq!(moved.next_reminder(), None, "the mail of the move tells it");
    let called_off = moved.called_off(CalledOffBy::Owner, now, now);
    assert_eq!(called_off.next_reminder(), None);
}

#[test]
fn a_day_before_is_24_hours_also_when_the_clocks_change_between() {
    let zone = TimeZone::get("America/New_York").unwrap();
    // The clocks go back at 06:00 UTC on 1 November 2026.
    let start = at("2026-11-01T15:00:00Z");
    let next = Reminders::default().next(start, at("2026-10-25T00:00:00Z")).unwrap();
    assert_eq!(next, at("2026-10-31T15:00:00Z"));
    assert_eq!(next.to_zoned(zone.clone()).strftime("%H:%M").to_string(), "11:00");
    assert_eq!(start.to_zoned(zone).strftime("%H:%M").to_string(), "10:00");
}

#[test]
fn times_are_sorted_and_bounded() {
    let minutes = |all: &[u64]| Reminders::new(all.iter().map(|m| MINUTE * u32::try_from(*m).unwrap()).collect());
    assert_eq!(minutes(&[120, 1440, 120]), Ok(Reminders::default()));
    assert_eq!(minutes(&[]), Ok(Reminders::NONE));
    assert!(minutes(&[15]).is_ok() && minutes(&[43_200]).is_ok());
    for outside in [0, 14, 43_201] {
        assert_eq!(minutes(&[outside]), Err(InvalidReminders::OutOfRange), "{outside}");
    }
    assert_eq!(Reminders::new(vec![MINUTE * 15 + Duration::from_secs(1)]), Err(InvalidReminders::OutOfRange));
    assert_eq!(minutes(&[20, 30, 40, 50, 60]), Err(InvalidReminders::TooMany));
    assert!(minutes(&[20, 30, 40, 50]).is_ok());
}

proptest! {
    /// Whatever runs when, and however often the booking moves: each told reminder was due after the booking
    /// came to its present time and before its start, and no two are of the same moment.
    #[test]
    fn no_history_tells_a_reminder_twice_or_out_of_its_time(
        steps in prop::collection::vec((1_i64..900, prop::option::weighted(0.2, 30_i64..5_000)), 1..60),
    ) {
        let mut now = at("2026-11-20T00:00:00Z");
        let (mut booking, mut settled, mut told) = (made(now), now, Vec::new());
        for (minutes, to) in steps {
            now += SignedDuration::from_mins(minutes);
            if let Some(to) = to {
                let slot = slot_at(&booking, now + SignedDuration::from_mins(to));
                booking = booking.moved(&slot, CalledOffBy::Owner, now, now);
                (settled, told) = (now, Vec::new());
            }
            let due = booking.next_reminder();
            if let Some(reminding) = booking.remind(now) {
                let due = due.unwrap();
                prop_assert!(settled < due && due <= now && !told.contains(&due));
                prop_assert_eq!(reminding.is_told, now < booking.slot.start());
                prop_assert!(reminding.after.next_reminder().is_none_or(|next| now < next));
                told.push(due);
                booking = reminding.after;
                prop_assert_eq!(booking.remind(now), None);
            }
        }
        prop_assert!(told.len() <= booking.reminders.leads().len());
    }
}
