//! Messages: what a visitor said and everything that answered it, as one turn.
//!
//! Also decides how an answer is numbered, so that a client which was cut off gets exactly the rest.

use jiff::Timestamp;
use thiserror::Error;

use super::id::{ArticleId, MessageId, ProposalId};
use super::ledger::TurnCost;
use super::text::visible;

/// The most characters a visitor may send at once.
pub const MAX_CHARS: usize = 4_000;

/// One visitor message and all that answered it, or what somebody of the business wrote.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The visitor's message; turns sort by it.
    pub id: MessageId,
    /// The answer's own id; sorts behind the message.
    pub answer_id: MessageId,
    /// Knows a repetition of the same message.
    pub key: String,
    /// What the visitor said.
    pub said: String,
    /// When.
    pub at: Timestamp,
    /// What the visitor was shown, in order. Empty while a person answers.
    pub answer: Answer,
    /// What model and tools exchanged, when it was more than one text: JSON, verbatim, for the next turn.
    pub exchange: Option<String>,
    /// The articles that the answer leans on.
    pub sources: Vec<Citation>,
    /// How the turn ended.
    pub outcome: Outcome,
    /// The ledger's entry.
    pub cost: TurnCost,
}

/// An article that an answer leans on, as it was called then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The article.
    pub article: ArticleId,
    /// Its title.
    pub title: String,
}

impl Turn {
    /// What somebody of the business wrote, as a turn of its own without a visitor's message.
    #[must_use]
    pub fn of_person(id: MessageId, key: String, text: String, at: Timestamp) -> Self {
        Self {
            id,
            answer_id: id,
            key,
            said: String::new(),
            at,
            answer: Answer::from_iter([Piece::Text(text)]),
            exchange: None,
            sources: Vec::new(),
            outcome: Outcome::Replied,
            cost: TurnCost::default(),
        }
    }

    /// Claims that the visitor was shown an answer.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        !self.answer.pieces().is_empty()
    }

    /// How many messages it is: the visitor's, unless a person of the business wrote it, and the answer if there is one.
    #[must_use]
    pub fn messages(&self) -> i64 {
        i64::from(self.outcome != Outcome::Replied) + i64::from(self.is_answered())
    }
}

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The model answered.
    Answered,
    /// The model could not, so the visitor got a kind sentence and the ticket is flagged.
    Fallback,
    /// The message looked like an attack and got a neutral sentence without the model.
    Deflected,
    /// The spend limit is reached: people take over.
    HandedOver,
    /// A person has the conversation: nothing answered.
    Silent,
    /// A person took the conversation while the assistant answered: its answer is not kept.
    TakenOver,
    /// Somebody of the business wrote it; there is no message of the visitor in it.
    Replied,
}

impl Outcome {
    /// Its word in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Fallback => "fallback",
            Self::Deflected => "deflected",
            Self::HandedOver => "handed_over",
            Self::Silent => "silent",
            Self::TakenOver => "taken_over",
            Self::Replied => "replied",
        }
    }

    /// Reads a stored word.
    #[must_use]
    pub fn stored(word: &str) -> Option<Self> {
        let all = [
            Self::Answered,
            Self::Fallback,
            Self::Deflected,
            Self::HandedOver,
            Self::Silent,
            Self::TakenOver,
            Self::Replied,
        ];
        all.into_iter().find(|outcome| outcome.as_str() == word)
    }
}

/// A piece of an answer, as the visitor meets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Text(String),
    /// A tool ran.
    Tool(String),
    /// A proposal is to be confirmed.
    Proposal(ProposalId),
    /// A person was asked for.
    Handoff,
}

/// An answer: its pieces in order, neighbouring words joined.
///
/// Every character and every other piece has a place, counted from 1. An event carries the place it
/// ends at, so the numbering does not depend on how the words were cut when they were streamed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    pieces: Vec<Piece>,
    places: u64,
}

/// A piece and the place it ends at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Where it ends; the id of its event.
    pub place: u64,
    /// What it is.
    pub piece: Piece,
}

