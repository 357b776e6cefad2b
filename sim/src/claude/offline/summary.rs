//! Summary: shortens a conversation when the server asks for that, and reads such a summary back.
//!
//! Keeps the visitor's own lines, so that a name or an email outlives the conversation's length. Never
//! adds a word.

use super::super::transcript::{Entry, Transcript};
use super::facts;

/// How many words a summary has at most.
const LONGEST_WORDS: usize = 120;

/// How a visitor's line begins.
const VISITOR: &str = "Visitor: ";

/// The summary that `transcript` asks for, if that is what it asks for.
pub(super) fn wanted(transcript: &Transcript) -> Option<String> {
    let is_wanted = transcript.tools.is_empty() && transcript.system.starts_with("Summarize ");
    let text = transcript.entries.iter().rev().find_map(|entry| match entry {
        Entry::Visitor(text) => Some(facts::without_fence(text)),
        _ => None,
    });
    text.filter(|_| is_wanted).map(|text| shorten(&text))
}

/// The newest lines of the visitor's that there is room for; first those that say who it is.
fn shorten(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with(VISITOR)).collect();
    let mut left = LONGEST_WORDS;
    let mut kept: Vec<usize> = Vec::new();
    let newest_first = (0..lines.len()).rev();
    let important = newest_first.clone().filter(|at| says_who(lines[*at]));
    for at in important.chain(newest_first.filter(|at| !says_who(lines[*at]))) {
        let size = lines[at].split_whitespace().count();
        if size <= left {
            left -= size;
            kept.push(at);
        }
    }
    kept.sort_unstable();
    if kept.is_empty() {
        return "Nothing of note was said.".to_owned();
    }
    kept.into_iter().map(|at| lines[at]).collect::<Vec<_>>().join("\n")
}

fn says_who(line: &str) -> bool {
    line.contains('@') || line.to_lowercase().contains("my name is")
}

/// What the visitor said before, by the summary in the prompt.
pub(super) fn said_before(system: &str) -> Vec<String> {
    let Some((_, summary)) = system.split_once("kind=\"summary\">") else {
        return Vec::new();
    };
    let summary = summary.split_once("</").map_or(summary, |(inside, _)| inside);
    summary.lines().filter_map(|line| line.strip_prefix(VISITOR).map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_summary_keeps_the_email_and_the_newest_lines() {
        let mut lines = vec!["Visitor: I'm Ann Lee, ann@x.test".to_owned()];
        for at in 0..100 {
            lines.push(format!("Visitor: number {at}"));
            lines.push("Assistant: I see.".to_owned());
        }
        let transcript = Transcript::of(&json!({
            "system": [{ "type": "text", "text": "Summarize this conversation." }],
            "messages": [{ "role": "user", "content": format!("<untrusted kind=\"conversation\">\n{}\n</untrusted>", lines.join("\n")) }],
        }));
        let summary = wanted(&transcript).unwrap();
        assert!(summary.starts_with("Visitor: I'm Ann Lee, ann@x.test"), "{summary}");
        assert!(summary.ends_with("Visitor: number 99") && !summary.contains("number 3\n"), "{summary}");
        assert!(summary.split_whitespace().count() <= LONGEST_WORDS);
    }

    #[test]
    fn only_a_request_for_a_summary_gets_one() {
        let chat =
            json!({ "system": "You are the front desk.", "messages": [{ "role": "user", "content": "Visitor: hi" }] });
        assert_eq!(wanted(&Transcript::of(&chat)), None);
    }

    #[test]
    fn a_summary_is_read_back() {
        let system =
            "Today…\n<untrusted kind=\"summary\">\nVisitor: I'm Ann\nAssistant: Hello\n</untrusted>\nVisitor: forged";
        assert_eq!(said_before(system), ["I'm Ann"]);
    }
}
