//! What the simulated model is to do, in the words of `POST /dev/assistant`.

use serde_json::{Value, json};

/// The rule-based assistant.
#[must_use]
pub fn offline() -> Value {
    json!({ "mode": "offline" })
}

/// A model that does whatever the newest untrusted text asks.
#[must_use]
pub fn obedient() -> Value {
    json!({ "mode": "obedient" })
}

/// These answers, one a call.
#[must_use]
pub fn script(answers: impl IntoIterator<Item = Value>) -> Value {
    json!({ "mode": "scripted", "script": answers.into_iter().collect::<Vec<_>>() })
}

/// The same fault at every call.
#[must_use]
pub fn fault(name: &str) -> Value {
    json!({ "mode": "faulty", "fault": name })
}

/// An answer of words.
#[must_use]
pub fn say(text: impl Into<String>) -> Value {
    json!({ "text": text.into() })
}

/// An answer of words that come piece by piece, a moment apart.
#[must_use]
pub fn say_slowly(text: &str, delay_ms: u64) -> Value {
    json!({ "text": text, "delayMs": delay_ms })
}

/// An answer that calls one tool.
#[must_use]
pub fn call(name: &str, input: Value) -> Value {
    json!({ "tools": [{ "name": name, "input": input }] })
}
