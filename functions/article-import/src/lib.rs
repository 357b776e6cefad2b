//! Reads the pages that owners want articles of.
//!
//! Steps: [`shared::app::import`]. Each message ends on its own: one that fails is reported by itself, so that it alone
//! comes back. A page that cannot be read is no failure of ours: its owner sees why.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use shared::app::import::{Error, Read, hear};
use shared::http::problem::Chain;
use shared::runtime::{Services, queue};

/// Does what every message of the batch asks for, side by side, and reports those that are not done.
pub async fn handle(services: &Services, batch: SqsEvent) -> SqsBatchResponse {
    queue::each(batch, async |body| {
        let read = Box::pin(hear(services.import(), &body)).await;
        log(&read);
        read
    })
    .await
}

fn log(read: &Result<Read, Error>) {
    match read {
        Ok(Read::Proposed(articles)) => tracing::info!(articles, "a page was read"),
        Ok(Read::Failed(problem)) => tracing::info!(problem = problem.as_str(), "a page makes no articles"),
        Ok(Read::Nothing) => tracing::info!("there is no page to read"),
        Err(error) if error.is_passing() => tracing::warn!(error = %Chain(error), "a page is read later"),
        Err(error) => tracing::error!(error = %Chain(error), "a page cannot be read"),
    }
}
