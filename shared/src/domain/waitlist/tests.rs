//! The order of the line, and what one email may wait for.

use jiff::ToSpan as _;
use jiff::civil::date;
use proptest::prelude::*;
use ulid::Ulid;

use super::*;
use crate::domain::id::ResourceId;
use crate::domain::slot::Interval;

const TODAY: Date = date(2026, 11, 23);

fn wish(day: i64) -> Wish {
    let day = TODAY.saturating_add(day.days());
    Wish { last: day, first: day, package: PackageId::new(Ulid(1)) }
}

fn place(id: u128, package: u128, (first, last): (i64, i64)) -> Place {
    let day = |n: i64| TODAY.saturating_add(n.days());
    let days = Days::new(day(first), day(last)).unwrap();
    Place { id: WaitId::new(Ulid(id)), package: PackageId::new(Ulid(package)), days }
}

/// A slot of `package` on a day and hour, in UTC.
fn slot(package: u128, day: i64, hour: i8) -> Slot {
    let at = |hour| TODAY.saturating_add(day.days()).at(hour, 0, 0, 0).in_tz("UTC").unwrap().timestamp();
    let interval = Interval::new(at(hour), at(hour + 1)).unwrap();
    Slot { package: PackageId::new(Ulid(package)), resource: ResourceId::new(Ulid(9)), interval, blocked: interval }
}

fn day_of(slot: &Slot) -> Date {
    slot.start().to_zoned(jiff::tz::TimeZone::UTC).date()
}

#[test]
fn the_first_whom_a_slot_fits_is_asked_whatever_order_the_line_was_read_in() {
    let free = [slot(1, 2, 14), slot(1, 2, 10), slot(2, 3, 9)];
    let line = [place(30, 1, (2, 2)), place(10, 1, (5, 6)), place(20, 1, (0, 3)), place(25, 2, (3, 3))];
    let (first, offered) = first_in_line(&line, &free, day_of).unwrap();
    assert_eq!((first.id, offered), (WaitId::new(Ulid(20)), slot(1, 2, 10)), "the earlier slot, to the earlier place");
    assert_eq!(first_in_line(&line[1..2], &free, day_of), None, "other days");
    assert_eq!(first_in_line(&[place(1, 3, (0, 9))], &free, day_of), None, "another package");
}

#[test]
fn an_email_joins_once_for_the_same_and_for_five_things_at_most() {
    let mut wishes = Wishes::default();
    for day in 0..5 {
        wishes = wishes.joined(wish(day), TODAY).unwrap();
        assert_eq!(wishes.joined(wish(day), TODAY), Err(NotJoined::IsThere));
    }
    assert_eq!(wishes.joined(wish(5), TODAY), Err(NotJoined::TooMany));
    let tomorrow = TODAY.saturating_add(1.day());
    assert_eq!(wishes.joined(wish(5), tomorrow).unwrap().0.len(), 5, "a day that is over makes room");
}

#[test]
fn words_are_read_back() {
    for standing in Standing::ALL {
        assert_eq!(standing.as_str().parse(), Ok(standing));
    }
    assert_eq!(wish(3).to_string().parse(), Ok(wish(3)));
    for text in ["", "2026-11-23", "2026-11-23~2026-11-23", "2026-11-23~x~01JD7Q4ZJ2M6S1V0B7T3K9XN5R"] {
        assert_eq!(text.parse::<Wish>(), Err(InvalidWish), "{text}");
    }
}

proptest! {
    #[test]
    fn nobody_behind_somebody_that_a_slot_fits_is_asked(
        places in proptest::collection::btree_map(1_u128..60, (1_u128..3, 0_i64..4, 0_i64..4), 0..30),
        slots in proptest::collection::vec((1_u128..3, 0_i64..6, 8_i8..18), 0..8),
    ) {
        let line: Vec<Place> =
            places.into_iter().map(|(id, (package, first, more))| place(id, package, (first, first + more))).collect();
        let free: Vec<Slot> = slots.into_iter().map(|(package, day, hour)| slot(package, day, hour)).collect();
        let fits = |place: &Place| {
            free.iter().any(|slot| slot.package == place.package && place.days.contains(day_of(slot)))
        };
        let expected = line.iter().filter(|place| fits(place)).map(|place| place.id).min();
        prop_assert_eq!(first_in_line(&line, &free, day_of).map(|(place, _)| place.id), expected);
    }
}
