//! Stripe and the banks as they are: Checkout Sessions, charges, and what they have told or will tell. Never our view of it.

use jiff::Timestamp;
use shared::domain::booking::Booking;
use shared::domain::id::TenantId;
use shared::domain::money::Money;
use shared::domain::payment::{BookingRef, ChargeRefund, Origin, PaymentEvent, PaymentEventKind, SessionPayment};
use ulid::Ulid;

/// A Checkout Session, and the charge that it made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Session {
    /// The attempt that it was opened for, from 1: what names it and makes asking twice safe.
    pub(super) attempt: u32,
    pub(super) expires_at: Timestamp,
    /// Claims that somebody was given its page, which is after it was noted: before, nobody can pay there.
    pub(super) is_given: bool,
    pub(super) course: Course,
    /// Claims that Stripe has said that it is closed.
    pub(super) was_closed: bool,
    /// The charge's amount.
    pub(super) amount: Money,
    pub(super) paid_at: Option<Timestamp>,
    /// Minor units that went back.
    pub(super) back: i64,
    pub(super) is_disputed: bool,
}

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Course {
    Open,
    Expired,
    /// Finished; the bank has not decided.
    Settling,
    Refused,
    /// The money is there, at once or after the bank has thought about it.
    Paid {
        late: bool,
    },
}

impl Session {
    pub(super) fn open(attempt: u32, amount: Money, expires_at: Timestamp) -> Self {
        Self {
            attempt,
            expires_at,
            is_given: false,
            course: Course::Open,
            was_closed: false,
            amount,
            paid_at: None,
            back: 0,
            is_disputed: false,
        }
    }

    pub(super) fn close(&mut self) {
        self.course = Course::Expired;
        self.was_closed = true;
    }

    pub(super) fn id(&self) -> String {
        format!("cs_{}", self.attempt)
    }

    pub(super) fn intent(&self) -> String {
        format!("pi_{}", self.attempt)
    }

    /// What of its charge has not gone back; none while there is no charge.
    pub(super) fn left(&self) -> Option<i64> {
        matches!(self.course, Course::Paid { .. }).then(|| self.amount.minor() - self.back)
    }

    /// What Stripe has sent of it so far, each any number of times and in any order.
    pub(super) fn told(&self, booking: &Booking) -> Vec<PaymentEvent> {
        let mut kinds: Vec<_> = self.outcome().into_iter().collect();
        if matches!(self.course, Course::Refused | Course::Paid { late: true }) {
            kinds.push(PaymentEventKind::CompletedUnpaid { session: self.id() });
        }
        if self.was_closed && self.course != Course::Expired {
            kinds.push(PaymentEventKind::Expired { session: self.id() });
        }
        if 0 < self.back {
            kinds.push(PaymentEventKind::Refunded(ChargeRefund {
                charge: format!("ch_{}", self.attempt),
                payment_intent: self.intent(),
                charged_at: self.paid_at.unwrap_or(self.expires_at),
                charged: self.amount,
                refunded: Money::new(self.back, self.amount.currency()).unwrap(),
            }));
        }
        if self.is_disputed {
            kinds.push(PaymentEventKind::Disputed { dispute: "dp_1".into(), payment_intent: self.intent() });
        }
        kinds.into_iter().map(|kind| self.event(booking, kind)).collect()
    }

    /// What Stripe answers when it is asked how the session stands; none while it is open.
    pub(super) fn outcome(&self) -> Option<PaymentEventKind> {
        let session = self.id();
        let paid = || SessionPayment { session: self.id(), payment_intent: self.intent(), amount: self.amount };
        Some(match self.course {
            Course::Open => return None,
            Course::Expired => PaymentEventKind::Expired { session },
            Course::Settling => PaymentEventKind::CompletedUnpaid { session },
            Course::Refused => PaymentEventKind::AsyncFailed { session },
            Course::Paid { late: false } => PaymentEventKind::Completed(paid()),
            Course::Paid { late: true } => PaymentEventKind::AsyncSucceeded(paid()),
        })
    }

    pub(super) fn event(&self, booking: &Booking, kind: PaymentEventKind) -> PaymentEvent {
        PaymentEvent {
            id: format!("evt_{}", kind.change()),
            origin: ours(),
            booking: BookingRef { tenant: TenantId::new(Ulid(9)), booking: booking.id },
            at: self.paid_at.unwrap_or(self.expires_at),
            kind,
        }
    }
}

pub(super) fn ours() -> Origin {
    Origin { account: None, livemode: true }
}
