//! `GET /v1/admin/conversations/{id}`: one whole thread, with what it cost, who asked for a person, what was noted and
//! who changed what.

use std::time::Duration;

use lambda_http::{Body, Response};
use serde::Serialize;
use shared::domain::audit::{Actor, Entry, Field};
use shared::domain::conversation::Conversation;
use shared::domain::escalation::Escalation;
use shared::domain::feedback::Feedback;
use shared::domain::id::{ConversationId, MessageId};
use shared::domain::ledger::TurnCost;
use shared::domain::message::{Outcome, Piece, Turn};
use shared::domain::proof::Proof;
use shared::domain::ticket::InternalNote;
use shared::http::problem::ApiError;
use shared::http::request::path;
use shared::http::respond::ok;
use shared::store::handover::Kept;

use crate::audit::EntryShown;
use crate::caller::Call;
use crate::escalation::{EscalationShown, HandoverShown};
use crate::ticket::TicketShown;

/// A conversation with all its turns, oldest first.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: String,
    source: &'static str,
    page_url: String,
    referrer: String,
    visitor_id: String,
    user_id: String,
    locale: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    proven_email: Option<String>,
    created_at: String,
    active_at: String,
    tokens: u64,
    cost_micro_usd: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback: Option<FeedbackShown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_email: Option<String>,
    #[serde(flatten)]
    ticket: TicketShown,
    turns: Vec<TurnShown>,
    escalations: Vec<EscalationShown>,
    /// The newest; what each cost is part of what the conversation cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    handover: Option<HandoverShown>,
    notes: Vec<NoteShown>,
    audit: Vec<EntryShown>,
}

/// A note of the people of the business, which no visitor sees.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NoteShown {
    id: String,
    author: String,
    text: String,
    created_at: String,
}

impl From<&InternalNote> for NoteShown {
    fn from(note: &InternalNote) -> Self {
        Self {
            id: note.id.to_string(),
            author: note.author.to_string(),
            text: note.text.to_string(),
            created_at: note.at.to_string(),
        }
    }
}

/// What the visitor thinks of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FeedbackShown {
    rating: u8,
    comment: String,
    given_at: String,
    changed_at: String,
}

