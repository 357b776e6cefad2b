//! Tickets: people of a business change them, take them from the assistant, give them back, and answer.
//!
//! Every change is written with its entry of the audit trail in one transaction, at the version it is based on.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use thiserror::Error;

use super::business::Deps;
use crate::domain::audit::{Actor, Entry};
use crate::domain::conversation::Conversation;
use crate::domain::event::{Event, Happening};
use crate::domain::id::{AuditId, ConversationId, EventId, MessageId, NoteId, TenantId};
use crate::domain::message::{InvalidMessage, Turn, words};
use crate::domain::text::{Line, Note};
use crate::domain::ticket::{InternalNote, Moved, PersonId, Refused, Wish};
use crate::store::StoreError;
use crate::store::ticket::{TicketWrite, TicketWritten};

/// How often a change is tried while the visitor asks for a person, and an answer while others change the ticket.
const TRIES: u32 = 4;

/// Who changes which ticket of which business, and as of which version.
#[derive(Debug, Clone)]
pub struct Of<'a> {
    /// The business of both.
    pub tenant: TenantId,
    /// The ticket.
    pub id: ConversationId,
    /// The person.
    pub person: &'a PersonId,
    /// What they have seen.
    pub version: u64,
}

/// An answer to a visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The words, as sent.
    pub message: String,
    /// The client's own id of it, by which a repetition is known.
    pub client_id: Line<100>,
}

/// An answer that was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// As a message of the thread.
    pub reply: Turn,
    /// Whether it goes out by mail too.
    pub is_mailed: bool,
}

