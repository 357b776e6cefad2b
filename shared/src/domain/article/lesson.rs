//! Lessons: the article that a conversation teaches, once a person has answered what nothing else did.
//!
//! Title is the visitor's question, body what people of the business answered, both as somebody may read them who need
//! not know who asked: see [`masking`]; every name that is known beside the conversation is taken out too. The same
//! conversation gives the same lesson. Never adds a word.
//!
//! [`masking`]: crate::domain::masking

use std::collections::BTreeSet;

use thiserror::Error;

use super::BODY;
use crate::domain::conversation::TicketStatus;
use crate::domain::masking::masked;
use crate::domain::message::{Outcome, Turn};
use crate::domain::text::{Line, Note};
use crate::domain::words::{Language, stems, words};

/// The most characters of a title.
const TITLE: usize = 200;
/// How a person begins who says hello, in lower case.
const GREETINGS: [&str; 16] = [
    "hi", "hello", "hey", "dear", "hallo", "liebe", "lieber", "guten", "moin", "hola", "querida", "querido", "buenas",
    "bonjour", "chère", "cher",
];
/// The most words of a greeting.
const GREETING_WORDS: usize = 4;

/// What a conversation teaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// What was asked.
    pub title: Line<TITLE>,
    /// What a person answered.
    pub body: Note<BODY>,
}

/// Why a conversation teaches nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoLesson {
    /// It goes on.
    #[error("the conversation is not closed")]
    NotClosed,
    /// No person has written in it.
    #[error("no person has answered in this conversation")]
    NotAnswered,
    /// The visitor has asked nothing that can be shown.
    #[error("the visitor has not asked anything that could be a title")]
    NotAsked,
}

/// The lesson of a conversation with these turns, for a business that writes in `locale`; `names` are what the visitor
/// is known to be called.
///
/// # Errors
///
/// [`NoLesson`].
pub fn lesson(status: TicketStatus, turns: &[Turn], locale: &str, names: &[String]) -> Result<Lesson, NoLesson> {
    if status != TicketStatus::Closed {
        return Err(NoLesson::NotClosed);
    }
    let names: BTreeSet<String> = names.iter().flat_map(|name| folded(name)).collect();
    let replies = turns.iter().filter(|turn| turn.outcome == Outcome::Replied);
    let answers: Vec<String> = replies.map(|turn| anonymous(&turn.answer.text(), &names)).collect();
    let answer = answers.into_iter().filter(|answer| !answer.is_empty()).collect::<Vec<_>>().join("\n\n");
    if answer.is_empty() {
        return Err(NoLesson::NotAnswered);
    }
    let last = turns.iter().rposition(|turn| turn.outcome == Outcome::Replied).unwrap_or_default();
    let asked = turns.iter().take(last).filter(|turn| !matches!(turn.outcome, Outcome::Replied | Outcome::Deflected));
    let title = question(asked.map(|turn| turn.said.as_str()), &answer, locale).ok_or(NoLesson::NotAsked)?;
    let title = Line::new(&without_names(&masked(title, TITLE), &names, TITLE)).map_err(|_| NoLesson::NotAsked)?;
    Ok(Lesson { title, body: Note::cut(&answer) })
}

/// The message that shares most with the answer; of two that share as much, the one that asks, or says more, or is older.
fn question<'a>(said: impl Iterator<Item = &'a str>, answer: &str, locale: &str) -> Option<&'a str> {
    let language = Language::of(answer, locale);
    let answered: BTreeSet<String> = stems(answer, language).into_iter().collect();
    let mut best: Option<((usize, bool, usize), &str)> = None;
    for said in said {
        let about: BTreeSet<String> = stems(said, language).into_iter().collect();
        let worth = (about.intersection(&answered).count(), said.contains(['?', '¿', '？']), about.len());
        if !about.is_empty() && best.is_none_or(|(most, _)| most < worth) {
            best = Some((worth, said));
        }
    }
    best.map(|(_, said)| said)
}

