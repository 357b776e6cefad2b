//! Frontdesk in one process: every function, an embedded DynamoDB, queues, a bus and a clock of its own.
//!
//! Reading order: [`start`] takes [`Options`] and gives a [`Running`] desk. A request goes through
//! [`gateway`] into [`functions`]; what they write to the outbox goes through [`relay`], [`bus`] and
//! [`queue`] into functions again; [`timers`] and the [`clock`] do what time would. [`template`] is the
//! deployed `template.yaml`, which decides who is called for what. Nothing of this is in a Lambda.

pub mod bus;
pub mod clock;
pub mod deliveries;
pub mod demo;
pub mod desk;
mod dev;
pub mod dynamodb;
pub mod error;
pub mod folder;
pub mod functions;
pub mod gateway;
pub mod identity;
pub mod keys;
pub mod mailbox;
pub mod options;
pub mod pages;
pub mod queue;
pub mod relay;
pub mod tally;
pub mod tasks;
pub mod template;
pub mod timers;
mod world;

pub use desk::{Desk, Left};
pub use error::StartError;
pub use options::{Data, Options, StripeAccess};
pub use world::{Running, start};
