//! Hand-overs: what somebody of the business should know who takes a conversation over.
//!
//! Pure. Four short texts: what was asked, tried and promised, and what is open. The plain one is made of the thread
//! alone; the model's is taken only in the right shape, and what was promised by a card stands in it whatever the
//! model says. Decides what of a thread the model is told, and never what a person makes of it.

use jiff::Timestamp;
use thiserror::Error;

use super::escalation::Escalation;
use super::message::{Outcome, Turn};
use super::proposal::{Proposal, ProposalStatus};
use super::text::{Note, cut};

/// The most characters of each of its texts.
pub const MOST_CHARS: usize = 600;
/// The most characters of a text of the model's that is taken at all: it was asked for forty words.
const MOST_TAKEN: usize = 2_000;
/// The most characters of a quoted message.
const QUOTED: usize = 200;
/// The most cards and tools that are named: the newest.
const MOST_LINES: usize = 8;
/// How many characters of a thread's beginning the model is told.
const HEAD: usize = 2_000;
/// How many characters of its end.
const TAIL: usize = 8_000;
/// How much of one message the model is told.
const MESSAGE: usize = 1_000;
/// Stands for what lies between the beginning and the end.
const GAP: &str = "(… some messages in between are left out …)";

/// What somebody should know who takes a conversation over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// What the visitor wants.
    pub asked: Note<MOST_CHARS>,
    /// What was done about it, and how that ended.
    pub tried: Note<MOST_CHARS>,
    /// What they were told will happen.
    pub promised: Note<MOST_CHARS>,
    /// What is still to be answered or decided.
    pub open: Note<MOST_CHARS>,
    /// Who wrote it.
    pub made_by: MadeBy,
}

/// Who wrote a hand-over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MadeBy {
    /// The model, from the conversation.
    Model,
    /// Nobody: the thread's own words.
    Plain,
}

/// A tool that the assistant used, and how often it answered and failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Its name.
    pub tool: String,
    /// How often it answered.
    pub answered: usize,
    /// How often it failed.
    pub failed: usize,
}

/// Everything that a hand-over is made of.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The request for a person.
    pub asked: &'a Escalation,
    /// The thread, oldest first.
    pub turns: &'a [Turn],
    /// The tools that were used, by first use.
    pub tried: &'a [Tried],
    /// The cards that were shown, oldest first.
    pub proposals: &'a [Proposal],
    /// The present.
    pub now: Timestamp,
}

/// What the model says for each part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// See [`Handover::asked`].
    pub asked: String,
    /// See [`Handover::tried`].
    pub tried: String,
    /// See [`Handover::promised`], beyond the cards.
    pub promised: String,
    /// See [`Handover::open`].
    pub open: String,
}

/// What the model says is no hand-over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this is no hand-over")]
pub struct NoHandover;

impl MadeBy {
    /// Its word on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Plain => "plain",
        }
    }
}

impl Handover {
    /// The hand-over in the thread's own words.
    #[must_use]
    pub fn plain(seen: &Seen<'_>) -> Self {
        let questions: Vec<&Turn> = seen.turns.iter().filter(|turn| turn.outcome != Outcome::Replied).collect();
        let asked = match questions.as_slice() {
            [] => one_line(seen.asked.reason.as_str()),
            [only] => one_line(&only.said),
            [first, .., last] => format!("First: {}\nLast: {}", one_line(&first.said), one_line(&last.said)),
        };
        let unanswered = questions.last().filter(|turn| turn.outcome != Outcome::Answered);
        let open = unanswered.map_or_else(|| one_line(seen.asked.reason.as_str()), |turn| one_line(&turn.said));
        Self {
            asked: Note::cut(&asked),
            tried: Note::cut(&newest(seen.tried, line_of_tool)),
            promised: Note::cut(&newest(seen.proposals, |card| line_of_card(card, seen.now))),
            open: Note::cut(&open),
            made_by: MadeBy::Plain,
        }
    }

    /// The hand-over as the model tells it, with the cards of the plain one.
    ///
    /// # Errors
    ///
    /// [`NoHandover`] where it says neither what was asked nor what is open, or far more than it was asked for.
    pub fn of_model(told: &Told, plain: &Self) -> Result<Self, NoHandover> {
        let parts = [&told.asked, &told.tried, &told.promised, &told.open];
        let is_too_long = parts.iter().any(|part| MOST_TAKEN < part.chars().count());
        if is_too_long || told.asked.trim().is_empty() || told.open.trim().is_empty() {
            return Err(NoHandover);
        }
        Ok(Self {
            asked: Note::cut(&told.asked),
            tried: Note::cut(&told.tried),
            promised: Note::cut(format!("{}\n{}", plain.promised, told.promised).trim()),
            open: Note::cut(&told.open),
            made_by: MadeBy::Model,
        })
    }
}

