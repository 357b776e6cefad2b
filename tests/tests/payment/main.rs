//! Payments from Stripe's signed event to the mails, over the real store and the simulated Stripe.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says so by panicking")]

mod holds;
mod misfits;
mod refunds;
mod sequences;
mod webhook;
mod worker;
mod world;
