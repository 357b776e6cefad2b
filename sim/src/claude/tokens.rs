//! Tokens: a plausible, repeatable count of them, and the prompt cache that makes some cheaper.
//!
//! An estimate of four characters a token. Never the real tokenizer.

use std::collections::HashMap;

use aws_lc_rs::digest::{Context, SHA256};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The smallest prefix that most models cache, in tokens. Below it nothing is cached, and nothing says so.
const SMALLEST_PREFIX: u64 = 4_096;

/// The smallest prefix that Sonnet caches, in tokens.
const SMALLEST_PREFIX_OF_SONNET: u64 = 1_024;

/// How many blocks before a breakpoint are compared with what is cached.
const LOOKBACK_BLOCKS: usize = 20;

/// How long an unused prefix stays cached.
const LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// The same for a breakpoint that asks for `"ttl": "1h"`.
const LONG_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// Four characters a token, rounded up.
pub(crate) fn estimate(text: &str) -> u64 {
    u64::try_from(text.chars().count().div_ceil(4)).unwrap_or(u64::MAX)
}

/// What one request costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Tokens after the last breakpoint, or all of them when nothing is cached.
    pub(crate) input_tokens: u64,
    pub(crate) cache_creation_input_tokens: u64,
    pub(crate) cache_read_input_tokens: u64,
    pub(crate) output_tokens: u64,
}

impl Usage {
    /// Every token that was sent.
    pub(crate) fn prompt_tokens(&self) -> u64 {
        self.input_tokens + self.cache_creation_input_tokens + self.cache_read_input_tokens
    }

    /// As `message_start` and the unstreamed answer carry it.
    pub(crate) fn json(&self) -> Value {
        json!({
            "input_tokens": self.input_tokens,
            "cache_creation_input_tokens": self.cache_creation_input_tokens,
            "cache_read_input_tokens": self.cache_read_input_tokens,
            "cache_creation": {
                "ephemeral_5m_input_tokens": self.cache_creation_input_tokens,
                "ephemeral_1h_input_tokens": 0,
            },
            "output_tokens": self.output_tokens,
            "service_tier": "standard",
        })
    }

    /// As `message_delta` carries it: cumulative.
    pub(crate) fn cumulative(&self) -> Value {
        json!({
            "input_tokens": self.input_tokens,
            "cache_creation_input_tokens": self.cache_creation_input_tokens,
            "cache_read_input_tokens": self.cache_read_input_tokens,
            "output_tokens": self.output_tokens,
        })
    }
}

/// The prefixes seen of late, by the hash of all that is in them.
#[derive(Debug, Default)]
pub(crate) struct PromptCache {
    /// Until when each prefix may be read, and for how long a read renews it.
    prefixes: HashMap<Vec<u8>, (Timestamp, SignedDuration)>,
}

/// The prompt up to and with one block.
struct Prefix {
    hash: Vec<u8>,
    tokens: u64,
    /// For how long to cache it, when the block is a breakpoint.
    lifetime: Option<SignedDuration>,
}

impl PromptCache {
    /// Counts the tokens of `request` and remembers its prefixes up to each breakpoint.
    ///
    /// `key` is the caller's: prefixes of one organisation never serve another.
    pub(crate) fn count(&mut self, key: &str, request: &Value, now: Timestamp) -> Usage {
        self.prefixes.retain(|_, (until, _)| now < *until);
        let prefixes = prefixes(key, request);
        let total = prefixes.last().map_or(0, |prefix| prefix.tokens);
        let smallest = smallest_prefix(request["model"].as_str().unwrap_or_default());
        let read = self.read(&prefixes, now);
        let mut written = read;
        for prefix in &prefixes {
            let Some(lifetime) = prefix.lifetime else { continue };
            if prefix.tokens < smallest {
                continue;
            }
            self.prefixes.insert(prefix.hash.clone(), (now + lifetime, lifetime));
            written = written.max(prefix.tokens);
        }
        Usage {
            input_tokens: total - written,
            cache_creation_input_tokens: written - read,
            cache_read_input_tokens: read,
            output_tokens: 0,
        }
    }

    /// The longest prefix that is cached and within reach of a breakpoint, in tokens.
    fn read(&mut self, prefixes: &[Prefix], now: Timestamp) -> u64 {
        let breakpoints = (0..prefixes.len()).rev().filter(|at| prefixes[*at].lifetime.is_some());
        for at in breakpoints {
            for prefix in prefixes[..=at].iter().rev().take(LOOKBACK_BLOCKS) {
                if let Some((until, lifetime)) = self.prefixes.get_mut(&prefix.hash) {
                    *until = now + *lifetime;
                    return prefix.tokens;
                }
            }
        }
        0
    }
}

fn smallest_prefix(model: &str) -> u64 {
    if model.contains("sonnet") { SMALLEST_PREFIX_OF_SONNET } else { SMALLEST_PREFIX }
}

/// Every prefix that ends with a block, in the service's order: tools, system, messages.
fn prefixes(key: &str, request: &Value) -> Vec<Prefix> {
    let mut context = Context::new(&SHA256);
    context.update(key.as_bytes());
    context.update(request["model"].as_str().unwrap_or_default().as_bytes());
    let mut tokens = 0;
    let mut prefixes = Vec::new();
    for (place, block) in blocks(request) {
        let mut bare = block.clone();
        if let Some(fields) = bare.as_object_mut() {
            fields.remove("cache_control");
        }
        context.update(place.as_bytes());
        context.update(bare.to_string().as_bytes());
        tokens += weight(&bare);
        prefixes.push(Prefix {
            hash: context.clone().finish().as_ref().to_vec(),
            tokens,
            lifetime: lifetime(&block["cache_control"]),
        });
    }
    if let (Some(last), Some(all)) = (prefixes.last_mut(), lifetime(&request["cache_control"])) {
        last.lifetime = Some(all);
    }
    prefixes
}

