//! Days of every year, as holidays are.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use thiserror::Error;

/// A day of every year, as 25 December. One of 29 February comes in leap years only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct YearDay {
    month: i8,
    day: i8,
}

/// Not a day of any year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a day of the year")]
pub struct InvalidYearDay;

impl YearDay {
    /// Makes the day, of month 1–12.
    ///
    /// # Errors
    ///
    /// [`InvalidYearDay`] for one that not even a leap year has.
    pub fn new(month: i8, day: i8) -> Result<Self, InvalidYearDay> {
        Date::new(2028, month, day).map(|_| Self { month, day }).map_err(|_| InvalidYearDay)
    }
}

impl From<Date> for YearDay {
    fn from(date: Date) -> Self {
        Self { month: date.month(), day: date.day() }
    }
}

impl fmt::Display for YearDay {
    /// As `12-25`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

impl FromStr for YearDay {
    type Err = InvalidYearDay;

    /// Takes `MM-DD`.
    fn from_str(text: &str) -> Result<Self, InvalidYearDay> {
        let (month, day) = text.split_once('-').ok_or(InvalidYearDay)?;
        let (month, day) = month.parse().ok().zip(day.parse().ok()).ok_or(InvalidYearDay)?;
        let made = Self::new(month, day)?;
        if made.to_string() == text { Ok(made) } else { Err(InvalidYearDay) }
    }
}
