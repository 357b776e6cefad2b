//! Attendance: whether the customer came, as the business marks it once the booking has begun.

use jiff::Timestamp;
use thiserror::Error;

use super::{Booking, Status};

/// Whether the customer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Attendance {
    /// They did.
    Came,
    /// They did not.
    Missed,
}

/// Why a booking cannot be marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotMarked {
    /// Its time has not come.
    #[error("the booking has not begun")]
    NotBegun,
    /// It never stood, was called off, or is marked otherwise.
    #[error("the booking does not stand")]
    Closed,
}

impl Attendance {
    /// Where a booking stands that is so marked.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::Came => Status::Completed,
            Self::Missed => Status::NoShow,
        }
    }
}

impl Booking {
    /// This booking at `now`, marked; one that was not attended gives back what its terms do not keep.
    ///
    /// # Errors
    ///
    /// [`NotMarked`]; a mark stays as it is, since money may have gone back by it.
    pub fn marked(&self, attendance: Attendance, now: Timestamp) -> Result<Self, NotMarked> {
        if self.status != Status::Confirmed {
            return Err(NotMarked::Closed);
        }
        if now < self.slot.start() {
            return Err(NotMarked::NotBegun);
        }
        let after = Self { status: attendance.status(), ..self.changed(now) };
        Ok(match attendance {
            Attendance::Came => after,
            Attendance::Missed => {
                let outcome = self.if_missed();
                Self { fee: outcome.keeps, refund_due: outcome.back, ..after }
            }
        })
    }
}
