//! Faults: every way in which the service or the network is known to fail, by name.
//!
//! Only names and counts. How a fault looks on the wire is [`super::perform`]'s business.

use serde::Deserialize;

/// One fault, and how often it happens before the next one has its turn.
///
/// Deserialises from its name alone, or from `{ "name", "repeat"?, "retryAfterSeconds"?, "text"? }`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Form")]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// How many requests in a row meet it.
    pub repeat: u32,
    /// What [`FaultKind::RateLimited`] puts into `retry-after`.
    pub retry_after_seconds: u64,
    /// What the assistant was saying, for faults in the middle of an answer. A sentence with
    /// multi-byte characters unless given.
    pub text: String,
}

/// What the assistant says around a fault, unless the test chooses the words.
const WORDS: &str = "Happy to help! Our café opens at 09:00 – bring your ideas 😊 and we will find a day. Grüße!";

impl Fault {
    /// `kind`, met by one request.
    pub fn once(kind: FaultKind) -> Self {
        Self { kind, repeat: 1, retry_after_seconds: 1, text: WORDS.to_owned() }
    }

    /// The same fault, met by `repeat` requests in a row.
    #[must_use]
    pub fn times(self, repeat: u32) -> Self {
        Self { repeat, ..self }
    }

    /// The same fault, until the mode changes.
    #[must_use]
    pub fn forever(self) -> Self {
        self.times(u32::MAX)
    }
}

/// What can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// 429 with `retry-after`.
    RateLimited,
    /// 429 without it: the organisation's spend limit. Retrying is pointless.
    RateLimitedNoRetryAfter,
    /// 529.
    Overloaded,
    /// 500.
    ServerError,
    /// `event: error` after a 200 and some text. 500 where the answer is not streamed.
    ErrorAfter200,
    /// The connection drops in the middle of the text.
    CutMidText,
    /// The connection drops in the middle of a tool's input.
    CutMidJson,
    /// The stream ends in order, only without `message_stop`.
    NoMessageStop,
    /// The model declines: `stop_reason: refusal`.
    Refusal,
    /// The answer is cut by `max_tokens`.
    MaxTokens,
    /// A tool's input is cut by `max_tokens`.
    MaxTokensMidTool,
    /// `stop_reason: pause_turn`: the caller should send the answer back to go on.
    PauseTurn,
    /// `stop_reason: model_context_window_exceeded`.
    ContextWindowExceeded,
    /// A thinking block comes before the text.
    ThinkingFirst,
    /// Events, blocks, deltas and fields that no documentation knows yet.
    UnknownEvent,
    /// No answer at all until the mode changes or [`super::Simulator::clear`] is called.
    Slow,
    /// Some text, then silence until the mode changes or [`super::Simulator::clear`] is called.
    Stalled,
    /// An answer without any block.
    EmptyAnswer,
    /// A 200 whose JSON does not parse.
    MalformedJson,
    /// A 200 with the HTML page of some proxy.
    WrongContentType,
    /// A call of a tool that nobody offered.
    UnknownTool,
    /// A call of an offered tool with input of the wrong shape.
    InvalidToolInput,
    /// A tool call in every answer.
    EndlessTools,
    /// Network chunks that end in the middle of a character.
    SplitUtf8,
}

impl FaultKind {
    /// Every fault there is.
    pub const ALL: [Self; 24] = [
        Self::RateLimited,
        Self::RateLimitedNoRetryAfter,
        Self::Overloaded,
        Self::ServerError,
        Self::ErrorAfter200,
        Self::CutMidText,
        Self::CutMidJson,
        Self::NoMessageStop,
        Self::Refusal,
        Self::MaxTokens,
        Self::MaxTokensMidTool,
        Self::PauseTurn,
        Self::ContextWindowExceeded,
        Self::ThinkingFirst,
        Self::UnknownEvent,
        Self::Slow,
        Self::Stalled,
        Self::EmptyAnswer,
        Self::MalformedJson,
        Self::WrongContentType,
        Self::UnknownTool,
        Self::InvalidToolInput,
        Self::EndlessTools,
        Self::SplitUtf8,
    ];
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Form {
    Name(FaultKind),
    Whole(Whole),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Whole {
    name: FaultKind,
    repeat: Option<u32>,
    retry_after_seconds: Option<u64>,
    text: Option<String>,
}

impl From<Form> for Fault {
    fn from(form: Form) -> Self {
        match form {
            Form::Name(kind) => Self::once(kind),
            Form::Whole(whole) => {
                let plain = Self::once(whole.name);
                Self {
                    repeat: whole.repeat.unwrap_or(plain.repeat),
                    retry_after_seconds: whole.retry_after_seconds.unwrap_or(plain.retry_after_seconds),
                    text: whole.text.unwrap_or(plain.text),
                    ..plain
                }
            }
        }
    }
}
