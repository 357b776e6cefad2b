//! The pure rules: no `async`, clock, randomness, environment or SDK. Callers pass `now`.

pub mod address;
pub mod article;
pub mod availability;
pub mod booking;
pub mod cell;
pub mod code;
pub mod conversation;
pub mod event;
pub mod fence;
pub mod hours;
pub mod id;
pub mod injection;
pub mod ledger;
pub mod meter;
pub mod mail;
pub mod message;
pub mod money;
pub mod package;
pub mod payment;
pub mod proposal;
pub mod resource;
pub mod secret;
pub mod slot;
pub mod tenant;
pub mod text;
pub mod widget;
