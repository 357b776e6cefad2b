//! Claims: who holds a resource in which cells, and whether another booking still fits.
//!
//! The store keeps one [`DayClaims`] per resource and UTC day and makes the same decisions in a conditional
//! write; what is decided here from a read can be overtaken, what the write decides cannot.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use thiserror::Error;

use super::booking::Booking;
use super::busy::CellSet;
use super::cell::{Cell, DayCells, cells};
use super::id::{BookingId, PackageId};
use super::slot::{Interval, Minute, Slot};

/// Who holds a cell. One cell has one holder, whatever packages and lengths meet there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Holder {
    /// One booking, of a package with a single seat.
    Booking(BookingId),
    /// All bookings of a package with several seats that start at one moment. They share its cells.
    Session(PackageId, Minute),
}

/// Text that is not a holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a holder of a cell")]
pub struct InvalidHolder;

impl Holder {
    /// Who would hold the cells of `booking`, were it for a package of this capacity at this start.
    #[must_use]
    pub fn of(booking: BookingId, package: PackageId, capacity: u16, start: Timestamp) -> Self {
        if capacity <= 1 { Self::Booking(booking) } else { Self::Session(package, Minute::of(start)) }
    }
}

impl fmt::Display for Holder {
    /// The stored form: `<booking>` or `<package>@<minute>`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Booking(booking) => booking.fmt(f),
            Self::Session(package, start) => write!(f, "{package}@{start}"),
        }
    }
}

impl FromStr for Holder {
    type Err = InvalidHolder;

    fn from_str(text: &str) -> Result<Self, InvalidHolder> {
        let holder = match text.split_once('@') {
            None => text.parse().ok().map(Self::Booking),
            Some((package, start)) => package.parse().ok().zip(start.parse().ok()).map(|(p, s)| Self::Session(p, s)),
        };
        holder.ok_or(InvalidHolder)
    }
}

/// What one booking takes of its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Whose claim it is.
    pub booking: BookingId,
    /// In whose name the cells are held.
    pub holder: Holder,
    /// How many bookings the holder seats.
    pub capacity: u16,
    /// The time, buffers included.
    pub blocked: Interval,
}

impl Claim {
    /// The claim of `booking`, whether it is held yet or not.
    #[must_use]
    pub fn of(booking: &Booking) -> Self {
        let holder = Holder::of(booking.id, booking.package, booking.capacity, booking.slot.start());
        Self { booking: booking.id, holder, capacity: booking.capacity, blocked: booking.blocked }
    }

    /// The claim that `booking` would make on `slot` of a package with `capacity` seats.
    #[must_use]
    pub fn on(slot: &Slot, booking: BookingId, capacity: u16) -> Self {
        let holder = Holder::of(booking, slot.package, capacity, slot.start());
        Self { booking, holder, capacity, blocked: slot.blocked }
    }

    /// Its cells by UTC day: one item of the store each, two at most.
    #[must_use]
    pub fn days(&self) -> Vec<DayCells> {
        cells(&self.blocked)
    }
}

/// What one resource is taken for on one UTC day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayClaims {
    /// Who holds each cell that is taken.
    pub cells: BTreeMap<Cell, Holder>,
    /// Who sits in each session. A [`Holder::Booking`] seats itself and is not listed.
    pub seats: BTreeMap<Holder, BTreeSet<BookingId>>,
    /// Where the owner's own calendar keeps new bookings out, held by one or not.
    pub busy: CellSet,
}

/// A cell has another holder or is busy, or its session has no seat left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the time is taken")]
pub struct Taken;

impl DayClaims {
    /// Claims that nobody holds any of `wanted`, and that none is busy.
    #[must_use]
    pub fn is_vacant(&self, wanted: &DayCells) -> bool {
        self.cells.range(wanted.first..=wanted.last).next().is_none() && !self.busy.touches(wanted)
    }

    /// Claims that `claim` can be made on `wanted`, its cells of this day. What it holds already counts
    /// as free, so that repeating a claim is safe; what is busy is free to nobody.
    #[must_use]
    pub fn is_free(&self, wanted: &DayCells, claim: &Claim) -> bool {
        if self.busy.touches(wanted) {
            return false;
        }
        let ours = self.cells.range(wanted.first..=wanted.last).all(|(_, holder)| *holder == claim.holder);
        ours && (self.is_seated(claim) || 0 < self.seats_left(claim.holder, claim.capacity))
    }

