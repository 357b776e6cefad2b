//! Differences: where Stripe and a booking do not tell the same of its money.
//!
//! Found by comparing what Stripe lists with the booking's facts. Decides nothing and mends nothing: a
//! difference is for a person.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::event::SessionPayment;
use crate::domain::booking::Booking;
use crate::domain::money::Money;

/// How long a refund may be due before it is overdue.
pub const REFUND_OVERDUE: SignedDuration = SignedDuration::from_hours(1);

/// What Stripe and a booking do not tell alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Difference {
    /// Stripe took money for a booking that does not exist.
    UnknownBooking,
    /// Stripe took a payment of which the booking has not been told.
    UntoldPayment,
    /// The booking knows of a payment that Stripe says it has not taken.
    UnmadePayment,
    /// Both know of the payment, over different amounts.
    OtherAmount,
    /// Another sum went back than the booking knows of.
    OtherRefund,
    /// Money should have gone back long ago.
    RefundOverdue,
    /// What Stripe says of a session of ours cannot be read.
    Unreadable,
}

/// Text that names no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a difference")]
pub struct InvalidDifference;

impl Difference {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::UnknownBooking,
        Self::UntoldPayment,
        Self::UnmadePayment,
        Self::OtherAmount,
        Self::OtherRefund,
        Self::RefundOverdue,
        Self::Unreadable,
    ];

    /// Its word in logs and events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownBooking => "unknown_booking",
            Self::UntoldPayment => "untold_payment",
            Self::UnmadePayment => "unmade_payment",
            Self::OtherAmount => "other_amount",
            Self::OtherRefund => "other_refund",
            Self::RefundOverdue => "refund_overdue",
            Self::Unreadable => "unreadable",
        }
    }

    /// Compares a Checkout Session that is over, and the payment that it took if it took one, with the booking
    /// it was opened for.
    #[must_use]
    pub fn of_session(booking: Option<&Booking>, session: &str, paid: Option<&SessionPayment>) -> Option<Self> {
        let Some(booking) = booking else { return paid.map(|_| Self::UnknownBooking) };
        let Some(paid) = paid else { return booking.facts.has_taken(session).then_some(Self::UnmadePayment) };
        let known = booking.facts.payments.get(&paid.payment_intent).filter(|known| !known.claims.is_empty());
        let Some(known) = known else { return Some(Self::UntoldPayment) };
        let is_same = known.claims.iter().any(|claim| claim.amount == paid.amount);
        (!is_same).then_some(Self::OtherAmount)
    }

    /// Compares all that went back of a payment, in minor units, with what its booking knows of.
    #[must_use]
    pub fn of_refunds(booking: &Booking, payment_intent: &str, back_minor: i64) -> Option<Self> {
        let known = booking.facts.payments.get(payment_intent).map_or(0, |payment| payment.refunded_minor);
        (known != back_minor).then_some(Self::OtherRefund)
    }

    /// Asks whether a refund of `booking` is overdue at `now`. One that waits for a bank's decision is not.
    #[must_use]
    pub fn of_due(booking: &Booking, now: Timestamp) -> Option<Self> {
        let is_owed = booking.refund_due.is_some_and(|due: Money| !due.is_free()) && !booking.facts.is_disputed();
        (is_owed && booking.updated_at + REFUND_OVERDUE < now).then_some(Self::RefundOverdue)
    }
}

impl FromStr for Difference {
    type Err = InvalidDifference;

    fn from_str(text: &str) -> Result<Self, InvalidDifference> {
        Self::ALL.into_iter().find(|difference| difference.as_str() == text).ok_or(InvalidDifference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::booking::Status;
    use crate::domain::booking::settled_by;

    fn euros(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().unwrap()).unwrap()
    }

    /// What Stripe says that the session `cs_1` took.
    fn took(minor: i64) -> SessionPayment {
        SessionPayment { session: "cs_1".into(), payment_intent: "pi_1".into(), amount: euros(minor) }
    }

    #[test]
    fn a_session_is_compared_with_what_its_booking_was_told() {
        for (word, paid, expected) in [
            ("", None, None),
            ("e", None, None),
            ("c", Some(12_000), None),
            ("cr", Some(12_000), None),
            ("r", Some(12_000), None),
            ("", Some(12_000), Some(Difference::UntoldPayment)),
            ("e", Some(12_000), Some(Difference::UntoldPayment)),
            ("d", Some(12_000), Some(Difference::UntoldPayment)),
            ("c", Some(11_999), Some(Difference::OtherAmount)),
            ("c", None, Some(Difference::UnmadePayment)),
        ] {
            let booking = settled_by(Status::Confirmed, word);
            let paid = paid.map(took);
            let found = Difference::of_session(Some(&booking), "cs_1", paid.as_ref());
            assert_eq!(found, expected, "{word} {paid:?}");
        }
        assert_eq!(Difference::of_session(None, "cs_1", None), None);
        assert_eq!(Difference::of_session(None, "cs_1", Some(&took(1))), Some(Difference::UnknownBooking));
    }

    #[test]
    fn what_went_back_is_compared_to_the_cent() {
        for (word, back, expected) in [
            ("c", 0, None),
            ("cp", 5_000, None),
            ("cpr", 12_000, None),
            ("c", 1, Some(Difference::OtherRefund)),
            ("cp", 4_999, Some(Difference::OtherRefund)),
            ("cr", 0, Some(Difference::OtherRefund)),
        ] {
            let booking = settled_by(Status::Confirmed, word);
            assert_eq!(Difference::of_refunds(&booking, "pi_1", back), expected, "{word} {back}");
        }
    }

    #[test]
    fn a_refund_is_overdue_after_an_hour_unless_a_bank_decides() {
        for (word, due, late, expected) in [
            ("c", Some(100), 0, None),
            ("c", Some(100), 1, Some(Difference::RefundOverdue)),
            ("cd", Some(100), 1, None),
            ("c", None, 1, None),
        ] {
            let booking = Booking { refund_due: due.map(euros), ..settled_by(Status::Canceled, word) };
            let now = booking.updated_at + REFUND_OVERDUE + SignedDuration::from_millis(late);
            assert_eq!(Difference::of_due(&booking, now), expected, "{word} {due:?} {late}");
        }
    }

    #[test]
    fn every_difference_is_read_back_from_its_word() {
        for difference in Difference::ALL {
            assert_eq!(difference.as_str().parse(), Ok(difference));
        }
        assert_eq!("nothing".parse::<Difference>(), Err(InvalidDifference));
    }
}
