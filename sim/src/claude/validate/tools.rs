//! The tools of a request, and the choice among them.

use serde_json::Value;

use super::super::wire::Refusal;
use super::known_fields;

/// The longest name of a tool, in characters.
const MAX_NAME_CHARS: usize = 128;

/// The fields of a tool that the caller defines.
const FIELDS: [&str; 10] = [
    "allowed_callers",
    "cache_control",
    "defer_loading",
    "description",
    "eager_input_streaming",
    "input_examples",
    "input_schema",
    "name",
    "strict",
    "type",
];

/// Checks `tools` and `tool_choice`.
pub(super) fn check(request: &Value) -> Result<(), Refusal> {
    let tools = match &request["tools"] {
        Value::Null => &Vec::new(),
        Value::Array(tools) => tools,
        _ => return Err(Refusal::invalid("tools: Input should be a valid list")),
    };
    let mut names = Vec::new();
    for (at, tool) in tools.iter().enumerate() {
        let name = check_tool(&format!("tools.{at}"), tool)?;
        if names.contains(&name) {
            return Err(Refusal::invalid("tools: Tool names must be unique."));
        }
        names.push(name);
    }
    choice(&request["tool_choice"], &names)
}

fn check_tool<'a>(place: &str, tool: &'a Value) -> Result<&'a str, Refusal> {
    let is_ours = tool.get("type").is_none_or(|kind| kind == "custom");
    let place = if is_ours { format!("{place}.custom") } else { place.to_owned() };
    let Some(name) = tool["name"].as_str() else {
        return Err(Refusal::invalid(format!("{place}.name: Field required")));
    };
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    if name.is_empty() || MAX_NAME_CHARS < name.chars().count() || !name.chars().all(is_plain) {
        return Err(Refusal::invalid(format!("{place}.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'")));
    }
    if !is_ours {
        return Ok(name);
    }
    known_fields(&place, tool, &FIELDS)?;
    if tool.get("description").is_some_and(|text| !text.is_string()) {
        return Err(Refusal::invalid(format!("{place}.description: Input should be a valid string")));
    }
    let schema = &tool["input_schema"];
    let place = format!("{place}.input_schema");
    if schema.is_null() {
        return Err(Refusal::invalid(format!("{place}: Field required")));
    }
    if schema["type"] != "object" {
        return Err(Refusal::invalid(format!("{place}.type: Input should be 'object'")));
    }
    if ["oneOf", "allOf", "anyOf"].iter().any(|word| schema.get(word).is_some()) {
        return Err(Refusal::invalid(format!(
            "{place}: input_schema does not support oneOf, allOf, or anyOf at the top level"
        )));
    }
    if !is_schema(schema) {
        return Err(Refusal::invalid(format!(
            "{place}: JSON schema is invalid. It must match JSON Schema draft 2020-12"
        )));
    }
    if tool["strict"] == true && !is_closed(schema) {
        return Err(Refusal::invalid(format!(
            "{place}: For 'object' type, 'additionalProperties' must be explicitly set to false"
        )));
    }
    Ok(name)
}

/// The shapes that schemas of tools really use: types, properties, items, required.
fn is_schema(schema: &Value) -> bool {
    const TYPES: [&str; 7] = ["object", "array", "string", "integer", "number", "boolean", "null"];
    let Some(fields) = schema.as_object() else {
        return schema.is_boolean();
    };
    let is_type = |value: &Value| value.as_str().is_some_and(|name| TYPES.contains(&name));
    fields.iter().all(|(name, value)| match (name.as_str(), value) {
        ("type", Value::Array(types)) => types.iter().all(is_type),
        ("type", value) => is_type(value),
        ("properties", Value::Object(properties)) => properties.values().all(is_schema),
        ("items" | "additionalProperties", value) => is_schema(value),
        ("required", Value::Array(names)) => names.iter().all(Value::is_string),
        ("enum", value) => value.is_array(),
        ("properties" | "required", _) => false,
        _ => true,
    })
}

/// Every object in the schema says that it takes nothing more.
fn is_closed(schema: &Value) -> bool {
    let is_open_object = schema["type"] == "object" && schema["additionalProperties"] != false;
    let mut inner = schema["properties"].as_object().into_iter().flat_map(|fields| fields.values());
    !is_open_object && inner.all(is_closed) && (schema["items"].is_null() || is_closed(&schema["items"]))
}

fn choice(choice: &Value, names: &[&str]) -> Result<(), Refusal> {
    if choice.is_null() {
        return Ok(());
    }
    if names.is_empty() {
        return Err(Refusal::invalid("tool_choice: may only be specified while providing tools"));
    }
    match choice["type"].as_str() {
        Some("auto" | "any" | "none") => Ok(()),
        Some("tool") => match choice["name"].as_str() {
            Some(name) if names.contains(&name) => Ok(()),
            Some(name) => Err(Refusal::invalid(format!("tool_choice: Tool '{name}' not found in provided tools"))),
            None => Err(Refusal::invalid("tool_choice.tool.name: Field required")),
        },
        _ => Err(Refusal::invalid(
            "tool_choice: Input tag does not match any of the expected tags: 'auto', 'any', 'tool', 'none'",
        )),
    }
}
