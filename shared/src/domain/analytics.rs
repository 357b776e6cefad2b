//! Analytics: what the figures of a period say, day by day and in all, and which targets they meet.
//!
//! Decides how a sum becomes a share or a mean. One rule for all of them: exact whole numbers are divided once, and
//! the quotient is rounded half up to the decimals that it is shown with; of nothing there is no share and no mean,
//! rather than a zero. A target is judged by the exact quotient, not by the rounded one. Never reads or counts.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::asked::{Questions, Top};
use super::figure::{Figure, Tally, Used};

/// How many of the questions that were asked most are told.
const QUESTIONS: usize = 10;

/// The most days that a period has.
pub const MOST_DAYS: u16 = 366;

/// Days in UTC, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first.
    pub first: Date,
    /// The last.
    pub last: Date,
}

impl Period {
    /// The `days` days that end with `today`: 1 to [`MOST_DAYS`], or as near as that.
    #[must_use]
    pub fn ending(today: Date, days: u16) -> Self {
        let before = i64::from(days.clamp(1, MOST_DAYS)) - 1;
        Self { first: today.saturating_sub(before.days()), last: today }
    }

    /// Its days, in order.
    pub fn days(self) -> impl Iterator<Item = Date> {
        self.first.series(1.day()).take_while(move |day| *day <= self.last)
    }
}

/// A quotient of whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    part: u128,
    whole: u128,
}

/// A number with a fixed count of decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounded {
    /// The number without its point.
    pub units: u64,
    /// How many of its digits stand behind the point.
    pub decimals: u32,
}

impl Ratio {
    /// `part` in `whole`.
    #[must_use]
    pub fn new(part: u64, whole: u64) -> Self {
        Self { part: part.into(), whole: whole.into() }
    }

    /// `part` in a hundred of `whole`.
    #[must_use]
    pub fn percent(part: u64, whole: u64) -> Self {
        Self { part: u128::from(part) * 100, whole: whole.into() }
    }

    /// Rounded half up; none of nothing.
    #[must_use]
    pub fn rounded(self, decimals: u32) -> Option<Rounded> {
        let part = self.part.checked_mul(10_u128.checked_pow(decimals)?)?;
        let units = (2 * part + self.whole).checked_div(2 * self.whole)?;
        Some(Rounded { units: u64::try_from(units).ok()?, decimals })
    }

    /// How it compares with a number; none of nothing.
    fn compare(self, number: Rounded) -> Option<std::cmp::Ordering> {
        let scale = 10_u128.checked_pow(number.decimals)?;
        (self.whole != 0).then(|| (self.part * scale).cmp(&(u128::from(number.units) * self.whole)))
    }
}

/// What a day or a period comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Numbers {
    /// Conversations that began, each with something that the visitor said or asked for.
    pub conversations: u64,
    /// Those of them whose ticket is still `auto_resolved`.
    pub auto_resolved: u64,
    /// Those of them in which a person was asked for.
    pub escalated: u64,
    /// Messages of visitors and answers to them.
    pub messages: u64,
    /// Answers.
    pub answers: u64,
    /// Milliseconds of all answers together.
    pub answer_ms: u64,
    /// The median answer in milliseconds, as [`super::histogram`] tells it.
    pub p50_ms: Option<u64>,
    /// What 95 of 100 answers do not exceed, likewise.
    pub p95_ms: Option<u64>,
    /// Conversations that were rated.
    pub rated: u64,
    /// Their stars together.
    pub stars: u64,
    /// Bookings made in the chat.
    pub chat_bookings: u64,
    /// What the model cost.
    pub micro_usd: u64,
    /// Prompt tokens that no cache was involved in.
    pub input: u64,
    /// Tokens the model wrote.
    pub output: u64,
    /// Prompt tokens read from the cache.
    pub cache_read: u64,
}

impl From<&Tally> for Numbers {
    fn from(tally: &Tally) -> Self {
        let (conversations, answers) = (tally.of(&Figure::Conversations), tally.answers());
        let (rated, stars) = tally.ratings();
        Self {
            conversations,
            auto_resolved: conversations.saturating_sub(tally.of(&Figure::Left)),
            escalated: tally.of(&Figure::Escalated),
            messages: tally.of(&Figure::Messages),
            answers: answers.count(),
            answer_ms: tally.of(&Figure::AnswerMs),
            p50_ms: answers.percentile_ms(50),
            p95_ms: answers.percentile_ms(95),
            rated,
            stars,
            chat_bookings: tally.of(&Figure::ChatBookings),
            micro_usd: tally.used(Used::Cost),
            input: tally.used(Used::Input),
            output: tally.used(Used::Output),
            cache_read: tally.used(Used::CacheRead),
        }
    }
}

