//! Hand-overs: what a person who takes a conversation over should know, made behind the visitor's back and before the
//! team is told.
//!
//! The mail to the team goes out on the event that a hand-over announces, never on the request itself: so it always
//! has one, and what can delay it is bounded here. The model is asked once, for at most [`PATIENCE`]; whatever it does
//! then, the plain hand-over is kept. Delivery is at least once: of a request there is one hand-over, which is charged
//! for and announced in the transaction that keeps it. A worker that died while the model wrote is known by what it
//! had set aside, and its successor does not ask again.

use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use crate::app::context::{ContextError, Contexts};
use crate::clients::claude::{Block, Claude, Patience, PromptMessage};
use crate::domain::business::BusinessContext;
use crate::domain::escalation::Escalation;
use crate::domain::event::{Event, Happening};
use crate::domain::figure::of_handover;
use crate::domain::handover::{Handover, MadeBy, Seen, Tried};
use crate::domain::id::{ConversationId, EscalationId, EventId, TenantId};
use crate::domain::ledger::{PRICE_VERSION, TurnCost, cost, worst_case};
use crate::domain::message::Turn;
use crate::domain::money::MicroUsd;
use crate::domain::proposal::Proposal;
use crate::ports::event::{NotAnEvent, from_envelope};
use crate::ports::metric::{Metric, Metrics};
use crate::ports::{Clock, Ids, trace};
use crate::store::handover::{HandoverWrite, Kept};
use crate::store::meter::{Admitted, Held};
use crate::store::{Store, StoreError};

mod asking;

/// How long the model may take in all. The team hears of a visitor that much later at most.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Everything this use case may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Threads, hand-overs and the meter.
    pub store: &'a Store,
    /// Remembered business contexts.
    pub contexts: &'a Contexts,
    /// The model.
    pub claude: &'a Claude,
    /// The time.
    pub clock: &'a dyn Clock,
    /// New ids.
    pub ids: &'a dyn Ids,
    /// What the model costs.
    pub metrics: &'a dyn Metrics,
}

/// What came of a request for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prepared {
    /// Its hand-over is there now.
    Made(MadeBy),
    /// It was there before.
    Before,
    /// There is nothing to hand over: another event, or what it tells of is gone.
    Nothing,
}

/// A hand-over was not made, or may not have been.
#[derive(Debug, Error)]
pub enum Error {
    /// The message is no event: reading it again changes nothing.
    #[error("the message is not an event")]
    NotAnEvent(#[from] NotAnEvent),
    /// As the store says.
    #[error("the hand-over cannot be read or kept")]
    Store(#[from] StoreError),
    /// Another delivery of the same event is at it, or died at it a moment ago.
    #[error("the hand-over is being made elsewhere")]
    UnderWay,
}

impl Error {
    /// Claims that the same message may succeed later.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Store(error) => error.is_passing(),
            Self::UnderWay => true,
            Self::NotAnEvent(_) => false,
        }
    }
}

/// Everything that a hand-over is made of, as it was read.
struct Thread {
    asked: Escalation,
    turns: Vec<Turn>,
    tried: Vec<Tried>,
    proposals: Vec<Proposal>,
}

/// A hand-over with what it cost and what was set aside for it.
struct Making {
    handover: Handover,
    cost: Option<TurnCost>,
    admitted: Option<Admitted>,
}

/// Makes the hand-over that the event in `body` calls for, a message as the bus puts it into a queue.
///
/// # Errors
///
/// As [`prepare`], and [`Error::NotAnEvent`].
pub async fn hear(deps: Deps<'_>, body: &str) -> Result<Prepared, Error> {
    let event = from_envelope(body)?;
    trace::of_event(&event);
    prepare(deps, &event).await
}

/// Makes the hand-over that `event` calls for. Repeating it is safe: it is made, charged for and announced once.
///
/// # Errors
///
/// [`Error::UnderWay`] while another delivery is at it; [`Error::Store`].
pub async fn prepare(deps: Deps<'_>, event: &Event) -> Result<Prepared, Error> {
    let Happening::EscalationRequested(conversation, id) = event.what else { return Ok(Prepared::Nothing) };
    let (tenant, now) = (event.tenant, deps.clock.now());
    let business = match deps.contexts.current(deps.store, tenant, now).await {
        Ok(stamped) => stamped.context,
        Err(ContextError::Refused) => return Ok(Prepared::Nothing),
        Err(ContextError::Store(error)) => return Err(error.into()),
    };
    if deps.store.find_handover(tenant, conversation, id).await?.is_some() {
        return Ok(Prepared::Before);
    }
    let Some(thread) = read(deps, tenant, (conversation, id)).await? else { return Ok(Prepared::Nothing) };
    let making = make(deps, &business, &thread, now).await?;
    keep(deps, (tenant, conversation), &thread.asked, making).await
}

async fn read(
    deps: Deps<'_>,
    tenant: TenantId,
    (conversation, id): (ConversationId, EscalationId),
) -> Result<Option<Thread>, StoreError> {
    let (asked, turns, proposals) = tokio::try_join!(
        deps.store.find_escalation(tenant, conversation, id),
        deps.store.list_turns(tenant, conversation, None),
        deps.store.list_proposals(tenant, conversation),
    )?;
    let tried = tried(&turns);
    Ok(asked.map(|asked| Thread { asked, turns, tried, proposals }))
}

