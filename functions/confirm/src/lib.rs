//! Confirms or declines a proposal; signed booking links.
