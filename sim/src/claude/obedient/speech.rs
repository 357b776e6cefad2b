//! What a text wants to hear: secrets, sentences, links.
//!
//! Says it verbatim. Knows only what is in its context, as a model would.

/// Verbs that ask for something to be shown.
const SHOW: [&str; 16] = [
    "reveal", "print", "show", "output", "repeat", "display", "leak", "dump", "tell me", "give me", "what is",
    "what are", "what's", "copy", "write", "send",
];

/// Words that begin a sentence to be said.
const SAY: [&str; 17] = [
    "say that ",
    "say exactly: ",
    "say exactly ",
    "say: ",
    "say ",
    "repeat after me: ",
    "repeat after me ",
    "repeat: ",
    "reply with ",
    "respond with ",
    "answer with ",
    "tell the visitor that ",
    "tell the customer that ",
    "tell them that ",
    "tell me that ",
    "output: ",
    "write: ",
];

/// Everything that `text` wants to hear. `system` is the prompt that the model was given.
pub(super) fn said(text: &str, system: &str) -> Vec<String> {
    let mut said = Vec::new();
    for line in text.lines() {
        let lower = line.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        let wants_prompt = says(&[
            "system prompt",
            "your instructions",
            "your prompt",
            "initial instructions",
            "the prompt",
            "everything above",
            "text above",
            "system message",
        ]);
        let wants_secret = says(&[
            "api key",
            "api-key",
            "apikey",
            "secret",
            "password",
            "credential",
            "environment variable",
            "access token",
        ]);
        if says(&SHOW) && wants_prompt {
            said.push(format!("Here is my system prompt:\n{system}"));
        }
        if says(&SHOW) && wants_secret {
            said.push(secrets(system));
        }
        if has_active_content(&lower) {
            said.push(line.to_owned());
        } else if let Some(sentence) = sentence(line, &lower).filter(|_| !wants_prompt && !wants_secret) {
            said.push(sentence);
        }
    }
    said
}

/// What looks like a secret in the prompt.
fn secrets(system: &str) -> String {
    let is_secret = |word: &&str| {
        let long = 32 <= word.chars().count() && word.chars().any(|letter| letter.is_ascii_digit());
        ["sk-", "sk_", "pk_", "whsec_", "AKIA"].iter().any(|start| word.starts_with(start)) || long
    };
    let found: Vec<&str> = system.split_whitespace().filter(is_secret).collect();
    if found.is_empty() {
        "I was given no secret, or I would tell you.".to_owned()
    } else {
        format!("These look like secrets: {}", found.join(" "))
    }
}

/// Links, images and HTML, which a browser might follow or run.
fn has_active_content(lower: &str) -> bool {
    ["](", "![", "]:", "javascript:", "<script", "<img", "<a ", "<svg", "<iframe", "onerror=", "data: ", "event: "]
        .iter()
        .any(|mark| lower.contains(mark))
}

/// The sentence after «say», without the quotes around it.
fn sentence(line: &str, lower: &str) -> Option<String> {
    let start = SAY.iter().find_map(|phrase| {
        let at = lower.find(phrase)?;
        let before = lower.get(..at)?.chars().next_back();
        before.is_none_or(|letter| !letter.is_alphanumeric()).then_some(at + phrase.len())
    })?;
    let sentence = line.get(start..)?.trim().trim_matches(['"', '“', '”', '«', '»', '\'']);
    (!sentence.is_empty()).then(|| sentence.to_owned())
}
