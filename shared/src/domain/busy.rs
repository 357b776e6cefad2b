//! Busy times: when a resource is taken by what stands in its owner's own calendar.
//!
//! They are kept in the cells of UTC days, beside the bookings and apart from them: a busy cell keeps new
//! bookings out, and takes nothing from one that stands. What a calendar said is read in `app`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use thiserror::Error;

use super::cell::{CELLS_A_DAY, Cell, DayCells, cells};
use super::slot::Interval;

/// How many bytes a [`CellSet`] has.
const BYTES: usize = CELLS_A_DAY as usize / 8;

/// Some of the 96 cells of a UTC day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct CellSet(u128);

/// Bytes that are not a set of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a set of cells has 12 bytes")]
pub struct InvalidCellSet;

impl CellSet {
    /// Adds one cell.
    pub fn insert(&mut self, cell: Cell) {
        self.0 |= 1 << cell.index();
    }

    /// Claims that `cell` is in it.
    #[must_use]
    pub const fn contains(self, cell: Cell) -> bool {
        self.0 & (1 << cell.index()) != 0
    }

    /// Claims that one of `run` is in it.
    #[must_use]
    pub fn touches(self, run: &DayCells) -> bool {
        run.iter().any(|cell| self.contains(cell))
    }

    /// Claims that nothing is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What is in it and not in `other`, from the first cell to the last; none: nothing.
    #[must_use]
    pub fn beyond(self, other: Self, date: Date) -> Option<DayCells> {
        let left = Self(self.0 & !other.0);
        let (first, last) = (left.iter().next()?, left.iter().last()?);
        Some(DayCells { date, first, last })
    }

    /// What is in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Each cell, in order.
    pub fn iter(self) -> impl Iterator<Item = Cell> {
        (0..CELLS_A_DAY).filter_map(|index| Cell::new(index).ok()).filter(move |cell| self.contains(*cell))
    }

    /// As it is kept: bit n of the whole, the last byte first, is cell n.
    #[must_use]
    pub fn to_bytes(self) -> Vec<u8> {
        self.0.to_le_bytes().into_iter().take(BYTES).collect()
    }

    /// Takes back what [`CellSet::to_bytes`] gave.
    ///
    /// # Errors
    ///
    /// [`InvalidCellSet`] for another number of bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidCellSet> {
        if bytes.len() != BYTES {
            return Err(InvalidCellSet);
        }
        let mut whole = [0; 16];
        whole.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        Ok(Self(u128::from_le_bytes(whole)))
    }
}

impl FromIterator<Cell> for CellSet {
    fn from_iter<I: IntoIterator<Item = Cell>>(cells: I) -> Self {
        let mut set = Self::default();
        cells.into_iter().for_each(|cell| set.insert(cell));
        set
    }
}

/// The cells that `busy` touches on the UTC days from `first` to `last`, by day; days without any are left out.
#[must_use]
pub fn busy_days(busy: &[Interval], first: Date, last: Date) -> BTreeMap<Date, CellSet> {
    let mut days: BTreeMap<Date, CellSet> = BTreeMap::new();
    let inside = |day: &DayCells| first <= day.date && day.date <= last;
    for day in busy.iter().flat_map(cells).filter(inside) {
        let set = days.entry(day.date).or_default();
        day.iter().for_each(|cell| set.insert(cell));
    }
    days
}

/// The size of a block of a day, in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Size {
    Cell = 1,
    Hour = 4,
    Watch = 24,
}

/// A block of a day that a busy time can be looked for in as a whole: a cell, an hour or six hours.
///
/// A claim has to name all that it demands. Named cell by cell, the claim of a whole day would be longer than
/// DynamoDB takes; in blocks it is eighteen at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Block(Size, u8);

