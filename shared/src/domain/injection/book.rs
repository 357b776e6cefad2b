//! The book of all phrases, opened at the letters that a phrase may begin with.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Signal;
use super::normal::Words;
use super::phrase::{Phrase, opening};
use super::phrases::{self, Language};

/// All phrases of all languages.
#[derive(Debug)]
pub(super) struct Book {
    phrases: Vec<Phrase>,
    /// The places in `phrases` of those that may begin with these letters.
    by_opening: HashMap<Vec<u8>, Vec<usize>>,
}

impl Book {
    /// The one book; it is read at the first message.
    pub(super) fn open() -> &'static Self {
        static BOOK: LazyLock<Book> = LazyLock::new(|| {
            let of = |language: &Language| {
                let parse = |(technique, weight, text): &phrases::Entry| {
                    let signal = Signal { technique: *technique, weight: *weight };
                    Phrase::parse(signal, text, language.classes)
                };
                language.phrases.iter().map(parse).collect::<Vec<_>>()
            };
            Book::new(phrases::ALL.iter().flat_map(of).collect())
        });
        &BOOK
    }

    fn new(phrases: Vec<Phrase>) -> Self {
        let mut by_opening = HashMap::<_, Vec<_>>::new();
        for (n, phrase) in phrases.iter().enumerate() {
            for letters in phrase.openings() {
                let page = by_opening.entry(letters.to_vec()).or_default();
                if page.last() != Some(&n) {
                    page.push(n);
                }
            }
        }
        Self { phrases, by_opening }
    }

    /// The signals of the phrases in `words`.
    pub(super) fn signals(&self, words: &Words) -> Vec<Signal> {
        let mut found = Vec::new();
        for (n, word) in words.list.iter().enumerate() {
            let rest = words.list.get(n..).unwrap_or_default();
            let here = self.beginning_with(word.as_bytes());
            found.extend(here.filter(|phrase| phrase.begins(rest)).map(Phrase::signal));
        }
        for place in (0..words.joined.len()).filter(|place| words.is_edge(*place)) {
            let letters = words.joined.get(place..).unwrap_or_default();
            let here = self.beginning_with(letters);
            found.extend(here.filter(|phrase| phrase.begins_joined(words, place)).map(Phrase::signal));
        }
        found
    }

    /// The phrases that may begin with the first letters of `letters`.
    fn beginning_with(&self, letters: &[u8]) -> impl Iterator<Item = &Phrase> {
        let two = opening(letters);
        let one = letters.get(..1).filter(|one| *one != two);
        let pages = one.into_iter().chain([two]).filter_map(|key| self.by_opening.get(key));
        pages.flatten().filter_map(|n| self.phrases.get(*n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_of_every_language_is_well_formed() {
        for language in &phrases::ALL {
            let parts = language.phrases.iter().flat_map(|(_, _, text)| text.split(' '));
            let members = language.classes.iter().map(|(_, members)| *members);
            for part in parts.chain(members) {
                let part = part.trim_start_matches("..").trim_start_matches('!');
                let part = part.trim_start_matches(|c: char| c.is_ascii_digit());
                for word in part.trim_start_matches('-').split('|').filter(|word| !word.is_empty()) {
                    let is_class = word
                        .strip_prefix('@')
                        .is_some_and(|name| language.classes.iter().any(|(known, _)| *known == name));
                    let letters = word.strip_suffix('*').unwrap_or(word);
                    let is_folded = letters.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
                    assert!(is_class || is_folded, "{word} in {part}");
                }
            }
        }
        for phrase in &Book::open().phrases {
            assert!((35..=90).contains(&phrase.signal().weight), "{phrase:?}");
            assert!(phrase.openings().next().is_some(), "{phrase:?}");
        }
    }
}
