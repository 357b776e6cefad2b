//! Verification: does this visitor read mail at this address?
//!
//! Six digits are mailed and typed back. Nothing here says whether an address has bookings, nor whether
//! a mail was sent: asking looks the same for every address.

use aws_lc_rs::hmac;
use jiff::tz::TimeZone;
use thiserror::Error;

use crate::app::tools::CODES_PER_HOUR;
use crate::domain::address::Email;
use crate::domain::code::{Attempt, Challenge};
use crate::domain::conversation::Conversation;
use crate::domain::event::{Event, Happening};
use crate::domain::id::{EventId, TenantId};
use crate::domain::secret::SecretHash;
use crate::ports::{Clock, Ids};
use crate::store::{Store, StoreError};

/// Everything this use case may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Conversations, counters and the outbox.
    pub store: &'a Store,
    /// The time.
    pub clock: &'a dyn Clock,
    /// New ids and secrets.
    pub ids: &'a dyn Ids,
    /// Makes the digits.
    pub link_key: &'a hmac::Key,
}

/// Why an answer proves nothing.
#[derive(Debug, Error)]
pub enum Error {
    /// The digits are wrong.
    #[error("the code is wrong")]
    Wrong,
    /// There is no code to answer, or it is too old, or it was tried too often.
    #[error("the code can no longer be used")]
    Spent,
    /// As the store says.
    #[error("the code cannot be checked")]
    Store(#[from] StoreError),
}

/// Mails a new code to `email`, in place of an older one. Does nothing visible when that address has had
/// its three of this hour.
///
/// # Errors
///
/// [`Error::Store`].
pub async fn ask(deps: Deps<'_>, tenant: TenantId, conversation: &Conversation, email: Email) -> Result<(), Error> {
    let now = deps.clock.now();
    let hour = now.to_zoned(TimeZone::UTC).strftime("%Y%m%d%H").to_string();
    let who = SecretHash::of(email.as_str().as_bytes());
    if !deps.store.count_in_window(tenant, "code", &who, &hour, CODES_PER_HOUR, now).await? {
        return Ok(());
    }
    let nonce = deps.ids.secret().first_chunk().copied().unwrap_or_default();
    let challenge = Challenge { email, nonce, sent_at: now, tries: 0 };
    let what = Happening::VerificationRequested(conversation.id);
    let event = Event { id: EventId::new(deps.ids.ulid(now)), tenant, at: now, what };
    Ok(deps.store.ask_for_proof(tenant, conversation.id, &challenge, &event).await?)
}

/// Takes the visitor's answer. A right one proves the address for this conversation; each wrong one counts.
///
/// # Errors
///
/// [`Error::Wrong`], or [`Error::Spent`] after five wrong answers or ten minutes.
pub async fn answer(
    deps: Deps<'_>,
    tenant: TenantId,
    conversation: &Conversation,
    digits: &str,
) -> Result<Email, Error> {
    let now = deps.clock.now();
    let challenge = conversation.challenge.as_ref().ok_or(Error::Spent)?;
    let code = challenge.code(deps.link_key, tenant, conversation.id);
    match challenge.judge(digits, &code, now) {
        Attempt::Spent => Err(Error::Spent),
        Attempt::Wrong => {
            deps.store.count_try(tenant, conversation.id, challenge).await?;
            Err(Error::Wrong)
        }
        // Another answer in between has used this one up: it proves nothing.
        Attempt::Right if deps.store.prove(tenant, conversation.id, challenge, now).await? => {
            Ok(challenge.email.clone())
        }
        Attempt::Right => Err(Error::Spent),
    }
}
