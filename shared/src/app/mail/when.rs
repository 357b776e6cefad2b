//! Times in mails: in the business's time zone, and saying so.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::domain::booking::Booking;
use crate::domain::package::Kind;

/// When a booking is, on one or two lines: `Monday, 23 November 2026` and `10:30–11:30 CET`.
pub(super) fn lines(booking: &Booking, timezone: &TimeZone) -> Vec<String> {
    let start = booking.slot.start().to_zoned(timezone.clone());
    let end = booking.slot.end().to_zoned(timezone.clone());
    let day = start.strftime("%A, %-d %B %Y").to_string();
    match booking.kind {
        Kind::Date => vec![day, "the whole day".to_owned()],
        Kind::Slot => vec![day, span(&start, &end)],
    }
}

/// A moment: `Mon 23 Nov 2026, 10:30 CET`.
#[must_use]
pub fn moment(at: Timestamp, timezone: &TimeZone) -> String {
    let at = at.to_zoned(timezone.clone());
    format!("{} {}", at.strftime("%a %-d %b %Y, %H:%M"), zone(&at))
}

/// A stretch of time. The zone stands at the start too where a clock change lies between, and the
/// date at the end where midnight does.
fn span(start: &Zoned, end: &Zoned) -> String {
    let (from, to) = (zone(start), zone(end));
    let mut text = start.strftime("%H:%M").to_string();
    if from != to {
        text = format!("{text} {from}");
    }
    let until = if start.date() == end.date() { end.strftime("%H:%M") } else { end.strftime("%a %-d %b, %H:%M") };
    let dash = if from == to && start.date() == end.date() { "–" } else { " – " };
    format!("{text}{dash}{until} {to}")
}

/// The zone's abbreviation, as `CET`; where it has none, its distance from UTC, as `UTC+03`.
fn zone(at: &Zoned) -> String {
    let name = at.strftime("%Z").to_string();
    if name.starts_with(['+', '-']) { format!("UTC{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::mail::tests::booking;
    use crate::domain::slot::Interval;

    fn read(zone: &str, start: &str, end: &str) -> Vec<String> {
        let mut booking = booking();
        booking.slot = Interval::new(start.parse().unwrap(), end.parse().unwrap()).unwrap();
        lines(&booking, &TimeZone::get(zone).unwrap())
    }

    #[test]
    fn a_time_reads_as_the_business_lives_it() {
        for (zone, start, end, day, time) in [
            (
                "Europe/Berlin",
                "2026-11-23T09:30:00Z",
                "2026-11-23T10:30:00Z",
                "Monday, 23 November 2026",
                "10:30–11:30 CET",
            ),
            (
                "Europe/Berlin",
                "2026-07-01T08:00:00Z",
                "2026-07-01T08:15:00Z",
                "Wednesday, 1 July 2026",
                "10:00–10:15 CEST",
            ),
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
            assert_eq!(read(zone, start, end), [day, time], "{zone} {start}");
        }
    }

    #[test]
    fn a_whole_day_has_no_time() {
        let mut booking = booking();
        booking.kind = Kind::Date;
        let day = Interval::new("2026-11-22T23:00:00Z".parse().unwrap(), "2026-11-23T23:00:00Z".parse().unwrap());
        booking.slot = day.unwrap();
        assert_eq!(
            lines(&booking, &TimeZone::get("Europe/Berlin").unwrap()),
            ["Monday, 23 November 2026", "the whole day"]
        );
    }
}