/// `text` without its greeting and all that tells a person, line by line.
fn anonymous(text: &str, names: &BTreeSet<String>) -> String {
    let lines = text.lines().enumerate().map(|(n, line)| {
        let line = if n == 0 { without_greeting(line) } else { line.to_owned() };
        without_names(&masked(&line, BODY), names, BODY)
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// `line` without a greeting, which mostly calls its reader by name, up to its comma.
fn without_greeting(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let bare = |word: &&str| word.trim_end_matches([',', '!', '.']).to_lowercase();
    if !words.first().is_some_and(|first| GREETINGS.contains(&bare(first).as_str())) {
        return line.to_owned();
    }
    let end = words.iter().take(GREETING_WORDS).position(|word| word.ends_with([',', '!', '.']));
    match end {
        Some(end) => words.get(end + 1..).unwrap_or_default().join(" "),
        None if words.len() <= GREETING_WORDS => String::new(),
        None => line.to_owned(),
    }
}

/// `text` with `[name]` for each word of `names`, in at most `max` characters.
fn without_names(text: &str, names: &BTreeSet<String>, max: usize) -> String {
    let shown = text.split(' ').map(|word| {
        let is_name = folded(word).any(|folded| names.contains(&folded) && is_telling(word, &folded));
        if is_name { format!("[name]{}", ending(word)) } else { word.to_owned() }
    });
    crate::domain::text::cut(&shown.collect::<Vec<_>>().join(" "), max).to_owned()
}

/// Claims that `word` can be meant as a name: a common word such as "will" is one only in upper case.
fn is_telling(word: &str, folded: &str) -> bool {
    let is_upper = word.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase);
    is_upper || !Language::ALL.iter().any(|language| language.is_common(folded))
}

/// What ends a sentence or a part of it behind a word.
fn ending(word: &str) -> &str {
    let bare = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
    word.split_at(bare.len()).1
}

fn folded(text: &str) -> impl Iterator<Item = String> {
    words(text).into_iter().map(|word| word.folded().to_owned())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use ulid::Ulid;

    use super::*;
    use crate::domain::id::MessageId;

    fn person(text: &str) -> Turn {
        Turn::of_person(MessageId::new(Ulid(9)), "k".to_owned(), text.to_owned(), Timestamp::UNIX_EPOCH)
    }

    fn visitor(said: &str) -> Turn {
        Turn { said: said.to_owned(), outcome: Outcome::Silent, ..person("") }
    }

    fn of(turns: &[Turn], names: &[&str]) -> Result<Lesson, NoLesson> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        lesson(TicketStatus::Closed, turns, "en", &names)
    }

    #[test]
    fn a_lesson_is_the_question_that_the_answer_is_about() {
        let turns = [
            visitor("Hello"),
            visitor("Do you develop black and white film?"),
            visitor("yes please, ask them"),
            person("Hi Ann, we develop film every Friday.\n\n- Black and white: 12 €\n- Colour: 9 €"),
            visitor("Great, thanks! And film in rolls?"),
        ];
        let lesson = of(&turns, &[]).unwrap();
        assert_eq!(lesson.title.as_str(), "Do you develop black and white film?");
        assert_eq!(lesson.body.as_str(), "we develop film every Friday.\n\n- Black and white: 12 €\n- Colour: 9 €");
        assert_eq!(of(&turns, &[]).unwrap(), lesson);
    }

    #[test]
    fn nobody_who_is_known_is_in_a_lesson() {
        let turns = [
            visitor("i'm will lee-Müller, can WILL Lee bring his dog? ann@x.test or +49 170 1234567"),
            person("Dear Will,\nof course Will's dog may come, Ms MULLER. He will like it.\nCall 030 1234567 (Lee)"),
        ];
        let lesson = of(&turns, &["Will Lee-Müller"]).unwrap();
        assert_eq!(lesson.title.as_str(), "i'm will [name], can [name] [name] bring his dog? [email] or [number]");
        assert_eq!(
            lesson.body.as_str(),
            "of course [name] dog may come, Ms [name]. He will like it.\nCall [number] [name])"
        );
    }

    #[test]
    fn only_a_closed_conversation_that_a_person_answered_teaches_anything() {
        let asked = visitor("Do you develop film?");
        let answered = [asked.clone(), person("Yes.")];
        for status in TicketStatus::ALL {
            let expected = status == TicketStatus::Closed;
            assert_eq!(lesson(status, &answered, "en", &[]).is_ok(), expected, "{status:?}");
        }
        assert_eq!(of(std::slice::from_ref(&asked), &[]), Err(NoLesson::NotAnswered));
        assert_eq!(of(&[asked.clone(), person("Hello Ann!")], &[]), Err(NoLesson::NotAnswered));
        assert_eq!(of(&[person("Are you still there?"), asked.clone()], &[]), Err(NoLesson::NotAsked));
        assert_eq!(of(&[visitor("?!"), person("Yes.")], &[]), Err(NoLesson::NotAsked));
        let attack = Turn { outcome: Outcome::Deflected, ..asked };
        assert_eq!(of(&[attack, person("Yes.")], &[]), Err(NoLesson::NotAsked), "an attack is no question");
    }
}
