//! The library every Frontdesk function shares.
//!
//! Rings, inward only: `functions/*` → [`http`], [`runtime`] → [`app`] → [`store`], [`clients`],
//! [`ports`] → [`domain`]. [`adapters`] implement the ports and only [`runtime`] knows them.

pub mod adapters;
pub mod app;
pub mod clients;
pub mod config;
pub mod domain;
pub mod http;
pub mod ports;
pub mod runtime;
pub mod store;
