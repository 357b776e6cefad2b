//! A stand-in for Anthropic's Messages API: `POST /v1/messages`, plain and streamed.
//!
//! Wire-exact where a client can tell the difference, with the failures of the real service at hand.
//! Reading order: [`Simulator`] takes a request, `validate` refuses a malformed one, `transcript` reads
//! it, the [`Mode`] decides who answers (`offline`, `obedient`, a script, or a [`Fault`]), and `perform`
//! puts the answer on the wire by way of `wire`, `stream` and `body`. It keeps nothing on disk and opens
//! no connection.

mod body;
mod fault;
mod mode;
mod obedient;
mod offline;
mod perform;
mod simulator;
mod stream;
mod tokens;
mod transcript;
mod validate;
mod wire;

pub use fault::{Fault, FaultKind};
pub use mode::{Answer, Mode, ToolCall};
pub use simulator::Simulator;

#[cfg(test)]
mod tests;
