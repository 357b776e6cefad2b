//! Days: which days a visitor means, from words and today's date.
//!
//! Days only; the time of day is [`super::times`]'s business. Never looks at a clock.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::words::Words;

/// How many days a search covers when the visitor names none.
pub(super) const WIDEST: i8 = 14;

/// Some days in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days {
    /// The first of them.
    pub(super) from: Date,
    /// How many, from 1 to [`WIDEST`].
    pub(super) count: i8,
}

impl Days {
    /// One day.
    pub(super) fn one(day: Date) -> Self {
        Self { from: day, count: 1 }
    }

    /// `count` days from `from`.
    pub(super) fn many(from: Date, count: i8) -> Self {
        Self { from, count: count.clamp(1, WIDEST) }
    }

    /// `day` is one of them.
    pub(super) fn hold(&self, day: Date) -> bool {
        self.from <= day && day < later(self.from, self.count)
    }
}

/// `day` and `days` more.
pub(super) fn later(day: Date, days: i8) -> Date {
    day.saturating_add(i64::from(days).days())
}

/// The days that `words` mean, seen from `today`; the most exact wins.
pub(super) fn days(words: &Words, today: Date) -> Option<Days> {
    let anywhere =
        |read: fn(&Words, usize, Date) -> Option<Days>| (0..words.count()).find_map(|at| read(words, at, today));
    anywhere(date)
        .or_else(|| anywhere(relative))
        .or_else(|| anywhere(weekday))
        .or_else(|| anywhere(span))
        .or_else(|| anywhere(month))
}

/// A date with a month in it.
fn date(words: &Words, at: usize, today: Date) -> Option<Days> {
    let word = words.at(at);
    if let Ok(date) = word.parse::<Date>() {
        return word.contains('-').then(|| Days::one(date));
    }
    numeric(words, at, today).or_else(|| named(words, at, today)).map(Days::one)
}

/// `3.12.`, `03.12.2026`, `3/12`: the day comes first unless it cannot.
fn numeric(words: &Words, at: usize, today: Date) -> Option<Date> {
    let word = words.at(at);
    let is_time = matches!(words.before(at), "at" | "around" | "by" | "after" | "before" | "from");
    let separator = if word.contains('/') { '/' } else { '.' };
    if is_time && separator == '.' {
        return None;
    }
    let numbers: Option<Vec<i16>> = word.split(separator).map(|part| part.parse().ok()).collect();
    let (first, second, year) = match numbers?.as_slice() {
        [first, second] => (*first, *second, None),
        [first, second, year] => (*first, *second, Some(if *year < 100 { 2000 + year } else { *year })),
        _ => return None,
    };
    let (day, month) = if 12 < second && separator == '/' { (second, first) } else { (first, second) };
    calendar(day, month, year, today)
}

/// `3 December`, `3rd of Dec 2026`, `December 3rd`.
fn named(words: &Words, at: usize, today: Date) -> Option<Date> {
    let month = month_named(words.at(at))?;
    let before = if words.before(at) == "of" { at.checked_sub(2) } else { at.checked_sub(1) };
    if let Some(day) = before.and_then(|before| day_number(words.at(before))) {
        return calendar(day, month, year(words.at(at + 1)), today);
    }
    let next = if words.at(at + 1) == "the" { at + 2 } else { at + 1 };
    let day = day_number(words.at(next))?;
    calendar(day, month, year(words.at(next + 1)), today)
}

fn year(word: &str) -> Option<i16> {
    word.parse().ok().filter(|year| (2000..2100).contains(year))
}

/// `3`, `3rd`.
fn day_number(word: &str) -> Option<i16> {
    let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let suffix = word.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let is_day = matches!(suffix, "" | "st" | "nd" | "rd" | "th");
    digits.parse().ok().filter(|day| is_day && (1..=31).contains(day))
}

/// The next such date; without a year never one that is past.
fn calendar(day: i16, month: i16, year: Option<i16>, today: Date) -> Option<Date> {
    let (day, month) = (i8::try_from(day).ok()?, i8::try_from(month).ok()?);
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    // The 29th of February may be years away.
    (today.year()..today.year() + 8).find_map(|year| Date::new(year, month, day).ok().filter(|date| today <= *date))
}

/// Days counted from today, and days of this month by number.
fn relative(words: &Words, at: usize, today: Date) -> Option<Days> {
    let far = |count: i64| Days::one(today.saturating_add(count.days()));
    match words.at(at) {
        "today" | "tonight" | "todays" | "today's" => Some(far(0)),
        "tomorrow" | "tomorrow's" | "tomorow" | "tommorow" | "tommorrow" | "tmrw" => {
            let is_after = words.before(at) == "after" && at.checked_sub(2).is_some_and(|at| words.at(at) == "day");
            Some(far(if is_after { 2 } else { 1 }))
        }
        "in" | "within" => {
            let count = count(words.at(at + 1))?;
            let unit = words.at(at + 2);
            Some(far(count * unit_days(unit)?))
        }
        unit if unit_days(unit).is_some() && matches!(words.at(at + 1), "from") => {
            let is_from_now = matches!(words.at(at + 2), "now" | "today");
            let days = count(words.before(at))? * unit_days(unit)?;
            is_from_now.then(|| far(days))
        }
        "the" | "on" => nth_of_month(words, at, today),
        _ => None,
    }
}

