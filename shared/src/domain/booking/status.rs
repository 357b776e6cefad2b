//! Where a booking stands: its words, and what each means for its slot.

use thiserror::Error;

/// Where a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// It holds its slot for the first on the waitlist, until they answer or the offer ends.
    Offered,
    /// It holds its slot until it is paid or the hold ends.
    PendingPayment,
    /// It stands.
    Confirmed,
    /// It took place.
    Completed,
    /// The customer did not come.
    NoShow,
    /// It was called off.
    Canceled,
    /// It was called off and the whole payment given back.
    Refunded,
    /// It was not paid, or as an offer not taken, in time.
    Expired,
}

/// Text that is not a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a booking status")]
pub struct InvalidStatus;

impl Status {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Offered,
        Self::PendingPayment,
        Self::Confirmed,
        Self::Completed,
        Self::NoShow,
        Self::Canceled,
        Self::Refunded,
        Self::Expired,
    ];

    /// Its word on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "OFFERED",
            Self::PendingPayment => "PENDING_PAYMENT",
            Self::Confirmed => "CONFIRMED",
            Self::Completed => "COMPLETED",
            Self::NoShow => "NO_SHOW",
            Self::Canceled => "CANCELED",
            Self::Refunded => "REFUNDED",
            Self::Expired => "EXPIRED",
        }
    }

    /// Claims that such a booking holds its slot, so that nobody else gets it.
    #[must_use]
    pub const fn holds_slot(self) -> bool {
        matches!(self, Self::Offered | Self::PendingPayment | Self::Confirmed | Self::Completed | Self::NoShow)
    }

    /// Claims that it can still be called off or moved. An offer is taken or passed instead.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::PendingPayment | Self::Confirmed)
    }
}

impl std::str::FromStr for Status {
    type Err = InvalidStatus;

    fn from_str(text: &str) -> Result<Self, InvalidStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(InvalidStatus)
    }
}
