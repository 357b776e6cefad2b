//! Binds the cleanup handler to Lambda.

fn main() {}
