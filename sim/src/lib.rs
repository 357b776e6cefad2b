//! Simulators.

pub mod claude;
pub mod stripe;
