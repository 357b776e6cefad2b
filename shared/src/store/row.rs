//! How values are spelled in rows, shared by every noun: times, money, settings.

use jiff::Timestamp;

use super::error::{StoreError, corrupt};
use crate::domain::money::{Currency, Money};

/// Milliseconds since the Unix epoch.
pub(super) fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// The moment of stored milliseconds.
pub(super) fn at(ms: i64, what: &'static str) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(ms).map_err(corrupt(what))
}

/// When DynamoDB may remove a row: seconds since the Unix epoch. It does so within two days, so readers check again.
pub(super) fn ttl(at: Timestamp) -> i64 {
    at.as_second()
}

/// Parses stored text as the value it was made from.
pub(super) fn parse<T>(text: &str, what: &'static str) -> Result<T, StoreError>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse().map_err(corrupt(what))
}

/// Money from its stored halves.
pub(super) fn money(minor: i64, currency: &str, what: &'static str) -> Result<Money, StoreError> {
    let currency: Currency = parse(currency, what)?;
    Money::new(minor, currency).map_err(corrupt(what))
}
