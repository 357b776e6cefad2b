//! Works on the queue of hand-overs: what somebody should know who takes a conversation over, before the team is told.
//!
//! Steps: [`shared::app::handover`]. Each message ends on its own. One that fails is reported by itself, so that it
//! alone comes back; one that can never succeed fails as well, since after ten times the queue parks it where an alarm
//! sees it and a person looks: to acknowledge it would leave a visitor unheard.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use shared::app::handover::{Error, Prepared, hear};
use shared::http::problem::Chain;
use shared::runtime::{Services, queue};

/// Makes the hand-over of every message of the batch, side by side, and reports those that are not made.
pub async fn handle(services: &Services, batch: SqsEvent) -> SqsBatchResponse {
    queue::each(batch, async |body| {
        let heard = hear(services.handover(), &body).await;
        log(&heard);
        heard
    })
    .await
}

fn log(heard: &Result<Prepared, Error>) {
    match heard {
        Ok(Prepared::Made(by)) => tracing::info!(by = by.as_str(), "a hand-over was made"),
        Ok(Prepared::Before) => tracing::info!("a hand-over was there before"),
        Ok(Prepared::Nothing) => tracing::info!("there is nothing to hand over"),
        Err(error) if error.is_passing() => {
            tracing::warn!(error = %Chain(error), "a hand-over is made later");
        }
        Err(error) => tracing::error!(error = %Chain(error), "a hand-over cannot be made"),
    }
}
