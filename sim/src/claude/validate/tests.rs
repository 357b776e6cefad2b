//! Every mistake that the service refuses, and an orderly request that passes.

use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::*;

/// A request with everything in it that ours have.
fn good() -> Value {
    json!({
        "model": "claude-haiku-4-5",
        "max_tokens": 1024,
        "temperature": 0.3,
        "stream": true,
        "system": [{ "type": "text", "text": "Be kind.", "cache_control": { "type": "ephemeral" } }],
        "tools": [{
            "name": "list_packages",
            "description": "Lists what can be booked.",
            "input_schema": { "type": "object", "properties": {}, "additionalProperties": false },
            "cache_control": { "type": "ephemeral", "ttl": "1h" },
        }],
        "messages": [
            { "role": "user", "content": "Hello" },
            { "role": "assistant", "content": [
                { "type": "text", "text": "Let me look." },
                { "type": "tool_use", "id": "toolu_1", "name": "list_packages", "input": {} },
                { "type": "tool_use", "id": "toolu_2", "name": "list_packages", "input": {} },
            ] },
            { "role": "user", "content": [
                { "type": "tool_result", "tool_use_id": "toolu_2", "content": "{}" },
                { "type": "tool_result", "tool_use_id": "toolu_1",
                  "content": [{ "type": "text", "text": "{}" }], "is_error": true },
                { "type": "text", "text": "And?" },
            ] },
        ],
    })
}

/// The message of the refusal that `change` brings about.
fn refusal_after(change: impl FnOnce(&mut Value)) -> String {
    let mut request = good();
    change(&mut request);
    body(&request).expect_err(&request.to_string()).message
}

#[test]
fn an_orderly_request_passes() {
    assert_eq!(body(&good()), Ok(()));
}

#[test]
fn the_headers_must_name_a_key_and_a_version() {
    let all = [
        ("x-api-key", "sk-test"),
        ("anthropic-version", "2023-06-01"),
        ("content-type", "application/json; charset=utf-8"),
    ];
    let without = |absent: &str| {
        let pairs = all.iter().filter(|(name, _)| *name != absent);
        let headers: HeaderMap = pairs.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        super::headers(&headers)
    };
    assert_eq!(without("nothing"), Ok("sk-test".to_owned()));
    assert_eq!(without("x-api-key").unwrap_err().status, 401);
    assert_eq!(without("anthropic-version").unwrap_err().kind, "invalid_request_error");
    assert_eq!(without("content-type").unwrap_err().status, 400);
}

