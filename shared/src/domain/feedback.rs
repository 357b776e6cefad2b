//! Feedback: what a visitor thinks of their conversation, one to five stars and a few words.
//!
//! Decides what a rating is, and for how long another one takes its place. Never looks at a clock, and never asks
//! whose conversation it is: callers pass `now` and have admitted the session.

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::text::Note;

/// How long after their first rating a visitor may give another in its place. It is counted from the first, so that
/// no chain of changes keeps a figure open for ever.
pub const CHANGEABLE: SignedDuration = SignedDuration::from_hours(24);

/// One to five stars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rating(u8);

/// A number that is no rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a rating is a whole number from 1 to 5")]
pub struct InvalidRating;

impl Rating {
    /// The most stars.
    pub const MOST: u8 = 5;

    /// Takes a number of stars.
    ///
    /// # Errors
    ///
    /// [`InvalidRating`] for anything but 1 to [`Rating::MOST`].
    pub fn new(stars: i64) -> Result<Self, InvalidRating> {
        match u8::try_from(stars) {
            Ok(stars @ 1..=Self::MOST) => Ok(Self(stars)),
            _ => Err(InvalidRating),
        }
    }

    /// How many stars: 1 to [`Rating::MOST`].
    #[must_use]
    pub const fn stars(self) -> u8 {
        self.0
    }
}

/// What a visitor says of their conversation at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// The stars.
    pub rating: Rating,
    /// The words, in the visitor's own; often none.
    pub comment: Note<500>,
}

/// The feedback on a conversation. There is one at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// What the visitor said last.
    pub opinion: Opinion,
    /// When they said anything first.
    pub given_at: Timestamp,
    /// When they said this.
    pub changed_at: Timestamp,
    /// 1 for the first opinion, one more for each that took its place.
    pub version: u64,
}

/// An opinion that comes after [`CHANGEABLE`]: the one before stands for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the rating can no longer be changed")]
pub struct TooLate;

impl Feedback {
    /// What stands once a visitor says `opinion` after `standing`; none when that says the same already, however
    /// late it is repeated.
    ///
    /// # Errors
    ///
    /// [`TooLate`] for another opinion once [`CHANGEABLE`] has passed.
    pub fn after(standing: Option<&Self>, opinion: &Opinion, now: Timestamp) -> Result<Option<Self>, TooLate> {
        let (given_at, version) = match standing {
            None => (now, 1),
            Some(standing) if standing.opinion == *opinion => return Ok(None),
            Some(standing) if standing.given_at + CHANGEABLE <= now => return Err(TooLate),
            Some(standing) => (standing.given_at, standing.version + 1),
        };
        Ok(Some(Self { opinion: opinion.clone(), given_at, changed_at: now, version }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn opinion(stars: i64, comment: &str) -> Opinion {
        Opinion { rating: Rating::new(stars).unwrap(), comment: Note::cut(comment) }
    }

    fn start() -> Timestamp {
        "2026-11-21T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_rating_is_a_whole_number_from_one_to_five() {
        let taken: Vec<i64> = (-1..=7).filter(|stars| Rating::new(*stars).is_ok()).collect();
        assert_eq!(taken, [1, 2, 3, 4, 5]);
        for far in [i64::MIN, -252, 257, 261, i64::MAX] {
            assert_eq!(Rating::new(far), Err(InvalidRating), "{far}");
        }
    }

    #[test]
    fn another_opinion_takes_the_place_of_the_first_until_a_day_has_passed() {
        let first = Feedback::after(None, &opinion(2, ""), start()).unwrap().unwrap();
        assert_eq!((first.given_at, first.changed_at, first.version), (start(), start(), 1));
        let last = start() + CHANGEABLE - SignedDuration::from_millis(1);
        let second = Feedback::after(Some(&first), &opinion(4, "Better"), last).unwrap().unwrap();
        assert_eq!((second.given_at, second.changed_at, second.version), (start(), last, 2));
        assert_eq!(second.opinion, opinion(4, "Better"));
        // The day is counted from the first, not from the change.
        for standing in [&first, &second] {
            let late = Feedback::after(Some(standing), &opinion(5, ""), start() + CHANGEABLE);
            assert_eq!(late, Err(TooLate));
        }
    }

    #[test]
    fn the_same_again_changes_nothing_and_is_never_too_late() {
        let first = Feedback::after(None, &opinion(2, "Slow"), start()).unwrap().unwrap();
        for now in [start(), start() + CHANGEABLE, start() + CHANGEABLE * 30] {
            assert_eq!(Feedback::after(Some(&first), &opinion(2, " Slow\u{200b} "), now), Ok(None));
        }
    }

    proptest! {
        #[test]
        fn what_stands_in_the_end_is_the_last_opinion_of_the_first_day(
            said in prop::collection::vec((1_i64..=5, 0_usize..3, 0_i64..36), 1..12)
        ) {
            let mut said = said;
            said.sort_by_key(|(.., hour)| *hour);
            let first = said[0].2;
            let (mut standing, mut changes) = (None, 0);
            for (stars, words, hour) in &said {
                let now = start() + SignedDuration::from_hours(*hour);
                let opinion = opinion(*stars, &"so ".repeat(*words));
                if let Ok(Some(next)) = Feedback::after(standing.as_ref(), &opinion, now) {
                    (standing, changes) = (Some(next), changes + 1);
                }
            }
            let standing = standing.unwrap();
            let last = said.iter().rfind(|(.., hour)| hour - first < 24).unwrap();
            prop_assert_eq!(&standing.opinion, &opinion(last.0, &"so ".repeat(last.1)));
            prop_assert_eq!(standing.version, changes);
            prop_assert_eq!(standing.given_at, start() + SignedDuration::from_hours(first));
        }
    }
}
