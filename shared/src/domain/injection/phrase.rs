//! Phrases: words in order, with room between them.
//!
//! A phrase is written as its words, separated by spaces: `a|b*` is one of these words (`b*` any
//! that begins so), `@name` one of a class of words, `..3` up to three words of any kind,
//! `..3-my|our` the same but none of these, and `!for|on` at the end that none of these follows.

use super::Signal;
use super::normal::Words;

/// The least weight and length of a phrase that is also looked for across word boundaries.
const MIN_JOINED_WEIGHT: u8 = 75;
const MIN_JOINED_LETTERS: usize = 14;

/// How many letters a word between two others counts for when boundaries are ignored.
const LETTERS_PER_GAP_WORD: usize = 6;

/// A phrase that counts against a message.
#[derive(Debug)]
pub(super) struct Phrase {
    signal: Signal,
    steps: Vec<Step>,
    /// None of these may follow.
    not_followed_by: Vec<Word>,
}

/// One word of a phrase and the room before it.
#[derive(Debug)]
struct Step {
    gap: usize,
    /// None of these may be in that room.
    not_in_gap: Vec<Word>,
    any: Vec<Word>,
}

/// A word, or how it begins.
#[derive(Debug)]
struct Word {
    letters: String,
    is_prefix: bool,
}

impl Phrase {
    /// Reads a phrase; `classes` are the words behind each `@name`.
    pub(super) fn parse(signal: Signal, text: &str, classes: &[(&str, &str)]) -> Self {
        let mut phrase = Self { signal, steps: Vec::new(), not_followed_by: Vec::new() };
        let (mut gap, mut not_in_gap) = (0, Vec::new());
        for part in text.split_whitespace() {
            if let Some(room) = part.strip_prefix("..") {
                let (count, banned) = room.split_once('-').unwrap_or((room, ""));
                gap = count.parse().unwrap_or(0);
                not_in_gap = words(banned, classes);
            } else if let Some(banned) = part.strip_prefix('!') {
                phrase.not_followed_by = words(banned, classes);
            } else {
                let any = words(part, classes);
                phrase.steps.push(Step { gap, not_in_gap: std::mem::take(&mut not_in_gap), any });
                gap = 0;
            }
        }
        phrase
    }

    /// What it means when it is found.
    pub(super) fn signal(&self) -> Signal {
        self.signal
    }

    /// How it may begin, each as at most two letters.
    pub(super) fn openings(&self) -> impl Iterator<Item = &[u8]> {
        let first = self.steps.first().map(|step| step.any.as_slice()).unwrap_or_default();
        first.iter().map(|word| opening(word.letters.as_bytes()))
    }

    /// Claims that the phrase begins with the first of `words`.
    pub(super) fn begins(&self, words: &[String]) -> bool {
        self.fits(&self.steps, words, 0)
    }

    /// Claims that the phrase begins at `place` of the joined words, wherever they end:
    /// `i g n o r e` or `ignoreallrules`. Only long and heavy phrases may.
    pub(super) fn begins_joined(&self, words: &Words, place: usize) -> bool {
        MIN_JOINED_WEIGHT <= self.signal.weight && self.fits_joined(&self.steps, words, place, 0)
    }

    /// Claims that `steps` fit the beginning of `words`, after `skipped` words of the first gap.
    fn fits(&self, steps: &[Step], words: &[String], skipped: usize) -> bool {
        let Some((step, later)) = steps.split_first() else {
            return !words.first().is_some_and(|next| any_is(&self.not_followed_by, next));
        };
        let Some((word, rest)) = words.split_first() else { return false };
        if any_is(&step.any, word) && self.fits(later, rest, 0) {
            return true;
        }
        let may_skip = skipped < step.gap && !any_is(&step.not_in_gap, word);
        may_skip && self.fits(steps, rest, skipped + 1)
    }

