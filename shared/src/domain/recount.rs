//! Recounts: what the stored turns of a day come to, beside what was counted while they happened.
//!
//! Decides which turns belong to a recount, how far one has come, and what a drift is. Made from the turns by itself:
//! it shares no rule with [`super::figure::of_turn`], so that a fault there shows. Never counts for anybody else: no
//! figure is mended by it.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::asked::{Form, Questions};
use super::figure::{Charge, Figure, Tally, Used, day_of};
use super::id::ConversationId;
use super::ledger::TurnCost;
use super::message::{Outcome, Turn};

/// How long after its end an hour is read: by then every turn that began in it is kept or given up, and listed.
pub const SETTLES: SignedDuration = SignedDuration::from_mins(15);

/// The longest stretch that is read at once: what a run that dies has to read again.
pub const STRETCH: SignedDuration = SignedDuration::from_hours(6);

/// How long after a day its turns may be taken to be all there: well before the first of them is deleted by age.
const COMPARABLE: SignedDuration = SignedDuration::from_hours(300 * 24);

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A day's turns, as far as they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recount {
    /// Which day, in UTC.
    pub day: Date,
    /// Up to when its turns were read: a whole hour.
    pub until: Timestamp,
    /// Whether it was read from the day's beginning: not on the day on which recounting begins.
    pub is_whole: bool,
    /// Whether it is read a second time, because it did not come to what was counted.
    pub is_second_look: bool,
    /// Whether it was compared, or never will be.
    pub is_checked: bool,
    /// What its turns come to.
    pub tally: Tally,
    /// What was asked in them.
    pub questions: Questions,
}

/// A figure that its turns do not come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// Of which day.
    pub day: Date,
    /// Which.
    pub figure: Figure,
    /// What was counted.
    pub counted: u64,
    /// What the turns come to.
    pub found: u64,
}

/// The beginning of the hour that `at` lies in.
#[must_use]
pub fn hour_of(at: Timestamp) -> Timestamp {
    let seconds = at.as_second().rem_euclid(3_600);
    Timestamp::from_second(at.as_second() - seconds).unwrap_or(at)
}

/// Claims that a turn began in a later hour than its conversation: such a turn is listed by itself, so that the turns
/// of an hour are found without the conversations of all hours before.
#[must_use]
pub fn is_later(conversation: ConversationId, turn_at: Timestamp) -> bool {
    hour_of(begun(conversation)) != hour_of(turn_at)
}

/// When a conversation began, by its id.
#[must_use]
pub fn begun(conversation: ConversationId) -> Timestamp {
    let ms = i64::try_from(conversation.ulid().timestamp_ms()).unwrap_or_default();
    Timestamp::from_millisecond(ms).unwrap_or_default()
}

fn start_of(day: Date) -> Timestamp {
    day.at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp()).unwrap_or_default()
}

impl Recount {
    /// The first recount of a business: of the last hour that has settled by `now`, and on from there.
    #[must_use]
    pub fn first(now: Timestamp) -> Self {
        let from = hour_of(now - SETTLES) - HOUR;
        let day = day_of(from);
        Self { until: from, is_whole: from == start_of(day), ..Self::of(day) }
    }

