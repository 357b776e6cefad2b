//! The conversation of a request: roles, blocks, and that every tool call is answered at once.

use serde_json::Value;

use super::super::wire::Refusal;
use super::known_fields;

/// The kinds of block that content may have.
const KINDS: [&str; 8] =
    ["text", "image", "document", "search_result", "thinking", "redacted_thinking", "tool_use", "tool_result"];

/// Checks `messages`.
pub(super) fn check(request: &Value) -> Result<(), Refusal> {
    let Some(messages) = request["messages"].as_array() else {
        return Err(Refusal::invalid("messages: Input should be a valid list"));
    };
    if messages.is_empty() {
        return Err(Refusal::invalid("messages: at least one message is required"));
    }
    roles(messages)?;
    let mut seen = Vec::new();
    for (at, message) in messages.iter().enumerate() {
        known_fields(&format!("messages.{at}"), message, &["role", "content"])?;
        let is_last = at + 1 == messages.len();
        content(at, message, is_last)?;
        for id in tool_uses(message) {
            if seen.contains(&id) {
                return Err(Refusal::invalid(format!("messages.{at}: `tool_use` ids must be unique")));
            }
            seen.push(id);
        }
        answered(at, message, messages.get(at + 1))?;
        asked(at, message, at.checked_sub(1).map(|before| &messages[before]))?;
    }
    let has_tool_blocks = messages.iter().any(|message| !tool_uses(message).is_empty());
    if has_tool_blocks && request["tools"].as_array().is_none_or(Vec::is_empty) {
        return Err(Refusal::invalid("Requests which include `tool_use` or `tool_result` blocks must define tools"));
    }
    Ok(())
}

fn roles(messages: &[Value]) -> Result<(), Refusal> {
    let mut before = "assistant";
    for (at, message) in messages.iter().enumerate() {
        let role = match message["role"].as_str() {
            Some(role @ ("user" | "assistant")) => role,
            Some("system") => {
                return Err(Refusal::invalid(
                    "messages: Unexpected role \"system\". The Messages API accepts a top-level `system` parameter, not \"system\" as an input message role.",
                ));
            }
            Some(_) => {
                let message = format!("messages.{at}.role: Input should be 'user' or 'assistant'");
                return Err(Refusal::invalid(message));
            }
            None => return Err(Refusal::invalid(format!("messages.{at}.role: Field required"))),
        };
        if at == 0 && role != "user" {
            return Err(Refusal::invalid("messages: first message must use the \"user\" role"));
        }
        if role == before {
            return Err(Refusal::invalid(format!(
                "messages: roles must alternate between \"user\" and \"assistant\", but found multiple \"{role}\" roles in a row"
            )));
        }
        before = role;
    }
    Ok(())
}

fn content(at: usize, message: &Value, is_last: bool) -> Result<(), Refusal> {
    let place = format!("messages.{at}");
    let is_assistant = message["role"] == "assistant";
    match &message["content"] {
        Value::String(text) if text.is_empty() && !(is_assistant && is_last) => Err(empty_message(&place)),
        Value::String(text) => trailing_space(text, is_assistant && is_last),
        Value::Array(blocks) if blocks.is_empty() && !(is_assistant && is_last) => Err(empty_message(&place)),
        Value::Array(blocks) => {
            for (index, block) in blocks.iter().enumerate() {
                check_block(&format!("{place}.content.{index}"), &place, block, is_assistant)?;
            }
            let last = blocks.last().and_then(|block| block["text"].as_str()).unwrap_or_default();
            trailing_space(last, is_assistant && is_last)
        }
        Value::Null => Err(Refusal::invalid(format!("{place}.content: Field required"))),
        _ => Err(Refusal::invalid(format!("{place}.content: Input should be a valid list"))),
    }
}

fn empty_message(place: &str) -> Refusal {
    Refusal::invalid(format!(
        "{place}: all messages must have non-empty content except for the optional final assistant message"
    ))
}

fn trailing_space(text: &str, is_prefill: bool) -> Result<(), Refusal> {
    if is_prefill && text.ends_with(char::is_whitespace) {
        return Err(Refusal::invalid("messages: final assistant content cannot end with trailing whitespace"));
    }
    Ok(())
}

fn check_block(place: &str, message: &str, block: &Value, is_assistant: bool) -> Result<(), Refusal> {
    match block["type"].as_str() {
        Some("text") => text_block(place, "messages", block),
        Some("tool_use") if !is_assistant => {
            Err(Refusal::invalid(format!("{message}: `tool_use` blocks can only be in `assistant` messages")))
        }
        Some("tool_use") => tool_use(place, block),
        Some("tool_result") if is_assistant => {
            Err(Refusal::invalid(format!("{message}: `tool_result` blocks can only be in `user` messages")))
        }
        Some("tool_result") => tool_result(place, block),
        Some("thinking") => {
            if block["thinking"].is_string() && block["signature"].is_string() {
                return known_fields(place, block, &["type", "thinking", "signature"]);
            }
            Err(Refusal::invalid(format!("{place}.thinking.signature: Field required")))
        }
        Some(kind) if KINDS.contains(&kind) => Ok(()),
        Some(kind) => Err(Refusal::invalid(format!(
            "{place}: Input tag '{kind}' found using 'type' does not match any of the expected tags: '{}'",
            KINDS.join("', '")
        ))),
        None => Err(Refusal::invalid(format!("{place}.type: Field required"))),
    }
}

