//! Passages: which paragraphs of an article answer a question.
//!
//! Decides what of an article is told to the model, since the answer may stand anywhere in it. Never changes a word.

use std::collections::{BTreeSet, HashMap};

use super::index::{begin_alike, is_common};
use crate::domain::text::cut;
use crate::domain::words::{Language, words};

/// How much of an article is told, in characters.
const TOLD: usize = 1_200;
/// The most characters of a paragraph that is told whole; a longer one falls into sentences.
const PARAGRAPH: usize = 600;

/// A stretch of text that is told whole or not at all.
struct Part<'a> {
    text: &'a str,
    /// Whether a heading or the first sentence of a list: told with what follows.
    leads: bool,
}

/// The paragraphs of `body` that have most of `question`'s words, in the order in which they stand; all of a short
/// one, and the first of one that has none. At most 1,200 characters together.
pub(super) fn passages(body: &str, question: &str, language: Option<Language>) -> Vec<String> {
    if body.chars().count() <= TOLD {
        return vec![body.to_owned()];
    }
    let parts = parts(body);
    let mut order: Vec<usize> = (0..parts.len()).collect();
    let worth = worth(&parts, question, language);
    order.sort_by(|a, b| worth.get(*b).partial_cmp(&worth.get(*a)).unwrap_or(std::cmp::Ordering::Equal).then(a.cmp(b)));
    let mut told = BTreeSet::new();
    let mut room = TOLD;
    for place in order {
        let led = place.checked_sub(1).filter(|before| parts.get(*before).is_some_and(|part| part.leads));
        let wanted: Vec<usize> = led.into_iter().chain([place]).filter(|place| !told.contains(place)).collect();
        let length = |place: &usize| parts.get(*place).map_or(0, |part| part.text.chars().count());
        let cost: usize = wanted.iter().map(length).sum();
        let answers = worth.get(place).is_some_and(|worth| 0.0 < *worth);
        if (answers || told.is_empty()) && cost <= room {
            room -= cost;
            told.extend(wanted);
        }
    }
    told.into_iter().filter_map(|place| parts.get(place)).map(|part| part.text.to_owned()).collect()
}

/// What each part is worth: each of the question's words that it has, the more the fewer parts have it.
fn worth(parts: &[Part<'_>], question: &str, language: Option<Language>) -> Vec<f64> {
    let own = Language::of_text(question);
    let telling = |text: &str| -> BTreeSet<String> {
        let words = words(text);
        words.iter().filter(|word| !is_common(word, language, own)).map(|word| word.stem(language)).collect()
    };
    let asked = telling(question);
    let has = |stems: &BTreeSet<String>, word: &str| {
        if stems.contains(word) { 2_u8 } else { u8::from(stems.iter().any(|stem| begin_alike(stem, word))) }
    };
    let found: Vec<HashMap<&str, u8>> = parts
        .iter()
        .map(|part| {
            let stems = telling(part.text);
            asked.iter().map(|word| (word.as_str(), has(&stems, word))).filter(|(_, has)| 0 < *has).collect()
        })
        .collect();
    let share = |word: &str| {
        let having = found.iter().filter(|found| found.contains_key(word)).count();
        1.0 / f64::from(u32::try_from(having).unwrap_or(u32::MAX))
    };
    found.iter().map(|found| found.iter().map(|(word, has)| f64::from(*has) * share(word)).sum()).collect()
}

/// `body` in paragraphs, and long paragraphs in sentences.
fn parts(body: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for paragraph in body.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        let leads = paragraph.starts_with('#') || (paragraph.ends_with(':') && !paragraph.contains('\n'));
        if paragraph.chars().count() <= PARAGRAPH {
            parts.push(Part { text: paragraph, leads });
            continue;
        }
        for line in paragraph.lines() {
            parts.extend(sentences(line).into_iter().map(|text| Part { text, leads: false }));
        }
    }
    parts
}

/// `line` in stretches of whole sentences, none longer than a paragraph.
fn sentences(line: &str) -> Vec<&str> {
    let mut stretches = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let head = cut(rest, PARAGRAPH);
        let end = if head.len() == rest.len() { head.len() } else { last_stop(head) };
        let (stretch, behind) = rest.split_at(end);
        stretches.push(stretch.trim());
        rest = behind.trim_start();
    }
    stretches
}

/// Behind the last sentence of `head`, or the last word, or all of it.
fn last_stop(head: &str) -> usize {
    let sentence = head.rmatch_indices([' ']).find(|(at, _)| head.split_at(*at).0.ends_with(['.', '!', '?', ':', ';']));
    let word = head.rmatch_indices([' ']).next();
    sentence.or(word).map_or(head.len(), |(at, _)| at).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(body: &str, question: &str) -> String {
        passages(body, question, Some(Language::English)).join("\n\n")
    }

    #[test]
    fn a_short_article_is_told_whole() {
        assert_eq!(told("One.\n\nTwo.", "anything"), "One.\n\nTwo.");
    }

    #[test]
    fn the_paragraph_that_answers_is_told_wherever_it_stands() {
        let filler = "We are a small studio with a long history and like what we do. ".repeat(8);
        let body = format!("{filler}\n\n{filler}\n\n{filler}\n\n# Dogs\n\nPets are welcome on a leash.\n\n{filler}");
        let told = told(&body, "may I bring my pet?");
        assert!(told.contains("# Dogs\n\nPets are welcome on a leash."), "with its heading: {told}");
        assert!(told.chars().count() <= TOLD + 2);
    }

    #[test]
    fn an_article_that_answers_by_its_title_alone_is_told_from_its_beginning() {
        let body = format!("First things.\n\n{}", "Nothing of it here. ".repeat(100));
        assert!(told(&body, "vouchers").starts_with("First things."));
    }

    #[test]
    fn one_endless_paragraph_falls_into_sentences() {
        let body = format!("{} Vouchers last two years. {}", "Bla bla bla. ".repeat(80), "Bla bla. ".repeat(80));
        let told = told(&body, "how long does a voucher last");
        assert!(told.contains("Vouchers last two years."), "{told}");
        assert!(told.chars().count() <= TOLD + 2, "{}", told.chars().count());
        assert!(passages(&"x".repeat(5_000), "x", None).concat().len() <= TOLD);
    }
}