/// What the model is told of a thread: its beginning and its end.
#[must_use]
pub fn transcript(seen: &Seen<'_>) -> String {
    let lines: Vec<String> = seen.turns.iter().flat_map(lines_of).collect();
    let (head, rest) = lines.split_at(fitting(lines.iter(), HEAD));
    let (between, tail) = rest.split_at(rest.len() - fitting(rest.iter().rev(), TAIL));
    let gap = (!between.is_empty()).then(|| GAP.to_owned());
    let cards = newest(seen.proposals, |card| line_of_card(card, seen.now));
    let reason = format!("Why a person is asked for: {}", one_line(seen.asked.reason.as_str()));
    let all = head.iter().cloned().chain(gap).chain(tail.iter().cloned());
    all.chain([format!("Cards:\n{cards}"), reason]).collect::<Vec<_>>().join("\n")
}

/// How many of `lines` fit into `room` characters.
fn fitting<'a>(lines: impl Iterator<Item = &'a String>, mut room: usize) -> usize {
    let fits = |line: &&String| {
        let left = room.checked_sub(line.chars().count());
        room = left.unwrap_or_default();
        left.is_some()
    };
    lines.take_while(fits).count()
}

fn lines_of(turn: &Turn) -> Vec<String> {
    let line = |who: &str, text: &str| format!("{who}: {}", cut(&words(text), MESSAGE));
    let visitor = (turn.outcome != Outcome::Replied).then(|| line("Visitor", &turn.said));
    let who = if turn.outcome == Outcome::Replied { "Team" } else { "Assistant" };
    let answer = turn.is_answered().then(|| line(who, &turn.answer.text()));
    let tools = (!turn.cost.tools.is_empty()).then(|| format!("(used {})", turn.cost.tools.join(", ")));
    visitor.into_iter().chain(tools).chain(answer).collect()
}

fn line_of_tool(tried: &Tried) -> Option<String> {
    let times = |n: usize| if n == 1 { "once".to_owned() } else { format!("{n} times") };
    let failed = (0 < tried.failed).then(|| format!("failed {}", times(tried.failed)));
    let answered = (0 < tried.answered).then(|| format!("worked {}", times(tried.answered)));
    let ended: Vec<String> = answered.into_iter().chain(failed).collect();
    (!ended.is_empty()).then(|| format!("{}: {}", in_words(&tried.tool), ended.join(", ")))
}

/// What a tool does, for people who know nothing of tools.
fn in_words(tool: &str) -> String {
    match tool {
        "list_packages" => "Told what can be booked".to_owned(),
        "get_business_info" => "Told about the business".to_owned(),
        "check_availability" => "Looked for free times".to_owned(),
        "search_help" => "Searched the help articles".to_owned(),
        "get_my_bookings" => "Looked up the customer's bookings".to_owned(),
        "book_package" => "Prepared a booking".to_owned(),
        "reschedule_booking" => "Prepared another time".to_owned(),
        "cancel_booking" => "Prepared a cancellation".to_owned(),
        "join_waitlist" => "Prepared a place on the waitlist".to_owned(),
        "verify_email" => "Sent a code to prove an address".to_owned(),
        "request_human_help" => "Asked for a person".to_owned(),
        other => other.replace('_', " "),
    }
}

/// A card that holds or may still be confirmed. What was declined, or has passed, promises nothing.
fn line_of_card(card: &Proposal, now: Timestamp) -> Option<String> {
    let standing = match card.status {
        ProposalStatus::Executed(_) => "confirmed",
        ProposalStatus::Pending if now < card.expires_at => "waits for the visitor's click",
        ProposalStatus::Pending | ProposalStatus::Declined => return None,
    };
    let first = card.preview.lines.first().map(|(label, value)| format!(", {label}: {value}")).unwrap_or_default();
    Some(format!("{}{first} ({standing})", one_line(&card.preview.title)))
}

/// The newest lines of what has any, oldest first.
fn newest<T>(all: &[T], line: impl Fn(&T) -> Option<String>) -> String {
    let mut lines: Vec<String> = all.iter().rev().filter_map(line).take(MOST_LINES).collect();
    lines.reverse();
    lines.join("\n")
}

fn one_line(text: &str) -> String {
    cut(&words(text), QUOTED).to_owned()
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
