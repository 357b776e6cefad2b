//! The ledger: what a turn of the assistant used, and what that costs.
//!
//! Prices are data with validity dates; arithmetic is exact. Never asks anybody what a model
//! costs, and never guesses: a model without a price is refused.

use std::iter::Sum;
use std::ops::Add;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use thiserror::Error;

use super::money::MicroUsd;

/// Which state of [`PRICE_TABLE`] a turn was charged by. Changes with every change of the table.
pub const PRICE_VERSION: &str = "2026-10-07";

/// Every price this product knows, in any order.
///
/// Amounts are micro-dollars per million tokens, so `1_000_000` is $1 per million tokens. A cache
/// write (the five-minute kind) costs 1.25 × input and a cache read 0.1 × input, except for
/// `claude-sonnet-5-5`, whose reads cost 0.05 ×. Prompts of `claude-haiku-5-5` over 100,000 tokens
/// cost five times as much in every respect, as its maker's price list says. Days are in UTC.
pub const PRICE_TABLE: &[Price] = &[
    Price::new("claude-haiku-4-5", date(2025, 10, 15), 1_000_000, 5_000_000),
    Price::new("claude-haiku-5-5", date(2026, 10, 7), 100_000, 500_000).over(100_000, 5),
    Price::new("claude-sonnet-4", date(2025, 5, 22), 3_000_000, 15_000_000),
    Price::new("claude-sonnet-5-5", date(2026, 9, 28), 2_000_000, 10_000_000).cache_read(100_000),
];

/// Tokens that one call of the model used. A prompt is the sum of `input` and both cache kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Usage {
    /// Prompt tokens that no cache was involved in.
    pub input: u64,
    /// Tokens the model wrote, thinking included.
    pub output: u64,
    /// Prompt tokens read from the cache.
    pub cache_read: u64,
    /// Prompt tokens written to the cache.
    pub cache_write: u64,
}

/// What one model costs within a span of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// The model's name without a date, as `claude-haiku-4-5`.
    pub model: &'static str,
    /// The first day this price holds.
    pub from: Date,
    /// The first day it no longer holds; `None` while it still does.
    pub until: Option<Date>,
    /// Micro-dollars per million prompt tokens outside the cache.
    pub input: u64,
    /// Micro-dollars per million tokens written by the model.
    pub output: u64,
    /// Micro-dollars per million prompt tokens read from the cache.
    pub cache_read: u64,
    /// Micro-dollars per million prompt tokens written to the cache.
    pub cache_write: u64,
    /// The dearer rate of long prompts, when the model has one.
    pub long: Option<LongPrompt>,
}

/// The dearer rate of prompts beyond a length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LongPrompt {
    /// The longest prompt, in tokens, that still has the base rate.
    pub above: u64,
    /// How many times the base rate a longer one costs, output included.
    pub times: u64,
}

/// No price is known for this model on that day.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no price is known for this model on that day")]
pub struct UnknownModel;

/// The record of one turn in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TurnCost {
    /// Tokens of all calls of the turn together.
    pub usage: Usage,
    /// The model that was asked.
    pub model: String,
    /// The [`PRICE_VERSION`] that `cost` was reckoned by.
    pub price_version: String,
    /// What the turn costs, rounded up once.
    pub cost: MicroUsd,
    /// From the question to the first visible text; `None` when there was none.
    pub first_token: Option<Duration>,
    /// From the question to the end of the answer.
    pub total: Duration,
    /// The tools that ran, in order, with repetitions.
    pub tools: Vec<String>,
}

impl Usage {
    /// Tokens the model read: fresh, from the cache and into the cache.
    #[must_use]
    pub const fn prompt(&self) -> u64 {
        self.input.saturating_add(self.cache_read).saturating_add(self.cache_write)
    }

    /// Claims that nothing was used.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_add(other.input),
            output: self.output.saturating_add(other.output),
            cache_read: self.cache_read.saturating_add(other.cache_read),
            cache_write: self.cache_write.saturating_add(other.cache_write),
        }
    }
}

impl Sum for Usage {
    fn sum<I: Iterator<Item = Self>>(calls: I) -> Self {
        calls.fold(Self::default(), Add::add)
    }
}

impl Price {
    const fn new(model: &'static str, from: Date, input: u64, output: u64) -> Self {
        Self { model, from, until: None, input, output, cache_read: input / 10, cache_write: input / 4 * 5, long: None }
    }

    const fn cache_read(self, cache_read: u64) -> Self {
        Self { cache_read, ..self }
    }

