//! Cleanup: once an hour, whatever ends by itself but leaves something to be put right.
//!
//! It gives back what turns that died had set aside, and moves the figures of finished days off the
//! meters. Everything it does is done one tenant at a time, in pages, and is safe to repeat: a run that dies is
//! continued by the next one, which finds only what is left. A tenant that cannot be cleaned never keeps
//! others from it.
//!
//! It never deletes: a row that is simply over goes by its TTL, and until then its reader takes it for
//! gone. Those are sessions idle for a day, proposals seven days past, mailed codes and the counters of
//! limits, events and what consumers remember after 30 days, conversations a year after their last word.

use futures::{FutureExt as _, StreamExt as _, stream};
use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error;

use crate::domain::id::TenantId;
use crate::ports::Clock;
use crate::store::{Store, StoreError};

/// How many tenants one page lists.
const PAGE: u16 = 100;

/// How many tenants are cleaned at once.
const AT_ONCE: usize = 8;

/// Everything this use case may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Tenants and their meters.
    pub store: &'a Store,
    /// The time.
    pub clock: &'a dyn Clock,
}

/// What a run has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Tenants looked at.
    pub tenants: usize,
    /// Turns that never ended, and whose reservation was given back.
    pub lost_turns: usize,
    /// Finished days whose figures moved off the meter.
    pub folded_days: usize,
    /// What could not be done and is left for the next run.
    pub failures: usize,
}

/// A run that could not do everything. What it did, stays done.
#[derive(Debug, Error)]
#[error("{} of the cleanup's steps failed", .counts.failures)]
pub struct Unfinished {
    /// What it has done all the same.
    pub counts: Counts,
    /// The first thing that went wrong.
    #[source]
    pub first: StoreError,
}

/// Cleans up everything there is. Repeating it is safe.
///
/// # Errors
///
/// [`Unfinished`] when something is left for the next run, after all the rest was done.
pub async fn clean(deps: Deps<'_>) -> Result<Counts, Unfinished> {
    let now = deps.clock.now();
    let (mut counts, mut first) = (Counts::default(), None);
    let mut fail = |counts: &mut Counts, error| {
        counts.failures += 1;
        first.get_or_insert(error);
    };
    let mut after = None;
    loop {
        let page = match deps.store.list_tenants(PAGE, after.as_ref()).await {
            Ok(page) => page,
            Err(error) => {
                fail(&mut counts, error);
                break;
            }
        };
        let work = page.items.into_iter().map(|tenant| clean_tenant(deps, tenant, now).boxed());
        let mut cleaned = stream::iter(work).buffer_unordered(AT_ONCE);
        while let Some(result) = cleaned.next().await {
            counts.tenants += 1;
            match result {
                Ok((lost_turns, folded_days)) => {
                    counts.lost_turns += lost_turns;
                    counts.folded_days += folded_days;
                }
                Err(error) => fail(&mut counts, error),
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    match first {
        None => Ok(counts),
        Some(first) => Err(Unfinished { counts, first }),
    }
}

async fn clean_tenant(deps: Deps<'_>, tenant: TenantId, now: Timestamp) -> Result<(usize, usize), StoreError> {
    let lost_turns = deps.store.release_lost_turns(tenant, now).await?;
    let folded_days = deps.store.fold_days(tenant, now).await?;
    Ok((lost_turns, folded_days))
}