fn lifetime(cache_control: &Value) -> Option<SignedDuration> {
    let fields = cache_control.as_object()?;
    let is_long = fields.get("ttl").is_some_and(|ttl| ttl == "1h");
    Some(if is_long { LONG_LIFETIME } else { LIFETIME })
}

/// The blocks of a request with the place that each is in.
fn blocks(request: &Value) -> Vec<(&'static str, Value)> {
    let mut blocks = Vec::new();
    for tool in request["tools"].as_array().into_iter().flatten() {
        blocks.push(("tool", tool.clone()));
    }
    blocks.extend(content(&request["system"]).into_iter().map(|block| ("system", block)));
    for message in request["messages"].as_array().into_iter().flatten() {
        let place = if message["role"] == "assistant" { "assistant" } else { "user" };
        blocks.extend(content(&message["content"]).into_iter().map(|block| (place, block)));
    }
    blocks
}

/// Content is a list of blocks, or a string that stands for one text block.
fn content(content: &Value) -> Vec<Value> {
    match content {
        Value::String(text) => vec![json!({ "type": "text", "text": text })],
        Value::Array(blocks) => blocks.clone(),
        _ => Vec::new(),
    }
}

fn weight(block: &Value) -> u64 {
    match block["text"].as_str() {
        Some(text) => estimate(text),
        None => estimate(&block.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: &str = "2026-11-21T12:00:00Z";

    fn now() -> Timestamp {
        NOON.parse().unwrap()
    }

    fn request(system: &str, question: &str) -> Value {
        json!({
            "model": "claude-haiku-4-5",
            "system": [{ "type": "text", "text": system, "cache_control": { "type": "ephemeral" } }],
            "messages": [{ "role": "user", "content": question }],
        })
    }

    /// A prompt of exactly `tokens` by the estimate.
    fn prompt(tokens: usize) -> String {
        "x".repeat(tokens * 4)
    }

    #[test]
    fn a_prefix_is_written_once_and_then_read() {
        let mut cache = PromptCache::default();
        let first = cache.count("key", &request(&prompt(4_096), "Hello"), now());
        assert_eq!(first.cache_creation_input_tokens, 4_096);
        assert_eq!((first.cache_read_input_tokens, first.input_tokens), (0, 2));
        let second = cache.count("key", &request(&prompt(4_096), "Hello again"), now());
        assert_eq!(second.cache_read_input_tokens, 4_096);
        assert_eq!((second.cache_creation_input_tokens, second.input_tokens), (0, 3));
    }

    #[test]
    fn nothing_is_cached_below_the_smallest_prefix() {
        let mut cache = PromptCache::default();
        for _ in 0..2 {
            let usage = cache.count("key", &request(&prompt(4_095), "Hello"), now());
            assert_eq!((usage.cache_creation_input_tokens, usage.cache_read_input_tokens), (0, 0));
            assert_eq!(usage.input_tokens, 4_097);
        }
    }

    #[test]
    fn another_prompt_another_model_and_another_key_read_nothing() {
        let mut cache = PromptCache::default();
        let known = request(&prompt(5_000), "Hello");
        cache.count("key", &known, now());
        let mut other_model = known.clone();
        other_model["model"] = json!("claude-haiku-5-5");
        let other_prompt = request(&prompt(5_001), "Hello");
        for (key, request) in [("key", other_model), ("key", other_prompt), ("other", known)] {
            assert_eq!(cache.count(key, &request, now()).cache_read_input_tokens, 0);
        }
    }

    #[test]
    fn a_prefix_is_forgotten_five_minutes_after_its_last_use() {
        let mut cache = PromptCache::default();
        let request = request(&prompt(5_000), "Hello");
        cache.count("key", &request, now());
        let reads_after = |cache: &mut PromptCache, minutes| {
            cache.count("key", &request, now() + SignedDuration::from_mins(minutes)).cache_read_input_tokens
        };
        assert_eq!(reads_after(&mut cache, 4), 5_000);
        assert_eq!(reads_after(&mut cache, 8), 5_000);
        assert_eq!(reads_after(&mut cache, 13), 0);
    }

    #[test]
    fn a_growing_conversation_reads_what_it_wrote_before() {
        let mut cache = PromptCache::default();
        let cached = |text: &str| json!([{ "type": "text", "text": text, "cache_control": { "type": "ephemeral" } }]);
        let mut growing = request(&prompt(4_096), "");
        growing["messages"] = json!([{ "role": "user", "content": cached("12345678") }]);
        let first = cache.count("key", &growing, now());
        assert_eq!(first.cache_creation_input_tokens, 4_098);
        growing["messages"] = json!([
            { "role": "user", "content": [{ "type": "text", "text": "12345678" }] },
            { "role": "assistant", "content": [{ "type": "text", "text": "1234" }] },
            { "role": "user", "content": cached("1234") },
        ]);
        let second = cache.count("key", &growing, now());
        assert_eq!((second.cache_read_input_tokens, second.cache_creation_input_tokens), (4_098, 2));
        assert_eq!(second.input_tokens, 0);
    }
}
