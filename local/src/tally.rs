//! The tally: metrics of one desk, kept in memory for whoever asks. What CloudWatch is to a deployment.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use shared::ports::metric::{Metric, Metrics};

/// Every value that was put, by metric, in order.
#[derive(Debug, Default)]
pub struct Tally(Mutex<BTreeMap<Metric, Vec<u64>>>);

impl Tally {
    /// The values of a metric, in the order they came.
    #[must_use]
    pub fn values(&self, metric: Metric) -> Vec<u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&metric).cloned().unwrap_or_default()
    }

    /// The sum of a metric's values: for a counter, how often it happened.
    #[must_use]
    pub fn sum(&self, metric: Metric) -> u64 {
        self.values(metric).iter().sum()
    }
}

impl Metrics for Tally {
    fn put(&self, values: &[(Metric, u64)]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (metric, value) in values {
            kept.entry(*metric).or_default().push(*value);
        }
    }
}
