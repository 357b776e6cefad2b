//! Frontdesk from outside: whole trips over HTTP against everything in one process.
//!
//! Each test opens a desk of its own, in memory, with its clock held still. Nothing here waits for time to
//! pass: a test moves the clock, or reads on until what it waits for has happened.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a suite that cannot go on must fail loudly")]

mod shop;
mod turn;
