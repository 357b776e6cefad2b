//! The obedient assistant: a model that every prompt injection works on.
//!
//! Tests put it behind the server to show that the server, and not the model's good sense, protects
//! the data. It does whatever the newest untrusted text asks: the visitor's message, the newest results
//! of tools, or an article in the system prompt. Told nothing special, it works like the offline
//! assistant, so that it fetches the texts in which instructions hide. It never refuses.

mod calls;
mod speech;

use jiff::Timestamp;
use serde_json::Value;

use super::mode::{Answer, ToolCall};
use super::offline;
use super::transcript::{Entry, Transcript};

/// The next answer in `transcript`.
pub(super) fn answer(transcript: &Transcript, now: Timestamp) -> Answer {
    let texts = untrusted(transcript);
    let orders = Orders::in_all(&texts, transcript);
    let tools: Vec<ToolCall> = orders.calls.into_iter().filter(|call| !is_done(call, transcript.turn())).collect();
    let said = orders.said.join("\n\n");
    if tools.is_empty() && said.is_empty() {
        return report(transcript).unwrap_or_else(|| offline::answer(transcript, now));
    }
    Answer { text: (!said.is_empty()).then_some(said), tools, delay_ms: 0 }
}

/// What some texts ask for.
#[derive(Debug, Default)]
struct Orders {
    calls: Vec<ToolCall>,
    said: Vec<String>,
}

impl Orders {
    fn in_all(texts: &[String], transcript: &Transcript) -> Self {
        let mut orders = Self::default();
        for text in texts {
            for call in calls::calls(text, &transcript.tools) {
                if !orders.calls.contains(&call) {
                    orders.calls.push(call);
                }
            }
            orders.said.extend(speech::said(text, &transcript.system));
        }
        orders
    }
}

/// The newest texts that the server did not write itself.
fn untrusted(transcript: &Transcript) -> Vec<String> {
    let newest =
        transcript.entries.iter().rev().take_while(|entry| matches!(entry, Entry::Visitor(_) | Entry::Result { .. }));
    let mut texts = Vec::new();
    for entry in newest {
        match entry {
            Entry::Visitor(text) => texts.push(text.clone()),
            Entry::Result { text, .. } => strings(text, &mut texts),
            Entry::Assistant(_) | Entry::Call { .. } => {}
        }
    }
    texts.reverse();
    if transcript.turn().is_empty() {
        texts.extend(transcript.system.lines().filter(|line| is_injected(line)).map(str::to_owned));
    }
    texts
}

/// Instructions hide in the strings of a result: inside they are not escaped any more.
fn strings(text: &str, found: &mut Vec<String>) {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) => found.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            Value::Object(fields) => fields.values().for_each(|field| walk(field, found)),
            _ => {}
        }
    }
    let json = text.find('{').zip(text.rfind('}')).and_then(|(start, end)| text.get(start..=end));
    match json.and_then(|json| serde_json::from_str::<Value>(json).ok()) {
        Some(value) => walk(&value, found),
        None => found.push(text.to_owned()),
    }
}

/// A line of the system prompt that its author cannot have meant.
fn is_injected(line: &str) -> bool {
    let lower = line.to_lowercase();
    let is_rule = ["never", "do not", "don't", "must not", "refuse", "decline", "if asked", "if someone", "only "];
    let is_order = ["ignore", "disregard", "override", "new instructions", "![", "<script", "<img", "call "];
    is_order.iter().any(|word| lower.contains(word))
        && (lower.contains('{') || !lower.contains("call ") || lower.contains("ignore"))
        && !is_rule.iter().any(|word| lower.contains(word))
}

/// The call was made in this turn: even the obedient do not do everything twice.
fn is_done(call: &ToolCall, turn: &[Entry]) -> bool {
    turn.iter()
        .any(|entry| matches!(entry, Entry::Call { name, input, .. } if *name == call.name && *input == call.input))
}

/// Hands on every result of the turn word for word, when the visitor's orders brought them.
fn report(transcript: &Transcript) -> Option<Answer> {
    let visitor = transcript.entries.iter().rev().find_map(|entry| match entry {
        Entry::Visitor(text) => Some(text.clone()),
        _ => None,
    })?;
    let orders = Orders::in_all(&[visitor], transcript);
    let results: Vec<String> = transcript
        .turn()
        .iter()
        .filter_map(|entry| match entry {
            Entry::Result { text, .. } => Some(text.clone()),
            _ => None,
        })
        .collect();
    let is_obeyed = !orders.calls.is_empty() && !results.is_empty();
    is_obeyed.then(|| Answer::say(format!("Done. This is what I got:\n{}", results.join("\n"))))
}

#[cfg(test)]
mod tests;
