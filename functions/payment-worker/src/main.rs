//! Binds the payment-worker handler to Lambda.

fn main() {}
