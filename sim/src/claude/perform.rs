//! Perform: puts an answer or a fault on the wire, streamed or whole.
//!
//! Every fault's appearance is decided here. Never whose turn it is.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::body::{Piece, play};
use super::fault::{Fault, FaultKind};
use super::mode::{Answer, ToolCall};
use super::stream::{Event, events};
use super::tokens::Usage;
use super::wire::{Block, Message, Refusal, id, response};

const EVENT_STREAM: &str = "text/event-stream; charset=utf-8";

/// How many pieces of an answer arrive before something happens in its middle.
const PIECES_BEFORE_FAULT: usize = 2;

/// What an answer needs to know of its request.
pub(crate) struct Stage {
    pub(crate) request_id: String,
    /// Makes the ids of the answer.
    pub(crate) seed: String,
    pub(crate) model: String,
    pub(crate) max_tokens: u64,
    pub(crate) is_streamed: bool,
    pub(crate) usage: Usage,
    /// The names of the tools that the request offers.
    pub(crate) tools: Vec<String>,
    /// Changes when a hanging answer should end.
    pub(crate) let_go: watch::Receiver<u64>,
}

impl Stage {
    /// Gives a whole and orderly answer.
    pub(crate) fn answer(&self, answer: &Answer) -> Response<Body> {
        let mut content: Vec<Block> = answer.text.iter().cloned().map(Block::Text).collect();
        content.retain(|block| *block != Block::Text(String::new()));
        for (at, call) in answer.tools.iter().enumerate() {
            content.push(self.tool_use(at, call));
        }
        let stop_reason = if answer.tools.is_empty() { "end_turn" } else { "tool_use" };
        let message = self.message(content, stop_reason);
        let pause = Duration::from_millis(answer.delay_ms);
        if self.is_streamed {
            return self.stream(pieces(&events(&message), pause));
        }
        let mut pieces = vec![Piece::Bytes(Bytes::from(message.json().to_string()))];
        if !pause.is_zero() {
            pieces.insert(0, Piece::Pause(pause));
        }
        self.whole("application/json", pieces)
    }

    /// Lets `fault` happen.
    pub(crate) async fn fail(&self, fault: &Fault) -> Response<Body> {
        if let Some(refusal) = refusal(fault.kind, self.is_streamed) {
            let mut response = refusal.response(&self.request_id);
            if fault.kind == FaultKind::RateLimited {
                response.headers_mut().insert(header::RETRY_AFTER, fault.retry_after_seconds.into());
            }
            if fault.kind == FaultKind::Overloaded {
                response.headers_mut().insert("x-should-retry", HeaderValue::from_static("true"));
            }
            return response;
        }
        if fault.kind == FaultKind::Slow {
            // An error means that the simulator is gone, which lets go as well.
            let _ = self.let_go.clone().changed().await;
            return Refusal { status: 504, kind: "timeout_error", message: "Request timed out".into() }
                .response(&self.request_id);
        }
        if fault.kind == FaultKind::WrongContentType {
            let page = Bytes::from_static(b"<!doctype html><title>Gateway</title><h1>One moment</h1>");
            return self.whole("text/html", vec![Piece::Bytes(page)]);
        }
        let (content, stop_reason) = self.content(fault);
        let message = self.message(content, stop_reason);
        if self.is_streamed {
            self.stream(broken_stream(fault.kind, events(&message)))
        } else {
            self.whole("application/json", broken_whole(fault.kind, message.json()))
        }
    }

    /// What the model says when `fault` is in the answer itself.
    fn content(&self, fault: &Fault) -> (Vec<Block>, &'static str) {
        let text = || Block::Text(fault.text.clone());
        let call = |name: &str, input: Value| vec![self.tool_use(0, &ToolCall { name: name.to_owned(), input })];
        let search = json!({ "packageId": "package-1", "from": "2026-12-03", "days": 7 });
        match fault.kind {
            FaultKind::Refusal => (vec![text()], "refusal"),
            FaultKind::MaxTokens => (vec![text()], "max_tokens"),
            FaultKind::PauseTurn => (vec![text()], "pause_turn"),
            FaultKind::ContextWindowExceeded => (vec![text()], "model_context_window_exceeded"),
            FaultKind::EmptyAnswer => (Vec::new(), "end_turn"),
            FaultKind::ThinkingFirst => {
                let thought = "They would like to know when we open. The hours say 09:00.";
                (vec![Block::Thinking(thought.to_owned()), text()], "end_turn")
            }
            FaultKind::UnknownEvent => (vec![Block::Unknown, text()], "end_turn"),
            FaultKind::CutMidJson => (call(self.offered("check_availability"), search), "tool_use"),
            FaultKind::MaxTokensMidTool => {
                let mut content = call(self.offered("check_availability"), search);
                if let Some(Block::ToolUse { input, .. }) = content.first_mut() {
                    *input = input.chars().take(input.chars().count() / 2).collect();
                }
                (content, "max_tokens")
            }
            FaultKind::UnknownTool => (call("format_disk", json!({ "disk": "all" })), "tool_use"),
            FaultKind::InvalidToolInput => {
                let input = json!({ "packageId": 12, "from": "soonish", "days": "many", "slotId": null });
                (call(self.offered("check_availability"), input), "tool_use")
            }
            FaultKind::EndlessTools => (call(self.offered("list_packages"), json!({})), "tool_use"),
            _ => (vec![text()], "end_turn"),
        }
    }

