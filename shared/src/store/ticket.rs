//! Tickets: the part of `~META` that people change, `NOTE#<note>` for their notes, and `SENT#<key>`, by which a
//! repeated answer is known for good.
//!
//! A change is one transaction that demands the version it is based on, who had the word then, and which requests
//! for a person were open.

use serde::{Deserialize, Serialize};

use super::Store;
use super::conversation::{expiry, unmoved};
use super::error::{StoreError, corrupt};
use super::escalation::with_requests;
use super::expression::{Item, Put, Update};
use super::key::{INBOX_PK, INBOX_SK, Key, NOTE};
use super::row::{at, ms, parse};
use super::table::{Query, Transacted, item, read};
use super::turn::turn_item;
use crate::domain::audit::Entry;
use crate::domain::conversation::{Conversation, TicketStatus};
use crate::domain::event::Event;
use crate::domain::figure::{of_conversation, of_reply};
use crate::domain::id::{ConversationId, MessageId, TenantId};
use crate::domain::message::Turn;
use crate::domain::text::{Line, Note};
use crate::domain::ticket::InternalNote;
use crate::ports::trace;

const WHAT: &str = "note";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct NoteRow {
    #[serde(skip_serializing)]
    sk: String,
    author: String,
    text: String,
    /// Milliseconds since the Unix epoch.
    at: i64,
    ttl: i64,
}

/// That an answer was sent.
#[derive(Serialize, Deserialize)]
struct SentRow {
    message: String,
    ttl: i64,
}

/// Everything that one change of a ticket does.
#[derive(Debug)]
pub struct TicketWrite<'a> {
    /// As it was read.
    pub before: &'a Conversation,
    /// As it shall be.
    pub after: &'a Conversation,
    /// What is told of it.
    pub entry: &'a Entry,
    /// A note of whoever changes it.
    pub note: Option<&'a InternalNote>,
    /// An answer to the visitor.
    pub reply: Option<&'a Turn>,
    /// What others act on.
    pub event: Option<&'a Event>,
}

/// How a change ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketWritten {
    /// All of it is kept.
    Done,
    /// Somebody changed the ticket in between: nothing of it is kept.
    Stale,
    /// This answer was sent before: nothing of it is kept.
    Sent,
}

impl Store {
    /// Changes a ticket with all that belongs to it in one transaction.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn write_ticket(&self, tenant: TenantId, write: &TicketWrite<'_>) -> Result<TicketWritten, StoreError> {
        let (before, after, id) = (write.before, write.after, write.before.id);
        let labels: Vec<_> =
            after.labels.iter().map(|label| aws_sdk_dynamodb::types::AttributeValue::S(label.to_string())).collect();
        let mut meta = placed(Update::new(Key::meta(tenant, id)), tenant, id, after.status)
            .set("version", after.version)
            .set("mode", after.mode.as_str())
            .set("owner", after.owner)
            .set_or_remove("assignee", after.assignee.as_ref().map(ToString::to_string))
            .set("labels", aws_sdk_dynamodb::types::AttributeValue::L(labels))
            .when_present("pk")
            .when_absent_or("version", "=", before.version)
            .when("mode", "=", before.mode.as_str())
            .when("owner", "=", before.owner);
        meta = with_requests(meta, &before.requests, &after.requests);
        let mut actions = Vec::new();
        let mut counts = of_conversation(before, &write.counted());
        if before.status != after.status || write.reply.is_some() {
            meta = unmoved(meta, before);
        }
        if let Some(reply) = write.reply {
            counts.push(of_reply(reply));
            meta = meta.add("messages", reply.messages());
            let sent = SentRow { message: reply.id.to_string(), ttl: expiry(reply.at) };
            actions.push(self.conversations.putting(Put::fresh(item(
                &Key::sent(tenant, id, &reply.key),
                &sent,
                WHAT,
            )?))?);
            actions.push(self.conversations.putting(Put::fresh(turn_item(tenant, id, reply)?))?);
        }
        actions.push(self.conversations.updating(meta)?);
        if !counts.is_empty() {
            actions.push(self.counting(tenant, counts)?);
        }
        actions.push(self.auditing(tenant, write.entry)?);
        actions.extend(self.moving_requests(tenant, (before, after), write.entry)?);
        if let Some(note) = write.note {
            let row = NoteRow {
                sk: String::new(),
                author: note.author.to_string(),
                text: note.text.to_string(),
                at: ms(note.at),
                ttl: expiry(note.at),
            };
            actions.push(self.conversations.putting(Put::fresh(item(&Key::note(tenant, id, note.id), &row, WHAT)?))?);
        }
        if let Some(event) = write.event {
            actions.push(self.announcing(event)?);
        }
        match self.conversations.transact(actions).await? {
            Transacted::Done => {
                write.event.into_iter().for_each(trace::announced);
                Ok(TicketWritten::Done)
            }
            Transacted::Refused(refused) => {
                let is_sent = write.reply.is_some() && refused.first().is_some_and(Option::is_some);
                Ok(if is_sent { TicketWritten::Sent } else { TicketWritten::Stale })
            }
        }
    }

    /// Finds the message that was sent under `key`.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_sent(
        &self,
        tenant: TenantId,
        id: ConversationId,
        key: &str,
    ) -> Result<Option<MessageId>, StoreError> {
        let row: Option<SentRow> = self.conversations.find(&Key::sent(tenant, id, key), "sent answer").await?;
        row.map(|row| parse(&row.message, "sent answer")).transpose()
    }

    /// Reads the notes of a ticket, oldest first.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_notes(&self, tenant: TenantId, id: ConversationId) -> Result<Vec<InternalNote>, StoreError> {
        let query = Query::partition(Key::conversation(tenant, id)).between("sk", NOTE, format!("{NOTE}~"));
        self.conversations.all(query).await?.into_iter().map(note_of).collect()
    }
}

impl TicketWrite<'_> {
    /// The conversation as it will count, with the answer among its messages.
    fn counted(&self) -> Conversation {
        let answered = self.reply.map_or(0, |reply| reply.messages().unsigned_abs());
        Conversation { messages: self.before.messages + answered, ..self.after.clone() }
    }
}

/// Sets the status and the place in the inbox that follows from it.
pub(super) fn placed(meta: Update, tenant: TenantId, id: ConversationId, status: TicketStatus) -> Update {
    meta.set("status", status.as_str()).set(INBOX_PK, Key::by_status(tenant, status)).set(INBOX_SK, id.to_string())
}

fn note_of(item: Item) -> Result<InternalNote, StoreError> {
    let row: NoteRow = read(item, WHAT)?;
    let id = row.sk.strip_prefix(NOTE).ok_or_else(|| corrupt(WHAT)("not the key of a note"))?;
    Ok(InternalNote {
        id: parse(id, WHAT)?,
        author: Line::new(&row.author).map_err(corrupt(WHAT))?,
        at: at(row.at, WHAT)?,
        text: Note::cut(&row.text),
    })
}
