//! Sends what has come due, every five minutes: reminders.
//!
//! Steps: [`shared::app::reminder`]. What the schedule sends says nothing that a run needs to know.

use serde_json::Value;
use shared::app::reminder::{Counts, Unfinished, remind};
use shared::http::problem::Chain;
use shared::runtime::Services;

/// Sends everything that is due, and says what that was.
///
/// # Errors
///
/// [`Unfinished`] when something is left, so that the schedule tries again and an alarm hears of it.
pub async fn handle(services: &Services, _schedule: Value) -> Result<Counts, Unfinished> {
    let sent = remind(services.reminder()).await;
    let Counts { reminded, missed, failures } =
        sent.as_ref().map_or_else(|unfinished| unfinished.counts, |counts| *counts);
    tracing::info!(reminded, missed, failures, "sent what was due");
    if let Err(unfinished) = &sent {
        tracing::error!(error = %Chain(unfinished), "something due was not sent");
    }
    sent
}
