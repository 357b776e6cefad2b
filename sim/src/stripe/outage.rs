//! Outages: how simulated Stripe fails when it is told to.

use std::collections::VecDeque;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::Simulator;
use super::refusal::Refusal;

/// One way to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// Answers with this status and does nothing, as 500 or 429.
    Status(u16),
    /// Never answers and does nothing, until the caller gives up.
    Hang,
    /// Breaks the connection off in the middle of the answer and does nothing.
    Cut,
    /// Does what was asked, then breaks the connection off: the caller cannot know.
    LostAnswer,
}

/// The failures to come.
#[derive(Debug, Default)]
pub(super) struct Outages {
    /// What becomes of each of the next calls; none: it passes.
    next: VecDeque<Option<Outage>>,
    lasting: Option<Outage>,
}

impl Outages {
    /// Lets the next `calls` fail.
    pub(super) fn add(&mut self, calls: usize, outage: Outage) {
        self.next.extend(std::iter::repeat_n(Some(outage), calls));
    }

    /// Lets the next `calls` pass.
    pub(super) fn pass(&mut self, calls: usize) {
        self.next.extend(std::iter::repeat_n(None, calls));
    }

    /// Lets every call fail, or none.
    pub(super) fn set(&mut self, lasting: Option<Outage>) {
        self.next.clear();
        self.lasting = lasting;
    }

    /// How the present call fails, if it does.
    fn take(&mut self) -> Option<Outage> {
        self.next.pop_front().unwrap_or(self.lasting)
    }
}

/// Fails the call if an outage is due.
pub(super) async fn apply(State(stripe): State<Simulator>, request: Request, next: Next) -> Response {
    let outage = stripe.lock().outages.take();
    match outage {
        None => next.run(request).await,
        Some(Outage::Status(status)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Refusal::outage(status).into_response()
        }
        Some(Outage::Hang) => std::future::pending().await,
        Some(Outage::Cut) => broken(),
        Some(Outage::LostAnswer) => {
            next.run(request).await;
            broken()
        }
    }
}

/// An answer whose body ends in the middle.
fn broken() -> Response {
    let cut = Err::<Bytes, _>(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    Response::new(Body::from_stream(futures::stream::iter([Ok(Bytes::from_static(b"{")), cut])))
}
