//! Binds the chat handler to Lambda.

fn main() {}
