//! The simulator as a client meets it: over a real connection, byte by byte.

mod client;
mod faults;
mod modes;
mod wire;
