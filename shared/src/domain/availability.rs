//! Availability: which slots of a package can be booked, and if none, why.
//!
//! Decides from what was read; it never claims. The claim is a conditional write, so an offer can be overtaken
//! but not a booking. [`still_bookable`] asks the same rules again at confirmation.
//!
//! Starts. A package with one seat is offered every quarter-hour or half-hour (its duration, at most 30
//! minutes, in whole cells) from each opening on, and also right where a resource becomes vacant, so that
//! odd lengths leave no dead gaps. A package with several seats has a timetable instead: one session after
//! another from each opening on, so that customers fill sessions rather than block each other.
//!
//! Hours. The customer's time lies in open hours; buffers may reach outside them but never into another
//! claim. A `DATE` needs a day with any open hours and takes all of it, midnight to midnight.
//!
//! Resources. One is offered per start: first one whose session has begun to fill, then the one with the
//! fewest bookings that day, then the first in the package's order.

mod days;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use thiserror::Error;
use ulid::Ulid;

use super::cell::CELL_MINUTES;
use super::claim::Claim;
use super::claims::Claims;
use super::hours::{DayHours, Hours, local_day};
use super::id::{BookingId, ResourceId};
use super::package::{Package, SlotTerms, Terms};
use super::resource::Resource;
use super::slot::{Interval, Slot};
use super::tenant::Policies;
use super::text::Line;
pub use days::{Days, InvalidDays, MAX_DAYS, days_to_read};

/// The widest step between the starts of a package with one seat.
const WIDEST_STEP: Duration = Duration::from_mins(30);
const CELL: Duration = Duration::from_mins(CELL_MINUTES as u64);
/// Stands for a booking that is not made yet: it holds nothing and sits nowhere.
const NOBODY: BookingId = BookingId::new(Ulid::nil());

/// All that the rules look at.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// What is to be booked.
    pub package: &'a Package,
    /// The tenant's resources; those that the package does not name are passed over.
    pub resources: &'a [Resource],
    /// When the business is open.
    pub hours: &'a Hours,
    /// Where its clock is.
    pub timezone: &'a TimeZone,
    /// Its notice and horizon.
    pub policies: &'a Policies,
    /// The present moment.
    pub now: Timestamp,
    /// What is taken, read for [`days_to_read`].
    pub claims: &'a Claims,
}

/// The answer to what is free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Availability {
    /// These, by start; at least one, and no start twice.
    Free(Vec<Slot>),
    /// Nothing, and the reason that comes nearest to something.
    Nothing(WhyNone),
}

/// Why a slot, or everything in a range of days, cannot be booked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WhyNone {
    /// The business is closed on such weekdays.
    #[error("closed on that day")]
    Closed,
    /// It is closed on that date.
    #[error("closed for a holiday")]
    Holiday(Option<Line<80>>),
    /// It is past, or within the notice that the business asks for.
    #[error("too soon")]
    TooSoon {
        /// What starts from then on can be booked.
        earliest: Timestamp,
    },
    /// It is further ahead than the business takes bookings.
    #[error("too far ahead")]
    BeyondHorizon {
        /// The last local day that can be booked.
        last: Date,
    },
    /// It does not fit into the open hours.
    #[error("outside the opening hours")]
    OutsideHours,
    /// Nobody who serves it is free.
    #[error("fully booked")]
    FullyBooked,
    /// The package is not offered.
    #[error("the package is not offered")]
    PackageInactive,
    /// Nobody serves the package, or not the one who was asked for.
    #[error("nobody serves the package")]
    NoResource,
    /// The package's terms are no longer those of the slot.
    #[error("the package has changed")]
    Changed,
}

impl WhyNone {
    /// Claims that another day would not help: what is wanted is not to be had at all.
    #[must_use]
    pub const fn is_for_good(&self) -> bool {
        matches!(self, Self::PackageInactive | Self::NoResource | Self::Changed)
    }

    /// How near it comes to a free slot. Of several days, the nearest reason is told.
    const fn nearness(&self) -> u8 {
        match self {
            Self::PackageInactive => 0,
            Self::NoResource | Self::Changed => 1,
            Self::Closed => 2,
            Self::Holiday(_) => 3,
            Self::OutsideHours => 4,
            Self::BeyondHorizon { .. } => 5,
            Self::TooSoon { .. } => 6,
            Self::FullyBooked => 7,
        }
    }

