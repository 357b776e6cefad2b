//! The whole of Frontdesk over HTTP, one file per noun.

mod attacks;
mod chat;
mod conversation;
mod faults;
mod limit;
mod link;
mod readme;
mod runner;
mod session;
mod shop;
mod stream;
mod tenants;
mod trip;
mod turn;
