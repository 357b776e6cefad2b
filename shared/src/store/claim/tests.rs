//! What a claim asks of DynamoDB, at its largest.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use ulid::Ulid;

use super::*;
use crate::domain::id::{BookingId, PackageId};
use crate::domain::slot::Interval;

/// What DynamoDB takes of one expression.
const BYTES: usize = 4_096;
const OPERATORS: usize = 300;

const BOOKING: BookingId = BookingId::new(Ulid(u128::MAX));

fn claim(seats: u16, start: Timestamp, hours: i64) -> Claim {
    let package = PackageId::new(Ulid(u128::MAX));
    let blocked = Interval::new(start, start + SignedDuration::from_hours(hours)).unwrap();
    Claim { booking: BOOKING, holder: Holder::of(BOOKING, package, seats, start), capacity: seats, blocked }
}

/// Operators and functions, all counted: more than DynamoDB can mean.
fn operators(expression: &str) -> usize {
    let spaced = expression.replace(['(', ')', ','], " ");
    let is_operand = |word: &&str| word.starts_with(['#', ':']);
    spaced.split_whitespace().filter(|word| !is_operand(word)).count()
}

/// The day as somebody finds it who holds `claim` and nothing else.
fn held(claim: &Claim, day: &DayCells) -> DayClaims {
    let mut held = DayClaims::default();
    held.apply_claim(day, claim).unwrap();
    held
}

#[test]
fn whatever_is_claimed_and_given_back_in_a_day_fits_into_an_expression() {
    let midnight: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
    let mut seen = BTreeSet::new();
    for seats in [1, 2] {
        for (hours, shift) in (1..=24).flat_map(|hours| (0..24).map(move |shift| (hours, shift))) {
            let before = claim(seats, midnight, 24);
            let after = claim(seats, midnight + SignedDuration::from_hours(shift), hours);
            let (day, all) = (after.days()[0], before.days()[0]);
            let held = held(&before, &all);
            let key = Key::claims(TenantId::new(Ulid(1)), ResourceId::new(Ulid(1)), day.date);
            let update = claiming(Update::new(key), &day, &after, &vacated(&held, &before));
            let update = releasing(update, &held, &before, Some((after.holder, day))).unwrap();
            let (write, condition) = (update.expression(), update.terms.condition().unwrap());
            for expression in [&write, &condition] {
                assert!(expression.len() <= BYTES, "{seats} {hours} {shift}: {} bytes", expression.len());
            }
            let count = operators(&condition);
            assert!(count <= OPERATORS, "{seats} {hours} {shift}: {count} operators");
            seen.insert(day.iter().count());
        }
    }
    assert!(seen.contains(&96));
}
