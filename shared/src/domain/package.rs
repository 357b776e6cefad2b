//! Packages: what can be booked.

/// Whether a package takes a time or a whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One whole day in the business's time zone.
    Date,
    /// A stretch of minutes.
    Slot,
}
