//! The executor and the links in mails, on an embedded database: one file per subject.

mod changes;
mod edge;
mod executor;
mod histories;
mod links;
mod races;
mod world;
