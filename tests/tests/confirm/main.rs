//! The executor and the links in mails, on an embedded database: one file per subject.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod busy;
mod calendar;
mod changes;
mod edge;
mod executor;
mod histories;
mod links;
mod long;
mod money;
mod offers;
mod pages;
mod races;
mod waitlist;
mod world;
