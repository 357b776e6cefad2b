//! What comes back: the blocks of an answer, why it ended, what it used.

use std::time::Duration;

use serde_json::Value;

use super::prompt::Block;
use crate::domain::ledger::Usage;

/// A complete answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What was said, in order: text that is not blank, thinking, and tool calls that arrived
    /// whole.
    pub blocks: Vec<Block>,
    /// Why the model stopped.
    pub stop: Stop,
    /// How many tool calls were dropped because their input was cut off or was not an object.
    pub dropped_calls: usize,
    /// What each call used that reported anything, abandoned ones included: what to charge.
    pub calls: Vec<Usage>,
    /// From the question to the first piece of text; `None` when the answer has none.
    pub first_token: Option<Duration>,
    /// From the question to the end.
    pub total: Duration,
}

/// What there is of an answer that broke off. Its tool calls are gone: none may run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial {
    /// The text that was handed on.
    pub text: String,
    /// What each call used that reported anything: what to charge.
    pub calls: Vec<Usage>,
    /// From the question to the first piece of text; `None` when there was none.
    pub first_token: Option<Duration>,
    /// From the question to the break.
    pub total: Duration,
}

/// Why the model stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// It has said all it wanted.
    EndTurn,
    /// It waits for the results of its tool calls.
    ToolUse,
    /// It reached the most tokens it may write.
    MaxTokens,
    /// It will not answer this. The answer must not go back into the conversation.
    Refusal,
    /// It paused a long turn: ask again with its blocks and a user message that says to go on.
    PauseTurn,
    /// The conversation no longer fits its window.
    ContextWindowExceeded,
    /// A reason this client does not know; empty when none was given.
    Unknown(String),
}

/// A tool call that arrived whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ToolCall<'a> {
    /// Ties the call to its result.
    pub id: &'a str,
    /// Which tool.
    pub name: &'a str,
    /// What it was given: an object.
    pub input: &'a Value,
}

impl Answer {
    /// All its text.
    #[must_use]
    pub fn text(&self) -> String {
        let text = |block: &Block| match block {
            Block::Text { text } => Some(text.clone()),
            _ => None,
        };
        self.blocks.iter().filter_map(text).collect()
    }

    /// Its tool calls, in order. They may run only when it stopped for them ([`Stop::ToolUse`]).
    pub fn tool_calls(&self) -> impl Iterator<Item = ToolCall<'_>> {
        self.blocks.iter().filter_map(|block| match block {
            Block::ToolUse { id, name, input } => Some(ToolCall { id, name, input }),
            _ => None,
        })
    }

    /// Tokens of all calls together.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.calls.iter().copied().sum()
    }
}

impl From<&str> for Stop {
    fn from(reason: &str) -> Self {
        match reason {
            "end_turn" => Self::EndTurn,
            "tool_use" => Self::ToolUse,
            "max_tokens" => Self::MaxTokens,
            "refusal" => Self::Refusal,
            "pause_turn" => Self::PauseTurn,
            "model_context_window_exceeded" => Self::ContextWindowExceeded,
            other => Self::Unknown(other.chars().take(40).collect()),
        }
    }
}
