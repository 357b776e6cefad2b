//! Admission: may this turn begin, and what does it need to know? One round trip when warm.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Ask, Begun, Deps, Error, Footing, Fresh};
use crate::app::context::{BusinessContext, Stamped};
use crate::domain::conversation::{Conversation, Mode, SessionRefused};
use crate::domain::id::{ConversationId, MessageId};
use crate::domain::ledger::worst_case;
use crate::domain::message::words;
use crate::domain::meter::Barred;
use crate::domain::money::MicroUsd;
use crate::domain::secret::SessionId;
use crate::ports::metric::Metric;
use crate::ports::trace;
use crate::store::conversation::Thread;
use crate::store::meter::{Admitted, Ask as MeterAsk};
use crate::store::{Store, StoreError};

/// The most model calls of one turn.
pub(super) const ROUNDS: u32 = 6;

/// The most tokens that a prompt is reckoned at for the reservation.
const MAX_PROMPT_TOKENS: u64 = 24_000;

/// Admits a turn: checks the key, the session and the limits, and reads the conversation.
///
/// # Errors
///
/// As [`enum@Error`] says. A refused turn has counted against the limits and reserves nothing.
pub async fn begin(deps: Deps<'_>, ask: Ask) -> Result<Begun, Error> {
    let now = deps.clock.now();
    let said = words(&ask.message)?;
    let Stamped { context: business, stamp } = deps.contexts.of_key(deps.store, &ask.key, now).await?;
    let id = MessageId::new(deps.ids.ulid(now));
    let is_new = ask.session.is_none();
    let session = match ask.session {
        Some(session) => session,
        None => SessionId::new(ConversationId::new(deps.ids.ulid(now)), deps.ids.secret()),
    };
    trace::of_conversation(session.conversation());
    let key = turn_key(session.conversation(), ask.client_id.as_deref(), id);
    let address = ask.address.as_deref().filter(|_| deps.limits_addresses).map(short_hash);
    let tenant = business.tenant.id;

    let admission = admit(deps.store, &business, &key, address.as_deref(), now);
    let reading =
        async { if is_new { Ok(None) } else { deps.store.find_thread(tenant, session.conversation()).await } };
    let (admission, thread) = tokio::join!(admission, reading);

    let admission = admission?;
    let checked = match thread {
        Ok(found) => check(found, &session, &ask.origin, is_new, now),
        Err(error) => Err(error.into()),
    };
    let thread = match (checked, &admission) {
        (Ok(thread), _) => thread,
        (Err(error), Ok((admitted, _))) => return refuse(deps.store, &business, admitted, error).await,
        (Err(error), Err(_)) => return Err(error),
    };
    let stored = thread.turns.iter().rev().find(|turn| turn.key == key).cloned();
    let (admitted, is_over_spend) = match admission {
        Ok(admitted) => admitted,
        Err(Barred::InProgress) => {
            return Ok(match stored {
                Some(turn) => Begun::Stored { session, turn: Box::new(turn) },
                None => Begun::Elsewhere { session, key },
            });
        }
        Err(Barred::ByAddress(exceeded) | Barred::ByTenant(exceeded)) => {
            deps.metrics.count(Metric::LimitHit);
            return Err(Error::Limited(exceeded));
        }
        Err(Barred::BySpend) => return Err(StoreError::Bug("a spend limit barred a free turn".into()).into()),
    };
    if let Some(turn) = stored {
        deps.store.release_turn(tenant, &admitted).await?;
        return Ok(Begun::Stored { session, turn: Box::new(turn) });
    }
    if thread.conversation.remembers(&key) {
        // Answered longer ago than the one read goes back.
        deps.store.release_turn(tenant, &admitted).await?;
        return Ok(match deps.store.find_turn(tenant, session.conversation(), &key).await? {
            Some(turn) => Begun::Stored { session, turn: Box::new(turn) },
            None => Begun::Elsewhere { session, key },
        });
    }
    let business = if admitted.context == stamp {
        business
    } else {
        match deps.contexts.refreshed(deps.store, &ask.key, now).await {
            Ok(refreshed) => refreshed.context,
            Err(error) => return refuse(deps.store, &business, &admitted, error.into()).await,
        }
    };
    let footing = match thread.conversation.mode {
        Mode::Assistant if is_over_spend => {
            deps.metrics.count(Metric::LimitHit);
            Footing::OverSpend
        }
        Mode::Assistant => Footing::Assistant,
        Mode::Waiting | Mode::Active => Footing::Person,
        Mode::Ended => return refuse(deps.store, &business, &admitted, Error::Ended).await,
    };
    Ok(Begun::Fresh(Box::new(Fresh {
        session,
        business,
        thread,
        is_new,
        id,
        key,
        said,
        at: now,
        address,
        admitted,
        footing,
    })))
}

/// Counts the turn and reserves its worst case; when the spend limit is in the way, counts it without.
async fn admit(
    store: &Store,
    business: &BusinessContext,
    key: &str,
    address: Option<&str>,
    now: jiff::Timestamp,
) -> Result<Result<(Admitted, bool), Barred>, StoreError> {
    let tenant = &business.tenant;
    let settings = &tenant.assistant;
    // A model without a price is never asked. One call more than there are rounds may shorten the history.
    let calls = ROUNDS + 1;
    let amount =
        worst_case(settings.model.as_str(), MAX_PROMPT_TOKENS, u64::from(settings.max_tokens), calls, now).ok();
    let ask = MeterAsk { turn: key, address, limits: tenant.limits, amount: amount.unwrap_or(MicroUsd::ZERO), now };
    match store.admit_turn(tenant.id, &ask).await? {
        Err(Barred::BySpend) => {
            let free = MeterAsk { amount: MicroUsd::ZERO, ..ask };
            Ok(store.admit_turn(tenant.id, &free).await?.map(|admitted| (admitted, true)))
        }
        admission => Ok(admission.map(|admitted| (admitted, amount.is_none()))),
    }
}

fn check(
    found: Option<Thread>,
    session: &SessionId,
    origin: &crate::domain::conversation::Origin,
    is_new: bool,
    now: jiff::Timestamp,
) -> Result<Thread, Error> {
    match found {
        None if is_new => {
            let conversation = Conversation::begin(session, origin.clone(), now);
            Ok(Thread { conversation, summary: None, turns: Vec::new() })
        }
        None => Err(SessionRefused.into()),
        Some(thread) => {
            thread.conversation.admit(session, now)?;
            Ok(thread)
        }
    }
}

/// Gives the reservation back and passes the refusal on.
async fn refuse(store: &Store, business: &BusinessContext, admitted: &Admitted, error: Error) -> Result<Begun, Error> {
    store.release_turn(business.tenant.id, admitted).await?;
    Err(error)
}

/// What a repetition of the same message has in common with the first.
fn turn_key(conversation: ConversationId, client_id: Option<&str>, id: MessageId) -> String {
    match client_id {
        Some(client_id) => short_hash(&format!("{conversation}\0{client_id}")),
        None => id.to_string(),
    }
}

/// 16 characters that stand for `text` and do not show it.
#[must_use]
pub fn short_hash(text: &str) -> String {
    let hash = digest(&SHA256, text.as_bytes());
    let (short, _) = hash.as_ref().split_at(12);
    URL_SAFE_NO_PAD.encode(short)
}
