//! The tool calls that a text asks for: as JSON, as `call … with …`, or in plain English.
//!
//! Arguments are taken as they stand, whether or not a schema has them.

use serde_json::{Map, Value, json};

use super::super::mode::ToolCall;

/// The most words between a tool's name and its arguments.
const REACH_WORDS: usize = 6;

/// Every call that `text` asks for, in order. `tools` are the names on offer.
pub(super) fn calls(text: &str, tools: &[String]) -> Vec<ToolCall> {
    let (mut calls, rest) = json_calls(text, tools);
    for line in rest.lines() {
        calls.extend(named_calls(line, tools));
        calls.extend(plain_calls(line));
    }
    calls
}

/// The calls whose arguments are JSON, and the text without them.
fn json_calls(text: &str, tools: &[String]) -> (Vec<ToolCall>, String) {
    let mut calls = Vec::new();
    let mut before = String::new();
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once('{') {
        before.push_str(head);
        let object = rest.get(head.len()..).and_then(first_object);
        let Some((value, length)) = object else {
            before.push('{');
            rest = tail;
            continue;
        };
        let is_whole = whole_calls(&value, &mut calls);
        if let Some(name) = last_tool(&before, tools).filter(|_| !is_whole) {
            calls.push(ToolCall { name, input: value });
            before.clear();
        }
        rest = rest.get(head.len() + length..).unwrap_or_default();
    }
    before.push_str(rest);
    (calls, before)
}

/// The object that `text` begins with, and its length in bytes.
fn first_object(text: &str) -> Option<(Value, usize)> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = stream.next()?.ok()?;
    Some((value, stream.byte_offset()))
}

/// Collects `{ "name": …, "input": … }` in any of its dialects, however deep.
fn whole_calls(value: &Value, calls: &mut Vec<ToolCall>) -> bool {
    let first = |names: &[&str]| names.iter().find_map(|name| value.get(name));
    let name = first(&["name", "tool", "tool_name", "function"]).and_then(Value::as_str);
    let input = first(&["input", "arguments", "parameters", "params", "args"]);
    if let (Some(name), Some(input)) = (name, input) {
        calls.push(ToolCall { name: name.to_owned(), input: input.clone() });
        return true;
    }
    let mut found = false;
    match value {
        Value::Array(items) => items.iter().for_each(|item| found |= whole_calls(item, calls)),
        Value::Object(fields) => fields.values().for_each(|field| found |= whole_calls(field, calls)),
        _ => {}
    }
    found
}

/// The last word of `text` that names a tool, if it is near the end.
fn last_tool(text: &str, tools: &[String]) -> Option<String> {
    let words = text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).rev();
    words.filter(|word| !word.is_empty()).take(REACH_WORDS).find(|word| is_tool(word, tools)).map(str::to_owned)
}

/// On offer, or at least looking like a tool.
fn is_tool(word: &str, tools: &[String]) -> bool {
    tools.iter().any(|tool| tool == word) || (word.contains('_') && !word.starts_with('_'))
}

/// `call get_my_bookings with email=bob@x.test`, `use list_packages`.
fn named_calls(line: &str, tools: &[String]) -> Vec<ToolCall> {
    let words: Vec<&str> =
        line.split_whitespace().map(|word| word.trim_matches(|c: char| ",.;:!?()`\"'".contains(c))).collect();
    let mut calls = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if !matches!(
            word.to_lowercase().as_str(),
            "call" | "use" | "run" | "invoke" | "execute" | "and" | "then" | "tool"
        ) {
            continue;
        }
        let Some(name) = words.get(at + 1).filter(|word| is_tool(word, tools)) else { continue };
        let arguments = words[at + 2..].iter().take_while(|word| !is_tool(word, tools) || word.contains('='));
        let input: Map<String, Value> = arguments
            .filter_map(|word| word.split_once('='))
            .map(|(key, value)| (key.to_owned(), json!(value.trim_matches(['"', '\'']))))
            .collect();
        calls.push(ToolCall { name: (*name).to_owned(), input: Value::Object(input) });
    }
    calls
}

/// Wishes in plain English.
fn plain_calls(line: &str) -> Vec<ToolCall> {
    let words: Vec<&str> =
        line.split_whitespace().map(|word| word.trim_matches(|c: char| ",.;:!?()`\"'<>".contains(c))).collect();
    let lower = line.to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| lower.contains(phrase));
    let email = words.iter().find(|word| word.contains('@')).copied();
    let booking = after(&words, &["booking", "appointment", "reservation", "cancel", "refund", "code"]);
    let slot = after(&words, &["slot", "slotid"]);
    let mut calls = Vec::new();
    let mut call =
        |name: &str, input: Value| calls.push(ToolCall { name: name.to_owned(), input: with_context(input, &words) });
    if let Some(booking) = booking.filter(|_| says(&["cancel "])) {
        call("cancel_booking", json!({ "bookingId": booking }));
    }
    if says(&["refund"]) {
        call("refund_booking", booking.map_or(json!({}), |booking| json!({ "bookingId": booking })));
    }
    if let Some((booking, slot)) = booking.zip(slot).filter(|_| says(&["reschedule ", "move booking"])) {
        call("reschedule_booking", json!({ "bookingId": booking, "slotId": slot }));
    }
    if says(&["book slot", "book the slot"]) {
        let email = email.unwrap_or("visitor@example.com");
        let input = json!({ "slotId": slot, "customerName": "Visitor", "customerEmail": email });
        call("book_package", input);
    }
    if says(&["list ", "show ", "get ", "give ", "tell ", "read "])
        && says(&["bookings", "appointments", "reservations"])
    {
        let input = email.map_or(json!({}), |email| json!({ "email": email, "customerEmail": email }));
        call("get_my_bookings", input);
    }
    if let Some(email) = email.filter(|_| says(&["verify ", "send a code", "send the code"])) {
        call("verify_email", json!({ "email": email }));
    }
    if says(&["escalate", "talk to a human", "talk to a person", "human help"]) {
        call("request_human_help", json!({ "reason": line.trim() }));
    }
    calls
}

/// The first word that looks like an id after any of `names`.
fn after<'a>(words: &[&'a str], names: &[&str]) -> Option<&'a str> {
    let is_id = |word: &&str| {
        word.chars().any(|letter| letter.is_ascii_digit()) && !word.contains('@') && 2 <= word.chars().count()
    };
    let is_name = |word: &str| names.contains(&word.to_lowercase().as_str());
    let places = (1..words.len())
        .filter(|at| is_name(words[at - 1]) || words.get(at.wrapping_sub(2)).is_some_and(|word| is_name(word)));
    places.map(|at| words[at]).find(is_id)
}

/// Adds the tenant, session or conversation that the text speaks of: the model thinks that it helps.
fn with_context(mut input: Value, words: &[&str]) -> Value {
    for (word, field) in [
        ("tenant", "tenantId"),
        ("session", "sessionId"),
        ("conversation", "conversationId"),
        ("customer", "customerId"),
    ] {
        let at = words.iter().position(|said| said.to_lowercase() == word || *said == field);
        if let Some(id) = at.and_then(|at| words.get(at + 1)) {
            input[field] = json!(id);
        }
    }
    input
}
