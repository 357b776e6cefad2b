//! Times of day, to the minute.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A minute of the local day, from 00:00 to 24:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DayMinute(u16);

/// Text that is not a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a time of day is from 00:00 to 24:00")]
pub struct InvalidDayMinute;

impl DayMinute {
    /// 00:00.
    pub const START: Self = Self(0);
    /// 24:00, the end of the day.
    pub const END: Self = Self(24 * 60);

    /// The minute with this number.
    ///
    /// # Errors
    ///
    /// [`InvalidDayMinute`] beyond 24:00.
    pub const fn new(minute: u16) -> Result<Self, InvalidDayMinute> {
        if minute <= Self::END.0 { Ok(Self(minute)) } else { Err(InvalidDayMinute) }
    }

    /// A full hour; from 25 on, it does not compile.
    #[must_use]
    pub const fn at<const HOUR: u16>() -> Self {
        const { assert!(HOUR <= 24) };
        Self(HOUR * 60)
    }

    /// Minutes since the day's 00:00.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for DayMinute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for DayMinute {
    type Err = InvalidDayMinute;

    /// Takes `HH:MM`.
    fn from_str(text: &str) -> Result<Self, InvalidDayMinute> {
        let (hours, minutes) = text.split_once(':').ok_or(InvalidDayMinute)?;
        let number = |text: &str| text.parse::<u16>().ok().filter(|n| *n < 60);
        let (hours, minutes) = number(hours).zip(number(minutes)).ok_or(InvalidDayMinute)?;
        let minute = Self::new(hours * 60 + minutes)?;
        if minute.to_string() == text { Ok(minute) } else { Err(InvalidDayMinute) }
    }
}
