//! The stored form of the terms on which a booking is called off.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::cancellation::Cancellation;

/// Terms as agreed. A row from before they were kept has the default, on which nothing is ever kept: nobody
/// pays a fee that they cannot be shown to have agreed to.
#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
pub(in crate::store) struct CancellationRow {
    /// Seconds.
    free_until: u64,
    late_fee_percent: u8,
    no_show_percent: u8,
}

impl From<&Cancellation> for CancellationRow {
    fn from(terms: &Cancellation) -> Self {
        Self {
            free_until: terms.free_until.as_secs(),
            late_fee_percent: terms.late_fee_percent,
            no_show_percent: terms.no_show_percent,
        }
    }
}

impl From<CancellationRow> for Cancellation {
    fn from(row: CancellationRow) -> Self {
        Self {
            free_until: Duration::from_secs(row.free_until),
            late_fee_percent: row.late_fee_percent,
            no_show_percent: row.no_show_percent,
        }
    }
}
