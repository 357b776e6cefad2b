//! Times: which time of day a visitor means.
//!
//! A time or a part of the day, in the business's own timezone. Never a date.

use jiff::civil::{Time, time};

use super::words::Words;

/// A time of day, or a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Times {
    /// Exactly then.
    At(Time),
    /// From the first on, and before the second.
    Between(Time, Time),
}

const START: Time = time(0, 0, 0, 0);
const NOON: Time = time(12, 0, 0, 0);
const END: Time = Time::MAX;

impl Times {
    /// `time` is what the visitor means.
    pub(super) fn hold(&self, time: Time) -> bool {
        match self {
            Self::At(exact) => *exact == time,
            Self::Between(from, to) => *from <= time && time < *to,
        }
    }

    /// How far `time` is from it, in minutes.
    pub(super) fn distance(&self, time: Time) -> i32 {
        let gap = |other: Time| (minutes(time) - minutes(other)).abs();
        match self {
            Self::At(exact) => gap(*exact),
            Self::Between(..) if self.hold(time) => 0,
            Self::Between(from, to) => gap(*from).min(gap(*to)),
        }
    }
}

fn minutes(time: Time) -> i32 {
    i32::from(time.hour()) * 60 + i32::from(time.minute())
}

/// The time that `words` mean.
pub(super) fn times(words: &Words) -> Option<Times> {
    let places = 0..words.count();
    places
        .clone()
        .find_map(|at| range(words, at))
        .or_else(|| places.clone().find_map(|at| open(words, at)))
        .or_else(|| places.clone().find_map(|at| clock(words, at).map(|(time, _)| Times::At(time))))
        .or_else(|| places.clone().find_map(|at| part(words, at)))
}

/// `between 2 and 4`, `from 9 to 11:30`, `2-4pm`.
fn range(words: &Words, at: usize) -> Option<Times> {
    if let Some((first, second)) = words.at(at).split_once('-') {
        let (to, is_sure) = read(second, words.at(at + 1))?;
        let from = bare_like(first, second)?;
        return (is_sure && from < to).then_some(Times::Between(from, to));
    }
    let joint = match words.at(at) {
        "between" => ["and", "and"],
        "from" => ["to", "until"],
        _ => return None,
    };
    // The hours may be two words each: «2 pm».
    let second = (at + 2..at + 4).find(|place| joint.contains(&words.at(*place)))? + 1;
    let (to, _) = hour(words, second)?;
    let has_half = words.at(at + 2) == "am" || words.at(at + 2) == "pm";
    let from = if has_half { hour(words, at + 1)?.0 } else { bare_like(words.at(at + 1), words.at(second))? };
    (from < to).then_some(Times::Between(from, to))
}

/// The first hour of «2-4pm» is in the same half of the day as the second.
fn bare_like(word: &str, second: &str) -> Option<Time> {
    let half = if second.ends_with("am") { "am" } else { "" };
    let (time, _) = read(word, half)?;
    let afternoon = read(word, "pm").map(|(time, _)| time);
    Some(match afternoon {
        Some(afternoon) if second.ends_with("pm") && read(second, "").is_some_and(|(to, _)| afternoon < to) => {
            afternoon
        }
        _ => time,
    })
}

/// `after 3pm`, `before noon`, `around 11`.
fn open(words: &Words, at: usize) -> Option<Times> {
    let (time, _) = hour(words, at + 1)?;
    match words.at(at) {
        "after" | "past" | "from" | "since" => {
            // «half past two» is a time of its own.
            let is_fraction = matches!(words.before(at), "half" | "quarter");
            (!is_fraction).then_some(Times::Between(time, END))
        }
        "before" | "until" | "till" | "by" => Some(Times::Between(START, time)),
        "around" | "about" | "roughly" | "approximately" => {
            let hour = jiff::SignedDuration::from_mins(61);
            Some(Times::Between(time.saturating_sub(jiff::SignedDuration::from_mins(60)), time.saturating_add(hour)))
        }
        _ => None,
    }
}

