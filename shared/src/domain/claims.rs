//! The claims of several resources and days, as they were read from the store.
//!
//! A day that was not read is unknown, and what is unknown counts as taken: a read that failed or was
//! forgotten never sells anything.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::cell::{CELL_MINUTES, CELLS_A_DAY, Cell, cells};
use super::claim::{Claim, DayClaims, Holder};
use super::id::{BookingId, PackageId, ResourceId};
use super::slot::Interval;

/// What was read: one [`DayClaims`] for each resource and UTC day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claims(BTreeMap<(ResourceId, Date), DayClaims>);

impl Claims {
    /// Notes what `resource` is taken for on the UTC day `date`: [`DayClaims::default`] where the read found no item.
    pub fn insert(&mut self, resource: ResourceId, date: Date, day: DayClaims) {
        self.0.insert((resource, date), day);
    }

    /// What is known of one day.
    #[must_use]
    pub fn day(&self, resource: ResourceId, date: Date) -> Option<&DayClaims> {
        self.0.get(&(resource, date))
    }

    /// Claims that `claim` can be made on `resource`: on every day it touches, and each of them was read.
    #[must_use]
    pub fn is_free(&self, resource: ResourceId, claim: &Claim) -> bool {
        let wanted = claim.days();
        wanted.iter().all(|cells| self.day(resource, cells.date).is_some_and(|day| day.is_free(cells, claim)))
    }

    /// How many more bookings the session of `claim` seats; 0 unless it is free.
    #[must_use]
    pub fn seats_left(&self, resource: ResourceId, claim: &Claim) -> u16 {
        if !self.is_free(resource, claim) {
            return 0;
        }
        let days = claim.days();
        let seats = days.iter().filter_map(|cells| self.day(resource, cells.date));
        seats.map(|day| day.seats_left(claim.holder, claim.capacity)).min().unwrap_or(0)
    }

    /// The same without what `claim` holds of `resource`: to move a booking to where it is itself in the way.
    #[must_use]
    pub fn without(mut self, resource: ResourceId, claim: &Claim) -> Self {
        for cells in claim.days() {
            if let Some(day) = self.0.get_mut(&(resource, cells.date)) {
                day.release(claim);
            }
        }
        self
    }

    /// Claims that somebody sits in the session `holder` already, at `start`.
    #[must_use]
    pub fn is_running(&self, resource: ResourceId, holder: Holder, start: Timestamp) -> bool {
        self.day(resource, Offset::UTC.to_datetime(start).date()).is_some_and(|day| day.seats.contains_key(&holder))
    }

    /// When the sessions of `package` start that have begun to fill on `resource` within `span`.
    #[must_use]
    pub fn sessions(&self, resource: ResourceId, package: PackageId, span: &Interval) -> BTreeSet<Timestamp> {
        let days = cells(span);
        let known = days.iter().filter_map(|cells| self.day(resource, cells.date));
        let starts = known.flat_map(|day| day.seats.keys()).filter_map(|holder| match holder {
            Holder::Session(of, start) if *of == package => start.start(),
            _ => None,
        });
        starts.filter(|start| span.holds(*start)).collect()
    }

    /// How many bookings `resource` has within `span`.
    #[must_use]
    pub fn load(&self, resource: ResourceId, span: &Interval) -> usize {
        let days = cells(span);
        let known = days.iter().filter_map(|cells| Some(self.day(resource, cells.date)?.bookings(cells)));
        known.flatten().collect::<BTreeSet<BookingId>>().len()
    }

    /// The moments within `span` at which `resource` becomes vacant: the ends of its runs of held or busy cells.
    #[must_use]
    pub fn vacated(&self, resource: ResourceId, span: &Interval) -> BTreeSet<Timestamp> {
        let days = cells(span);
        let held = days.iter().filter_map(|cells| Some((cells.date, self.day(resource, cells.date)?)));
        held.flat_map(|(date, day)| {
            let last = |cell: &Cell| Cell::new(cell.index() + 1).map_or(true, |next| !day.is_taken(next));
            let taken = (0..CELLS_A_DAY).filter_map(|index| Cell::new(index).ok()).filter(|cell| day.is_taken(*cell));
            taken.filter(move |cell| last(cell)).filter_map(move |cell| end_of(date, cell))
        })
        .filter(|end| span.holds(*end))
        .collect()
    }
}