    /// `wish` when the request offers it, or else the first tool that it offers.
    fn offered<'a>(&'a self, wish: &'a str) -> &'a str {
        match self.tools.first() {
            Some(first) if !self.tools.iter().any(|tool| tool == wish) => first,
            _ => wish,
        }
    }

    fn tool_use(&self, at: usize, call: &ToolCall) -> Block {
        let seed = format!("{}{at}", self.seed);
        Block::ToolUse { id: id("toolu_", &seed), name: call.name.clone(), input: call.input.to_string() }
    }

    fn message(&self, content: Vec<Block>, stop_reason: &'static str) -> Message {
        Message { id: id("msg_", &self.seed), model: self.model.clone(), content, stop_reason, usage: self.usage }
            .within(self.max_tokens)
    }

    fn stream(&self, pieces: Vec<Piece>) -> Response<Body> {
        self.whole(EVENT_STREAM, pieces)
    }

    fn whole(&self, content_type: &'static str, pieces: Vec<Piece>) -> Response<Body> {
        let body = play(pieces, self.let_go.clone());
        response(StatusCode::OK, content_type, &self.request_id, body)
    }
}

/// The faults that are errors of their own.
fn refusal(kind: FaultKind, is_streamed: bool) -> Option<Refusal> {
    let (status, kind, message) = match kind {
        FaultKind::RateLimited => {
            (429, "rate_limit_error", "This request would exceed your organization's rate limit.")
        }
        FaultKind::RateLimitedNoRetryAfter => {
            (429, "rate_limit_error", "You have reached your specified API usage limits.")
        }
        FaultKind::Overloaded => (529, "overloaded_error", "Overloaded"),
        FaultKind::ServerError => (500, "api_error", "Internal server error"),
        FaultKind::ErrorAfter200 if !is_streamed => (500, "api_error", "Internal server error"),
        _ => return None,
    };
    Some(Refusal { status, kind, message: message.to_owned() })
}

/// Each event as a chunk of its own, with `pause` before each piece of the answer.
fn pieces(events: &[Event], pause: Duration) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for event in events {
        if event.is_piece() && !pause.is_zero() {
            pieces.push(Piece::Pause(pause));
        }
        pieces.push(Piece::Bytes(event.bytes()));
    }
    pieces
}

fn broken_stream(kind: FaultKind, mut events: Vec<Event>) -> Vec<Piece> {
    let middle = middle(&events);
    let plain = |events: &[Event]| pieces(events, Duration::ZERO);
    match kind {
        FaultKind::ErrorAfter200 => {
            events.truncate(middle);
            let refusal = Refusal { status: 529, kind: "overloaded_error", message: "Overloaded".to_owned() };
            events.push(Event { name: "error", data: refusal.json(None).to_string() });
            plain(&events)
        }
        FaultKind::CutMidText | FaultKind::CutMidJson => {
            events.truncate(middle);
            let mut pieces = plain(&events);
            pieces.push(Piece::Drop);
            pieces
        }
        FaultKind::Stalled => {
            events.truncate(middle);
            let mut pieces = plain(&events);
            pieces.push(Piece::Hang);
            pieces
        }
        FaultKind::NoMessageStop => {
            events.pop();
            plain(&events)
        }
        FaultKind::MalformedJson => {
            if let Some(event) = events.get_mut(middle) {
                let half = event.data.chars().count() / 2;
                event.data = event.data.chars().take(half).collect();
            }
            plain(&events)
        }
        FaultKind::UnknownEvent => {
            events.insert(1, Event::new("weather", json!({ "sky": ["blue", "wide"] })));
            let mut pieces = plain(&events);
            pieces.insert(1, Piece::Bytes(Bytes::from_static(b": a comment\n\nid: 7\nretry: 50\n\n")));
            pieces
        }
        FaultKind::SplitUtf8 => {
            let all: Vec<u8> = events.iter().flat_map(|event| event.bytes().to_vec()).collect();
            split_characters(&all)
        }
        _ => plain(&events),
    }
}

/// Where the answer has begun, and has not ended.
fn middle(events: &[Event]) -> usize {
    let begun = events.iter().enumerate().filter(|(_, event)| event.is_piece());
    begun.map(|(at, _)| at).nth(PIECES_BEFORE_FAULT).unwrap_or(events.len().saturating_sub(2))
}

fn broken_whole(kind: FaultKind, mut message: Value) -> Vec<Piece> {
    if kind == FaultKind::UnknownEvent {
        message["weather"] = json!({ "sky": ["blue", "wide"] });
    }
    let text = message.to_string();
    let half = || Bytes::from(text.chars().take(text.chars().count() / 2).collect::<String>());
    match kind {
        FaultKind::CutMidText | FaultKind::CutMidJson => vec![Piece::Bytes(half()), Piece::Drop],
        FaultKind::Stalled => vec![Piece::Bytes(half()), Piece::Hang],
        FaultKind::MalformedJson | FaultKind::NoMessageStop => vec![Piece::Bytes(half())],
        FaultKind::SplitUtf8 => split_characters(text.as_bytes()),
        _ => vec![Piece::Bytes(Bytes::from(text))],
    }
}

/// Ends a chunk after the first byte of every character that has more than one.
fn split_characters(bytes: &[u8]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut chunk = Vec::new();
    for byte in bytes {
        chunk.push(*byte);
        let starts_character = 0xC0 <= *byte;
        if starts_character {
            pieces.push(Piece::Bytes(Bytes::from(std::mem::take(&mut chunk))));
        }
    }
    pieces.push(Piece::Bytes(Bytes::from(chunk)));
    pieces
}
