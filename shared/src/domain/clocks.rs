//! Clocks: how a time reads for people: on the business's clock, and beside it on the reader's own where that
//! shows another time.
//!
//! Pure. A time is never told without its zone to somebody who may live in another one; who is known to live by
//! the business's clock is not bothered with its name, but for the hour that a clock change repeats.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::availability::Days;
use super::package::Kind;
use super::slot::Interval;

/// The longest name of a time zone that is looked up.
const NAME_BYTES: usize = 64;

/// The clocks of a business and of who reads its times.
#[derive(Debug, Clone, Copy)]
pub struct Clocks<'a> {
    business: &'a TimeZone,
    /// None: nobody knows where the reader is.
    reader: Option<&'a TimeZone>,
}

/// Finds the time zone with the IANA name `name`. A browser may know one that we do not, or none: that is no
/// fault of its user's, so it is none.
#[must_use]
pub fn zone_named(name: &str) -> Option<TimeZone> {
    let found = (name.len() <= NAME_BYTES).then(|| TimeZone::get(name).ok()).flatten();
    found.filter(|zone| !zone.is_unknown() && zone.iana_name().is_some())
}

impl<'a> Clocks<'a> {
    /// The clocks of a business and of somebody who lives by `reader`, if that is known.
    #[must_use]
    pub const fn new(business: &'a TimeZone, reader: Option<&'a TimeZone>) -> Self {
        Self { business, reader }
    }

    /// The business's own: for its people.
    #[must_use]
    pub const fn of_business(business: &'a TimeZone) -> Self {
        Self { business, reader: Some(business) }
    }

    /// On one line: `Mon 23 Nov 2026, 10:30–11:30 CET`, or the day alone.
    #[must_use]
    pub fn line(&self, kind: Kind, slot: &Interval) -> String {
        let start = self.here(slot.start());
        let day = start.strftime("%a %-d %b %Y");
        let named = self.named(slot);
        match kind {
            Kind::Date => format!("{day}{named}"),
            Kind::Slot => format!("{day}, {}{named}", span(&start, &self.here(slot.end()))),
        }
    }

    /// On two lines: `Monday, 23 November 2026` and `10:30–11:30 CET`, or `the whole day`.
    #[must_use]
    pub fn lines(&self, kind: Kind, slot: &Interval) -> Vec<String> {
        let start = self.here(slot.start());
        let time = match kind {
            Kind::Date => "the whole day".to_owned(),
            Kind::Slot => span(&start, &self.here(slot.end())),
        };
        vec![long_day(&start), format!("{time}{}", self.named(slot))]
    }

    /// The same stretch on the reader's own clock, on one line; none where it shows no other time.
    #[must_use]
    pub fn own_line(&self, slot: &Interval) -> Option<String> {
        let (start, end) = self.own(slot)?;
        Some(format!("{}, {}{}", start.strftime("%a %-d %b %Y"), span(&start, &end), in_brackets(start.time_zone())))
    }

    /// The same on two lines.
    #[must_use]
    pub fn own_lines(&self, slot: &Interval) -> Option<Vec<String>> {
        let (start, end) = self.own(slot)?;
        Some(vec![long_day(&start), format!("{}{}", span(&start, &end), in_brackets(start.time_zone()))])
    }

    /// Days of the business: `Mon 23 Nov – Wed 25 Nov 2026`, and whose they are for who may live by others.
    #[must_use]
    pub fn days(&self, days: Days) -> String {
        let midnight = days.first().to_zoned(self.business.clone()).ok();
        let place = midnight.and_then(|midnight| self.place(midnight.timestamp()));
        place.map_or_else(|| days.to_string(), |place| format!("{days} ({place})"))
    }

    /// A moment: `Mon 23 Nov 2026, 10:30 CET`, with the reader's own behind it where that is another.
    #[must_use]
    pub fn moment(&self, at: Timestamp) -> String {
        let here = moment(&self.here(at));
        match self.elsewhere(at) {
            Some(own) => format!("{here} ({} for you)", moment(&own)),
            None => here,
        }
    }

