//! Binds the admin handler to Lambda.

fn main() {}
