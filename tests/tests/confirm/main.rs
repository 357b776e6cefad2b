//! The executor and the links in mails, on an embedded database: one file per subject.

mod changes;
mod executor;
mod histories;
mod races;
mod world;