impl Numbers {
    /// Conversations that the assistant dealt with alone, in a hundred.
    #[must_use]
    pub fn auto_resolved_percent(&self) -> Ratio {
        Ratio::percent(self.auto_resolved, self.conversations)
    }

    /// Conversations in which a person was asked for, in a hundred.
    #[must_use]
    pub fn escalated_percent(&self) -> Ratio {
        Ratio::percent(self.escalated, self.conversations)
    }

    /// Bookings made in the chat, for a hundred conversations.
    #[must_use]
    pub fn conversion_percent(&self) -> Ratio {
        Ratio::percent(self.chat_bookings, self.conversations)
    }

    /// Messages of a conversation.
    #[must_use]
    pub fn messages_each(&self) -> Ratio {
        Ratio::new(self.messages, self.conversations)
    }

    /// Milliseconds of an answer.
    #[must_use]
    pub fn answer_ms_each(&self) -> Ratio {
        Ratio::new(self.answer_ms, self.answers)
    }

    /// Stars of a rated conversation.
    #[must_use]
    pub fn rating(&self) -> Ratio {
        Ratio::new(self.stars, self.rated)
    }

    /// Micro-dollars of a conversation.
    #[must_use]
    pub fn micro_usd_each(&self) -> Ratio {
        Ratio::new(self.micro_usd, self.conversations)
    }

    fn median(&self) -> Ratio {
        Ratio::new(self.p50_ms.unwrap_or_default(), self.p50_ms.map_or(0, |_| 1))
    }
}

/// Which side of a target is the good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// It is met from there on.
    AtLeast,
    /// It is met below it.
    Below,
}

/// A figure beside what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// What it is; none of nothing.
    pub value: Option<Rounded>,
    /// Which side is the good one.
    pub aim: Aim,
    /// What it should be.
    pub goal: Rounded,
    /// What it should be at best.
    pub stretch: Rounded,
    /// Whether it is; none of nothing.
    pub is_goal_met: Option<bool>,
    /// Whether it is at best; none of nothing.
    pub is_stretch_met: Option<bool>,
}

impl Target {
    /// `goal` and `stretch` have `decimals`, as the value is shown with.
    fn of(ratio: Ratio, aim: Aim, goal: u64, stretch: u64, decimals: u32) -> Self {
        let [goal, stretch] = [goal, stretch].map(|units| Rounded { units, decimals });
        let is_met = |target| {
            let order = ratio.compare(target)?;
            Some(match aim {
                Aim::AtLeast => order.is_ge(),
                Aim::Below => order.is_lt(),
            })
        };
        let (is_goal_met, is_stretch_met) = (is_met(goal), is_met(stretch));
        Self { value: ratio.rounded(decimals), aim, goal, stretch, is_goal_met, is_stretch_met }
    }
}

/// The targets of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Targets {
    /// Stars of a rated conversation: 4.0, at best 4.5.
    pub rating: Target,
    /// The median answer in milliseconds: below 2,000, at best below 1,500.
    pub p50_ms: Target,
    /// Bookings for a hundred conversations: 15, at best 25.
    pub conversion: Target,
    /// Escalated conversations in a hundred: below 10, at best below 5.
    pub escalated: Target,
}

/// What a period comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Which days.
    pub period: Period,
    /// All of it.
    pub total: Numbers,
    /// Each day, also those on which nothing happened.
    pub days: Vec<(Date, Numbers)>,
    /// What it should be.
    pub targets: Targets,
    /// What was asked most.
    pub questions: Vec<Top>,
}

