//! Asked: what visitors ask, grouped and counted, so that an owner sees what is asked most.
//!
//! A message becomes a [`Form`]: its question, without what tells who asks, and the stems that it is about. Messages
//! of one form are one question; forms that are alike ([`is_alike`]) are shown as one. Never keeps a message, and
//! never shows what only one conversation has said: a name that masking does not know is in no question of two.

use std::collections::BTreeSet;

use super::masking::masked;
use super::text::cut;
use super::words::{Language, Word, words};

mod counted;

pub use counted::{Asked, Asker, MOST, Questions, Top};

/// The most characters of a question that are kept.
pub const SAMPLE: usize = 100;

/// The most characters of a message that a question is looked for in.
const READ: usize = 1_000;

/// Two forms are alike when they have so many of all their stems in common, in a hundred; chosen by the labelled
/// paraphrases beside this file.
const ALIKE_PERCENT: usize = 60;

/// What says nothing about a question, beside the words that every sentence has: folded, between spaces. Whatever has
/// nothing else is a greeting, an answer to the assistant or an introduction.
const IDLE: &str = "\
    name heisse llamo appelle bye goodbye cheers great perfect super cool nice good lovely fine morning evening \
    afternoon dear sir madam adios vale perfecto genial tarde tardes noche noches manana saludos tschuss tschuess \
    servus moin abend morgen prima klasse toll revoir parfait salut bonne journee soiree cordialement";

/// A question in its normal form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Form {
    /// The stems that it is about, each once, in alphabetical order; never none.
    stems: BTreeSet<String>,
    /// One way to ask it, without what tells who does: at most [`SAMPLE`] characters.
    sample: String,
}

impl Form {
    /// The question in what a visitor said; none: it asks nothing that could be told to somebody else.
    ///
    /// It is the first sentence that ends as a question and is about something. A message without a question mark
    /// counts from two words on, so that an answer with a name alone does not.
    #[must_use]
    pub fn of(said: &str) -> Option<Self> {
        let masked = masked(said, READ);
        let sentences = masked.split_inclusive(['?', '!', '？']).flat_map(parts).map(str::trim);
        let (questions, told): (Vec<&str>, Vec<&str>) = sentences.partition(|sentence| sentence.ends_with(['?', '？']));
        let asked = if questions.is_empty() { told.into_iter().filter(is_told).collect() } else { questions };
        asked.into_iter().find_map(|sentence| Self::kept(cut(sentence, SAMPLE).trim_end()))
    }

    /// The form of a question by itself, as it was kept; none: it says nothing.
    #[must_use]
    pub fn kept(sample: &str) -> Option<Self> {
        Some(Self { stems: topics(sample)?, sample: sample.to_owned() })
    }

    /// One way to ask it.
    #[must_use]
    pub fn sample(&self) -> &str {
        &self.sample
    }
}

/// Claims that two questions are the same but for words that hardly matter.
#[must_use]
pub fn is_alike(one: &Form, other: &Form) -> bool {
    let shared = one.stems.intersection(&other.stems).count();
    are_alike(shared, one.stems.len(), other.stems.len())
}

fn are_alike(shared: usize, one: usize, other: usize) -> bool {
    let all = one + other - shared;
    ALIKE_PERCENT * all <= 100 * shared
}

/// Claims that a sentence without a question mark may ask something: somebody may answer with nothing but their name.
fn is_told(sentence: &&str) -> bool {
    let is_name = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    1 < words(sentence).len() && !sentence.split_whitespace().all(is_name)
}

/// A sentence cut where it ends, and where something was masked that it does not begin or end with.
fn parts(sentence: &str) -> impl Iterator<Item = &str> {
    sentence.split(['\n', '…', ';']).flat_map(|part| part.split(". ")).flat_map(|part| part.split("[name]"))
}

/// The stems that a sentence is about; none: there is nothing.
fn topics(sentence: &str) -> Option<BTreeSet<String>> {
    let bare: Vec<&str> = sentence.split_whitespace().filter(|word| !word.starts_with('[')).collect();
    let words: Vec<Word> = words(&bare.join(" ")).into_iter().filter(|word| !is_number(word)).collect();
    let language = Language::of_text(sentence);
    let told: Vec<&Word> = words.iter().filter(|word| !is_common(word, language)).collect();
    if told.iter().any(|word| !is_idle(word)) {
        // The stem that a word has in whatever language: few words alone do not tell theirs.
        return Some(told.into_iter().map(|word| word.stem(None)).collect());
    }
    // "Where are you?" is asked in common words alone.
    let common: BTreeSet<String> = words.iter().map(|word| word.folded().to_owned()).collect();
    let is_asked = sentence.ends_with(['?', '？']) && 2 < common.len() && !words.iter().any(is_idle);
    is_asked.then_some(common)
}

fn is_common(word: &Word, language: Option<Language>) -> bool {
    match language {
        Some(language) => language.is_common(word.folded()),
        None => Language::ALL.into_iter().any(|language| language.is_common(word.folded())),
    }
}

fn is_number(word: &Word) -> bool {
    word.folded().chars().all(char::is_numeric)
}

fn is_idle(word: &Word) -> bool {
    IDLE.split_whitespace().any(|idle| idle == word.folded())
}

#[cfg(test)]
mod tests;
