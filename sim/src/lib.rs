//! Simulators of outside services that speak the real wire formats.
//!
//! They stand in for those services in tests and on a laptop without accounts. Never compiled into a Lambda.

pub mod claude;
pub mod control;
pub mod stripe;
