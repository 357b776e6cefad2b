//! One event of the stream, as the API writes it. What is not known is not an error.

use serde::Deserialize;
use serde_json::Value;

use super::failure::Failure;

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Event {
    MessageStart {
        message: Head,
    },
    ContentBlockStart {
        index: usize,
        content_block: Opening,
    },
    ContentBlockDelta {
        index: usize,
        delta: Delta,
    },
    ContentBlockStop {
        index: usize,
    },
    MessageDelta {
        delta: Ending,
        usage: Option<Tokens>,
    },
    MessageStop,
    Error {
        error: ErrorBody,
    },
    /// `ping`, and whatever is new.
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
pub(super) struct Head {
    pub(super) usage: Option<Tokens>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Opening {
    Text {
        #[serde(default)]
        text: String,
    },
    ToolUse {
        id: String,
        name: String,
        #[serde(default)]
        input: Value,
    },
    Thinking {
        #[serde(default)]
        thinking: String,
        #[serde(default)]
        signature: String,
    },
    RedactedThinking {
        data: String,
    },
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
pub(super) enum Delta {
    #[serde(rename = "text_delta")]
    Text { text: String },
    #[serde(rename = "input_json_delta")]
    Input { partial_json: String },
    #[serde(rename = "thinking_delta")]
    Thinking { thinking: String },
    #[serde(rename = "signature_delta")]
    Signature { signature: String },
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
pub(super) struct Ending {
    pub(super) stop_reason: Option<String>,
}

/// Tokens so far, of this whole call. What is absent has not changed.
#[derive(Debug, Deserialize)]
pub(super) struct Tokens {
    pub(super) input_tokens: Option<u64>,
    pub(super) output_tokens: Option<u64>,
    pub(super) cache_read_input_tokens: Option<u64>,
    pub(super) cache_creation_input_tokens: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ErrorBody {
    #[serde(rename = "type")]
    pub(super) kind: String,
}

/// Reads the data of one event.
///
/// # Errors
///
/// A [`Failure`] when it is not JSON, or a known event without what it must have.
pub(super) fn parse(data: &[u8]) -> Result<Event, Failure> {
    serde_json::from_slice(data).map_err(|_| Failure::garbled())
}

/// The kind of error in a body such as `{"type":"error","error":{"type":"overloaded_error"}}`.
pub(super) fn error_kind(body: &[u8]) -> Option<String> {
    match serde_json::from_slice(body).ok()? {
        Event::Error { error } => Some(error.kind),
        _ => None,
    }
}
