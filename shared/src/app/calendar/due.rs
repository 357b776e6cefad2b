//! Due: once an hour, has the calendars of every resource looked at that has any.
//!
//! The index of deadlines names them, of all tenants; where there are none, nothing else is read. Each is
//! announced in one transaction with its next time, so it is announced once an hour however often a run dies.

use jiff::Timestamp;

use crate::domain::calendar::REFRESH;
use crate::domain::chain::Chain;
use crate::ports::Ids;
use crate::store::calendar::DueCalendars;
use crate::store::{DUE_SHARDS, Store, StoreError};

/// How many entries of the index are read at once.
const PAGE: u16 = 100;

/// What a run has done.
#[derive(Debug, Default)]
pub struct Announced {
    /// Resources whose calendars will be looked at.
    pub announced: u32,
    /// What could not be announced and is left for the next run.
    pub failed: Vec<StoreError>,
}

/// Announces all that is due by `now`. Repeating it is safe.
///
/// # Errors
///
/// [`StoreError`] when the index cannot be read; a single resource that fails keeps no other from it.
pub async fn announce(store: &Store, ids: &dyn Ids, now: Timestamp) -> Result<Announced, StoreError> {
    let mut done = Announced::default();
    for shard in 0..DUE_SHARDS {
        let mut after = None;
        loop {
            let page = store.list_due_calendars(shard, now, PAGE, after.as_ref()).await?;
            for due in page.items {
                match announce_one(store, ids, due, now).await {
                    Ok(true) => done.announced += 1,
                    Ok(false) => {}
                    Err(error) => {
                        tracing::error!(error = %Chain(&error), "a look at calendars cannot be announced");
                        done.failed.push(error);
                    }
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(done)
}

async fn announce_one(
    store: &Store,
    ids: &dyn Ids,
    due: Result<DueCalendars, StoreError>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let DueCalendars { tenant, resource } = due?;
    // The index is a moment old.
    let found = store.find_calendars(tenant, resource).await?;
    let Some(calendars) = found.filter(|calendars| calendars.due.is_some_and(|due| due <= now)) else {
        return Ok(false);
    };
    let event = super::event(ids, tenant, resource, now);
    // A run that comes some seconds early must not skip an hour.
    let next = now + REFRESH - jiff::SignedDuration::from_mins(5);
    store.postpone_calendars(tenant, &calendars, next, &event).await
}
