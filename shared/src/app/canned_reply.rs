//! Canned replies: kept by their owner, filled for the conversation that somebody replies to.

use jiff::{SignedDuration, Timestamp};

use super::business::{Deps, Error, settled};
use crate::domain::business::BusinessContext;
use crate::domain::canned_reply::{CannedReply, CannedReplyDraft, Filled, Variable};
use crate::domain::id::{CannedReplyId, ConversationId, TenantId};
use crate::domain::proof::Proof;
use crate::store::{Store, StoreError};

/// The most canned replies of one tenant.
pub const MOST: usize = 200;

/// How far back a customer's name is looked for among their bookings.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(400 * 24);

/// Who replies, where and when.
#[derive(Debug)]
pub struct Replying<'a> {
    /// The business.
    pub business: &'a BusinessContext,
    /// Whoever replies, as their token says.
    pub agent: Option<&'a str>,
    /// What they reply to.
    pub conversation: ConversationId,
    /// The present.
    pub now: Timestamp,
}

/// Adds a reply.
///
/// # Errors
///
/// [`Error::Invalid`] with every field that is refused; [`Error::TooMany`], [`Error::Store`].
pub async fn add(deps: Deps<'_>, tenant: TenantId, draft: &CannedReplyDraft) -> Result<CannedReply, Error> {
    let reply = draft.check(CannedReplyId::new(deps.ids.ulid(deps.clock.now())), 1)?;
    if MOST <= deps.store.list_canned_replies(tenant).await?.len() {
        return Err(Error::TooMany { most: MOST });
    }
    settled(deps.store.put_canned_reply(tenant, &reply, None).await?, reply)
}

/// Changes the reply of version `version`.
///
/// # Errors
///
/// [`Error::Invalid`] with every field that is refused; [`Error::Stale`], [`Error::Missing`], [`Error::Store`].
pub async fn change(
    deps: Deps<'_>,
    tenant: TenantId,
    (id, version): (CannedReplyId, u64),
    draft: &CannedReplyDraft,
) -> Result<CannedReply, Error> {
    let reply = draft.check(id, version + 1)?;
    settled(deps.store.put_canned_reply(tenant, &reply, Some(version)).await?, reply)
}

/// Removes the reply of version `version`.
///
/// # Errors
///
/// [`Error::Stale`], [`Error::Missing`], [`Error::Store`].
pub async fn remove(deps: Deps<'_>, tenant: TenantId, (id, version): (CannedReplyId, u64)) -> Result<(), Error> {
    settled(deps.store.delete_canned_reply(tenant, id, version).await?, ())
}

/// Fills a reply for a conversation; none when there is no such conversation.
///
/// # Errors
///
/// As every read: [`StoreError`].
pub async fn fill(store: &Store, reply: &CannedReply, replying: &Replying<'_>) -> Result<Option<Filled>, StoreError> {
    let Replying { business, agent, conversation, now } = *replying;
    let tenant = &business.tenant;
    let Some(conversation) = store.find_conversation(tenant.id, conversation).await? else { return Ok(None) };
    let proof = conversation.proven.as_ref();
    let name = match proof {
        Some(proof) if reply.text.as_str().contains(Variable::CustomerName.as_str()) => {
            name_of(store, tenant.id, proof, now).await?
        }
        _ => None,
    };
    Ok(Some(reply.fill(|variable| match variable {
        Variable::CustomerName => name.clone(),
        Variable::CustomerEmail => proof.map(|proof| proof.email().to_string()),
        Variable::AgentEmail => agent.map(str::to_owned),
        Variable::BusinessName => Some(tenant.name.to_string()),
        Variable::BusinessPhone => Some(tenant.contact.phone.to_string()),
        Variable::BusinessWebsite => Some(tenant.contact.website.to_string()),
        Variable::BusinessAddress => Some(tenant.contact.address.to_string()),
        Variable::Today => Some(now.to_zoned(tenant.timezone.clone()).date().to_string()),
    })))
}

/// What a customer called themselves in the last booking that their proof opens.
async fn name_of(store: &Store, tenant: TenantId, proof: &Proof, now: Timestamp) -> Result<Option<String>, StoreError> {
    let bookings = store.list_bookings_of(tenant, proof.email(), now - REMEMBERED).await?;
    let last = bookings.iter().filter(|booking| proof.opens(booking)).max_by_key(|booking| booking.created_at);
    Ok(last.map(|booking| booking.customer.name.to_string()))
}
