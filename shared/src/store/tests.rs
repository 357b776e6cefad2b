//! What suites over the store share.

pub(crate) mod embedded;
