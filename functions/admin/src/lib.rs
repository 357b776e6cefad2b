//! Everything the console does.
