//! The ledger's entries in rows: of a turn, and of a hand-over. Short names, since one is in every turn.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::ledger::{TurnCost, Usage};
use crate::domain::money::MicroUsd;

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
pub(super) struct LedgerRow {
    #[serde(rename = "m")]
    model: String,
    #[serde(rename = "v")]
    price_version: String,
    #[serde(rename = "i")]
    input: u64,
    #[serde(rename = "o")]
    output: u64,
    #[serde(rename = "r")]
    cache_read: u64,
    #[serde(rename = "w")]
    cache_write: u64,
    /// Micro-dollars.
    #[serde(rename = "c")]
    cost: i64,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    first_token_ms: Option<u64>,
    #[serde(rename = "d")]
    total_ms: u64,
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    tools: Vec<String>,
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl From<&TurnCost> for LedgerRow {
    fn from(cost: &TurnCost) -> Self {
        Self {
            model: cost.model.clone(),
            price_version: cost.price_version.clone(),
            input: cost.usage.input,
            output: cost.usage.output,
            cache_read: cost.usage.cache_read,
            cache_write: cost.usage.cache_write,
            cost: cost.cost.get(),
            first_token_ms: cost.first_token.map(millis),
            total_ms: millis(cost.total),
            tools: cost.tools.clone(),
        }
    }
}

impl From<LedgerRow> for TurnCost {
    fn from(row: LedgerRow) -> Self {
        Self {
            usage: Usage {
                input: row.input,
                output: row.output,
                cache_read: row.cache_read,
                cache_write: row.cache_write,
            },
            model: row.model,
            price_version: row.price_version,
            cost: MicroUsd::new(row.cost),
            first_token: row.first_token_ms.map(Duration::from_millis),
            total: Duration::from_millis(row.total_ms),
            tools: row.tools,
        }
    }
}
