//! Binds the stripe-webhook handler to Lambda.

fn main() {}
