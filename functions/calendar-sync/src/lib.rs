//! Looks at the calendars that busy times come from.
//!
//! Steps: [`shared::app::calendar::sync`]. Each message ends on its own: one that fails is reported by itself, so
//! that it alone comes back. A calendar that cannot be read is no failure of ours: its owner sees it.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use futures::future::join_all;
use shared::app::calendar::sync::{Error, Looked, hear};
use shared::http::problem::Chain;
use shared::ports::trace;
use shared::runtime::Services;
use tracing::Instrument as _;

/// Does what every message of the batch asks for, side by side, and reports those that are not done.
pub async fn handle(services: &Services, batch: SqsEvent) -> SqsBatchResponse {
    let work = batch.records.into_iter().map(|message| async move {
        let SqsMessage { message_id, body, .. } = message;
        let id = message_id.unwrap_or_default();
        let span = trace::message(&id);
        let work = async {
            let looked = Box::pin(hear(services.calendar_sync(), body.as_deref().unwrap_or_default())).await;
            log(&looked);
            looked.is_err()
        };
        work.instrument(span).await.then_some(id)
    });
    let mut answer = SqsBatchResponse::default();
    for id in join_all(work).await.into_iter().flatten() {
        answer.add_failure(id);
    }
    answer
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
