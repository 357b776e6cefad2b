//! Figures: what is counted of each day, and which of it a turn counts.
//!
//! Every figure is a sum, so that days merge into periods and it makes no difference in which order anything was
//! counted. Each is written in the transaction of what it counts. Days are UTC days. Never decides how a sum is
//! shown: that is [`super::analytics`] and [`super::statement`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::conversation::{Conversation, TicketStatus};
use super::feedback::Rating;
use super::histogram::{Bucket, Histogram};
use super::ledger::TurnCost;
use super::message::{Outcome, Turn};

/// Something that is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Figure {
    /// Conversations in which the visitor has said something or asked for a person, on the day they began.
    Conversations,
    /// Those of them in which a person was asked for, by whomever and however often, on the day they began.
    Escalated,
    /// Those of them whose ticket is no longer `auto_resolved`, on the day they began.
    Left,
    /// The visitor's messages and the answers to them.
    Messages,
    /// Milliseconds that answers took from the question to their end, together.
    AnswerMs,
    /// Answers that took so long.
    Answered(Bucket),
    /// Turns in which the model could not answer.
    Fallback,
    /// Turns that looked like an attack.
    Deflected,
    /// Conversations with so many stars, on the day they were first rated.
    Rated(Rating),
    /// Bookings made, wherever.
    Bookings,
    /// Bookings that the assistant prepared and the customer confirmed in the chat.
    ChatBookings,
    /// Bookings paid.
    Paid,
    /// What turns and hand-overs used of a model, at the prices of a version.
    Used(Charge, Used),
}

/// What a line of the ledger is charged by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Charge {
    /// The model that was asked, as the tenant's settings name it.
    pub model: String,
    /// Which state of the price table it was charged by.
    pub price_version: String,
}

/// What is summed up for each [`Charge`]: what turns and hand-overs used together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Used {
    /// Turns, also those that needed no model.
    Turns,
    /// Hand-overs for which the model was asked.
    Handovers,
    /// Prompt tokens that no cache was involved in.
    Input,
    /// Tokens the model wrote.
    Output,
    /// Prompt tokens read from the cache.
    CacheRead,
    /// Prompt tokens written to the cache.
    CacheWrite,
    /// Micro-dollars.
    Cost,
}

impl Used {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Turns, Self::Input, Self::Output, Self::CacheRead, Self::CacheWrite, Self::Cost];
}

/// A figure that changes, by how much, and at which moment what it counts is placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// What is counted.
    pub figure: Figure,
    /// How much more.
    pub by: i64,
    /// A moment of the day that it counts for.
    pub at: Timestamp,
}

/// The UTC day that holds `at`: the one that counts.
#[must_use]
pub fn day_of(at: Timestamp) -> Date {
    Offset::UTC.to_datetime(at).date()
}

/// What a turn counts by itself, on the day that it began. An answer is what the visitor was shown in it, from
/// whomever: while a person has the conversation there is none.
#[must_use]
pub fn of_turn(turn: &Turn) -> Vec<Count> {
    let mut counts = of_cost(&turn.cost, Used::Turns);
    counts.extend([
        (Figure::Messages, turn.messages()),
        (Figure::Fallback, i64::from(turn.outcome == Outcome::Fallback)),
        (Figure::Deflected, i64::from(turn.outcome == Outcome::Deflected)),
    ]);
    if turn.is_answered() {
        let ms = u64::try_from(turn.cost.total.as_millis()).unwrap_or(u64::MAX);
        counts.extend([(Figure::AnswerMs, whole(ms)), (Figure::Answered(Bucket::of_ms(ms)), 1)]);
    }
    counted(counts, turn.at)
}

/// What a hand-over counts for which the model was asked, on the day that it was made.
#[must_use]
pub fn of_handover(cost: &TurnCost, at: Timestamp) -> Vec<Count> {
    counted(of_cost(cost, Used::Handovers), at)
}

/// What an entry of the ledger comes to, of work of this kind.
fn of_cost(entry: &TurnCost, kind: Used) -> Vec<(Figure, i64)> {
    let TurnCost { usage, model, price_version, cost, .. } = entry;
    let charge = Charge { model: model.clone(), price_version: price_version.clone() };
    let used = |(used, by)| (Figure::Used(charge.clone(), used), by);
    let sums = [
        (kind, 1),
        (Used::Input, whole(usage.input)),
        (Used::Output, whole(usage.output)),
        (Used::CacheRead, whole(usage.cache_read)),
        (Used::CacheWrite, whole(usage.cache_write)),
        (Used::Cost, cost.get()),
    ];
    sums.map(used).to_vec()
}

