//! Tells the webhooks of businesses what happened.
//!
//! Steps: [`shared::app::webhook::send`]. Each message ends on its own: one that fails is reported by itself, so that
//! it alone comes back. A receiver that does not answer is no failure of ours: its owner sees it, and it is tried again
//! when the time has come.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use shared::app::webhook::send::{Error, Sent, hear};
use shared::http::problem::Chain;
use shared::runtime::{Services, queue};

/// Tells of every event of the batch, side by side, and reports those of which it is in doubt.
pub async fn handle(services: &Services, batch: SqsEvent) -> SqsBatchResponse {
    queue::each(batch, async |body| {
        let sent = Box::pin(hear(services.webhook_send(), &body)).await;
        log(&sent);
        sent
    })
    .await
}

fn log(sent: &Result<Sent, Error>) {
    match sent {
        Ok(Sent { delivered, failed, given_up, moot }) => {
            tracing::info!(delivered, failed, given_up, moot, "webhooks were told");
        }
        Err(error) if error.is_passing() => {
            tracing::warn!(error = %Chain(error), "webhooks are told later");
        }
        Err(error) => {
            tracing::error!(error = %Chain(error), "webhooks cannot be told");
        }
    }
}
