//! Looks at the calendars that busy times come from.
//!
//! Steps: [`shared::app::calendar::sync`]. Each message ends on its own: one that fails is reported by itself, so
//! that it alone comes back. A calendar that cannot be read is no failure of ours: its owner sees it.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use shared::app::calendar::sync::{Error, Looked, hear};
use shared::http::problem::Chain;
use shared::runtime::{Services, queue};

/// Does what every message of the batch asks for, side by side, and reports those that are not done.
pub async fn handle(services: &Services, batch: SqsEvent) -> SqsBatchResponse {
    queue::each(batch, async |body| {
        let looked = Box::pin(hear(services.calendar_sync(), &body)).await;
        log(&looked);
        looked
    })
    .await
}

fn log(looked: &Result<Looked, Error>) {
    match looked {
        Ok(Looked::Done { read, failed, changed, overlaps }) => {
            tracing::info!(read, failed, changed, overlaps, "calendars were looked at");
        }
        Ok(Looked::Nothing) => tracing::info!("there is no calendar to look at"),
        Ok(Looked::Overtaken) => tracing::info!("calendars changed while they were looked at"),
        Err(error) if error.is_passing() => {
            tracing::warn!(error = %Chain(error), "calendars are looked at later");
        }
        Err(error) => {
            tracing::error!(error = %Chain(error), "calendars cannot be looked at");
        }
    }
}
