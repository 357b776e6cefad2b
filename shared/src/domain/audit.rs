//! The audit trail: who changed what of a ticket, when, from what to what. Entries are never changed.

use jiff::Timestamp;

use super::id::{AuditId, ConversationId};
use super::ticket::PersonId;

/// One change, with all that it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Sorts by time.
    pub id: AuditId,
    /// What was changed.
    pub conversation: ConversationId,
    /// Who did it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// What.
    pub altered: Vec<Altered>,
}

/// Who changes a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody of the business.
    Person(PersonId),
    /// The assistant, by failing or by asking for a person.
    Assistant,
    /// The visitor, by asking for a person.
    Visitor,
}

/// One field, before and after, in the words of the wire; empty where there is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Altered {
    /// Which.
    pub what: Field,
    /// Before.
    pub from: String,
    /// After. Of a note or reply its id: the words stand in one place only.
    pub to: String,
}

/// What of a ticket can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Where it stands.
    Status,
    /// Who speaks.
    Mode,
    /// Who works on it.
    Assignee,
    /// Its labels.
    Labels,
    /// A note was added.
    Note,
    /// The visitor was answered.
    Reply,
    /// How far the team is with the open requests for a person.
    Requests,
}

impl Field {
    /// Its word on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Mode => "mode",
            Self::Assignee => "assignee",
            Self::Labels => "labels",
            Self::Note => "note",
            Self::Reply => "reply",
            Self::Requests => "requests",
        }
    }

    /// Reads a stored word.
    #[must_use]
    pub fn stored(word: &str) -> Option<Self> {
        [Self::Status, Self::Mode, Self::Assignee, Self::Labels, Self::Note, Self::Reply, Self::Requests]
            .into_iter()
            .find(|field| field.as_str() == word)
    }
}
