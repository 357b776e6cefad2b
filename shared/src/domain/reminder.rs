//! Reminders: how long before its start a customer is reminded of a booking, and when the next one is due.
//!
//! Pure. How long before is agreed at booking and stays with the booking; what has been sent is told by one
//! moment, up to which everything is over. A booking that was made, paid or moved at that moment has no
//! reminder of before it, so none comes late because the booking did.

use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use super::booking::{Booking, Status};

/// The most reminders of one booking.
pub const MOST: usize = 4;

/// The shortest time before a start: what the scheduled run comes too late for is no reminder.
pub const SHORTEST: Duration = Duration::from_mins(15);

/// The longest time before a start.
pub const LONGEST: Duration = Duration::from_hours(30 * 24);

/// How long before its start a booking is reminded of; empty: never.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reminders {
    /// Each once, the earliest reminder first. Whole minutes from [`SHORTEST`] to [`LONGEST`].
    leads: Vec<Duration>,
}

/// Times that cannot be reminded at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidReminders {
    /// More than [`MOST`].
    #[error("at most {MOST} reminders")]
    TooMany,
    /// Too soon before the start, too long before it, or not whole minutes.
    #[error("a reminder comes from 15 minutes to 30 days before the start, in whole minutes")]
    OutOfRange,
}

/// What becomes of a booking whose reminder is due.
#[derive(Debug, Clone, PartialEq)]
pub struct Reminding {
    /// The booking as it shall be, one version on: this reminder and all before it are over.
    pub after: Booking,
    /// Claims that the customer is told: the booking has not begun.
    pub is_told: bool,
}

impl Reminders {
    /// Nobody is reminded.
    pub const NONE: Self = Self { leads: Vec::new() };

    /// Reminders `leads` before the start, in any order; one that is named twice counts once.
    ///
    /// # Errors
    ///
    /// [`InvalidReminders`] when there are too many, or one comes at no sensible time.
    pub fn new(mut leads: Vec<Duration>) -> Result<Self, InvalidReminders> {
        leads.sort_unstable();
        leads.dedup();
        leads.reverse();
        if MOST < leads.len() {
            return Err(InvalidReminders::TooMany);
        }
        let is_sensible = |lead: &Duration| {
            (SHORTEST..=LONGEST).contains(lead) && lead.subsec_nanos() == 0 && lead.as_secs().is_multiple_of(60)
        };
        if leads.iter().all(is_sensible) { Ok(Self { leads }) } else { Err(InvalidReminders::OutOfRange) }
    }

    /// How long before the start, the earliest reminder first.
    #[must_use]
    pub fn leads(&self) -> &[Duration] {
        &self.leads
    }

    /// The first reminder of what begins at `start` that is later than `after`.
    #[must_use]
    pub fn next(&self, start: Timestamp, after: Timestamp) -> Option<Timestamp> {
        let times = self.leads.iter().filter_map(|lead| start.checked_sub(*lead).ok());
        times.into_iter().find(|time| after < *time)
    }
}

impl Default for Reminders {
    /// A day before and two hours before.
    fn default() -> Self {
        Self { leads: vec![Duration::from_hours(24), Duration::from_hours(2)] }
    }
}

impl Booking {
    /// When its next reminder is due. None while it waits for its payment, and once it was called off or is
    /// over.
    #[must_use]
    pub fn next_reminder(&self) -> Option<Timestamp> {
        let stands = self.status == Status::Confirmed;
        self.reminders.next(self.slot.start(), self.reminded_until).filter(|_| stands)
    }

    /// What becomes of it at `now` when a reminder is due; none when none is. Of reminders that a run was
    /// late for only one is told, and none after the start.
    #[must_use]
    pub fn remind(&self, now: Timestamp) -> Option<Reminding> {
        self.next_reminder().filter(|due| *due <= now)?;
        let after = Self { reminded_until: now, version: self.version + 1, ..self.clone() };
        Some(Reminding { after, is_told: now < self.slot.start() })
    }
}

#[cfg(test)]
mod tests;
