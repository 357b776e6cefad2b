//! Payments: what Stripe has told of a booking.

/// What Stripe has told of a booking so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PaymentFacts {}
