//! The whole of Frontdesk over HTTP, one file per noun.

mod chat;
mod faults;
mod runner;
mod shop;
mod stream;
mod turn;
