//! Offers that nobody answered: every few minutes they are ended, so that their slot goes to the next in line.
//!
//! The index of deadlines names them, of all tenants; where none has ended, nothing else is read. What a run does
//! not reach stays in the index for the next, and a late answer is refused by its time in any case.

use futures::{FutureExt as _, StreamExt as _, stream};
use jiff::Timestamp;
use serde::Serialize;

use super::{Deps, Error, answer};
use crate::domain::booking::Status;
use crate::domain::chain::Chain;
use crate::domain::id::{BookingId, TenantId};
use crate::domain::waitlist::Standing;
use crate::store::{DUE_SHARDS, StoreError};

/// How many entries of the index are read at once.
const PAGE: u16 = 100;

/// How many offers are dealt with at once.
const AT_ONCE: usize = 8;

/// What a run has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// Offers that are over now.
    pub passed: u32,
    /// What could not be done and is left for the next run.
    pub failures: u32,
}

/// A run that could not do everything. What it did, stays done.
#[derive(Debug, thiserror::Error)]
#[error("{} offers could not be ended", .ended.failures)]
pub struct Unfinished {
    /// What it has done all the same.
    pub ended: Ended,
    /// The first thing that went wrong.
    #[source]
    pub first: Error,
}

/// Ends every offer whose time is over, in all tenants. Repeating it is safe, also while another run is under
/// way, and one offer that cannot be ended or read stops no other.
///
/// # Errors
///
/// [`Unfinished`] when something is left for the next run, after all the rest was done.
pub async fn end_offers(deps: Deps<'_>) -> Result<Ended, Unfinished> {
    let (now, mut ended, mut first) = (deps.clock.now(), Ended::default(), None);
    for shard in 0..DUE_SHARDS {
        if let Err(error) = end_shard(deps, shard, now, &mut ended, &mut first).await {
            tracing::error!(shard, error = %Chain(&error), "ended offers cannot be listed");
            ended.failures += 1;
            first.get_or_insert(error.into());
        }
    }
    first.map_or(Ok(ended), |first| Err(Unfinished { ended, first }))
}

async fn end_shard(
    deps: Deps<'_>,
    shard: u8,
    now: Timestamp,
    ended: &mut Ended,
    first: &mut Option<Error>,
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        // What has been ended leaves the index behind this page; what failed waits there.
        let page = deps.store.list_ended_offers(shard, now, PAGE, after.as_ref()).await?;
        let work = page.items.into_iter().map(|due| end_listed(deps, due, now).boxed());
        let mut done = stream::iter(work).buffer_unordered(AT_ONCE);
        while let Some(done) = done.next().await {
            match done {
                Ok(true) => ended.passed += 1,
                Ok(false) => {}
                Err(error) => {
                    ended.failures += 1;
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

/// Ends an offer that was found by its deadline, and says in the log which one it was that failed.
async fn end_listed(
    deps: Deps<'_>,
    due: Result<(TenantId, BookingId), StoreError>,
    now: Timestamp,
) -> Result<bool, Error> {
    let (tenant, booking) = due.inspect_err(|error| {
        tracing::error!(error = %Chain(error), "an entry of the offers names no booking");
    })?;
    let over = deps
        .store
        .find_booking(tenant, booking)
        .await?
        .filter(|booking| booking.status == Status::Offered && booking.hold_until.is_none_or(|until| until <= now));
    if over.is_none() {
        return Ok(false);
    }
    match answer::end(deps, tenant, booking, Standing::Passed).await {
        Ok(_) => Ok(true),
        Err(Error::Offer(_)) => Ok(false),
        Err(error) => {
            tracing::error!(tenant.id = %tenant, booking.id = %booking, error = %Chain(&error), "an offer cannot be ended");
            Err(error)
        }
    }
}
