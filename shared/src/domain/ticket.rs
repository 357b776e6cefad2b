//! Tickets: a conversation as the people of a business work on it.
//!
//! Pure. Decides which status may follow which, what taking, giving back, closing and answering do, to the open
//! requests for a person too, and what each of them leaves in the audit trail. A ticket's version counts changes of its own fields (status,
//! assignee, labels, who speaks), never the visitor's next message: what an agent's change is based on is what
//! other people made of the ticket.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::audit::{Altered, Field};
use super::conversation::{Conversation, Mode, TicketStatus};
use super::id::{MessageId, NoteId};
use super::text::{InvalidText, Line, Note};

/// The identity provider's own id of a person who works on tickets.
pub type PersonId = Line<255>;

/// The most labels of one ticket.
pub const MOST_LABELS: usize = 20;

/// After how long without a sign the visitor is taken to have left.
pub const AWAY: SignedDuration = SignedDuration::from_mins(10);

/// A label: one line of at most 40 characters, in lower case, so that one thing has one label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(String);

impl FromStr for Label {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, InvalidText> {
        // Lower case may be longer: what counts is what is kept.
        Line::<40>::new(&text.to_lowercase()).map(|line| Self(line.as_str().to_owned()))
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What somebody of the business noted for the others. Never changed, never shown to the visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InternalNote {
    /// Sorts by time.
    pub id: NoteId,
    /// Who wrote it.
    pub author: PersonId,
    /// When.
    pub at: Timestamp,
    /// The note.
    pub text: Note<4000>,
}

/// What a ticket shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Its status.
    pub status: TicketStatus,
    /// Who works on it.
    pub assignee: Option<PersonId>,
    /// Its labels.
    pub labels: BTreeSet<Label>,
}

/// A ticket after a change, and what changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// As it is then.
    pub after: Conversation,
    /// What differs from before; empty: nothing.
    pub altered: Vec<Altered>,
}

/// A change that the rules of a ticket do not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refused {
    /// No such move.
    #[error("a ticket that is {} cannot become {}", from.as_str(), to.as_str())]
    Status {
        /// As it is.
        from: TicketStatus,
        /// As it was wished.
        to: TicketStatus,
    },
    /// Over [`MOST_LABELS`].
    #[error("a ticket has at most {MOST_LABELS} labels")]
    TooManyLabels,
    /// Nobody of the business has the conversation, so nobody can give it back.
    #[error("nobody has taken the conversation")]
    NotTaken,
}

impl TicketStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::AutoResolved, Self::NeedsReview, Self::Open, Self::InProgress, Self::Closed];

    /// Claims that a ticket of this status may become one of `next`. Nothing goes back to the beginning; what is
    /// closed opens again when somebody asks, or when the assistant fails its visitor.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        use TicketStatus::{AutoResolved, Closed, InProgress, NeedsReview, Open};
        matches!(
            (self, next),
            (AutoResolved, NeedsReview | Open | InProgress | Closed)
                | (NeedsReview, Open | InProgress | Closed)
                | (Open, InProgress | Closed)
                | (InProgress, Open | Closed)
                | (Closed, NeedsReview | Open | InProgress)
        )
    }

    /// Claims that a person has to do something about it.
    #[must_use]
    pub const fn needs_person(self) -> bool {
        matches!(self, Self::NeedsReview | Self::Open | Self::InProgress)
    }
}

impl Conversation {
    /// The ticket as `wish` says. One that is closed while a person has it is given back to the assistant.
    ///
    /// # Errors
    ///
    /// [`Refused`] by the rules above.
    pub fn changed(&self, wish: Wish) -> Result<Moved, Refused> {
        if MOST_LABELS < wish.labels.len() {
            return Err(Refused::TooManyLabels);
        }
        let mut after = self.clone();
        self.status_to(wish.status, &mut after)?;
        (after.assignee, after.labels) = (wish.assignee, wish.labels);
        let is_closing = after.status == TicketStatus::Closed && self.status != TicketStatus::Closed;
        if is_closing && matches!(self.mode, Mode::Waiting | Mode::Active) {
            after.pass_to(Mode::Assistant);
        }
        if is_closing {
            after.requests.clear();
        } else if after.status == TicketStatus::InProgress {
            after.acknowledge_requests();
        }
        Ok(self.moved_to(after))
    }

