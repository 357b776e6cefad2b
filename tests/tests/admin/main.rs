//! The console's function, driven by the payloads of `events/admin` over an embedded store.
#![expect(clippy::unwrap_used, reason = "a suite that cannot set up its world must fail loudly")]

mod analytics;
mod booking;
mod canned_reply;
mod conversation;
#[path = "../../../shared/src/store/tests/embedded.rs"]
mod embedded;
mod escalation;
mod import;
mod lesson;
mod offer;
mod origin;
mod rights;
mod settings;
mod ticket;
mod world;
