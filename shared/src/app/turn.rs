//! The turn: one visitor message and all that answers it.
//!
//! A turn is admitted (one round trip: the conversation is read while the meter counts and reserves),
//! answered (model, tools, model), and kept (one transaction). Until that transaction it has no effect
//! at all, so it can be cut off anywhere and asked for again.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use futures::FutureExt as _;
use jiff::Timestamp;
use thiserror::Error;
use tokio::time::Instant;

use crate::app::context::{BusinessContext, ContextError, Contexts};
use crate::clients::claude::Claude;
use crate::domain::conversation::{Conversation, Origin, SessionRefused};
use crate::domain::id::MessageId;
use crate::domain::message::{InvalidMessage, Outcome, Turn};
use crate::domain::meter::Exceeded;
use crate::domain::proposal::Proposal;
use crate::domain::secret::{SessionId, TenantKey};
use crate::ports::metric::{Metric, Metrics};
use crate::ports::{Clock, Ids};
use crate::store::conversation::Thread;
use crate::store::meter::Admitted;
use crate::store::{Store, StoreError};

mod admission;
mod answering;
mod escalating;
mod history;
mod keeping;
mod prompt;
mod replay;
mod words;

pub use admission::{begin, short_hash};
pub use replay::{Replayed, replay, wait_for};

/// Everything a turn may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Conversations, meters, claims and bookings.
    pub store: &'a Store,
    /// Remembered business contexts.
    pub contexts: &'a Contexts,
    /// The model.
    pub claude: &'a Claude,
    /// The time.
    pub clock: &'a dyn Clock,
    /// New ids and secrets.
    pub ids: &'a dyn Ids,
    /// How long turns take, what they cost, how they end.
    pub metrics: &'a dyn Metrics,
    /// Signs slot ids.
    pub link_key: &'a hmac::Key,
    /// Whether messages are counted per address; only the local runner ever turns this off.
    pub limits_addresses: bool,
}

/// What a visitor asks for.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The tenant's public key.
    pub key: TenantKey,
    /// The visitor's session; none: a conversation begins.
    pub session: Option<SessionId>,
    /// Their words, as sent.
    pub message: String,
    /// The client's own id of this message, by which a repetition is known.
    pub client_id: Option<String>,
    /// The visitor's network address.
    pub address: Option<String>,
    /// Where a new conversation begins.
    pub origin: Origin,
}

/// A turn that may go on.
pub enum Begun {
    /// It is new: answer it.
    Fresh(Box<Fresh>),
    /// The same message was answered before.
    Stored {
        /// The visitor's session.
        session: SessionId,
        /// The turn as it was kept.
        turn: Box<Turn>,
    },
    /// The same message is being answered elsewhere right now.
    Elsewhere {
        /// The visitor's session.
        session: SessionId,
        /// Finds the turn once it is kept.
        key: String,
    },
}

/// A new turn, admitted.
pub struct Fresh {
    /// The visitor's session, to be told when the conversation is new.
    pub session: SessionId,
    business: Arc<BusinessContext>,
    thread: Thread,
    is_new: bool,
    id: MessageId,
    key: String,
    said: String,
    at: Timestamp,
    /// A short hash of the visitor's network address; none: addresses are not counted.
    address: Option<String>,
    admitted: Admitted,
    /// Whether the model may be asked: not when a person has the conversation or the spend limit is reached.
    footing: Footing,
}

/// On what footing a turn is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Footing {
    /// By the assistant.
    Assistant,
    /// By nobody now: a person has the conversation.
    Person,
    /// By people: the spend limit is reached.
    OverSpend,
}

/// What a visitor is shown while a turn is answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// The place of its end in the answer; the id of its event.
    pub place: u64,
    /// What it is.
    pub shown: Shown,
}

/// A piece of an answer with all that it takes to show it.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// Words.
    Text(String),
    /// A tool ran.
    Tool(String),
    /// A proposal is to be confirmed.
    Proposal(Box<Proposal>),
    /// A person was asked for.
    Handoff,
}

/// A turn that was answered and kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// The turn.
    pub turn: Turn,
    /// Its proposals, in order.
    pub proposals: Vec<Proposal>,
}

/// Why a turn cannot be taken.
#[derive(Debug, Error)]
pub enum Error {
    /// The tenant key opens nothing.
    #[error(transparent)]
    Context(#[from] ContextError),
    /// The session is unknown, foreign or expired.
    #[error(transparent)]
    Session(#[from] SessionRefused),
    /// The message cannot be taken.
    #[error(transparent)]
    Message(#[from] InvalidMessage),
    /// A limit is used up.
    #[error("the tenant's or the visitor's limit is used up")]
    Limited(Exceeded),
    /// The conversation has ended.
    #[error("the conversation has ended")]
    Ended,
    /// As the store says.
    #[error("the turn cannot be read or kept")]
    Store(#[from] StoreError),
}

impl Fresh {
    /// The conversation.
    #[must_use]
    pub fn conversation(&self) -> &Conversation {
        &self.thread.conversation
    }

    /// Answers the message, handing each piece to `heard` as it comes, and keeps the turn.
    ///
    /// If the same message turns out to be answered elsewhere, the answer kept there is the result;
    /// repeating is safe because nothing is kept twice.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when the turn cannot be kept; it then has had no effect.
    pub async fn answer(self, deps: Deps<'_>, heard: &mut (dyn FnMut(Heard) + Send)) -> Result<Finished, Error> {
        let (started, mut first) = (Instant::now(), None);
        let mut timed = |piece| {
            first.get_or_insert_with(|| started.elapsed());
            heard(piece);
        };
        // Boxed, since a turn's future is large and its hosts nest it deeply.
        let draft = answering::answer(deps, &self, &mut timed).boxed().await;
        let whole = started.elapsed();
        let finished = keeping::keep(deps, &self, draft, &mut timed).boxed().await;
        self.measure(deps.metrics, &finished, first, whole);
        finished
    }

    /// Counts the turn, unless the answer that stands was made and counted elsewhere.
    fn measure(
        &self,
        metrics: &dyn Metrics,
        finished: &Result<Finished, Error>,
        first: Option<Duration>,
        whole: Duration,
    ) {
        let turn = match finished {
            Ok(finished) if finished.turn.id == self.id => &finished.turn,
            Ok(_) => return,
            Err(_) => return metrics.count(Metric::TurnFailed),
        };
        let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let spent = u64::try_from(turn.cost.cost.get()).unwrap_or_default();
        let mut values = vec![(Metric::TurnLatency, ms(whole)), (Metric::SpendMicroUsd, spent)];
        values.extend(first.map(|first| (Metric::TurnFirstByte, ms(first))));
        values.extend((turn.outcome == Outcome::Fallback).then_some((Metric::TurnFailed, 1)));
        metrics.put(&values);
    }
}
