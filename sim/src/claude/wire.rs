//! Wire: the JSON of a whole message and of an error, and the ids in them.
//!
//! Never decides what is said or what goes wrong.

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value, json};

use super::tokens::{Usage, estimate};

/// One block of an answer's content.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    /// Words.
    Text(String),
    /// Thoughts, which come before the words.
    Thinking(String),
    /// A call of a tool. The input is JSON text, because a fault may leave it incomplete.
    ToolUse { id: String, name: String, input: String },
    /// A kind of block that no documentation knows yet.
    Unknown,
}

impl Block {
    /// The block as an answer that is not streamed carries it.
    fn json(&self) -> Value {
        match self {
            Self::Text(text) => json!({ "type": "text", "text": text }),
            Self::Thinking(thinking) => {
                json!({ "type": "thinking", "thinking": thinking, "signature": signature(thinking) })
            }
            Self::ToolUse { id, name, input } => {
                // What was cut is not an object: the service then sends the empty one.
                let input = serde_json::from_str(input).unwrap_or_else(|_| Value::Object(Map::new()));
                json!({ "type": "tool_use", "id": id, "name": name, "input": input })
            }
            Self::Unknown => json!({ "type": "hologram", "shape": "cube" }),
        }
    }

    fn tokens(&self) -> u64 {
        match self {
            Self::Text(text) | Self::Thinking(text) => estimate(text),
            Self::ToolUse { name, input, .. } => estimate(name) + estimate(input),
            Self::Unknown => 1,
        }
    }

    /// Keeps about `tokens` of the block.
    fn cut(&mut self, tokens: u64) {
        let letters = usize::try_from(tokens.saturating_mul(4)).unwrap_or(usize::MAX);
        match self {
            Self::Text(text) | Self::Thinking(text) | Self::ToolUse { input: text, .. } => {
                *text = text.chars().take(letters).collect();
            }
            Self::Unknown => {}
        }
    }
}

/// What stands for the proof that a thought is the model's own.
pub(crate) fn signature(thinking: &str) -> String {
    base58(digest(&SHA256, thinking.as_bytes()).as_ref())
}

/// One whole answer, before it is put on the wire.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) model: String,
    pub(crate) content: Vec<Block>,
    pub(crate) stop_reason: &'static str,
    pub(crate) usage: Usage,
}

impl Message {
    /// Ends the answer where `max_tokens` does, as the service would, and counts what is left.
    pub(crate) fn within(mut self, max_tokens: u64) -> Self {
        let mut left = max_tokens;
        let mut kept = Vec::new();
        for mut block in std::mem::take(&mut self.content) {
            let size = block.tokens();
            if left < size {
                block.cut(left);
                kept.push(block);
                left = 0;
                self.stop_reason = "max_tokens";
                break;
            }
            left -= size;
            kept.push(block);
        }
        self.usage.output_tokens = (max_tokens - left).max(1);
        self.content = kept;
        self
    }

    /// The answer as `POST /v1/messages` gives it when it is not streamed.
    pub(crate) fn json(&self) -> Value {
        json!({
            "model": self.model,
            "id": self.id,
            "type": "message",
            "role": "assistant",
            "content": self.content.iter().map(Block::json).collect::<Vec<_>>(),
            "stop_reason": self.stop_reason,
            "stop_sequence": null,
            "usage": self.usage.json(),
        })
    }
}

/// An error of the service: status, kind, and the sentence for developers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) kind: &'static str,
    pub(crate) message: String,
}

impl Refusal {
    /// 400 `invalid_request_error`.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self { status: 400, kind: "invalid_request_error", message: message.into() }
    }

    /// 401 `authentication_error`.
    pub(crate) fn unauthenticated(message: impl Into<String>) -> Self {
        Self { status: 401, kind: "authentication_error", message: message.into() }
    }

    /// 404 `not_found_error`.
    pub(crate) fn absent(message: impl Into<String>) -> Self {
        Self { status: 404, kind: "not_found_error", message: message.into() }
    }

    /// The body, also of an `event: error`, which carries no request id.
    pub(crate) fn json(&self, request_id: Option<&str>) -> Value {
        let mut body = json!({
            "type": "error",
            "error": { "type": self.kind, "message": self.message },
        });
        if let Some(id) = request_id {
            body["request_id"] = json!(id);
        }
        body
    }

    /// The whole response.
    pub(crate) fn response(&self, request_id: &str) -> Response<Body> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = self.json(Some(request_id)).to_string();
        response(status, "application/json", request_id, Body::from(body))
    }
}

/// A response with the headers that every answer of the service carries.
pub(crate) fn response(status: StatusCode, content_type: &'static str, request_id: &str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("request-id", id);
    }
    response
}

/// Makes an id that no other request of any run shares, unless both clock and history are equal.
pub(crate) fn id(prefix: &str, seed: &str) -> String {
    let hash = digest(&SHA256, format!("{prefix}{seed}").as_bytes());
    let letters: String = base58(hash.as_ref()).chars().take(22).collect();
    format!("{prefix}01{letters}")
}

/// Letters that cannot be mistaken for each other, as the service's own ids use them.
fn base58(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(content: Vec<Block>) -> Message {
        let usage = Usage::default();
        Message { id: "msg_01".into(), model: "claude-haiku-4-5".into(), content, stop_reason: "end_turn", usage }
    }

    #[test]
    fn an_answer_within_its_limit_stays_whole() {
        let whole = message(vec![Block::Text("12345678".into())]).within(2);
        assert_eq!(whole.content, [Block::Text("12345678".into())]);
        assert_eq!((whole.stop_reason, whole.usage.output_tokens), ("end_turn", 2));
    }

    #[test]
    fn an_answer_beyond_its_limit_is_cut_there() {
        let cut = message(vec![Block::Text("12345678".into()), Block::Text("more".into())]).within(1);
        assert_eq!(cut.content, [Block::Text("1234".into())]);
        assert_eq!((cut.stop_reason, cut.usage.output_tokens), ("max_tokens", 1));
    }

    #[test]
    fn ids_look_like_the_services_own_and_differ() {
        let (one, two) = (id("toolu_", "1"), id("toolu_", "2"));
        assert_ne!(one, two);
        assert_eq!(one.len(), "toolu_01".len() + 22);
        assert!(one.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_'), "{one}");
    }
}
