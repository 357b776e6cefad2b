//! What can go wrong between the store and its table, sorted by what a caller does about it.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use thiserror::Error;

/// A source of an error, whatever its type.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// A table did not do what it was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Too much at once, also after patient retries: ask the caller to come back.
    #[error("the table is throttled")]
    Throttled(#[source] Source),
    /// Out of reach, or its answer got lost: the write may or may not have happened.
    #[error("the table is unavailable")]
    Unavailable(#[source] Source),
    /// What is stored cannot be read as what it should be.
    #[error("a stored {what} is corrupt")]
    Corrupt {
        /// The kind of row.
        what: &'static str,
        /// What was wrong with it.
        #[source]
        source: Source,
    },
    /// The request itself is wrong, or the function lacks a right: our fault.
    #[error("the table refused the request")]
    Bug(#[source] Source),
}

impl StoreError {
    /// Claims that the same call may succeed later.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Throttled(_) | Self::Unavailable(_))
    }
}

/// Wraps what made a stored `what` unreadable.
pub(super) fn corrupt<E: Into<Source>>(what: &'static str) -> impl FnOnce(E) -> StoreError {
    move |source| StoreError::Corrupt { what, source: source.into() }
}

/// Sorts a failed call.
pub(super) fn failed<E, R>(error: SdkError<E, R>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match &error {
        SdkError::ServiceError(refused) => match refused.err().code() {
            Some(
                "ThrottlingException"
                | "ProvisionedThroughputExceededException"
                | "RequestLimitExceeded"
                | "TransactionConflictException"
                | "TransactionInProgressException",
            ) => StoreError::Throttled(error.into()),
            Some("InternalServerError" | "InternalServerErrorException" | "ServiceUnavailable") => {
                StoreError::Unavailable(error.into())
            }
            _ => StoreError::Bug(error.into()),
        },
        SdkError::ConstructionFailure(_) => StoreError::Bug(error.into()),
        _ => StoreError::Unavailable(error.into()),
    }
}