fn end_of(date: Date, cell: Cell) -> Option<Timestamp> {
    let midnight = Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
    let minutes = (i64::from(cell.index()) + 1) * i64::from(CELL_MINUTES);
    midnight.checked_add(SignedDuration::from_mins(minutes)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    const ROOM: ResourceId = ResourceId::new(Ulid(5));

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn claim(n: u128, capacity: u16, start: &str, end: &str) -> Claim {
        let (booking, blocked) = (BookingId::new(Ulid(n)), Interval::new(at(start), at(end)).unwrap());
        Claim { booking, holder: Holder::of(booking, PackageId::new(Ulid(1)), capacity, at(start)), capacity, blocked }
    }

    /// What was read of 23 and 24 November, with `taken`.
    fn read(taken: &[Claim]) -> Claims {
        let mut claims = Claims::default();
        for date in ["2026-11-23", "2026-11-24"] {
            let mut day = DayClaims::default();
            for claim in taken {
                for cells in claim.days().iter().filter(|cells| cells.date.to_string() == date) {
                    day.apply_claim(cells, claim).unwrap();
                }
            }
            claims.insert(ROOM, date.parse().unwrap(), day);
        }
        claims
    }

    #[test]
    fn what_was_not_read_counts_as_taken() {
        let over_midnight = claim(1, 1, "2026-11-24T23:00:00Z", "2026-11-25T01:00:00Z");
        assert!(!read(&[]).is_free(ROOM, &over_midnight));
        assert_eq!(read(&[]).seats_left(ROOM, &over_midnight), 0);
        let inside = claim(1, 1, "2026-11-24T23:00:00Z", "2026-11-25T00:00:00Z");
        assert!(read(&[]).is_free(ROOM, &inside));
        assert!(!read(&[]).is_free(ResourceId::new(Ulid(6)), &inside), "another resource was not read");
    }

    #[test]
    fn a_booking_can_be_looked_past() {
        for capacity in [1, 3] {
            let ours = claim(1, capacity, "2026-11-23T23:30:00Z", "2026-11-24T00:30:00Z");
            let later = claim(1, capacity, "2026-11-23T23:45:00Z", "2026-11-24T00:45:00Z");
            let claims = read(&[ours]);
            assert!(!claims.is_free(ROOM, &claim(2, 1, "2026-11-24T00:15:00Z", "2026-11-24T00:45:00Z")));
            assert!(claims.without(ROOM, &ours).is_free(ROOM, &later));
        }
    }

    #[test]
    fn a_booking_over_midnight_is_one_booking_and_a_session_has_one_for_each_seat() {
        let session = |n| claim(n, 3, "2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z");
        let claims = read(&[claim(9, 1, "2026-11-23T23:30:00Z", "2026-11-24T00:30:00Z"), session(1), session(2)]);
        let span = |start, end| Interval::new(at(start), at(end)).unwrap();
        assert_eq!(claims.load(ROOM, &span("2026-11-23T00:00:00Z", "2026-11-25T00:00:00Z")), 3);
        assert_eq!(claims.load(ROOM, &span("2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z")), 1);
        assert_eq!(claims.seats_left(ROOM, &session(7)), 1);
        assert!(claims.is_running(ROOM, session(7).holder, at("2026-11-23T10:00:00Z")));
        let morning = span("2026-11-23T09:00:00Z", "2026-11-23T10:00:01Z");
        assert_eq!(
            claims.sessions(ROOM, PackageId::new(Ulid(1)), &morning),
            BTreeSet::from([at("2026-11-23T10:00:00Z")])
        );
        assert!(claims.sessions(ROOM, PackageId::new(Ulid(2)), &morning).is_empty());
    }

    #[test]
    fn a_resource_is_vacated_where_a_run_of_cells_ends() {
        let claims = read(&[
            claim(1, 1, "2026-11-23T09:00:00Z", "2026-11-23T09:50:00Z"),
            claim(2, 1, "2026-11-23T10:00:00Z", "2026-11-23T10:45:00Z"),
            claim(3, 1, "2026-11-23T23:00:00Z", "2026-11-24T00:00:00Z"),
        ]);
        let all = Interval::new(at("2026-11-23T00:00:00Z"), at("2026-11-24T12:00:00Z")).unwrap();
        let ends: Vec<_> = claims.vacated(ROOM, &all).into_iter().map(|end| end.to_string()).collect();
        assert_eq!(ends, ["2026-11-23T10:45:00Z", "2026-11-24T00:00:00Z"]);
    }
}
