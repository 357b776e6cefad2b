//! Opening hours: when a business is open, in the local time of its zone, and when that is in absolute time.
//!
//! A day's hours are its own entry for that date if there is one, else a yearly holiday, else the weekday's.
//! Breaks are the gaps between stretches; a night past 24:00 continues at 00:00 of the next day.
//!
//! Clock changes: a local time that the clocks skip means the moment of the change; one that comes twice
//! means the first time (as RFC 5545 has it), for openings and closings alike. So a stretch is always one
//! piece, stretches never cross, and a business that closes at 02:30 does not open again at the second 02:00.

mod day_minute;
pub mod draft;
mod year_day;

pub use day_minute::{DayMinute, InvalidDayMinute};
pub use year_day::{InvalidYearDay, YearDay};

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use thiserror::Error;

use super::slot::Interval;
use super::text::Line;

/// The most stretches of one day.
pub const MAX_STRETCHES: usize = 12;

/// A stretch of the local day in which the business is open, `[opens, closes)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stretch {
    opens: DayMinute,
    closes: DayMinute,
}

/// A day, week or calendar of hours that contradicts itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidHours {
    /// A stretch does not close after it opens.
    #[error("a stretch closes after it opens")]
    Backwards,
    /// A stretch begins before the one before it ended.
    #[error("the stretches of a day follow one another and do not overlap")]
    Unordered,
    /// More stretches than [`MAX_STRETCHES`].
    #[error("a day has at most 12 stretches")]
    TooMany,
}

impl Stretch {
    /// Makes `[opens, closes)`.
    ///
    /// # Errors
    ///
    /// [`InvalidHours::Backwards`] unless it closes after it opens.
    pub fn new(opens: DayMinute, closes: DayMinute) -> Result<Self, InvalidHours> {
        if opens < closes { Ok(Self { opens, closes }) } else { Err(InvalidHours::Backwards) }
    }

    /// The first minute inside.
    #[must_use]
    pub const fn opens(&self) -> DayMinute {
        self.opens
    }

    /// The first minute after it.
    #[must_use]
    pub const fn closes(&self) -> DayMinute {
        self.closes
    }

    /// When it is on `date`; `None` where a clock change swallows all of it.
    #[must_use]
    pub fn on(&self, date: Date, timezone: &TimeZone) -> Option<Interval> {
        Interval::new(moment(date, self.opens, timezone)?, moment(date, self.closes, timezone)?).ok()
    }
}

/// The open stretches of one day, in order and apart. Empty: closed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpenDay(Vec<Stretch>);

impl OpenDay {
    /// Takes the stretches of a day, earliest first; one may begin where the one before it ends.
    ///
    /// # Errors
    ///
    /// [`InvalidHours::Unordered`] or [`InvalidHours::TooMany`].
    pub fn new(stretches: Vec<Stretch>) -> Result<Self, InvalidHours> {
        if MAX_STRETCHES < stretches.len() {
            return Err(InvalidHours::TooMany);
        }
        if stretches.windows(2).any(|pair| matches!(pair, [a, b] if b.opens < a.closes)) {
            return Err(InvalidHours::Unordered);
        }
        Ok(Self(stretches))
    }

    /// The stretches.
    #[must_use]
    pub fn stretches(&self) -> &[Stretch] {
        &self.0
    }
}

/// The hours of an ordinary week.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WeeklyHours([OpenDay; 7]);

impl WeeklyHours {
    /// Takes Monday to Sunday.
    #[must_use]
    pub const fn new(days: [OpenDay; 7]) -> Self {
        Self(days)
    }

    /// Monday to Friday, 09:00 to 17:00: what a new business begins with.
    #[must_use]
    pub fn office() -> Self {
        let day = || OpenDay(vec![Stretch { opens: DayMinute::at::<9>(), closes: DayMinute::at::<17>() }]);
        Self([day(), day(), day(), day(), day(), OpenDay::default(), OpenDay::default()])
    }

    /// Every day, from midnight to midnight.
    #[must_use]
    pub fn always() -> Self {
        Self(std::array::from_fn(|_| OpenDay(vec![Stretch { opens: DayMinute::START, closes: DayMinute::END }])))
    }

    /// The hours of a weekday.
    #[must_use]
    pub fn on(&self, weekday: Weekday) -> &OpenDay {
        let [mon, tue, wed, thu, fri, sat, sun] = &self.0;
        match weekday {
            Weekday::Monday => mon,
            Weekday::Tuesday => tue,
            Weekday::Wednesday => wed,
            Weekday::Thursday => thu,
            Weekday::Friday => fri,
            Weekday::Saturday => sat,
            Weekday::Sunday => sun,
        }
    }