    /// Of two reasons the one that comes nearer to a free slot, the first of two as near.
    #[must_use]
    pub fn nearer(self, other: Self) -> Self {
        if self.nearness() < other.nearness() { other } else { self }
    }
}

/// Every start within `days` that can be booked, each with the resource that would serve it.
#[must_use]
pub fn free_slots(query: &Query<'_>, days: Days) -> Availability {
    let (mut free, mut why) = (Vec::new(), WhyNone::PackageInactive);
    for (_, found) in each_day(query, days) {
        match found {
            Ok(slots) => free.extend(slots),
            Err(reason) => why = why.nearer(reason),
        }
    }
    if free.is_empty() { Availability::Nothing(why) } else { Availability::Free(free) }
}

/// What there is on each of `days`, in order: its free slots by start, at least one, or why there is none.
#[must_use]
pub fn each_day(query: &Query<'_>, days: Days) -> Vec<(Date, Result<Vec<Slot>, WhyNone>)> {
    let serving = query.serving();
    let open = query.open_around(days.first(), days.last());
    let found = |date| match () {
        () if !query.package.active => Err(WhyNone::PackageInactive),
        () if serving.is_empty() => Err(WhyNone::NoResource),
        () => query.free_on(date, &serving, &open),
    };
    days.iter().map(|date| (date, found(date))).collect()
}

/// Asks every rule about one slot anew; its start need not be one that [`free_slots`] offers.
///
/// To move a booking, leave its own claim out of `query.claims` ([`Claims::without`]).
///
/// # Errors
///
/// [`WhyNone`] names the first rule that says no.
pub fn still_bookable(query: &Query<'_>, slot: &Slot) -> Result<(), WhyNone> {
    if !query.package.active {
        return Err(WhyNone::PackageInactive);
    }
    if !query.serving().contains(&slot.resource) {
        return Err(WhyNone::NoResource);
    }
    if Slot::at(query.package, slot.resource, slot.start(), query.timezone) != Ok(*slot) {
        return Err(WhyNone::Changed);
    }
    let date = slot.start().to_zoned(query.timezone.clone()).date();
    query.within_horizon(date)?;
    query.open_day(date)?;
    query.judge(slot, &query.open_around(date, date))
}

/// The `most` free slots that start nearest to `wanted`, without itself; the earlier one of two as near.
/// Looks at [`Days::near`] it.
#[must_use]
pub fn nearest_alternatives(query: &Query<'_>, wanted: &Slot, most: usize) -> Vec<Slot> {
    let days = Days::near(wanted.start(), query.now, query.timezone);
    let Availability::Free(mut slots) = free_slots(query, days) else { return Vec::new() };
    slots.retain(|slot| slot != wanted);
    slots.sort_by_key(|slot| (slot.start().duration_since(wanted.start()).abs(), slot.start()));
    slots.truncate(most);
    slots
}