    const fn over(self, above: u64, times: u64) -> Self {
        Self { long: Some(LongPrompt { above, times }), ..self }
    }

    /// Claims that this is the price of `model` on `day`.
    fn holds(&self, model: &str, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|end| day < end) && self.names(model)
    }

    /// Claims that `model` is this model, by its bare name or that of a dated snapshot.
    fn names(&self, model: &str) -> bool {
        model.strip_prefix(self.model).is_some_and(|rest| {
            rest.is_empty()
                || rest
                    .strip_prefix('-')
                    .is_some_and(|snapshot| snapshot.len() == 8 && snapshot.bytes().all(|b| b.is_ascii_digit()))
        })
    }

    /// What one call costs, in millionths of a micro-dollar.
    fn of_call(&self, usage: &Usage) -> u128 {
        let times = match self.long {
            Some(long) if long.above < usage.prompt() => long.times,
            _ => 1,
        };
        let base = [
            (usage.input, self.input),
            (usage.output, self.output),
            (usage.cache_read, self.cache_read),
            (usage.cache_write, self.cache_write),
        ];
        base.iter().fold(0_u128, |sum, (tokens, price)| {
            let part = u128::from(*tokens).saturating_mul(u128::from(*price) * u128::from(times));
            sum.saturating_add(part)
        })
    }
}

/// What `calls` of `model`, which together are one turn, cost at `at`: exact, then rounded up once
/// to a whole micro-dollar.
///
/// The calls stay apart because the rate of a long prompt is decided for each of them. A cost that
/// fits no ledger stops at the largest one that does.
///
/// # Errors
///
/// [`UnknownModel`] when the table has no price for the model on that day.
pub fn cost(model: &str, calls: &[Usage], at: Timestamp) -> Result<MicroUsd, UnknownModel> {
    let price = find(model, at)?;
    let exact = calls.iter().fold(0_u128, |sum, call| sum.saturating_add(price.of_call(call)));
    Ok(whole(exact))
}

/// The most that a turn of at most `rounds` calls can cost at `at`, when no prompt has more than
/// `max_input` tokens and no answer more than `max_output`: what to reserve before asking.
///
/// # Errors
///
/// [`UnknownModel`] when the table has no price for the model on that day.
pub fn worst_case(
    model: &str,
    max_input: u64,
    max_output: u64,
    rounds: u32,
    at: Timestamp,
) -> Result<MicroUsd, UnknownModel> {
    let price = find(model, at)?;
    // Whichever way of reading a prompt is dearest, all of it could be read that way.
    let dearest = [
        Usage { input: max_input, output: max_output, ..Usage::default() },
        Usage { cache_read: max_input, output: max_output, ..Usage::default() },
        Usage { cache_write: max_input, output: max_output, ..Usage::default() },
    ]
    .iter()
    .map(|usage| price.of_call(usage))
    .fold(0, u128::max);
    Ok(whole(dearest.saturating_mul(u128::from(rounds))))
}

fn find(model: &str, at: Timestamp) -> Result<&'static Price, UnknownModel> {
    let day = at.to_zoned(TimeZone::UTC).date();
    PRICE_TABLE.iter().find(|price| price.holds(model, day)).ok_or(UnknownModel)
}

