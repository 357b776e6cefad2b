//! DynamoDB: keys, rows and conditions, one file per noun. Key strings and attribute names live only here.
//!
//! There is no trait in front of the database: tests and the local runner use an embedded DynamoDB
//! behind the same SDK. Every write is conditional and its failed condition becomes a value at the call.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;

pub mod audit;
pub mod booking;
pub mod business;
pub mod calendar;
mod canned_reply;
pub mod catalog;
pub mod claim;
pub mod conversation;
pub mod cursor;
mod day;
pub mod dedup;
pub mod error;
pub mod escalation;
mod expression;
pub mod feedback;
mod figure;
pub mod handover;
pub mod hours;
pub mod import;
pub mod inbox;
mod key;
mod ledger;
pub mod meter;
pub mod outbox;
mod proof;
pub mod proposal;
mod rate;
pub mod recount;
mod row;
mod table;
pub mod tenant;
#[cfg(test)]
pub(crate) mod tests;
pub mod ticket;
pub mod turn;
pub mod unanswered;
pub mod usage;
pub mod waitlist;
pub mod webhook;
pub mod widget;
pub mod window;

pub use error::StoreError;
pub use key::DUE_SHARDS;
pub use table::{Patience, Wait};
#[cfg(test)]
pub(crate) use tests::embedded;

use table::Table;
use usage::Usage;

/// The names of the deployed tables.
#[derive(Debug, Clone)]
pub struct TableNames {
    /// Profiles, packages, hours, articles and tenant keys.
    pub tenants: String,
    /// Conversations with their turns and proposals.
    pub conversations: String,
    /// Bookings, slot claims and confirmation codes.
    pub bookings: String,
    /// What was delivered to webhooks.
    pub records: String,
    /// Meters and daily figures.
    pub counters: String,
    /// Domain events and what consumers have seen.
    pub outbox: String,
}

impl TableNames {
    /// Names that begin with `prefix`, as `frontdesk-dev-`.
    #[must_use]
    pub fn prefixed(prefix: &str) -> Self {
        let name = |table: &str| format!("{prefix}{table}");
        Self {
            tenants: name("tenants"),
            conversations: name("conversations"),
            bookings: name("bookings"),
            records: name("records"),
            counters: name("counters"),
            outbox: name("outbox"),
        }
    }
}

/// The whole store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    tenants: Table,
    conversations: Table,
    bookings: Table,
    records: Table,
    counters: Table,
    outbox: Table,
    usage: Arc<Usage>,
}

impl Store {
    /// Opens the tables `names` through `client`.
    #[must_use]
    pub fn new(client: &Client, names: &TableNames, patience: Patience) -> Self {
        let usage = Arc::new(Usage::default());
        let table = |name: &str| Table::new(client.clone(), name, Arc::clone(&usage), patience);
        Self {
            tenants: table(&names.tenants),
            conversations: table(&names.conversations),
            bookings: table(&names.bookings),
            records: table(&names.records),
            counters: table(&names.counters),
            outbox: table(&names.outbox),
            usage: Arc::clone(&usage),
        }
    }

    /// Opens a connection ahead of the first request, by asking for a key that nobody has. Whatever comes back, a
    /// connection is left in the pool, or the table is down and the first request will say so.
    pub async fn open(&self) {
        let nobody = crate::domain::secret::SecretHash::of(b"nobody");
        drop(self.find_tenant_of_key(&nobody).await);
    }

    /// Calls and capacity so far.
    #[must_use]
    pub fn usage(&self) -> &Usage {
        &self.usage
    }
}