/// Makes a hand-over: the model's where there is something to tell and money to ask it with, or else the plain one.
async fn make(deps: Deps<'_>, business: &BusinessContext, thread: &Thread, now: Timestamp) -> Result<Making, Error> {
    let Thread { asked, turns, tried, proposals } = thread;
    let seen = Seen { asked, turns, tried, proposals, now };
    let plain = Handover::plain(&seen);
    let model = business.tenant.assistant.model.as_str();
    let worst = worst_case(model, asking::MAX_PROMPT_TOKENS, asking::MAX_TOKENS.into(), asking::TRIES, now);
    let (Ok(amount), false) = (worst, turns.is_empty()) else {
        return Ok(Making { handover: plain, cost: None, admitted: None });
    };
    let name = format!("handover_{}", asked.id);
    let limit = business.tenant.limits.spend_per_month;
    let admitted = match deps.store.set_aside(business.tenant.id, &name, (amount, limit), now).await? {
        Ok(admitted) => admitted,
        Err(Held::UnderWay) => return Err(Error::UnderWay),
        // Whoever set it aside died at it: the team has waited long enough.
        Err(Held::Left | Held::BySpend) => return Ok(Making { handover: plain, cost: None, admitted: None }),
    };
    let (told, calls) = asking::ask(&deps.claude.with(patience()), model, business.tenant.locale.as_str(), &seen).await;
    let handover = told.and_then(|told| Handover::of_model(&told, &plain).ok()).unwrap_or(plain);
    let cost = TurnCost {
        usage: calls.iter().copied().sum(),
        model: model.to_owned(),
        price_version: PRICE_VERSION.to_owned(),
        cost: cost(model, &calls, now).unwrap_or(MicroUsd::ZERO),
        total: deps.clock.now().duration_since(now).unsigned_abs(),
        ..TurnCost::default()
    };
    Ok(Making { handover, cost: Some(cost), admitted: Some(admitted) })
}

fn patience() -> Patience {
    let tries = usize::try_from(asking::TRIES).unwrap_or(1);
    Patience { tries, first_byte: PATIENCE / 2, idle: PATIENCE / 2, total: PATIENCE, ..Patience::default() }
}

async fn keep(
    deps: Deps<'_>,
    (tenant, conversation): (TenantId, ConversationId),
    asked: &Escalation,
    making: Making,
) -> Result<Prepared, Error> {
    let Making { handover, cost, admitted } = making;
    let (made_by, at) = (handover.made_by, deps.clock.now());
    let spent = cost.as_ref().map(|cost| cost.cost);
    let counts = cost.as_ref().map(|cost| of_handover(cost, at)).unwrap_or_default();
    let settled = admitted.map(|admitted| admitted.settle(spent.unwrap_or(MicroUsd::ZERO), &counts));
    let what = Happening::HandoverReady(conversation, asked.id);
    let write = HandoverWrite {
        conversation,
        kept: &Kept { escalation: asked.id, handover, at, cost },
        settled: settled.as_ref(),
        event: &Event { id: EventId::new(deps.ids.ulid(at)), tenant, at, what },
    };
    if deps.store.keep_handover(tenant, &write).await? {
        let spent = spent.and_then(|spent| u64::try_from(spent.get()).ok()).filter(|spent| 0 < *spent);
        spent.into_iter().for_each(|spent| deps.metrics.put(&[(Metric::SpendMicroUsd, spent)]));
        return Ok(Prepared::Made(made_by));
    }
    match deps.store.find_handover(tenant, conversation, asked.id).await? {
        Some(_) => Ok(Prepared::Before),
        None => Err(Error::UnderWay),
    }
}

/// The tools that a thread used, by first use. Where the exchange is gone, a tool counts as having answered.
fn tried(turns: &[Turn]) -> Vec<Tried> {
    let mut all: Vec<Tried> = Vec::new();
    for turn in turns {
        let mut failed = failed(turn);
        for tool in &turn.cost.tools {
            let failure = failed.iter().position(|failed| failed == tool).map(|at| failed.swap_remove(at));
            let at = all.iter().position(|tried| tried.tool == *tool).unwrap_or(all.len());
            if at == all.len() {
                all.push(Tried { tool: tool.clone(), answered: 0, failed: 0 });
            }
            if let Some(tried) = all.get_mut(at) {
                *(if failure.is_some() { &mut tried.failed } else { &mut tried.answered }) += 1;
            }
        }
    }
    all
}

/// The tools that failed in a turn that was kept, with repetitions.
pub(super) fn failed(turn: &Turn) -> Vec<String> {
    let exchange: Vec<PromptMessage> =
        turn.exchange.as_deref().and_then(|exchange| serde_json::from_str(exchange).ok()).unwrap_or_default();
    let blocks = || exchange.iter().flat_map(|message| &message.content);
    let name = |call: &str| {
        blocks().find_map(|block| match block {
            Block::ToolUse { id, name, .. } if id == call => Some(name.clone()),
            _ => None,
        })
    };
    let failure = |block: &Block| match block {
        Block::ToolResult { tool_use_id, is_error: true, .. } => name(tool_use_id),
        _ => None,
    };
    blocks().filter_map(failure).collect()
}
