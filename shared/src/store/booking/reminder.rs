//! The stored form of reminders: seconds before the start.

use std::time::Duration;

use crate::domain::reminder::Reminders;
use crate::store::error::{StoreError, corrupt};

pub(in crate::store) fn seconds(reminders: &Reminders) -> Vec<u64> {
    reminders.leads().iter().map(Duration::as_secs).collect()
}

pub(in crate::store) fn reminders(seconds: &[u64], what: &'static str) -> Result<Reminders, StoreError> {
    Reminders::new(seconds.iter().copied().map(Duration::from_secs).collect()).map_err(corrupt(what))
}
