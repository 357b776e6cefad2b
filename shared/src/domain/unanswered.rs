//! Questions that nothing answered: kept for the owner, who may write the article that was missing.
//!
//! Two ways to ask the same are one question, counted. What is kept of it tells nobody who asked: its form without
//! names and numbers, never the visitor's own message.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use thiserror::Error;

use super::masking::masked;
use super::secret::SecretHash;
use super::text::Line;
use super::words::{Language, gist};

/// The most characters of a question that are kept.
pub const SAMPLE: usize = 200;
/// How many days after it was last asked a question is kept.
pub const KEPT_DAYS: i64 = 90;
/// How many questions a page shows.
pub const PAGE: usize = 100;

/// How somebody admits not to know, in the languages of visitors: in lower case, with straight apostrophes.
const ADMISSIONS: [&str; 16] = [
    "i don't know",
    "i do not know",
    "i'm not sure",
    "i don't have information",
    "i don't have that information",
    "i couldn't find",
    "no lo sé",
    "no tengo información",
    "no tengo esa información",
    "das weiß ich nicht",
    "ich weiß es nicht",
    "weiß ich leider nicht",
    "keine information",
    "je ne sais pas",
    "je n'ai pas d'information",
    "je n'ai pas cette information",
];

/// A question that nothing answered, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// Names what is asked, however it is asked.
    pub id: QuestionId,
    /// One way to ask it, without what tells who did.
    pub sample: Line<SAMPLE>,
}

/// What was asked without an answer, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Names it.
    pub id: QuestionId,
    /// The first way in which it was asked, without what tells who did.
    pub sample: Line<SAMPLE>,
    /// How often it was asked.
    pub asked: u64,
    /// When for the first time.
    pub first_at: Timestamp,
    /// And for the last.
    pub last_at: Timestamp,
}

/// Names a question by its normal form: 43 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QuestionId(String);

/// Text that names no question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this names no question")]
pub struct InvalidQuestionId;

impl Unanswered {
    /// Of what was searched for by a visitor of `locale`; none: there is no word in it.
    #[must_use]
    pub fn of(asked: &str, locale: &str) -> Option<Self> {
        let sample = Line::new(&masked(asked, SAMPLE)).ok()?;
        let gist = gist(sample.as_str(), Language::of(sample.as_str(), locale));
        (!gist.is_empty()).then(|| Self { id: QuestionId::of(&gist), sample })
    }
}

/// Claims that `answer` says that its speaker does not know.
#[must_use]
pub fn admits(answer: &str) -> bool {
    let said = answer.to_lowercase().replace('’', "'");
    ADMISSIONS.iter().any(|admission| said.contains(admission))
}

impl Question {
    /// Where it stands in the list: what was asked most comes first, and of two as often asked what was asked last.
    #[must_use]
    pub fn rank(&self) -> (Reverse<u64>, Reverse<Timestamp>, &QuestionId) {
        (Reverse(self.asked), Reverse(self.last_at), &self.id)
    }
}

impl QuestionId {
    fn of(gist: &str) -> Self {
        Self(SecretHash::of(gist.as_bytes()).as_str().to_owned())
    }
}

impl fmt::Display for QuestionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for QuestionId {
    type Err = InvalidQuestionId;

    fn from_str(text: &str) -> Result<Self, InvalidQuestionId> {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        (text.len() == 43 && text.bytes().all(is_plain)).then(|| Self(text.to_owned())).ok_or(InvalidQuestionId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(asked: &str) -> Option<Unanswered> {
        Unanswered::of(asked, "en")
    }

    #[test]
    fn two_ways_to_ask_the_same_are_one_question() {
        let id = |asked| of(asked).unwrap().id;
        assert_eq!(id("Do you repair cameras?"), id("repairing a CAMERA"));
        assert_eq!(id("¿Hacen tatuajes?"), id("tatuaje"), "in whichever language");
        assert_ne!(id("Do you repair cameras?"), id("Do you sell lenses?"));
        assert_eq!(
            id("call me at 0171 2345678 about tattoos").to_string().parse(),
            Ok(id("call me at 0172 9999999 about tattoos"))
        );
    }

    #[test]
    fn what_is_kept_tells_nobody_who_asked() {
        let kept = of("My name is Ann Lee, ann@x.test: do you repair cameras?").unwrap();
        assert_eq!(kept.sample.as_str(), "My name is [name] [email] do you repair cameras?");
    }

    #[test]
    fn a_text_without_words_is_no_question() {
        for text in ["", "  ", "?!", "\u{200b}"] {
            assert_eq!(of(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_answer_that_does_not_know_is_recognised_in_four_languages() {
        for (answer, admission) in [
            ("I’m sorry, I don’t know that.", true),
            ("Lo siento, no lo sé.", true),
            ("Das weiß ich nicht, aber ich frage gern nach.", true),
            ("Je ne sais pas.", true),
            ("You can park in the courtyard.", false),
            ("Let me know when you come.", false),
        ] {
            assert_eq!(admits(answer), admission, "{answer}");
        }
    }

    #[test]
    fn what_was_asked_most_stands_first_and_of_that_what_was_asked_last() {
        let question = |asked, at| Question {
            id: QuestionId::of("x"),
            sample: Line::new("x").unwrap(),
            asked,
            first_at: Timestamp::UNIX_EPOCH,
            last_at: Timestamp::from_second(at).unwrap(),
        };
        let mut listed = [question(1, 9), question(3, 1), question(3, 5)];
        listed.sort_by(|a, b| a.rank().cmp(&b.rank()));
        assert_eq!(listed.map(|question| question.last_at.as_second()), [5, 1, 9]);
    }

    #[test]
    fn an_id_is_what_we_made() {
        for text in ["", "a", "../../etc/passwd", &"ä".repeat(43), &"a".repeat(44)] {
            assert_eq!(text.parse::<QuestionId>(), Err(InvalidQuestionId), "{text}");
        }
    }
}
