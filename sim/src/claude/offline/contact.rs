//! Contact: the name and the email that a visitor gives.
//!
//! Guesses only where the words say so. Never checks that an address exists.

use super::days::is_calendar_word;
use super::words::{Word, Words};

/// The most words that a name has.
const LONGEST_NAME_WORDS: usize = 4;

/// Words after which a name has ended, or that are none.
const NOT_NAMES: &str = "a|again|ai|am|an|and|any|appointment|are|as|at|available|book|booking|by|can|coming|contact|email|e|\
    for|free|from|good|happy|hello|here|hey|hi|i|i'd|i'm|in|interested|is|it|it's|looking|mail|my|name|\
    new|no|not|of|ok|on|please|sorry|sure|thanks|the|to|under|with|yes|you|your";

/// The first email in the words.
pub(super) fn email(words: &Words) -> Option<String> {
    words.all().iter().map(address).find(|address| is_email(address))
}

fn address(word: &Word) -> String {
    word.written.trim_start_matches("mailto:").trim_matches(['/', '\'', '&']).to_owned()
}

fn is_email(word: &str) -> bool {
    word.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && !host.contains('@') && host.contains('.') && !host.starts_with('.')
    })
}

/// The visitor's name. `is_asked` when nothing else was asked for, so that bare words are one.
pub(super) fn name(words: &Words, is_asked: bool) -> Option<String> {
    introduced(words).or_else(|| before_email(words)).or_else(|| is_asked.then(|| bare(words)).flatten())
}

/// `my name is ann lee`, `I'm Ann`, `under the name Ann`.
fn introduced(words: &Words) -> Option<String> {
    // After these a name may be written small.
    const SURE: [&str; 10] = [
        "name is",
        "name's",
        "names",
        "full name",
        "call me",
        "the name",
        "the name of",
        "name of",
        "name",
        "i'm called",
    ];
    const LIKELY: [&str; 6] = ["i'm", "im", "i am", "this is", "it's", "under"];
    for (phrases, needs_capital) in [(&SURE[..], false), (&LIKELY[..], true)] {
        for phrase in phrases {
            let Some(start) = words.find(phrase) else { continue };
            let start = start + phrase.split(' ').count();
            if let Some(name) = take(words.all().get(start..).unwrap_or_default(), needs_capital) {
                return Some(name);
            }
        }
    }
    None
}

/// `Ann Lee, ann@x.test`, `for Ann Lee <ann@x.test>`, `Ann Lee, my email is …`.
fn before_email(words: &Words) -> Option<String> {
    const BETWEEN: [&str; 8] = ["and", "my", "email", "e", "mail", "is", "at", "address"];
    let all = words.all();
    let mut end = all.iter().position(|word| is_email(&address(word)))?;
    while end.checked_sub(1).is_some_and(|last| BETWEEN.contains(&all[last].plain.as_str())) {
        end -= 1;
    }
    let mut start = end;
    while start.checked_sub(1).is_some_and(|at| {
        let joined = at + 1 == end || !all[at].ends_part;
        joined && all[at].is_capital() && is_name_word(&all[at])
    }) {
        start -= 1;
    }
    join(&all[start..end])
}

/// Nothing but a name, and perhaps the email.
fn bare(words: &Words) -> Option<String> {
    let all: Vec<Word> = words.all().iter().filter(|word| !is_email(&address(word))).cloned().collect();
    let is_name = all.iter().all(is_name_word) && all.len() <= LONGEST_NAME_WORDS && !words.is_question();
    if is_name { join(&all) } else { None }
}

fn take(words: &[Word], needs_capital: bool) -> Option<String> {
    let mut end = 0;
    while let Some(word) = words.get(end).filter(|_| end < LONGEST_NAME_WORDS) {
        if !is_name_word(word) || (needs_capital && !word.is_capital()) {
            break;
        }
        end += 1;
        if word.ends_part {
            break;
        }
    }
    join(&words[..end])
}

fn is_name_word(word: &Word) -> bool {
    word.is_name_like() && !NOT_NAMES.split('|').any(|other| other == word.plain) && !is_calendar_word(&word.plain)
}

fn join(words: &[Word]) -> Option<String> {
    let name: Vec<String> = words.iter().map(|word| capitalised(&word.written)).collect();
    (!name.is_empty() && name.len() <= LONGEST_NAME_WORDS).then(|| name.join(" "))
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, is_asked: bool) -> (Option<String>, Option<String>) {
        let words = Words::of(text);
        (name(&words, is_asked), email(&words))
    }

    #[test]
    fn people_introduce_themselves_in_many_ways() {
        for text in [
            "My name is Ann Lee, ann@x.test",
            "my name is ann lee and my email is ann@x.test",
            "I'm Ann Lee – ann@x.test",
            "I’m Ann Lee (ann@x.test)",
            "I am Ann Lee. My email: ann@x.test",
            "This is Ann Lee, you can reach me at ann@x.test.",
            "Ann Lee, ann@x.test",
            "Ann Lee <ann@x.test>",
            "Ann Lee ann@x.test",
            "Please book it for Ann Lee, ann@x.test",
            "Book a haircut on Friday at 2pm for Ann Lee, ann@x.test please",
            "Name: Ann Lee, email: ann@x.test",
            "Haircut tomorrow at 2pm. Ann Lee, my email is ann@x.test",
            "please put it under Ann Lee with mailto:ann@x.test",
            "Tomorrow, under the name Ann Lee, ann@x.test",
        ] {
            let expected = (Some("Ann Lee".to_owned()), Some("ann@x.test".to_owned()));
            assert_eq!(read(text, false), expected, "{text}");
        }
    }

    #[test]
    fn bare_words_are_a_name_only_when_one_was_asked_for() {
        assert_eq!(read("ann lee", true).0.as_deref(), Some("Ann Lee"));
        assert_eq!(read("ann lee, ann@x.test", true).0.as_deref(), Some("Ann Lee"));
        assert_eq!(read("ann lee", false).0, None);
        assert_eq!(read("Jean-Luc O'Neill", true).0.as_deref(), Some("Jean-Luc O'Neill"));
    }

    #[test]
    fn other_words_are_no_name() {
        for text in [
            "I'm looking for a haircut",
            "I'm free on Friday",
            "I am happy",
            "This is great",
            "It's Monday",
            "Is Friday free?",
            "Book me in on Friday",
            "hello",
            "ann@x.test",
            "my email is ann@x.test",
        ] {
            assert_eq!(read(text, false).0, None, "{text}");
        }
        assert_eq!(read("on Friday please", true).0, None);
    }

    #[test]
    fn only_addresses_are_emails() {
        for text in ["meet @ noon", "ann@", "@ann", "ann@host", "ann at x dot test"] {
            assert_eq!(read(text, false).1, None, "{text}");
        }
    }
}
