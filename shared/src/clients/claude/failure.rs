//! What one failed call means, and whether another may follow.

use std::time::Duration;

use jiff::fmt::rfc2822;
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

use super::error::{Fault, ModelError};

/// Why a call failed.
#[derive(Debug)]
pub(super) struct Failure {
    /// What to tell the caller if this was the last try.
    pub(super) error: ModelError,
    /// Whether another try may help.
    pub(super) again: Again,
}

/// Whether another try may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// No.
    Never,
    /// Yes, after the usual pause.
    Soon,
    /// Yes, but not before this long.
    After(Duration),
}

impl Failure {
    /// A response other than 200.
    ///
    /// A 429 without `retry-after` is a spend limit. One with it, and every failure of theirs, is
    /// worth another try; all else is ours to mend.
    pub(super) fn of_status(status: StatusCode, headers: &HeaderMap, kind: Option<&str>) -> Self {
        let kind = kind.map(known).unwrap_or_else(|| "unknown".to_owned());
        let code = status.as_u16();
        let pause = retry_after(headers);
        let again = match pause {
            Some(pause) if !pause.is_zero() => Again::After(pause),
            _ => Again::Soon,
        };
        match code {
            429 if pause.is_none() => Self::never(ModelError::SpendLimit),
            402 => Self::never(ModelError::SpendLimit),
            429 | 503 | 529 => Self { error: ModelError::Overloaded { retry_after: pause }, again },
            408 | 500.. => Self { error: ModelError::unavailable(Fault::Status { status: code, kind }), again },
            300..400 => Self::never(ModelError::unavailable(Fault::Status { status: code, kind })),
            _ => {
                let request_id = request_id(headers);
                Self::never(ModelError::Refused { status: code, kind, request_id })
            }
        }
    }

    /// An `error` event in a stream that began with 200.
    pub(super) fn of_event(kind: &str) -> Self {
        let kind = known(kind);
        match kind.as_str() {
            "overloaded_error" | "rate_limit_error" => Self::soon(ModelError::Overloaded { retry_after: None }),
            "billing_error" => Self::never(ModelError::SpendLimit),
            "invalid_request_error"
            | "authentication_error"
            | "permission_error"
            | "not_found_error"
            | "request_too_large" => Self::never(ModelError::Refused { status: 200, kind, request_id: None }),
            _ => Self::soon(ModelError::unavailable(Fault::Event(kind))),
        }
    }

    /// No connection, or one that broke.
    pub(super) fn transport(err: reqwest::Error) -> Self {
        // Without the address: it may hold what an operator put into it.
        let err = err.without_url();
        if err.is_timeout() {
            return Self::too_slow();
        }
        let again = if err.is_builder() { Again::Never } else { Again::Soon };
        Self { error: ModelError::unavailable(err), again }
    }

    /// Nothing came for too long.
    pub(super) fn too_slow() -> Self {
        Self::soon(ModelError::TooSlow)
    }

    /// Not what the protocol says.
    pub(super) fn garbled() -> Self {
        Self::soon(ModelError::unavailable(Fault::Garbled))
    }

    /// An end before the end.
    pub(super) fn cut() -> Self {
        Self::soon(ModelError::unavailable(Fault::Cut))
    }

    fn soon(error: ModelError) -> Self {
        Self { error, again: Again::Soon }
    }

    fn never(error: ModelError) -> Self {
        Self { error, again: Again::Never }
    }
}

/// `kind` if it looks like a kind of error, so that nothing else reaches a log.
fn known(kind: &str) -> String {
    let is_kind = kind.len() <= 40 && kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if is_kind { kind.to_owned() } else { "unknown".to_owned() }
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(HeaderName::from_static("request-id"))?.to_str().ok()?;
    let is_id = id.len() <= 80 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_id.then(|| id.to_owned())
}

/// How long to wait, given in seconds or as a date; zero when present but unreadable.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().unwrap_or_default().trim();
    let seconds = text.parse::<f64>().ok().and_then(|s| Duration::try_from_secs_f64(s).ok());
    Some(seconds.or_else(|| until(text, headers)).unwrap_or_default())
}

/// From the response's own date to `date`: two clocks never have to agree.
fn until(date: &str, headers: &HeaderMap) -> Option<Duration> {
    let parse = |text: &str| rfc2822::DateTimeParser::new().parse_zoned(text).ok();
    let then = parse(date)?.timestamp();
    let now = parse(headers.get(DATE)?.to_str().ok()?)?.timestamp();
    Duration::try_from(then.duration_since(now)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_pause_is_read_in_seconds_or_as_a_date() {
        let date = ("date", "Sat, 21 Nov 2026 12:00:00 GMT");
        for (given, pause) in [
            (&[][..], None),
            (&[("retry-after", "7")], Some(Duration::from_secs(7))),
            (&[("retry-after", "0.5")], Some(Duration::from_millis(500))),
            (&[("retry-after", "-1")], Some(Duration::ZERO)),
            (&[("retry-after", "soon")], Some(Duration::ZERO)),
            (&[("retry-after", "1e300")], Some(Duration::ZERO)),
            (&[date, ("retry-after", "Sat, 21 Nov 2026 12:00:09 GMT")], Some(Duration::from_secs(9))),
            (&[date, ("retry-after", "Sat, 21 Nov 2026 11:00:00 GMT")], Some(Duration::ZERO)),
        ] {
            assert_eq!(retry_after(&headers(given)), pause, "{given:?}");
        }
    }

    #[test]
    fn each_status_means_one_thing() {
        let after = headers(&[("retry-after", "2")]);
        let none = HeaderMap::new();
        let two = Again::After(Duration::from_secs(2));
        for (status, given, error, again) in [
            (400, &none, "Refused", Again::Never),
            (401, &none, "Refused", Again::Never),
            (402, &none, "SpendLimit", Again::Never),
            (403, &none, "Refused", Again::Never),
            (404, &none, "Refused", Again::Never),
            (413, &none, "Refused", Again::Never),
            (429, &none, "SpendLimit", Again::Never),
            (429, &after, "Overloaded", two),
            (302, &none, "Unavailable", Again::Never),
            (408, &none, "Unavailable", Again::Soon),
            (500, &none, "Unavailable", Again::Soon),
            (502, &none, "Unavailable", Again::Soon),
            (503, &after, "Overloaded", two),
            (504, &none, "Unavailable", Again::Soon),
            (529, &none, "Overloaded", Again::Soon),
        ] {
            let failure = Failure::of_status(StatusCode::from_u16(status).unwrap(), given, None);
            assert!(format!("{:?}", failure.error).starts_with(error), "{status}: {failure:?}");
            assert_eq!(failure.again, again, "{status}");
        }
    }

    #[test]
    fn nothing_but_a_kind_reaches_an_error() {
        let secret = "my prompt was: Tell ann@example.com";
        let failure = Failure::of_status(StatusCode::BAD_REQUEST, &HeaderMap::new(), Some(secret));
        assert!(!format!("{failure:?} {}", failure.error).contains("ann"), "{failure:?}");
        assert_eq!(known("invalid_request_error"), "invalid_request_error");
    }
}