impl Block {
    /// Every block that one of `set` lies in.
    #[must_use]
    pub fn around(set: CellSet) -> BTreeSet<Self> {
        let sizes = [Size::Cell, Size::Hour, Size::Watch];
        set.iter().flat_map(|cell| sizes.map(|size| Self(size, cell.index() / size as u8))).collect()
    }

    /// The fewest blocks that are together exactly `run`.
    #[must_use]
    pub fn covering(run: &DayCells) -> Vec<Self> {
        let (mut at, end) = (run.first.index(), run.last.index() + 1);
        let mut blocks = Vec::new();
        while at < end {
            let fits = |size: &Size| at.is_multiple_of(*size as u8) && at + *size as u8 <= end;
            let size = [Size::Watch, Size::Hour].into_iter().find(fits).unwrap_or(Size::Cell);
            blocks.push(Self(size, at / size as u8));
            at += size as u8;
        }
        blocks
    }
}

impl std::fmt::Display for Block {
    /// The stored form: `07`, `h01`, `w0`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Size::Cell => write!(f, "{:02}", self.1),
            Size::Hour => write!(f, "h{:02}", self.1),
            Size::Watch => write!(f, "w{}", self.1),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cell(index: u8) -> Cell {
        Cell::new(index).unwrap()
    }

    fn run(first: u8, last: u8) -> DayCells {
        DayCells { date: Date::constant(2026, 11, 23), first: cell(first), last: cell(last) }
    }

    fn names(blocks: impl IntoIterator<Item = Block>) -> Vec<String> {
        blocks.into_iter().map(|block| block.to_string()).collect()
    }

    #[test]
    fn a_busy_time_takes_every_cell_it_touches_on_the_days_asked_for() {
        let busy = |start: &str, end: &str| Interval::new(start.parse().unwrap(), end.parse().unwrap()).unwrap();
        let (first, last) = (Date::constant(2026, 11, 23), Date::constant(2026, 11, 24));
        let days = busy_days(
            &[
                busy("2026-11-22T23:30:00Z", "2026-11-23T00:20:00Z"),
                busy("2026-11-24T23:59:00Z", "2026-11-27T00:00:00Z"),
                busy("2026-11-24T23:00:00Z", "2026-11-24T23:15:00Z"),
            ],
            first,
            last,
        );
        let shown: Vec<_> = days.iter().map(|(date, set)| (*date, set.iter().map(Cell::index).collect())).collect();
        assert_eq!(shown, [(first, vec![0, 1]), (last, vec![92, 95])]);
    }

    #[test]
    fn a_long_claim_is_named_in_few_blocks() {
        assert_eq!(names(Block::covering(&run(0, 95))), ["w0", "w1", "w2", "w3"]);
        assert_eq!(names(Block::covering(&run(40, 43))), ["h10"]);
        assert_eq!(names(Block::covering(&run(39, 44))), ["39", "h10", "44"]);
        let longest = (0..96).flat_map(|first| (first..96).map(move |last| Block::covering(&run(first, last)).len()));
        assert_eq!(longest.max(), Some(18));
    }

    proptest! {
        #[test]
        fn blocks_meet_exactly_where_cells_do(busy in prop::collection::vec(0_u8..96, 0..8), first in 0_u8..96, length in 0_u8..96) {
            let set: CellSet = busy.iter().map(|index| cell(*index)).collect();
            let run = run(first, (first + length).min(95));
            let kept = Block::around(set);
            let meets = Block::covering(&run).iter().any(|block| kept.contains(block));
            prop_assert_eq!(meets, set.touches(&run));
            prop_assert_eq!(CellSet::from_bytes(&set.to_bytes()), Ok(set));
        }
    }

    #[test]
    fn other_bytes_are_no_set_of_cells() {
        assert_eq!(CellSet::from_bytes(&[0; 11]), Err(InvalidCellSet));
        assert_eq!(CellSet::from_bytes(&[0; 13]), Err(InvalidCellSet));
        assert_eq!(CellSet::from_bytes(&[0; 12]), Ok(CellSet::default()));
    }
}