/// Checks one block of text; `part` is the field of the request that it belongs to.
pub(super) fn text_block(place: &str, part: &str, block: &Value) -> Result<(), Refusal> {
    let Some(text) = block["text"].as_str() else {
        return Err(Refusal::invalid(format!("{place}.text.text: Field required")));
    };
    if block["type"] != "text" {
        return Err(Refusal::invalid(format!("{place}.type: Input should be 'text'")));
    }
    if text.is_empty() {
        return Err(Refusal::invalid(format!("{part}: text content blocks must be non-empty")));
    }
    if text.trim().is_empty() {
        let message = format!("{part}: text content blocks must contain non-whitespace text");
        return Err(Refusal::invalid(message));
    }
    known_fields(&format!("{place}.text"), block, &["type", "text", "cache_control", "citations"])
}

fn tool_use(place: &str, block: &Value) -> Result<(), Refusal> {
    let place = format!("{place}.tool_use");
    let is_id = |text: &str| {
        !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter))
    };
    if !block["id"].as_str().is_some_and(is_id) {
        let message = format!("{place}.id: String should match pattern '^[a-zA-Z0-9_-]+$'");
        return Err(Refusal::invalid(message));
    }
    if block["name"].as_str().is_none_or(str::is_empty) {
        return Err(Refusal::invalid(format!("{place}.name: Field required")));
    }
    if !block["input"].is_object() {
        return Err(Refusal::invalid(format!("{place}.input: Input should be a valid dictionary")));
    }
    known_fields(&place, block, &["type", "id", "name", "input", "cache_control", "caller"])
}

fn tool_result(place: &str, block: &Value) -> Result<(), Refusal> {
    let inner = format!("{place}.tool_result");
    if block["tool_use_id"].as_str().is_none_or(str::is_empty) {
        return Err(Refusal::invalid(format!("{inner}.tool_use_id: Field required")));
    }
    match &block["content"] {
        Value::Null | Value::String(_) => {}
        Value::Array(blocks) => {
            for (at, block) in blocks.iter().enumerate() {
                check_block(&format!("{inner}.content.{at}"), place, block, false)?;
            }
        }
        _ => return Err(Refusal::invalid(format!("{inner}.content: Input should be a valid list"))),
    }
    if block.get("is_error").is_some_and(|flag| !flag.is_boolean()) {
        return Err(Refusal::invalid(format!("{inner}.is_error: Input should be a valid boolean")));
    }
    known_fields(&inner, block, &["type", "tool_use_id", "content", "is_error", "cache_control"])
}

fn ids(message: &Value, kind: &str, field: &str) -> Vec<String> {
    let blocks = message["content"].as_array().into_iter().flatten();
    blocks.filter(|block| block["type"] == kind).filter_map(|block| block[field].as_str().map(str::to_owned)).collect()
}

fn tool_uses(message: &Value) -> Vec<String> {
    ids(message, "tool_use", "id")
}

/// The results that stand before anything else: later ones do not count as immediate.
fn immediate_results(message: &Value) -> Vec<String> {
    let blocks = message["content"].as_array().into_iter().flatten();
    blocks
        .take_while(|block| block["type"] == "tool_result")
        .filter_map(|block| block["tool_use_id"].as_str().map(str::to_owned))
        .collect()
}

fn answered(at: usize, message: &Value, next: Option<&Value>) -> Result<(), Refusal> {
    let results = next.map(immediate_results).unwrap_or_default();
    let open: Vec<String> = tool_uses(message).into_iter().filter(|id| !results.contains(id)).collect();
    if open.is_empty() {
        return Ok(());
    }
    Err(Refusal::invalid(format!(
        "messages.{at}: `tool_use` ids were found without `tool_result` blocks immediately after: {}. Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
        open.join(", ")
    )))
}

fn asked(at: usize, message: &Value, before: Option<&Value>) -> Result<(), Refusal> {
    let asked = before.map(tool_uses).unwrap_or_default();
    let results = ids(message, "tool_result", "tool_use_id");
    for (index, id) in results.iter().enumerate() {
        if !asked.contains(id) {
            return Err(Refusal::invalid(format!(
                "messages.{at}.content.{index}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
            )));
        }
        if results[..index].contains(id) {
            return Err(Refusal::invalid(format!(
                "messages.{at}.content.{index}: each tool_use must have a single result. Found multiple `tool_result` blocks with id: {id}"
            )));
        }
    }
    Ok(())
}
