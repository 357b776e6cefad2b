//! What the store has asked of DynamoDB: calls and capacity, as DynamoDB itself reported them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// Calls and capacity since the last reset.
#[derive(Debug, Default)]
pub struct Usage(Mutex<Tally>);

/// Calls and capacity, in all and by operation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Requests that were answered.
    pub calls: u64,
    /// Read request units.
    pub read_units: f64,
    /// Write request units.
    pub write_units: f64,
    /// Calls by operation, as `Query`.
    pub by_operation: BTreeMap<&'static str, u64>,
}

impl Usage {
    /// What has been counted.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins anew.
    pub fn reset(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Tally::default();
    }

    pub(super) fn note(&self, operation: &'static str, writes: bool, consumed: &[ConsumedCapacity]) {
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tally.calls += 1;
        *tally.by_operation.entry(operation).or_default() += 1;
        let units: f64 = consumed.iter().filter_map(ConsumedCapacity::capacity_units).sum();
        if writes {
            tally.write_units += units;
        } else {
            tally.read_units += units;
        }
    }
}
