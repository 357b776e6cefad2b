//! Slots: half-open stretches of time.

use jiff::Timestamp;
use thiserror::Error;

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
}
