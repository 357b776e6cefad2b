//! What a business gave back of its own accord, inside the booking's row.

use serde::{Deserialize, Serialize};

use super::super::error::{StoreError, corrupt};
use super::super::row::{at, money, ms};
use crate::domain::booking::Grant;
use crate::domain::text::Line;

const WHAT: &str = "grant";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
pub(super) struct GrantRow {
    key: String,
    /// Minor units of the price's currency.
    minor: i64,
    at: i64,
}

impl From<&Grant> for GrantRow {
    fn from(grant: &Grant) -> Self {
        Self { key: grant.key.to_string(), minor: grant.amount.minor(), at: ms(grant.at) }
    }
}

impl GrantRow {
    /// The grant, in the currency of its booking.
    pub(super) fn read(self, currency: &str) -> Result<Grant, StoreError> {
        Ok(Grant {
            key: Line::new(&self.key).map_err(corrupt(WHAT))?,
            amount: money(self.minor, currency, WHAT)?,
            at: at(self.at, WHAT)?,
        })
    }
}
