//! The process's clock: the system's time, moved on or held still as a developer or a test says.
//!
//! It never goes back: whatever has expired stays expired.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use shared::ports::Clock;
use tokio::sync::watch;

/// A clock that can be moved. What waits for a time hears of every move.
#[derive(Debug)]
pub struct MovableClock {
    reading: Mutex<Reading>,
    moved: watch::Sender<u64>,
}

#[derive(Debug, Clone, Copy)]
enum Reading {
    /// The system's time, this far ahead.
    Ahead(SignedDuration),
    /// Still.
    Frozen(Timestamp),
}

impl MovableClock {
    /// A clock that goes with the system's.
    #[must_use]
    pub fn running() -> Self {
        Self::reading(Reading::Ahead(SignedDuration::ZERO))
    }

    /// A clock that stands at `at` until it is moved.
    #[must_use]
    pub fn frozen(at: Timestamp) -> Self {
        Self::reading(Reading::Frozen(at))
    }

    fn reading(reading: Reading) -> Self {
        Self { reading: Mutex::new(reading), moved: watch::Sender::new(0) }
    }

    /// Moves the clock on, as far as time goes.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        {
            let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
            *reading = match *reading {
                Reading::Ahead(ahead) => Reading::Ahead(ahead.saturating_add(by)),
                Reading::Frozen(at) => Reading::Frozen(at.saturating_add(by).unwrap_or(Timestamp::MAX)),
            };
        }
        self.moved.send_modify(|moves| *moves += 1);
    }

    /// Waits until the clock shows `at` or is moved, whichever is first; the caller looks again.
    pub async fn wait_until(&self, at: Timestamp) {
        let mut moved = self.moved.subscribe();
        let wait = Duration::try_from(at.duration_since(self.now())).unwrap_or_default();
        let reading = *self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        match reading {
            Reading::Frozen(now) if now < at => drop(moved.changed().await),
            Reading::Frozen(_) => {}
            Reading::Ahead(_) => drop(tokio::time::timeout(wait, moved.changed()).await),
        }
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        match *self.reading.lock().unwrap_or_else(PoisonError::into_inner) {
            Reading::Ahead(ahead) => system_time().saturating_add(ahead).unwrap_or(Timestamp::MAX),
            Reading::Frozen(at) => at,
        }
    }
}

impl dynoxide::storage_backend::Clock for MovableClock {
    fn now_unix_secs(&self) -> u64 {
        u64::try_from(self.now().as_second()).unwrap_or_default()
    }

    fn now_unix_secs_f64(&self) -> f64 {
        self.now().as_duration().as_secs_f64()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the local runner's Clock port")]
fn system_time() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_frozen_clock_moves_only_when_it_is_moved() {
        let clock = MovableClock::frozen("2026-11-21T09:00:00Z".parse().unwrap());
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::from_secs(3600));
        assert_eq!(clock.now().to_string(), "2026-11-21T10:00:00Z");
        clock.wait_until("2026-11-21T10:00:00Z".parse().unwrap()).await;
    }

    #[tokio::test]
    async fn who_waits_for_a_time_hears_of_a_move() {
        let clock = MovableClock::frozen("2026-11-21T09:00:00Z".parse().unwrap());
        let far = clock.now() + SignedDuration::from_hours(1);
        tokio::join!(clock.wait_until(far), async { clock.advance(Duration::from_secs(1)) });
    }

    #[test]
    fn a_running_clock_is_ahead_by_what_it_was_moved() {
        let clock = MovableClock::running();
        let before = clock.now();
        clock.advance(Duration::from_secs(3600));
        let ahead = clock.now().duration_since(before);
        assert!(SignedDuration::from_hours(1) <= ahead && ahead < SignedDuration::from_hours(2), "{ahead}");
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }
}
