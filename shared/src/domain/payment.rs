//! Payment: what Stripe has told about a booking, and where the booking's payment stands by it.
//!
//! Stripe repeats events, delivers them in any order and now and then sends two for one change. So
//! what is kept is a set of facts that only grows: [`PaymentFacts::join`] is commutative,
//! associative and idempotent, and where a payment stands is a function of the facts alone. This
//! module never asks Stripe anything and never decides what becomes of the booking.
//!
//! Read [`PaymentEvent`] (one telling), then [`PaymentFacts`] (all of them), then [`Standing`].

mod difference;
mod event;
mod facts;
mod standing;
#[cfg(test)]
mod tests;

pub use difference::{Difference, InvalidDifference, REFUND_OVERDUE};
pub use event::{BookingRef, ChargeRefund, Origin, PaymentEvent, PaymentEventKind, SessionPayment};
pub use facts::{Claim, Foreign, Payment, PaymentFacts, SessionFacts};
pub use standing::{Concern, Standing};
