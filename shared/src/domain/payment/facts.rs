//! Payment facts: a set that only grows, whatever the order in which events arrive.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::event::{Origin, PaymentEvent, PaymentEventKind};
use crate::domain::money::{Currency, Money};

/// All that is known of a booking's payment. It only ever grows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaymentFacts {
    /// The booking's Checkout Sessions, by id.
    pub sessions: BTreeMap<String, SessionFacts>,
    /// The booking's payments, by Payment Intent.
    pub payments: BTreeMap<String, Payment>,
    /// How events that may not speak for this booking differed. They told nothing else.
    pub foreign: BTreeSet<Foreign>,
}

/// What is known of one Checkout Session. Open while all is `false`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SessionFacts {
    /// The customer finished it with a delayed method.
    pub is_unpaid: bool,
    /// The delayed method failed.
    pub is_failed: bool,
    /// It ended without a payment.
    pub is_expired: bool,
}

/// What is known of one payment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Payment {
    /// Who says that it was made, and over how much. Empty while only a dispute was heard of.
    pub claims: BTreeSet<Claim>,
    /// Minor units that went back, in the currency of the payment, as Stripe has told.
    pub refunded_minor: i64,
    /// Minor units that we have asked Stripe to have given back in all; what it has told of may lag behind.
    pub asked_minor: i64,
    /// Claims that the customer's bank disputes it.
    pub is_disputed: bool,
}

/// One telling that a payment was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// When it was made.
    pub at: Timestamp,
    /// Over how much.
    pub amount: Money,
    /// The Checkout Session that took it; absent when a charge told of it.
    pub session: Option<String>,
}

/// How an event differs from what may speak for a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Foreign {
    /// It comes from another account.
    Account,
    /// It is a test in production, or real money in a test.
    Mode,
}

impl PaymentFacts {
    /// What we know ourselves: the Checkout Session `session` was opened for the booking.
    #[must_use]
    pub fn opened(session: &str) -> Self {
        Self { sessions: BTreeMap::from([(session.to_owned(), SessionFacts::default())]), ..Self::default() }
    }

    /// What we know ourselves: Stripe has taken it on that `minor` units of a payment go back in all.
    #[must_use]
    pub fn asked(payment_intent: &str, minor: i64) -> Self {
        let payment = Payment { asked_minor: minor, ..Payment::default() };
        Self { payments: BTreeMap::from([(payment_intent.to_owned(), payment)]), ..Self::default() }
    }

    /// What `event` tells. From any other origin than `expected` only that it is foreign: neither a
    /// test nor another business's account can pay, lapse or dispute a booking.
    #[must_use]
    pub fn told_by(event: &PaymentEvent, expected: &Origin) -> Self {
        let mut facts = Self::default();
        if event.origin.account != expected.account {
            facts.foreign.insert(Foreign::Account);
        }
        if event.origin.livemode != expected.livemode {
            facts.foreign.insert(Foreign::Mode);
        }
        if !facts.foreign.is_empty() {
            return facts;
        }
        match &event.kind {
            PaymentEventKind::Completed(paid) | PaymentEventKind::AsyncSucceeded(paid) => {
                facts.sessions.entry(paid.session.clone()).or_default();
                let claim = Claim { at: event.at, amount: paid.amount, session: Some(paid.session.clone()) };
                facts.payments.entry(paid.payment_intent.clone()).or_default().claims.insert(claim);
            }
            PaymentEventKind::CompletedUnpaid { session } => {
                facts.sessions.entry(session.clone()).or_default().is_unpaid = true;
            }
            PaymentEventKind::AsyncFailed { session } => {
                facts.sessions.entry(session.clone()).or_default().is_failed = true;
            }
            PaymentEventKind::Expired { session } => {
                facts.sessions.entry(session.clone()).or_default().is_expired = true;
            }
            PaymentEventKind::Refunded(refund) => {
                // What went back was paid before, even if that has not been told yet.
                let claim = Claim { at: refund.charged_at, amount: refund.charged, session: None };
                let payment = facts.payments.entry(refund.payment_intent.clone()).or_default();
                payment.claims.insert(claim);
                payment.refunded_minor = refund.refunded.minor();
            }
            PaymentEventKind::Disputed { payment_intent, .. } => {
                facts.payments.entry(payment_intent.clone()).or_default().is_disputed = true;
            }
        }
        facts
    }

    /// Adds what `other` knows: the least upper bound of both.
    pub fn join(&mut self, other: Self) {
        for (id, session) in other.sessions {
            let known = self.sessions.entry(id).or_default();
            known.is_unpaid |= session.is_unpaid;
            known.is_failed |= session.is_failed;
            known.is_expired |= session.is_expired;
        }
        for (id, payment) in other.payments {
            let known = self.payments.entry(id).or_default();
            known.claims.extend(payment.claims);
            known.refunded_minor = known.refunded_minor.max(payment.refunded_minor);
            known.asked_minor = known.asked_minor.max(payment.asked_minor);
            known.is_disputed |= payment.is_disputed;
        }
        self.foreign.extend(other.foreign);
    }

    /// Adds what `event` tells; `false` when all of it was known. Repeating it changes nothing.
    pub fn merge(&mut self, event: &PaymentEvent, expected: &Origin) -> bool {
        let before = self.clone();
        self.join(Self::told_by(event, expected));
        *self != before
    }
}

impl SessionFacts {
    /// Claims that nothing can come of it any more.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.is_failed || self.is_expired
    }
}

impl Claim {
    fn key(&self) -> (Timestamp, i64, Currency, Option<&str>) {
        (self.at, self.amount.minor(), self.amount.currency(), self.session.as_deref())
    }
}

impl Ord for Claim {
    /// Any total order will do: it only makes the set of claims one.
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Claim {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
