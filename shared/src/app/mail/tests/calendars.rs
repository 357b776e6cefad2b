//! A booking's life in a calendar, as a reader sees it that has nothing of ours in it.

use calcard::icalendar::{ICalendar, ICalendarComponentType, ICalendarProperty, ICalendarValue};
use jiff::SignedDuration;

use super::*;
use crate::domain::booking::{CalledOffBy, Room, settle};
use crate::domain::slot::Slot;

/// What a calendar makes of a mail's file.
#[derive(Debug, PartialEq)]
struct Entry {
    method: String,
    uid: String,
    sequence: i64,
    status: String,
    start: String,
}

fn value(value: &ICalendarValue) -> String {
    match value {
        ICalendarValue::PartialDateTime(at) => {
            let part = |part: Option<u8>| part.unwrap_or_default();
            assert_eq!((at.tz_hour, at.tz_minute), (Some(0), Some(0)), "in UTC");
            let year = at.year.unwrap_or_default();
            format!("{year}-{:02}-{:02}T{:02}:{:02}Z", part(at.month), part(at.day), part(at.hour), part(at.minute))
        }
        ICalendarValue::Integer(number) => number.to_string(),
        ICalendarValue::Method(method) => format!("{method:?}"),
        ICalendarValue::Status(status) => format!("{status:?}"),
        other => other.as_text().unwrap().to_owned(),
    }
}

/// The entry that a mail of `kind` brings to `reader`.
fn brought(kind: BookingMail, reader: Reader, about: &Booking) -> Entry {
    let mail = write(kind, reader, about).unwrap();
    let [file] = &mail.attachments[..] else { panic!("{kind:?} has no calendar file") };
    let calendar = ICalendar::parse(std::str::from_utf8(&file.bytes).unwrap()).unwrap();
    let [whole, event] = &calendar.components[..] else { panic!("one event in one calendar") };
    assert_eq!(whole.component_type, ICalendarComponentType::VCalendar);
    assert_eq!(event.component_type, ICalendarComponentType::VEvent);
    let read = |part: &calcard::icalendar::ICalendarComponent, name| value(&part.property(&name).unwrap().values[0]);
    Entry {
        method: read(whole, ICalendarProperty::Method),
        uid: read(event, ICalendarProperty::Uid),
        sequence: read(event, ICalendarProperty::Sequence).parse().unwrap(),
        status: read(event, ICalendarProperty::Status),
        start: read(event, ICalendarProperty::Dtstart),
    }
}

fn entry(method: &str, sequence: i64, status: &str, start: &str) -> Entry {
    let uid = format!("{}@desk.example.test", booking().id);
    Entry { method: method.into(), uid, sequence, status: status.into(), start: start.into() }
}

fn now() -> Timestamp {
    at("2026-11-21T10:06:00Z")
}

/// The booking a day later.
fn moved() -> Booking {
    let day = SignedDuration::from_hours(24);
    let interval = Interval::new(booking().slot.start() + day, booking().slot.end() + day).unwrap();
    let slot = Slot { interval, blocked: interval, ..booking().its_slot() };
    booking().moved(&slot, CalledOffBy::Customer, now(), now())
}

#[test]
fn confirming_reminding_moving_and_cancelling_change_one_entry() {
    let off = moved().called_off(CalledOffBy::Customer, now(), now());
    for (kind, about, expected) in [
        (BookingMail::Confirmed, booking(), entry("Request", 1, "Confirmed", "2026-11-23T09:30Z")),
        (BookingMail::Reminder, booking(), entry("Request", 1, "Confirmed", "2026-11-23T09:30Z")),
        (BookingMail::Changed, moved(), entry("Request", 2, "Confirmed", "2026-11-24T09:30Z")),
        (BookingMail::Reminder, moved(), entry("Request", 2, "Confirmed", "2026-11-24T09:30Z")),
        (BookingMail::Cancelled, off.clone(), entry("Cancel", 3, "Cancelled", "2026-11-24T09:30Z")),
    ] {
        assert_eq!(brought(kind, Reader::Customer, &about), expected, "{kind:?}");
    }
    let (before, after) =
        (entry("Publish", 1, "Confirmed", "2026-11-23T09:30Z"), entry("Publish", 3, "Cancelled", "2026-11-24T09:30Z"));
    assert_eq!(brought(BookingMail::Confirmed, Reader::Owner, &booking()), before);
    assert_eq!(brought(BookingMail::Cancelled, Reader::Owner, &off), after);
}

