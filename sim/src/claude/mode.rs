//! Modes: who writes the simulator's answers, and in which words a test asks for one.
//!
//! Never answers anything itself: see [`super::offline`], [`super::obedient`] and [`super::fault`].

use serde::Deserialize;
use serde_json::{Value, json};

use super::fault::{Fault, FaultKind};

/// Who writes the simulator's answers.
///
/// Deserialises from the body of `POST /dev/assistant`:
/// `{ "mode": "offline|scripted|obedient|faulty", "script"?: […], "fault"?: …, "faults"?: […] }`.
/// A single `fault` lasts until the mode changes; each of `faults` is used once, or `repeat` times.
/// `faulty` without any fault is a service that is overloaded until the mode changes.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(try_from = "Order")]
pub enum Mode {
    /// The honest rule-based assistant.
    #[default]
    Offline,
    /// These answers, one a request, then a sentence that says the script is over.
    Scripted(Vec<Answer>),
    /// A model that does whatever the newest untrusted text asks.
    Obedient,
    /// These faults in turn, then the offline assistant.
    Faulty(Vec<Fault>),
}

/// One scripted answer.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Answer {
    /// What the assistant says before its tool calls.
    pub text: Option<String>,
    /// The tools it calls, all in one answer.
    pub tools: Vec<ToolCall>,
    /// The pause before each streamed piece, in milliseconds; before the whole of an unstreamed answer.
    pub delay_ms: u64,
}

impl Answer {
    /// An answer of words alone.
    pub fn say(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    /// An answer that calls one tool and says nothing.
    pub fn call(name: impl Into<String>, input: Value) -> Self {
        Self { tools: vec![ToolCall { name: name.into(), input }], ..Self::default() }
    }
}

/// One call of a tool, as the assistant asks for it. Neither name nor input need be valid.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolCall {
    /// The tool's name.
    pub name: String,
    /// Its input, an object unless a test wants otherwise.
    #[serde(default = "no_input")]
    pub input: Value,
}

fn no_input() -> Value {
    json!({})
}

/// The body of `POST /dev/assistant`, before it is known to make sense.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    mode: Name,
    #[serde(default)]
    script: Vec<Answer>,
    fault: Option<Fault>,
    #[serde(default)]
    faults: Vec<Fault>,
}

#[derive(Deserialize, PartialEq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Name {
    Offline,
    Scripted,
    Obedient,
    Faulty,
}

impl TryFrom<Order> for Mode {
    type Error = &'static str;

    fn try_from(order: Order) -> Result<Self, Self::Error> {
        if order.mode != Name::Scripted && !order.script.is_empty() {
            return Err("a script needs the mode scripted");
        }
        if order.mode != Name::Faulty && (order.fault.is_some() || !order.faults.is_empty()) {
            return Err("a fault needs the mode faulty");
        }
        Ok(match order.mode {
            Name::Offline => Self::Offline,
            Name::Obedient => Self::Obedient,
            Name::Scripted => Self::Scripted(order.script),
            Name::Faulty => match (order.fault, order.faults) {
                (Some(fault), faults) if faults.is_empty() => Self::Faulty(vec![fault.forever()]),
                (Some(_), _) => return Err("either fault or faults, not both"),
                (None, faults) if faults.is_empty() => Self::Faulty(vec![Fault::once(FaultKind::Overloaded).forever()]),
                (None, faults) => Self::Faulty(faults),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(order: Value) -> Result<Mode, String> {
        serde_json::from_value(order).map_err(|err| err.to_string())
    }

    #[test]
    fn an_order_becomes_a_mode() {
        let slow = Answer { delay_ms: 20, ..Answer::say("Hello") };
        let table = [
            (json!({ "mode": "offline" }), Mode::Offline),
            (json!({ "mode": "obedient" }), Mode::Obedient),
            (json!({ "mode": "scripted", "script": [{ "text": "Hello", "delayMs": 20 }] }), Mode::Scripted(vec![slow])),
            (
                json!({ "mode": "scripted", "script": [{ "tools": [{ "name": "list_packages" }] }] }),
                Mode::Scripted(vec![Answer::call("list_packages", json!({}))]),
            ),
            (json!({ "mode": "faulty" }), Mode::Faulty(vec![Fault::once(FaultKind::Overloaded).forever()])),
            (
                json!({ "mode": "faulty", "fault": "cut_mid_json" }),
                Mode::Faulty(vec![Fault::once(FaultKind::CutMidJson).forever()]),
            ),
            (
                json!({ "mode": "faulty", "faults": ["slow", { "name": "server_error", "repeat": 3 }] }),
                Mode::Faulty(vec![Fault::once(FaultKind::Slow), Fault::once(FaultKind::ServerError).times(3)]),
            ),
        ];
        for (order, mode) in table {
            assert_eq!(parsed(order.clone()), Ok(mode), "{order}");
        }
    }

    #[test]
    fn an_order_that_makes_no_sense_is_refused() {
        let table = [
            json!({}),
            json!({ "mode": "clever" }),
            json!({ "mode": "offline", "script": [{ "text": "Hello" }] }),
            json!({ "mode": "obedient", "fault": "slow" }),
            json!({ "mode": "faulty", "fault": "slow", "faults": ["slow"] }),
            json!({ "mode": "faulty", "fault": "no_such_fault" }),
            json!({ "mode": "scripted", "script": [{ "delay_ms": 20 }] }),
        ];
        for order in table {
            assert!(parsed(order.clone()).is_err(), "{order}");
        }
    }
}
