//! Answers on the wire: the stream's events, whole answers, errors, and the prompt cache.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::{Answer, Mode, ToolCall};
use super::client::{request, world};

fn scripted(answer: Answer) -> Mode {
    Mode::Scripted(vec![answer])
}

/// Words, and two calls of which one has no input.
fn busy_answer() -> Answer {
    Answer {
        tools: vec![
            ToolCall { name: "list_packages".into(), input: json!({}) },
            ToolCall { name: "check_availability".into(), input: json!({ "packageId": "p\"1", "from": "2026-12-03" }) },
        ],
        ..Answer::say("One moment, I am looking for a free day for you.")
    }
}

#[tokio::test]
async fn a_stream_has_every_event_in_the_documented_order() {
    let received = world(scripted(busy_answer())).await.stream("Hello").await;
    assert_eq!((received.status, received.content_type.as_str()), (200, "text/event-stream; charset=utf-8"));
    assert!(received.request_id.starts_with("req_01"));
    let events = received.events();
    let mut names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    names.dedup();
    let block = ["content_block_start", "content_block_delta", "content_block_stop"];
    let first = ["message_start", "content_block_start", "ping", "content_block_delta", "content_block_stop"];
    let expected = [&first[..], &block, &block, &["message_delta", "message_stop"]].concat();
    assert_eq!(names, expected);
    for (name, data) in &events {
        assert_eq!(data["type"], *name);
    }
}

#[tokio::test]
async fn a_stream_begins_with_an_empty_message_and_ends_with_its_usage() {
    let received = world(scripted(busy_answer())).await.stream("Hello").await;
    let events = received.events();
    let message = &events[0].1["message"];
    assert_eq!(message["role"], "assistant");
    assert_eq!(message["model"], "claude-haiku-4-5");
    assert_eq!((&message["content"], &message["stop_reason"]), (&json!([]), &Value::Null));
    assert!(message["id"].as_str().unwrap().starts_with("msg_01"));
    let usage = &message["usage"];
    for field in ["cache_creation_input_tokens", "cache_read_input_tokens"] {
        assert_eq!(usage[field], 0, "{field}");
    }
    let (_, delta) = &events[events.len() - 2];
    assert_eq!(delta["delta"], json!({ "stop_reason": "tool_use", "stop_sequence": null }));
    assert_eq!(delta["usage"]["input_tokens"], usage["input_tokens"]);
    assert!(usage["output_tokens"].as_u64() < delta["usage"]["output_tokens"].as_u64());
}

