//! `template.yaml` keeps its promises, and `events/` fits it.
//!
//! `cfn-lint` and `sam validate` say whether AWS would take the template; this suite says whether it is ours:
//! exact rights, no lost event, no unwatched queue, a payload for every trigger.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot read the project must fail loudly")]

mod events;
mod model;
mod names;
mod promises;
mod rights;
