//! The rules of the house that no compiler knows, each with its reason in the message.
//!
//! It reads the project's files as text and decides nothing about behaviour. Every rule is a function
//! from text to findings, so that the test beside it can feed it a bad sample: a rule that cannot fail
//! guards nothing.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot read the project must fail loudly")]

mod documents;
mod leaks;
mod lexer;
mod patterns;
mod places;
mod rings;
mod shape;
mod source;
mod tree;

/// What breaks a rule: where, and the rule with its reason.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    place: String,
    rule: String,
}

impl Finding {
    fn new(place: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { place: place.into(), rule: rule.into() }
    }
}

/// Fails with every finding at once, one a line.
#[track_caller]
fn assert_none(findings: &[Finding]) {
    let lines: Vec<_> = findings.iter().map(|found| format!("{}: {}", found.place, found.rule)).collect();
    assert!(lines.is_empty(), "{} broken house rule(s):\n{}", lines.len(), lines.join("\n"));
}
