//! The monthly statement: what the assistant used, day by day, by model and price version.
//!
//! Made from the days' figures, which the turns themselves have counted; a line is whole micro-dollars and whole
//! tokens, and the total is the sum of the lines. Days are UTC days, as prices are.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::civil::Date;
use thiserror::Error;

use super::analytics::Period;
use super::csv::{Cell, Csv};
use super::figure::{Charge, Tally, Used};

const COLUMNS: [(&str, Option<Used>); 10] = [
    ("date", None),
    ("model", None),
    ("priceVersion", None),
    ("turns", Some(Used::Turns)),
    ("handovers", Some(Used::Handovers)),
    ("inputTokens", Some(Used::Input)),
    ("outputTokens", Some(Used::Output)),
    ("cacheReadTokens", Some(Used::CacheRead)),
    ("cacheWriteTokens", Some(Used::CacheWrite)),
    ("microUsd", Some(Used::Cost)),
];

/// A month, as `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month(Date);

/// Text that names no month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a month is written as 2026-11")]
pub struct InvalidMonth;

impl FromStr for Month {
    type Err = InvalidMonth;

    fn from_str(text: &str) -> Result<Self, InvalidMonth> {
        let is_plain = text.len() == 7 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let first = is_plain.then(|| format!("{text}-01").parse().ok()).flatten();
        first.map(Self).ok_or(InvalidMonth)
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m"))
    }
}

impl Month {
    /// Its days.
    #[must_use]
    pub fn period(self) -> Period {
        Period { first: self.0.first_of_month(), last: self.0.last_of_month() }
    }
}

/// The statement of the days in `days`: a line for each day, model and price version, and the total.
#[must_use]
pub fn csv(days: &BTreeMap<Date, Tally>) -> String {
    let mut csv = Csv::new(&COLUMNS.map(|(name, _)| name));
    let mut total = BTreeMap::<Used, u64>::new();
    for (date, tally) in days {
        for (Charge { model, price_version }, used) in tally.charges() {
            let date = date.to_string();
            line(&mut csv, [Cell::Text(&date), Cell::Text(model), Cell::Text(price_version)], &used);
            for (what, by) in used {
                let sum = total.entry(what).or_default();
                *sum = sum.saturating_add(by);
            }
        }
    }
    line(&mut csv, [Cell::Text("total"), Cell::Empty, Cell::Empty], &total);
    csv.into_text()
}

fn line(csv: &mut Csv, heads: [Cell<'_>; 3], used: &BTreeMap<Used, u64>) {
    let numbers = COLUMNS.iter().filter_map(|(_, used)| *used);
    let numbers = numbers.map(|what| Cell::Number(used.get(&what).copied().unwrap_or_default()));
    csv.line(heads.into_iter().chain(numbers));
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::figure::Figure;

    #[test]
    fn a_statement_has_a_line_for_each_day_and_price_and_their_sum() {
        let used = |model: &str, used: [(Used, i64); 2]| {
            let charge = Charge { model: model.to_owned(), price_version: "2026-10-07".to_owned() };
            used.map(|(what, by)| (Figure::Used(charge.clone(), what), by))
        };
        let monday = used("claude-haiku-4-5", [(Used::Turns, 3), (Used::Cost, 1_200)]).into_iter();
        let monday = monday.chain(used("=cmd|' /C calc'!A0", [(Used::Turns, 1), (Used::Input, 7)])).collect();
        let tuesday = used("claude-haiku-4-5", [(Used::CacheRead, 40), (Used::CacheWrite, 5)]).into_iter().collect();
        let days = [(date(2026, 11, 2), monday), (date(2026, 11, 3), tuesday)].into();
        insta::assert_snapshot!(csv(&days).replace("\r\n", "\n"), @r"
        date,model,priceVersion,turns,handovers,inputTokens,outputTokens,cacheReadTokens,cacheWriteTokens,microUsd
        2026-11-02,'=cmd|' /C calc'!A0,2026-10-07,1,0,7,0,0,0,0
        2026-11-02,claude-haiku-4-5,2026-10-07,3,0,0,0,0,0,1200
        2026-11-03,claude-haiku-4-5,2026-10-07,0,0,0,0,40,5,0
        total,,,4,0,7,0,40,5,1200
        ");
    }

    #[test]
    fn a_month_without_turns_comes_to_nothing() {
        assert!(csv(&BTreeMap::new()).ends_with("\r\ntotal,,,0,0,0,0,0,0,0\r\n"));
    }

    #[test]
    fn a_month_is_a_year_and_a_month() {
        let period = |text: &str| text.parse::<Month>().map(Month::period);
        assert_eq!(period("2028-02"), Ok(Period { first: date(2028, 2, 1), last: date(2028, 2, 29) }));
        assert_eq!("2028-02".parse::<Month>().unwrap().to_string(), "2028-02");
        for odd in ["", "2026", "2026-1", "2026-13", "2026-00", "2026-11-01", "+026-11", "2026-1\u{661}"] {
            assert_eq!(period(odd), Err(InvalidMonth), "{odd}");
        }
    }
}
