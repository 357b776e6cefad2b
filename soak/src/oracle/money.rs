//! Every payment has exactly one booking that stands on it, or goes back: to the cent, and never both.
//!
//! What was kept of a booking that ended is compared with the terms it was made on. Where Stripe was made to
//! tell what is not so, a person has to be told instead.

use super::{Evidence, Fault};
use crate::record::Written;
use crate::row::Row;

const RULE: &str = "every payment has one booking or one refund";

/// What a person or the business is told of each oddity.
const TOLD: [(&str, &str); 4] = [
    ("dispute", "booking.disputed"),
    ("wrong amount", "booking.flagged"),
    ("wrong currency", "booking.flagged"),
    ("foreign account", "booking.flagged"),
];

/// Checks it.
#[must_use]
pub fn check(evidence: &Evidence) -> Vec<Fault> {
    let mut faults = Vec::new();
    for charge in &evidence.charges {
        let booking = charge.metadata.get("bookingId").cloned().unwrap_or_default();
        if evidence.row(&booking).is_none() {
            faults.push(Fault::new(RULE, booking, format!("{} pays for no booking", charge.intent)));
        }
        let back: i64 = charge.refunds.iter().sum();
        if charge.amount < back {
            let subject = charge.metadata.get("bookingId").cloned().unwrap_or_default();
            faults.push(Fault::new(RULE, subject, format!("{back} of {} went back", charge.amount)));
        }
    }
    for row in &evidence.rows {
        if let Some(what) = wrong(evidence, row) {
            faults.push(Fault::new(RULE, row.id.clone(), what));
        }
    }
    faults
}

/// What is wrong with the money of a booking.
fn wrong(evidence: &Evidence, row: &Row) -> Option<String> {
    if matches!(row.status.as_str(), "PENDING_PAYMENT" | "OFFERED") {
        return Some(format!("it is {} for ever", row.status));
    }
    if let Some(oddities) = evidence.odd.get(&row.id) {
        let untold = TOLD.iter().find(|(what, event)| oddities.contains(what) && !evidence.was_told(event, &row.id));
        return untold.map(|(what, event)| format!("of a {what} there is no {event}"));
    }
    let charges: Vec<_> =
        evidence.charges.iter().filter(|charge| charge.metadata.get("bookingId") == Some(&row.id)).collect();
    if 1 < charges.len() {
        return Some(format!("it was paid {} times", charges.len()));
    }
    if row.refund_due != 0 {
        return Some(format!("{} is due back for ever", row.refund_due));
    }
    let (paid, back) = charges.first().map_or((0, 0), |charge| (charge.amount, charge.refunds.iter().sum()));
    if paid != 0 && paid != row.due {
        return Some(format!("{paid} was paid of {}", row.due));
    }
    let kept = paid - back;
    let stands = matches!(row.status.as_str(), "CONFIRMED" | "COMPLETED" | "NO_SHOW");
    if stands && paid != row.due {
        return Some(format!("it stands, and {paid} of {} was paid", row.due));
    }
    let versions = evidence.versions.get(&row.id).map(Vec::as_slice).unwrap_or_default();
    let owed = match row.status.as_str() {
        "CONFIRMED" | "COMPLETED" => row.due - row.granted,
        "NO_SHOW" => {
            let terms = share(row.price, row.no_show_percent).max(before(versions, "NO_SHOW").fee);
            left(terms, paid, row, versions)
        }
        "CANCELED" => return wrong_fee(evidence, row, (paid, kept), versions),
        _ => 0,
    };
    (kept != owed)
        .then(|| format!("{kept} of {paid} is kept of a booking that is {}, and should be {owed}", row.status))
}

/// What is wrong with what is kept of a booking that was called off.
fn wrong_fee(evidence: &Evidence, row: &Row, (paid, kept): (i64, i64), versions: &[Written]) -> Option<String> {
    let share = left(share(row.price, row.late_percent), paid, row, versions);
    if kept != 0 && kept != share {
        return Some(format!("{kept} of {paid} is kept, and the terms keep {share} or nothing"));
    }
    if kept != 0 && !was_late(versions) {
        return Some(format!("{kept} is kept of a booking that nobody moved or called off late"));
    }
    // Who was told that something comes back gets no less.
    let words = evidence.words.iter().filter(|word| word.what == "canceled" && word.booking.id == row.id);
    let promised = words.map(|word| word.booking.refund_due).max().unwrap_or_default();
    (paid - kept < promised).then(|| format!("{promised} was told to come back, and {} did", paid - kept))
}

/// Whether any change of it was made so late that the terms keep something.
fn was_late(versions: &[Written]) -> bool {
    versions.windows(2).any(|pair| {
        let [before, after] = pair else { return false };
        let is_change = (before.row.start, &before.row.status) != (after.row.start, &after.row.status);
        is_change && before.row.start - before.row.free_until * 1_000 < after.at.as_millisecond()
    })
}

/// What is left of what the terms keep: never more than the business had not given back before, and less what
/// it gave back since.
fn left(terms: i64, paid: i64, row: &Row, versions: &[Written]) -> i64 {
    let granted = before(versions, &row.status).granted;
    terms.min(paid - granted) - (row.granted - granted)
}

/// The booking as it was before it came to `status`.
fn before(versions: &[Written], status: &str) -> Row {
    let before = versions.iter().take_while(|written| written.row.status != status);
    before.last().map(|written| written.row.clone()).unwrap_or_default()
}

/// So many percent of an amount, to the cent, half a cent up.
fn share(price: i64, percent: i64) -> i64 {
    (price * percent + 50) / 100
}
