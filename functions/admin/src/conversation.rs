//! `/v1/admin/conversations/{id}`: one whole thread, with what it cost.

use std::time::Duration;

use lambda_http::{Body, Response};
use serde::Serialize;
use shared::domain::conversation::Conversation;
use shared::domain::feedback::Feedback;
use shared::domain::id::ConversationId;
use shared::domain::ledger::TurnCost;
use shared::domain::message::{Piece, Turn};
use shared::domain::proof::Proof;
use shared::http::problem::ApiError;
use shared::http::request::path;
use shared::http::respond::ok;

use crate::caller::Call;

/// A conversation with all its turns, oldest first.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: String,
    status: &'static str,
    mode: &'static str,
    escalated: bool,
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
    turns: Vec<TurnShown>,
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
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CostShown {
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

impl From<&Turn> for TurnShown {
    fn from(turn: &Turn) -> Self {
        let created_at = turn.at.to_string();
        let answer = turn.answer.text();
        let mut messages = vec![MessageShown {
            id: turn.id.to_string(),
            sender: "visitor",
            content: turn.said.clone(),
            created_at: created_at.clone(),
        }];
        if !answer.is_empty() {
            messages.push(MessageShown {
                id: turn.answer_id.to_string(),
                sender: "assistant",
                content: answer,
                created_at,
            });
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

impl Shown {
    fn of(conversation: &Conversation, feedback: Option<&Feedback>, turns: &[Turn]) -> Self {
        let origin = &conversation.origin;
        Self {
            id: conversation.id.to_string(),
            status: conversation.status.as_str(),
            mode: conversation.mode.as_str(),
            escalated: conversation.is_escalated,
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
            turns: turns.iter().map(TurnShown::from).collect(),
        }
    }
}

pub(crate) async fn show(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let (id, store) = (path::<ConversationId>(call.request, "id")?, &call.services.store);
    let conversation = store.find_conversation(call.tenant, id).await?.ok_or_else(ApiError::not_found)?;
    let (feedback, turns) = tokio::join!(store.find_feedback(call.tenant, id), store.list_turns(call.tenant, id, None));
    ok(&Shown::of(&conversation, feedback?.as_ref(), &turns?))
}
