//! The history checker: what two businesses and 64 customers do to the real code while everything that can
//! go wrong does, and an oracle that looks at what came of it.
//!
//! Reading order: [`play`] (a seed from its first step to the verdict), [`stage`] and [`gate`] (who goes on,
//! and by which call), [`cast`] (who does what), [`world`] (what there is), [`database`] and [`outside`]
//! (where calls go, and how they fail), [`record`] (what really happened), [`oracle`] (what must be true of
//! it). It decides nothing of the product's: every use case, the store, the SDK and the client of Stripe are
//! those that are deployed. Why it is so and not otherwise: `docs/decisions/0014-a-history-checker.md`.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a harness fails the run that uses it")]

mod business;
pub mod cast;
pub mod database;
pub mod dice;
pub mod gate;
pub mod log;
pub mod oracle;
pub mod outside;
pub mod play;
pub mod queue;
pub mod record;
pub mod report;
pub mod row;
pub mod stage;
pub mod weather;
pub mod world;
