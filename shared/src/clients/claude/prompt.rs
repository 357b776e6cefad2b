//! What the model is asked: system text, tools and the conversation so far.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One question to the model, with all it may know.
///
/// The conversation ends with a message of the user: no model of ours completes a begun answer.
/// It is sent exactly as given, but for blank text and the thinking of turns that are over; blocks
/// of an answer go back in unchanged while their turn lasts.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt<'a> {
    /// The model's name, as `claude-haiku-4-5`.
    pub model: &'a str,
    /// The most tokens it may write, thinking included.
    pub max_tokens: u32,
    /// From 0 to 1; left out for a model that refuses it.
    pub temperature: Option<f32>,
    /// The system prompt, what changes least first.
    pub system: Vec<SystemBlock>,
    /// What the model may call.
    pub tools: &'a [ToolSpec],
    /// The conversation, oldest first.
    pub messages: Vec<PromptMessage>,
}

/// A piece of the system prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemBlock {
    /// What it says.
    pub text: String,
    /// Claims that the next turns will say the same, so that it is worth caching.
    pub is_stable: bool,
}

/// A tool the model may call.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolSpec {
    /// Its name, as `check_availability`.
    pub name: &'static str,
    /// When to call it and what comes back.
    pub description: &'static str,
    /// The JSON Schema of its input, an object.
    pub input_schema: Value,
}

/// Whose words a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The visitor's, or what a tool returned.
    User,
    /// The model's.
    Assistant,
}

/// One message of the conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PromptMessage {
    /// Whose words they are.
    pub role: Role,
    /// What was said, in order.
    pub content: Vec<Block>,
}

/// A piece of a message. Its JSON is the API's own, so that it can be stored and sent unchanged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// Words.
    Text {
        /// The words; not blank.
        text: String,
    },
    /// The model calls a tool.
    ToolUse {
        /// Ties the call to its result.
        id: String,
        /// Which tool.
        name: String,
        /// What it was given: an object, in the model's own order of keys.
        input: Value,
    },
    /// What a called tool returned.
    ToolResult {
        /// The call's id.
        tool_use_id: String,
        /// What it returned.
        content: String,
        /// Claims that the tool failed.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_error: bool,
    },
    /// The model's thinking. Valid only while everything before it stays unchanged: it goes back
    /// within its turn, and the client leaves it out of later ones.
    Thinking {
        /// The thought; empty when the model keeps it to itself.
        thinking: String,
        /// Proves that the model thought it.
        signature: String,
    },
    /// Thinking that only the model can read; as [`Block::Thinking`].
    RedactedThinking {
        /// The thought, encrypted.
        data: String,
    },
}

impl SystemBlock {
    /// Text that the next turns will repeat.
    #[must_use]
    pub fn stable(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_stable: true }
    }

    /// Text that belongs to this turn only, as the time of day.
    #[must_use]
    pub fn fresh(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_stable: false }
    }
}

impl PromptMessage {
    /// What the visitor says.
    #[must_use]
    pub fn user(text: impl Into<String>) -> Self {
        Self { role: Role::User, content: vec![Block::Text { text: text.into() }] }
    }

    /// What the model said in an earlier turn.
    #[must_use]
    pub fn assistant(text: impl Into<String>) -> Self {
        Self { role: Role::Assistant, content: vec![Block::Text { text: text.into() }] }
    }

    /// The model's answer within this turn, before its tools are run.
    #[must_use]
    pub fn answered(blocks: Vec<Block>) -> Self {
        Self { role: Role::Assistant, content: blocks }
    }

    /// What the tools returned, one result for each call of the message before.
    #[must_use]
    pub fn results(results: Vec<Block>) -> Self {
        Self { role: Role::User, content: results }
    }
}

impl Block {
    /// What the tool call `tool_use_id` returned.
    #[must_use]
    pub fn result(tool_use_id: impl Into<String>, content: impl Into<String>) -> Self {
        Self::ToolResult { tool_use_id: tool_use_id.into(), content: content.into(), is_error: false }
    }

    /// Why the tool call `tool_use_id` failed, for the model to read.
    #[must_use]
    pub fn failure(tool_use_id: impl Into<String>, content: impl Into<String>) -> Self {
        Self::ToolResult { tool_use_id: tool_use_id.into(), content: content.into(), is_error: true }
    }
}
