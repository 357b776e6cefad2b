//! Refusals of the use cases, in the terms of HTTP.

use shared::app::business::Error;
use shared::domain::field::InvalidDraft;
use shared::http::problem::{ApiError, FieldError};

/// Says why a change of the business does not happen.
pub(crate) fn refused(error: Error) -> ApiError {
    match error {
        Error::Missing => ApiError::not_found(),
        Error::Stale => ApiError::stale_version(),
        Error::InUse => ApiError::conflict("Something else still uses this."),
        Error::TooMany { most } => ApiError::refused(format!("There are {most} already, and no more are possible.")),
        Error::Invalid(draft) => invalid(draft),
        Error::Store(error) => error.into(),
    }
}

/// Says which fields are refused.
pub(crate) fn invalid(InvalidDraft(faults): InvalidDraft) -> ApiError {
    let told = |detail: &str| {
        let mut letters = detail.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        format!("{first}{}.", letters.as_str())
    };
    let errors = faults.into_iter().map(|fault| FieldError {
        detail: told(&fault.detail),
        pointer: fault.pointer,
        code: fault.code,
    });
    ApiError::invalid(errors.collect())
}
