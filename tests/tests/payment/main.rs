//! Payments from Stripe's signed event to the mails, over the real store and the simulated Stripe.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod checkouts;
mod deposits;
mod grants;
mod holds;
mod machine;
mod misfits;
mod races;
mod reconciliation;
mod refunds;
mod sequences;
mod webhook;
mod worker;
mod world;
