//! Cleanup: once an hour, whatever ends by itself but leaves something to be put right.
//!
//! It gives back what turns that died had set aside, moves the figures of finished days off the meters, reads what
//! was said and compares it with the figures ([`crate::app::recount`]), has the calendars looked at that busy times come from ([`crate::app::calendar`]), releases the slots of
//! bookings that were not paid in time, and compares Stripe with our bookings ([`crate::app::payment`] says how). It works in pages, and what is done stays done: a run that dies is
//! continued by the next one, which finds only what is left. What cannot be put right for one tenant or
//! booking keeps no other from it.
//!
//! It never deletes: a row that is simply over goes by its TTL, and until then its reader takes it for
//! gone. Those are sessions idle for a day, proposals seven days past, mailed codes and the counters of
//! limits, events and what consumers remember after 30 days, conversations a year after their last word.

use futures::{FutureExt as _, StreamExt as _, stream};
use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error;

use crate::app::calendar::due;
use crate::app::payment::{self, reconcile, release_ended_holds};
use crate::app::recount::{self, Recounted, recount};
use crate::domain::id::TenantId;
use crate::ports::{Clock, Ids};
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
    /// Ids of events.
    pub ids: &'a dyn Ids,
    /// What recounting may touch.
    pub recount: recount::Deps<'a>,
    /// What releasing a hold may touch.
    pub payment: payment::Deps<'a>,
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
    /// Turns that were read to be compared with the figures.
    pub recounted: usize,
    /// Figures of finished days that their turns do not come to.
    pub drifts: usize,
    /// Resources whose calendars will be looked at.
    pub calendars: u32,
    /// Unpaid bookings whose slot is free again.
    pub released_holds: u32,
    /// Holds that had ended of customers who, as Stripe says, have done their part.
    pub paid_holds: u32,
    /// Checkout Sessions and refunds of Stripe that were compared with their bookings.
    pub compared: u32,
    /// Differences between the two that are reported now.
    pub differences: u32,
    /// What could not be done and is left for the next run.
    pub failures: usize,
}

/// Why something is left over.
#[derive(Debug, Error)]
pub enum Error {
    /// As the store says.
    #[error("a tenant cannot be cleaned")]
    Store(#[from] StoreError),
    /// As whoever deals with payments says.
    #[error("a payment matter is not settled")]
    Payment(#[from] payment::Error),
}

/// A run that could not do everything. What it did, stays done.
#[derive(Debug, Error)]
#[error("{} of the cleanup's steps failed", .counts.failures)]
pub struct Unfinished {
    /// What it has done all the same.
    pub counts: Counts,
    /// The first thing that went wrong.
    #[source]
    pub first: Error,
}

/// A run under way.
#[derive(Default)]
struct Run {
    counts: Counts,
    first: Option<Error>,
}

impl Run {
    fn fail(&mut self, error: impl Into<Error>) {
        self.counts.failures += 1;
        self.first.get_or_insert(error.into());
    }
}

/// Cleans up everything there is. Repeating it is safe.
///
/// # Errors
///
/// [`Unfinished`] when something is left for the next run, after all the rest was done.
pub async fn clean(deps: Deps<'_>) -> Result<Counts, Unfinished> {
    let (now, mut run) = (deps.clock.now(), Run::default());
    // What asks Stripe comes last: none of the rest should wait for that.
    if let Err(error) = clean_tenants(deps, now, &mut run).await {
        run.fail(error);
    }
    match due::announce(deps.store, deps.ids, now).await {
        Ok(due) => {
            run.counts.calendars = due.announced;
            due.failed.into_iter().for_each(|error| run.fail(error));
        }
        Err(error) => run.fail(error),
    }
    match release_ended_holds(deps.payment, now).await {
        Ok(holds) => {
            (run.counts.released_holds, run.counts.paid_holds) = (holds.released, holds.paid);
            holds.failed.into_iter().for_each(|error| run.fail(error));
        }
        Err(error) => run.fail(error),
    }
    match reconcile(deps.payment, now).await {
        Ok(reconciled) => {
            (run.counts.compared, run.counts.differences) = (reconciled.compared, reconciled.differences);
            reconciled.failed.into_iter().for_each(|error| run.fail(error));
        }
        Err(error) => run.fail(error),
    }
    match run.first {
        None => Ok(run.counts),
        Some(first) => Err(Unfinished { counts: run.counts, first }),
    }
}

async fn clean_tenants(deps: Deps<'_>, now: Timestamp, run: &mut Run) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = deps.store.list_tenants(PAGE, after.as_ref()).await?;
        let work = page.items.into_iter().map(|tenant| clean_tenant(deps, tenant, now).boxed());
        let mut cleaned = stream::iter(work).buffer_unordered(AT_ONCE);
        while let Some(result) = cleaned.next().await {
            run.counts.tenants += 1;
            match result {
                Ok((lost_turns, folded_days, Recounted { turns, drifts })) => {
                    run.counts.lost_turns += lost_turns;
                    run.counts.folded_days += folded_days;
                    run.counts.recounted += turns;
                    run.counts.drifts += drifts.len();
                }
                Err(error) => run.fail(error),
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn clean_tenant(
    deps: Deps<'_>,
    tenant: TenantId,
    now: Timestamp,
) -> Result<(usize, usize, Recounted), StoreError> {
    let lost_turns = deps.store.release_lost_turns(tenant, now).await?;
    let folded_days = deps.store.fold_days(tenant, now).await?;
    Ok((lost_turns, folded_days, recount(deps.recount, tenant, now).await?))
}