    /// The ticket in the hands of `person`: the assistant is silent from here on, and so is an answer that it is
    /// about to give. One whose visitor has ended the chat stays ended, and one that is theirs as it is.
    ///
    /// # Errors
    ///
    /// None by the table of moves as it is; [`Refused::Status`] should that change.
    pub fn taken_by(&self, person: PersonId) -> Result<Moved, Refused> {
        let mut after = self.clone();
        after.acknowledge_requests();
        let is_theirs = self.mode == Mode::Active && self.assignee.as_ref() == Some(&person);
        if is_theirs && self.status == TicketStatus::InProgress {
            return Ok(self.moved_to(after));
        }
        self.status_to(TicketStatus::InProgress, &mut after)?;
        after.assignee = Some(person);
        after.pass_to(if self.mode == Mode::Ended { Mode::Ended } else { Mode::Active });
        Ok(self.moved_to(after))
    }

    /// The ticket with the assistant speaking again. It stays whose it is: giving the word back is not closing.
    ///
    /// # Errors
    ///
    /// [`Refused::NotTaken`] where no person has it.
    pub fn given_back(&self) -> Result<Moved, Refused> {
        if !matches!(self.mode, Mode::Waiting | Mode::Active) {
            return Err(Refused::NotTaken);
        }
        let mut after = self.clone();
        after.pass_to(Mode::Assistant);
        Ok(self.moved_to(after))
    }

    /// The ticket with an answer of `person`, who takes it unless somebody has it.
    ///
    /// # Errors
    ///
    /// As [`Conversation::taken_by`].
    pub fn answered_by(&self, person: PersonId) -> Result<Moved, Refused> {
        if self.mode != Mode::Active {
            return self.taken_by(person);
        }
        let mut after = self.clone();
        after.acknowledge_requests();
        Ok(self.moved_to(after))
    }

    /// Claims that the visitor has left by `now`, so that an answer in the chat alone may reach nobody.
    #[must_use]
    pub fn is_left(&self, now: Timestamp) -> bool {
        self.mode == Mode::Ended || self.active_at + AWAY <= now
    }

    /// What the assistant's own failure, or a visitor's wish for a person, makes of the status; none: it stays.
    #[must_use]
    pub fn raised_to(&self, wanted: TicketStatus) -> Option<TicketStatus> {
        let is_dealt_with = matches!(self.status, TicketStatus::AutoResolved | TicketStatus::Closed);
        let is_raise = match wanted {
            TicketStatus::NeedsReview => is_dealt_with,
            TicketStatus::Open => is_dealt_with || self.status == TicketStatus::NeedsReview,
            TicketStatus::AutoResolved | TicketStatus::InProgress | TicketStatus::Closed => false,
        };
        is_raise.then_some(wanted)
    }

    fn status_to(&self, to: TicketStatus, after: &mut Self) -> Result<(), Refused> {
        if self.status != to && !self.status.may_become(to) {
            return Err(Refused::Status { from: self.status, to });
        }
        after.status = to;
        Ok(())
    }

    /// Hands the word over. Whatever is being answered under the old owner is refused from here on.
    fn pass_to(&mut self, mode: Mode) {
        self.mode = mode;
        self.owner += 1;
    }

    fn moved_to(&self, mut after: Self) -> Moved {
        let person = |of: &Self| of.assignee.as_ref().map(ToString::to_string).unwrap_or_default();
        let labels = |of: &Self| of.labels.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let statuses = |now: &Self| {
            let since = now.requests_since(self).into_iter();
            since.map(|(_, status)| status.as_str()).collect::<Vec<_>>().join(", ")
        };
        let facts = [
            (Field::Status, self.status.as_str().to_owned(), after.status.as_str().to_owned()),
            (Field::Mode, self.mode.as_str().to_owned(), after.mode.as_str().to_owned()),
            (Field::Assignee, person(self), person(&after)),
            (Field::Labels, labels(self), labels(&after)),
            (Field::Requests, statuses(self), statuses(&after)),
        ];
        let altered: Vec<_> = facts
            .into_iter()
            .filter(|(_, from, to)| from != to)
            .map(|(what, from, to)| Altered { what, from, to })
            .collect();
        if !altered.is_empty() || self.owner != after.owner {
            after.version = self.version + 1;
        }
        Moved { after, altered }
    }
}

impl Moved {
    /// The same with a note, which is a change of its own.
    #[must_use]
    pub fn with_note(mut self, note: NoteId) -> Self {
        self.altered.push(Altered { what: Field::Note, from: String::new(), to: note.to_string() });
        self
    }

    /// The same with an answer.
    #[must_use]
    pub fn with_reply(mut self, reply: MessageId) -> Self {
        self.altered.push(Altered { what: Field::Reply, from: String::new(), to: reply.to_string() });
        self
    }
}

#[cfg(test)]
mod tests;
