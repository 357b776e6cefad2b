//! The harness: a world of its own for each test. Suites live in `tests/tests`.
//!
//! [`world`] is an embedded store under the real services, with a clock that stands still and the cast
//! that `events/README.md` names; [`post`] and [`line`] are a mailer and a bus that fail when told to.
#![expect(clippy::unwrap_used, reason = "a harness fails by panicking, as a test does")]

pub mod line;
pub mod post;
pub mod world;
