//! Functions: the only file that knows every handler, and what each is given.
//!
//! A handler that panics has died: its trigger does with it what AWS would.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use aws_lambda_events::dynamodb::Event;
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use axum::body::{Body, Bytes};
use axum::response::Response;
use futures::{FutureExt as _, StreamExt as _};
use http_body_util::BodyExt as _;
use lambda_http::Request;
use serde::Serialize;
use serde_json::Value;
use shared::runtime::Services;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;

use crate::bus::LocalBus;
use crate::mailbox::Mailbox;
use crate::tasks::Tasks;

/// The functions that the runner can run, by the names of their crates.
pub const NAMES: [&str; 17] = [
    "chat",
    "chat-stream",
    "confirm",
    "feedback",
    "escalation",
    "admin",
    "stripe-webhook",
    "payment-worker",
    "notifier",
    "event-relay",
    "cleanup",
    "csat-sender",
    "waitlist-worker",
    "handover",
    "calendar-sync",
    "webhook-sender",
    "article-import",
];

/// Every handler with everything it is given.
pub struct Functions {
    services: Arc<Services>,
    bus: Arc<LocalBus>,
    mailbox: Arc<Mailbox>,
}

impl Functions {
    /// All functions over `services`.
    #[must_use]
    pub fn new(services: Services, bus: Arc<LocalBus>, mailbox: Arc<Mailbox>) -> Self {
        Self { services: Arc::new(services), bus, mailbox }
    }

    /// What every function works with.
    #[must_use]
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Runs a function of the API. None when it died or there is no such function.
    pub async fn http(self: &Arc<Self>, name: &str, request: Request, tasks: &Tasks) -> Option<Response> {
        let services = &self.services;
        match name {
            "chat" => alive(chat::handle(services, request)).await.map(whole),
            "confirm" => alive(Box::pin(confirm::handle(services, request))).await.map(whole),
            "feedback" => alive(feedback::handle(services, request)).await.map(whole),
            "escalation" => alive(escalation::handle(services, request)).await.map(whole),
            "admin" => alive(admin::handle(services, request)).await.map(whole),
            "stripe-webhook" => alive(stripe_webhook::handle(services, &*self.bus, request)).await.map(whole),
            "chat-stream" => {
                alive(chat_stream::handle(services, request)).await.map(|response| streamed(response, tasks))
            }
            _ => None,
        }
    }

    /// Runs a function that works on a queue. None when it died or there is no such function.
    pub async fn queue(&self, name: &str, event: SqsEvent) -> Option<SqsBatchResponse> {
        match name {
            "payment-worker" => alive(payment_worker::handle(&self.services, event)).await,
            "waitlist-worker" => alive(waitlist_worker::handle(&self.services, event)).await,
            "handover" => alive(handover::handle(&self.services, event)).await,
            "calendar-sync" => alive(calendar_sync::handle(&self.services, event)).await,
            "webhook-sender" => alive(webhook_sender::handle(&self.services, event)).await,
            "article-import" => alive(article_import::handle(&self.services, event)).await,
            "notifier" => alive(notifier::handle(&self.services, &*self.mailbox, event)).await,
            _ => None,
        }
    }

    /// Runs the function that reads a stream. None when it died or there is no such function.
    pub async fn stream(&self, name: &str, event: Event) -> Option<DynamoDbEventResponse> {
        match name {
            "event-relay" => alive(event_relay::handle(&*self.bus, &*self.services.metrics, event)).await,
            _ => None,
        }
    }

    /// Runs a function that is run by the clock. None when it died or there is no such function.
    pub async fn scheduled(&self, name: &str, event: Value) -> Option<Result<Value, String>> {
        match name {
            "cleanup" => alive(cleanup::handle(&self.services, event)).await.map(counted),
            "csat-sender" => alive(csat_sender::handle(&self.services, event)).await.map(counted),
            _ => None,
        }
    }
}

impl std::fmt::Debug for Functions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Functions").finish_non_exhaustive()
    }
}

/// The result of `work`; none when it panicked. On the heap, since a whole handler is a large future.
fn alive<'a, T>(work: impl Future<Output = T> + Send + 'a) -> impl Future<Output = Option<T>> + Send + 'a {
    let work = AssertUnwindSafe(Box::pin(work)).catch_unwind();
    async { work.await.ok() }
}

/// What a run has done, or what went wrong first.
fn counted(run: Result<impl Serialize, impl std::fmt::Display>) -> Result<Value, String> {
    run.map(|counts| serde_json::to_value(counts).unwrap_or_default()).map_err(|error| error.to_string())
}

/// An answer that is all there.
fn whole(response: lambda_http::Response<lambda_http::Body>) -> Response {
    response.map(|body| match body {
        lambda_http::Body::Text(text) => Body::from(text),
        lambda_http::Body::Binary(bytes) => Body::from(bytes),
        _ => Body::empty(),
    })
}

/// An answer that comes bit by bit. It comes to its end also when nobody is left to read it, as in a Lambda.
fn streamed<B>(response: lambda_http::Response<B>, tasks: &Tasks) -> Response
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>> + Send,
{
    let (head, body) = response.into_parts();
    let (sender, receiver) = mpsc::unbounded_channel();
    tasks.spawn(async move {
        let mut data = Box::pin(body.into_data_stream());
        while let Some(bytes) = data.next().await {
            let ended = bytes.is_err();
            drop(sender.send(bytes.map_err(Into::into)));
            if ended {
                break;
            }
        }
    });
    Response::from_parts(head, Body::from_stream(UnboundedReceiverStream::new(receiver)))
}
