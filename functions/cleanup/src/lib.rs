//! Expires what has a side effect.
