//! The harness of the end-to-end suites, which live in `tests/tests`: a desk of its own for each test, and
//! the people at it.
//!
//! Everything goes through HTTP, as a browser would have it. Reading order: [`Desk`] runs all of Frontdesk in
//! this process with its data in memory and its clock held still; a [`Visitor`] chats, a [`Person`] sits at
//! the console; what they get is a [`Reply`] or a [`Stream`] of [`Event`]s; [`assistant`] writes what the
//! simulated model is to say.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a suite that cannot go on must fail loudly")]

pub mod assistant;
mod desk;
mod person;
mod reply;
mod stream;
mod visitor;

pub use desk::Desk;
pub use person::Person;
pub use reply::Reply;
pub use stream::{Event, Stream, words};
pub use visitor::{Card, Slot, Visitor};
