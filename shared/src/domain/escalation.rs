//! Escalations: requests for a person.

use jiff::Timestamp;

use super::address::Email;
use super::id::EscalationId;
use super::text::Note;

/// A request for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// Its id.
    pub id: EscalationId,
    /// Why, in the words of whoever asked.
    pub reason: Note<500>,
    /// Where the visitor can be answered, if they said so.
    pub email: Option<Email>,
    /// When.
    pub at: Timestamp,
}
