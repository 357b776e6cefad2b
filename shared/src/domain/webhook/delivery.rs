//! Deliveries: one event that one webhook is told of, and when it is tried again.
//!
//! Pure. What is sent is made anew for each attempt from how things are then, so a delivery holds ids and no more.
//! Its id follows from event and webhook: an event that comes twice is one delivery, and a receiver who is told twice
//! sees the same id.

use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;
use ulid::Ulid;

use crate::domain::event::{Event, Happening};
use crate::domain::id::{DeliveryId, EventId, WebhookId};

use super::topic::Topic;

/// What is waited after each attempt that failed; behind the last one it is given up, a day after the first. What is
/// due is looked for every five minutes, so shorter ones would not be kept.
pub const PAUSES: [SignedDuration; 7] = [
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
    SignedDuration::from_hours(7),
    SignedDuration::from_hours(9),
];

/// The longest that a receiver can have us wait by `Retry-After`.
pub const LONGEST_WISH: SignedDuration = SignedDuration::from_hours(12);

/// How long an attempt is one worker's own: longer than its function may run.
pub const LEASE: SignedDuration = SignedDuration::from_mins(2);

/// How long a delivery that was announced is left to whoever heard of it.
pub const ANNOUNCED: SignedDuration = SignedDuration::from_mins(30);

/// How long deliveries are kept.
pub const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What a webhook is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// That its owner tries it.
    Test,
    /// That something happened.
    Happened(Happening, Topic),
}

/// One event for one webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id, which is what the receiver knows the message by.
    pub id: DeliveryId,
    /// Who is told.
    pub webhook: WebhookId,
    /// What.
    pub news: News,
    /// When it happened.
    pub at: Timestamp,
    /// Where it stands.
    pub status: Status,
    /// When somebody has to look at it who was not told to; none: it has ended.
    pub wake: Option<Timestamp>,
    /// Attempts of the present series.
    pub tries: u32,
    /// Attempts of all series.
    pub attempts: u32,
    /// How the last attempt ended, and when.
    pub last: Option<(Timestamp, Answer)>,
    /// Rises with each change; every write demands the one it read.
    pub version: u64,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It waits for its next attempt.
    Waiting {
        /// When that may be.
        due: Timestamp,
    },
    /// Somebody is at it.
    Sending {
        /// When it is anybody's again, should they have died.
        until: Timestamp,
    },
    /// It was taken.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// It will not be sent.
    GivenUp {
        /// Since when.
        at: Timestamp,
        /// Why.
        why: GivenUp,
    },
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The receiver answered with this status.
    Status(u16),
    /// The address leads to where nothing may be sent.
    AddressRefused,
    /// Nobody answers there.
    Unreachable,
    /// No answer came in time.
    TooSlow,
}

/// Why a delivery will not be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenUp {
    /// Every attempt of a day failed.
    Exhausted,
    /// The receiver said that it is gone for good.
    Gone,
    /// The webhook was switched off.
    SwitchedOff,
    /// What it tells of is no more.
    SubjectGone,
}

/// What is to be done about a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// Send it, once this is written.
    Send(Delivery),
    /// Nothing but to write this: whoever tried it last died each time.
    Over(Delivery),
    /// Nothing: it has ended, its time has not come, or somebody is at it.
    NotNow,
}

/// A delivery that cannot be sent anew, since somebody is at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the delivery is being sent")]
pub struct Busy;

/// A stored word that names nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a word of a delivery")]
pub struct UnknownWord;

impl News {
    /// What the receiver reads as `type`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Test => "webhook.test",
            Self::Happened(_, topic) => topic.as_str(),
        }
    }
}

impl Answer {
    /// Claims that the message was taken. A redirect is no answer: nobody follows it.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Status(200..=299))
    }

    /// Claims that the receiver is gone for good.
    #[must_use]
    pub const fn is_gone(self) -> bool {
        matches!(self, Self::Status(410))
    }

    /// What the receiver answered with, if it did.
    #[must_use]
    pub const fn status(self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(status),
            Self::AddressRefused | Self::Unreachable | Self::TooSlow => None,
        }
    }

    /// What kind of failure it was when no status came.
    #[must_use]
    pub const fn failure(self) -> Option<&'static str> {
        match self {
            Self::Status(_) => None,
            Self::AddressRefused => Some("address_refused"),
            Self::Unreachable => Some("unreachable"),
            Self::TooSlow => Some("too_slow"),
        }
    }
}

impl FromStr for Answer {
    type Err = UnknownWord;

    /// Reads a status, or the word of a failure.
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let known = [Self::AddressRefused, Self::Unreachable, Self::TooSlow];
        let failure = known.into_iter().find(|answer| answer.failure() == Some(text));
        failure.or_else(|| text.parse().ok().map(Self::Status)).ok_or(UnknownWord)
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            other => f.write_str(other.failure().unwrap_or_default()),
        }
    }
}

impl GivenUp {
    const ALL: [Self; 4] = [Self::Exhausted, Self::Gone, Self::SwitchedOff, Self::SubjectGone];

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exhausted => "exhausted",
            Self::Gone => "gone",
            Self::SwitchedOff => "switched_off",
            Self::SubjectGone => "subject_gone",
        }
    }
}

