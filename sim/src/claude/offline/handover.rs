//! Hand-over: tells a colleague what a conversation is about when the server asks for that.
//!
//! Quotes the visitor's first and last line and names the tools that were used. Never adds a promise.

use serde_json::json;

use super::super::transcript::{Entry, Transcript};
use super::facts;

/// How a visitor's line begins.
const VISITOR: &str = "Visitor: ";
/// And one that names tools.
const USED: &str = "(used ";

/// The hand-over that `transcript` asks for, if that is what it asks for.
pub(super) fn wanted(transcript: &Transcript) -> Option<String> {
    let is_wanted = transcript.tools.is_empty() && transcript.system.starts_with("Hand over ");
    let told = transcript.entries.iter().rev().find_map(|entry| match entry {
        Entry::Visitor(text) => Some(facts::without_fence(text)),
        _ => None,
    });
    told.filter(|_| is_wanted).map(|text| hand_over(&text))
}

fn hand_over(text: &str) -> String {
    let said: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix(VISITOR)).collect();
    let used: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix(USED)).collect();
    let used: Vec<&str> = used.iter().map(|tools| tools.trim_end_matches(')')).collect();
    let (first, last) = (said.first().copied().unwrap_or("A person"), said.last().copied().unwrap_or("A person"));
    let tried =
        if used.is_empty() { "The assistant answered.".to_owned() } else { format!("Used {}.", used.join(", ")) };
    json!({ "asked": first, "tried": tried, "promised": "", "open": last }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_over_quotes_the_visitor_and_names_the_tools() {
        let transcript = Transcript::of(&json!({
            "system": [{ "type": "text", "text": "Hand over this conversation." }],
            "messages": [{ "role": "user", "content": "<untrusted kind=\"conversation\">\nVisitor: Hi\n(used list_packages)\nAssistant: Hello\nVisitor: A person, please\n</untrusted>" }],
        }));
        let told: serde_json::Value = serde_json::from_str(&wanted(&transcript).unwrap()).unwrap();
        assert_eq!(
            told,
            json!({ "asked": "Hi", "tried": "Used list_packages.", "promised": "", "open": "A person, please" })
        );
        let chat = json!({ "system": "You are the desk.", "messages": [{ "role": "user", "content": "Visitor: hi" }] });
        assert_eq!(wanted(&Transcript::of(&chat)), None);
    }
}
