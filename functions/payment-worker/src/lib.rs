//! Turns payment events into booking state.
