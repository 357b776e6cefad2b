//! No acknowledged change is lost: what somebody was told is a version that was written, no version was
//! written twice or skipped, and none goes back on what stood.

use super::{Evidence, Fault};
use crate::row::Row;

const RULE: &str = "no acknowledged change lost";

/// Where a booking may go from each status. Staying is always allowed.
const ROADS: [(&str, &[&str]); 9] = [
    ("", &["OFFERED", "PENDING_PAYMENT", "CONFIRMED"]),
    ("OFFERED", &["PENDING_PAYMENT", "CONFIRMED", "EXPIRED"]),
    ("PENDING_PAYMENT", &["CONFIRMED", "EXPIRED", "CANCELED", "REFUNDED"]),
    ("CONFIRMED", &["CANCELED", "COMPLETED", "NO_SHOW", "REFUNDED"]),
    // Money that comes late takes the time again if it is free.
    ("EXPIRED", &["CONFIRMED", "PENDING_PAYMENT", "REFUNDED"]),
    ("CANCELED", &["REFUNDED"]),
    ("COMPLETED", &["REFUNDED"]),
    ("NO_SHOW", &["REFUNDED"]),
    ("REFUNDED", &[]),
];

/// What each word promises of the status.
const PROMISES: [(&str, &[&str]); 4] = [
    ("canceled", &["CANCELED", "REFUNDED"]),
    ("attended", &["COMPLETED"]),
    ("missed", &["NO_SHOW"]),
    ("passed", &["EXPIRED"]),
];

/// Checks it.
#[must_use]
pub fn check(evidence: &Evidence) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (id, versions) in &evidence.versions {
        let mut before = Row::default();
        for written in versions {
            faults.extend(step(id, &before, &written.row));
            before = written.row.clone();
        }
        match evidence.row(id) {
            Some(row) if *row == before => {}
            Some(row) => {
                let what = format!("v{} is stored and v{} was written last", row.version, before.version);
                faults.push(Fault::new(RULE, id.clone(), what));
            }
            None => faults.push(Fault::new(RULE, id.clone(), "it was written and is gone")),
        }
    }
    for word in &evidence.words {
        let told = &word.booking;
        let written = evidence.versions.get(&told.id).map(Vec::as_slice).unwrap_or_default();
        let known = written.iter().map(|written| &written.row).find(|row| row.version == told.version);
        if !known.is_some_and(|row| is_as_told(row, told)) {
            let what = format!("somebody was told that it was {} as v{}, and it was not", word.what, told.version);
            faults.push(Fault::new(RULE, told.id.clone(), what));
        }
        let promise = PROMISES.iter().find(|(what, _)| *what == word.what);
        if promise.is_some_and(|(_, statuses)| !statuses.contains(&told.status.as_str())) {
            let what = format!("somebody was told that it was {}, and that it is {}", word.what, told.status);
            faults.push(Fault::new(RULE, told.id.clone(), what));
        }
    }
    faults
}

/// Whether a version may follow another.
fn step(id: &str, before: &Row, after: &Row) -> Option<Fault> {
    let fault = |what: String| Some(Fault::new(RULE, id, what));
    if after.version != before.version + 1 {
        return fault(format!("v{} follows v{}", after.version, before.version));
    }
    if after.sequence < before.sequence {
        return fault(format!("sequence {} follows {} in v{}", after.sequence, before.sequence, after.version));
    }
    if after.granted < before.granted {
        return fault(format!(
            "of {} that was granted {} is left in v{}",
            before.granted, after.granted, after.version
        ));
    }
    let roads = ROADS.iter().find(|(from, _)| *from == before.status).map_or(&[][..], |(_, to)| to);
    if after.status != before.status && !roads.contains(&after.status.as_str()) {
        return fault(format!("{} follows {} in v{}", after.status, before.status, after.version));
    }
    let has_moved = (before.start, before.end) != (after.start, after.end);
    if before.version != 0 && has_moved && after.sequence == before.sequence {
        return fault(format!("v{} has another time under the same sequence", after.version));
    }
    None
}

/// Whether what somebody was told is what was written.
fn is_as_told(row: &Row, told: &Row) -> bool {
    let shown = |row: &Row| {
        let Row { resource, status, start, end, fee, refund_due, granted, sequence, .. } = row.clone();
        (resource, status, start, end, fee, refund_due, granted, sequence)
    };
    shown(row) == shown(told)
}
