//! Text from people: bounded, and without what cannot be seen.

use std::fmt;

use thiserror::Error;

/// A single line of at most `MAX` characters, trimmed and not empty: names, subjects, labels.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Line<const MAX: usize>(String);

/// Text of at most `MAX` characters that may have several lines; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Note<const MAX: usize>(String);

/// A person's name: 1 to 100 characters on one line.
pub type PersonName = Line<100>;

/// Text outside its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidText {
    /// Nothing is left after trimming.
    #[error("the text is empty")]
    Empty,
    /// More characters than allowed.
    #[error("the text is longer than {max} characters")]
    TooLong {
        /// The most characters that are allowed.
        max: usize,
    },
}

/// Claims that `c` shows nothing or turns text around: control, zero-width and bidi characters.
///
/// They let a name imitate another, or a line of a log run backwards. Tab and line feed pass.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}'
        | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// `text` without invisible characters.
#[must_use]
pub fn visible(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).collect()
}

/// The first `max` characters of `text`.
#[must_use]
pub fn cut(text: &str, max: usize) -> &str {
    text.char_indices().nth(max).map_or(text, |(end, _)| text.split_at(end).0)
}

impl<const MAX: usize> Line<MAX> {
    /// Takes `text` with runs of white space as one space each and without invisible characters.
    ///
    /// # Errors
    ///
    /// [`InvalidText`] when nothing is left, or more than `MAX` characters.
    pub fn new(text: &str) -> Result<Self, InvalidText> {
        let line = visible(text).split_whitespace().collect::<Vec<_>>().join(" ");
        match line.chars().count() {
            0 => Err(InvalidText::Empty),
            n if MAX < n => Err(InvalidText::TooLong { max: MAX }),
            _ => Ok(Self(line)),
        }
    }

    /// A word of our own, cut if it is too long.
    #[must_use]
    pub fn fixed(word: &'static str) -> Self {
        Self(cut(word, MAX).to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> Note<MAX> {
    /// Takes `text` trimmed and without invisible characters.
    ///
    /// # Errors
    ///
    /// [`InvalidText::TooLong`] over `MAX` characters.
    pub fn new(text: &str) -> Result<Self, InvalidText> {
        let note = visible(text).trim().to_owned();
        if MAX < note.chars().count() { Err(InvalidText::TooLong { max: MAX }) } else { Ok(Self(note)) }
    }

    /// Takes as much of `text` as fits.
    #[must_use]
    pub fn cut(text: &str) -> Self {
        Self(cut(visible(text).trim(), MAX).trim_end().to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Claims that there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<const MAX: usize> fmt::Display for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> fmt::Display for Note<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_and_shows_all_it_holds() {
        assert_eq!(Line::<20>::new("  Ann\r\n\tLee\u{202e} ").unwrap().as_str(), "Ann Lee");
        assert_eq!(Line::<3>::new("\u{200b} "), Err(InvalidText::Empty));
        assert!(Line::<3>::new("äöü").is_ok());
        assert_eq!(Line::<3>::new("äöüß"), Err(InvalidText::TooLong { max: 3 }));
    }

    #[test]
    fn cutting_counts_characters_not_bytes() {
        assert_eq!(cut("äöü", 2), "äö");
        assert_eq!(Note::<2>::cut("é日本").as_str(), "é日");
    }
}
