//! What goes over the wire.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::*;

static TOOLS: LazyLock<Vec<ToolSpec>> = LazyLock::new(|| {
    let tool = |name, description| ToolSpec {
        name,
        description,
        input_schema: json!({ "type": "object", "properties": {}, "additionalProperties": false }),
    };
    vec![tool("list_packages", "Lists what can be booked."), tool("search_help", "Searches the help.")]
});

/// A turn in its second round, with everything a prompt can have.
fn full_prompt(model: &str) -> Prompt<'_> {
    let answered = vec![
        Block::Thinking { thinking: String::new(), signature: "sig".to_owned() },
        Block::Text { text: "Let me look.".to_owned() },
        Block::ToolUse {
            id: "toolu_1".to_owned(),
            name: "search_help".to_owned(),
            input: json!({ "z": 1, "a": [1.5, "é"] }),
        },
        Block::ToolUse { id: "toolu_2".to_owned(), name: "list_packages".to_owned(), input: json!({}) },
    ];
    let results = vec![
        Block::failure("toolu_1", "no such article"),
        Block::result("toolu_2", "<untrusted kind=\"package\">…</untrusted>"),
    ];
    Prompt {
        model,
        max_tokens: 800,
        temperature: Some(0.3),
        system: vec![
            SystemBlock::stable("You are the front desk of Studio Lumen."),
            SystemBlock::stable("Packages: …"),
            SystemBlock::fresh("It is Saturday."),
        ],
        tools: &TOOLS,
        messages: vec![
            PromptMessage::user("Hi"),
            PromptMessage::assistant("Hello! How can I help?"),
            PromptMessage::user("What do you offer?"),
            PromptMessage::answered(answered),
            PromptMessage::results(results),
        ],
    }
}

fn sent(prompt: &Prompt<'_>) -> Value {
    serde_json::from_slice(&wire::body(prompt).unwrap()).unwrap()
}

/// How many objects at any depth have a `cache_control`.
fn breakpoints(value: &Value) -> usize {
    match value {
        Value::Object(map) => {
            usize::from(map.contains_key("cache_control")) + map.values().map(breakpoints).sum::<usize>()
        }
        Value::Array(list) => list.iter().map(breakpoints).sum(),
        _ => 0,
    }
}

#[test]
fn each_model_gets_the_request_it_takes() {
    for model in ["claude-haiku-4-5", "claude-haiku-5-5", "claude-sonnet-4", "claude-sonnet-5-5"] {
        let prompt = full_prompt(model);
        let request = sent(&prompt);
        assert!(breakpoints(&request) <= 4, "{request}");
        // Through text, because a float of 32 bits is only short as text.
        let text = String::from_utf8(wire::body(&prompt).unwrap().to_vec()).unwrap();
        assert_eq!(text.contains("\"temperature\":0.3,"), request.get("temperature").is_some());
        insta::assert_snapshot!(model, serde_json::to_string_pretty(&request).unwrap());
    }
}

#[test]
fn a_small_prompt_is_a_small_request() {
    let prompt = Prompt { system: vec![], ..prompt() };
    assert_eq!(
        sent(&prompt),
        json!({
            "model": "claude-haiku-4-5",
            "max_tokens": 500,
            "stream": true,
            "messages": [{
                "role": "user",
                "content": [{
                    "type": "text",
                    "text": "When are you open?",
                    "cache_control": { "type": "ephemeral" },
                }],
            }],
        })
    );
}

#[test]
fn the_same_prompt_is_the_same_bytes_and_a_longer_one_repeats_them() {
    let mut longer = full_prompt("claude-haiku-4-5");
    assert_eq!(wire::body(&longer).unwrap(), wire::body(&longer).unwrap());
    let before = sent(&longer);
    longer.messages.push(PromptMessage::assistant("We offer two packages."));
    longer.messages.push(PromptMessage::user("Thanks"));
    let after = sent(&longer);
    assert_eq!(before["system"], after["system"]);
    assert_eq!(before["tools"], after["tools"]);
    let plain = |messages: &Value| {
        let mut messages = messages.as_array().unwrap().clone();
        for message in &mut messages {
            let blocks = message["content"].as_array_mut().unwrap();
            blocks.retain(|block| block["type"] != "thinking");
            blocks.iter_mut().for_each(|block| {
                block.as_object_mut().unwrap().remove("cache_control");
            });
        }
        messages
    };
    assert!(plain(&after["messages"]).starts_with(&plain(&before["messages"])));
}

