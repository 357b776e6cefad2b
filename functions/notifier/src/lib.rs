//! Sends each mail once.
