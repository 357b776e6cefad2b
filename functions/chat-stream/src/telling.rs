//! Telling: a turn as frames. Every frame's id is the place in the answer it ends at, so that a resume needs
//! only the kept answer, however the words were cut when they were first sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde_json::json;
use shared::app::session::quick_replies;
use shared::app::turn::{Begun, Heard, Shown, replay, wait_for};
use shared::domain::business::BusinessContext;
use shared::domain::message::{Outcome, Turn};
use shared::domain::secret::SessionId;
use shared::http::problem::ApiError;
use shared::http::sse::frame;
use shared::http::turn::{ProposalTold, SourceTold, handoff};
use shared::runtime::Services;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tracing::Instrument as _;

use crate::body::Telling;

/// How long to wait for an answer that is made elsewhere: as long as a turn may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where frames go. A reader that has gone is no reason to stop.
struct Teller {
    frames: UnboundedSender<Bytes>,
    services: Arc<Services>,
    business: Arc<BusinessContext>,
    /// The id that an error would have now. Whoever comes back with it misses nothing.
    error_id: AtomicU64,
}

#[derive(Serialize)]
struct Failed<'a> {
    code: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Done {
    message_id: String,
    sources: Vec<SourceTold>,
    quick_replies: Vec<String>,
}

/// Tells `begun` to a client that has seen everything up to the place `seen`.
pub(crate) fn tell(
    services: Arc<Services>,
    business: Arc<BusinessContext>,
    begun: Begun,
    seen: Option<u64>,
) -> Telling {
    let (sender, frames) = unbounded_channel();
    // An error before anything else leaves the client where it was.
    let error_id = AtomicU64::new(seen.unwrap_or_default());
    let teller = Teller { frames: sender, services, business, error_id };
    // The body is asked for after the handler has returned, and its lines are still this request's.
    Telling::live(async move { teller.run(begun, seen).await }.in_current_span(), frames)
}

impl Teller {
    async fn run(self, begun: Begun, seen: Option<u64>) {
        let told = match begun {
            Begun::Fresh(fresh) => {
                self.session(&fresh.session);
                let finished = fresh.answer(self.services.turn(), &mut |heard| self.heard(heard)).await;
                finished.map(|finished| self.done(&finished.turn, !finished.proposals.is_empty()))
            }
            Begun::Stored { session, turn } => self.rest(&session, &turn, seen).await,
            Begun::Elsewhere { session, key } => {
                let (tenant, conversation) = (self.business.tenant.id, session.conversation());
                match wait_for(self.services.turn(), tenant, conversation, &key, PATIENCE).await {
                    Ok(Some(turn)) => self.rest(&session, &turn, seen).await,
                    Ok(None) => {
                        self.error("unavailable", "The answer is not there yet. Please try again in a moment.");
                        Ok(())
                    }
                    Err(error) => Err(error),
                }
            }
        };
        if let Err(error) = told {
            let problem = ApiError::from(error);
            problem.log();
            self.error(problem.kind().code(), problem.detail());
        }
        tracing::info!("a turn was told");
    }

    /// Tells what a client has missed of a kept turn.
    async fn rest(&self, session: &SessionId, turn: &Turn, seen: Option<u64>) -> Result<(), shared::app::turn::Error> {
        let (tenant, conversation) = (self.business.tenant.id, session.conversation());
        let replayed = replay(self.services.turn(), tenant, conversation, turn, seen.unwrap_or_default()).await?;
        if seen.is_none() {
            self.session(session);
        }
        let has_card = !replayed.proposals.is_empty();
        for heard in replayed.missed {
            self.heard(heard);
        }
        if turn.outcome == Outcome::TakenOver {
            self.heard(Heard { place: 0, shown: Shown::Handoff });
        }
        self.done(turn, has_card);
        Ok(())
    }

    fn session(&self, session: &SessionId) {
        let told = json!({ "sessionId": session.reveal(), "conversationId": session.conversation().to_string() });
        self.send(0, "session", &told);
    }

    fn heard(&self, heard: Heard) {
        match heard.shown {
            Shown::Text(content) => self.send(heard.place, "text", &json!({ "content": content })),
            Shown::Tool(name) => self.send(heard.place, "tool", &json!({ "name": name })),
            Shown::Proposal(proposal) => self.send(heard.place, "proposal", &ProposalTold::from(&*proposal)),
            Shown::Handoff => {
                self.send(heard.place, "handoff", &handoff(&self.business, self.services.clock.now()));
            }
        }
    }

    fn done(&self, turn: &Turn, has_card: bool) {
        let quick_replies = quick_replies(&self.business, has_card);
        let done = Done {
            message_id: turn.answer_id.to_string(),
            sources: turn.sources.iter().map(SourceTold::from).collect(),
            quick_replies,
        };
        self.send(turn.answer.places() + 1, "done", &done);
    }

    /// Says that the turn failed. Its id rises above what was told in this stream: nothing is told of a turn
    /// under way after its whole answer, so no place of a kept answer is passed over.
    fn error(&self, code: &str, message: &str) {
        self.send(self.error_id.load(Ordering::Relaxed), "error", &Failed { code, message });
    }

    fn send<T: Serialize>(&self, id: u64, event: &'static str, data: &T) {
        if let Ok(frame) = frame(id, event, data) {
            self.error_id.store(id + 1, Ordering::Relaxed);
            // A client that has left is no reason to stop: the turn is kept for its return.
            let _ = self.frames.send(frame);
        }
    }
}