/// `the 3rd`, unless it is the third of something else.
fn nth_of_month(words: &Words, at: usize, today: Date) -> Option<Days> {
    let word = words.at(at + 1);
    let has_suffix = word.chars().any(|letter| letter.is_ascii_alphabetic());
    let is_choice = matches!(words.at(at + 2), "one" | "option" | "slot" | "time" | "package" | "booking");
    // Out of a few choices, «the 3rd» is the third of them, «on the 3rd» is a day.
    let is_date = words.at(at) == "on" || words.before(at) == "on" || words.before(at) == "for";
    let day = day_number(word).filter(|_| has_suffix && is_date && !is_choice)?;
    let day = i8::try_from(day).ok()?;
    let mut first = today.first_of_month();
    for _ in 0..12 {
        if let Some(date) = Date::new(first.year(), first.month(), day).ok().filter(|date| today <= *date) {
            return Some(Days::one(date));
        }
        first = first.saturating_add(1.month());
    }
    None
}

fn unit_days(unit: &str) -> Option<i64> {
    match unit {
        "day" | "days" => Some(1),
        "week" | "weeks" => Some(7),
        "fortnight" => Some(14),
        _ => None,
    }
}

/// A small number, in digits or letters.
fn count(word: &str) -> Option<i64> {
    const NAMES: [&str; 11] = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    if matches!(word, "a" | "an") {
        return Some(1);
    }
    let named = NAMES.iter().position(|name| !name.is_empty() && *name == word);
    named.and_then(|at| i64::try_from(at).ok()).or_else(|| word.parse().ok().filter(|count| *count <= 366))
}

/// A day of the week: the next one, or that of next week.
fn weekday(words: &Words, at: usize, today: Date) -> Option<Days> {
    let wanted = weekday_named(words.at(at))?;
    if words.before(at) == "next" {
        return Some(Days::one(later(monday_after(today), wanted.to_monday_zero_offset())));
    }
    let mut ahead = wanted.to_monday_zero_offset() - today.weekday().to_monday_zero_offset();
    if ahead < 0 || (ahead == 0 && words.before(at) != "this") {
        ahead += 7;
    }
    // «Friday week» is the one after the next.
    if words.at(at + 1) == "week" {
        ahead += 7;
    }
    Some(Days::one(later(today, ahead)))
}

/// The Monday of next week.
fn monday_after(today: Date) -> Date {
    later(today, 7 - today.weekday().to_monday_zero_offset())
}

/// Weeks and weekends.
fn span(words: &Words, at: usize, today: Date) -> Option<Days> {
    let monday = monday_after(today);
    match (words.before(at), words.at(at)) {
        ("next", "week") => {
            let is_after = at.checked_sub(2).is_some_and(|at| words.at(at) == "after");
            Some(Days::many(if is_after { later(monday, 7) } else { monday }, 7))
        }
        ("this" | "the", "week") if words.at(at + 1) != "after" => {
            let left = 7 - today.weekday().to_monday_zero_offset();
            Some(Days::many(today, left))
        }
        ("next", "weekend") => Some(Days::many(later(monday, 5), 2)),
        (_, "weekend" | "weekends") => match today.weekday() {
            Weekday::Sunday => Some(Days::one(today)),
            _ => Some(Days::many(later(monday, -2), 2)),
        },
        (_, "fortnight") => Some(Days::many(today, WIDEST)),
        _ => None,
    }
}

/// A month, from its start or from today.
fn month(words: &Words, at: usize, today: Date) -> Option<Days> {
    let first = match words.at(at) {
        "month" if words.before(at) == "next" => today.first_of_month().saturating_add(1.month()),
        "month" if words.before(at) == "this" => today.first_of_month(),
        name => {
            // «may» and «march» are verbs too.
            let is_sure = matches!(words.before(at), "in" | "early" | "mid" | "late" | "of" | "during");
            let number = month_named(name).filter(|_| is_sure || !matches!(name, "may" | "march" | "mar"))?;
            let month = i8::try_from(number).ok()?;
            let year = if month < today.month() { today.year() + 1 } else { today.year() };
            Date::new(year, month, 1).ok()?
        }
    };
    let skipped = match words.before(at) {
        "mid" => 9,
        "late" => 19,
        "of" if words.say("end of") => 19,
        _ => 0,
    };
    let from = later(first, skipped).max(today);
    let left = first.last_of_month().day() - from.day() + 1;
    Some(Days::many(from, left))
}

/// 1 for January.
fn month_named(word: &str) -> Option<i16> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let is_named = |name: &&str| **name == *word || (word == "sept" && *name == "september") || is_short(word, name);
    MONTHS.iter().position(is_named).and_then(|at| i16::try_from(at + 1).ok())
}

/// The first three letters of `name`.
fn is_short(word: &str, name: &str) -> bool {
    word.chars().count() == 3 && name.starts_with(word)
}

/// A day of the week, also short or in the plural.
pub(super) fn weekday_named(word: &str) -> Option<Weekday> {
    let singular = word.strip_suffix('s').filter(|word| word.ends_with("day")).unwrap_or(word);
    let day = match singular {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" | "weds" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    };
    Some(day)
}

/// `word` belongs to a date, so it is nobody's name.
pub(super) fn is_calendar_word(word: &str) -> bool {
    weekday_named(word).is_some()
        || month_named(word).is_some()
        || matches!(word, "today" | "tonight" | "tomorrow" | "week" | "weekend" | "morning" | "afternoon" | "evening")
}

#[cfg(test)]
mod tests;
