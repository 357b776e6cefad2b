//! Payment events: what one event of Stripe says about a booking.

use jiff::Timestamp;

use crate::domain::id::{BookingId, TenantId};
use crate::domain::money::Money;

/// The booking that an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BookingRef {
    /// Whose booking it is.
    pub tenant: TenantId,
    /// The booking.
    pub booking: BookingId,
}

/// Where an event comes from: whose account, and whether its money is real.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The connected account (`acct_…`); the platform's own when absent.
    pub account: Option<String>,
    /// Claims that real money moved.
    pub livemode: bool,
}

/// One event of Stripe, as far as a booking is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentEvent {
    /// Stripe's id, `evt_…`. Two ids can tell of one change.
    pub id: String,
    /// Where it comes from.
    pub origin: Origin,
    /// The booking it names. Whether the origin may speak for that booking is not yet known.
    pub booking: BookingRef,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: PaymentEventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentEventKind {
    /// The customer finished Checkout and the money is there.
    Completed(SessionPayment),
    /// The customer finished Checkout with a delayed method: the money may still come.
    CompletedUnpaid {
        /// The Checkout Session, `cs_…`.
        session: String,
    },
    /// The money of a delayed method came.
    AsyncSucceeded(SessionPayment),
    /// The money of a delayed method will not come.
    AsyncFailed {
        /// The Checkout Session, `cs_…`.
        session: String,
    },
    /// The Checkout Session ended without a payment.
    Expired {
        /// The Checkout Session, `cs_…`.
        session: String,
    },
    /// Money went back.
    Refunded(ChargeRefund),
    /// The customer's bank disputes the payment.
    Disputed {
        /// The dispute, `dp_…`.
        dispute: String,
        /// The payment, `pi_…`.
        payment_intent: String,
    },
}

/// A payment that a Checkout Session took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionPayment {
    /// The Checkout Session, `cs_…`.
    pub session: String,
    /// The payment, `pi_…`.
    pub payment_intent: String,
    /// What was paid.
    pub amount: Money,
}

/// A charge of which something went back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeRefund {
    /// The charge, `ch_…`.
    pub charge: String,
    /// The payment, `pi_…`.
    pub payment_intent: String,
    /// When it was charged.
    pub charged_at: Timestamp,
    /// What was charged.
    pub charged: Money,
    /// All that went back so far, this refund included.
    pub refunded: Money,
}

impl PaymentEventKind {
    /// Stripe's name of the event type.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Completed(_) | Self::CompletedUnpaid { .. } => "checkout.session.completed",
            Self::AsyncSucceeded(_) => "checkout.session.async_payment_succeeded",
            Self::AsyncFailed { .. } => "checkout.session.async_payment_failed",
            Self::Expired { .. } => "checkout.session.expired",
            Self::Refunded(_) => "charge.refunded",
            Self::Disputed { .. } => "charge.dispute.created",
        }
    }

    /// Names the change itself, so that two events telling of one change have one name: the object
    /// and the type, and for refunds how far they have come.
    #[must_use]
    pub fn change(&self) -> String {
        let name = self.name();
        match self {
            Self::Completed(SessionPayment { session, .. })
            | Self::AsyncSucceeded(SessionPayment { session, .. })
            | Self::CompletedUnpaid { session }
            | Self::AsyncFailed { session }
            | Self::Expired { session } => format!("{name}#{session}"),
            Self::Refunded(refund) => {
                format!("{name}#{}#{}", refund.charge, refund.refunded.minor())
            }
            Self::Disputed { dispute, .. } => format!("{name}#{dispute}"),
        }
    }
}
