//! What a list is about: from when, until when, and of bookings in which status.
//!
//! An end is a moment (RFC 3339) or a local date of the business; a last date is in the list as a whole.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use lambda_http::Request;
use shared::domain::booking::Status;
use shared::http::problem::ApiError;
use shared::http::request::{parsed_query, query};
use shared::store::booking::Span;

/// How far a list reaches that names no end.
const REACH_DAYS: i64 = 366;

/// What a list of bookings asks for.
pub(crate) struct Wanted {
    pub(crate) span: Span,
    /// The list and its filters as they were asked for: what a cursor is bound to.
    pub(crate) query: String,
}

impl Wanted {
    /// Reads `from`, `to` and `status`; without `from` it begins today, on the business's clock.
    pub(crate) fn read(request: &Request, timezone: &TimeZone, now: Timestamp) -> Result<Self, ApiError> {
        let midnight = |date: Date| date.to_zoned(timezone.clone()).map(|at| at.timestamp()).ok();
        let today = now.to_zoned(timezone.clone()).date();
        let from = match query(request, "from") {
            Some(text) => moment(text).or_else(|| midnight(text.parse().ok()?)).ok_or_else(|| invalid("/from"))?,
            None => midnight(today).unwrap_or(now),
        };
        let to = match query(request, "to") {
            Some(text) => {
                let next_day = || midnight(text.parse::<Date>().ok()?.checked_add(1.day()).ok()?);
                moment(text).or_else(next_day).ok_or_else(|| invalid("/to"))?
            }
            None => from.checked_add(jiff::SignedDuration::from_hours(24 * REACH_DAYS)).unwrap_or(Timestamp::MAX),
        };
        if to <= from {
            return Err(ApiError::invalid_field("/to", "out_of_range", "The end must come after the beginning."));
        }
        let status: Option<Status> = parsed_query(request, "status")?;
        let asked = |name| query(request, name).unwrap_or_default();
        let query = format!("bookings?from={}&to={}&status={}", asked("from"), asked("to"), asked("status"));
        Ok(Self { span: Span { from, to, status }, query })
    }
}

/// Reads an end of a list of conversations: a moment, or a local date of the business, of which `is_last` says
/// whether it is in the list as a whole.
pub(crate) fn end(
    request: &Request,
    name: &'static str,
    timezone: &TimeZone,
    is_last: bool,
) -> Result<Option<Timestamp>, ApiError> {
    let Some(text) = query(request, name) else { return Ok(None) };
    let day = || {
        let date = text.parse::<Date>().ok()?;
        let date = if is_last { date.checked_add(1.day()).ok()? } else { date };
        date.to_zoned(timezone.clone()).map(|at| at.timestamp()).ok()
    };
    moment(text).or_else(day).map(Some).ok_or_else(|| invalid(&format!("/{name}")))
}

fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

fn invalid(pointer: &str) -> ApiError {
    ApiError::invalid_field(pointer, "invalid_value", "Expected a date, as 2026-11-21, or a time in RFC 3339.")
}
