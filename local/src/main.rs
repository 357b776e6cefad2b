//! Local runner.

fn main() {}