    /// Monday to Sunday.
    #[must_use]
    pub const fn days(&self) -> &[OpenDay; 7] {
        &self.0
    }

    /// Claims that it is open at `now`.
    #[must_use]
    pub fn is_open(&self, now: Timestamp, timezone: &TimeZone) -> bool {
        let date = now.to_zoned(timezone.clone()).date();
        holds(self.on(date.weekday()).stretches(), date, timezone, now)
    }
}

/// What is different on one date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Special {
    /// Closed, as for the named holiday.
    Closed(Option<Line<80>>),
    /// Open at these hours instead of the usual.
    Open(OpenDay),
}

/// All of a business's hours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hours {
    /// The ordinary week.
    pub weekly: WeeklyHours,
    /// Holidays of every year, by name.
    pub holidays: BTreeMap<YearDay, Line<80>>,
    /// Dates that are different; each goes before holiday and week.
    pub special: BTreeMap<Date, Special>,
    /// Rises with each change; what `If-Match` compares.
    pub version: u64,
}

/// What a date's hours are, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayHours<'a> {
    /// Open for these stretches, at least one.
    Open(&'a [Stretch]),
    /// Closed, as on each such weekday.
    Closed,
    /// Closed for a holiday or another reason of that date.
    Holiday(Option<&'a Line<80>>),
}

impl Hours {
    /// What holds on `date`.
    #[must_use]
    pub fn day(&self, date: Date) -> DayHours<'_> {
        let open = match (self.special.get(&date), self.holidays.get(&YearDay::from(date))) {
            (Some(Special::Closed(name)), _) => return DayHours::Holiday(name.as_ref()),
            (Some(Special::Open(day)), _) => day,
            (None, Some(name)) => return DayHours::Holiday(Some(name)),
            (None, None) => self.weekly.on(date.weekday()),
        };
        if open.0.is_empty() { DayHours::Closed } else { DayHours::Open(&open.0) }
    }

    /// The open stretches of `date`; none when closed.
    #[must_use]
    pub fn open_on(&self, date: Date) -> &[Stretch] {
        match self.day(date) {
            DayHours::Open(stretches) => stretches,
            DayHours::Closed | DayHours::Holiday(_) => &[],
        }
    }

    /// When it is open from `first` to `last`, both included; what meets, as at midnight, is one piece.
    #[must_use]
    pub fn intervals(&self, first: Date, last: Date, timezone: &TimeZone) -> Vec<Interval> {
        let mut open: Vec<Interval> = Vec::new();
        for date in first.series(1.day()).take_while(|date| *date <= last) {
            for next in self.open_on(date).iter().filter_map(|stretch| stretch.on(date, timezone)) {
                let joined = open.last().filter(|before| before.end() == next.start());
                match joined.and_then(|before| Interval::new(before.start(), next.end()).ok()) {
                    Some(joined) => {
                        open.pop();
                        open.push(joined);
                    }
                    None => open.push(next),
                }
            }
        }
        open
    }

    /// Claims that it is open at `now`.
    #[must_use]
    pub fn is_open(&self, now: Timestamp, timezone: &TimeZone) -> bool {
        let date = now.to_zoned(timezone.clone()).date();
        holds(self.open_on(date), date, timezone, now)
    }
}

fn holds(stretches: &[Stretch], date: Date, timezone: &TimeZone, now: Timestamp) -> bool {
    stretches.iter().filter_map(|stretch| stretch.on(date, timezone)).any(|open| open.holds(now))
}

/// The whole of a local day: 23 to 25 hours. `None` for a date that a zone skipped.
#[must_use]
pub fn local_day(date: Date, timezone: &TimeZone) -> Option<Interval> {
    Interval::new(moment(date, DayMinute::START, timezone)?, moment(date, DayMinute::END, timezone)?).ok()
}

/// When a local time is: the moment of the change if the clocks skip it, the first time if it comes twice.
fn moment(date: Date, minute: DayMinute, timezone: &TimeZone) -> Option<Timestamp> {
    let midnight = date.to_datetime(jiff::civil::Time::midnight());
    let local = midnight.checked_add(SignedDuration::from_mins(minute.get().into())).ok()?;
    let ambiguous = timezone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local).ok(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(local).ok(),
        AmbiguousOffset::Gap { after, .. } => {
            // Read with the later offset, a skipped time falls before the change.
            let earlier = after.to_timestamp(local).ok()?;
            timezone.following(earlier).next().map(|change| change.timestamp())
        }
    }
}

#[cfg(test)]
mod tests;
