//! Works on the waitlist's queue: time that came free, and people who joined.
//!
//! Steps: [`shared::app::waitlist`]. Each message ends on its own. One that fails is reported by itself, so that
//! it alone comes back; one that can never succeed fails as well, since after ten times the queue parks it where
//! an alarm sees it and a person looks.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use shared::app::waitlist::{Error, Offered, hear};
use shared::http::problem::Chain;
use shared::runtime::{Services, queue};

/// Does what every message of the batch asks for, side by side, and reports those that are not done.
pub async fn handle(services: &Services, batch: SqsEvent) -> SqsBatchResponse {
    queue::each(batch, async |body| {
        let heard = hear(services.waitlist(), &body).await;
        log(&heard);
        heard
    })
    .await
}

fn log(heard: &Result<Offered, Error>) {
    match heard {
        Ok(Offered { offers, .. }) => tracing::info!(offers, "the waitlist was looked at"),
        Err(error) if error.is_passing() => {
            tracing::warn!(error = %Chain(error), "the waitlist is looked at later");
        }
        Err(error) => tracing::error!(error = %Chain(error), "a message of the waitlist cannot be done"),
    }
}