    /// A start to choose: `Mon 23 Nov, 10:30`, or the day alone.
    #[must_use]
    pub fn label(&self, kind: Kind, start: Timestamp) -> String {
        let here = self.here(start);
        let day = here.strftime("%a %-d %b");
        match (kind, self.elsewhere(start)) {
            (Kind::Date, _) => day.to_string(),
            (Kind::Slot, None) => format!("{day}, {}", self.time(start)),
            (Kind::Slot, Some(own)) => {
                format!("{day}, {} ({} for you)", self.time(start), own.strftime("%a %-d %b, %H:%M"))
            }
        }
    }

    /// A start in a heading: `Monday, 23 November, 10:30`, or the day alone.
    #[must_use]
    pub fn heading(&self, kind: Kind, start: Timestamp) -> String {
        let day = self.here(start).strftime("%A, %-d %B").to_string();
        match kind {
            Kind::Date => day,
            Kind::Slot => format!("{day}, {}", self.time(start)),
        }
    }

    /// The time of a start: `10:30`, with its zone where that has to be told.
    #[must_use]
    pub fn time(&self, start: Timestamp) -> String {
        let here = self.here(start);
        let time = here.strftime("%H:%M");
        let is_repeated = self.business.to_ambiguous_zoned(here.datetime()).is_ambiguous();
        let is_known = self.reader.is_some() && self.elsewhere(start).is_none();
        if is_known && !is_repeated { time.to_string() } else { format!("{time} {}", zone(&here)) }
    }

    /// The reader's own time of a start, `Tue 04:30`; none where it is no other.
    #[must_use]
    pub fn own_time(&self, start: Timestamp) -> Option<String> {
        self.elsewhere(start).map(|own| own.strftime("%a %H:%M").to_string())
    }

    /// Whose clock it is, `New York time`, for a reader of `at` who may not live by it.
    #[must_use]
    pub fn place(&self, at: Timestamp) -> Option<String> {
        let may_differ = self.reader.is_none() || self.elsewhere(at).is_some();
        may_differ.then(|| place(self.business)).flatten()
    }

    fn here(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.business.clone())
    }

    /// The moment on the reader's clock, if that shows another time.
    fn elsewhere(&self, at: Timestamp) -> Option<Zoned> {
        let own = self.reader?;
        (own.to_offset(at) != self.business.to_offset(at)).then(|| at.to_zoned(own.clone()))
    }

    /// Start and end on the reader's clock, if that shows another time at either.
    fn own(&self, slot: &Interval) -> Option<(Zoned, Zoned)> {
        let own = self.reader?;
        self.elsewhere(slot.start()).or_else(|| self.elsewhere(slot.end()))?;
        Some((slot.start().to_zoned(own.clone()), slot.end().to_zoned(own.clone())))
    }

    /// The business's place in brackets, for a reader who may not live by its clock.
    fn named(&self, slot: &Interval) -> String {
        let may_differ = self.reader.is_none() || self.own(slot).is_some();
        if may_differ { in_brackets(self.business) } else { String::new() }
    }
}

/// A moment on its own clock: `Mon 23 Nov 2026, 10:30 CET`.
fn moment(at: &Zoned) -> String {
    format!("{} {}", at.strftime("%a %-d %b %Y, %H:%M"), zone(at))
}

fn long_day(at: &Zoned) -> String {
    at.strftime("%A, %-d %B %Y").to_string()
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

fn in_brackets(zone: &TimeZone) -> String {
    place(zone).map(|place| format!(" ({place})")).unwrap_or_default()
}

/// The place that a zone is named after: abbreviations mean little to those who live far away, and several
/// share one.
fn place(zone: &TimeZone) -> Option<String> {
    let (region, place) = zone.iana_name()?.rsplit_once('/')?;
    (region != "Etc").then(|| format!("{} time", place.replace('_', " ")))
}

#[cfg(test)]
mod tests;
