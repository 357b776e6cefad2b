//! Money on the wire: `{ "amount": 25000, "currency": "EUR" }`, in minor units.

use serde::{Deserialize, Serialize};
use shared::domain::money::Money;

/// An amount.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoneySent {
    pub(crate) amount: i64,
    pub(crate) currency: String,
}

impl From<Money> for MoneySent {
    fn from(money: Money) -> Self {
        Self { amount: money.minor(), currency: money.currency().to_string() }
    }
}
