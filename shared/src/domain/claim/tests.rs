//! One cell has one holder, a session has as many seats as it sells, and a release frees only its own.

use jiff::SignedDuration;
use proptest::prelude::*;
use ulid::Ulid;

use super::*;

fn at(minute: i64) -> Timestamp {
    "2026-11-23T10:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
}

/// The claim of booking `n` for a package of `capacity` seats, from `start` for `minutes`.
fn claim(n: u128, capacity: u16, start: i64, minutes: i64) -> Claim {
    let booking = BookingId::new(Ulid(n));
    let holder = Holder::of(booking, PackageId::new(Ulid(1)), capacity, at(start));
    Claim { booking, holder, capacity, blocked: Interval::new(at(start), at(start + minutes)).unwrap() }
}

/// All of one resource's days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Days(BTreeMap<jiff::civil::Date, DayClaims>);

impl Days {
    fn take(&mut self, claim: &Claim) -> Result<(), Taken> {
        let free = claim.days().iter().all(|day| self.0.entry(day.date).or_default().is_free(day, claim));
        if !free {
            return Err(Taken);
        }
        for day in claim.days() {
            self.0.entry(day.date).or_default().apply_claim(&day, claim).unwrap();
        }
        Ok(())
    }

    fn release(&mut self, claim: &Claim) {
        for day in claim.days() {
            self.0.entry(day.date).or_default().release(claim);
        }
    }
}

#[test]
fn a_holder_survives_its_text() {
    let booking = BookingId::new(Ulid(7));
    for holder in [Holder::Booking(booking), Holder::of(booking, PackageId::new(Ulid(9)), 2, at(0))] {
        assert_eq!(holder.to_string().parse(), Ok(holder));
    }
    let id = booking.to_string();
    for text in ["", "@", "x", &format!("{id}@"), &format!("@{id}"), &format!("{id}@1@2"), &format!("{id}@-1")] {
        assert_eq!(text.parse::<Holder>(), Err(InvalidHolder), "{text:?}");
    }
}

#[test]
fn a_taken_cell_is_refused_whoever_asks() {
    let mut days = Days::default();
    days.take(&claim(1, 1, 0, 60)).unwrap();
    let before = days.clone();
    for (other, free) in [
        (claim(2, 1, -60, 60), true),
        (claim(2, 1, -60, 61), false),
        (claim(2, 1, 60, 60), true),
        (claim(2, 1, 59, 60), false),
        (claim(2, 1, 15, 15), false),
        (claim(2, 8, 0, 60), false),
        (claim(2, 1, -600, 24 * 60), false),
    ] {
        let mut after = days.clone();
        assert_eq!(after.take(&other).is_ok(), free, "{other:?}");
        assert!(free || after == before, "a refused claim changes nothing");
    }
}

#[test]
fn repeating_a_claim_or_a_release_changes_nothing() {
    for capacity in [1, 2] {
        let mut days = Days::default();
        let ours = claim(1, capacity, 0, 60);
        days.take(&ours).unwrap();
        let once = days.clone();
        days.take(&ours).unwrap();
        assert_eq!(days, once);
        days.release(&ours);
        let gone = days.clone();
        days.release(&ours);
        assert_eq!(days, gone);
        assert!(days.0.values().all(|day| *day == DayClaims::default()), "{days:?}");
    }
}

#[test]
fn a_session_seats_as_many_as_it_sells() {
    let mut days = Days::default();
    for n in 1..=3 {
        days.take(&claim(n, 3, 0, 60)).unwrap();
    }
    let (day, ours) = (&days.0[&at(0).to_zoned(jiff::tz::TimeZone::UTC).date()], claim(3, 3, 0, 60));
    assert_eq!(day.seats_left(ours.holder, 3), 0);
    assert_eq!(day.seats_left(ours.holder, 2), 0, "a capacity that was lowered owes no seats");
    assert_eq!(days.clone().take(&claim(4, 3, 0, 60)), Err(Taken));
    assert_eq!(days.clone().take(&ours), Ok(()), "who sits already keeps the seat");
    assert_eq!(days.take(&claim(4, 4, 0, 60)), Ok(()), "a capacity that was raised has a seat");
}

#[test]
fn a_session_keeps_its_cells_until_the_last_seat_is_given_back() {
    let mut day = DayClaims::default();
    let (first, second) = (claim(1, 2, 0, 30), claim(2, 2, 0, 30));
    let cells = first.days()[0];
    day.apply_claim(&cells, &first).unwrap();
    day.apply_claim(&cells, &second).unwrap();
    assert_eq!(day.release(&first), []);
    assert_eq!(day.release(&first), [], "a stranger's release frees nothing");
    assert_eq!(day.seats_left(first.holder, 2), 1);
    assert_eq!(day.bookings(&cells), BTreeSet::from([second.booking]));
    assert_eq!(day.release(&second), cells.iter().collect::<Vec<_>>());
    assert!(day.is_vacant(&cells));
}

#[test]
fn a_release_frees_only_its_own_cells() {
    let mut day = DayClaims::default();
    let (ours, theirs) = (claim(1, 1, 0, 30), claim(2, 1, 30, 30));
    for claim in [&ours, &theirs] {
        day.apply_claim(&claim.days()[0], claim).unwrap();
    }
    assert_eq!(day.release(&ours).len(), 2);
    assert_eq!(day.held_by(theirs.holder).len(), 2);
}

/// A step of a random history: booking `n` of one of four packages claims or gives back.
fn steps() -> impl Strategy<Value = Vec<(bool, Claim)>> {
    let step = (any::<bool>(), 0..4_usize, -8..90_i64, 0..12_u128).prop_map(|(take, package, start, n)| {
        // Length, buffer and seats follow from the package, the start from the booking: as in the real product.
        let (minutes, buffer, capacity) = [(20, 5, 1), (60, 0, 3), (95, 10, 1), (1500, 0, 1)][package];
        let start = start * 10;
        let booking = BookingId::new(Ulid::from_parts((start + 1000).unsigned_abs(), n * 10 + package as u128));
        let holder = Holder::of(booking, PackageId::new(Ulid(package as u128)), capacity, at(start));
        let blocked = Interval::new(at(start - buffer), at(start + minutes + buffer)).unwrap();
        (take, Claim { booking, holder, capacity, blocked })
    });
    prop::collection::vec(step, 1..80)
}

proptest! {
    #[test]
    fn no_history_of_claims_and_releases_books_anything_twice(steps in steps()) {
        let mut days = Days::default();
        let mut live: BTreeMap<BookingId, Claim> = BTreeMap::new();
        for (take, claim) in steps {
            if !take {
                days.release(&claim);
                live.remove(&claim.booking);
            } else if days.take(&claim).is_ok() {
                live.insert(claim.booking, claim);
            }
            for a in live.values() {
                for b in live.values().filter(|b| b.holder != a.holder) {
                    prop_assert!(!a.blocked.overlaps(&b.blocked), "{a:?} {b:?}");
                }
                let seated = live.values().filter(|b| b.holder == a.holder).count();
                prop_assert!(seated <= usize::from(a.capacity));
            }
        }
        for claim in live.values() {
            days.release(claim);
        }
        prop_assert!(days.0.values().all(|day| *day == DayClaims::default()), "nothing is left behind");
    }

    #[test]
    fn what_was_given_back_can_be_taken_again(steps in steps()) {
        let mut days = Days::default();
        for (_, claim) in steps {
            if days.take(&claim).is_ok() {
                let held = days.clone();
                days.release(&claim);
                prop_assert!(days.take(&claim).is_ok());
                prop_assert_eq!(&days, &held);
            }
        }
    }
}
