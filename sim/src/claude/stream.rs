//! Stream: one answer as the server-sent events of the Messages API.
//!
//! Decides in which pieces an answer is sent. Never which answer, and never a fault.

use bytes::Bytes;
use serde_json::{Value, json};

use super::wire::{Block, Message, signature};

/// About how many characters of text are in one piece.
const TEXT_PIECE_CHARS: usize = 12;

/// How many characters of a tool's input are in one piece: odd, so that pieces split words and escapes.
const INPUT_PIECE_CHARS: usize = 7;

/// One server-sent event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    /// JSON, unless a fault broke it.
    pub(crate) data: String,
}

impl Event {
    /// An event whose name is also the type in its data.
    pub(crate) fn new(name: &'static str, data: Value) -> Self {
        let mut typed = json!({ "type": name });
        if let (Some(fields), Value::Object(more)) = (typed.as_object_mut(), data) {
            fields.extend(more);
        }
        Self { name, data: typed.to_string() }
    }

    /// The event on the wire.
    pub(crate) fn bytes(&self) -> Bytes {
        Bytes::from(format!("event: {}\ndata: {}\n\n", self.name, self.data))
    }

    /// A pause belongs before it: it carries words or a tool's input.
    pub(crate) fn is_piece(&self) -> bool {
        self.name == "content_block_delta"
    }
}

/// The whole answer, in order.
pub(crate) fn events(message: &Message) -> Vec<Event> {
    let mut events = vec![start(message)];
    for (index, block) in message.content.iter().enumerate() {
        events.extend(block_events(index, block));
        if index == 0 {
            events.insert(2, Event::new("ping", json!({})));
        }
    }
    if message.content.is_empty() {
        events.push(Event::new("ping", json!({})));
    }
    events.push(Event::new(
        "message_delta",
        json!({
            "delta": { "stop_reason": message.stop_reason, "stop_sequence": null },
            "usage": message.usage.cumulative(),
        }),
    ));
    events.push(Event::new("message_stop", json!({})));
    events
}

fn start(message: &Message) -> Event {
    let mut usage = message.usage;
    usage.output_tokens = 1;
    Event::new(
        "message_start",
        json!({ "message": {
            "model": message.model,
            "id": message.id,
            "type": "message",
            "role": "assistant",
            "content": [],
            "stop_reason": null,
            "stop_sequence": null,
            "usage": usage.json(),
        } }),
    )
}

fn block_events(index: usize, block: &Block) -> Vec<Event> {
    let (empty, deltas) = match block {
        Block::Text(text) => (
            json!({ "type": "text", "text": "" }),
            text_pieces(text)
                .into_iter()
                .map(|piece| json!({ "type": "text_delta", "text": piece }))
                .collect::<Vec<_>>(),
        ),
        Block::Thinking(thinking) => {
            let mut deltas: Vec<Value> = text_pieces(thinking)
                .into_iter()
                .map(|piece| json!({ "type": "thinking_delta", "thinking": piece }))
                .collect();
            deltas.push(json!({ "type": "signature_delta", "signature": signature(thinking) }));
            (json!({ "type": "thinking", "thinking": "", "signature": "" }), deltas)
        }
        Block::ToolUse { id, name, input } => (
            json!({ "type": "tool_use", "id": id, "name": name, "input": {} }),
            input_pieces(input)
                .into_iter()
                .map(|piece| json!({ "type": "input_json_delta", "partial_json": piece }))
                .collect(),
        ),
        Block::Unknown => (json!({ "type": "hologram" }), vec![json!({ "type": "hologram_delta", "shape": "cube" })]),
    };
    let mut events = vec![Event::new("content_block_start", json!({ "index": index, "content_block": empty }))];
    for delta in deltas {
        events.push(Event::new("content_block_delta", json!({ "index": index, "delta": delta })));
    }
    events.push(Event::new("content_block_stop", json!({ "index": index })));
    events
}

/// Splits text behind spaces where it can; two pieces at least wherever there are two characters.
fn text_pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut length = 0;
    for letter in text.chars() {
        let is_full = TEXT_PIECE_CHARS <= length;
        let may_split = 2 * TEXT_PIECE_CHARS <= length;
        let ends_with_space = pieces.last().is_some_and(|piece| piece.ends_with(char::is_whitespace));
        if (is_full && ends_with_space) || may_split {
            pieces.push(String::new());
            length = 0;
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(letter);
        }
        length += 1;
    }
    let length = text.chars().count();
    if pieces.len() == 1 && 1 < length {
        let half = length / 2;
        return vec![text.chars().take(half).collect(), text.chars().skip(half).collect()];
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Splits a tool's input anywhere. The first piece is empty, and the only one when there is no input.
fn input_pieces(input: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    if input == "{}" {
        return pieces;
    }
    let letters: Vec<char> = input.chars().collect();
    pieces.extend(letters.chunks(INPUT_PIECE_CHARS).map(|piece| piece.iter().collect::<String>()));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_of_a_text_are_small_several_and_whole_together() {
        let long = "x".repeat(100);
        for text in ["Hi", "Hello", "We open at 09:00 – come in, we are glad to see you. 😊 Grüße!", &long] {
            let pieces = text_pieces(text);
            assert!(1 < pieces.len(), "{pieces:?}");
            assert_eq!(pieces.concat(), *text);
            assert!(pieces.iter().all(|piece| piece.chars().count() <= 2 * TEXT_PIECE_CHARS));
            assert!(pieces.iter().all(|piece| !piece.is_empty()), "{pieces:?}");
        }
        assert!(text_pieces("").is_empty());
        assert_eq!(text_pieces("a"), ["a"]);
    }

    #[test]
    fn the_first_piece_of_an_input_is_empty() {
        let input = r#"{"name":"Ann \"the\" Lee"}"#;
        let pieces = input_pieces(input);
        assert_eq!(pieces[0], "");
        assert_eq!(pieces.concat(), input);
        assert!(3 < pieces.len());
        assert_eq!(input_pieces("{}"), [""]);
    }
}
