//! The body of the stream: frames as they are told, a ping when nothing is told for a while.
//!
//! The turn runs inside the body, so it lives exactly as long as the gateway reads it; nothing is spawned.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame};
use shared::http::sse::PING;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// How long the line may be silent: well below what gateways and proxies allow.
const SILENCE: Duration = Duration::from_secs(15);

/// Frames of a turn under way, or one whole body.
pub struct Telling(State);

enum State {
    Whole(Option<Bytes>),
    Live { work: Option<Pin<Box<dyn Future<Output = ()> + Send>>>, frames: UnboundedReceiver<Bytes>, ping: Interval },
}

impl Telling {
    /// Tells what `work` puts into `frames`, until both have ended.
    pub(crate) fn live(work: impl Future<Output = ()> + Send + 'static, frames: UnboundedReceiver<Bytes>) -> Self {
        let mut ping = interval_at(Instant::now() + SILENCE, SILENCE);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self(State::Live { work: Some(Box::pin(work)), frames, ping })
    }

    /// Tells `body` at once.
    pub(crate) fn whole(body: lambda_http::Body) -> Self {
        Self(State::Whole(Some(Bytes::from(body.to_vec()))))
    }
}

impl Body for Telling {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut self.get_mut().0 {
            State::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            State::Live { work, frames, ping } => {
                if let Some(running) = work
                    && running.as_mut().poll(cx).is_ready()
                {
                    *work = None;
                }
                match frames.poll_recv(cx) {
                    Poll::Ready(Some(frame)) => {
                        ping.reset();
                        Poll::Ready(Some(Ok(Frame::data(frame))))
                    }
                    Poll::Ready(None) => Poll::Ready(None),
                    Poll::Pending => ping.poll_tick(cx).map(|_| Some(Ok(Frame::data(PING)))),
                }
            }
        }
    }
}
