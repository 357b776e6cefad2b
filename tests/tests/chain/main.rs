//! The chain behind a change: outbox, relay, bus, queues, workers, what time brings, and the hourly cleanup.
//!
//! Each consumer meets repetition, another order, one poisoned message in ten, and an outage of what it
//! talks to; the counters meet everybody at once.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says so by panicking")]

mod cleanup;
mod days;
mod handover;
mod limits;
mod notifier;
mod recount;
mod relay;
mod reminder;
mod reservations;
mod webhook;
