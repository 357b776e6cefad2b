//! Use cases: the only place that sequences effects. One per file, each with a `Deps` of exactly what it may touch.

pub mod article;
pub mod attendance;
pub mod booking;
pub mod business;
pub mod calendar;
pub mod cleanup;
pub mod confirm;
pub mod context;
pub mod conversation;
pub mod escalation;
pub mod feedback;
pub mod hours;
pub mod mail;
pub mod notify;
pub mod package;
pub mod payment;
pub mod relay;
pub mod reminder;
pub mod resource;
pub mod schedule;
pub mod session;
pub mod terms;
pub mod tools;
pub mod turn;
pub mod verification;
pub mod waitlist;
