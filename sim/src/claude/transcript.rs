//! Transcript: a request read as a conversation, for whoever writes the next answer.
//!
//! Reads only requests that passed validation. Never interprets the words.

use serde_json::Value;

/// One thing that was said or done, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Entry {
    /// The visitor's words.
    Visitor(String),
    /// The assistant's words.
    Assistant(String),
    /// A call of a tool.
    Call { id: String, name: String, input: Value },
    /// What came of it.
    Result { name: String, input: Value, text: String, is_error: bool },
}

/// A request, read as a conversation.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Transcript {
    /// The whole system prompt.
    pub(crate) system: String,
    /// The names of the tools on offer.
    pub(crate) tools: Vec<String>,
    pub(crate) entries: Vec<Entry>,
}

impl Transcript {
    /// Reads `request`.
    pub(crate) fn of(request: &Value) -> Self {
        let tools = request["tools"].as_array().into_iter().flatten();
        let mut transcript = Self {
            system: text(&request["system"]),
            tools: tools.filter_map(|tool| tool["name"].as_str().map(str::to_owned)).collect(),
            entries: Vec::new(),
        };
        for message in request["messages"].as_array().into_iter().flatten() {
            transcript.read(message);
        }
        transcript
    }

    /// Where the running turn begins: just after the visitor's last words.
    pub(crate) fn turn(&self) -> &[Entry] {
        let last = self.entries.iter().rposition(|entry| matches!(entry, Entry::Visitor(_)));
        &self.entries[last.map_or(0, |at| at + 1)..]
    }

    fn read(&mut self, message: &Value) {
        let is_assistant = message["role"] == "assistant";
        let said = |text: String| if is_assistant { Entry::Assistant(text) } else { Entry::Visitor(text) };
        if let Some(text) = message["content"].as_str() {
            self.entries.push(said(text.to_owned()));
            return;
        }
        for block in message["content"].as_array().into_iter().flatten() {
            match block["type"].as_str() {
                Some("text") => self.entries.push(said(text(block))),
                Some("tool_use") => self.entries.push(Entry::Call {
                    id: block["id"].as_str().unwrap_or_default().to_owned(),
                    name: block["name"].as_str().unwrap_or_default().to_owned(),
                    input: block["input"].clone(),
                }),
                Some("tool_result") => self.read_result(block),
                _ => {}
            }
        }
    }

    fn read_result(&mut self, block: &Value) {
        let call = self.entries.iter().rev().find_map(|entry| match entry {
            Entry::Call { id, name, input } if block["tool_use_id"] == *id => Some((name.clone(), input.clone())),
            _ => None,
        });
        let Some((name, input)) = call else { return };
        let is_error = block["is_error"] == true;
        self.entries.push(Entry::Result { name, input, text: text(&block["content"]), is_error });
    }
}

/// The text of a string, a text block, or a list of blocks.
fn text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => blocks.iter().map(text).collect::<Vec<_>>().join("\n"),
        block => block["text"].as_str().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_reads_as_a_conversation() {
        let transcript = Transcript::of(&json!({
            "system": [{ "type": "text", "text": "Be kind." }, { "type": "text", "text": "Be brief." }],
            "tools": [{ "name": "list_packages" }],
            "messages": [
                { "role": "user", "content": "Hello" },
                { "role": "assistant", "content": [
                    { "type": "text", "text": "Let me look." },
                    { "type": "tool_use", "id": "t1", "name": "list_packages", "input": { "a": 1 } },
                ] },
                { "role": "user", "content": [
                    { "type": "tool_result", "tool_use_id": "t1", "is_error": true,
                      "content": [{ "type": "text", "text": "No." }] },
                ] },
            ],
        }));
        assert_eq!(transcript.system, "Be kind.\nBe brief.");
        assert_eq!(transcript.tools, ["list_packages"]);
        let input = json!({ "a": 1 });
        let name = "list_packages".to_owned();
        let turn = [
            Entry::Assistant("Let me look.".into()),
            Entry::Call { id: "t1".into(), name: name.clone(), input: input.clone() },
            Entry::Result { name, input, text: "No.".into(), is_error: true },
        ];
        assert_eq!(transcript.entries[0], Entry::Visitor("Hello".into()));
        assert_eq!(transcript.turn(), turn);
    }
}
