//! Ranges of local days, and the UTC days whose claims matter to them.

use std::fmt;
use std::ops::RangeInclusive;

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan as _};
use thiserror::Error;

use crate::domain::hours::local_day;
use crate::domain::package::SlotTerms;

/// The most days that one question may span.
pub const MAX_DAYS: u8 = 14;

/// Local days, both included, at most [`MAX_DAYS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    first: Date,
    last: Date,
}

/// Days in the wrong order, or too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a range is from 1 to {MAX_DAYS} days, the first one first")]
pub struct InvalidDays;

impl Days {
    /// Makes the range.
    ///
    /// # Errors
    ///
    /// [`InvalidDays`] unless `first` is not after `last` and both are at most [`MAX_DAYS`] apart.
    pub fn new(first: Date, last: Date) -> Result<Self, InvalidDays> {
        let end = first.saturating_add(i64::from(MAX_DAYS - 1).days());
        if first <= last && last <= end { Ok(Self { first, last }) } else { Err(InvalidDays) }
    }

    /// Where to look for what is near `wanted`: from three days before it, though not in the past.
    #[must_use]
    pub fn near(wanted: Timestamp, now: Timestamp, timezone: &TimeZone) -> Self {
        let day_of = |at: Timestamp| at.to_zoned(timezone.clone()).date();
        let first = day_of(wanted).saturating_sub(3.days()).max(day_of(now));
        Self { first, last: first.saturating_add(i64::from(MAX_DAYS - 1).days()) }
    }

    /// The first day.
    #[must_use]
    pub const fn first(&self) -> Date {
        self.first
    }

    /// The last day.
    #[must_use]
    pub const fn last(&self) -> Date {
        self.last
    }

    /// Claims that `date` is one of them.
    #[must_use]
    pub fn contains(&self, date: Date) -> bool {
        self.first <= date && date <= self.last
    }

    /// Each day, in order.
    pub fn iter(self) -> impl Iterator<Item = Date> {
        self.first.series(1.day()).take_while(move |date| *date <= self.last)
    }
}

/// For people: `Mon 23 Nov 2026`, or `Mon 23 Nov – Wed 25 Nov 2026`.
impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last } = self;
        if first != last {
            let format = if first.year() == last.year() { "%a %-d %b – " } else { "%a %-d %b %Y – " };
            write!(f, "{}", first.strftime(format))?;
        }
        write!(f, "{}", last.strftime("%a %-d %b %Y"))
    }
}

/// The UTC days whose claims can matter to slots that start within `days`: with the longest duration and
/// buffers that any package may have.
#[must_use]
pub fn days_to_read(days: Days, timezone: &TimeZone) -> RangeInclusive<Date> {
    let utc = |at: Timestamp| Offset::UTC.to_datetime(at).date();
    let first = local_day(days.first, timezone).and_then(|day| day.start().checked_sub(SlotTerms::LONGEST_BUFFER).ok());
    let reach = SlotTerms::LONGEST + SlotTerms::LONGEST_BUFFER;
    let last = local_day(days.last, timezone).and_then(|day| day.end().checked_add(reach).ok());
    first.map_or(days.first.saturating_sub(1.day()), utc)..=last.map_or(days.last.saturating_add(2.days()), utc)
}