#[tokio::test]
async fn a_tools_input_comes_in_pieces_of_which_the_first_is_empty() {
    let received = world(scripted(busy_answer())).await.stream("Hello").await;
    let pieces = |index: u64| -> Vec<String> {
        let events = received.events();
        let of_block = events.iter().filter(|(_, data)| data["index"] == index);
        of_block.filter_map(|(_, data)| data["delta"]["partial_json"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(pieces(1), [""]);
    assert_eq!(pieces(2)[0], "");
    assert!(3 < pieces(2).len());
    let input: Value = serde_json::from_str(&pieces(2).concat()).unwrap();
    assert_eq!(input, json!({ "packageId": "p\"1", "from": "2026-12-03" }));
    let starts: Vec<Value> = received
        .events()
        .into_iter()
        .filter(|(name, _)| name == "content_block_start")
        .map(|(_, data)| data["content_block"].clone())
        .collect();
    assert_eq!(starts[0], json!({ "type": "text", "text": "" }));
    assert_eq!((&starts[2]["type"], &starts[2]["input"]), (&json!("tool_use"), &json!({})));
    assert_ne!(starts[1]["id"], starts[2]["id"]);
}

#[tokio::test]
async fn a_whole_answer_says_the_same_as_the_stream() {
    let world = world(Mode::Scripted(vec![busy_answer(), busy_answer()])).await;
    let whole = world.ask("Hello").await;
    assert_eq!((whole.status, whole.content_type.as_str()), (200, "application/json"));
    let message = whole.json();
    let streamed = world.stream("Hello").await;
    assert_eq!(message["type"], "message");
    assert_eq!(message["content"][0]["text"], streamed.deltas("text").concat());
    assert_eq!(message["content"][2]["input"], json!({ "packageId": "p\"1", "from": "2026-12-03" }));
    assert_eq!(message["stop_reason"], "tool_use");
    let events = streamed.events();
    let (_, last) = &events[events.len() - 2];
    assert_eq!(message["usage"]["output_tokens"], last["usage"]["output_tokens"]);
    assert_ne!(message["id"], events[0].1["message"]["id"]);
}

#[tokio::test]
async fn delayed_text_arrives_piece_by_piece() {
    let text = "We open at nine and close at five.";
    let world = world(scripted(Answer { delay_ms: 15, ..Answer::say(text) })).await;
    let mut body = request("Hello");
    body["stream"] = json!(true);
    let mut response = world.send(body.to_string()).await;
    let mut arrivals = Vec::new();
    while let Some(chunk) = response.chunk().await.unwrap() {
        if String::from_utf8_lossy(&chunk).contains("text_delta") {
            arrivals.push(Instant::now());
        }
    }
    assert!(2 < arrivals.len());
    let first_to_last = arrivals[arrivals.len() - 1] - arrivals[0];
    assert!(Duration::from_millis(15) <= first_to_last, "{first_to_last:?}");
}

#[tokio::test]
async fn an_answer_ends_at_max_tokens() {
    let world = world(scripted(Answer::say("x".repeat(400)))).await;
    let mut body = request("Hello");
    body["max_tokens"] = json!(10);
    let message = world.post(body.to_string()).await.json();
    assert_eq!(message["stop_reason"], "max_tokens");
    assert_eq!(message["content"][0]["text"], "x".repeat(40));
    assert_eq!(message["usage"]["output_tokens"], 10);
}

#[tokio::test]
async fn a_long_prompt_is_written_to_the_cache_and_then_read() {
    let world = world(Mode::Offline).await;
    let mut body = request("Hello");
    let prompt = "word ".repeat(4_000);
    body["system"] = json!([{ "type": "text", "text": prompt, "cache_control": { "type": "ephemeral" } }]);
    let first = world.post(body.to_string()).await.json();
    let second = world.post(body.to_string()).await.json();
    let written = first["usage"]["cache_creation_input_tokens"].as_u64().unwrap();
    assert!(4_096 < written);
    assert_eq!(first["usage"]["cache_read_input_tokens"], 0);
    assert_eq!(second["usage"]["cache_read_input_tokens"], written);
    assert_eq!(second["usage"]["cache_creation_input_tokens"], 0);
}

#[tokio::test]
async fn a_malformed_request_is_refused_in_the_services_words() {
    let world = world(Mode::Offline).await;
    let mut body = request("Hello");
    body.as_object_mut().unwrap().remove("max_tokens");
    let refused = world.post(body.to_string()).await;
    assert_eq!(refused.status, 400);
    let expected = json!({
        "type": "error",
        "error": { "type": "invalid_request_error", "message": "max_tokens: Field required" },
        "request_id": refused.request_id,
    });
    assert_eq!(refused.json(), expected);
    assert_eq!(world.post("{".to_owned()).await.status, 400);
    let without_key = world.bare().body(request("Hello").to_string()).send().await.unwrap();
    assert_eq!(without_key.status(), 401);
}

#[tokio::test]
async fn other_places_and_verbs_are_refused() {
    let world = world(Mode::Offline).await;
    let wrong_verb = world.get("").await;
    assert_eq!((wrong_verb.status, &wrong_verb.json()["type"]), (405, &json!("error")));
    let absent = world.get("/nothing").await;
    assert_eq!((absent.status, &absent.json()["error"]["type"]), (404, &json!("not_found_error")));
}
