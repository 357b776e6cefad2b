//! The AWS implementations of [`crate::ports`]. Only `runtime` knows them.

pub mod eventbridge;
pub mod ses;
pub mod sqs;
