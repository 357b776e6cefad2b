//! Words: how a text of a person is taken apart so that two ways to say a thing can be compared.
//!
//! Text is folded (case, accents, ligatures, punctuation), loses the words that every sentence has, and each other
//! word is cut to its stem by [Snowball](https://snowballstem.org/)'s algorithm for its language. Never says what a
//! text means, and never keeps where a word stood.

use std::collections::HashSet;
use std::sync::LazyLock;

use frostem::{Algorithm, Stemmer};
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

mod stop;

/// The most letters of a word: what is longer is cut, so that nonsense costs no more than a word.
const LONGEST: usize = 40;
/// The most letters before a hyphen that joins two words into one, as in "wi-fi" and "e-mail".
const PREFIX: usize = 2;

/// The common words of each language, in the order of [`Language::ALL`].
static COMMON: LazyLock<[HashSet<&str>; 4]> = LazyLock::new(|| {
    [stop::ENGLISH, stop::SPANISH, stop::GERMAN, stop::FRENCH].map(|list| list.split_whitespace().collect())
});

/// A language that the assistant's businesses and visitors write in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English.
    English,
    /// Spanish.
    Spanish,
    /// German.
    German,
    /// French.
    French,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::English, Self::Spanish, Self::German, Self::French];

    /// The language of a locale such as `de-CH`; none: not one of ours.
    #[must_use]
    pub fn of_locale(locale: &str) -> Option<Self> {
        match locale.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "es" => Some(Self::Spanish),
            "de" => Some(Self::German),
            "fr" => Some(Self::French),
            _ => None,
        }
    }

    /// Its ISO 639-1 code, as a locale begins with.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
            Self::German => "de",
            Self::French => "fr",
        }
    }

    /// The language that `text` is written in by the common words it has; none: it has too few to tell.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        let words = folded_words(text);
        let common = |language: Self| words.iter().filter(|word| language.is_common(word)).count();
        let mut counts = Self::ALL.map(|language| (common(language), language));
        counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let [(most, language), (second, _), ..] = counts;
        (second < most).then_some(language)
    }

    /// The language of `text` as far as it can be told, or else that of `locale`.
    #[must_use]
    pub fn of(text: &str, locale: &str) -> Option<Self> {
        Self::of_text(text).or_else(|| Self::of_locale(locale))
    }

    /// Claims that every sentence of this language may have the folded `word`.
    #[must_use]
    pub fn is_common(self, word: &str) -> bool {
        let words = match self {
            Self::English => &COMMON[0],
            Self::Spanish => &COMMON[1],
            Self::German => &COMMON[2],
            Self::French => &COMMON[3],
        };
        words.contains(word)
    }

    fn stemmer(self) -> Stemmer {
        Stemmer::new(match self {
            Self::English => Algorithm::English,
            Self::Spanish => Algorithm::Spanish,
            Self::German => Algorithm::German,
            Self::French => Algorithm::French,
        })
    }
}

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// In lower case, with its accents.
    written: String,
    /// Without them.
    folded: String,
}

impl Word {
    fn new(written: &str) -> Option<Self> {
        let mut word = Self { written: written.chars().take(LONGEST).collect(), folded: String::new() };
        word.folded = fold(&word.written);
        let lone = word.folded.len() == 1 && word.folded.bytes().all(|b| b.is_ascii_alphabetic());
        (!word.folded.is_empty() && !lone).then_some(word)
    }

    /// The word in lower case, as it was written.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The word in lower case and without accents.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// What is left of it when `language`'s endings are taken off, without accents. Without a language: the shortest
    /// that any of ours leaves, which is the same for the forms of one word whatever it is a word of.
    #[must_use]
    pub fn stem(&self, language: Option<Language>) -> String {
        match language {
            Some(language) => self.stem_in(language),
            None => {
                let stems = Language::ALL.into_iter().map(|language| self.stem_in(language));
                stems.min_by_key(|stem| (stem.chars().count(), stem.clone())).unwrap_or_default()
            }
        }
    }

    fn stem_in(&self, language: Language) -> String {
        let stemmer = language.stemmer();
        match language {
            // Spanish writes an accent that its hurried writers leave out, and its stemmer looks for it.
            Language::Spanish => fold(&stemmer.stem(&accented(&self.written))),
            _ => fold(&stemmer.stem(&self.written)),
        }
    }
}

/// The words of `text` in order, common ones too, without lone letters.
#[must_use]
pub fn words(text: &str) -> Vec<Word> {
    let text = ComposingNormalizerBorrowed::new_nfkc().normalize(&text.to_lowercase()).into_owned();
    let mut words = Vec::new();
    let mut head = String::new();
    for part in text.split_inclusive(|c| !is_of_word(c)) {
        let bare = part.trim_end_matches(|c| !is_of_word(c));
        let joins = part.ends_with(['-', '\u{2010}', '\u{2011}']) && (1..=PREFIX).contains(&bare.chars().count());
        head.push_str(bare);
        if !joins {
            words.extend(Word::new(&head));
            head.clear();
        }
    }
    words.extend(Word::new(&head));
    words
}

/// The stems of what `text` is about, in order: its words in `language` without the common ones. Without a language,
/// the common words of all of ours are left out.
#[must_use]
pub fn stems(text: &str, language: Option<Language>) -> Vec<String> {
    let is_common = |word: &Word| match language {
        Some(language) => language.is_common(&word.folded),
        None => Language::ALL.iter().any(|language| language.is_common(&word.folded)),
    };
    words(text).iter().filter(|word| !is_common(word)).map(|word| word.stem(language)).collect()
}

/// The form in which two ways to ask the same are alike: the stems of `text`, each once, in alphabetical order,
/// between spaces. All of its folded words where all are common; empty where there is no word.
#[must_use]
pub fn gist(text: &str, language: Option<Language>) -> String {
    let mut parts = stems(text, language);
    if parts.is_empty() {
        parts = folded_words(text);
    }
    parts.sort_unstable();
    parts.dedup();
    parts.join(" ")
}

fn folded_words(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.folded).collect()
}

/// Claims that `c` is a letter, a digit or an accent that has no letter of its own.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}')
}

/// `text` in plain letters: without accents, ligatures and letters of another width.
fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut folded = String::with_capacity(text.len());
    for c in DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(text.chars()) {
        match c {
            '\u{300}'..='\u{36f}' => {}
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ł' => folded.push('l'),
            'ı' => folded.push('i'),
            _ => folded.push(c),
        }
    }
    folded
}

/// A Spanish word with the accent of its ending, as its plural's stem is without.
fn accented(word: &str) -> String {
    match word.strip_suffix("ion") {
        Some(start) if start.ends_with(['c', 's', 't', 'x']) => format!("{start}ión"),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests;
