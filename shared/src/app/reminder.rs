//! Reminders: every few minutes, tells the customers whose booking is near.
//!
//! The index of deadlines names the bookings whose reminder is due, of all tenants; where none is due,
//! nothing else is read. A reminder is an event, written in one transaction with the booking that remembers
//! it, so it is told once however often a run dies, repeats or meets another one. What a run does not reach
//! stays in the index for the next. What is mailed, and whether it still should be, [`crate::app::notify`]
//! decides.

use futures::{FutureExt as _, StreamExt as _, stream};
use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error;

use crate::domain::chain::Chain;
use crate::domain::event::{Event, Happening};
use crate::domain::id::{BookingId, EventId, TenantId};
use crate::ports::{Clock, Ids};
use crate::store::{DUE_SHARDS, Store, StoreError};

/// How many entries of the index are read at once.
const PAGE: u16 = 100;

/// How many bookings are dealt with at once.
const AT_ONCE: usize = 8;

/// Everything this use case may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Bookings, and the outbox of what is to be told.
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
    /// Customers who are told now.
    pub reminded: u32,
    /// Reminders that came too late: the booking had begun.
    pub missed: u32,
    /// What could not be done and is left for the next run.
    pub failures: u32,
}

/// A run that could not do everything. What it did, stays done.
#[derive(Debug, Error)]
#[error("{} reminders failed", .counts.failures)]
pub struct Unfinished {
    /// What it has done all the same.
    pub counts: Counts,
    /// The first thing that went wrong.
    #[source]
    pub first: StoreError,
}

/// What came of one entry of the index.
enum Done {
    Reminded,
    Missed,
    /// Nothing is due any more, or somebody else was quicker.
    Moot,
}

/// Reminds everybody who is to be reminded by now. Repeating it is safe, also while another run is under
/// way, and one booking that cannot be read or written stops no other.
///
/// # Errors
///
/// [`Unfinished`] when something is left for the next run, after all the rest was done.
pub async fn remind(deps: Deps<'_>) -> Result<Counts, Unfinished> {
    let (now, mut counts, mut first) = (deps.clock.now(), Counts::default(), None);
    for shard in 0..DUE_SHARDS {
        if let Err(error) = remind_shard(deps, shard, now, &mut counts, &mut first).await {
            tracing::error!(shard, error = %Chain(&error), "due reminders cannot be listed");
            counts.failures += 1;
            first.get_or_insert(error);
        }
    }
    match first {
        None => Ok(counts),
        Some(first) => Err(Unfinished { counts, first }),
    }
}

async fn remind_shard(
    deps: Deps<'_>,
    shard: u8,
    now: Timestamp,
    counts: &mut Counts,
    first: &mut Option<StoreError>,
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        // Who was reminded leaves the index behind this page; what failed waits there.
        let page = deps.store.list_due_reminders(shard, now, PAGE, after.as_ref()).await?;
        let work = page.items.into_iter().map(|due| remind_listed(deps, due, now).boxed());
        let mut done = stream::iter(work).buffer_unordered(AT_ONCE);
        while let Some(done) = done.next().await {
            match done {
                Ok(Done::Reminded) => counts.reminded += 1,
                Ok(Done::Missed) => counts.missed += 1,
                Ok(Done::Moot) => {}
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

/// Reminds of a booking that was found by its deadline, and says in the log which one it was that failed.
async fn remind_listed(
    deps: Deps<'_>,
    due: Result<(TenantId, BookingId), StoreError>,
    now: Timestamp,
) -> Result<Done, StoreError> {
    let (tenant, booking) = due.inspect_err(|error| {
        tracing::error!(error = %Chain(error), "an entry of the reminders names no booking");
    })?;
    remind_of(deps, tenant, booking, now).await.inspect_err(|error| {
        tracing::error!(tenant.id = %tenant, booking.id = %booking, error = %Chain(error), "a reminder failed");
    })
}

async fn remind_of(deps: Deps<'_>, tenant: TenantId, id: BookingId, now: Timestamp) -> Result<Done, StoreError> {
    let Some(before) = deps.store.find_booking(tenant, id).await? else { return Ok(Done::Moot) };
    let Some(reminding) = before.remind(now) else { return Ok(Done::Moot) };
    let what = Happening::BookingReminder(id, before.sequence);
    let told = reminding.is_told.then(|| Event { id: EventId::new(deps.ids.ulid(now)), tenant, at: now, what });
    // One that has changed since it was read: the next run sees what it is now.
    let is_kept = deps.store.keep_reminder(tenant, &before, &reminding.after, told.as_ref()).await?;
    Ok(match (is_kept, reminding.is_told) {
        (true, true) => Done::Reminded,
        (true, false) => Done::Missed,
        (false, _) => Done::Moot,
    })
}
