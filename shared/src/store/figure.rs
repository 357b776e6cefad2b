//! Figures: how they are named as attributes, on a day's item and, behind the day, on the meter.
//!
//! The meter is written twice in every turn and billed by its size, so there a day is four letters: `d` and the
//! days since 1970 to the base of 36, as in `dg16turns`. Renaming a figure is a migration: what stood under the
//! names of before (`d_20261121_turns`, and what was used by whatever model) is still read and moved, never written.

use jiff::SignedDuration;
use jiff::civil::{Date, date};

use super::expression::Item;
use super::meter::signed;
use crate::domain::feedback::Rating;
use crate::domain::figure::{Charge, Figure, Tally, Used};
use crate::domain::histogram::Bucket;

/// What the attributes of the days' figures on the meter begin with.
const DAY: char = 'd';

/// How many digits a day has: enough until 2097.
const DAY_DIGITS: usize = 3;

const BASE: u32 = 36;

const EPOCH: Date = date(1970, 1, 1);

/// Whose charge it is that was counted without its model.
const UNKNOWN: &str = "unknown";

/// What was counted before models were told apart, by the name that it had.
const USED_BY_ANY: [(&str, Used); 6] = [
    ("turns", Used::Turns),
    ("input", Used::Input),
    ("output", Used::Output),
    ("cache_read", Used::CacheRead),
    ("cache_write", Used::CacheWrite),
    ("cost", Used::Cost),
];

const WORDS: [(&str, Figure); 10] = [
    ("conversations", Figure::Conversations),
    ("escalated", Figure::Escalated),
    ("left", Figure::Left),
    ("messages", Figure::Messages),
    ("ms", Figure::AnswerMs),
    ("fallback", Figure::Fallback),
    ("deflected", Figure::Deflected),
    ("bookings", Figure::Bookings),
    ("chat_bookings", Figure::ChatBookings),
    ("paid", Figure::Paid),
];

const USED: [(&str, Used); 7] = [
    ("turns", Used::Turns),
    ("handovers", Used::Handovers),
    ("input", Used::Input),
    ("output", Used::Output),
    ("read", Used::CacheRead),
    ("write", Used::CacheWrite),
    ("cost", Used::Cost),
];

/// A figure's attribute on its day's item, as `conversations`, `rated_5`, `t_93`, `cost_claude-haiku-4-5_2026-10-07`.
pub(super) fn name_of(figure: &Figure) -> String {
    match figure {
        Figure::Answered(bucket) => format!("t_{}", bucket.number()),
        Figure::Rated(rating) => format!("rated_{}", rating.stars()),
        Figure::Used(charge, used) => {
            let word = USED.iter().find(|(_, known)| known == used).map_or("", |(word, _)| word);
            format!("{word}_{}_{}", charge.price_version, charge.model)
        }
        plain => WORDS.iter().find(|(_, known)| known == plain).map_or("", |(word, _)| word).to_owned(),
    }
}

/// The figure that an attribute of a day's item names, if it is one that this version knows.
pub(super) fn figure_named(name: &str) -> Option<Figure> {
    if let Some((_, figure)) = WORDS.iter().find(|(word, _)| *word == name) {
        return Some(figure.clone());
    }
    if let Some((_, used)) = USED_BY_ANY.iter().find(|(known, _)| *known == name) {
        let charge = Charge { model: UNKNOWN.to_owned(), price_version: UNKNOWN.to_owned() };
        return Some(Figure::Used(charge, *used));
    }
    let (word, rest) = name.split_once('_')?;
    match word {
        "t" => Some(Figure::Answered(Bucket::numbered(rest.parse().ok()?)?)),
        "rated" => Some(Figure::Rated(Rating::new(rest.parse().ok()?).ok()?)),
        _ => {
            let used = USED.iter().find(|(known, _)| *known == word)?.1;
            let (price_version, model) = rest.split_once('_')?;
            Some(Figure::Used(Charge { model: model.to_owned(), price_version: price_version.to_owned() }, used))
        }
    }
}

/// A figure's attribute on the meter.
pub(super) fn on_meter(day: Date, figure: &Figure) -> String {
    let days = day.duration_since(EPOCH).as_hours() / 24;
    format!("{DAY}{}{}", base36(days.unsigned_abs()), name_of(figure))
}

/// The day and the rest of an attribute's name, if it is a day's figure on the meter.
pub(super) fn day_and_name(attribute: &str) -> Option<(Date, &str)> {
    let rest = attribute.strip_prefix(DAY)?;
    if let Some((day, name)) = rest.strip_prefix('_').and_then(|rest| rest.split_once('_')) {
        return Some((Date::strptime("%Y%m%d", day).ok()?, name));
    }
    let (day, name) = rest.split_at_checked(DAY_DIGITS)?;
    let days = i64::from_str_radix(day, BASE).ok()?;
    Some((EPOCH.checked_add(SignedDuration::from_hours(24 * days)).ok()?, name))
}

/// The figures on a day's item. Attributes that this version does not know are passed over.
pub(super) fn tally_of(item: &Item) -> Tally {
    item.keys().filter_map(|name| Some((figure_named(name)?, signed(item, name)))).collect()
}

fn base36(mut number: u64) -> String {
    let mut digits = [b'0'; DAY_DIGITS];
    for digit in digits.iter_mut().rev() {
        let value = u32::try_from(number % u64::from(BASE)).unwrap_or_default();
        *digit = char::from_digit(value, BASE).and_then(|digit| u8::try_from(digit).ok()).unwrap_or(b'0');
        number /= u64::from(BASE);
    }
    digits.map(char::from).iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_reads_back_from_the_meter() {
        let charge = Charge { model: "claude-haiku-4-5-20251001".to_owned(), price_version: "2026-10-07".to_owned() };
        let figures = WORDS.iter().map(|(_, figure)| figure.clone());
        let figures = figures.chain(USED.iter().map(|(_, used)| Figure::Used(charge.clone(), *used)));
        let figures = figures.chain((1..=5).map(|stars| Figure::Rated(Rating::new(stars).unwrap())));
        let figures = figures.chain((0..Bucket::COUNT).filter_map(Bucket::numbered).map(Figure::Answered));
        for figure in figures {
            for day in [date(1970, 1, 1), date(2026, 11, 21), date(2028, 2, 29), date(2097, 9, 26)] {
                let attribute = on_meter(day, &figure);
                let (read_day, name) = day_and_name(&attribute).unwrap();
                assert_eq!((read_day, figure_named(name)), (day, Some(figure.clone())), "{attribute}");
            }
        }
        assert_eq!(on_meter(date(2026, 11, 21), &Figure::Conversations), "dg16conversations");
    }

    #[test]
    fn what_is_no_figure_is_passed_over() {
        for other in ["pk", "sk", "v", "c_202611", "h_2026112114", "r_turn", "d", "dü", "d_2"] {
            assert_eq!(day_and_name(other).and_then(|(_, name)| figure_named(name)), None, "{other}");
        }
        for other in ["pk", "t_128", "t_x", "rated_0", "rated_6", "cost_2026-10-07", "spent_1_2", ""] {
            assert_eq!(figure_named(other), None, "{other}");
        }
    }
}
