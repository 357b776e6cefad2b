//! `template.yaml` and the code agree on names, and `events/` fits both.
//!
//! Every function is a crate, every variable is read, every trigger has a payload. What the template promises
//! of rights, tables, queues and alarms is looked at in what SAM makes of it: `tests/template/`.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot read the project must fail loudly")]

mod events;
mod model;
mod names;
