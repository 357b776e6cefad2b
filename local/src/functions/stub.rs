//! Stands in for handlers that are still being written.
#![allow(missing_docs, clippy::unused_async, unreachable_pub)]
use aws_lambda_events::{dynamodb::Event, event::streams::DynamoDbEventResponse, sqs::{SqsBatchResponse, SqsEvent}};
use lambda_http::{Body, Request, Response};
use shared::{ports::{Bus, Mailer}, runtime::Services};
fn absent(request: &Request) -> Response<Body> {
    shared::http::respond::finish(request, None, Err(shared::http::problem::ApiError::not_found()))
}
pub mod stripe_webhook { use super::*; pub async fn handle(_: &Services, _: &dyn Bus, request: Request) -> Response<Body> { absent(&request) } }
pub mod payment_worker { use super::*; pub async fn handle(_: &Services, _: SqsEvent) -> SqsBatchResponse { SqsBatchResponse::default() } }
pub mod notifier { use super::*; pub async fn handle(_: &Services, _: &dyn Mailer, _: SqsEvent) -> SqsBatchResponse { SqsBatchResponse::default() } }
pub mod event_relay { use super::*; pub async fn handle(_: &dyn Bus, _: Event) -> DynamoDbEventResponse { DynamoDbEventResponse::default() } }
pub mod cleanup { use super::*; pub async fn handle(_: &Services, _: serde_json::Value) -> Result<serde_json::Value, std::io::Error> { Ok(serde_json::Value::Null) } }
