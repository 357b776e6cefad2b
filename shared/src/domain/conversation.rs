//! A conversation: one chat thread, which is also the support ticket.
//!
//! Pure. Decides when a session is valid, who may speak, and what a status means.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::address::Email;
use super::code::Challenge;
#[cfg(doc)]
use super::escalation::MOST_OPEN;
use super::escalation::OpenRequest;
use super::id::ConversationId;
use super::money::MicroUsd;
use super::proof::Proof;
use super::secret::{SecretHash, SessionId};
use super::text::Note;
use super::ticket::{Label, PersonId};

/// How long a session may be idle.
pub const SESSION_IDLE: SignedDuration = SignedDuration::from_hours(24);

/// How many turns back a conversation knows a repetition. Further back, the same message is a new one: what
/// a conversation remembers is written again with every turn.
pub const REMEMBERED: usize = 24;

/// How much of a turn's key is remembered: 48 bits, among at most [`REMEMBERED`].
const MARK_CHARS: usize = 8;

/// One chat thread.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// Its public id inside the tenant.
    pub id: ConversationId,
    /// Of the visitor's secret.
    pub session: SecretHash,
    /// Where it began.
    pub origin: Origin,
    /// Where it stands as a ticket.
    pub status: TicketStatus,
    /// Who of the business works on it, if anybody.
    pub assignee: Option<PersonId>,
    /// What the people of the business call it.
    pub labels: BTreeSet<Label>,
    /// Counts the changes of the ticket, from 1; a visitor's message is none.
    pub version: u64,
    /// Whether a person was asked for.
    pub is_escalated: bool,
    /// The requests for a person that are open, oldest first, at most [`MOST_OPEN`].
    pub requests: Vec<OpenRequest>,
    /// Who answers.
    pub mode: Mode,
    /// Raised whenever somebody takes the conversation: an answer made under an older one is refused.
    pub owner: u64,
    /// Messages of all sides.
    pub messages: u64,
    /// Tokens of all its turns.
    pub tokens: u64,
    /// Cost of all its turns.
    pub cost: MicroUsd,
    /// Whose bookings the visitor may see and change; it ends with the session. A code that was asked for
    /// since, to whatever address, leaves it as it is until that one is proven too.
    pub proven: Option<Proof>,
    /// Where the visitor said that a person can answer them. Nobody has proven it.
    pub contact: Option<Email>,
    /// The code that the visitor was sent and has not used.
    pub challenge: Option<Challenge>,
    /// Marks of the newest turns' keys, newest last, at most [`REMEMBERED`].
    pub recent: Vec<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When the visitor last did something.
    pub active_at: Timestamp,
}

/// Where a conversation began, as the visitor's browser said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// Which surface.
    pub source: Source,
    /// The page with the widget.
    pub page_url: Note<2000>,
    /// Where the visitor came from.
    pub referrer: Note<2000>,
    /// The browser's own id, if it sent one.
    pub visitor: Note<100>,
    /// The business's id of a signed-in user, unproven.
    pub user: Note<100>,
    /// The visitor's language, as `de`.
    pub locale: Note<35>,
    /// The visitor's time zone, if it is one.
    pub timezone: Option<TimeZone>,
}

/// Which surface a conversation came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Source {
    /// The widget on a website.
    #[default]
    Web,
    /// The business's app, used by its owner.
    AppOwner,
    /// The business's app, used by a customer.
    AppCustomer,
    /// The console.
    Dashboard,
}

/// Who answers in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// The assistant.
    #[default]
    Assistant,
    /// The visitor waits for an agent.
    Waiting,
    /// An agent has taken it; the assistant is silent.
    Active,
    /// Nobody: it is over.
    Ended,
}

/// Where a conversation stands as a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum TicketStatus {
    /// The assistant has dealt with it so far.
    #[default]
    AutoResolved,
    /// Something went wrong or looked odd: a person should read it.
    NeedsReview,
    /// A person was asked for.
    Open,
    /// A person is at it.
    InProgress,
    /// Done.
    Closed,
}

/// A word that is none of the known ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a known word")]
pub struct UnknownWord;

macro_rules! words {
    ($type:ident { $($variant:ident => $word:literal),* $(,)? }) => {
        impl $type {
            /// Its word on the wire and in the store.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl std::str::FromStr for $type {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text { $($word => Ok(Self::$variant),)* _ => Err(UnknownWord) }
            }
        }
    };
}

