//! Binds the notifier handler to Lambda.

fn main() {}
