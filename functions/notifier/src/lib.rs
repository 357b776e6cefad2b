//! Tells people of events: each message of the queue is one event, each mail of it goes out once.
//!
//! Steps: [`shared::app::notify`]. A message that fails is reported by itself, so that it alone comes
//! back, and after ten times it is parked where an alarm sees it; the others of its batch are done.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use shared::app::notify::{Error, Notified, hear};
use shared::http::problem::Chain;
use shared::ports::{Mailer, trace};
use shared::runtime::Services;
use tracing::Instrument as _;

/// Tells of every event of the batch, and reports those of which somebody could not be told.
pub async fn handle(services: &Services, mailer: &dyn Mailer, batch: SqsEvent) -> SqsBatchResponse {
    let mut answer = SqsBatchResponse::default();
    for message in batch.records {
        let id = message.message_id.unwrap_or_default();
        let span = trace::message(&id);
        let work = async {
            let heard = hear(services.notify(mailer), message.body.as_deref().unwrap_or_default()).await;
            log(&heard);
            heard.is_err()
        };
        if work.instrument(span).await {
            answer.add_failure(id);
        }
    }
    answer
}

fn log(heard: &Result<Notified, Error>) {
    match heard {
        Ok(Notified { sent, repeated, .. }) => {
            tracing::info!(sent, repeated, "an event was told");
        }
        Err(error) if error.is_passing() => {
            tracing::warn!(error = %Chain(error), "an event is told later");
        }
        Err(error) => {
            tracing::error!(error = %Chain(error), "an event cannot be told");
        }
    }
}
