//! Keeping: the one transaction that makes a turn and all its effects real.

use std::borrow::Cow;

use super::answering::{Draft, visitor_locale};
use super::{Deps, Error, Finished, Fresh, Heard, Shown, millis, replay};
use crate::clients::claude::{Block, PromptMessage};
use crate::domain::conversation::{Conversation, SessionRefused, TicketStatus};
use crate::domain::event::{Event, Happening};
use crate::domain::id::{EventId, MessageId};
use crate::domain::ledger::{PRICE_VERSION, TurnCost, Usage, cost};
use crate::domain::message::{Answer, Outcome, Piece, Turn};
use crate::domain::money::MicroUsd;
use crate::domain::unanswered::{Unanswered, admits};
use crate::store::StoreError;
use crate::store::turn::{Kept, TurnWrite};

/// How often a turn is kept anew whose ticket people change at the same time.
const TRIES: u32 = 4;

/// Keeps `draft` as the answer of `fresh`.
pub(super) async fn keep(
    deps: Deps<'_>,
    fresh: &Fresh,
    draft: Draft,
    heard: &mut (dyn FnMut(Heard) + Send),
) -> Result<Finished, Error> {
    let now = deps.clock.now();
    let tenant = fresh.business.tenant.id;
    let model = fresh.business.tenant.assistant.model.as_str();
    let usage: Usage = draft.calls.iter().copied().sum();
    // A model without a price is never asked, so there is nothing to charge.
    let cost = cost(model, &draft.calls, now).unwrap_or(MicroUsd::ZERO);
    let turn = Turn {
        id: fresh.id,
        answer_id: MessageId::new(deps.ids.ulid(now)),
        key: fresh.key.clone(),
        said: fresh.said.clone(),
        at: fresh.at,
        exchange: exchange_of(&draft),
        answer: draft.answer.clone(),
        sources: draft.effects.sources.clone(),
        outcome: draft.outcome,
        cost: TurnCost {
            usage,
            model: model.to_owned(),
            price_version: PRICE_VERSION.to_owned(),
            cost,
            first_token: draft.first_token,
            total: draft.total,
            tools: draft.tools.clone(),
        },
    };
    let figures = figures(fresh, &draft, usage, cost);
    let settled = fresh.admitted.settle(cost, &figures, now);
    let events = events(deps, fresh, &draft);
    let unanswered = unanswered(fresh, &draft);
    let mut conversation = Cow::Borrowed(&fresh.thread.conversation);
    for n in 0..TRIES {
        let write = TurnWrite {
            conversation: &conversation,
            is_new: fresh.is_new && n == 0,
            turn: &turn,
            summary: draft.summary.as_ref(),
            proposals: &draft.effects.proposals,
            escalation: draft.effects.escalation.as_ref(),
            challenge: draft.effects.challenge.as_ref(),
            proof: draft.effects.proof.as_ref(),
            unanswered: unanswered.as_ref(),
            status: status(&conversation, &draft),
            settled: &settled,
            events: &events,
            now,
        };
        match deps.store.keep_turn(tenant, &write).await? {
            Kept::Yes => return Ok(Finished { turn, proposals: draft.effects.proposals }),
            Kept::Overtaken => match standing(deps, fresh).await? {
                Standing::Answered(finished) => return Ok(*finished),
                Standing::Changed(now) if now.owner != fresh.thread.conversation.owner => {
                    return give_way(deps, fresh, *now, turn, heard).await;
                }
                // Only the ticket was changed, and nobody took the word: what it becomes is decided anew.
                Standing::Changed(now) => conversation = Cow::Owned(*now),
            },
        }
    }
    Err(moving())
}

/// What stands where a turn could not be kept.
enum Standing {
    /// The same message was answered elsewhere.
    Answered(Box<Finished>),
    /// The conversation is another than the turn began with.
    Changed(Box<Conversation>),
}

async fn standing(deps: Deps<'_>, fresh: &Fresh) -> Result<Standing, Error> {
    let (tenant, id) = (fresh.business.tenant.id, fresh.thread.conversation.id);
    let conversation = deps.store.find_conversation(tenant, id).await?.ok_or(SessionRefused)?;
    if conversation.remembers(&fresh.key)
        && let Some(turn) = deps.store.find_turn(tenant, id, &fresh.key).await?
    {
        let proposals = replay(deps, tenant, id, &turn, 0).await?.proposals;
        return Ok(Standing::Answered(Box::new(Finished { turn, proposals })));
    }
    Ok(Standing::Changed(Box::new(conversation)))
}

