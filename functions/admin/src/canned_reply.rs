//! `/v1/admin/canned-replies`: what the team says often; filled for a conversation where one is named.

use lambda_http::{Body, Response};
use serde::{Deserialize, Serialize};
use shared::app::canned_reply::{self, Replying};
use shared::domain::canned_reply::{CannedReply, CannedReplyDraft, Filled, Variable};
use shared::domain::id::{CannedReplyId, ConversationId};
use shared::http::problem::ApiError;
use shared::http::request::{json, merged, parsed_query, path};
use shared::http::respond::{created, no_content, ok};

use crate::Page;
use crate::caller::Call;
use crate::refusal::refused;

/// A reply as its owner writes it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    title: String,
    text: String,
}

/// A reply as it is.
#[derive(Serialize)]
struct Shown {
    id: String,
    #[serde(flatten)]
    reply: Sent,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    filled: Option<FilledShown>,
}

/// A reply for one conversation.
#[derive(Serialize)]
struct FilledShown {
    text: String,
    /// Places that nothing is known for; they stand in the text as they were written.
    missing: Vec<&'static str>,
}

impl From<&CannedReply> for Sent {
    fn from(reply: &CannedReply) -> Self {
        Self { title: reply.title.to_string(), text: reply.text.to_string() }
    }
}

impl From<&CannedReply> for Shown {
    fn from(reply: &CannedReply) -> Self {
        Self { id: reply.id.to_string(), reply: reply.into(), version: reply.version, filled: None }
    }
}

impl From<Filled> for FilledShown {
    fn from(filled: Filled) -> Self {
        Self { text: filled.text, missing: filled.missing.into_iter().map(Variable::as_str).collect() }
    }
}

impl From<Sent> for CannedReplyDraft {
    fn from(sent: Sent) -> Self {
        Self { title: sent.title, text: sent.text }
    }
}

pub(crate) async fn list(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let replies = call.services.store.list_canned_replies(call.tenant).await?;
    ok(&replies.iter().map(Shown::from).collect::<Page<_>>())
}

pub(crate) async fn show(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let reply = find(call).await?;
    let mut shown = Shown::from(&reply);
    if let Some(conversation) = parsed_query::<ConversationId>(call.request, "conversation")? {
        let business = call.business().await?;
        let agent = call.person.email.as_ref().map(ToString::to_string);
        let replying = Replying { business: &business, agent: agent.as_deref(), conversation, now: call.now };
        let filled = canned_reply::fill(&call.services.store, &reply, &replying).await?;
        shown.filled = Some(filled.ok_or_else(ApiError::not_found)?.into());
    }
    ok(&shown)
}

pub(crate) async fn add(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let sent: Sent = json(call.request)?;
    let reply = canned_reply::add(call.deps(), call.tenant, &sent.into()).await.map_err(refused)?;
    created(&Shown::from(&reply))
}

pub(crate) async fn change(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let before = find(call).await?;
    let version = call.based_on(before.version)?;
    let sent: Sent = merged(call.request, &Sent::from(&before))?;
    let changed = canned_reply::change(call.deps(), call.tenant, (before.id, version), &sent.into()).await;
    ok(&Shown::from(&changed.map_err(refused)?))
}

pub(crate) async fn remove(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let before = find(call).await?;
    let version = call.based_on(before.version)?;
    canned_reply::remove(call.deps(), call.tenant, (before.id, version)).await.map_err(refused)?;
    Ok(no_content())
}

async fn find(call: &Call<'_>) -> Result<CannedReply, ApiError> {
    let id = path::<CannedReplyId>(call.request, "id")?;
    call.services.store.find_canned_reply(call.tenant, id).await?.ok_or_else(ApiError::not_found)
}
