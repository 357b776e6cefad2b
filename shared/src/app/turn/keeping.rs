//! Keeping: the one transaction that makes a turn and all its effects real.

use std::borrow::Cow;

use super::answering::{Draft, visitor_locale};
use super::{Deps, Error, Finished, Fresh, Heard, Shown, replay};
use crate::clients::claude::{Block, PromptMessage};
use crate::domain::conversation::{Conversation, SessionRefused, TicketStatus};
use crate::domain::escalation::Escalation;
use crate::domain::event::{Event, Happening};
use crate::domain::figure;
use crate::domain::id::{EventId, MessageId};
use crate::domain::ledger::{PRICE_VERSION, TurnCost, cost};
use crate::domain::message::{Answer, Outcome, Turn};
use crate::domain::money::MicroUsd;
use crate::domain::unanswered::{Unanswered, admits};
use crate::store::StoreError;
use crate::store::turn::{Kept, TurnWrite};

/// How often a turn is kept anew whose conversation has moved meanwhile.
const TRIES: usize = 4;

/// Keeps `draft` as the answer of `fresh`.
///
/// When a person has taken the conversation meanwhile, the visitor's words are kept, and the assistant's late
/// answer is not. When the same message was answered elsewhere, that answer stands.
pub(super) async fn keep(
    deps: Deps<'_>,
    fresh: &Fresh,
    draft: Draft,
    heard: &mut (dyn FnMut(Heard) + Send),
) -> Result<Finished, Error> {
    let (tenant, id) = (fresh.business.tenant.id, fresh.thread.conversation.id);
    let owner = fresh.thread.conversation.owner;
    let mut turn = turn_of(deps, fresh, &draft);
    let mut conversation = Cow::Borrowed(&fresh.thread.conversation);
    for n in 0..TRIES {
        let is_silenced = conversation.owner != owner;
        if is_silenced {
            silence(&mut turn);
        }
        let begun = Begun { conversation: &conversation, is_new: fresh.is_new && n == 0 };
        if keep_once(deps, fresh, begun, &turn, (!is_silenced).then_some(&draft)).await? == Kept::Yes {
            if is_silenced {
                heard(Heard { place: 0, shown: Shown::Handoff });
            }
            let proposals = if is_silenced { Vec::new() } else { draft.effects.proposals };
            return Ok(Finished { turn, proposals });
        }
        let found = deps.store.find_conversation(tenant, id).await?.ok_or(SessionRefused)?;
        if found.remembers(&fresh.key)
            && let Some(stored) = deps.store.find_turn(tenant, id, &fresh.key).await?
        {
            let proposals = replay(deps, tenant, id, &stored, 0).await?.proposals;
            return Ok(Finished { turn: stored, proposals });
        }
        conversation = Cow::Owned(found);
    }
    Err(StoreError::Throttled("the conversation moves on and on".into()).into())
}

/// What a turn is kept on.
struct Begun<'a> {
    /// The conversation as it was read, or the new one.
    conversation: &'a Conversation,
    /// Whether it begins with this turn.
    is_new: bool,
}

/// Keeps `turn` on the conversation as it was read, with the effects of `draft` unless it is silenced.
async fn keep_once(
    deps: Deps<'_>,
    fresh: &Fresh,
    Begun { conversation, is_new }: Begun<'_>,
    turn: &Turn,
    draft: Option<&Draft>,
) -> Result<Kept, StoreError> {
    let effects = draft.map(|draft| &draft.effects);
    // The visitor may have asked meanwhile: what comes of itself is no news then.
    let escalation = effects.and_then(|effects| effects.escalation.as_ref());
    let escalation = escalation.filter(|asked| conversation.is_news(asked.source));
    let status = draft.and_then(|draft| status(conversation, draft, escalation));
    let after = Conversation {
        messages: conversation.messages + turn.messages().unsigned_abs(),
        is_escalated: conversation.is_escalated || escalation.is_some(),
        status: status.unwrap_or(conversation.status),
        ..conversation.clone()
    };
    let counts = [figure::of_turn(turn), figure::of_conversation(conversation, &after)].concat();
    let events = draft.map(|draft| events(deps, fresh, draft, escalation)).unwrap_or_default();
    let unanswered = draft.and_then(|draft| unanswered(fresh, draft));
    let write = TurnWrite {
        conversation,
        is_new,
        turn,
        summary: draft.and_then(|draft| draft.summary.as_ref()),
        proposals: effects.map_or(&[], |effects| effects.proposals.as_slice()),
        escalation,
        challenge: effects.and_then(|effects| effects.challenge.as_ref()),
        proof: effects.and_then(|effects| effects.proof.as_ref()),
        unanswered: unanswered.as_ref(),
        status,
        settled: &fresh.admitted.settle(turn.cost.cost, &counts),
        events: &events,
        now: deps.clock.now(),
    };
    deps.store.keep_turn(fresh.business.tenant.id, &write).await
}

fn turn_of(deps: Deps<'_>, fresh: &Fresh, draft: &Draft) -> Turn {
    let now = deps.clock.now();
    let model = fresh.business.tenant.assistant.model.as_str();
    Turn {
        id: fresh.id,
        answer_id: MessageId::new(deps.ids.ulid(now)),
        key: fresh.key.clone(),
        said: fresh.said.clone(),
        at: fresh.at,
        exchange: exchange_of(draft),
        answer: draft.answer.clone(),
        sources: draft.effects.sources.clone(),
        outcome: draft.outcome,
        cost: TurnCost {
            usage: draft.calls.iter().copied().sum(),
            model: model.to_owned(),
            price_version: PRICE_VERSION.to_owned(),
            // A model without a price is never asked, so there is nothing to charge.
            cost: cost(model, &draft.calls, now).unwrap_or(MicroUsd::ZERO),
            first_token: draft.first_token,
            total: draft.total,
            tools: draft.tools.clone(),
        },
    }
}

/// Takes the answer from a turn that a person has overtaken; what it used stays.
fn silence(turn: &mut Turn) {
    turn.answer = Answer::default();
    turn.exchange = None;
    turn.sources = Vec::new();
    turn.outcome = Outcome::TakenOver;
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
fn status(ticket: &Conversation, draft: &Draft, escalation: Option<&Escalation>) -> Option<TicketStatus> {
    match draft.outcome {
        _ if escalation.is_some() => ticket.raised_to(TicketStatus::Open),
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

fn events(deps: Deps<'_>, fresh: &Fresh, draft: &Draft, escalation: Option<&Escalation>) -> Vec<Event> {
    let conversation = fresh.thread.conversation.id;
    let asked = escalation.map(|e| Happening::EscalationRequested(conversation, e.id));
    let code = draft.effects.challenge.as_ref().map(|_| Happening::VerificationRequested(conversation));
    let event = |what| Event {
        id: EventId::new(deps.ids.ulid(fresh.at)),
        tenant: fresh.business.tenant.id,
        at: fresh.at,
        what,
    };
    asked.into_iter().chain(code).map(event).collect()
}
