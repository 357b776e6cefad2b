//! The meter: what a tenant's visitors have used up in the running windows.
//!
//! Pure: names the windows of a moment and says which limit stands in the way. Counting is one
//! conditional write of the store, so that no number of simultaneous turns can pass a limit.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::money::MicroUsd;

/// How long a turn may be under way before its reservation counts as left behind.
pub const TURN_LIFE: SignedDuration = SignedDuration::from_secs(150);

/// The windows that a moment falls into, all in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows {
    /// As `202611211405`.
    pub minute: String,
    /// As `2026112114`.
    pub hour: String,
    /// As `20261121`.
    pub day: String,
    /// As `202611`.
    pub month: String,
}

impl Windows {
    /// The windows of `now`.
    #[must_use]
    pub fn of(now: Timestamp) -> Self {
        let utc = now.to_zoned(TimeZone::UTC);
        let named = |format: &str| utc.strftime(format).to_string();
        Self { minute: named("%Y%m%d%H%M"), hour: named("%Y%m%d%H"), day: named("%Y%m%d"), month: named("%Y%m") }
    }
}

/// What was set aside for a turn, and in which month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// The turn it is for; also the lock that lets one answer be made at a time.
    pub turn: String,
    /// The month it counts in, as `202611`.
    pub month: String,
    /// How much.
    pub amount: MicroUsd,
    /// When it was made: tells it from one that took over after it was left behind.
    pub at: Timestamp,
}

/// Why a turn may not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barred {
    /// The same message is being answered right now.
    InProgress,
    /// Too many messages from this address in this minute.
    ByAddress(Exceeded),
    /// Too many messages of this tenant in this hour.
    ByTenant(Exceeded),
    /// The month's spend could pass its limit.
    BySpend,
}

/// How often something may be done by one and the same, in any stretch of time of that length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// What is counted, as `code`.
    pub what: &'static str,
    /// How often; at least once.
    pub most: u32,
    /// In how long.
    pub span: SignedDuration,
}

impl Quota {
    /// The limit that stands in the way at `now`, while `first` is the oldest time that counts.
    #[must_use]
    pub fn exceeded(&self, first: Timestamp, now: Timestamp) -> Exceeded {
        let left = (first + self.span).duration_since(now).max(SignedDuration::from_secs(1));
        let seconds = left.as_secs() + i64::from(0 < left.subsec_nanos());
        Exceeded { limit: self.most, retry_after: Duration::from_secs(seconds.unsigned_abs()) }
    }
}

/// How often something may be done by one and the same in a minute or hour of the calendar. For what is allowed
/// too often to remember each time, as a [`Quota`] does; twice as much can pass where two windows meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// What is counted, as `session`.
    pub what: &'static str,
    /// How often.
    pub most: u32,
    /// In what.
    pub per: Per,
}

/// A window of the calendar, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
}

impl Rate {
    /// Public calls that are neither messages nor beginnings, of one network and in one business: history that is
    /// asked for every four seconds, by twenty visitors behind one address.
    pub const CALLS: Self = Self { what: "call", most: 300, per: Per::Minute };

    /// The name of the window that `now` is in.
    #[must_use]
    pub fn window(&self, now: Timestamp) -> String {
        let windows = Windows::of(now);
        match self.per {
            Per::Minute => windows.minute,
            Per::Hour => windows.hour,
        }
    }

    /// The limit that stands in the way at `now`.
    #[must_use]
    pub fn exceeded(&self, now: Timestamp) -> Exceeded {
        match self.per {
            Per::Minute => Exceeded::per_minute(self.most, now),
            Per::Hour => Exceeded::per_hour(self.most, now),
        }
    }
}

/// A limit that is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    /// How many the window allows.
    pub limit: u32,
    /// When the next window begins.
    pub retry_after: Duration,
}

impl Exceeded {
    /// A limit of so many per minute.
    #[must_use]
    pub fn per_minute(limit: u32, now: Timestamp) -> Self {
        Self { limit, retry_after: rest_of(now, 60) }
    }

    /// A limit of so many per hour.
    #[must_use]
    pub fn per_hour(limit: u32, now: Timestamp) -> Self {
        Self { limit, retry_after: rest_of(now, 3_600) }
    }
}

/// Time from `now` to the end of its window of `seconds`, at least one second.
fn rest_of(now: Timestamp, seconds: i64) -> Duration {
    let rest = seconds - now.as_second().rem_euclid(seconds);
    Duration::from_secs(rest.unsigned_abs().max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_named_in_utc() {
        let windows = Windows::of("2026-11-21T23:59:59.9Z".parse().unwrap());
        assert_eq!(windows.minute, "202611212359");
        assert_eq!((windows.hour.as_str(), windows.month.as_str()), ("2026112123", "202611"));
    }

    #[test]
    fn the_wait_ends_with_the_window() {
        let at = |text: &str| text.parse().unwrap();
        assert_eq!(Exceeded::per_minute(20, at("2026-11-21T10:00:00Z")).retry_after, Duration::from_secs(60));
        assert_eq!(Exceeded::per_minute(20, at("2026-11-21T10:00:59.9Z")).retry_after, Duration::from_secs(1));
        assert_eq!(Exceeded::per_hour(500, at("2026-11-21T10:59:00Z")).retry_after, Duration::from_secs(60));
    }
}