impl Query<'_> {
    /// Who serves the package and is active, in the package's order.
    fn serving(&self) -> Vec<ResourceId> {
        let active = |id: &ResourceId| self.resources.iter().any(|resource| resource.id == *id && resource.active);
        self.package.resources.iter().copied().filter(active).collect()
    }

    /// The open time from the day before `first` to the day after `last`, where a slot may reach.
    fn open_around(&self, first: Date, last: Date) -> Vec<Interval> {
        self.hours.intervals(first.saturating_sub(1.day()), last.saturating_add(1.day()), self.timezone)
    }

    /// The last local day that can be booked.
    #[must_use]
    pub fn last_day(&self) -> Date {
        let today = self.now.to_zoned(self.timezone.clone()).date();
        today.saturating_add(i64::from(self.policies.horizon_days).days())
    }

    fn within_horizon(&self, date: Date) -> Result<(), WhyNone> {
        let last = self.last_day();
        if date <= last { Ok(()) } else { Err(WhyNone::BeyondHorizon { last }) }
    }

    /// The stretches of `date` in absolute time.
    fn open_day(&self, date: Date) -> Result<Vec<Interval>, WhyNone> {
        match self.hours.day(date) {
            DayHours::Closed => Err(WhyNone::Closed),
            DayHours::Holiday(name) => Err(WhyNone::Holiday(name.cloned())),
            DayHours::Open(stretches) => Ok(stretches.iter().filter_map(|s| s.on(date, self.timezone)).collect()),
        }
    }

    /// Asks the rules that depend on the start: hours, notice, claims.
    fn judge(&self, slot: &Slot, open: &[Interval]) -> Result<(), WhyNone> {
        let inside = || open.iter().any(|stretch| stretch.contains(&slot.interval));
        if matches!(self.package.terms, Terms::Slot(_)) && !inside() {
            return Err(WhyNone::OutsideHours);
        }
        let earliest = self.now.saturating_add(self.policies.notice).unwrap_or(Timestamp::MAX);
        if slot.start() < earliest {
            return Err(WhyNone::TooSoon { earliest });
        }
        if self.claims.is_free(slot.resource, &self.newcomer(slot)) { Ok(()) } else { Err(WhyNone::FullyBooked) }
    }

    fn newcomer(&self, slot: &Slot) -> Claim {
        Claim::on(slot, NOBODY, self.package.terms.capacity())
    }

    /// The free slots of one local day, at least one.
    fn free_on(&self, date: Date, serving: &[ResourceId], open: &[Interval]) -> Result<Vec<Slot>, WhyNone> {
        self.within_horizon(date)?;
        let stretches = self.open_day(date)?;
        let day = local_day(date, self.timezone).ok_or(WhyNone::Closed)?;
        let mut best: BTreeMap<Timestamp, (Rank, Slot)> = BTreeMap::new();
        let mut why = WhyNone::OutsideHours;
        for (order, resource) in serving.iter().enumerate() {
            let load = self.claims.load(*resource, &day);
            for start in self.starts(*resource, &stretches, day) {
                let Ok(slot) = Slot::at(self.package, *resource, start, self.timezone) else { continue };
                if let Err(reason) = self.judge(&slot, open) {
                    why = why.nearer(reason);
                    continue;
                }
                let running = self.claims.is_running(*resource, self.newcomer(&slot).holder, start);
                let rank = (!running, load, order);
                if best.get(&start).is_none_or(|(held, _)| rank < *held) {
                    best.insert(start, (rank, slot));
                }
            }
        }
        if best.is_empty() { Err(why) } else { Ok(best.into_values().map(|(_, slot)| slot).collect()) }
    }

    /// Where slots of the package may start on `resource`, free or not.
    fn starts(&self, resource: ResourceId, stretches: &[Interval], day: Interval) -> BTreeSet<Timestamp> {
        let Terms::Slot(terms) = self.package.terms else { return BTreeSet::from([day.start()]) };
        let step = step(&terms);
        let mut starts = BTreeSet::new();
        for stretch in stretches {
            let mut start = stretch.start();
            while start < stretch.end() {
                starts.insert(start);
                let Ok(next) = start.checked_add(step) else { break };
                start = next;
            }
            if terms.capacity() == 1 {
                let vacated = self.claims.vacated(resource, stretch).into_iter();
                let flush = vacated.filter_map(|vacant| next_quarter(vacant.checked_add(terms.buffers().before).ok()?));
                starts.extend(flush.filter(|start| stretch.holds(*start)));
            } else {
                // Sessions of a timetable that has changed since are filled up all the same.
                starts.extend(self.claims.sessions(resource, self.package.id, stretch));
            }
        }
        starts
    }
}

/// Which resource is offered where several are free, the least first: one whose session is not running yet
/// comes after one whose is, then how many bookings it has that day, then its place in the package's order.
type Rank = (bool, usize, usize);

/// The time between two starts that are offered, in whole cells.
fn step(terms: &SlotTerms) -> Duration {
    let buffers = terms.buffers();
    let length = match terms.capacity() {
        1 => terms.duration().min(WIDEST_STEP),
        _ => buffers.before + terms.duration() + buffers.after,
    };
    CELL * u32::try_from(length.as_secs().div_ceil(CELL.as_secs())).unwrap_or(u32::MAX)
}

/// `at`, or the next quarter-hour after it.
fn next_quarter(at: Timestamp) -> Option<Timestamp> {
    let cell = i64::try_from(CELL.as_secs()).ok()?;
    let over = at.as_second().rem_euclid(cell);
    at.checked_add(SignedDuration::from_secs((cell - over) % cell)).ok()
}

#[cfg(test)]
mod tests;
