//! Words: a visitor's message as lower-case words, and phrases found in it.
//!
//! Knows no meaning. Never indexes text by byte.

/// One word of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Lower-case, without the punctuation around it.
    pub(super) plain: String,
    /// As it was written, without the punctuation around it.
    pub(super) written: String,
    /// A comma, a dash or the end of a sentence follows.
    pub(super) ends_part: bool,
}

impl Word {
    /// It begins with a capital letter.
    pub(super) fn is_capital(&self) -> bool {
        self.written.chars().next().is_some_and(char::is_uppercase)
    }

    /// It has only letters, and what names have between them.
    pub(super) fn is_name_like(&self) -> bool {
        self.plain.chars().any(char::is_alphabetic)
            && self.plain.chars().all(|letter| letter.is_alphabetic() || "'-.".contains(letter))
    }
}

/// A message as words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words {
    all: Vec<Word>,
    is_question: bool,
}

impl Words {
    /// Splits `text` at spaces and punctuation; numbers, dates, times and emails stay whole.
    pub(super) fn of(text: &str) -> Self {
        let mut words = Self { all: Vec::new(), is_question: text.contains('?') };
        for raw in text.replace(['’', '‘', '`'], "'").split_whitespace() {
            words.take(raw);
        }
        words
    }

    fn take(&mut self, raw: &str) {
        let is_separator = |letter: char| ",;()!?\"“”…–—<>‹›[]*".contains(letter);
        let has_digit = raw.chars().any(|letter| letter.is_ascii_digit());
        let is_double_name =
            raw.split('-').all(|part| part.chars().next().is_some_and(char::is_uppercase)) && !raw.starts_with("Mid");
        // «follow-up» is two words, «Jean-Luc», «2026-12-03» and «2-4pm» are one.
        let splits = |letter: char| {
            let is_inner_hyphen = letter == '-' && !has_digit && !is_double_name && !raw.contains('@');
            is_separator(letter) || is_inner_hyphen
        };
        let mut rest = raw;
        while !rest.is_empty() {
            let (head, tail, was_split) = match rest.split_once(splits) {
                Some((head, tail)) => (head, tail, true),
                None => (rest, "", false),
            };
            self.push(head, was_split && !rest.starts_with('-'));
            rest = tail;
        }
    }

    fn push(&mut self, raw: &str, was_split: bool) {
        let trimmed = raw.trim_matches(|letter: char| ".:'|#".contains(letter));
        if trimmed.is_empty() {
            if let (Some(last), true) = (self.all.last_mut(), was_split) {
                last.ends_part = true;
            }
            return;
        }
        let ends_part = was_split || raw.ends_with(['.', ':']);
        self.all.push(Word { plain: trimmed.to_lowercase(), written: trimmed.to_owned(), ends_part });
    }

    /// All of them, in order.
    pub(super) fn all(&self) -> &[Word] {
        &self.all
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    /// The word at `at`, lower-case; empty beyond either end.
    pub(super) fn at(&self, at: usize) -> &str {
        self.all.get(at).map_or("", |word| &word.plain)
    }

    /// The word before `at`, lower-case; empty at the start.
    pub(super) fn before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |before| self.at(before))
    }

    /// The message has a question mark.
    pub(super) fn is_question(&self) -> bool {
        self.is_question
    }

    /// Any of `phrases` occurs: each one or more words long, with bars between them.
    pub(super) fn say(&self, phrases: &str) -> bool {
        phrases.split('|').any(|phrase| self.find(phrase).is_some())
    }

    /// Where `phrase` begins.
    pub(super) fn find(&self, phrase: &str) -> Option<usize> {
        let wanted: Vec<&str> = phrase.split(' ').collect();
        (0..self.all.len()).find(|start| wanted.iter().enumerate().all(|(at, word)| self.at(start + at) == *word))
    }

    /// The message begins with any of `phrases`, which have bars between them.
    pub(super) fn start_with(&self, phrases: &str) -> bool {
        phrases.split('|').any(|phrase| self.find(phrase) == Some(0))
    }

    /// The words from `at` on, as a message of their own.
    pub(super) fn after(&self, at: usize) -> Self {
        let all = self.all.get(at..).unwrap_or_default().to_vec();
        Self { all, is_question: self.is_question }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Vec<String> {
        Words::of(text).all().iter().map(|word| word.plain.clone()).collect()
    }

    #[test]
    fn a_message_splits_into_words_and_keeps_what_belongs_together() {
        let table: [(&str, &[&str]); 7] = [
            ("Hello, world!", &["hello", "world"]),
            ("I’m Ann Lee – ann@x.test.", &["i'm", "ann", "lee", "ann@x.test"]),
            ("a follow-up in mid-December", &["a", "follow", "up", "in", "mid", "december"]),
            ("2026-12-03 at 10:30, or 2-4pm?", &["2026-12-03", "at", "10:30", "or", "2-4pm"]),
            ("on 3.12. (please)", &["on", "3.12", "please"]),
            ("Ann <ann-marie@x-y.test>;", &["ann", "ann-marie@x-y.test"]),
            ("  …  ", &[]),
        ];
        for (text, words) in table {
            assert_eq!(plain(text), words, "{text}");
        }
    }

    #[test]
    fn parts_end_at_punctuation() {
        let words = Words::of("I'm Ann Lee, hello – there. Well");
        let ends: Vec<bool> = words.all().iter().map(|word| word.ends_part).collect();
        assert_eq!(ends, [false, false, true, true, true, false]);
    }

    #[test]
    fn phrases_are_found_as_whole_words() {
        let words = Words::of("Can you cancel my booking?");
        assert!(words.say("cancel my"));
        assert!(!words.say("book"));
        assert_eq!(words.find("my booking"), Some(3));
        assert!(words.start_with("can you"));
        assert!(words.is_question());
    }
}