    /// How many more bookings `holder` can seat.
    #[must_use]
    pub fn seats_left(&self, holder: Holder, capacity: u16) -> u16 {
        let seated = match holder {
            Holder::Booking(_) => usize::from(self.cells.values().any(|held| *held == holder)),
            Holder::Session(..) => self.seats.get(&holder).map_or(0, BTreeSet::len),
        };
        capacity.saturating_sub(u16::try_from(seated).unwrap_or(u16::MAX))
    }

    /// Takes `wanted`, the cells of this day, for `claim`. Repeating it changes nothing.
    ///
    /// # Errors
    ///
    /// [`Taken`] unless [`DayClaims::is_free`]; then nothing has changed.
    pub fn apply_claim(&mut self, wanted: &DayCells, claim: &Claim) -> Result<(), Taken> {
        if !self.is_free(wanted, claim) {
            return Err(Taken);
        }
        self.cells.extend(wanted.iter().map(|cell| (cell, claim.holder)));
        if let Holder::Session(..) = claim.holder {
            self.seats.entry(claim.holder).or_default().insert(claim.booking);
        }
        Ok(())
    }

    /// Gives back what `claim` holds on this day, and returns the cells that became vacant: all of its
    /// holder's, once nobody else sits there, else none. Repeating it changes nothing.
    pub fn release(&mut self, claim: &Claim) -> Vec<Cell> {
        if let Holder::Session(..) = claim.holder {
            let Some(seats) = self.seats.get_mut(&claim.holder) else { return Vec::new() };
            if !seats.remove(&claim.booking) || !seats.is_empty() {
                return Vec::new();
            }
            self.seats.remove(&claim.holder);
        }
        let freed = self.held_by(claim.holder);
        self.cells.retain(|_, holder| *holder != claim.holder);
        freed
    }

    /// The cells that `holder` holds.
    #[must_use]
    pub fn held_by(&self, holder: Holder) -> Vec<Cell> {
        self.cells.iter().filter(|(_, held)| **held == holder).map(|(cell, _)| *cell).collect()
    }

    /// Every booking that takes one of `among`, seated or alone.
    #[must_use]
    pub fn bookings(&self, among: &DayCells) -> BTreeSet<BookingId> {
        let holders: BTreeSet<_> = self.cells.range(among.first..=among.last).map(|(_, holder)| holder).collect();
        let mut bookings = BTreeSet::new();
        for holder in holders {
            match holder {
                Holder::Booking(booking) => {
                    bookings.insert(*booking);
                }
                Holder::Session(..) => bookings.extend(self.seats.get(holder).into_iter().flatten()),
            }
        }
        bookings
    }

    /// Claims that `cell` is held or busy.
    #[must_use]
    pub fn is_taken(&self, cell: Cell) -> bool {
        self.cells.contains_key(&cell) || self.busy.contains(cell)
    }

    /// Every booking that has a cell of the day.
    #[must_use]
    pub fn booked(&self) -> BTreeSet<BookingId> {
        let alone = self.cells.values().filter_map(|holder| match holder {
            Holder::Booking(booking) => Some(*booking),
            Holder::Session(..) => None,
        });
        alone.chain(self.seats.values().flatten().copied()).collect()
    }

    /// Every booking that stands where the owner's own calendar is busy: somebody has to give way.
    #[must_use]
    pub fn overlapped(&self) -> BTreeSet<BookingId> {
        let mut bookings = BTreeSet::new();
        for holder in self.cells.iter().filter(|(cell, _)| self.busy.contains(**cell)).map(|(_, holder)| holder) {
            match holder {
                Holder::Booking(booking) => {
                    bookings.insert(*booking);
                }
                Holder::Session(..) => bookings.extend(self.seats.get(holder).into_iter().flatten()),
            }
        }
        bookings
    }

    fn is_seated(&self, claim: &Claim) -> bool {
        match claim.holder {
            Holder::Booking(_) => self.cells.values().any(|holder| *holder == claim.holder),
            Holder::Session(..) => self.seats.get(&claim.holder).is_some_and(|seats| seats.contains(&claim.booking)),
        }
    }
}

#[cfg(test)]
mod tests;
