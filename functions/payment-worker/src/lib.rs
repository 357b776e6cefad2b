//! Works on the payment queue: what Stripe tells, checkouts that are still to be opened, refunds that are due.
//!
//! Steps: [`shared::app::payment`]. Each message ends on its own. One that fails is reported by itself, so
//! that it alone comes back; one that can never succeed fails as well, since after ten times the queue parks
//! it where an alarm sees it and a person looks: to acknowledge it would lose money or a booking in silence.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use shared::app::payment::{Error, Heard, hear};
use shared::http::problem::Chain;
use shared::runtime::{Services, queue};

/// Does what every message of the batch asks for, side by side, and reports those that are not done.
pub async fn handle(services: &Services, batch: SqsEvent) -> SqsBatchResponse {
    queue::each(batch, async |body| {
        let heard = hear(services.payment(), &body).await;
        log(&heard);
        heard
    })
    .await
}

fn log(heard: &Result<Heard, Error>) {
    match heard {
        Ok(Heard::Done) => tracing::info!("a payment message was done"),
        Ok(Heard::Duplicate) => tracing::info!("a payment message had nothing new"),
        Ok(Heard::Ignored) => tracing::info!("a payment message is about no booking"),
        Ok(Heard::Unknown) => tracing::warn!("a payment message names an unknown booking"),
        Err(error) if error.is_passing() => {
            tracing::warn!(error = %Chain(error), "a payment message is done later");
        }
        Err(error) => {
            tracing::error!(error = %Chain(error), "a payment message cannot be done");
        }
    }
}
