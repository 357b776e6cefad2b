//! Replay: the answer of a turn that was kept before, for a client that was cut off or asks twice.
//! Never asks the model and never has an effect.

use std::time::Duration;

use super::{Deps, Error, Heard, Shown};
use crate::domain::id::{ConversationId, TenantId};
use crate::domain::message::{Piece, Turn};
use crate::domain::proposal::Proposal;

/// How often the store is asked for an answer that is made elsewhere.
const PAUSE: Duration = Duration::from_millis(250);

/// A kept answer, as far as the client has not seen it.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// What the client has missed.
    pub missed: Vec<Heard>,
    /// The turn's proposals, in order, as they stand now.
    pub proposals: Vec<Proposal>,
}

/// What a client has missed of `turn` that has seen everything up to `place`.
///
/// # Errors
///
/// [`Error::Store`] when a proposal cannot be read.
pub async fn replay(
    deps: Deps<'_>,
    tenant: TenantId,
    conversation: ConversationId,
    turn: &Turn,
    place: u64,
) -> Result<Replayed, Error> {
    let mut proposals = Vec::new();
    for piece in turn.answer.pieces() {
        if let Piece::Proposal(id) = piece
            && let Some(proposal) = deps.store.find_proposal(tenant, conversation, *id).await?
        {
            proposals.push(proposal);
        }
    }
    let shown = |piece| match piece {
        Piece::Text(text) => Some(Shown::Text(text)),
        Piece::Tool(name) => Some(Shown::Tool(name)),
        Piece::Handoff => Some(Shown::Handoff),
        Piece::Proposal(id) => {
            proposals.iter().find(|proposal| proposal.id == id).map(|found| Shown::Proposal(Box::new(found.clone())))
        }
    };
    let missed = turn.answer.after(place).into_iter();
    let missed = missed.filter_map(|placed| Some(Heard { place: placed.place, shown: shown(placed.piece)? })).collect();
    Ok(Replayed { missed, proposals })
}

/// Waits until the turn with `key` is kept, at most `patience`; none: it is still not there.
///
/// # Errors
///
/// [`Error::Store`] when the conversation cannot be read.
pub async fn wait_for(
    deps: Deps<'_>,
    tenant: TenantId,
    conversation: ConversationId,
    key: &str,
    patience: Duration,
) -> Result<Option<Turn>, Error> {
    let until = tokio::time::Instant::now() + patience;
    loop {
        let found = deps.store.find_turn(tenant, conversation, key).await?;
        if found.is_some() {
            return Ok(found);
        }
        if until <= tokio::time::Instant::now() {
            return Ok(None);
        }
        tokio::time::sleep(PAUSE).await;
    }
}