fn counted(counts: Vec<(Figure, i64)>, at: Timestamp) -> Vec<Count> {
    let counts = counts.into_iter().filter(|(_, by)| *by != 0);
    counts.map(|(figure, by)| Count { figure, by, at }).collect()
}

fn whole(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// What a person's answer counts, on the day that it was written.
#[must_use]
pub fn of_reply(reply: &Turn) -> Count {
    Count { figure: Figure::Messages, by: reply.messages(), at: reply.at }
}

/// What a conversation counts once that becomes `after`, on the day that it began. The write must demand that it
/// still is `before`: then each conversation counts once for each of these figures, whatever happens at once.
#[must_use]
pub fn of_conversation(before: &Conversation, after: &Conversation) -> Vec<Count> {
    let gained = |figure, claim: fn(&Conversation) -> bool| {
        let by = i64::from(claim(after)) - i64::from(claim(before));
        (by != 0).then_some(Count { figure, by, at: before.created_at })
    };
    let counts = [
        gained(Figure::Conversations, Conversation::counts),
        gained(Figure::Escalated, |it| it.counts() && it.is_escalated),
        gained(Figure::Left, |it| it.counts() && it.status != TicketStatus::AutoResolved),
    ];
    counts.into_iter().flatten().collect()
}

/// The figures of a day, or of several together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally(BTreeMap<Figure, i64>);

impl Tally {
    /// Counts `by` more of a figure.
    pub fn add(&mut self, figure: Figure, by: i64) {
        let sum = self.0.entry(figure).or_default();
        *sum = sum.saturating_add(by);
    }

    /// Adds all that `other` has counted.
    pub fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|(figure, by)| self.add(figure.clone(), *by));
    }

    /// How much of a figure there is.
    #[must_use]
    pub fn of(&self, figure: &Figure) -> u64 {
        self.0.get(figure).map_or(0, |sum| u64::try_from(*sum).unwrap_or_default())
    }

    /// How many conversations were rated, and their stars together.
    #[must_use]
    pub fn ratings(&self) -> (u64, u64) {
        let rated = self.0.iter().filter_map(|(figure, by)| match figure {
            Figure::Rated(rating) => Some((u64::from(rating.stars()), u64::try_from(*by).unwrap_or_default())),
            _ => None,
        });
        rated.fold((0, 0), |(count, stars), (rating, by)| (count + by, stars + rating * by))
    }

    /// How long answers took.
    #[must_use]
    pub fn answers(&self) -> Histogram {
        let mut histogram = Histogram::default();
        for (figure, by) in &self.0 {
            if let Figure::Answered(bucket) = figure {
                histogram.add(*bucket, u64::try_from(*by).unwrap_or_default());
            }
        }
        histogram
    }

    /// How much was used, whatever it was charged by.
    #[must_use]
    pub fn used(&self, what: Used) -> u64 {
        self.charges().map(|(_, used)| used.get(&what).copied().unwrap_or_default()).fold(0, u64::saturating_add)
    }

    /// Each figure that was counted, and how much of it.
    pub fn iter(&self) -> impl Iterator<Item = (&Figure, i64)> {
        self.0.iter().map(|(figure, by)| (figure, *by))
    }

    /// How much was used, by what it was charged by.
    pub fn charges(&self) -> impl Iterator<Item = (&Charge, BTreeMap<Used, u64>)> {
        let mut charges: BTreeMap<&Charge, BTreeMap<Used, u64>> = BTreeMap::new();
        for (figure, by) in &self.0 {
            if let Figure::Used(charge, used) = figure {
                charges.entry(charge).or_default().insert(*used, u64::try_from(*by).unwrap_or_default());
            }
        }
        charges.into_iter()
    }
}

impl FromIterator<(Figure, i64)> for Tally {
    fn from_iter<I: IntoIterator<Item = (Figure, i64)>>(counts: I) -> Self {
        let mut tally = Self::default();
        counts.into_iter().for_each(|(figure, by)| tally.add(figure, by));
        tally
    }
}
