//! Proposals: changes that the assistant prepared and the customer must confirm.
//!
//! Pure. A proposal decides nothing about slots or money: at confirmation everything is checked anew.

use jiff::Timestamp;
use thiserror::Error;

use super::availability::Days;
use super::booking::Customer;
use super::cancellation::Cancellation;
use super::id::{BookingId, PackageId, ProposalId};
use super::money::Money;
use super::slot::Slot;
use super::text::Note;

/// How long a proposal is kept after it can no longer be confirmed.
pub const KEPT_DAYS: i64 = 7;

/// A change that waits for the customer's click.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// What would change.
    pub operation: Operation,
    /// What the customer is shown.
    pub preview: Preview,
    /// Where it stands.
    pub status: ProposalStatus,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it can no longer be confirmed.
    pub expires_at: Timestamp,
}

/// What a proposal would change. All of trust tier T3: only the customer's own click does it.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// Make a booking.
    Book {
        /// What and when.
        slot: Slot,
        /// The price that was shown; another one at confirmation is refused, here and in the next two.
        price: Money,
        /// What was shown as to be paid at once: the price, or the deposit.
        due: Money,
        /// The terms of calling off that were shown.
        cancellation: Cancellation,
        /// Who books.
        customer: Customer,
        /// For the business.
        notes: Note<900>,
    },
    /// Call a booking off.
    Cancel {
        /// Which.
        booking: BookingId,
        /// What was shown as coming back; less is refused at confirmation. None: nothing.
        back: Option<Money>,
    },
    /// Give a booking another time.
    Reschedule {
        /// Which.
        booking: BookingId,
        /// When instead.
        slot: Slot,
        /// What was shown as kept in any case from then on; more is refused at confirmation. None: nothing.
        fee: Option<Money>,
    },
    /// Put the customer on the waitlist.
    Join {
        /// What for.
        package: PackageId,
        /// On which local days.
        days: Days,
        /// Who waits.
        customer: Customer,
    },
}

impl Operation {
    /// Its name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Book { .. } => "create_customer_booking",
            Self::Cancel { .. } => "cancel_customer_booking",
            Self::Reschedule { .. } => "reschedule_customer_booking",
            Self::Join { .. } => "join_customer_waitlist",
        }
    }
}

/// What the customer is shown before the click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// One line.
    pub title: String,
    /// Label and value of each line.
    pub lines: Vec<(String, String)>,
}

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProposalStatus {
    /// It waits.
    Pending,
    /// It was confirmed and done, for this booking; on the waitlist, for the one that will be offered.
    Executed(BookingId),
    /// The customer said no.
    Declined,
}

/// Why a proposal cannot be confirmed or declined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProposalRefused {
    /// Its time is over.
    #[error("the proposal has expired")]
    Expired,
    /// The customer has declined it.
    #[error("the proposal was declined")]
    Declined,
    /// It was confirmed already.
    #[error("the proposal was confirmed")]
    Confirmed,
}

impl Proposal {
    /// Lets it be confirmed at `now`; one that was confirmed says for which booking, so that a repetition gets the same answer.
    ///
    /// # Errors
    ///
    /// [`ProposalRefused::Expired`] or [`ProposalRefused::Declined`].
    pub fn confirmable(&self, now: Timestamp) -> Result<Option<BookingId>, ProposalRefused> {
        match self.status {
            ProposalStatus::Executed(booking) => Ok(Some(booking)),
            ProposalStatus::Declined => Err(ProposalRefused::Declined),
            ProposalStatus::Pending if self.expires_at <= now => Err(ProposalRefused::Expired),
            ProposalStatus::Pending => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposal(status: ProposalStatus) -> Proposal {
        let ulid = ulid::Ulid::from_parts(1, 1);
        Proposal {
            id: ProposalId::new(ulid),
            operation: Operation::Cancel { booking: BookingId::new(ulid), back: None },
            preview: Preview { title: String::new(), lines: Vec::new() },
            status,
            created_at: "2026-11-21T10:00:00Z".parse().unwrap(),
            expires_at: "2026-11-21T10:30:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_proposal_can_be_confirmed_until_it_expires_and_answers_the_same_for_ever_after() {
        let at = |text: &str| text.parse().unwrap();
        let done = BookingId::new(ulid::Ulid::from_parts(2, 2));
        assert_eq!(proposal(ProposalStatus::Pending).confirmable(at("2026-11-21T10:29:59.999Z")), Ok(None));
        assert_eq!(
            proposal(ProposalStatus::Pending).confirmable(at("2026-11-21T10:30:00Z")),
            Err(ProposalRefused::Expired)
        );
        assert_eq!(proposal(ProposalStatus::Executed(done)).confirmable(at("2027-01-01T00:00:00Z")), Ok(Some(done)));
        assert_eq!(
            proposal(ProposalStatus::Declined).confirmable(at("2026-11-21T10:00:00Z")),
            Err(ProposalRefused::Declined)
        );
    }
}
