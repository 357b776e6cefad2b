//! Simulators.

pub mod stripe;
