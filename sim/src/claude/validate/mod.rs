//! Validation: what the service refuses before any model sees it.
//!
//! As strict as the service, and stricter where a lenient answer would hide a mistake of ours: roles
//! must alternate. Never judges what the words mean.

mod messages;
mod tools;

use axum::http::HeaderMap;
use serde_json::Value;

use super::tokens::Usage;
use super::wire::Refusal;

/// How many breakpoints of the prompt cache one request may set.
const MAX_BREAKPOINTS: usize = 4;

/// How many tokens a prompt may have.
const MAX_PROMPT_TOKENS: u64 = 200_000;

/// The fields of a request that the service knows.
const FIELDS: [&str; 21] = [
    "cache_control",
    "container",
    "context_management",
    "inference_geo",
    "max_tokens",
    "mcp_servers",
    "messages",
    "metadata",
    "model",
    "output_config",
    "output_format",
    "service_tier",
    "stop_sequences",
    "stream",
    "system",
    "temperature",
    "thinking",
    "tool_choice",
    "tools",
    "top_k",
    "top_p",
];

/// Checks the headers and gives the caller's key.
pub(super) fn headers(headers: &HeaderMap) -> Result<String, Refusal> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let key = text("x-api-key");
    if key.is_empty() {
        return Err(Refusal::unauthenticated("x-api-key header is required"));
    }
    match text("anthropic-version") {
        "" => return Err(Refusal::invalid("anthropic-version: header is required")),
        "2023-06-01" | "2023-01-01" => {}
        other => {
            return Err(Refusal::invalid(format!("anthropic-version: \"{other}\" is not a valid version")));
        }
    }
    if !text("content-type").starts_with("application/json") {
        return Err(Refusal::invalid("content-type: must be application/json"));
    }
    Ok(key.to_owned())
}

/// Checks the body.
pub(super) fn body(request: &Value) -> Result<(), Refusal> {
    let Some(fields) = request.as_object() else {
        return Err(Refusal::invalid("Input should be a valid dictionary"));
    };
    known_fields("", request, &FIELDS)?;
    for needed in ["model", "messages", "max_tokens"] {
        if !fields.contains_key(needed) {
            return Err(Refusal::invalid(format!("{needed}: Field required")));
        }
    }
    model(request)?;
    numbers(request)?;
    system(&request["system"])?;
    tools::check(request)?;
    messages::check(request)?;
    breakpoints(request)
}

/// Checks what is only known once the tokens are counted.
pub(super) fn size(usage: &Usage) -> Result<(), Refusal> {
    let tokens = usage.prompt_tokens();
    if MAX_PROMPT_TOKENS < tokens {
        let message = format!("prompt is too long: {tokens} tokens > {MAX_PROMPT_TOKENS} maximum");
        return Err(Refusal::invalid(message));
    }
    Ok(())
}

fn model(request: &Value) -> Result<(), Refusal> {
    let Some(model) = request["model"].as_str() else {
        return Err(Refusal::invalid("model: Input should be a valid string"));
    };
    if !model.starts_with("claude-") {
        return Err(Refusal::absent(format!("model: {model}")));
    }
    // The newest models fix their sampling, and end no sentence that the caller began.
    if !model.contains("-5-5") {
        return Ok(());
    }
    for sampling in ["temperature", "top_p", "top_k"] {
        if request.get(sampling).is_some() {
            let message = format!("{sampling}: `{sampling}` is not supported for this model.");
            return Err(Refusal::invalid(message));
        }
    }
    let last = request["messages"].as_array().and_then(|messages| messages.last());
    if last.is_some_and(|message| message["role"] == "assistant") {
        return Err(Refusal::invalid(
            "This model does not support assistant message prefill. The conversation must end with a user message.",
        ));
    }
    Ok(())
}

fn numbers(request: &Value) -> Result<(), Refusal> {
    match request["max_tokens"].as_i64() {
        None => return Err(Refusal::invalid("max_tokens: Input should be a valid integer")),
        Some(tokens) if tokens < 1 => {
            return Err(Refusal::invalid("max_tokens: Input should be greater than or equal to 1"));
        }
        Some(_) => {}
    }
    for share in ["temperature", "top_p"] {
        let Some(value) = request.get(share) else { continue };
        if !value.as_f64().is_some_and(|value| (0.0..=1.0).contains(&value)) {
            return Err(Refusal::invalid(format!("{share}: range: 0..1")));
        }
    }
    if request.get("stream").is_some_and(|stream| !stream.is_boolean()) {
        return Err(Refusal::invalid("stream: Input should be a valid boolean"));
    }
    Ok(())
}

fn system(system: &Value) -> Result<(), Refusal> {
    match system {
        Value::Null | Value::String(_) => Ok(()),
        Value::Array(blocks) => {
            for (at, block) in blocks.iter().enumerate() {
                messages::text_block(&format!("system.{at}"), "system", block)?;
            }
            Ok(())
        }
        _ => Err(Refusal::invalid("system: Input should be a valid list")),
    }
}

/// Refuses fields that are none of `known` in the object at `place`.
fn known_fields(place: &str, object: &Value, known: &[&str]) -> Result<(), Refusal> {
    let unknown = object.as_object().into_iter().flat_map(|fields| fields.keys());
    for field in unknown {
        if !known.contains(&field.as_str()) {
            let dot = if place.is_empty() { "" } else { "." };
            let message = format!("{place}{dot}{field}: Extra inputs are not permitted");
            return Err(Refusal::invalid(message));
        }
    }
    Ok(())
}

/// Counts the breakpoints wherever they may be, and checks each.
fn breakpoints(request: &Value) -> Result<(), Refusal> {
    let mut found = 0;
    for place in ["cache_control", "tools", "system", "messages"] {
        let value = &request[place];
        if place == "cache_control" && !value.is_null() {
            breakpoint(place, value)?;
            found += 1;
        }
        found += count_breakpoints(place, value)?;
    }
    if MAX_BREAKPOINTS < found {
        return Err(Refusal::invalid(format!(
            "A maximum of 4 blocks with cache_control may be provided. Found {found}."
        )));
    }
    Ok(())
}

fn count_breakpoints(place: &str, value: &Value) -> Result<usize, Refusal> {
    let mut found = 0;
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                found += count_breakpoints(&format!("{place}.{at}"), item)?;
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                // What a tool takes, and was called with, is data: its names mean nothing here.
                if name == "input" || name == "input_schema" {
                    continue;
                }
                let place = format!("{place}.{name}");
                if name == "cache_control" && !field.is_null() {
                    breakpoint(&place, field)?;
                    found += 1;
                } else {
                    found += count_breakpoints(&place, field)?;
                }
            }
        }
        _ => {}
    }
    Ok(found)
}

fn breakpoint(place: &str, value: &Value) -> Result<(), Refusal> {
    if value["type"] != "ephemeral" {
        return Err(Refusal::invalid(format!("{place}.type: Input should be 'ephemeral'")));
    }
    if value.get("ttl").is_some_and(|ttl| ttl != "5m" && ttl != "1h") {
        return Err(Refusal::invalid(format!("{place}.ttl: Input should be '5m' or '1h'")));
    }
    known_fields(place, value, &["type", "ttl"])
}

#[cfg(test)]
mod tests;
