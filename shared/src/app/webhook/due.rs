//! Due: every few minutes, has deliveries sent whose time has come, and owners told whose webhook was switched off.
//!
//! The index of deadlines names them, of all tenants. Both are events, written in one transaction with the row that
//! remembers it, so each is announced once however often a run dies, repeats or meets another one. Nothing is sent here,
//! so no address that hangs holds up anybody.

use futures::{FutureExt as _, StreamExt as _, stream};
use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error;

use super::due_event;
use crate::domain::chain::Chain;
use crate::domain::event::{Event, Happening};
use crate::domain::id::EventId;
use crate::ports::{Clock, Ids};
use crate::store::webhook::Due;
use crate::store::{DUE_SHARDS, Store, StoreError};

/// How many entries of the index are read at once.
const PAGE: u16 = 100;

/// How many of them are dealt with at once.
const AT_ONCE: usize = 8;

/// Everything this use case may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Deliveries, and the outbox.
    pub store: &'a Store,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Ids of events.
    pub ids: &'a dyn Ids,
}

/// What a run has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Deliveries that are tried now, and owners that are told now.
    pub announced: u32,
    /// What could not be done and is left for the next run.
    pub failures: u32,
}

/// A run that could not do everything. What it did, stays done.
#[derive(Debug, Error)]
#[error("{} deliveries could not be announced", .counts.failures)]
pub struct Unfinished {
    /// What it has done all the same.
    pub counts: Counts,
    /// The first thing that went wrong.
    #[source]
    pub first: StoreError,
}

/// Announces all that is due. Repeating it is safe, also while another run is under way, and one delivery that cannot
/// be read or written stops no other.
///
/// # Errors
///
/// [`Unfinished`] when something is left for the next run, after all the rest was done.
pub async fn announce(deps: Deps<'_>) -> Result<Counts, Unfinished> {
    let (now, mut counts, mut first) = (deps.clock.now(), Counts::default(), None);
    for shard in 0..DUE_SHARDS {
        if let Err(error) = announce_shard(deps, shard, now, &mut counts, &mut first).await {
            tracing::error!(shard, error = %Chain(&error), "due deliveries cannot be listed");
            counts.failures += 1;
            first.get_or_insert(error);
        }
    }
    match first {
        None => Ok(counts),
        Some(first) => Err(Unfinished { counts, first }),
    }
}

async fn announce_shard(
    deps: Deps<'_>,
    shard: u8,
    now: Timestamp,
    counts: &mut Counts,
    first: &mut Option<StoreError>,
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        // What was announced leaves the index behind this page; what failed waits there.
        let page = deps.store.list_due_deliveries(shard, now, PAGE, after.as_ref()).await?;
        let work = page.items.into_iter().map(|due| announce_listed(deps, due, now).boxed());
        let mut done = stream::iter(work).buffer_unordered(AT_ONCE);
        while let Some(done) = done.next().await {
            match done {
                Ok(is_announced) => counts.announced += u32::from(is_announced),
                Err(error) => {
                    counts.failures += 1;
                    first.get_or_insert(error);
                }
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn announce_listed(deps: Deps<'_>, due: Result<Due, StoreError>, now: Timestamp) -> Result<bool, StoreError> {
    let due = due.inspect_err(|error| {
        tracing::error!(error = %Chain(error), "an entry of the deliveries names none");
    })?;
    announce_one(deps, due, now).await.inspect_err(|error| {
        tracing::error!(tenant.id = %due.tenant, webhook.id = %due.webhook, error = %Chain(error), "a delivery cannot be announced");
    })
}

/// Announces one thing; false when it is not due any more, or somebody else was quicker.
async fn announce_one(deps: Deps<'_>, due: Due, now: Timestamp) -> Result<bool, StoreError> {
    let Due { tenant, webhook, delivery } = due;
    let Some(id) = delivery else {
        let before = deps.store.find_health(tenant, webhook).await?;
        let Some(after) = before.told(now) else { return Ok(false) };
        let what = Happening::WebhookDisabled(webhook);
        let event = Event { id: EventId::new(deps.ids.ulid(now)), tenant, at: now, what };
        return deps.store.announce_health(tenant, before.version, &after, &event).await;
    };
    let Some(before) = deps.store.find_delivery(tenant, webhook, id).await? else { return Ok(false) };
    let Some(after) = before.announced(now) else { return Ok(false) };
    let event = due_event(deps.ids, tenant, &after, now);
    deps.store.announce_delivery(tenant, Some(before.version), &after, &event).await
}
