//! Verification: whose bookings may this visitor see and change?
//!
//! Six digits are mailed and typed back, or a confirmation code is given with its email; what each opens is
//! decided in [`crate::domain::proof`]. Nothing here says whether an address has bookings, nor whether a mail
//! was sent: asking looks the same for every address, in words and in what it costs. How often one session,
//! one network address and one email may ask is in `quota`.

use aws_lc_rs::hmac;
use thiserror::Error;

use crate::domain::address::Email;
use crate::domain::code::{Attempt, Challenge, ConfirmationCode};
use crate::domain::conversation::Conversation;
use crate::domain::event::{Event, Happening};
use crate::domain::id::{BookingId, EventId, TenantId};
use crate::domain::meter::Exceeded;
use crate::domain::proof::Proof;
use crate::ports::{Clock, Ids};
use crate::store::{Store, StoreError};

mod quota;

pub use quota::Asker;

/// How often an answer that was overtaken is judged anew. Each time somebody else has used up a try, or asked
/// for another code, and neither goes on for long.
const TRIES: usize = 32;

/// Everything this use case may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Conversations, bookings, counters and the outbox.
    pub store: &'a Store,
    /// The time.
    pub clock: &'a dyn Clock,
    /// New ids and secrets.
    pub ids: &'a dyn Ids,
    /// Makes the digits.
    pub link_key: &'a hmac::Key,
    /// Whether network addresses are counted; only the local runner ever turns this off.
    pub limits_addresses: bool,
}

/// Why nothing is proven.
#[derive(Debug, Error)]
pub enum Error {
    /// The digits, or the email with its confirmation code, are wrong.
    #[error("the code is wrong")]
    Wrong,
    /// There are no digits to answer, or they are too old, or were tried too often.
    #[error("the code can no longer be used")]
    Spent,
    /// This session or network address has tried too often.
    #[error("too many tries")]
    Limited(Exceeded),
    /// As the store says.
    #[error("the code cannot be checked")]
    Store(#[from] StoreError),
}

/// Mails a new code to `email`, in place of an older one. Does nothing visible when that address has had
/// its three of the last hour. What was proven before stays until the new code is answered.
///
/// # Errors
///
/// [`Error::Limited`] for a session or network address that asks too often; [`Error::Store`].
pub async fn ask(deps: Deps<'_>, tenant: TenantId, asker: Asker<'_>, email: Email) -> Result<(), Error> {
    let now = deps.clock.now();
    if !quota::may_mail(deps.store, tenant, asker, &email, now).await? {
        return Ok(());
    }
    let conversation = asker.conversation.id;
    let challenge = Challenge::new(email, deps.ids.secret(), now);
    let what = Happening::VerificationRequested(conversation);
    let event = Event { id: EventId::new(deps.ids.ulid(now)), tenant, at: now, what };
    Ok(deps.store.ask_for_proof(tenant, conversation, &challenge, &event).await?)
}

/// Takes the digits that a visitor types. Right ones prove the address for this conversation. Whoever is told
/// that they are wrong has used up a try: an answer that another one overtook is judged anew.
///
/// # Errors
///
/// [`Error::Wrong`], or [`Error::Spent`] after five wrong answers or ten minutes.
pub async fn answer(
    deps: Deps<'_>,
    tenant: TenantId,
    conversation: &Conversation,
    digits: &str,
) -> Result<Proof, Error> {
    let (id, now) = (conversation.id, deps.clock.now());
    let mut open = conversation.challenge.clone();
    for _ in 0..TRIES {
        let challenge = open.ok_or(Error::Spent)?;
        let code = challenge.code(deps.link_key, tenant, id);
        match challenge.judge(digits, &code, now) {
            Attempt::Spent => return Err(Error::Spent),
            Attempt::Wrong if deps.store.count_try(tenant, id, &challenge).await? => return Err(Error::Wrong),
            Attempt::Right if deps.store.prove(tenant, id, &challenge, now).await? => {
                return Ok(Proof::of_address(challenge.email));
            }
            Attempt::Wrong | Attempt::Right => {}
        }
        open = deps.store.find_conversation(tenant, id).await?.and_then(|conversation| conversation.challenge);
    }
    Err(StoreError::Throttled("a code is answered too often at once".into()).into())
}

/// Takes a confirmation code with its email, for the conversation of `asker`. Repeating it changes nothing.
///
/// # Errors
///
/// [`Error::Wrong`]; [`Error::Limited`] for a session, network address or email that was tried too often;
/// [`Error::Store`].
pub async fn show(deps: Deps<'_>, tenant: TenantId, asker: Asker<'_>, pair: Pair<'_>) -> Result<Proof, Error> {
    let now = deps.clock.now();
    let nobody = BookingId::new(deps.ids.ulid(now));
    let proof = shown(deps.store, tenant, asker, pair, nobody).await?;
    deps.store.keep_proof(tenant, asker.conversation.id, &proof, now).await?;
    Ok(proof)
}

/// A confirmation code with the email that it was told to, as a visitor gives them.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// The email.
    pub email: &'a Email,
    /// The code, as written.
    pub code: &'a str,
    /// When.
    pub at: jiff::Timestamp,
}

/// What the conversation of `asker` has proven once it showed `pair`; nothing is kept. An unknown code, one of
/// another address, one of another business and what is no code at all are refused alike. `nobody` is the id of
/// no booking.
///
/// # Errors
///
/// [`Error::Wrong`]; [`Error::Limited`] for a session, network address or email that was tried too often;
/// [`Error::Store`].
pub(crate) async fn shown(
    store: &Store,
    tenant: TenantId,
    asker: Asker<'_>,
    pair: Pair<'_>,
    nobody: BookingId,
) -> Result<Proof, Error> {
    quota::may_try(store, tenant, asker, pair.email, pair.at).await?;
    let code: ConfirmationCode = pair.code.parse().map_err(|_| Error::Wrong)?;
    let booking = store.find_booking_by_code(tenant, &code, nobody).await?;
    let booking = booking.filter(|booking| booking.customer.email == *pair.email).ok_or(Error::Wrong)?;
    Ok(Proof::of_booking(&booking).beside(asker.conversation.proven.as_ref()))
}

/// Claims that a code may be mailed to `email` now, and counts it.
///
/// # Errors
///
/// As [`ask`].
pub(crate) async fn may_mail(
    store: &Store,
    tenant: TenantId,
    asker: Asker<'_>,
    email: &Email,
    now: jiff::Timestamp,
) -> Result<bool, Error> {
    quota::may_mail(store, tenant, asker, email, now).await
}
