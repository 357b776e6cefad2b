//! Money: whole minor units with a currency, and whole micro-dollars for what the assistant costs.
//!
//! Never a float; arithmetic is checked and mixes no currencies.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// An ISO 4217 currency code: three capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

/// Text that is not a currency this product can charge in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a currency code")]
pub struct InvalidCurrency;

impl Currency {
    /// The code, as `EUR`.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimal digits the minor unit stands for (ISO 4217: JPY 0, KWD 3, most 2).
    #[must_use]
    pub fn minor_digits(&self) -> u32 {
        match self.code() {
            "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "MGA" | "PYG" | "RWF" | "UGX" | "VND" | "VUV"
            | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 3,
            _ => 2,
        }
    }
}

impl Currency {
    /// What every share of an amount is a whole multiple of, in minor units: Stripe charges currencies of
    /// three digits in tens only.
    #[must_use]
    pub fn step(&self) -> i64 {
        if self.minor_digits() == 3 { 10 } else { 1 }
    }

    /// The least that Stripe charges at once, in minor units, by its own table
    /// (<https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>). A currency that is not listed
    /// there counts as the dollar does: Stripe converts it, at a rate that nobody knows before.
    #[must_use]
    pub fn least_charge(&self) -> i64 {
        match self.code() {
            "GBP" => 30,
            "BGN" => 100,
            "DKK" => 250,
            "NOK" | "SEK" => 300,
            "HKD" => 400,
            "MYR" | "PLN" | "RON" | "AED" => 200,
            "CZK" => 1_500,
            "HUF" => 17_500,
            "MXN" | "THB" => 1_000,
            _ if self.minor_digits() == 3 => 500,
            _ => 50,
        }
    }
}

impl FromStr for Currency {
    type Err = InvalidCurrency;

