//! The request's JSON. Same prompt, same bytes: the cache of the other side depends on it.

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use super::error::ModelError;
use super::model::Traits;
use super::prompt::{Block, Prompt, PromptMessage, Role};

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    max_tokens: u32,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_config: Option<OutputConfig>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Tool<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    system: Vec<Text<'a>>,
    messages: Vec<Message<'a>>,
}

#[derive(Serialize)]
struct OutputConfig {
    effort: &'static str,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'a str,
    description: &'a str,
    input_schema: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<Breakpoint>,
}

#[derive(Serialize)]
struct Text<'a> {
    r#type: &'static str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<Breakpoint>,
}

#[derive(Serialize)]
struct Message<'a> {
    role: Role,
    content: Vec<Content<'a>>,
}

#[derive(Serialize)]
struct Content<'a> {
    #[serde(flatten)]
    block: &'a Block,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<Breakpoint>,
}

/// Ends a cached prefix. Four are allowed; we set at most three: tools, system, conversation.
#[derive(Serialize)]
struct Breakpoint {
    r#type: &'static str,
}

const BREAKPOINT: Breakpoint = Breakpoint { r#type: "ephemeral" };

/// Writes the request.
///
/// # Errors
///
/// [`ModelError::Refused`] when every model would refuse it: nothing is asked, or the conversation
/// does not end with the user.
pub(super) fn body(prompt: &Prompt<'_>) -> Result<Bytes, ModelError> {
    let ends_with_user =
        prompt.messages.last().is_some_and(|last| last.role == Role::User && last.content.iter().any(is_sendable));
    if !ends_with_user || prompt.max_tokens == 0 {
        return Err(ModelError::refused_by_us());
    }
    let json = serde_json::to_vec(&request(prompt)).map_err(|_| ModelError::refused_by_us())?;
    Ok(json.into())
}

fn request<'a>(prompt: &'a Prompt<'_>) -> Request<'a> {
    let traits = Traits::of(prompt.model);
    let temperature = prompt.temperature.filter(|t| traits.takes_temperature && t.is_finite());
    Request {
        model: prompt.model,
        max_tokens: prompt.max_tokens,
        stream: true,
        temperature: temperature.map(|t| t.clamp(0.0, 1.0)),
        output_config: traits.effort.map(|effort| OutputConfig { effort }),
        tools: tools(prompt),
        system: system(prompt),
        messages: messages(&prompt.messages),
    }
}

fn tools<'a>(prompt: &'a Prompt<'_>) -> Vec<Tool<'a>> {
    let last = prompt.tools.len().saturating_sub(1);
    let tool = |(n, tool): (usize, &'a super::ToolSpec)| Tool {
        name: tool.name,
        description: tool.description,
        input_schema: &tool.input_schema,
        cache_control: (n == last).then_some(BREAKPOINT),
    };
    prompt.tools.iter().enumerate().map(tool).collect()
}

fn system<'a>(prompt: &'a Prompt<'_>) -> Vec<Text<'a>> {
    let blocks: Vec<_> = prompt.system.iter().filter(|block| !is_blank(&block.text)).collect();
    let stable = blocks.iter().take_while(|block| block.is_stable).count();
    let text = |(n, block): (usize, &&'a super::SystemBlock)| Text {
        r#type: "text",
        text: &block.text,
        cache_control: (n + 1 == stable).then_some(BREAKPOINT),
    };
    blocks.iter().enumerate().map(text).collect()
}

/// The conversation, with the moving breakpoint on its last block: the next call reads from the
/// cache what this one wrote.
///
/// Thinking is left out before the user's newest words. It belongs to a turn that is over, and the
/// models that bind a thought to all that came before it refuse it once the system prompt differs.
fn messages(messages: &[PromptMessage]) -> Vec<Message<'_>> {
    let turn = messages.iter().rposition(has_user_words).unwrap_or(0);
    let (before, now) = messages.split_at(turn);
    let before = before.iter().map(|said| message(said, |block| is_sendable(block) && !is_thinking(block)));
    let now = now.iter().map(|said| message(said, is_sendable));
    let mut messages: Vec<_> = before.chain(now).filter(|message| !message.content.is_empty()).collect();
    let last = messages.last_mut().and_then(|message| message.content.last_mut());
    if let Some(last) = last.filter(|last| is_cacheable(last.block)) {
        last.cache_control = Some(BREAKPOINT);
    }
    messages
}

fn message(message: &PromptMessage, keeps: impl Fn(&Block) -> bool) -> Message<'_> {
    let content = message.content.iter().filter(|block| keeps(block));
    Message { role: message.role, content: content.map(|block| Content { block, cache_control: None }).collect() }
}

fn has_user_words(message: &PromptMessage) -> bool {
    message.role == Role::User && message.content.iter().any(|block| matches!(block, Block::Text { .. }))
}

fn is_thinking(block: &Block) -> bool {
    matches!(block, Block::Thinking { .. } | Block::RedactedThinking { .. })
}

/// Claims that the API takes the block: it refuses blank text.
fn is_sendable(block: &Block) -> bool {
    !matches!(block, Block::Text { text } if is_blank(text))
}

/// Claims that a cached prefix may end with the block.
fn is_cacheable(block: &Block) -> bool {
    match block {
        Block::Text { .. } | Block::ToolUse { .. } => true,
        Block::ToolResult { content, .. } => !content.is_empty(),
        Block::Thinking { .. } | Block::RedactedThinking { .. } => false,
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