impl FromStr for GivenUp {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|why| why.as_str() == text).ok_or(UnknownWord)
    }
}

/// The id of what `event` is to `webhook`.
#[must_use]
pub fn id_of(event: EventId, webhook: WebhookId) -> DeliveryId {
    let named = [event.ulid().to_bytes(), webhook.ulid().to_bytes()].concat();
    let hash = digest(&SHA256, &named);
    let random = hash.as_ref().iter().take(10).fold(0_u128, |all, byte| (all << 8) | u128::from(*byte));
    DeliveryId::new(Ulid::from_parts(event.ulid().timestamp_ms(), random))
}

impl Delivery {
    /// What `event` is to `webhook`, with its first attempt begun at `now`.
    #[must_use]
    pub fn begun(event: &Event, topic: Topic, webhook: WebhookId, now: Timestamp) -> Self {
        let news = News::Happened(event.what, topic);
        Self { at: event.at, ..Self::waiting(id_of(event.id, webhook), webhook, news, now) }.taken(now)
    }

    /// What tries `webhook` at `now`, announced to whoever sends.
    #[must_use]
    pub fn test(id: DeliveryId, webhook: WebhookId, now: Timestamp) -> Self {
        Self::waiting(id, webhook, News::Test, now)
    }

    fn waiting(id: DeliveryId, webhook: WebhookId, news: News, now: Timestamp) -> Self {
        let (status, wake) = (Status::Waiting { due: now }, Some(now + ANNOUNCED));
        Self { id, webhook, news, at: now, status, wake, tries: 0, attempts: 0, last: None, version: 1 }
    }

    /// What is to be done about it at `now`.
    #[must_use]
    pub fn turn(&self, now: Timestamp) -> Turn {
        let is_anybodys = match self.status {
            Status::Waiting { due } => due <= now,
            Status::Sending { until } => until <= now,
            Status::Delivered { .. } | Status::GivenUp { .. } => false,
        };
        match is_anybodys {
            false => Turn::NotNow,
            true if PAUSES.len() < self.tries() => Turn::Over(self.given_up(GivenUp::Exhausted, now)),
            true => Turn::Send(Self { version: self.version + 1, ..self.clone() }.taken(now)),
        }
    }

    fn taken(self, now: Timestamp) -> Self {
        let until = now + LEASE;
        let (status, wake) = (Status::Sending { until }, Some(until));
        Self { status, wake, tries: self.tries + 1, attempts: self.attempts + 1, ..self }
    }

    /// The delivery once its attempt ended with `answer` at `now`. The receiver may have named a pause of its own;
    /// `chance`, any number, spreads attempts that failed together.
    #[must_use]
    pub fn answered(&self, answer: Answer, named: Option<SignedDuration>, now: Timestamp, chance: u8) -> Self {
        let last = Some((now, answer));
        if answer.is_success() {
            return Self { last, ..self.ended(Status::Delivered { at: now }) };
        }
        if answer.is_gone() {
            return Self { last, ..self.given_up(GivenUp::Gone, now) };
        }
        let Some(pause) = self.tries().checked_sub(1).and_then(|failed| PAUSES.get(failed)) else {
            return Self { last, ..self.given_up(GivenUp::Exhausted, now) };
        };
        // Up to a tenth more, in whole milliseconds as the table keeps them.
        let more = pause.as_millis() * i128::from(chance) / 2_560;
        let pause = *pause + SignedDuration::from_millis(i64::try_from(more).unwrap_or_default());
        let due = now + named.map_or(pause, |named| named.min(LONGEST_WISH).max(pause));
        Self { last, status: Status::Waiting { due }, wake: Some(due), version: self.version + 1, ..self.clone() }
    }

    /// The delivery once it is clear at `now` that it will not be sent.
    #[must_use]
    pub fn given_up(&self, why: GivenUp, now: Timestamp) -> Self {
        self.ended(Status::GivenUp { at: now, why })
    }

    fn ended(&self, status: Status) -> Self {
        Self { status, wake: None, version: self.version + 1, ..self.clone() }
    }

    /// The delivery once it was announced at `now` that it is due; none when nobody has to look at it.
    #[must_use]
    pub fn announced(&self, now: Timestamp) -> Option<Self> {
        self.wake.filter(|wake| *wake <= now)?;
        Some(Self { wake: Some(now + ANNOUNCED), version: self.version + 1, ..self.clone() })
    }

    /// The delivery with a series of attempts before it that begins at `now`.
    ///
    /// # Errors
    ///
    /// [`Busy`] while somebody is at it.
    pub fn replayed(&self, now: Timestamp) -> Result<Self, Busy> {
        if matches!(self.status, Status::Sending { until } if now < until) {
            return Err(Busy);
        }
        let (status, wake) = (Status::Waiting { due: now }, Some(now + ANNOUNCED));
        Ok(Self { status, wake, tries: 0, version: self.version + 1, ..self.clone() })
    }

    fn tries(&self) -> usize {
        usize::try_from(self.tries).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests;