impl Report {
    /// What the figures of `days` say of `period`, and what of `questions` was asked most.
    #[must_use]
    pub fn of(period: Period, days: &BTreeMap<Date, Tally>, questions: &Questions) -> Self {
        let mut sum = Tally::default();
        days.range(period.first..=period.last).for_each(|(_, tally)| sum.merge(tally));
        let total = Numbers::from(&sum);
        let numbers = |day| (day, days.get(&day).map(Numbers::from).unwrap_or_default());
        let targets = Targets {
            rating: Target::of(total.rating(), Aim::AtLeast, 400, 450, 2),
            p50_ms: Target::of(total.median(), Aim::Below, 2_000, 1_500, 0),
            conversion: Target::of(total.conversion_percent(), Aim::AtLeast, 150, 250, 1),
            escalated: Target::of(total.escalated_percent(), Aim::Below, 100, 50, 1),
        };
        Self { period, total, days: period.days().map(numbers).collect(), targets, questions: questions.top(QUESTIONS) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::feedback::Rating;
    use crate::domain::histogram::Bucket;

    fn rounded(units: u64, decimals: u32) -> Option<Rounded> {
        Some(Rounded { units, decimals })
    }

    #[test]
    fn a_share_is_rounded_half_up_once() {
        for (part, whole, tenths) in [(1, 3, 333), (2, 3, 667), (1, 8, 125), (1, 16, 63), (1, 2_000, 1), (1, 2_001, 0)]
        {
            assert_eq!(Ratio::percent(part, whole).rounded(1), rounded(tenths, 1), "{part} in {whole}");
        }
        assert_eq!(Ratio::new(5, 2).rounded(0), rounded(3, 0));
        assert_eq!(Ratio::percent(u64::MAX, 1).rounded(1), None, "what no number can show is not shown");
    }

    #[test]
    fn of_nothing_there_is_no_share_and_no_target_is_judged() {
        let period = Period::ending(date(2026, 11, 22), 2);
        let report = Report::of(period, &BTreeMap::new(), &Questions::default());
        assert_eq!(report.total, Numbers::default());
        assert_eq!(
            report.days.iter().map(|(day, _)| *day).collect::<Vec<_>>(),
            [date(2026, 11, 21), date(2026, 11, 22)]
        );
        let Targets { rating, p50_ms, conversion, escalated } = report.targets;
        for target in [rating, p50_ms, conversion, escalated] {
            assert_eq!((target.value, target.is_goal_met, target.is_stretch_met), (None, None, None));
        }
    }

    #[test]
    fn a_period_has_one_to_366_days_and_ends_today() {
        let today = date(2028, 12, 31);
        for (asked, first) in [(0, today), (1, today), (366, date(2028, 1, 1)), (u16::MAX, date(2028, 1, 1))] {
            assert_eq!(Period::ending(today, asked), Period { first, last: today });
        }
        assert_eq!(Period::ending(today, 366).days().count(), 366);
    }

    #[test]
    fn a_target_is_judged_by_the_exact_figure_on_both_sides_of_its_bound() {
        let met = |figures: &[(Figure, i64)]| {
            let days = [(date(2026, 11, 22), figures.iter().cloned().collect())].into();
            let targets = Report::of(Period::ending(date(2026, 11, 22), 1), &days, &Questions::default()).targets;
            let Targets { rating, p50_ms, conversion, escalated } = targets;
            [rating, p50_ms, conversion, escalated].map(|target| (target.is_goal_met, target.is_stretch_met))
        };
        let stars = |stars| Figure::Rated(Rating::new(stars).unwrap());
        let took = |ms| Figure::Answered(Bucket::of_ms(ms));
        let (yes, no) = (Some(true), Some(false));
        let conversations = (Figure::Conversations, 2_000);
        let just = [
            conversations.clone(),
            (stars(4), 1_000),
            (took(1_800), 1),
            (Figure::ChatBookings, 300),
            (Figure::Escalated, 199),
        ];
        assert_eq!(met(&just), [(yes, no); 4]);
        // 3.9995 stars, 14.95 % and 10.0 % are shown as 4.00, 15.0 and 10.0.
        let missed = [
            conversations.clone(),
            (stars(4), 1_999),
            (stars(3), 1),
            (took(2_100), 1),
            (Figure::ChatBookings, 299),
            (Figure::Escalated, 200),
        ];
        assert_eq!(met(&missed), [(no, no); 4]);
        let best = [
            conversations,
            (stars(4), 1),
            (stars(5), 1),
            (took(1_400), 1),
            (Figure::ChatBookings, 500),
            (Figure::Escalated, 99),
        ];
        assert_eq!(met(&best), [(yes, yes); 4]);
    }
}
