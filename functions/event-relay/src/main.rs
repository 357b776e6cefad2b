//! Binds the event-relay handler to Lambda.

fn main() {}
