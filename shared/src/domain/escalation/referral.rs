//! Referrals: an answer of the assistant that sends its visitor to the team, as "please call us about that".
//!
//! The rule, sentence by sentence. It speaks of getting in touch *with the business* (an act: verb and recipient), it
//! is no question, it does not wave the act off ("no need to call us"), and it is not the assistant itself who will
//! do it ("I'll ask the team"). Then it is a referral when either
//!
//! - the assistant says there, or in the sentence before, that it cannot help ("I can't see that. You can call us"), or
//! - it tells the visitor to do it ("please", "you need to", "contact us at …"), and does so neither as a courtesy
//!   ("any time", "feel free", "gern") nor for some other case ("if you are late, please call us").
//!
//! So an ordinary answer may name every way to reach the business. Who was only told of one is not waiting for
//! anybody; who was sent away is, and the team does not know. Missing one costs no more than it did before; a false
//! one costs the team's attention. Hence courtesy and conditions are believed.
//!
//! Never decides what follows from a referral, and never judges what visitors say.

mod speech;

use speech::{SPEECHES, Speech};

/// How many words a `*` of a pattern may stand for.
const GAP: usize = 3;

/// Words before which `call`, `email` and the like are things, not acts.
const BEFORE_THINGS: [&str; 16] = [
    "your",
    "the",
    "an",
    "a",
    "my",
    "our",
    "this",
    "that",
    "their",
    "no",
    "by",
    "confirmation",
    "same",
    "for",
    "of",
    "per",
];

/// Claims that `answer` sends the visitor to the business.
#[must_use]
pub fn refers(answer: &str) -> bool {
    let sentences = sentences(answer);
    SPEECHES.iter().any(|speech| {
        let mut was_unable = false;
        sentences.iter().any(|sentence| {
            let is_unable = speech.has(speech.inability, &sentence.words);
            let found = !sentence.is_question && speech.refers(&sentence.words, is_unable || was_unable);
            was_unable = is_unable;
            found
        })
    })
}

/// A sentence as its words in lower case, marks of its clauses among them.
struct Sentence {
    words: Vec<String>,
    is_question: bool,
}

impl Speech {
    /// Claims that a sentence of these words is a referral; `is_unable`: the assistant has just said that it cannot help.
    fn refers(&self, words: &[String], is_unable: bool) -> bool {
        let is_excused = !is_unable && (self.has(self.courtesy, words) || self.has(self.conditions, words));
        if is_excused || self.has(self.waivers, words) {
            return false;
        }
        let is_told = is_unable || self.has(self.directives, words);
        (0..words.len()).any(|at| {
            let (before, from) = words.split_at(at);
            let is_order = starts(self.orders, from);
            let is_act = is_order || (starts(self.acts, from) && !ends_with_any(before, &BEFORE_THINGS));
            is_act && !self.is_own(before) && (is_order || is_told || self.opens_clause(before))
        })
    }

    /// Claims that whoever is spoken of last before the act, in its clause, is the assistant or the team itself.
    fn is_own(&self, before: &[String]) -> bool {
        for at in (0..before.len()).rev() {
            let (_, from) = before.split_at(at);
            if from.first().is_some_and(|word| word == ",")
                || starts(self.visitor, from)
                || starts(self.directives, from)
            {
                return false;
            }
            if starts(self.own, from) {
                return true;
            }
        }
        false
    }

    /// Claims that an act which follows is an order by its place alone, where a language has no form for orders.
    fn opens_clause(&self, before: &[String]) -> bool {
        self.orders_by_place
            && (before.is_empty() || ends_with_any(before, &[",", "so", "then", "just", "simply", "but", "instead"]))
    }

    fn has(&self, patterns: &[&str], words: &[String]) -> bool {
        (0..words.len()).any(|at| starts(patterns, words.split_at(at).1))
    }
}

fn ends_with_any(words: &[String], any: &[&str]) -> bool {
    words.last().is_some_and(|last| any.contains(&last.as_str()))
}

/// Claims that `words` begin with one of `patterns`: words apart by spaces, alternatives by `|`; `*` stands for up to
/// [`GAP`] words of the same clause, `@` for an address or a telephone number.
fn starts(patterns: &[&str], words: &[String]) -> bool {
    patterns.iter().any(|pattern| fits(&pattern.split(' ').collect::<Vec<_>>(), words))
}

fn fits(pattern: &[&str], words: &[String]) -> bool {
    let Some((first, rest)) = pattern.split_first() else { return true };
    if *first == "*" {
        let clause = words.iter().take_while(|word| *word != ",").count();
        return (0..=GAP.min(clause)).any(|skipped| fits(rest, words.split_at(skipped).1));
    }
    let Some((word, others)) = words.split_first() else { return false };
    first.split('|').any(|wanted| wanted == word) && fits(rest, others)
}

fn sentences(text: &str) -> Vec<Sentence> {
    let plain =
        text.to_lowercase().replace('’', "'").replace("e-mail", "email").replace(['*', '_', '`', '"', '„', '“'], " ");
    let mut sentences = Vec::new();
    let mut words = Vec::new();
    for line in plain.lines() {
        for token in line.split_whitespace() {
            let end = token.chars().next_back().filter(|c| matches!(c, '.' | '!' | '?' | '…'));
            words.extend(words_of(token));
            if let Some(end) = end {
                sentences.push(Sentence { words: std::mem::take(&mut words), is_question: end == '?' });
            }
        }
        sentences.push(Sentence { words: std::mem::take(&mut words), is_question: false });
    }
    sentences
}

/// The words of what stands between two spaces: an address or a number is `@`, a mark that ends a clause `,`.
fn words_of(token: &str) -> Vec<String> {
    let is_mark = |c: char| !c.is_alphanumeric() && !matches!(c, '@' | '+');
    let ends_clause = token.ends_with([',', ';', ':']) || matches!(token, "-" | "–" | "—");
    let bare = token.trim_matches(is_mark);
    let digits = bare.chars().filter(char::is_ascii_digit).count();
    let is_number = 3 <= digits && bare.chars().all(|c| !c.is_alphabetic());
    let mut words: Vec<String> = match bare {
        "" => Vec::new(),
        bare if bare.contains('@') || is_number => vec!["@".to_owned()],
        // "contactez-nous", "l'équipe"
        bare => bare
            .split('-')
            .map(|word| ["l'", "d'"].iter().find_map(|le| word.strip_prefix(le)).unwrap_or(word))
            .map(str::to_owned)
            .collect(),
    };
    words.extend(ends_clause.then(|| ",".to_owned()));
    words
}

#[cfg(test)]
mod tests;
