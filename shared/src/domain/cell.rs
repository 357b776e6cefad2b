//! Cells: the quarter-hours of UTC days that bookings are kept in.
//!
//! UTC days all have 96 cells, so no clock change makes one vanish or count twice. A stretch of time takes
//! every cell it touches, even for a minute: two bookings in one cell are refused though their minutes may
//! not meet, and never the other way round.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::slot::Interval;

/// How many minutes a cell has.
pub const CELL_MINUTES: u8 = 15;
/// How many cells a day has.
pub const CELLS_A_DAY: u8 = 96;

/// A quarter-hour of a UTC day: 0 begins at 00:00, 95 at 23:45. Shown with two digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell(u8);

/// Not one of the 96 cells of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a cell is from 00 to 95")]
pub struct InvalidCell;

impl Cell {
    /// The first of a day.
    pub const FIRST: Self = Self(0);
    /// The last of a day.
    pub const LAST: Self = Self(CELLS_A_DAY - 1);

    /// The cell with this number.
    ///
    /// # Errors
    ///
    /// [`InvalidCell`] from 96 on.
    pub const fn new(index: u8) -> Result<Self, InvalidCell> {
        if index < CELLS_A_DAY { Ok(Self(index)) } else { Err(InvalidCell) }
    }

    /// Its number in its day.
    #[must_use]
    pub const fn index(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

impl FromStr for Cell {
    type Err = InvalidCell;

    /// Takes two digits, so that one cell has one spelling.
    fn from_str(text: &str) -> Result<Self, InvalidCell> {
        let cell = text.parse().map_err(|_| InvalidCell).and_then(Self::new)?;
        if cell.to_string() == text { Ok(cell) } else { Err(InvalidCell) }
    }
}

/// The cells, one after another, that a stretch of time touches in one UTC day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCells {
    /// The UTC day.
    pub date: Date,
    /// The first cell.
    pub first: Cell,
    /// The last cell; not before the first.
    pub last: Cell,
}

impl DayCells {
    /// Each cell, in order.
    pub fn iter(&self) -> impl Iterator<Item = Cell> + use<> {
        (self.first.0..=self.last.0).map(Cell)
    }

    /// Claims that `cell` is one of them.
    #[must_use]
    pub fn contains(&self, cell: Cell) -> bool {
        (self.first..=self.last).contains(&cell)
    }

    /// The time from the beginning of the first to the end of the last; none at the end of all days.
    #[must_use]
    pub fn time(&self) -> Option<Interval> {
        let at = |cells: u8| {
            let minutes = i64::from(cells) * i64::from(CELL_MINUTES);
            let midnight = Offset::UTC.to_timestamp(self.date.at(0, 0, 0, 0)).ok()?;
            midnight.checked_add(SignedDuration::from_mins(minutes)).ok()
        };
        Interval::new(at(self.first.0)?, at(self.last.0 + 1)?).ok()
    }
}

/// Every cell that `interval` touches, by UTC day.
///
/// What a package takes, buffers included, touches two days at most: a `SLOT` is at most 24 hours, and no
/// time zone has a local day that reaches into three.
#[must_use]
pub fn cells(interval: &Interval) -> Vec<DayCells> {
    let (first_day, first) = locate(interval.start());
    // The end is not part of it, and is later than the start: a nanosecond before it is still inside.
    let inside = interval.end().as_nanosecond() - 1;
    let (last_day, last) = locate(Timestamp::from_nanosecond(inside).unwrap_or(interval.start()));
    let mut days = Vec::with_capacity(2);
    let mut day = Some(first_day);
    while let Some(date) = day.filter(|date| *date <= last_day) {
        days.push(DayCells {
            date,
            first: if date == first_day { first } else { Cell::FIRST },
            last: if date == last_day { last } else { Cell::LAST },
        });
        day = date.tomorrow().ok();
    }
    days
}

/// The UTC day and cell that hold `at`.
fn locate(at: Timestamp) -> (Date, Cell) {
    let utc = Offset::UTC.to_datetime(at);
    let quarter = utc.hour() * 4 + utc.minute() / CELL_MINUTES.cast_signed();
    (utc.date(), Cell(quarter.cast_unsigned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(start: &str, end: &str) -> Vec<String> {
        let interval = Interval::new(start.parse().unwrap(), end.parse().unwrap()).unwrap();
        cells(&interval).iter().map(|day| format!("{} {}-{}", day.date, day.first, day.last)).collect()
    }

    #[test]
    fn a_stretch_takes_every_cell_it_touches() {
        for (start, end, expected) in [
            ("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", "2026-11-23 40-43"),
            ("2026-11-23T10:00:00Z", "2026-11-23T11:00:01Z", "2026-11-23 40-44"),
            ("2026-11-23T09:59:59Z", "2026-11-23T11:00:00Z", "2026-11-23 39-43"),
            ("2026-11-23T10:14:59.999999999Z", "2026-11-23T10:15:00Z", "2026-11-23 40-40"),
            ("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z", "2026-11-23 00-95"),
        ] {
            assert_eq!(of(start, end), [expected], "{start} {end}");
        }
    }

    #[test]
    fn past_midnight_it_is_two_days() {
        assert_eq!(of("2028-02-28T23:50:00Z", "2028-02-29T00:01:00Z"), ["2028-02-28 95-95", "2028-02-29 00-00"]);
        assert_eq!(of("2026-12-31T23:00:00Z", "2027-01-02T00:30:00Z").len(), 3, "never silently cut");
    }

    #[test]
    fn a_cell_has_one_spelling() {
        assert_eq!("07".parse(), Ok(Cell(7)));
        assert_eq!("95".parse(), Ok(Cell::LAST));
        for text in ["96", "7", "007", "+7", "", "-1"] {
            assert_eq!(text.parse::<Cell>(), Err(InvalidCell), "{text:?}");
        }
        assert_eq!((Cell::new(95), Cell::new(96)), (Ok(Cell::LAST), Err(InvalidCell)));
    }

    #[test]
    fn a_run_of_cells_knows_its_own() {
        let day = DayCells { date: Date::constant(2026, 11, 23), first: Cell(3), last: Cell(5) };
        assert_eq!(day.iter().map(Cell::index).collect::<Vec<_>>(), [3, 4, 5]);
        assert!(!day.contains(Cell(2)) && day.contains(Cell(3)) && day.contains(Cell(5)) && !day.contains(Cell(6)));
    }
}