words!(Source { Web => "web", AppOwner => "app_owner", AppCustomer => "app_customer", Dashboard => "dashboard" });
words!(Mode { Assistant => "assistant", Waiting => "waiting", Active => "active", Ended => "ended" });
words!(TicketStatus {
    AutoResolved => "auto_resolved",
    NeedsReview => "needs_review",
    Open => "open",
    InProgress => "in_progress",
    Closed => "closed",
});

/// A session that opens nothing. Foreign, unknown and expired are the same to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the session is unknown or expired")]
pub struct SessionRefused;

impl Conversation {
    /// Begins a conversation for the holder of `session`.
    #[must_use]
    pub fn begin(session: &SessionId, origin: Origin, now: Timestamp) -> Self {
        Self {
            id: session.conversation(),
            session: session.hash(),
            origin,
            status: TicketStatus::default(),
            assignee: None,
            labels: BTreeSet::new(),
            version: 1,
            is_escalated: false,
            requests: Vec::new(),
            mode: Mode::default(),
            owner: 0,
            messages: 0,
            tokens: 0,
            cost: MicroUsd::ZERO,
            proven: None,
            contact: None,
            challenge: None,
            recent: Vec::new(),
            created_at: now,
            active_at: now,
        }
    }

    /// Admits the holder of `session` at `now`.
    ///
    /// # Errors
    ///
    /// [`SessionRefused`] for a wrong secret, and after [`SESSION_IDLE`] without a sign of the visitor.
    pub fn admit(&self, session: &SessionId, now: Timestamp) -> Result<(), SessionRefused> {
        let known = self.id == session.conversation() && self.session.matches(&session.hash());
        if known && now < self.active_at + SESSION_IDLE { Ok(()) } else { Err(SessionRefused) }
    }

    /// Where a person's answer can be mailed: what the visitor proved, or else what they gave.
    #[must_use]
    pub fn mailbox(&self) -> Option<&Email> {
        self.proven.as_ref().and_then(Proof::mailbox).or(self.contact.as_ref())
    }

    /// Claims that it is one of the conversations that are counted: the visitor has said something, or asked for
    /// a person. A widget that was only opened is none.
    #[must_use]
    pub const fn counts(&self) -> bool {
        0 < self.messages || self.is_escalated
    }

    /// Claims that a turn with this key has been taken already.
    #[must_use]
    pub fn remembers(&self, key: &str) -> bool {
        self.recent.iter().any(|known| known == mark(key))
    }

    /// The marks to remember once the turn with this key is taken.
    #[must_use]
    pub fn remembering(&self, key: &str) -> Vec<String> {
        let all = self.recent.iter().map(String::as_str).chain([mark(key)]);
        let forgotten = (self.recent.len() + 1).saturating_sub(REMEMBERED);
        all.skip(forgotten).map(str::to_owned).collect()
    }
}

/// What a conversation remembers of a turn's key: its last characters. A key is a hash or, where the client
/// named none, a fresh id, and the end of both is random.
#[must_use]
pub fn mark(key: &str) -> &str {
    let from = key.char_indices().rev().nth(MARK_CHARS - 1).map_or(0, |(at, _)| at);
    key.split_at(from).1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(byte: u8) -> SessionId {
        SessionId::new(ConversationId::new(ulid::Ulid::from_parts(1, 1)), [byte; 32])
    }

    #[test]
    fn a_session_opens_its_conversation_for_a_day_of_silence() {
        let start: Timestamp = "2026-11-21T10:00:00Z".parse().unwrap();
        let conversation = Conversation::begin(&session(1), Origin::default(), start);
        let last = start + SESSION_IDLE - SignedDuration::from_millis(1);
        assert_eq!(conversation.admit(&session(1), last), Ok(()));
        assert_eq!(conversation.admit(&session(1), start + SESSION_IDLE), Err(SessionRefused));
        assert_eq!(conversation.admit(&session(2), start), Err(SessionRefused));
    }

    #[test]
    fn a_repetition_is_known_among_the_newest_turns() {
        let mut conversation = Conversation::begin(&session(1), Origin::default(), Timestamp::UNIX_EPOCH);
        let keys: Vec<String> = (0..=REMEMBERED).map(|n| format!("a_key_of_{n:08}")).collect();
        for key in &keys {
            assert!(!conversation.remembers(key));
            conversation.recent = conversation.remembering(key);
        }
        assert!(!conversation.remembers(&keys[0]));
        assert!(keys[1..].iter().all(|key| conversation.remembers(key)));
    }

    #[test]
    fn every_word_reads_back() {
        for status in ["auto_resolved", "needs_review", "open", "in_progress", "closed"] {
            assert_eq!(status.parse::<TicketStatus>().unwrap().as_str(), status);
        }
        assert!("OPEN".parse::<TicketStatus>().is_err());
    }
}
