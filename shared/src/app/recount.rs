//! Recounting: reads every turn of a business once, hours after it was said, and looks whether the day's figures are
//! what the turns come to.
//!
//! Works through the hours in order, some at a time, and keeps how far it came: a run that dies is continued by the next
//! one. A day that is not what was counted is read a second time, by the next run, before anybody is told: the index
//! that turns are found by may lag. Mends nothing.

use jiff::Timestamp;

use crate::domain::id::TenantId;
use crate::domain::recount::{Drift, Recount};
use crate::ports::metric::{Metric, Metrics};
use crate::store::{Store, StoreError};

/// How many stretches one run reads of one business: nine days of backlog.
const STRETCHES: usize = 36;

/// Everything this use case may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Turns, figures and recounts.
    pub store: &'a Store,
    /// What differs, counted.
    pub metrics: &'a dyn Metrics,
}

/// What a run came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recounted {
    /// Turns that were read.
    pub turns: usize,
    /// Figures that their turns do not come to.
    pub drifts: Vec<Drift>,
}

/// Reads what has settled by `now`, and compares each day that is finished. Repeating it is safe: of two runs at once
/// one goes on.
///
/// # Errors
///
/// As every read and write: [`StoreError`]. What was kept before stays.
pub async fn recount(deps: Deps<'_>, tenant: TenantId, now: Timestamp) -> Result<Recounted, StoreError> {
    let mut sum = Recounted::default();
    let newest = deps.store.last_recount(tenant).await?;
    // What is kept of the day that is being read.
    let mut kept = newest.clone().filter(|newest| !newest.is_checked);
    let mut read = match newest {
        None => Recount::first(now),
        Some(newest) if newest.is_checked => newest.next(),
        Some(newest) => newest,
    };
    for _ in 0..STRETCHES {
        if read.is_complete() {
            let Some(drifts) = check(deps, tenant, &read, now).await? else { break };
            sum.drifts.extend(drifts);
            (kept, read) = (None, read.next());
        }
        let Some(to) = read.readable(now) else { break };
        let span = (read.until, to);
        read.until = to;
        let mut turns = 0;
        deps.store
            .read_hours(tenant, span, |conversation, turn| {
                turns += 1;
                read.count(conversation, turn);
            })
            .await?;
        let handovers = deps.store.list_handover_costs(tenant, span).await?;
        handovers.iter().for_each(|cost| read.count_handover(cost));
        read.questions.cut();
        sum.turns += turns;
        // Hours in which nobody said anything are not worth a write: the next run reads as little again.
        if 0 < turns || !handovers.is_empty() || read.is_complete() {
            if !deps.store.keep_recount(tenant, kept.as_ref(), &read).await? {
                break;
            }
            kept = Some(read.clone());
        }
    }
    Ok(sum)
}

/// Compares a day that was read to its end, and says which figures drifted; none: it is to be read again, or another
/// run was faster.
async fn check(
    deps: Deps<'_>,
    tenant: TenantId,
    read: &Recount,
    now: Timestamp,
) -> Result<Option<Vec<Drift>>, StoreError> {
    let mut drifts = Vec::new();
    if read.is_comparable(now) {
        let counted = deps.store.find_days(tenant, read.day, read.day).await?.remove(&read.day).unwrap_or_default();
        drifts = read.drifts(&counted);
        if !drifts.is_empty() && !read.is_second_look {
            deps.store.keep_recount(tenant, Some(read), &read.again()).await?;
            return Ok(None);
        }
    }
    let checked = Recount { is_checked: true, ..read.clone() };
    if !deps.store.keep_recount(tenant, Some(read), &checked).await? {
        return Ok(None);
    }
    if read.is_comparable(now) {
        deps.metrics.put(&[(Metric::LedgerDrift, u64::try_from(drifts.len()).unwrap_or(u64::MAX))]);
    }
    for Drift { day, figure, counted, found } in &drifts {
        tracing::error!(tenant.id = %tenant, %day, ?figure, counted, found, "turns do not come to what was counted");
    }
    Ok(Some(drifts))
}