impl Answer {
    /// Adds `piece` and returns the place it ends at.
    pub fn push(&mut self, piece: Piece) -> u64 {
        match (piece, self.pieces.last_mut()) {
            (Piece::Text(more), last) => {
                self.places += more.chars().count() as u64;
                match last {
                    Some(Piece::Text(text)) => text.push_str(&more),
                    _ => self.pieces.push(Piece::Text(more)),
                }
            }
            (piece, _) => {
                self.places += 1;
                self.pieces.push(piece);
            }
        }
        self.places
    }

    /// The pieces.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The place of its end.
    #[must_use]
    pub const fn places(&self) -> u64 {
        self.places
    }

    /// All its words.
    #[must_use]
    pub fn text(&self) -> String {
        let words = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(text) => Some(text.as_str()),
            _ => None,
        });
        words.collect::<Vec<_>>().join("\n\n")
    }

    /// What a client has missed that has seen everything up to `place`.
    #[must_use]
    pub fn after(&self, place: u64) -> Vec<Placed> {
        let mut end = 0;
        let mut missed = Vec::new();
        for piece in &self.pieces {
            let begin = end;
            let rest = match piece {
                Piece::Text(text) => {
                    end += text.chars().count() as u64;
                    let seen = usize::try_from(place.saturating_sub(begin)).unwrap_or(usize::MAX);
                    Piece::Text(text.chars().skip(seen).collect())
                }
                other => {
                    end += 1;
                    other.clone()
                }
            };
            if place < end {
                missed.push(Placed { place: end, piece: rest });
            }
        }
        missed
    }
}

impl FromIterator<Piece> for Answer {
    fn from_iter<I: IntoIterator<Item = Piece>>(pieces: I) -> Self {
        let mut answer = Self::default();
        for piece in pieces {
            answer.push(piece);
        }
        answer
    }
}

/// A visitor's words that cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidMessage {
    /// Nothing visible in it.
    #[error("the message is empty")]
    Empty,
    /// Over [`MAX_CHARS`].
    #[error("a message has at most {MAX_CHARS} characters")]
    TooLong,
}

/// A visitor's words: 1 to [`MAX_CHARS`] characters, without invisible ones.
///
/// # Errors
///
/// [`InvalidMessage`].
pub fn words(text: &str) -> Result<String, InvalidMessage> {
    if MAX_CHARS < text.chars().count() {
        return Err(InvalidMessage::TooLong);
    }
    let words = visible(text).trim().to_owned();
    if words.is_empty() { Err(InvalidMessage::Empty) } else { Ok(words) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(words: &str) -> Piece {
        Piece::Text(words.to_owned())
    }

    #[test]
    fn a_client_gets_exactly_what_it_has_missed() {
        let answer: Answer = [text("Grüße"), Piece::Tool("list_packages".into()), text("Bye")].into_iter().collect();
        assert_eq!(
            answer.after(3),
            [
                Placed { place: 5, piece: text("ße") },
                Placed { place: 6, piece: Piece::Tool("list_packages".into()) },
                Placed { place: 9, piece: text("Bye") },
            ]
        );
        assert_eq!(answer.after(6), [Placed { place: 9, piece: text("Bye") }]);
        assert_eq!(answer.after(9), []);
        assert_eq!(answer.after(u64::MAX), []);
    }

    #[test]
    fn a_message_has_one_to_four_thousand_characters() {
        assert_eq!(words(" \u{200b}\n"), Err(InvalidMessage::Empty));
        assert!(words(&"ä".repeat(MAX_CHARS)).is_ok());
        assert_eq!(words(&"ä".repeat(MAX_CHARS + 1)), Err(InvalidMessage::TooLong));
    }

    proptest! {
        #[test]
        fn however_the_words_were_cut_the_places_are_the_same(words in "\\PC{1,40}", cut in 0_usize..40, seen in 0_u64..60) {
            let chars: Vec<char> = words.chars().collect();
            let cut = cut.min(chars.len());
            let (head, tail): (String, String) = (chars[..cut].iter().collect(), chars[cut..].iter().collect());
            let whole: Answer = [text(&words), Piece::Handoff].into_iter().collect();
            let parts: Answer = [text(&head), text(&tail), Piece::Handoff].into_iter().collect();
            prop_assert_eq!(whole.after(seen), parts.after(seen));
        }
    }
}
