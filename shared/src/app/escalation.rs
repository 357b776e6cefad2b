//! Escalation: a visitor asks for a person by the widget's own button.

use jiff::SignedDuration;
use thiserror::Error;

use crate::app::session;
use crate::domain::address::Email;
use crate::domain::business::BusinessContext;
use crate::domain::escalation::{Escalation, MOST_OPEN, Source};
use crate::domain::event::{Event, Happening};
use crate::domain::id::{EscalationId, EventId};
use crate::domain::meter::{Exceeded, Quota};
use crate::domain::proof::Proof;
use crate::domain::secret::{SecretHash, SessionId};
use crate::store::StoreError;

/// How often an hour one session may ask. The limit stops noise, never a person in need: the request
/// that is there already stays.
pub const PER_SESSION: Quota = Quota { what: "escalation", most: 3, span: SignedDuration::from_hours(1) };

/// How often a request is tried whose ticket people change at the same time.
const TRIES: u32 = 4;

/// What a visitor sends.
#[derive(Debug, Clone)]
pub struct Wish<'a> {
    /// The visitor's session.
    pub session: &'a SessionId,
    /// Their words, if they gave any.
    pub reason: Option<&'a str>,
    /// Where they want to be answered, if not in the chat.
    pub email: Option<Email>,
}

/// Why a request is not taken.
#[derive(Debug, Error)]
pub enum Error {
    /// As for every use of a session.
    #[error(transparent)]
    Session(#[from] session::Error),
    /// The request is with the team already.
    #[error("the request is with the team already")]
    Limited(Exceeded),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Session(error.into())
    }
}

/// Asks for a person: keeps the request, opens the ticket and tells the team, in one transaction.
///
/// # Errors
///
/// [`Error::Limited`] for the fourth request of an hour, and while [`MOST_OPEN`] are open.
pub async fn ask(deps: session::Deps<'_>, business: &BusinessContext, wish: Wish<'_>) -> Result<EscalationId, Error> {
    let (tenant, now) = (business.tenant.id, deps.clock.now());
    let Wish { session, reason, email } = wish;
    let mut conversation = session::admit(deps, tenant, session).await?;
    let who = SecretHash::of(conversation.id.to_string().as_bytes());
    deps.store.count_within(tenant, &PER_SESSION, &who, now).await?.map_err(Error::Limited)?;
    let id = EscalationId::new(deps.ids.ulid(now));
    let proven = conversation.proven.as_ref().and_then(Proof::mailbox).cloned();
    let asked = Escalation::new(id, Source::Button, now).because(reason.unwrap_or_default());
    let escalation = asked.reachable_at(email.or(proven));
    let what = Happening::EscalationRequested(conversation.id, id);
    let event = Event { id: EventId::new(deps.ids.ulid(now)), tenant, at: now, what };
    for _ in 0..TRIES {
        if MOST_OPEN <= conversation.requests.len() {
            return Err(Error::Limited(PER_SESSION.exceeded(now, now)));
        }
        if deps.store.keep_escalation(tenant, &conversation, &escalation, &event).await? {
            return Ok(id);
        }
        if deps.store.find_escalation(tenant, conversation.id, id).await?.is_some() {
            // It was kept, and only the answer was lost.
            return Ok(id);
        }
        conversation = session::admit(deps, tenant, session).await?;
    }
    Err(StoreError::Throttled("the ticket moves all the time".into()).into())
}
