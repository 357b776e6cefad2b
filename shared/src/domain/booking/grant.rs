//! Grants: money that the business gives back of its own accord, whatever the terms keep.
//!
//! Never more than was paid, less what went back and what is on its way. A grant has a key of its caller's, so
//! that asking twice gives once. It ends nothing: a booking that stands goes on standing, also when all of its
//! payment went back.

use jiff::Timestamp;
use thiserror::Error;

use super::{Booking, Status};
use crate::domain::money::Money;
use crate::domain::text::Line;

/// The most grants of one booking.
pub const MAX_GRANTS: usize = 20;

/// Money that the business gave back of its own accord.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Names it, as its caller chose: the same key is the same grant.
    pub key: Line<64>,
    /// How much.
    pub amount: Money,
    /// When it was asked for.
    pub at: Timestamp,
}

/// What asking for a grant comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Granted {
    /// The booking as it shall be.
    Now(Box<Booking>),
    /// The same was granted before.
    Before,
}

/// Why nothing is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotGranted {
    /// Nothing is left that could be given back: it was not paid, all is back or on its way, or the customer's
    /// bank decides.
    #[error("there is nothing to give back")]
    Nothing,
    /// No more than this is left.
    #[error("no more than {0} can be given back")]
    TooMuch(Money),
    /// It was paid in another currency, or nothing is asked for.
    #[error("not an amount that can be given back")]
    NoAmount,
    /// The key named another amount before.
    #[error("the key names another amount")]
    KeyUsed,
    /// There were [`MAX_GRANTS`] before.
    #[error("a booking has at most {MAX_GRANTS} grants")]
    TooMany,
}

impl Booking {
    /// What of the payment is with the business: neither back, nor asked to go back, nor due to.
    #[must_use]
    pub fn in_hand(&self) -> Money {
        let held = self.held();
        self.refund_due.map_or(held, |due| held.without(due))
    }

    /// What the business could still give back: [`in_hand`](Self::in_hand) but for what the customer's bank
    /// disputes.
    #[must_use]
    pub fn grantable(&self) -> Money {
        let left = self.returnable();
        self.refund_due.map_or(left, |due| left.without(due))
    }

    /// All that was granted, in minor units.
    #[must_use]
    pub fn granted_minor(&self) -> i64 {
        self.grants.iter().map(|grant| grant.amount.minor()).sum()
    }

    /// What goes back by the end of a booking that was called off or missed: what is neither kept nor was
    /// granted, which has a mail of its own.
    #[must_use]
    pub fn returns(&self) -> Money {
        self.grants.iter().fold(self.paid().without(self.fee), |left, grant| left.without(grant.amount))
    }

    /// Claims that it goes on as it is when all of its payment is back, because the business gave it.
    pub(super) fn outlives(&self, back_minor: i64) -> bool {
        matches!(self.status, Status::Confirmed | Status::Completed) && back_minor <= self.granted_minor()
    }

    /// Claims that it ends as `REFUNDED` once what is due went back: that is told by itself.
    #[must_use]
    pub fn ends_refunded(&self) -> bool {
        self.in_hand().is_free() && !self.outlives(self.facts.refunded_minor())
    }

