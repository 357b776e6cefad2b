//! Carries the outbox's events to the bus.
//!
//! Steps: [`shared::app::relay`]. Of a batch that was not carried to its end the first record left is
//! reported: the stream goes on with that one, in order.

use aws_lambda_events::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use shared::app::relay::{Record, relay};
use shared::http::problem::Chain;
use shared::ports::Bus;
use shared::ports::metric::Metrics;

/// Publishes the events of the batch, and reports where the stream has to go on.
pub async fn handle(bus: &dyn Bus, metrics: &dyn Metrics, batch: Event) -> DynamoDbEventResponse {
    let relayed = relay(bus, metrics, batch.records.into_iter().map(record).collect()).await;
    for lost in &relayed.given_up {
        tracing::error!(record = lost.sequence, row = lost.row, error = %Chain(&lost.why), "an event can never be carried");
    }
    if let Some((sequence, error)) = &relayed.stopped_at {
        tracing::warn!(record = sequence, error = %Chain(error), "the bus does not take an event");
    }
    tracing::info!(published = relayed.published, passed_over = relayed.passed_over, "events were carried");
    let mut answer = DynamoDbEventResponse::default();
    if let Some((sequence, _)) = relayed.stopped_at {
        let mut left = DynamoDbBatchItemFailure::default();
        left.item_identifier = Some(sequence);
        answer.batch_item_failures.push(left);
    }
    answer
}

fn record(record: EventRecord) -> Record {
    Record { sequence: record.change.sequence_number.unwrap_or_default(), image: record.change.new_image }
}