/// Why a ticket is not changed.
#[derive(Debug, Error)]
pub enum Error {
    /// There is none.
    #[error("there is no such conversation")]
    Missing,
    /// Somebody changed it since.
    #[error("the ticket has changed")]
    Stale,
    /// The rules do not allow it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The answer cannot be taken.
    #[error(transparent)]
    Message(#[from] InvalidMessage),
    /// As the store says.
    #[error("the ticket cannot be read or kept")]
    Store(#[from] StoreError),
}

/// Changes the ticket as `wish` makes of it, with a note if there is one. A wish that changes nothing is kept as it is.
///
/// # Errors
///
/// [`Error::Stale`] for another version than the ticket has; [`Error::Refused`], [`Error::Missing`], [`Error::Store`].
pub async fn change(deps: Deps<'_>, of: &Of<'_>, wish: Wish, note: Note<4000>) -> Result<Conversation, Error> {
    let now = deps.clock.now();
    let note = (!note.is_empty()).then(|| InternalNote {
        id: NoteId::new(deps.ids.ulid(now)),
        author: of.person.clone(),
        at: now,
        text: note,
    });
    let make = |before: &Conversation| {
        let mut moved = before.changed(wish.clone())?;
        if let Some(note) = &note {
            moved = moved.with_note(note.id);
            // A note is a change too, so that the same request is never taken twice.
            moved.after.version = before.version + 1;
        }
        Ok(moved)
    };
    write(deps, of, make, note.as_ref()).await
}

/// Takes the conversation: the assistant is silent from here on.
///
/// # Errors
///
/// As [`change`].
pub async fn take(deps: Deps<'_>, of: &Of<'_>) -> Result<Conversation, Error> {
    write(deps, of, |before| before.taken_by(of.person.clone()), None).await
}

/// Gives the conversation back to the assistant.
///
/// # Errors
///
/// As [`change`].
pub async fn give_back(deps: Deps<'_>, of: &Of<'_>) -> Result<Conversation, Error> {
    write(deps, of, Conversation::given_back, None).await
}

/// Answers the visitor, and takes the conversation unless a person has it. Where the visitor has left and gave an
/// address, the answer is mailed as well. Repeating it under the same client id changes nothing, however late.
///
/// # Errors
///
/// [`Error::Message`], [`Error::Missing`], [`Error::Store`].
pub async fn answer(
    deps: Deps<'_>,
    (tenant, id, person): (TenantId, ConversationId, &PersonId),
    answer: &Answer,
) -> Result<Answered, Error> {
    let said = words(&answer.message)?;
    let key = key_of(person, answer);
    for _ in 0..TRIES {
        let now = deps.clock.now();
        let before = deps.store.find_conversation(tenant, id).await?.ok_or(Error::Missing)?;
        let reply = Turn::of_person(MessageId::new(deps.ids.ulid(now)), key.clone(), said.clone(), now);
        let moved = before.answered_by(person.clone())?.with_reply(reply.id);
        let is_mailed = before.is_left(now) && before.mailbox().is_some();
        let event = is_mailed.then(|| Event {
            id: EventId::new(deps.ids.ulid(now)),
            tenant,
            at: now,
            what: Happening::ConversationReplied(id, reply.id),
        });
        let entry = entry(deps, (id, person), &moved, now);
        let write = TicketWrite {
            before: &before,
            after: &moved.after,
            entry: &entry,
            note: None,
            reply: Some(&reply),
            event: event.as_ref(),
        };
        match deps.store.write_ticket(tenant, &write).await? {
            TicketWritten::Done => return Ok(Answered { reply, is_mailed }),
            TicketWritten::Sent => return sent(deps, tenant, id, &key).await,
            TicketWritten::Stale => {}
        }
    }
    Err(StoreError::Throttled("the ticket moves all the time".into()).into())
}

/// The answer that was kept under `key` before.
async fn sent(deps: Deps<'_>, tenant: TenantId, id: ConversationId, key: &str) -> Result<Answered, Error> {
    let lost = || StoreError::Throttled("the answer is being kept".into());
    let message = deps.store.find_sent(tenant, id, key).await?.ok_or_else(lost)?;
    let reply = deps.store.find_message(tenant, id, message).await?.ok_or_else(lost)?;
    Ok(Answered { reply, is_mailed: false })
}

async fn load(deps: Deps<'_>, of: &Of<'_>) -> Result<Conversation, Error> {
    let found = deps.store.find_conversation(of.tenant, of.id).await?.ok_or(Error::Missing)?;
    if found.version == of.version { Ok(found) } else { Err(Error::Stale) }
}

/// Writes what `make` makes of the ticket; anew when the visitor has asked for a person meanwhile, which leaves the
/// version as it is.
async fn write(
    deps: Deps<'_>,
    of: &Of<'_>,
    make: impl Fn(&Conversation) -> Result<Moved, Refused>,
    note: Option<&InternalNote>,
) -> Result<Conversation, Error> {
    for _ in 0..TRIES {
        let before = load(deps, of).await?;
        let moved = make(&before)?;
        if moved.altered.is_empty() && moved.after.owner == before.owner {
            return Ok(moved.after);
        }
        let entry = entry(deps, (of.id, of.person), &moved, deps.clock.now());
        let write = TicketWrite { before: &before, after: &moved.after, entry: &entry, note, reply: None, event: None };
        if deps.store.write_ticket(of.tenant, &write).await? == TicketWritten::Done {
            return Ok(moved.after);
        }
    }
    Err(Error::Stale)
}

fn entry(deps: Deps<'_>, (id, person): (ConversationId, &PersonId), moved: &Moved, now: Timestamp) -> Entry {
    Entry {
        id: AuditId::new(deps.ids.ulid(now)),
        conversation: id,
        by: Actor::Person(person.clone()),
        at: now,
        altered: moved.altered.clone(),
    }
}

/// What a repetition of the same answer by the same person has in common with the first.
fn key_of(person: &PersonId, answer: &Answer) -> String {
    let hash = digest(&SHA256, format!("{person}\0{}", answer.client_id).as_bytes());
    URL_SAFE_NO_PAD.encode(hash.as_ref().split_at(18).0)
}