fn whole(millionths: u128) -> MicroUsd {
    MicroUsd::new(i64::try_from(millionths.div_ceil(1_000_000)).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MODELS: [&str; 4] = ["claude-haiku-4-5", "claude-haiku-5-5", "claude-sonnet-4", "claude-sonnet-5-5"];

    fn now() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    fn usage(input: u64, output: u64, cache_read: u64, cache_write: u64) -> Usage {
        Usage { input, output, cache_read, cache_write }
    }

    fn micros(model: &str, calls: &[Usage]) -> i64 {
        cost(model, calls, now()).unwrap().get()
    }

    #[test]
    fn a_million_tokens_of_each_kind_cost_what_the_price_list_says() {
        let m = 1_000_000;
        for (model, input, output, read, write) in [
            ("claude-haiku-4-5", 1_000_000, 5_000_000, 100_000, 1_250_000),
            ("claude-sonnet-4", 3_000_000, 15_000_000, 300_000, 3_750_000),
            ("claude-sonnet-5-5", 2_000_000, 10_000_000, 100_000, 2_500_000),
            // Every such prompt is a long one.
            ("claude-haiku-5-5", 500_000, 500_000, 50_000, 625_000),
        ] {
            assert_eq!(micros(model, &[usage(m, 0, 0, 0)]), input, "{model} input");
            assert_eq!(micros(model, &[usage(0, m, 0, 0)]), output, "{model} output");
            assert_eq!(micros(model, &[usage(0, 0, m, 0)]), read, "{model} cache read");
            assert_eq!(micros(model, &[usage(0, 0, 0, m)]), write, "{model} cache write");
        }
    }

    #[test]
    fn a_long_prompt_of_haiku_5_5_costs_five_times_as_much_output_included() {
        let haiku = "claude-haiku-5-5";
        assert_eq!(micros(haiku, &[usage(60_000, 1_000, 40_000, 0)]), 6_000 + 500 + 400);
        assert_eq!(micros(haiku, &[usage(60_001, 1_000, 40_000, 0)]), 30_001 + 2_500 + 2_000);
        // Two short prompts are not one long prompt.
        assert_eq!(micros(haiku, &[usage(60_000, 0, 0, 0); 2]), 12_000);
    }

    #[test]
    fn a_turn_is_rounded_up_once() {
        let call = usage(1, 0, 1, 0); // 0.11 micro-dollars with Haiku 5.5.
        assert_eq!(micros("claude-haiku-5-5", &[call]), 1);
        assert_eq!(micros("claude-haiku-5-5", &[call; 9]), 1);
        assert_eq!(micros("claude-haiku-5-5", &[call; 10]), 2);
        assert_eq!(micros("claude-haiku-5-5", &[]), 0);
    }

    #[test]
    fn a_dated_snapshot_costs_what_its_model_costs() {
        let call = [usage(1_000, 0, 0, 0)];
        assert_eq!(micros("claude-haiku-4-5-20251001", &call), 1_000);
        for unknown in ["claude-haiku-4", "claude-haiku-4-5-latest", "claude-haiku-4-50", ""] {
            assert_eq!(cost(unknown, &call, now()), Err(UnknownModel), "{unknown}");
        }
    }

    #[test]
    fn a_price_holds_from_its_first_day() {
        let on = |at: &str| cost("claude-haiku-5-5", &[], at.parse().unwrap());
        assert_eq!(on("2026-10-06T23:59:59Z"), Err(UnknownModel));
        assert!(on("2026-10-07T00:00:00Z").is_ok());
    }

    #[test]
    fn no_day_has_two_prices_for_one_model() {
        for (n, a) in PRICE_TABLE.iter().enumerate() {
            for b in PRICE_TABLE.iter().skip(n + 1).filter(|b| b.model == a.model) {
                let apart = a.until.is_some_and(|end| end <= b.from) || b.until.is_some_and(|end| end <= a.from);
                assert!(apart, "{} has two prices", a.model);
            }
        }
    }

    #[test]
    fn a_cost_beyond_all_bounds_stops_at_the_largest() {
        let huge = usage(u64::MAX, u64::MAX, u64::MAX, u64::MAX);
        assert_eq!(micros("claude-sonnet-4", &[huge, huge]), i64::MAX);
    }

    fn any_usage() -> impl Strategy<Value = Usage> {
        (0..60_000_u64, 0..9_000_u64, 0..60_000_u64, 0..60_000_u64)
            .prop_map(|(input, output, read, write)| usage(input, output, read, write))
    }

    proptest! {
        #[test]
        fn the_worst_case_is_never_cheaper_than_the_turn(
            model in prop::sample::select(&MODELS),
            calls in prop::collection::vec(any_usage(), 0..6),
            spare_rounds in 0..3_u32,
        ) {
            let longest = calls.iter().map(Usage::prompt).max().unwrap_or(0);
            let wordiest = calls.iter().map(|call| call.output).max().unwrap_or(0);
            let rounds = u32::try_from(calls.len()).unwrap() + spare_rounds;
            let worst = worst_case(model, longest, wordiest, rounds, now()).unwrap();
            prop_assert!(cost(model, &calls, now()).unwrap() <= worst);
        }

        #[test]
        fn charging_calls_apart_never_costs_less_and_at_most_one_micro_dollar_more_each(
            model in prop::sample::select(&MODELS),
            calls in prop::collection::vec(any_usage(), 1..6),
        ) {
            let together = micros(model, &calls);
            let apart: i64 = calls.iter().map(|call| micros(model, &[*call])).sum();
            prop_assert!(together <= apart);
            prop_assert!(apart < together + i64::try_from(calls.len()).unwrap());
        }

        #[test]
        fn more_tokens_never_cost_less(
            model in prop::sample::select(&MODELS),
            call in any_usage(),
            more in any_usage(),
        ) {
            prop_assert!(micros(model, &[call]) <= micros(model, &[call + more]));
        }
    }
}
