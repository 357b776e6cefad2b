//! Failure: when the assistant has failed a visitor so often that a person should look without being asked for.
//!
//! Two answers in a row that were our apology: one may be an outage of seconds, which the next message ends; after
//! the second the visitor has nothing but apologies. Three failures of one tool in this turn and the one before: the
//! first is usually the model's own wrong input, which it mends with the second; after the third it goes in circles.

use std::collections::BTreeMap;

use crate::domain::message::Outcome;

/// How often one tool may fail within two turns before a person is asked for.
pub const TOOL_FAILURES: usize = 3;

/// Claims that this turn and the one before it both ended in our apology.
#[must_use]
pub fn is_repeated(before: Option<Outcome>, now: Outcome) -> bool {
    before == Some(Outcome::Fallback) && now == Outcome::Fallback
}

/// The tool that failed at least [`TOOL_FAILURES`] times among `failed`, the failures of this turn and the one
/// before, if one did so in this turn too; of several the first by name.
#[must_use]
pub fn tool_in_circles<'a>(before: &'a [String], now: &'a [String]) -> Option<&'a str> {
    let mut failures: BTreeMap<&str, usize> = BTreeMap::new();
    before.iter().chain(now).for_each(|tool| *failures.entry(tool).or_default() += 1);
    let in_circles = |tool: &&str| now.iter().any(|failed| failed == tool);
    failures.into_iter().filter(|(_, times)| TOOL_FAILURES <= *times).map(|(tool, _)| tool).find(in_circles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_apologies_in_a_row_are_one_too_many() {
        for (before, now, expected) in [
            (Some(Outcome::Fallback), Outcome::Fallback, true),
            (Some(Outcome::Answered), Outcome::Fallback, false),
            (Some(Outcome::Fallback), Outcome::Answered, false),
            (Some(Outcome::Replied), Outcome::Fallback, false),
            (Some(Outcome::Deflected), Outcome::Fallback, false),
            (None, Outcome::Fallback, false),
        ] {
            assert_eq!(is_repeated(before, now), expected, "{before:?} {now:?}");
        }
    }

    #[test]
    fn a_tool_goes_in_circles_with_its_third_failure() {
        let tools = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        for (before, now, expected) in [
            (&["book"][..], &["book", "book"][..], Some("book")),
            (&[], &["book", "book", "book"], Some("book")),
            (&["book"], &["book"], None),
            (&["book", "book"], &["list"], None),
            (&["book", "book", "book"], &[], None),
            (&["book", "list"], &["list", "book", "list"], Some("list")),
        ] {
            let (before, now) = (tools(before), tools(now));
            assert_eq!(tool_in_circles(&before, &now), expected, "{before:?} {now:?}");
        }
    }
}