#[test]
fn thinking_goes_back_within_its_turn_and_not_in_later_ones() {
    let mut prompt = full_prompt("claude-haiku-5-5");
    assert_eq!(sent(&prompt)["messages"][3]["content"][0]["type"], "thinking");
    prompt.messages.push(PromptMessage::assistant("We offer two packages."));
    prompt.messages.push(PromptMessage::user("Thanks"));
    let later = wire::body(&prompt).unwrap();
    assert!(!String::from_utf8_lossy(&later).contains("thinking"));
    assert_eq!(sent(&prompt)["messages"][3]["content"][0]["type"], "text");
}

#[test]
fn the_cached_part_of_the_system_prompt_ends_where_it_stops_being_stable() {
    let mut prompt = prompt();
    prompt.system = vec![SystemBlock::fresh("now"), SystemBlock::stable("later")];
    assert_eq!(breakpoints(&sent(&prompt)["system"]), 0);
    prompt.system = vec![SystemBlock::stable("a"), SystemBlock::stable(" "), SystemBlock::stable("b")];
    assert!(sent(&prompt)["system"][1]["cache_control"].is_object());
}

#[test]
fn blank_text_is_left_out_because_the_api_refuses_it() {
    let mut prompt = prompt();
    prompt.messages.insert(0, PromptMessage::assistant(" \n"));
    assert_eq!(sent(&prompt)["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_prompt_that_no_model_takes_is_not_sent() {
    let ends_with_assistant =
        Prompt { messages: vec![PromptMessage::user("Hi"), PromptMessage::assistant("Hello, I")], ..prompt() };
    let empty = Prompt { messages: vec![], ..prompt() };
    let blank = Prompt { messages: vec![PromptMessage::user(" ")], ..prompt() };
    let mute = Prompt { max_tokens: 0, ..prompt() };
    let api = api([stream("text")]).await;
    for bad in [ends_with_assistant, empty, blank, mute] {
        let answer = claude(&api.uri(), patience()).answer(&bad, &mut |_| {}).await;
        assert!(matches!(answer, Err(ModelError::Refused { status: 0, .. })), "{answer:?}");
    }
    assert_eq!(calls(&api).await, 0);
}

#[tokio::test]
async fn the_request_carries_key_and_version() {
    let api = api([stream("text")]).await;
    claude(&format!("{}/", api.uri()), patience()).answer(&prompt(), &mut |_| {}).await.unwrap();
    let requests = api.received_requests().await.unwrap();
    let headers = &requests[0].headers;
    assert_eq!(headers["x-api-key"], KEY);
    assert_eq!(headers["anthropic-version"], "2023-06-01");
    assert_eq!(headers["content-type"], "application/json");
}

#[tokio::test]
async fn a_connection_is_opened_ahead_and_used_again() {
    let api = api([stream("text")]).await;
    let claude = claude(&api.uri(), patience());
    claude.open().await;
    claude.answer(&prompt(), &mut |_| {}).await.unwrap();
    let requests = api.received_requests().await.unwrap();
    assert_eq!(requests[0].method.as_str(), "HEAD");
    assert!(!requests[0].headers.contains_key("x-api-key"));
    assert_eq!(requests.len(), 2);
}

#[test]
fn a_bad_key_or_address_is_found_at_the_start() {
    let make = |endpoint: &str, key: &str| {
        let endpoint = Url::parse(endpoint).unwrap();
        Claude::new(http().unwrap(), &endpoint, &SecretString::from(key), Patience::default())
    };
    assert_eq!(make("https://api.example", "a\nb").unwrap_err(), InvalidAccess::Key);
    assert_eq!(make("mailto:a@b.example", "key").unwrap_err(), InvalidAccess::Endpoint);
    let claude = make("https://api.example/proxy/", KEY).unwrap();
    assert_eq!(claude.messages.as_str(), "https://api.example/proxy/v1/messages");
    assert!(!format!("{claude:?}").contains(KEY));
}