/// A time of the clock, and how many words it takes.
fn clock(words: &Words, at: usize) -> Option<(Time, usize)> {
    if let Some(time) = fraction(words, at) {
        return Some((time, 3));
    }
    let word = words.at(at);
    match word {
        "noon" | "midday" => return Some((NOON, 1)),
        "midnight" => return Some((START, 1)),
        _ => {}
    }
    let next = words.at(at + 1);
    let (time, is_sure) = read(word, next)?;
    let is_announced = matches!(words.before(at), "at" | "@");
    let is_clock = matches!(next, "o'clock" | "oclock" | "uhr");
    // «at 3 December» and «at 12/24» are dates.
    let is_plain = word.chars().all(|letter| letter.is_ascii_digit() || ".:".contains(letter));
    let is_date = super::days::is_calendar_word(next) || next == "of";
    let is_time = is_sure || ((is_announced || is_clock) && is_plain && !is_date);
    is_time.then_some((time, 1))
}

/// An hour where one is expected, so that a bare number is one.
fn hour(words: &Words, at: usize) -> Option<(Time, usize)> {
    let is_date = super::days::is_calendar_word(words.at(at + 1)) || words.at(at + 1) == "of";
    let is_span = matches!(words.at(at + 1), "day" | "days" | "week" | "weeks" | "people" | "hours");
    clock(words, at).or_else(|| {
        let (time, _) =
            read(words.at(at), words.at(at + 1)).or_else(|| named_hour(words.at(at)).map(|time| (time, true)))?;
        (!is_date && !is_span).then_some((time, 1))
    })
}

/// `half past two`, `quarter to 3`.
fn fraction(words: &Words, at: usize) -> Option<Time> {
    let part = match words.at(at) {
        "half" => 30,
        "quarter" => 15,
        _ => return None,
    };
    let word = words.at(at + 2);
    let hour = named_hour(word).or_else(|| read(word, words.at(at + 3)).map(|(time, _)| time))?;
    let span = jiff::SignedDuration::from_mins(part);
    match words.at(at + 1) {
        "past" | "after" => hour.checked_add(span).ok(),
        "to" | "before" => hour.checked_sub(span).ok(),
        _ => None,
    }
}

fn named_hour(word: &str) -> Option<Time> {
    const NAMES: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let hour = NAMES.iter().position(|name| *name == word)? + 1;
    read(&hour.to_string(), "").map(|(time, _)| time)
}

/// Reads `10:30`, `2pm`, `2` with `pm` next to it, `14h`, `14.30`; and whether it can only be a time.
fn read(word: &str, next: &str) -> Option<(Time, bool)> {
    let word = word.replace("a.m", "am").replace("p.m", "pm");
    let next = next.replace("a.m", "am").replace("p.m", "pm");
    let (digits, half) = if let Some(digits) = word.strip_suffix("am") {
        (digits, Some("am"))
    } else if let Some(digits) = word.strip_suffix("pm") {
        (digits, Some("pm"))
    } else if next == "am" || next == "pm" {
        (word.as_str(), Some(next.as_str()))
    } else {
        (word.as_str(), None)
    };
    let is_whole_hour = digits.ends_with('h');
    let digits = digits.trim_end_matches('h');
    let (hour, minute, has_colon) = match digits.split_once([':', 'h', '.']) {
        Some((hour, minute)) if minute.chars().count() == 2 => {
            (hour.parse::<i8>().ok()?, minute.parse::<i8>().ok()?, !digits.contains('.'))
        }
        Some(_) => return None,
        None => (digits.parse::<i8>().ok()?, 0, false),
    };
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some("am") => hour % 12,
        Some(_) => hour % 12 + 12,
        // Nobody books a haircut at three in the night.
        None if !has_colon && !is_whole_hour && (1..=7).contains(&hour) => hour + 12,
        None if has_colon && (1..=7).contains(&hour) && !digits.starts_with('0') => hour + 12,
        None => hour,
    };
    let time = Time::new(hour, minute, 0, 0).ok()?;
    Some((time, half.is_some() || has_colon || is_whole_hour))
}

/// A part of the day by its name.
fn part(words: &Words, at: usize) -> Option<Times> {
    if words.before(at) == "good" {
        return None;
    }
    match words.at(at) {
        "morning" | "mornings" => Some(Times::Between(START, NOON)),
        "lunch" | "lunchtime" => Some(Times::Between(NOON, time(14, 0, 0, 0))),
        "afternoon" | "afternoons" => Some(Times::Between(NOON, time(17, 0, 0, 0))),
        "evening" | "evenings" | "tonight" => Some(Times::Between(time(17, 0, 0, 0), END)),
        "work" if words.before(at) == "after" => Some(Times::Between(time(17, 0, 0, 0), END)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
