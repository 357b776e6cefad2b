//! The phrases of attacks, by language, folded as `normal` folds: lower case, no accents.
//!
//! Weights: from 80 what nobody says innocently, 60 to 79 what hardly anybody does, below 60 what
//! counts only together with something else.

mod de;
mod en;
mod es;
mod fr;

use super::Technique;

/// One language's phrases, in the notation of `phrase`.
pub(super) struct Language {
    /// Classes of words, by name.
    pub(super) classes: &'static [(&'static str, &'static str)],
    /// The phrases.
    pub(super) phrases: &'static [Entry],
}

/// What a phrase tries, how much it weighs, and the phrase.
pub(super) type Entry = (Technique, u8, &'static str);

/// All languages. A message is read in each of them: attackers mix.
pub(super) const ALL: [Language; 4] = [en::ENGLISH, es::SPANISH, de::GERMAN, fr::FRENCH];
