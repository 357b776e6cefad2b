//! Does what has come due, every five minutes: sends reminders, ends offers that nobody answered, and has webhooks told
//! again of what they did not take.
//!
//! Steps: [`shared::app::reminder`], [`shared::app::waitlist`], [`shared::app::webhook::due`]. What the schedule sends says nothing that a run
//! needs to know.

use serde::Serialize;
use serde_json::Value;
use shared::app::webhook::due;
use shared::app::{reminder, waitlist};
use shared::http::problem::Chain;
use shared::runtime::Services;

/// What a run has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Done {
    /// Reminders.
    #[serde(flatten)]
    pub reminders: reminder::Counts,
    /// Offers of the waitlist.
    pub offers: waitlist::Ended,
    /// Deliveries to webhooks.
    pub webhooks: due::Counts,
}

/// A run that could not do everything. What it did, stays done.
#[derive(Debug, thiserror::Error)]
pub enum Unfinished {
    /// Somebody was not reminded.
    #[error(transparent)]
    Reminders(#[from] reminder::Unfinished),
    /// An offer holds its slot beyond its time.
    #[error(transparent)]
    Offers(#[from] waitlist::Unfinished),
    /// A webhook is not told again.
    #[error(transparent)]
    Webhooks(#[from] due::Unfinished),
}

/// Does everything that is due, and says what that was.
///
/// # Errors
///
/// [`Unfinished`] when something is left, so that the schedule tries again and an alarm hears of it.
pub async fn handle(services: &Services, _schedule: Value) -> Result<Done, Unfinished> {
    let ended = waitlist::end_offers(services.waitlist()).await;
    let waitlist::Ended { passed, failures } =
        ended.as_ref().map_or_else(|unfinished| unfinished.ended, |ended| *ended);
    tracing::info!(passed, failures, "ended offers that nobody answered");
    let sent = reminder::remind(services.reminder()).await;
    let reminder::Counts { reminded, missed, failures } =
        sent.as_ref().map_or_else(|unfinished| unfinished.counts, |counts| *counts);
    tracing::info!(reminded, missed, failures, "sent what was due");
    let announced = due::announce(services.webhook_due()).await;
    let due::Counts { announced: deliveries, failures } =
        announced.as_ref().map_or_else(|unfinished| unfinished.counts, |counts| *counts);
    tracing::info!(deliveries, failures, "announced what webhooks are told again");
    all(ended, sent, announced).inspect_err(|unfinished| {
        tracing::error!(error = %Chain(unfinished), "something due was not done");
    })
}

/// What all of it came to.
fn all(
    offers: Result<waitlist::Ended, waitlist::Unfinished>,
    reminders: Result<reminder::Counts, reminder::Unfinished>,
    webhooks: Result<due::Counts, due::Unfinished>,
) -> Result<Done, Unfinished> {
    Ok(Done { offers: offers?, reminders: reminders?, webhooks: webhooks? })
}
