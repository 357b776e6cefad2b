//! Binds the confirm handler to Lambda.

fn main() {}
