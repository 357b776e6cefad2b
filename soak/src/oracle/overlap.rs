//! No live overlap, and the claims are exactly those of live bookings: none leaked, none missing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Evidence, Fault};
use crate::row::Row;

/// Milliseconds of a cell.
const CELL: i64 = 15 * 60 * 1_000;

/// Milliseconds of a UTC day.
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// Checks both.
#[must_use]
pub fn check(evidence: &Evidence) -> Vec<Fault> {
    let mut faults = overlaps(evidence);
    faults.extend(claims(evidence));
    faults
}

fn overlaps(evidence: &Evidence) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut of: BTreeMap<(&str, &str), Vec<&Row>> = BTreeMap::new();
    for row in evidence.rows.iter().filter(|row| row.is_live()) {
        of.entry((&row.tenant, &row.resource)).or_default().push(row);
    }
    for ((_, resource), mut rows) in of {
        rows.sort_by_key(|row| row.blocked);
        for (n, row) in rows.iter().enumerate() {
            let meets = rows[n + 1..].iter().take_while(|other| other.blocked.0 < row.blocked.1);
            for other in meets.filter(|other| other.holder() != row.holder()) {
                let what = format!("{resource} is taken twice: by {} and by {}", row.id, other.id);
                faults.push(Fault::new("no live overlap", row.id.clone(), what));
            }
        }
        let mut seats: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
        rows.iter().filter(|row| 1 < row.capacity).for_each(|row| seats.entry(row.holder()).or_default().push(row));
        for (session, seated) in seats {
            let most = seated.iter().map(|row| row.capacity).max().unwrap_or_default();
            if usize::try_from(most).is_ok_and(|most| most < seated.len()) {
                let what = format!("{} sit in {session} of {most}", seated.len());
                faults.push(Fault::new("no live overlap", seated[0].id.clone(), what));
            }
        }
    }
    faults
}

type Place = (String, String, String);

/// The cells and seats that live bookings must have, against those that are stored.
fn claims(evidence: &Evidence) -> Vec<Fault> {
    let mut cells: BTreeMap<(Place, i64), BTreeSet<String>> = BTreeMap::new();
    let mut seats: BTreeMap<(Place, String), BTreeSet<String>> = BTreeMap::new();
    for row in evidence.rows.iter().filter(|row| row.is_live()) {
        let (first, last) = (row.blocked.0.div_euclid(CELL), (row.blocked.1 - 1).div_euclid(CELL));
        for cell in first..=last {
            let place = (row.tenant.clone(), row.resource.clone(), date(cell * CELL));
            let within = (cell * CELL).rem_euclid(DAY) / CELL;
            cells.entry((place.clone(), within)).or_default().insert(row.holder());
            if 1 < row.capacity {
                seats.entry((place, row.holder())).or_default().insert(row.id.clone());
            }
        }
    }
    let mut faults = Vec::new();
    for day in &evidence.days {
        let place = (day.whose.0.clone(), day.whose.1.clone(), day.date.clone());
        for (cell, holder) in &day.cells {
            let wanted = cells.remove(&(place.clone(), *cell)).unwrap_or_default();
            if wanted.len() != 1 || !wanted.contains(holder) {
                let what = format!("cell {cell} of {place:?} is {holder}'s, and should be {wanted:?}'s");
                faults.push(Fault::new("claims are those of live bookings", subject(holder), what));
            }
        }
        for (holder, seated) in &day.seats {
            let wanted = seats.remove(&(place.clone(), holder.clone())).unwrap_or_default();
            if !wanted.iter().eq(seated) {
                let what = format!("{seated:?} sit in {holder} on {place:?}, and should {wanted:?}");
                faults.push(Fault::new("claims are those of live bookings", subject(holder), what));
            }
        }
    }
    for ((place, cell), holders) in cells {
        for holder in holders {
            let what = format!("cell {cell} of {place:?} is nobody's, and should be {holder}'s");
            faults.push(Fault::new("claims are those of live bookings", subject(&holder), what));
        }
    }
    for ((place, holder), seated) in seats {
        let what = format!("nobody sits in {holder} on {place:?}, and should {seated:?}");
        faults.push(Fault::new("claims are those of live bookings", subject(&holder), what));
    }
    faults
}

/// What the log mentions of a holder.
fn subject(holder: &str) -> String {
    holder.split('@').next().unwrap_or_default().to_owned()
}

fn date(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}
