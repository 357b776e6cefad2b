//! Cleans up, once an hour.
//!
//! Steps: [`shared::app::cleanup`]. What the schedule sends says nothing that a run needs to know.

use serde_json::Value;
use shared::app::cleanup::{Counts, Unfinished, clean};
use shared::http::problem::Chain;
use shared::runtime::Services;

/// Cleans up everything there is, and says what that was.
///
/// # Errors
///
/// [`Unfinished`] when something is left, so that the schedule tries again and an alarm hears of it.
pub async fn handle(services: &Services, _schedule: Value) -> Result<Counts, Unfinished> {
    let cleaned = clean(services.cleanup()).await;
    let counts = cleaned.as_ref().map_or_else(|unfinished| unfinished.counts, |counts| *counts);
    let Counts {
        tenants,
        lost_turns,
        folded_days,
        recounted,
        drifts,
        calendars,
        released_holds,
        paid_holds,
        compared,
        differences,
        failures,
    } = counts;
    tracing::info!(
        tenants,
        lost_turns,
        folded_days,
        recounted,
        drifts,
        calendars,
        released_holds,
        paid_holds,
        compared,
        differences,
        failures,
        "cleaned up"
    );
    if let Err(unfinished) = &cleaned {
        tracing::error!(error = %Chain(unfinished), "the cleanup left something over");
    }
    cleaned
}
