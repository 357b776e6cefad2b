//! The waitlist: who waits for a package on which days, and what becomes of their place in line.
//!
//! Pure. Joining gives a place that sorts by when it was taken; a slot that came free is offered to the first
//! whose days and package it fits, and to nobody behind them. One place brings one offer: whoever does not
//! take it leaves the line. What an offer holds and for how long is in [`crate::domain::booking`].

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use thiserror::Error;

use super::availability::Days;
use super::booking::Customer;
use super::id::{BookingId, PackageId, WaitId};
use super::slot::Slot;
use super::text::Line;

/// How many places one email can have at a business at the same time. It also bounds what somebody can have
/// mailed to an address that is not theirs.
pub const MOST_PLACES: usize = 5;

/// Somebody's place on the waitlist.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its id, which is its place in line.
    pub id: WaitId,
    /// What they wait for.
    pub package: PackageId,
    /// The package's name on the day of joining.
    pub package_name: Line<120>,
    /// On which local days.
    pub days: Days,
    /// Who waits.
    pub customer: Customer,
    /// Where they live, as their browser said when they joined; none: nobody knows.
    pub customer_timezone: Option<TimeZone>,
    /// Where it stands.
    pub status: Standing,
    /// When they joined.
    pub joined_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Rises with each change; every write demands the one it read.
    pub version: u64,
}

/// Where a place in line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It waits for a slot.
    Waiting,
    /// A slot is offered to it.
    Offered,
    /// They took it.
    Taken,
    /// They did not answer in time, or did not want it.
    Passed,
    /// They left the line, or the business took them out of it.
    Left,
}

/// Text that is not where a place in line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a standing of the waitlist")]
pub struct InvalidStanding;

impl Standing {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Offered, Self::Taken, Self::Passed, Self::Left];

    /// Its word on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "WAITING",
            Self::Offered => "OFFERED",
            Self::Taken => "TAKEN",
            Self::Passed => "PASSED",
            Self::Left => "LEFT",
        }
    }

    /// Claims that something can still come of it.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Waiting | Self::Offered)
    }
}

impl FromStr for Standing {
    type Err = InvalidStanding;

    fn from_str(text: &str) -> Result<Self, InvalidStanding> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == text).ok_or(InvalidStanding)
    }
}

impl Entry {
    /// The id of the booking that an offer to it is.
    #[must_use]
    pub const fn booking(&self) -> BookingId {
        BookingId::new(self.id.ulid())
    }

    /// What it waits for, as its email's other places are compared with.
    #[must_use]
    pub const fn wish(&self) -> Wish {
        Wish { last: self.days.last(), first: self.days.first(), package: self.package }
    }

    /// This place at `now`, one version on.
    #[must_use]
    pub fn becoming(&self, status: Standing, now: Timestamp) -> Self {
        Self { status, updated_at: now, version: self.version + 1, ..self.clone() }
    }
}

/// A place in the line of a package, as far as its order and days go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Whose place it is.
    pub id: WaitId,
    /// What they wait for.
    pub package: PackageId,
    /// On which local days.
    pub days: Days,
}

/// The first of `line` that something of `free` fits, with what fits it best: the earliest slot of its
/// package on one of its days. `date` is a slot's local day.
///
/// Whoever stands behind somebody that a slot fits is never answered.
#[must_use]
pub fn first_in_line(line: &[Place], free: &[Slot], date: impl Fn(&Slot) -> Date) -> Option<(Place, Slot)> {
    let fitting = |place: &Place| {
        let fits = |slot: &&Slot| slot.package == place.package && place.days.contains(date(slot));
        free.iter().filter(fits).min_by_key(|slot| slot.start()).copied()
    };
    let mut line: Vec<&Place> = line.iter().collect();
    line.sort_unstable_by_key(|place| place.id);
    line.into_iter().find_map(|place| fitting(place).map(|slot| (*place, slot)))
}

/// What one place waits for. Its text is `<last>~<first>~<package>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wish {
    /// The last local day.
    pub last: Date,
    /// The first local day.
    pub first: Date,
    /// The package.
    pub package: PackageId,
}

/// Text that is not a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a wish of the waitlist")]
pub struct InvalidWish;

impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}~{}", self.last, self.first, self.package)
    }
}

impl FromStr for Wish {
    type Err = InvalidWish;

    fn from_str(text: &str) -> Result<Self, InvalidWish> {
        let mut parts = text.splitn(3, '~');
        let mut part = || parts.next().ok_or(InvalidWish);
        let (last, first, package) = (part()?, part()?, part()?);
        let date = |text: &str| text.parse().map_err(|_| InvalidWish);
        Ok(Self { last: date(last)?, first: date(first)?, package: package.parse().map_err(|_| InvalidWish)? })
    }
}

/// What one email waits for at one business.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wishes(pub BTreeSet<Wish>);

/// Why an email gets no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotJoined {
    /// It has that place already.
    #[error("the email waits for that already")]
    IsThere,
    /// It has [`MOST_PLACES`].
    #[error("the email has as many places as it can have")]
    TooMany,
}

impl Wishes {
    /// These and `wish`, without those whose last day was before `today`.
    ///
    /// # Errors
    ///
    /// [`NotJoined`]. A visitor is never told which: it would tell what an address waits for.
    pub fn joined(&self, wish: Wish, today: Date) -> Result<Self, NotJoined> {
        let mut live: BTreeSet<Wish> = self.0.iter().filter(|wish| today <= wish.last).copied().collect();
        if live.len() >= MOST_PLACES && !live.contains(&wish) {
            return Err(NotJoined::TooMany);
        }
        if live.insert(wish) { Ok(Self(live)) } else { Err(NotJoined::IsThere) }
    }
}

#[cfg(test)]
mod tests;
