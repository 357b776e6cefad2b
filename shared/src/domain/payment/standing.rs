//! Where a booking's payment stands: a function of the facts and what is due, and of nothing else.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::facts::{Foreign, Payment, PaymentFacts, SessionFacts};
use crate::domain::money::Money;

/// Where a booking's payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Nothing has come, and it still may.
    AwaitingPayment,
    /// The customer did their part with a delayed method, and the bank has not answered.
    Settling,
    /// What is due is there.
    Paid,
    /// Every Checkout Session ended or failed, and nothing came.
    Lapsed,
    /// All that came went back in full.
    Refunded,
    /// Money is there, but not the right amount or currency.
    Mismatched,
}

/// Something that a person has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Concern {
    /// A payment of another amount.
    WrongAmount,
    /// A payment in another currency.
    WrongCurrency,
    /// More than one payment has not gone back.
    PaidTwice,
    /// The customer's bank disputes a payment.
    Disputed,
    /// An event from another account named this booking.
    ForeignAccount,
    /// A test event came in production, or a real one in a test.
    ForeignMode,
}

impl PaymentFacts {
    /// Where the payment of a booking stands of which `due` is to be paid. A session that ended or failed never
    /// outweighs a payment in another.
    #[must_use]
    pub fn standing(&self, due: Money) -> Standing {
        if self.payment(due).is_some() {
            return Standing::Paid;
        }
        if self.payments.values().any(|payment| payment.is_kept(due)) {
            return Standing::Mismatched;
        }
        if self.sessions.iter().any(|(id, session)| session.is_settling() && !self.has_taken(id)) {
            return Standing::Settling;
        }
        if self.payments.values().any(|payment| !payment.claims.is_empty()) {
            return Standing::Refunded;
        }
        if !self.sessions.is_empty() && self.sessions.values().all(|session| session.has_ended()) {
            return Standing::Lapsed;
        }
        Standing::AwaitingPayment
    }

    /// The payment of exactly `due` that has not gone back in full, and its Payment Intent; the
    /// first of them if there are more.
    #[must_use]
    pub fn payment(&self, due: Money) -> Option<(&str, &Payment)> {
        self.payments
            .iter()
            .filter(|(_, payment)| payment.is_of(due) && payment.is_kept(due))
            .min_by_key(|(_, payment)| payment.made_at(due))
            .map(|(intent, payment)| (intent.as_str(), payment))
    }

    /// When the booking was paid: the first payment of exactly `due`, whether or not it went back.
    #[must_use]
    pub fn paid_at(&self, due: Money) -> Option<Timestamp> {
        self.payments.values().filter_map(|payment| payment.made_at(due)).min()
    }

    /// Every payment of which something is left, with its Payment Intent and what is left.
    pub fn kept(&self, due: Money) -> impl Iterator<Item = (&str, Money)> {
        self.payments.iter().filter_map(move |(intent, payment)| {
            let left = payment.left(due).filter(|left| !left.is_free())?;
            Some((intent.as_str(), left))
        })
    }

    /// Every payment of which something is neither back nor asked to go back, with how much.
    pub fn held(&self, due: Money) -> impl Iterator<Item = (&str, Money)> {
        self.payments.iter().filter_map(move |(intent, payment)| {
            let left = payment.without(payment.gone_minor(), due).filter(|left| !left.is_free())?;
            Some((intent.as_str(), left))
        })
    }

    /// What of [`held`](Self::held) can be given back: all but what the customer's bank disputes.
    pub fn returnable(&self, due: Money) -> impl Iterator<Item = (&str, Money)> {
        let is_disputed = |intent: &str| self.payments.get(intent).is_some_and(|payment| payment.is_disputed);
        self.held(due).filter(move |(intent, _)| !is_disputed(intent))
    }

    /// Claims that the customer's bank disputes a payment.
    #[must_use]
    pub fn is_disputed(&self) -> bool {
        self.payments.values().any(|payment| payment.is_disputed)
    }

    /// All that went back, in minor units of the currency it was paid in.
    #[must_use]
    pub fn refunded_minor(&self) -> i64 {
        self.payments.values().map(|payment| payment.refunded_minor).sum()
    }

    /// All that went back or was asked to, in minor units of the currency it was paid in.
    #[must_use]
    pub fn gone_minor(&self) -> i64 {
        self.payments.values().map(Payment::gone_minor).sum()
    }

    /// What a person has to look at. A concern that was not there before an event is news.
    #[must_use]
    pub fn concerns(&self, due: Money) -> BTreeSet<Concern> {
        let mut concerns = BTreeSet::new();
        let kept = self.payments.values().filter(|payment| payment.is_kept(due));
        for claim in kept.clone().flat_map(|payment| &payment.claims) {
            if claim.amount.currency() != due.currency() {
                concerns.insert(Concern::WrongCurrency);
            } else if claim.amount != due {
                concerns.insert(Concern::WrongAmount);
            }
        }
        if kept.count() > 1 {
            concerns.insert(Concern::PaidTwice);
        }
        if self.is_disputed() {
            concerns.insert(Concern::Disputed);
        }
        concerns.extend(self.foreign.iter().map(|foreign| match foreign {
            Foreign::Account => Concern::ForeignAccount,
            Foreign::Mode => Concern::ForeignMode,
        }));
        concerns
    }

    /// Claims that a payment came through that Checkout Session.
    #[must_use]
    pub fn has_taken(&self, session: &str) -> bool {
        let mut claims = self.payments.values().flat_map(|payment| &payment.claims);
        claims.any(|claim| claim.session.as_deref() == Some(session))
    }
}

impl SessionFacts {
    /// Claims that a bank has still to answer, if nothing was paid.
    const fn is_settling(&self) -> bool {
        self.is_unpaid && !self.has_ended()
    }
}

impl Payment {
    /// Claims that it was over exactly `due`.
    fn is_of(&self, due: Money) -> bool {
        self.claims.iter().any(|claim| claim.amount == due)
    }

    /// Claims that something of it is left.
    fn is_kept(&self, due: Money) -> bool {
        self.left(due).is_some_and(|left| !left.is_free())
    }

    /// How much of it went back, or was asked to, in minor units.
    #[must_use]
    pub fn gone_minor(&self) -> i64 {
        self.refunded_minor.max(self.asked_minor)
    }

    /// What is left of it, as Stripe has told.
    fn left(&self, due: Money) -> Option<Money> {
        self.without(self.refunded_minor, due)
    }

    /// What is left of it without `gone` minor units; `None` while nobody says that it was made. Where the
    /// claims differ, the one over `due` counts, or else the highest.
    fn without(&self, gone: i64, due: Money) -> Option<Money> {
        let claimed = self.claims.iter().map(|claim| claim.amount);
        let paid = claimed.max_by_key(|amount| (*amount == due, amount.minor(), amount.currency()))?;
        let left = paid.minor().saturating_sub(gone).max(0);
        Some(Money::new(left, paid.currency()).unwrap_or(paid))
    }

    /// When it was made, if over exactly `due`. A session knows better than a charge.
    fn made_at(&self, due: Money) -> Option<Timestamp> {
        let right = self.claims.iter().filter(|claim| claim.amount == due);
        right.min_by_key(|claim| (claim.session.is_none(), claim.at)).map(|claim| claim.at)
    }
}