    /// This booking at `now`, with `amount` of its payment given back under `key`; all that is left when no
    /// amount is named.
    ///
    /// # Errors
    ///
    /// [`NotGranted`].
    pub fn granting(&self, key: &Line<64>, amount: Option<Money>, now: Timestamp) -> Result<Granted, NotGranted> {
        if let Some(grant) = self.grants.iter().find(|grant| grant.key == *key) {
            let is_same = amount.is_none_or(|amount| amount == grant.amount);
            return if is_same { Ok(Granted::Before) } else { Err(NotGranted::KeyUsed) };
        }
        let left = self.grantable();
        let amount = amount.unwrap_or(left);
        if left.is_free() {
            return Err(NotGranted::Nothing);
        }
        if amount.is_free() || amount.currency() != left.currency() {
            return Err(NotGranted::NoAmount);
        }
        if left.minor() < amount.minor() {
            return Err(NotGranted::TooMuch(left));
        }
        if MAX_GRANTS <= self.grants.len() {
            return Err(NotGranted::TooMany);
        }
        let mut after = self.changed(now);
        after.grants.push(Grant { key: key.clone(), amount, at: now });
        after.refund_due = Some(self.refund_due.map_or(amount, |due| due.with(amount)));
        // What is kept is never more than what is there.
        after.fee = self.fee.at_most(after.in_hand());
        Ok(Granted::Now(Box::new(after)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::booking::{CalledOffBy, settled_by};
    use crate::domain::payment::PaymentFacts;
    use crate::domain::tenant::Policies;

    fn euros(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().unwrap()).unwrap()
    }

    fn key(text: &str) -> Line<64> {
        Line::new(text).unwrap()
    }

    /// A booking that stands, paid with 120 euros, of which went back what `word` tells.
    fn paid(word: &str) -> Booking {
        settled_by(Status::Confirmed, word)
    }

    fn granted(booking: &Booking, name: &str, minor: i64) -> Booking {
        match booking.granting(&key(name), Some(euros(minor)), booking.updated_at).unwrap() {
            Granted::Now(after) => *after,
            Granted::Before => panic!("{name} was granted before"),
        }
    }

    #[test]
    fn no_more_is_granted_than_was_paid_less_what_went_back_and_what_is_on_its_way() {
        for (word, due, ask, expected) in [
            ("c", 0, 12_000, Ok(12_000)),
            ("c", 0, 12_001, Err(NotGranted::TooMuch(euros(12_000)))),
            ("c", 0, 1, Ok(1)),
            ("c", 0, 0, Err(NotGranted::NoAmount)),
            ("c", 5_000, 7_000, Ok(12_000)),
            ("c", 5_000, 7_001, Err(NotGranted::TooMuch(euros(7_000)))),
            ("cp", 0, 7_000, Ok(7_000)),
            ("cp", 0, 7_001, Err(NotGranted::TooMuch(euros(7_000)))),
            ("cr", 0, 1, Err(NotGranted::Nothing)),
            ("cd", 0, 1, Err(NotGranted::Nothing)),
            ("", 0, 1, Err(NotGranted::Nothing)),
        ] {
            let before = Booking { refund_due: (due != 0).then(|| euros(due)), ..paid(word) };
            let told = before.granting(&key("a"), Some(euros(ask)), before.updated_at);
            let told = told.map(|granted| match granted {
                Granted::Now(after) => after.refund_due.unwrap().minor(),
                Granted::Before => panic!("nothing was granted before"),
            });
            assert_eq!(told, expected, "{word} {due} {ask}");
        }
    }

    #[test]
    fn one_key_is_one_grant() {
        let once = granted(&paid("c"), "a", 1_000);
        let again = |amount: Option<i64>| once.granting(&key("a"), amount.map(euros), once.updated_at);
        assert_eq!(again(Some(1_000)), Ok(Granted::Before));
        assert_eq!(again(None), Ok(Granted::Before));
        assert_eq!(again(Some(999)), Err(NotGranted::KeyUsed));
        let twice = granted(&once, "b", 1_000);
        assert_eq!((twice.refund_due, twice.granted_minor()), (Some(euros(2_000)), 2_000));
        let rest = twice.granting(&key("c"), None, twice.updated_at);
        assert!(matches!(rest, Ok(Granted::Now(after)) if after.refund_due == Some(euros(12_000))));
        let yen = Money::new(1, "JPY".parse().unwrap()).unwrap();
        assert_eq!(twice.granting(&key("d"), Some(yen), twice.updated_at), Err(NotGranted::NoAmount));
    }

    #[test]
    fn what_was_asked_of_stripe_and_is_not_told_yet_is_not_granted_again() {
        let mut before = granted(&paid("c"), "a", 5_000);
        before.refund_due = None;
        before.facts.join(PaymentFacts::asked("pi_1", 5_000));
        assert_eq!(before.in_hand(), euros(7_000));
        let told = before.granting(&key("b"), Some(euros(7_001)), before.updated_at);
        assert_eq!(told, Err(NotGranted::TooMuch(euros(7_000))));
    }

    #[test]
    fn what_was_granted_and_is_not_asked_for_yet_is_kept_by_no_later_fee() {
        let terms = Policies::default().cancellation();
        let late = Booking { cancellation: terms, paid_at: Some(paid("c").updated_at), ..paid("c") };
        let (begins, granted) = (late.slot.start(), granted(&late, "a", 9_000));
        let off = granted.called_off(CalledOffBy::Customer, begins, begins);
        assert_eq!((off.fee, off.refund_due), (euros(3_000), Some(euros(9_000))));
    }

    #[test]
    fn a_grant_takes_from_what_was_kept_only_what_is_no_longer_there() {
        let late = Booking { fee: euros(6_000), ..paid("c") };
        assert_eq!(granted(&late, "a", 5_000).fee, euros(6_000));
        assert_eq!(granted(&late, "a", 12_000).fee, euros(0));
        let canceled = Booking { fee: euros(6_000), refund_due: Some(euros(6_000)), status: Status::Canceled, ..late };
        let after = granted(&canceled, "a", 2_000);
        assert_eq!((after.fee, after.refund_due), (euros(4_000), Some(euros(8_000))));
        assert!(!after.ends_refunded() && granted(&after, "b", 4_000).ends_refunded());
    }
}