    /// As [`Phrase::fits`] from `place` of the joined words on, after `matched` letters.
    fn fits_joined(&self, steps: &[Step], words: &Words, place: usize, matched: usize) -> bool {
        let after = |place: usize| words.joined.get(place..).unwrap_or_default();
        let Some((step, later)) = steps.split_first() else {
            let follows = |word: &Word| after(place).starts_with(word.letters.as_bytes());
            return MIN_JOINED_LETTERS <= matched && !self.not_followed_by.iter().any(follows);
        };
        let room = step.gap * LETTERS_PER_GAP_WORD;
        (place..=place + room).filter(|start| words.is_edge(*start)).any(|start| {
            let gap = words.joined.get(place..start).unwrap_or_default();
            step.any.iter().any(|word| {
                let end = start + word.letters.len();
                after(start).starts_with(word.letters.as_bytes())
                    && (word.is_prefix || words.is_edge(end))
                    && !step.not_in_gap.iter().any(|banned| banned.is_in(gap))
                    && self.fits_joined(later, words, end, matched + word.letters.len())
            })
        })
    }
}

impl Word {
    fn is_in(&self, letters: &[u8]) -> bool {
        letters.windows(self.letters.len()).any(|window| window == self.letters.as_bytes())
    }
}

/// The first two letters of `word`, or its only one.
pub(super) fn opening(word: &[u8]) -> &[u8] {
    word.get(..2).unwrap_or(word)
}

/// Reads `a|b*|@class`.
fn words(text: &str, classes: &[(&str, &str)]) -> Vec<Word> {
    let one = |part: &str| match part.strip_prefix('@') {
        Some(name) => {
            let class = classes.iter().find(|(known, _)| *known == name);
            words(class.map_or("", |(_, members)| members), &[])
        }
        None => {
            let letters = part.trim_end_matches('*');
            vec![Word { letters: letters.to_owned(), is_prefix: letters != part }]
        }
    };
    text.split('|').filter(|part| !part.is_empty()).flat_map(one).collect()
}

fn any_is(words: &[Word], word: &str) -> bool {
    words.iter().any(|known| if known.is_prefix { word.starts_with(&known.letters) } else { word == known.letters })
}

#[cfg(test)]
mod tests {
    use super::super::Technique;
    use super::super::normal::Folded;
    use super::*;

    const SIGNAL: Signal = Signal { technique: Technique::RolePlay, weight: 80 };

    fn is_in(phrase: &str, text: &str) -> bool {
        let phrase = Phrase::parse(SIGNAL, phrase, &[("pet", "cat|dog*")]);
        let words = &Folded::of(text).views()[0];
        let places = 0..words.joined.len();
        (0..words.list.len()).any(|n| phrase.begins(&words.list[n..]))
            || places.filter(|n| words.is_edge(*n)).any(|n| phrase.begins_joined(words, n))
    }

    #[test]
    fn words_match_in_order_with_room_between() {
        for (phrase, text, expected) in [
            ("feed ..2 @pet", "Please feed my old dogs.", true),
            ("feed ..2 @pet", "feed the old cat", true),
            ("feed ..2 @pet", "feed the big old cat", false),
            ("feed ..2 @pet", "feed the cats", false),
            ("feed ..2-my @pet", "feed my cat", false),
            ("feed ..2-my @pet", "feed my fish, feed a cat", true),
            ("feed @pet !food", "feed cat food", false),
            ("feed @pet !food", "feed cat", true),
        ] {
            assert_eq!(is_in(phrase, text), expected, "{phrase} in {text}");
        }
    }

    #[test]
    fn long_phrases_match_across_word_boundaries() {
        let phrase = "remember ..2 everything";
        assert!(is_in(phrase, "r e m e m b e r e v e r y t h i n g"));
        assert!(is_in(phrase, "rem ember ever ything"));
        assert!(is_in(phrase, "please remember-everything_now"));
        assert!(is_in(phrase, "pleaserememberalleverythingnow"));
        // But not inside ordinary words.
        assert!(!is_in(phrase, "disremember everything"));
        assert!(!is_in(phrase, "remembered everything"));
        assert!(!is_in("do it ..1 now", "do i t n o w"));
    }
}
