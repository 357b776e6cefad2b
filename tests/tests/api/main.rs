//! The whole of Frontdesk over HTTP, one file per noun.
//!
//! Each test opens a desk of its own, in memory, with a clock that stands still. Nothing here waits for time
//! to pass: a test moves the clock, or reads on until what it waits for has happened.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says so by panicking")]

mod analytics;
mod attacks;
mod calendar;
mod capacity;
mod chat;
mod conversation;
mod faults;
mod feedback;
mod free;
mod limit;
mod link;
mod metric;
mod owner;
mod pair;
mod proof;
mod readme;
mod rights;
mod runner;
mod session;
mod shop;
mod stream;
mod takeover;
mod tenants;
mod times;
mod trip;
mod turn;
mod unproven;
mod waitlist;