#[test]
fn a_booking_that_a_refund_ended_leaves_the_calendar() {
    let charge = |at| Claim { at, amount: booking().due, session: None };
    let payment = Payment { claims: [charge(now())].into(), ..Payment::default() };
    let paid = PaymentFacts { payments: [("pi_1".to_owned(), payment)].into(), ..PaymentFacts::default() };
    let stands = Booking { facts: paid.clone(), ..booking() };
    let ended = settle(&stands, refunded(paid), Room::Nowhere, now()).after;
    assert_eq!(ended.status, Status::Refunded);
    let expected = entry("Cancel", 2, "Cancelled", "2026-11-23T09:30Z");
    assert_eq!(brought(BookingMail::Refunded, Reader::Customer, &ended), expected);

    let slot = Interval::new(at("2026-11-20T09:30:00Z"), at("2026-11-20T10:30:00Z")).unwrap();
    let attended = Booking { slot, ..ended };
    let mail = write(BookingMail::Refunded, Reader::Customer, &attended).unwrap();
    assert!(mail.attachments.is_empty(), "what took place stays in the calendar");
}

/// `paid`, all of which went back.
fn refunded(mut paid: PaymentFacts) -> PaymentFacts {
    for payment in paid.payments.values_mut() {
        payment.refunded_minor = booking().due.minor();
    }
    paid
}

/// The entries of a feed with `bookings`.
fn followed(bookings: &[Booking]) -> Vec<Entry> {
    let name = Line::new("Ann").unwrap();
    let text = crate::app::mail::feed_file(&tenant(), &name, "desk.example.test", bookings);
    assert!(text.lines().all(|line| line.len() <= 75), "no line is longer than 75 octets");
    let calendar = ICalendar::parse(&text).unwrap();
    let [whole, events @ ..] = &calendar.components[..] else { panic!("a calendar") };
    let read = |part: &calcard::icalendar::ICalendarComponent, name| value(&part.property(&name).unwrap().values[0]);
    let entries = events.iter().map(|event| Entry {
        method: read(whole, ICalendarProperty::Method),
        uid: read(event, ICalendarProperty::Uid),
        sequence: read(event, ICalendarProperty::Sequence).parse().unwrap(),
        status: read(event, ICalendarProperty::Status),
        start: read(event, ICalendarProperty::Dtstart),
    });
    entries.collect()
}

#[test]
fn a_feed_holds_the_entry_that_mails_gave_and_a_change_changes_it() {
    assert_eq!(followed(&[]), []);
    let [before] = &followed(&[booking()])[..] else { panic!("one entry") };
    assert_eq!(*before, entry("Publish", 1, "Confirmed", "2026-11-23T09:30Z"));
    let [after] = &followed(&[moved()])[..] else { panic!("one entry") };
    assert_eq!(*after, entry("Publish", 2, "Confirmed", "2026-11-24T09:30Z"));
    assert_eq!(before.uid, brought(BookingMail::Confirmed, Reader::Customer, &booking()).uid);
    assert_eq!(followed(&[unpaid()])[0].status, "Tentative");
}

#[test]
fn a_feed_tells_no_more_of_a_customer_than_the_name_and_stays_the_same_while_nothing_changes() {
    let name = Line::new("Ann").unwrap();
    let written = || crate::app::mail::feed_file(&tenant(), &name, "desk.example.test", &[booking()]);
    let text = written().replace("\r\n ", "");
    assert!(text.contains("SUMMARY:Portrait session – Ann Lee\r\n"), "{text}");
    for private in ["ann@example.test", "Two people", booking().code.as_str(), "/v1/public/", "120"] {
        assert!(!text.contains(private), "{private}: {text}");
    }
    for hint in ["REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H", "X-WR-TIMEZONE:Europe/Berlin"] {
        assert!(text.contains(hint), "{hint}: {text}");
    }
    assert_eq!(written(), written());
}