    /// A day of which nothing was read.
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self {
            day,
            until: start_of(day),
            is_whole: true,
            is_second_look: false,
            is_checked: false,
            tally: Tally::default(),
            questions: Questions::default(),
        }
    }

    /// The day after.
    #[must_use]
    pub fn next(&self) -> Self {
        Self::of(self.day.saturating_add(1.day()))
    }

    /// The same day from its beginning, for a second look.
    #[must_use]
    pub fn again(&self) -> Self {
        Self { is_second_look: true, ..Self::of(self.day) }
    }

    /// Up to when its turns can be read at once at `now`; none: not further than they were.
    #[must_use]
    pub fn readable(&self, now: Timestamp) -> Option<Timestamp> {
        let to = hour_of(now - SETTLES).min(self.until + STRETCH).min(self.end());
        (self.until < to).then_some(to)
    }

    /// Claims that all of its turns were read.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.end() <= self.until
    }

    /// Claims that its turns are all there to be compared.
    #[must_use]
    pub fn is_comparable(&self, now: Timestamp) -> bool {
        self.is_whole && now < self.end() + COMPARABLE
    }

    fn end(&self) -> Timestamp {
        start_of(self.day.saturating_add(1.day()))
    }

    /// Counts a turn of its day. An attack is no question, and what people of the business wrote is none either.
    pub fn count(&mut self, conversation: ConversationId, turn: &Turn) {
        let is_ours = turn.outcome == Outcome::Replied;
        self.tally.add(Figure::Messages, i64::from(!is_ours) + i64::from(!turn.answer.pieces().is_empty()));
        if is_ours {
            return;
        }
        self.charge(&turn.cost, Used::Turns);
        if turn.outcome != Outcome::Deflected
            && let Some(form) = Form::of(&turn.said)
        {
            self.questions.add(form, conversation);
        }
    }

    /// Counts what a model was paid for a hand-over of its day.
    pub fn count_handover(&mut self, cost: &TurnCost) {
        self.charge(cost, Used::Handovers);
    }

    fn charge(&mut self, cost: &TurnCost, once: Used) {
        let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let charge = Charge { model: cost.model.clone(), price_version: cost.price_version.clone() };
        for (used, by) in [
            (once, 1),
            (Used::Input, whole(cost.usage.input)),
            (Used::Output, whole(cost.usage.output)),
            (Used::CacheRead, whole(cost.usage.cache_read)),
            (Used::CacheWrite, whole(cost.usage.cache_write)),
            (Used::Cost, cost.cost.get()),
        ] {
            if by != 0 {
                self.tally.add(Figure::Used(charge.clone(), used), by);
            }
        }
    }

    /// What differs from what was counted: messages, and each line of the ledger.
    #[must_use]
    pub fn drifts(&self, counted: &Tally) -> Vec<Drift> {
        let charges: BTreeSet<&Charge> =
            [&self.tally, counted].into_iter().flat_map(Tally::charges).map(|(c, _)| c).collect();
        let lines = charges.into_iter().flat_map(|charge| Used::ALL.map(|used| Figure::Used(charge.clone(), used)));
        let figures = std::iter::once(Figure::Messages).chain(lines);
        let drift = |figure: Figure| {
            let (counted, found) = (counted.of(&figure), self.tally.of(&figure));
            (counted != found).then_some(Drift { day: self.day, figure, counted, found })
        };
        figures.filter_map(drift).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use ulid::Ulid;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_is_read_hour_by_hour_a_quarter_of_an_hour_late_and_six_hours_at_once() {
        let day = Recount::of(date(2026, 11, 21));
        for (now, to) in [
            ("2026-11-21T01:14:59Z", None),
            ("2026-11-21T01:15:00Z", Some("2026-11-21T01:00:00Z")),
            ("2026-11-21T06:20:00Z", Some("2026-11-21T06:00:00Z")),
            ("2026-11-23T00:00:00Z", Some("2026-11-21T06:00:00Z")),
        ] {
            assert_eq!(day.readable(at(now)), to.map(at), "{now}");
        }
        let evening = Recount { until: at("2026-11-21T20:00:00Z"), ..day };
        assert_eq!(evening.readable(at("2026-11-23T00:00:00Z")), Some(at("2026-11-22T00:00:00Z")), "days end");
        assert!(!evening.is_complete());
        assert_eq!(evening.next(), Recount::of(date(2026, 11, 22)));
    }

    #[test]
    fn recounting_begins_an_hour_back_and_the_day_it_begins_in_is_not_compared() {
        let first = Recount::first(at("2026-11-21T10:20:00Z"));
        assert_eq!((first.until, first.is_whole), (at("2026-11-21T09:00:00Z"), false));
        let midnight = Recount::first(at("2026-11-21T01:15:00Z"));
        assert_eq!((midnight.until, midnight.is_whole), (at("2026-11-21T00:00:00Z"), true));
        assert!(!first.is_comparable(at("2026-11-22T01:00:00Z")));
        let whole = Recount::of(date(2026, 1, 1));
        assert!(whole.is_comparable(at("2026-01-02T01:00:00Z")));
        assert!(!whole.is_comparable(at("2026-11-22T00:00:00Z")), "turns are kept for a year, and may be gone");
    }

    #[test]
    fn a_turn_of_a_later_hour_is_listed_by_itself() {
        let ms = u64::try_from(at("2026-11-21T09:59:59Z").as_millisecond()).unwrap();
        let conversation = ConversationId::new(Ulid::from_parts(ms, 7));
        assert!(!is_later(conversation, at("2026-11-21T09:59:59.999Z")));
        assert!(is_later(conversation, at("2026-11-21T10:00:00Z")));
    }

    #[test]
    fn a_drift_names_the_figure_and_both_sides() {
        let charge = Charge { model: "m".to_owned(), price_version: "v".to_owned() };
        let cost = Figure::Used(charge.clone(), Used::Cost);
        let day = date(2026, 11, 21);
        let mut recount = Recount::of(day);
        recount.tally.add(cost.clone(), 505);
        recount.tally.add(Figure::Messages, 2);
        assert_eq!(recount.drifts(&recount.tally), []);
        let mut counted = recount.tally.clone();
        counted.add(Figure::Bookings, 1);
        assert_eq!(recount.drifts(&counted), [], "what no turn tells is not compared");
        counted.add(cost.clone(), 1);
        let lost = Figure::Used(Charge { model: "gone".to_owned(), ..charge }, Used::Turns);
        counted.add(lost.clone(), 3);
        let drifts = recount.drifts(&counted);
        assert_eq!(
            drifts,
            [Drift { day, figure: lost, counted: 3, found: 0 }, Drift { day, figure: cost, counted: 506, found: 505 }]
        );
    }
}
