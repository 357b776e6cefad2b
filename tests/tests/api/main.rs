//! The whole of Frontdesk over HTTP, one file per noun.

mod chat;
mod conversation;
mod faults;
mod limit;
mod link;
mod runner;
mod session;
mod shop;
mod stream;
mod turn;
mod trip;
