//! How often a question is tried and how long it may take.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::time::Instant;

use super::failure::Again;

/// How often a question is tried and how long it may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// The most calls for one question.
    pub tries: usize,
    /// The pause before the second call; it doubles for the third, with a random part of itself
    /// added. Zero for none.
    pub pause: Duration,
    /// How long all tries together may take until an answer begins to arrive.
    pub first_byte: Duration,
    /// How long nothing at all may arrive.
    pub idle: Duration,
    /// How long all of it may take.
    pub total: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            tries: 3,
            pause: Duration::from_millis(500),
            first_byte: Duration::from_secs(25),
            idle: Duration::from_secs(15),
            total: Duration::from_secs(120),
        }
    }
}

/// The tries of one question.
pub(super) struct Tries {
    patience: Patience,
    started: Instant,
    made: usize,
    pauses: ExponentialBackoff,
}

impl Patience {
    pub(super) fn tries(&self, started: Instant) -> Tries {
        let pauses = ExponentialBuilder::default().with_min_delay(self.pause).with_jitter().without_max_times().build();
        Tries { patience: *self, started, made: 0, pauses }
    }

    /// When silence that begins `now` has lasted too long.
    pub(super) fn idle_from(&self, now: Instant) -> Instant {
        now + self.idle
    }
}

impl Tries {
    /// When an answer must have begun to arrive.
    pub(super) fn first_byte_by(&self) -> Instant {
        self.started + self.patience.first_byte.min(self.patience.total)
    }

    /// When the answer must be complete.
    pub(super) fn end_by(&self) -> Instant {
        self.started + self.patience.total
    }

    /// How long to wait before the next call, `elapsed` since the question; `None` to give up.
    pub(super) fn wait(&mut self, again: Again, elapsed: Duration) -> Option<Duration> {
        self.made += 1;
        if again == Again::Never || self.patience.tries <= self.made {
            return None;
        }
        let pause = self.pauses.next()?;
        let wait = match again {
            Again::After(told) => told.max(pause),
            _ => pause,
        };
        (elapsed + wait < self.patience.first_byte).then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn tries() -> Tries {
        Patience { tries: 3, pause: SECOND, ..Patience::default() }.tries(Instant::now())
    }

    #[test]
    fn pauses_grow_and_end_with_the_last_try() {
        let mut tries = tries();
        let first = tries.wait(Again::Soon, Duration::ZERO).unwrap();
        let second = tries.wait(Again::Soon, first).unwrap();
        assert!((SECOND..2 * SECOND).contains(&first), "{first:?}");
        assert!((2 * SECOND..4 * SECOND).contains(&second), "{second:?}");
        assert_eq!(tries.wait(Again::Soon, second), None);
    }

    #[test]
    fn nothing_is_tried_again_that_cannot_help() {
        assert_eq!(tries().wait(Again::Never, Duration::ZERO), None);
    }

    #[test]
    fn a_pause_that_was_asked_for_is_kept_if_it_fits() {
        let told = Again::After(Duration::from_secs(20));
        assert_eq!(tries().wait(told, Duration::from_secs(4)), Some(Duration::from_secs(20)));
        assert_eq!(tries().wait(told, Duration::from_secs(5)), None);
    }

    #[test]
    fn no_pause_at_all_is_possible() {
        let mut tries = Patience { pause: Duration::ZERO, ..Patience::default() }.tries(Instant::now());
        assert_eq!(tries.wait(Again::Soon, Duration::ZERO), Some(Duration::ZERO));
        assert_eq!(tries.wait(Again::Soon, Duration::ZERO), Some(Duration::ZERO));
    }
}
