//! The harness: a whole desk in the test's own process, and the people who use it over real HTTP.
//!
//! [`Desk`] is opened per test, in memory, at a time that stands still. A [`Visitor`] chats, a
//! [`Person`] of the business asks the admin API. What they get back is a [`Reply`].
//!
//! Where a suite hands payloads to single functions, [`world`] has the same store and services without
//! anything that runs by itself, [`talk`] keeps turns there without a model, and the cast that `events/README.md` names;
//! [`post`], [`mod@line`] and [`receiver`] are a mailer, a bus and a webhook's receiver that fail when told to.
//!
//! A broken promise of the desk panics here, with what was said: the harness exists only for tests.

#![expect(clippy::panic, clippy::expect_used, clippy::unwrap_used, reason = "a harness fails the test that uses it")]

mod desk;
mod frames;
pub mod line;
mod person;
pub mod post;
pub mod receiver;
mod reply;
pub mod talk;
mod visitor;
pub mod world;

pub use desk::{Desk, OPENING};
pub use frames::{Frame, Frames, words};
pub use person::Person;
pub use reply::Reply;
pub use visitor::Visitor;