#[test]
fn each_mistake_is_named() {
    type Change = fn(&mut Value);
    let table: [(Change, &str); 31] = [
        (|r| *r = json!([]), "valid dictionary"),
        (|r| drop(r.as_object_mut().unwrap().remove("max_tokens")), "max_tokens: Field required"),
        (|r| drop(r.as_object_mut().unwrap().remove("model")), "model: Field required"),
        (|r| drop(r.as_object_mut().unwrap().remove("messages")), "messages: Field required"),
        (|r| r["max_tokens"] = json!(0), "greater than or equal to 1"),
        (|r| r["temperature"] = json!(1.1), "temperature: range: 0..1"),
        (|r| r["stream"] = json!("yes"), "stream: Input should be a valid boolean"),
        (|r| r["colour"] = json!("red"), "colour: Extra inputs are not permitted"),
        (|r| r["model"] = json!("gpt"), "model: gpt"),
        (|r| r["model"] = json!("claude-haiku-5-5"), "`temperature` is not supported"),
        (|r| r["system"][0]["text"] = json!(""), "system: text content blocks must be non-empty"),
        (|r| r["system"][0]["cache_control"]["type"] = json!("forever"), "should be 'ephemeral'"),
        (|r| r["messages"] = json!([]), "at least one message"),
        (|r| r["messages"][0]["role"] = json!("assistant"), "first message must use the \"user\" role"),
        (|r| r["messages"][1] = r["messages"][0].clone(), "multiple \"user\" roles in a row"),
        (|r| r["messages"][0]["role"] = json!("system"), "Unexpected role \"system\""),
        (|r| r["messages"][0]["content"] = json!(""), "must have non-empty content"),
        (|r| r["messages"][0]["content"] = json!([{ "type": "text", "text": " " }]), "non-whitespace"),
        (|r| r["messages"][0]["content"] = json!([{ "type": "song" }]), "Input tag 'song'"),
        (|r| r["messages"][0]["id"] = json!("m1"), "messages.0.id: Extra inputs"),
        (|r| r["messages"][1]["content"][1]["input"] = json!("{}"), "input: Input should be a valid dictionary"),
        (|r| r["messages"][1]["content"][2]["id"] = json!("toolu_1"), "ids must be unique"),
        (
            |r| drop(r["messages"][2]["content"].as_array_mut().unwrap().remove(0)),
            "without `tool_result` blocks immediately after: toolu_2",
        ),
        (|r| drop(r["messages"].as_array_mut().unwrap().pop()), "without `tool_result` blocks"),
        (|r| r["messages"][2]["content"].as_array_mut().unwrap().rotate_right(1), "without `tool_result` blocks"),
        (|r| r["messages"][0]["content"] = r["messages"][2]["content"].clone(), "unexpected `tool_use_id`"),
        (|r| r["messages"][2]["content"][2] = r["messages"][2]["content"][0].clone(), "a single result"),
        (|r| drop(r.as_object_mut().unwrap().remove("tools")), "must define tools"),
        (|r| r["tools"][0]["name"] = json!("list packages"), "String should match pattern"),
        (
            |r| r["tools"][0]["input_schema"] = json!({ "type": "string" }),
            "input_schema.type: Input should be 'object'",
        ),
        (|r| r["tools"][0]["input_schema"]["required"] = json!("name"), "JSON schema is invalid"),
    ];
    for (change, message) in table {
        let refusal = refusal_after(change);
        assert!(refusal.contains(message), "{refusal:?} should contain {message:?}");
    }
}

#[test]
fn tools_have_names_of_their_own_and_closed_schemas_when_strict() {
    let twice = refusal_after(|request| {
        let tool = request["tools"][0].clone();
        request["tools"].as_array_mut().unwrap().push(tool);
    });
    assert_eq!(twice, "tools: Tool names must be unique.");
    let open = refusal_after(|request| {
        request["tools"][0]["strict"] = json!(true);
        request["tools"][0]["input_schema"]["additionalProperties"] = json!(true);
    });
    assert!(open.contains("must be explicitly set to false"), "{open}");
}

#[test]
fn a_choice_names_a_tool_that_is_offered() {
    let mut request = good();
    request["tool_choice"] = json!({ "type": "tool", "name": "list_packages" });
    assert_eq!(body(&request), Ok(()));
    let other = refusal_after(|request| {
        request["tool_choice"] = json!({ "type": "tool", "name": "format_disk" });
    });
    assert!(other.contains("Tool 'format_disk' not found"), "{other}");
}

#[test]
fn four_breakpoints_pass_and_five_do_not() {
    let marked = |count: usize| {
        let mut request = good();
        let block = json!({ "type": "text", "text": "More.", "cache_control": { "type": "ephemeral" } });
        request["system"] = json!(vec![block; count]);
        body(&request)
    };
    // One more is on the tool.
    assert_eq!(marked(3), Ok(()));
    let refusal = marked(4).unwrap_err().message;
    assert_eq!(refusal, "A maximum of 4 blocks with cache_control may be provided. Found 5.");
}

#[test]
fn a_breakpoint_in_the_data_of_a_tool_is_data() {
    let mut request = good();
    request["messages"][1]["content"][1]["input"] = json!({ "cache_control": "none" });
    assert_eq!(body(&request), Ok(()));
}

#[test]
fn a_prompt_has_its_limit() {
    let usage = |input_tokens| Usage { input_tokens, ..Usage::default() };
    assert_eq!(size(&usage(200_000)), Ok(()));
    let refusal = size(&usage(200_001)).unwrap_err().message;
    assert_eq!(refusal, "prompt is too long: 200001 tokens > 200000 maximum");
}