/// A person took the conversation while the assistant spoke: the visitor's words are kept, the late answer and
/// all that it prepared are not.
async fn give_way(
    deps: Deps<'_>,
    fresh: &Fresh,
    mut conversation: Conversation,
    mut turn: Turn,
    heard: &mut (dyn FnMut(Heard) + Send),
) -> Result<Finished, Error> {
    let now = deps.clock.now();
    turn.answer = Answer::default();
    turn.exchange = None;
    turn.sources = Vec::new();
    turn.outcome = Outcome::TakenOver;
    let figures = [("turns", 1), ("cost", turn.cost.cost.get())];
    let settled = fresh.admitted.settle(turn.cost.cost, &figures, now);
    for _ in 0..TRIES {
        let write = TurnWrite {
            conversation: &conversation,
            is_new: false,
            turn: &turn,
            summary: None,
            proposals: &[],
            escalation: None,
            challenge: None,
            proof: None,
            unanswered: None,
            status: None,
            settled: &settled,
            events: &[],
            now,
        };
        match deps.store.keep_turn(fresh.business.tenant.id, &write).await? {
            Kept::Yes => {
                heard(Heard { place: 0, shown: Shown::Handoff });
                return Ok(Finished { turn, proposals: Vec::new() });
            }
            Kept::Overtaken => match standing(deps, fresh).await? {
                Standing::Answered(finished) => return Ok(*finished),
                Standing::Changed(now) => conversation = *now,
            },
        }
    }
    Err(moving())
}

fn moving() -> Error {
    StoreError::Throttled("the conversation moves all the time".into()).into()
}

/// What the model needs to see again. Thinking is valid within its turn only; a single text is told from
/// the answer itself; an answer that broke off is told as the visitor saw it.
fn exchange_of(draft: &Draft) -> Option<String> {
    let spoken = |block: &Block| !matches!(block, Block::Thinking { .. } | Block::RedactedThinking { .. });
    let messages: Vec<PromptMessage> = draft
        .exchange
        .iter()
        .map(|message| PromptMessage {
            role: message.role,
            content: message.content.iter().filter(|block| spoken(block)).cloned().collect(),
        })
        .filter(|message| !message.content.is_empty())
        .collect();
    (1 < messages.len()).then(|| serde_json::to_string(&messages).ok()).flatten()
}

/// Where the turn takes the ticket, if it moves it.
fn status(ticket: &Conversation, draft: &Draft) -> Option<TicketStatus> {
    match draft.outcome {
        _ if draft.effects.escalation.is_some() => ticket.raised_to(TicketStatus::Open),
        Outcome::Fallback | Outcome::Deflected => ticket.raised_to(TicketStatus::NeedsReview),
        _ => None,
    }
}

/// What was searched for in vain, or found and yet not known by the assistant: the first of it, once a turn.
fn unanswered(fresh: &Fresh, draft: &Draft) -> Option<Unanswered> {
    let asked = draft.effects.searched.as_ref()?;
    let in_vain = draft.effects.sources.is_empty() || admits(&draft.answer.text());
    in_vain.then(|| Unanswered::of(asked, &visitor_locale(fresh))).flatten()
}

/// The turn's part in the day's figures.
fn figures(fresh: &Fresh, draft: &Draft, usage: Usage, cost: MicroUsd) -> Vec<(&'static str, i64)> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let said = if draft.answer.pieces().is_empty() { 1 } else { 2 };
    let handed = draft.answer.pieces().iter().filter(|piece| matches!(piece, Piece::Handoff)).count();
    vec![
        ("conversations", i64::from(fresh.is_new)),
        ("turns", 1),
        ("messages", said),
        ("input", count(usage.input)),
        ("output", count(usage.output)),
        ("cache_read", count(usage.cache_read)),
        ("cache_write", count(usage.cache_write)),
        ("cost", cost.get()),
        ("ms", millis(draft.total)),
        ("escalated", count(handed as u64)),
        ("fallback", i64::from(draft.outcome == Outcome::Fallback)),
        ("deflected", i64::from(draft.outcome == Outcome::Deflected)),
    ]
}

fn events(deps: Deps<'_>, fresh: &Fresh, draft: &Draft) -> Vec<Event> {
    let conversation = fresh.thread.conversation.id;
    let asked = draft.effects.escalation.as_ref().map(|e| Happening::EscalationRequested(conversation, e.id));
    let code = draft.effects.challenge.as_ref().map(|_| Happening::VerificationRequested(conversation));
    let event = |what| Event {
        id: EventId::new(deps.ids.ulid(fresh.at)),
        tenant: fresh.business.tenant.id,
        at: fresh.at,
        what,
    };
    asked.into_iter().chain(code).map(event).collect()
}
