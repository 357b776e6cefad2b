//! A mail's calendar entry, as a reader sees it that has nothing of ours in it.

use calcard::common::IanaString as _;
use calcard::icalendar::{ICalendar, ICalendarComponent, ICalendarProperty, ICalendarValue, Uri};
use serde_json::Value;

/// What a calendar makes of a mail's file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) uid: String,
    pub(super) sequence: i64,
    pub(super) method: String,
    pub(super) status: String,
    /// Instants as `2026-11-01T05:30:00Z`, or days as `2026-11-01`, the last one not included.
    pub(super) from_to: [String; 2],
    pub(super) organizer: String,
    pub(super) attendee: String,
}

/// The entry that `mail` brings.
pub(super) fn entry(mail: &Value) -> Entry {
    let [file] = mail["attachments"].as_array().map(Vec::as_slice).unwrap() else { panic!("one file: {mail}") };
    let calendar = ICalendar::parse(file["text"].as_str().unwrap()).unwrap();
    let [whole, event] = &calendar.components[..] else { panic!("one event in one calendar: {calendar:?}") };
    let method = read(whole, &ICalendarProperty::Method);
    let mime = format!("text/calendar; method={method}; charset=utf-8");
    assert_eq!(file["type"].as_str(), Some(&*mime), "mailboxes act on the type, calendars on what is in it");
    Entry {
        uid: read(event, &ICalendarProperty::Uid),
        sequence: read(event, &ICalendarProperty::Sequence).parse().unwrap(),
        method,
        status: read(event, &ICalendarProperty::Status),
        from_to: [ICalendarProperty::Dtstart, ICalendarProperty::Dtend].map(|name| read(event, &name)),
        organizer: read(event, &ICalendarProperty::Organizer),
        attendee: read(event, &ICalendarProperty::Attendee),
    }
}

fn read(part: &ICalendarComponent, name: &ICalendarProperty) -> String {
    match &part.property(name).unwrap_or_else(|| panic!("no {name:?}")).values[0] {
        ICalendarValue::PartialDateTime(at) => {
            let (year, month, day) = (at.year.unwrap(), at.month.unwrap(), at.day.unwrap());
            let Some(hour) = at.hour else { return format!("{year}-{month:02}-{day:02}") };
            assert_eq!((at.tz_hour, at.tz_minute), (Some(0), Some(0)), "a time is in UTC, whoever reads it");
            format!("{year}-{month:02}-{day:02}T{hour:02}:{:02}:{:02}Z", at.minute.unwrap(), at.second.unwrap())
        }
        ICalendarValue::Integer(number) => number.to_string(),
        ICalendarValue::Method(method) => method.as_str().to_owned(),
        ICalendarValue::Status(status) => status.as_str().to_owned(),
        ICalendarValue::Uri(Uri::Location(uri)) => uri.clone(),
        other => other.as_text().unwrap_or_else(|| panic!("{other:?}")).to_owned(),
    }
}
