//! Prompt injection: how much a visitor's message looks like an attack on the assistant.
//!
//! Decides only whether the message is worth asking the model about. Never protects data by
//! itself: that no tool trusts the model does. So it may err, and it errs towards letting pass:
//! a wrongly refused customer is a loss, a missed attack is not.
//!
//! Reading order: `normal` undoes disguises, `phrase` matches words, `phrases` holds them by
//! language and `book` finds them, `markup` knows forged structure, `encoded` what hides in base64.

mod book;
mod encoded;
mod markup;
mod normal;
mod phrase;
mod phrases;
mod preview;
#[cfg(test)]
mod tests;

use self::book::Book;
use self::normal::Folded;
pub use self::preview::redacted_preview;
use super::text::cut;

/// The score from which a message counts as an attack.
///
/// Signals weigh 35 to 90. One that nobody sends innocently reaches the threshold alone; two
/// doubtful ones of different techniques (45 and 45 make 70) reach it together.
pub const THRESHOLD: u8 = 60;

/// The most characters that are looked at: more than a message may have.
const MAX_CHARS: usize = 8_000;

/// What an attack tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Technique {
    /// To make the assistant drop its instructions or follow others.
    OverrideInstructions,
    /// To get at its instructions or secrets.
    PromptExtraction,
    /// To make it play someone without limits, or to pose as someone it obeys.
    RolePlay,
    /// To pass text off as the system's, the assistant's or a tool's.
    FakeMarkup,
    /// To call tools by name, with foreign identifiers or for other people's data.
    ToolInvocation,
    /// To smuggle data out through an image or a link.
    Exfiltration,
    /// To hide any of this in an encoding.
    Encoded,
}

/// What the detector makes of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// From 0 (nothing) to 100.
    pub score: u8,
    /// What was seen, each once, in the order of [`Technique`].
    pub techniques: Vec<Technique>,
}

/// One thing that was seen, and how much it weighs from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Signal {
    technique: Technique,
    weight: u8,
}

impl Technique {
    /// Its name in logs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OverrideInstructions => "override_instructions",
            Self::PromptExtraction => "prompt_extraction",
            Self::RolePlay => "role_play",
            Self::FakeMarkup => "fake_markup",
            Self::ToolInvocation => "tool_invocation",
            Self::Exfiltration => "exfiltration",
            Self::Encoded => "encoded",
        }
    }
}

impl Verdict {
    /// Claims that the message should not reach the model.
    #[must_use]
    pub const fn is_attack(&self) -> bool {
        THRESHOLD <= self.score
    }

    /// Joins signals: the strongest of each technique counts, and each leaves less room for doubt.
    fn of(signals: &[Signal]) -> Self {
        let mut techniques: Vec<_> = signals.iter().map(|signal| signal.technique).collect();
        techniques.sort_unstable();
        techniques.dedup();
        let strongest = |technique: &Technique| {
            let of_it = signals.iter().filter(|signal| signal.technique == *technique);
            u32::from(of_it.map(|signal| signal.weight.min(100)).max().unwrap_or(0))
        };
        let doubt = techniques.iter().map(strongest).fold(10_000, |doubt, weight| {
            // In hundredths of a percent, rounded up: small signals must not vanish.
            (doubt * (100 - weight)).div_ceil(100)
        });
        let score = 100 - u8::try_from(doubt.div_ceil(100)).unwrap_or(100);
        Self { score, techniques }
    }
}

/// Scores `message`.
///
/// Upper and lower case, accents, spacing, look-alike letters, invisible characters, digits for
/// letters, and base64 make no difference.
#[must_use]
pub fn detect(message: &str) -> Verdict {
    let message = cut(message, MAX_CHARS);
    let mut signals = seen(message);
    signals.extend(encoded::signals(message));
    Verdict::of(&signals)
}

/// Everything seen in `text` as it stands, without decoding.
fn seen(text: &str) -> Vec<Signal> {
    let folded = Folded::of(text);
    let mut signals = markup::signals(folded.text());
    for words in folded.views() {
        signals.extend(Book::open().signals(&words));
    }
    signals
}
