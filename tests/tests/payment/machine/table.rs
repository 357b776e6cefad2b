//! The table of all transitions between statuses, and which use case makes which. One that the code makes and the table
//! lacks fails, and so does one that nothing makes any more.

use std::collections::BTreeSet;

/// A use case, and the statuses before and after it.
pub(super) type Row = (&'static str, &'static str, &'static str);

/// Every change of a booking's status that the code makes.
const TABLE: &[Row] = &[
    ("cancel", "CONFIRMED", "CANCELED"),
    ("cancel", "PENDING_PAYMENT", "CANCELED"),
    ("checkout::open", "PENDING_PAYMENT", "CONFIRMED"),
    ("mark", "CONFIRMED", "COMPLETED"),
    ("mark", "CONFIRMED", "NO_SHOW"),
    ("record", "CANCELED", "REFUNDED"),
    ("record", "COMPLETED", "REFUNDED"),
    ("record", "CONFIRMED", "REFUNDED"),
    ("record", "EXPIRED", "CONFIRMED"),
    ("record", "EXPIRED", "PENDING_PAYMENT"),
    ("record", "EXPIRED", "REFUNDED"),
    ("record", "NO_SHOW", "REFUNDED"),
    ("record", "PENDING_PAYMENT", "CONFIRMED"),
    ("record", "PENDING_PAYMENT", "EXPIRED"),
    ("record", "PENDING_PAYMENT", "REFUNDED"),
    ("release_hold", "PENDING_PAYMENT", "CONFIRMED"),
    ("release_hold", "PENDING_PAYMENT", "EXPIRED"),
    ("waitlist::pass", "OFFERED", "EXPIRED"),
    ("waitlist::take", "OFFERED", "PENDING_PAYMENT"),
];

/// Compares what was seen with the table.
pub(super) fn compare(seen: &BTreeSet<Row>) {
    let table: BTreeSet<Row> = TABLE.iter().copied().collect();
    let unknown: Vec<_> = seen.difference(&table).collect();
    let unseen: Vec<_> = table.difference(seen).collect();
    assert!(unknown.is_empty() && unseen.is_empty(), "not in the table: {unknown:#?}\nnever seen: {unseen:#?}");
}
