//! Feedback: a visitor rates their conversation, while it goes on or after its end.
//!
//! What a rating is and when another takes its place is decided in [`crate::domain::feedback`]. Nobody is told of
//! it by an event: it is there to be read and to be counted.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use crate::domain::conversation::SessionRefused;
use crate::domain::feedback::{Feedback, Opinion, TooLate};
use crate::domain::id::TenantId;
use crate::domain::meter::{Exceeded, Quota};
use crate::domain::secret::{SecretHash, SessionId};
use crate::ports::Clock;
use crate::ports::metric::{Metric, Metrics};
use crate::store::{Store, StoreError};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Opinions that one session gives.
pub const PER_SESSION: Quota = Quota { what: "feedback-session", most: 10, span: HOUR };
/// Opinions that one network address gives, in whatever sessions.
pub const PER_ADDRESS: Quota = Quota { what: "feedback-address", most: 10, span: HOUR };

/// How often an opinion that was overtaken is judged anew. Each time another one of the same session has been kept,
/// and those are few.
const TRIES: usize = 16;

/// Everything this use case may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Conversations with their feedback, and counters.
    pub store: &'a Store,
    /// The time.
    pub clock: &'a dyn Clock,
    /// What is rated, counted.
    pub metrics: &'a dyn Metrics,
    /// Whether network addresses are counted; only the local runner ever turns this off.
    pub limits_addresses: bool,
}

/// What somebody sends.
#[derive(Debug)]
pub struct Given {
    /// Opens the conversation that is rated.
    pub session: SessionId,
    /// What they say of it.
    pub opinion: Opinion,
    /// Where they call from, if the gateway says so.
    pub address: Option<IpAddr>,
}

/// Why an opinion is not taken.
#[derive(Debug, Error)]
pub enum Error {
    /// The session is unknown, foreign or expired.
    #[error(transparent)]
    Session(#[from] SessionRefused),
    /// Another opinion has stood for too long.
    #[error(transparent)]
    TooLate(#[from] TooLate),
    /// This session or network address has given too many.
    #[error("too many opinions")]
    Limited(Exceeded),
    /// As the store says.
    #[error("the feedback cannot be read or kept")]
    Store(#[from] StoreError),
}

/// Keeps what a visitor says of their conversation, in place of what they said before. The same again changes
/// nothing and counts towards no limit: its first answer may have been lost on the way.
///
/// # Errors
///
/// [`Error::Session`] alike for a session that is unknown, another tenant's, or expired; [`Error::TooLate`] for
/// another opinion a day after the first; [`Error::Limited`]; [`Error::Store`].
pub async fn give(deps: Deps<'_>, tenant: TenantId, given: &Given) -> Result<(), Error> {
    let (id, now) = (given.session.conversation(), deps.clock.now());
    let mut standing = standing(deps, tenant, &given.session, now).await?;
    if Feedback::after(standing.as_ref(), &given.opinion, now)?.is_some() {
        count(deps, tenant, given, now).await?;
    }
    for _ in 0..TRIES {
        let Some(next) = Feedback::after(standing.as_ref(), &given.opinion, now)? else { return Ok(()) };
        if deps.store.keep_feedback(tenant, id, standing.as_ref(), &next).await? {
            if standing.is_none() {
                deps.metrics.put(&[(Metric::FeedbackStars, next.opinion.rating.stars().into())]);
            }
            return Ok(());
        }
        standing = self::standing(deps, tenant, &given.session, now).await?;
    }
    Err(StoreError::Throttled("a conversation is rated too often at once".into()).into())
}

/// What stands on the conversation that `session` opens.
async fn standing(
    deps: Deps<'_>,
    tenant: TenantId,
    session: &SessionId,
    now: Timestamp,
) -> Result<Option<Feedback>, Error> {
    let id = session.conversation();
    let (conversation, feedback) =
        tokio::join!(deps.store.find_conversation(tenant, id), deps.store.find_feedback(tenant, id));
    conversation?.ok_or(SessionRefused)?.admit(session, now)?;
    Ok(feedback?)
}

/// Counts one more opinion, unless that would be one too many.
async fn count(deps: Deps<'_>, tenant: TenantId, given: &Given, now: Timestamp) -> Result<(), Error> {
    let hashed = |text: String| SecretHash::of(text.as_bytes());
    let session = hashed(given.session.conversation().to_string());
    deps.store.count_within(tenant, &PER_SESSION, &session, now).await?.map_err(Error::Limited)?;
    let Some(address) = given.address.filter(|_| deps.limits_addresses) else { return Ok(()) };
    let address = hashed(address.to_string());
    deps.store.count_within(tenant, &PER_ADDRESS, &address, now).await?.map_err(Error::Limited)
}
