//! Escalations: requests for a person, and how far the team is with each.
//!
//! Pure. Decides what a request may become, when the assistant asks for a person of its own accord, and when it is
//! only noise to ask again. A request is acknowledged by whoever of the business takes its conversation or first
//! answers in it, and resolved when its ticket is closed; so each has its person and its time.

use jiff::{SignedDuration, Timestamp};

use super::address::Email;
use super::conversation::Conversation;
use super::id::EscalationId;
use super::text::Note;
use super::ticket::PersonId;

pub mod failure;
pub mod referral;

/// How many requests of one conversation may be open: two hours of a visitor who asks as often as they may. Closing
/// a ticket resolves all of them in its own transaction, and the conversation remembers them; so there is an end.
pub const MOST_OPEN: usize = 6;

/// How many requests of one conversation the assistant's tool makes in any [`HOUR`].
pub const MOST_AN_HOUR: usize = 3;

/// See [`MOST_AN_HOUR`].
pub const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A request for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// Its id.
    pub id: EscalationId,
    /// Who asked, or what.
    pub source: Source,
    /// Why, in the words of whoever asked.
    pub reason: Note<500>,
    /// Where the visitor can be answered, if they said so.
    pub email: Option<Email>,
    /// When.
    pub at: Timestamp,
    /// Who of the business took it up, and when.
    pub acknowledged: Option<Deed>,
    /// Who of the business closed its ticket, and when. Never without having acknowledged it.
    pub resolved: Option<Deed>,
}

/// What somebody of the business did, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Who asks for a person, or what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The assistant, by its tool: the visitor wants a person.
    Tool,
    /// The visitor, by the widget's button.
    Button,
    /// The assistant's own words, which sent the visitor to the team: [`referral`].
    Words,
    /// The assistant's failure to help: [`failure`].
    Failure,
    /// The month's spend limit, which leaves the visitor to people.
    Spend,
}

/// How far the team is with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Nobody has taken it up.
    Pending,
    /// Somebody has.
    Acknowledged,
    /// It is done.
    Resolved,
}

/// An open request, as its conversation remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenRequest {
    /// Which.
    pub id: EscalationId,
    /// Claims that somebody of the business has taken it up.
    pub is_acknowledged: bool,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 5] = [Self::Tool, Self::Button, Self::Words, Self::Failure, Self::Spend];

    /// Its word on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Button => "button",
            Self::Words => "words",
            Self::Failure => "failure",
            Self::Spend => "spend",
        }
    }

    /// Reads a stored word.
    #[must_use]
    pub fn stored(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == word)
    }

    /// Claims that nobody asked: it comes of what the assistant did. While a request is open no such one is made,
    /// since the team knows of the conversation already; once it is resolved, the next one is news again.
    #[must_use]
    pub const fn is_automatic(self) -> bool {
        matches!(self, Self::Words | Self::Failure | Self::Spend)
    }

    const fn reason(self) -> &'static str {
        match self {
            Self::Tool | Self::Button => "The visitor asked for a person",
            Self::Words => "The assistant told the visitor to get in touch with the team",
            Self::Failure => "The assistant could not help",
            Self::Spend => "The spend limit is reached",
        }
    }
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Acknowledged, Self::Resolved];

    /// Its word on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Acknowledged => "ACKNOWLEDGED",
            Self::Resolved => "RESOLVED",
        }
    }

    /// Claims that a request of this status may become one of `next`: step by step, and never back. Whoever closes
    /// a ticket that nobody took takes both steps at once.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!((self, next), (Self::Pending, Self::Acknowledged) | (Self::Acknowledged, Self::Resolved))
    }
}

impl Escalation {
    /// A new request, for the usual reason of its source.
    #[must_use]
    pub fn new(id: EscalationId, source: Source, at: Timestamp) -> Self {
        let reason = Note::cut(source.reason());
        Self { id, source, reason, email: None, at, acknowledged: None, resolved: None }
    }

    /// The same for another reason, unless `reason` is blank.
    #[must_use]
    pub fn because(self, reason: &str) -> Self {
        if reason.trim().is_empty() { self } else { Self { reason: Note::cut(reason), ..self } }
    }

    /// The same from somebody who can be answered at `email`.
    #[must_use]
    pub fn reachable_at(self, email: Option<Email>) -> Self {
        Self { email, ..self }
    }

    /// How far the team is with it.
    #[must_use]
    pub const fn status(&self) -> Status {
        match (&self.acknowledged, &self.resolved) {
            (_, Some(_)) => Status::Resolved,
            (Some(_), None) => Status::Acknowledged,
            (None, None) => Status::Pending,
        }
    }

    /// The same, taken up: the first deed stands.
    #[must_use]
    pub fn acknowledged(self, deed: Deed) -> Self {
        Self { acknowledged: self.acknowledged.or(Some(deed)), ..self }
    }

    /// The same, done; taken up by the same deed where nobody had. The first deed stands.
    #[must_use]
    pub fn resolved(self, deed: Deed) -> Self {
        let taken = self.acknowledged(deed.clone());
        Self { resolved: taken.resolved.or(Some(deed)), ..taken }
    }
}

