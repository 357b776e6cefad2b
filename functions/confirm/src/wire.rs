//! The wire of confirmations: what the widget sends and gets.

use serde::{Deserialize, Serialize};
use shared::app::booking::{self, Alternative};
use shared::app::confirm;
use shared::app::context::ContextError;
use shared::domain::booking::Booking;
use shared::domain::business::BusinessContext;
use shared::domain::money::Money;
use shared::domain::proposal::{Operation, ProposalRefused};
use shared::domain::secret::SessionId;
use shared::http::problem::{ApiError, Kind};
use shared::ports::trace;

/// Who clicks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct OfSession {
    session_id: String,
}

impl OfSession {
    /// The session.
    pub(crate) fn session(&self) -> Result<SessionId, ApiError> {
        let session: SessionId = self.session_id.parse().map_err(|_| ApiError::not_found())?;
        trace::of_conversation(session.conversation());
        Ok(session)
    }
}

/// A proposal that was done.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Confirmed<'a> {
    proposal_id: String,
    operation: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    booking: Option<Booked<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waitlist: Option<Waits<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout_url: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Booked<'a> {
    id: String,
    confirmation_code: &'a str,
    status: &'static str,
    package_name: &'a str,
    starts_at: String,
    ends_at: String,
    price: Price,
    /// What is paid at booking: the price, or the deposit.
    due_now: Price,
    paid: Price,
    due_at_visit: Price,
    /// What still comes back, once it was called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_due: Option<Price>,
}

/// What the customer asked to wait for. Alike whatever their email waits for already.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Waits<'a> {
    package_name: &'a str,
    /// Local days.
    from: String,
    to: String,
}

#[derive(Serialize)]
struct Price {
    amount: i64,
    currency: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Free<'a> {
    starts_at: String,
    ends_at: String,
    label: &'a str,
}

impl<'a> Confirmed<'a> {
    /// What was done in `business`.
    pub(crate) fn of(done: &'a confirm::Done, business: &'a BusinessContext) -> Self {
        let (proposal, booking, checkout_url) = match done {
            confirm::Done::Booking(done) => (&done.proposal, Some(&done.booking), done.checkout_url.as_deref()),
            confirm::Done::Waitlist(proposal) => (proposal.as_ref(), None, None),
        };
        let waitlist = match &proposal.operation {
            Operation::Join { package, days, .. } => Some(Waits {
                package_name: business.package(*package).map_or("", |package| package.name.as_str()),
                from: days.first().to_string(),
                to: days.last().to_string(),
            }),
            Operation::Book { .. } | Operation::Cancel { .. } | Operation::Reschedule { .. } => None,
        };
        let operation = proposal.operation.name();
        let booking = booking.map(Booked::from);
        Self { proposal_id: proposal.id.to_string(), operation, booking, waitlist, checkout_url }
    }
}

impl<'a> From<&'a Booking> for Booked<'a> {
    fn from(booking: &'a Booking) -> Self {
        Self {
            id: booking.id.to_string(),
            confirmation_code: booking.code.as_str(),
            status: booking.status.as_str(),
            package_name: booking.package_name.as_str(),
            starts_at: booking.slot.start().to_string(),
            ends_at: booking.slot.end().to_string(),
            price: booking.price.into(),
            due_now: booking.due.into(),
            paid: booking.paid().into(),
            due_at_visit: booking.due_at_visit().into(),
            refund_due: booking.refund_due.map(Into::into),
        }
    }
}

impl From<Money> for Price {
    fn from(money: Money) -> Self {
        Self { amount: money.minor(), currency: money.currency().to_string() }
    }
}

impl<'a> From<&'a Alternative> for Free<'a> {
    fn from(free: &'a Alternative) -> Self {
        let slot = &free.slot.interval;
        Self { starts_at: slot.start().to_string(), ends_at: slot.end().to_string(), label: &free.label }
    }
}

/// What the widget is told when a proposal is not done.
pub(crate) fn problem(error: confirm::Error) -> ApiError {
    match error {
        confirm::Error::NotFound => ApiError::not_found(),
        confirm::Error::Refused(ProposalRefused::Expired) => {
            ApiError::expired("This has waited too long. Please ask for it again.")
        }
        confirm::Error::Refused(ProposalRefused::Declined) => ApiError::conflict("You have declined this before."),
        confirm::Error::Refused(ProposalRefused::Confirmed) => ApiError::conflict("You have confirmed this before."),
        confirm::Error::PriceChanged => {
            ApiError::new(Kind::PriceChanged, "The price has changed. Please ask for it again.")
        }
        confirm::Error::Booking(error) => of_booking(error),
        confirm::Error::Store(error) => error.into(),
    }
}

fn of_booking(error: booking::Error) -> ApiError {
    match error {
        booking::Error::SlotTaken { why, alternatives } => {
            ApiError::not_bookable(&why, &alternatives.iter().map(Free::from).collect::<Vec<_>>())
        }
        booking::Error::TermsChanged => {
            ApiError::new(Kind::PriceChanged, "What this costs has changed. Please ask for it again.")
        }
        booking::Error::Closed
        | booking::Error::Outdated
        | booking::Error::ProposalMoved
        | booking::Error::NotGranted(_) => ApiError::conflict("This booking can no longer be changed."),
        booking::Error::NotFound | booking::Error::Context(ContextError::Refused) => ApiError::not_found(),
        booking::Error::Context(ContextError::Store(error)) | booking::Error::Store(error) => error.into(),
    }
}
