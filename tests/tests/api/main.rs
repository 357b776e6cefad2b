//! The whole of Frontdesk over HTTP, one file per noun.

mod chat;
mod runner;
mod trip;