impl OpenRequest {
    /// How far the team is with it.
    #[must_use]
    pub const fn status(self) -> Status {
        if self.is_acknowledged { Status::Acknowledged } else { Status::Pending }
    }
}

impl Conversation {
    /// The open requests with `id` among them.
    #[must_use]
    pub fn requesting(&self, id: EscalationId) -> Vec<OpenRequest> {
        self.requests.iter().copied().chain([OpenRequest { id, is_acknowledged: false }]).collect()
    }

    /// Claims that one more request is news to the team at `now`: there is room for it, and the last hour had few.
    #[must_use]
    pub fn may_request(&self, now: Timestamp) -> bool {
        let since = u64::try_from((now - HOUR).as_millisecond()).unwrap_or_default();
        let recent = self.requests.iter().filter(|open| since < open.id.ulid().timestamp_ms()).count();
        recent < MOST_AN_HOUR && self.requests.len() < MOST_OPEN
    }

    /// Claims that a request of `source` adds to what is open; who asked is heard, what came of itself only once.
    #[must_use]
    pub fn is_news(&self, source: Source) -> bool {
        !source.is_automatic() || self.requests.is_empty()
    }

    /// Notes that somebody of the business has taken up whatever is open.
    pub(super) fn acknowledge_requests(&mut self) {
        self.requests.iter_mut().for_each(|open| open.is_acknowledged = true);
    }

    /// What has become of each open request of `before`.
    #[must_use]
    pub fn requests_since(&self, before: &Self) -> Vec<(OpenRequest, Status)> {
        let now = |open: &OpenRequest| self.requests.iter().find(|now| now.id == open.id);
        let of = |open: &OpenRequest| now(open).map_or(Status::Resolved, |now| now.status());
        before.requests.iter().map(|open| (*open, of(open))).collect()
    }
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;
    use crate::domain::conversation::Origin;
    use crate::domain::id::ConversationId;
    use crate::domain::secret::SessionId;
    use crate::domain::text::Line;

    const NOW: Timestamp = Timestamp::constant(1_795_253_400, 0);

    fn id(at: Timestamp, n: u128) -> EscalationId {
        EscalationId::new(Ulid::from_parts(at.as_millisecond().unsigned_abs(), n))
    }

    fn deed(by: &'static str) -> Deed {
        Deed { by: Line::fixed(by), at: NOW }
    }

    #[test]
    fn a_request_goes_step_by_step_and_never_back() {
        let legal = [[false, true, false], [false, false, true], [false, false, false]];
        for (from, row) in Status::ALL.into_iter().zip(legal) {
            for (to, legal) in Status::ALL.into_iter().zip(row) {
                assert_eq!(from.may_become(to), legal, "{from:?} to {to:?}");
            }
        }
    }

    #[test]
    fn the_first_who_takes_a_request_up_or_closes_it_is_remembered() {
        let asked = Escalation::new(id(NOW, 1), Source::Button, NOW);
        assert_eq!(asked.status(), Status::Pending);
        let taken = asked.clone().acknowledged(deed("ann")).acknowledged(deed("ben"));
        assert_eq!((taken.status(), &taken.acknowledged), (Status::Acknowledged, &Some(deed("ann"))));
        let done = taken.resolved(deed("ben")).resolved(deed("cleo")).acknowledged(deed("cleo"));
        assert_eq!(
            (done.status(), done.acknowledged, done.resolved),
            (Status::Resolved, Some(deed("ann")), Some(deed("ben")))
        );
        let closed = asked.resolved(deed("ann"));
        assert_eq!((closed.acknowledged, closed.resolved), (Some(deed("ann")), Some(deed("ann"))));
    }

    #[test]
    fn a_blank_reason_is_that_of_the_source() {
        for source in Source::ALL {
            let asked = Escalation::new(id(NOW, 1), source, NOW);
            assert_eq!(asked.clone().because(" \n"), asked);
            assert_eq!(asked.because("My dress is torn").reason.as_str(), "My dress is torn");
            assert_eq!(Source::stored(source.as_str()), Some(source));
        }
    }

    #[test]
    fn asking_is_news_three_times_an_hour_and_while_there_is_room() {
        let session = SessionId::new(ConversationId::new(Ulid::from_parts(1, 1)), [7; 32]);
        let mut conversation = Conversation::begin(&session, Origin::default(), NOW);
        assert!(conversation.is_news(Source::Words));
        for n in 0..3 {
            assert!(conversation.may_request(NOW));
            conversation.requests = conversation.requesting(id(NOW, n));
        }
        assert!(conversation.is_news(Source::Tool) && !conversation.is_news(Source::Spend));
        assert!(
            !conversation.may_request(NOW) && !conversation.may_request(NOW + HOUR - SignedDuration::from_millis(1))
        );
        for n in 3..6 {
            assert!(conversation.may_request(NOW + HOUR));
            conversation.requests = conversation.requesting(id(NOW + HOUR, n));
        }
        assert!(!conversation.may_request(NOW + HOUR + HOUR), "there is no room");
    }
}