/// One message of the visitor and all that answered it.
#[derive(Serialize)]
struct TurnShown {
    outcome: &'static str,
    messages: Vec<MessageShown>,
    tools: Vec<String>,
    proposals: Vec<String>,
    handoff: bool,
    cost: CostShown,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageShown {
    id: String,
    sender: &'static str,
    content: String,
    created_at: String,
    /// Who of the business wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CostShown {
    model: String,
    price_version: String,
    micro_usd: i64,
    input_tokens: u64,
    output_tokens: u64,
    cache_read_tokens: u64,
    cache_write_tokens: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_token_ms: Option<u64>,
    total_ms: u64,
}

impl From<&TurnCost> for CostShown {
    fn from(cost: &TurnCost) -> Self {
        let ms = |length: Duration| u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        Self {
            model: cost.model.clone(),
            price_version: cost.price_version.clone(),
            micro_usd: cost.cost.get(),
            input_tokens: cost.usage.input,
            output_tokens: cost.usage.output,
            cache_read_tokens: cost.usage.cache_read,
            cache_write_tokens: cost.usage.cache_write,
            first_token_ms: cost.first_token.map(ms),
            total_ms: ms(cost.total),
        }
    }
}

impl TurnShown {
    fn of(turn: &Turn, audit: &[Entry]) -> Self {
        let message = |id: MessageId, sender, content: String, author| MessageShown {
            id: id.to_string(),
            sender,
            content,
            created_at: turn.at.to_string(),
            author,
        };
        let (answer, is_reply) = (turn.answer.text(), turn.outcome == Outcome::Replied);
        let mut messages = Vec::new();
        if !is_reply {
            messages.push(message(turn.id, "visitor", turn.said.clone(), None));
        }
        if !answer.is_empty() {
            let (sender, author) = if is_reply { ("agent", author_of(turn.id, audit)) } else { ("assistant", None) };
            messages.push(message(turn.answer_id, sender, answer, author));
        }
        let proposal = |piece: &Piece| match piece {
            Piece::Proposal(id) => Some(id.to_string()),
            Piece::Text(_) | Piece::Tool(_) | Piece::Handoff => None,
        };
        Self {
            outcome: turn.outcome.as_str(),
            messages,
            tools: turn.cost.tools.clone(),
            proposals: turn.answer.pieces().iter().filter_map(proposal).collect(),
            handoff: turn.answer.pieces().contains(&Piece::Handoff),
            cost: (&turn.cost).into(),
        }
    }
}

/// Who wrote the answer `reply`, as the audit trail knows.
fn author_of(reply: MessageId, audit: &[Entry]) -> Option<String> {
    let reply = reply.to_string();
    let wrote = |entry: &&Entry| entry.altered.iter().any(|it| it.what == Field::Reply && it.to == reply);
    match &audit.iter().find(wrote)?.by {
        Actor::Person(person) => Some(person.to_string()),
        Actor::Assistant | Actor::Visitor => None,
    }
}

impl From<&Feedback> for FeedbackShown {
    fn from(feedback: &Feedback) -> Self {
        Self {
            rating: feedback.opinion.rating.stars(),
            comment: feedback.opinion.comment.to_string(),
            given_at: feedback.given_at.to_string(),
            changed_at: feedback.changed_at.to_string(),
        }
    }
}

/// All that belongs to a thread.
struct Said {
    turns: Vec<Turn>,
    escalations: Vec<Escalation>,
    handovers: Vec<Kept>,
    notes: Vec<InternalNote>,
    audit: Vec<Entry>,
}

impl Shown {
    fn of(conversation: &Conversation, feedback: Option<&Feedback>, said: &Said) -> Self {
        let origin = &conversation.origin;
        Self {
            id: conversation.id.to_string(),
            source: origin.source.as_str(),
            page_url: origin.page_url.to_string(),
            referrer: origin.referrer.to_string(),
            visitor_id: origin.visitor.to_string(),
            user_id: origin.user.to_string(),
            locale: origin.locale.to_string(),
            proven_email: conversation.proven.as_ref().and_then(Proof::mailbox).map(ToString::to_string),
            created_at: conversation.created_at.to_string(),
            active_at: conversation.active_at.to_string(),
            tokens: conversation.tokens,
            cost_micro_usd: conversation.cost.get(),
            feedback: feedback.map(FeedbackShown::from),
            contact_email: conversation.contact.as_ref().map(ToString::to_string),
            ticket: conversation.into(),
            turns: said.turns.iter().map(|turn| TurnShown::of(turn, &said.audit)).collect(),
            escalations: said.escalations.iter().map(EscalationShown::from).collect(),
            handover: said.handovers.last().map(HandoverShown::from),
            notes: said.notes.iter().map(NoteShown::from).collect(),
            audit: said.audit.iter().map(EntryShown::from).collect(),
        }
    }
}

pub(crate) async fn show(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let (id, store) = (path::<ConversationId>(call.request, "id")?, &call.services.store);
    let conversation = store.find_conversation(call.tenant, id).await?.ok_or_else(ApiError::not_found)?;
    let (feedback, turns, escalations, handovers, notes, audit) = tokio::try_join!(
        store.find_feedback(call.tenant, id),
        store.list_turns(call.tenant, id, None),
        store.list_escalations(call.tenant, id),
        store.list_handovers(call.tenant, id),
        store.list_notes(call.tenant, id),
        store.audit_of(call.tenant, id),
    )?;
    ok(&Shown::of(&conversation, feedback.as_ref(), &Said { turns, escalations, handovers, notes, audit }))
}
