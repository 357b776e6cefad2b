//! Slots: half-open stretches of time, and what a package takes of a resource at a start.
//!
//! Says nothing about whether a slot is free or offered; `availability` does. The id a slot travels under
//! is made by `slot_id`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use thiserror::Error;

use super::hours::local_day;
use super::id::{PackageId, ResourceId};
use super::package::{Package, Terms};

/// A half-open stretch of time, `[start, end)`, never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interval {
    start: Timestamp,
    end: Timestamp,
}

/// An end that is not after its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an interval ends after it starts")]
pub struct InvalidInterval;

impl Interval {
    /// Makes `[start, end)`.
    ///
    /// # Errors
    ///
    /// [`InvalidInterval`] when `end` is not after `start`.
    pub fn new(start: Timestamp, end: Timestamp) -> Result<Self, InvalidInterval> {
        if start < end { Ok(Self { start, end }) } else { Err(InvalidInterval) }
    }

    /// The first moment inside.
    #[must_use]
    pub const fn start(&self) -> Timestamp {
        self.start
    }

    /// The first moment after it.
    #[must_use]
    pub const fn end(&self) -> Timestamp {
        self.end
    }

    /// Claims that both share a moment; touching ends do not count.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Claims that all of `other` is inside.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Claims that `moment` is inside.
    #[must_use]
    pub fn holds(&self, moment: Timestamp) -> bool {
        self.start <= moment && moment < self.end
    }

    /// This stretch with `before` and `after` added; `None` beyond the range of timestamps.
    #[must_use]
    pub fn widened(&self, before: Duration, after: Duration) -> Option<Self> {
        let start = self.start.checked_sub(before).ok()?;
        Self::new(start, self.end.checked_add(after).ok()?).ok()
    }
}

/// A whole minute since the Unix epoch; what slots start at. Fits until the last timestamp, in the year 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Minute(u32);

/// Text that is not a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a minute since the epoch")]
pub struct InvalidMinute;

impl Minute {
    /// The minute that `at` is in; before the epoch, the first.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        Self(u32::try_from(at.as_second().div_euclid(60)).unwrap_or(0))
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Its first moment; `None` after the last timestamp.
    #[must_use]
    pub fn start(self) -> Option<Timestamp> {
        Timestamp::from_second(i64::from(self.0) * 60).ok()
    }
}

impl From<u32> for Minute {
    fn from(minute: u32) -> Self {
        Self(minute)
    }
}

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Minute {
    type Err = InvalidMinute;

    /// Takes digits without sign or leading zero, so that one minute has one spelling.
    fn from_str(text: &str) -> Result<Self, InvalidMinute> {
        let minute = text.parse().map(Self).map_err(|_| InvalidMinute)?;
        if minute.to_string() == text { Ok(minute) } else { Err(InvalidMinute) }
    }
}

/// What a package takes of a resource at one start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot {
    /// What is booked.
    pub package: PackageId,
    /// Who or what serves it.
    pub resource: ResourceId,
    /// When the customer is there.
    pub interval: Interval,
    /// What the resource is taken for: the same with buffers.
    pub blocked: Interval,
}

/// No slot of the package begins there: within a minute, or within the day for a `DATE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no slot of this package starts then")]
pub struct NoSlotThere;

impl Slot {
    /// The slot of `package` on `resource` that starts at `start`, on the package's present terms.
    ///
    /// # Errors
    ///
    /// [`NoSlotThere`] unless `start` is a whole minute and, for a `DATE`, the first of a local day.
    pub fn at(
        package: &Package,
        resource: ResourceId,
        start: Timestamp,
        timezone: &TimeZone,
    ) -> Result<Self, NoSlotThere> {
        if Minute::of(start).start() != Some(start) {
            return Err(NoSlotThere);
        }
        let (interval, blocked) = match package.terms {
            Terms::Date => {
                let day = local_day(start.to_zoned(timezone.clone()).date(), timezone);
                let day = day.filter(|day| day.start == start).ok_or(NoSlotThere)?;
                (day, day)
            }
            Terms::Slot(terms) => {
                let end = start.checked_add(terms.duration()).map_err(|_| NoSlotThere)?;
                let interval = Interval { start, end };
                let buffers = terms.buffers();
                (interval, interval.widened(buffers.before, buffers.after).ok_or(NoSlotThere)?)
            }
        };
        Ok(Self { package: package.id, resource, interval, blocked })
    }

    /// When it starts.
    #[must_use]
    pub const fn start(&self) -> Timestamp {
        self.interval.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn stretches_that_only_touch_do_not_overlap() {
        let [a, b, c] = [(0, 60), (60, 120), (59, 61)]
            .map(|(s, e)| Interval::new(Timestamp::constant(s, 0), Timestamp::constant(e, 0)).unwrap());
        assert!(!a.overlaps(&b) && a.overlaps(&c) && c.overlaps(&b));
        assert!(a.contains(&a) && !a.contains(&c));
        assert!(a.holds(a.start()) && !a.holds(a.end()));
        assert_eq!(Interval::new(a.end(), a.end()), Err(InvalidInterval));
    }

    #[test]
    fn a_minute_has_one_spelling_and_fits_every_timestamp_from_the_epoch_on() {
        assert_eq!(Minute::of(at("1970-01-01T00:01:59Z")), Minute(1));
        assert_eq!(Minute::of(at("1969-12-31T23:59:00Z")), Minute(0));
        assert!(Minute::of(Timestamp::MAX).start().is_some());
        assert_eq!(Minute(u32::MAX).start(), None);
        assert_eq!("29384756".parse(), Ok(Minute(29_384_756)));
        for text in ["", "-1", "+1", "01", "4294967296", "1.0"] {
            assert_eq!(text.parse::<Minute>(), Err(InvalidMinute), "{text:?}");
        }
    }
}
