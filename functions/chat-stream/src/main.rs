//! Binds the chat-stream handler to Lambda.

fn main() {}
