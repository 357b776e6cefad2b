//! Sessions: begin a conversation, read what was said, end it.

use std::net::IpAddr;

use thiserror::Error;

use crate::app::context::{ContextError, Contexts};
use crate::domain::business::BusinessContext;
use crate::domain::conversation::{Conversation, Origin, SessionRefused};
use crate::domain::id::{ConversationId, MessageId, TenantId};
use crate::domain::message::Turn;
use crate::domain::meter::{Exceeded, Per, Rate};
use crate::domain::secret::{SecretHash, SessionId};
use crate::ports::{Clock, Ids};
use crate::store::{Store, StoreError};

/// Everything these use cases may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Conversations.
    pub store: &'a Store,
    /// Remembered business contexts.
    pub contexts: &'a Contexts,
    /// The time.
    pub clock: &'a dyn Clock,
    /// New ids and secrets.
    pub ids: &'a dyn Ids,
    /// Whether network addresses are counted; only the local runner ever turns this off.
    pub limits_addresses: bool,
}

/// Why a session cannot be used.
#[derive(Debug, Error)]
pub enum Error {
    /// The tenant key opens nothing.
    #[error(transparent)]
    Context(#[from] ContextError),
    /// The session is unknown, foreign or expired.
    #[error(transparent)]
    Session(#[from] SessionRefused),
    /// Too many conversations were begun, by this network or with this business.
    #[error("too many conversations are begun")]
    Limited(Exceeded),
    /// As the store says.
    #[error("the conversation cannot be read or kept")]
    Store(#[from] StoreError),
}

/// Begins a conversation and gives its session id, which is told only this once. Of one network as many begin in a
/// minute as messages may be sent, and of one business as many in an hour: each is a row that nobody may ever use.
///
/// # Errors
///
/// [`Error::Limited`], [`Error::Store`].
pub async fn begin(
    deps: Deps<'_>,
    business: &BusinessContext,
    origin: Origin,
    address: Option<IpAddr>,
) -> Result<SessionId, Error> {
    let now = deps.clock.now();
    let (tenant, limits) = (business.tenant.id, &business.tenant.limits);
    if let Some(address) = address.filter(|_| deps.limits_addresses) {
        // The network first: one that is refused uses up nothing of what all others may begin.
        let rate = Rate { what: "session", most: limits.messages_per_minute_and_ip, per: Per::Minute };
        let who = SecretHash::of(address.to_string().as_bytes());
        deps.store.count_at(tenant, &rate, &who, now).await?.map_err(Error::Limited)?;
    }
    let rate = Rate { what: "sessions", most: limits.messages_per_hour, per: Per::Hour };
    let who = SecretHash::of(tenant.to_string().as_bytes());
    deps.store.count_at(tenant, &rate, &who, now).await?.map_err(Error::Limited)?;
    let session = SessionId::new(ConversationId::new(deps.ids.ulid(now)), deps.ids.secret());
    deps.store.begin_conversation(tenant, &Conversation::begin(&session, origin, now)).await?;
    Ok(session)
}

/// The conversation that `session` opens.
///
/// # Errors
///
/// [`Error::Session`] alike for a session that is unknown, another tenant's, or expired.
pub async fn admit(deps: Deps<'_>, tenant: TenantId, session: &SessionId) -> Result<Conversation, Error> {
    let found = deps.store.find_conversation(tenant, session.conversation()).await?.ok_or(SessionRefused)?;
    found.admit(session, deps.clock.now())?;
    Ok(found)
}

/// What was said after the message `after`; all of it when there is none.
///
/// # Errors
///
/// As [`admit`].
pub async fn messages(
    deps: Deps<'_>,
    tenant: TenantId,
    session: &SessionId,
    after: Option<MessageId>,
) -> Result<(Conversation, Vec<Turn>), Error> {
    let id = session.conversation();
    let (conversation, turns) = tokio::join!(admit(deps, tenant, session), deps.store.list_turns(tenant, id, None));
    let conversation = conversation?;
    let mut turns = turns?;
    if let Some(after) = after {
        turns.retain(|turn| after < turn.answer_id);
    }
    Ok((conversation, turns))
}

/// Ends the conversation: the visitor closed it. Repeating changes nothing.
///
/// # Errors
///
/// As [`admit`].
pub async fn end(deps: Deps<'_>, tenant: TenantId, session: &SessionId) -> Result<(), Error> {
    admit(deps, tenant, session).await?;
    Ok(deps.store.end_conversation(tenant, session.conversation(), deps.clock.now()).await?)
}

/// Notes that the visitor has read up to `message`. Repeating changes nothing.
///
/// # Errors
///
/// As [`admit`].
pub async fn read_up_to(
    deps: Deps<'_>,
    tenant: TenantId,
    session: &SessionId,
    message: MessageId,
) -> Result<(), Error> {
    admit(deps, tenant, session).await?;
    Ok(deps.store.note_read(tenant, session.conversation(), message).await?)
}

/// What a visitor can tap instead of typing, in the tenant's language; nothing beside a card to confirm.
#[must_use]
pub fn quick_replies(business: &BusinessContext, has_card: bool) -> Vec<String> {
    let language: String = business.tenant.locale.as_str().chars().take(2).collect();
    let replies = match language.as_str() {
        _ if has_card => return Vec::new(),
        "de" => ["Was kann ich buchen?", "Wann haben Sie geöffnet?", "Mit einem Menschen sprechen"],
        "es" => ["¿Qué puedo reservar?", "¿Cuál es vuestro horario?", "Hablar con una persona"],
        "fr" => ["Que puis-je réserver ?", "Quels sont vos horaires ?", "Parler à quelqu'un"],
        _ => ["What can I book?", "When are you open?", "Talk to a person"],
    };
    replies.map(str::to_owned).to_vec()
}
