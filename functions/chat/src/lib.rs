//! Chat over JSON.
