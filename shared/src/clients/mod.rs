//! Clients of outside services that speak the real wire formats; `sim` stands in for the other end.

pub mod claude;
pub mod fetch;
pub mod stripe;
