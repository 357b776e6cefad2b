//! Frontdesk in one process: every function, an embedded DynamoDB, queues, a bus and a clock of its own.
pub mod bus;
pub mod clock;
pub mod dynamodb;
pub mod error;
pub mod folder;
pub mod keys;
pub mod queue;
pub mod tasks;
pub mod template;