    /// Takes three ASCII letters of either case.
    fn from_str(text: &str) -> Result<Self, InvalidCurrency> {
        let bytes: [u8; 3] = text.as_bytes().try_into().map_err(|_| InvalidCurrency)?;
        if bytes.iter().all(u8::is_ascii_alphabetic) {
            Ok(Self(bytes.map(|b| b.to_ascii_uppercase())))
        } else {
            Err(InvalidCurrency)
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount of money in minor units (cents of most currencies).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// An amount outside what a package may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an amount is from 0 to {} minor units", Money::MAX_MINOR)]
pub struct InvalidAmount;

impl Money {
    /// The most that one amount may be: Stripe's limit of eight digits.
    pub const MAX_MINOR: i64 = 99_999_999;

    /// Makes an amount of `minor` units, from 0 to [`Money::MAX_MINOR`].
    ///
    /// # Errors
    ///
    /// [`InvalidAmount`] outside that range.
    pub const fn new(minor: i64, currency: Currency) -> Result<Self, InvalidAmount> {
        if minor < 0 || Self::MAX_MINOR < minor {
            return Err(InvalidAmount);
        }
        Ok(Self { minor, currency })
    }

    /// Nothing, in `currency`.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Minor units.
    #[must_use]
    pub const fn minor(&self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// Claims that Stripe can charge it: that it is not below the least of its currency, and a whole number of
    /// its steps. Nothing is never charged.
    #[must_use]
    pub fn can_be_charged(&self) -> bool {
        self.currency.least_charge() <= self.minor && self.minor % self.currency.step() == 0
    }

    /// Claims that nothing is to be paid.
    #[must_use]
    pub const fn is_free(&self) -> bool {
        self.minor == 0
    }

    /// `percent` of it, rounded half up to a whole [`step`](Currency::step) and never more than it; over 100
    /// counts as 100.
    #[must_use]
    pub fn percent(&self, percent: u8) -> Self {
        let step = self.currency.step();
        let steps = (self.minor * i64::from(percent.min(100)) + 50 * step) / (100 * step);
        Self { minor: (steps * step).min(self.minor), currency: self.currency }
    }

    /// It, or `most` when that is less. Amounts of another currency are no bound.
    #[must_use]
    pub fn at_most(&self, most: Self) -> Self {
        if most.currency == self.currency && most.minor < self.minor { most } else { *self }
    }

    /// It, or `least` when that is more. Amounts of another currency are no bound.
    #[must_use]
    pub fn at_least(&self, least: Self) -> Self {
        if least.currency == self.currency && self.minor < least.minor { least } else { *self }
    }

    /// It and `other` together, at most [`Money::MAX_MINOR`]. An amount of another currency adds nothing.
    #[must_use]
    pub fn with(&self, other: Self) -> Self {
        let other = if other.currency == self.currency { other.minor } else { 0 };
        Self { minor: self.minor.saturating_add(other).min(Self::MAX_MINOR), currency: self.currency }
    }

    /// What is left of it without `part`; nothing when `part` is all of it, or more. An amount of another
    /// currency takes nothing away.
    #[must_use]
    pub fn without(&self, part: Self) -> Self {
        let part = if part.currency == self.currency { part.minor } else { 0 };
        Self { minor: self.minor.saturating_sub(part).max(0), currency: self.currency }
    }
}

impl fmt::Display for Money {
    /// For people: `€120.00`, `$5.00`, `CHF 80.00`, `¥500`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.currency.code() {
            "EUR" => f.write_str("€")?,
            "USD" => f.write_str("$")?,
            "GBP" => f.write_str("£")?,
            "JPY" => f.write_str("¥")?,
            code => write!(f, "{code} ")?,
        }
        let digits = self.currency.minor_digits();
        if digits == 0 {
            return write!(f, "{}", self.minor);
        }
        let unit = 10_i64.pow(digits);
        let width = digits as usize;
        write!(f, "{}.{:0width$}", self.minor / unit, self.minor % unit)
    }
}

/// Millionths of a US dollar: the unit of the cost ledger. 1 USD = 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct MicroUsd(i64);

impl MicroUsd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Makes a cost of `micros` millionths of a dollar.
    #[must_use]
    pub const fn new(micros: i64) -> Self {
        Self(micros)
    }

    /// Millionths of a dollar.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum, stopping at the largest value rather than wrapping.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, stopping at the smallest value rather than wrapping.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for MicroUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let micros = self.0.unsigned_abs();
        write!(f, "{sign}${}.{:06}", micros / 1_000_000, micros % 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, code: &str) -> Money {
        Money::new(minor, code.parse().unwrap()).unwrap()
    }

    #[test]
    fn money_reads_as_people_write_it() {
        for (minor, code, text) in [
            (12_000, "EUR", "€120.00"),
            (5, "USD", "$0.05"),
            (500, "JPY", "¥500"),
            (1_234, "KWD", "KWD 1.234"),
            (8_000, "chf", "CHF 80.00"),
        ] {
            assert_eq!(money(minor, code).to_string(), text);
        }
    }

    #[test]
    fn an_amount_is_never_negative_nor_beyond_what_can_be_charged() {
        let euro = "EUR".parse().unwrap();
        assert_eq!(Money::new(-1, euro), Err(InvalidAmount));
        assert!(Money::new(Money::MAX_MINOR, euro).is_ok());
        assert_eq!(Money::new(Money::MAX_MINOR + 1, euro), Err(InvalidAmount));
    }

    #[test]
    fn a_share_is_rounded_half_up_to_what_can_be_charged() {
        for (minor, code, percent, share) in [
            (125, "EUR", 50, 63),
            (124, "EUR", 50, 62),
            (10_001, "EUR", 33, 3_300),
            (10_050, "EUR", 33, 3_317),
            (100, "EUR", 200, 100),
            (1, "EUR", 49, 0),
            (1, "EUR", 50, 1),
            (999, "JPY", 10, 100),
            (12_340, "KWD", 50, 6_170),
            (12_345, "KWD", 50, 6_170),
            (12_350, "KWD", 50, 6_180),
            (12_345, "KWD", 100, 12_345),
            (0, "EUR", 100, 0),
        ] {
            assert_eq!(money(minor, code).percent(percent).minor(), share, "{percent}% of {minor} {code}");
        }
    }

    #[test]
    fn a_bound_of_another_currency_is_none() {
        let (two, three, yen) = (money(2, "EUR"), money(3, "EUR"), money(1, "JPY"));
        assert_eq!((three.at_most(two), two.at_most(three), three.at_most(yen)), (two, two, three));
        assert_eq!((two.at_least(three), three.at_least(two), two.at_least(yen)), (three, three, two));
        assert_eq!((three.without(two).minor(), two.without(three).minor(), two.without(yen)), (1, 0, two));
    }

    #[test]
    fn micro_dollars_show_six_digits() {
        assert_eq!(MicroUsd::new(1_234_567).to_string(), "$1.234567");
        assert_eq!(MicroUsd::new(-5).to_string(), "-$0.000005");
    }
}
