//! What simulated Stripe knows: sessions, payments and charges, and how each may change.
//!
//! Pure state: it never reads a clock, answers HTTP or sends an event.

use std::collections::BTreeMap;

/// Everything that exists, by id.
#[derive(Debug, Default)]
pub(super) struct Books {
    /// Checkout Sessions.
    pub(super) sessions: BTreeMap<String, Session>,
    /// Payment Intents; each comes into being when somebody pays.
    pub(super) intents: BTreeMap<String, Intent>,
    /// Refunds, in the order in which they were made.
    pub(super) refunds: Vec<Refund>,
}

/// Where a Checkout Session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Can be paid.
    Open,
    /// The customer finished it; the money may still be on its way.
    Complete,
    /// Its time is over, or it was expired by a call.
    Expired,
}

impl Status {
    /// The word on the wire.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete => "complete",
            Self::Expired => "expired",
        }
    }
}

/// One line of the bill.
#[derive(Debug, Clone)]
pub(super) struct LineItem {
    /// What is sold.
    pub(super) name: String,
    /// A second line, if given.
    pub(super) description: Option<String>,
    /// The price of one, in minor units.
    pub(super) unit_amount: i64,
    /// How many.
    pub(super) quantity: i64,
}

/// One Checkout Session.
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// `cs_test_…`.
    pub(super) id: String,
    /// The connected account it belongs to, if not the platform's own.
    pub(super) account: Option<String>,
    /// Seconds since the Unix epoch.
    pub(super) created: i64,
    /// Seconds since the Unix epoch.
    pub(super) expires_at: i64,
    /// Where it stands.
    pub(super) status: Status,
    /// Lower case, as on the wire.
    pub(super) currency: String,
    /// What is sold.
    pub(super) line_items: Vec<LineItem>,
    /// Who pays, as the merchant said.
    pub(super) customer_email: Option<String>,
    /// The merchant's own reference.
    pub(super) client_reference_id: Option<String>,
    /// The merchant's notes on the session.
    pub(super) metadata: BTreeMap<String, String>,
    /// The merchant's notes for the payment; Stripe copies them to its charge.
    pub(super) payment_metadata: BTreeMap<String, String>,
    /// Where the customer goes after paying.
    pub(super) success_url: String,
    /// Where the customer goes who does not pay.
    pub(super) cancel_url: Option<String>,
    /// The payment, once there is one.
    pub(super) payment_intent: Option<String>,
}

impl Session {
    /// The bill in minor units.
    pub(super) fn total(&self) -> i64 {
        let line = |item: &LineItem| item.unit_amount.saturating_mul(item.quantity);
        self.line_items.iter().map(line).fold(0, i64::saturating_add)
    }
}

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// A delayed method: the bank has not answered yet.
    Processing,
    /// The money is there.
    Succeeded,
    /// The bank refused.
    Failed,
}

impl Progress {
    /// The word on the wire.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Failed => "requires_payment_method",
        }
    }
}

/// One Payment Intent and its single charge.
#[derive(Debug, Clone)]
pub(super) struct Intent {
    /// `pi_…`.
    pub(super) id: String,
    /// `ch_…`.
    pub(super) charge: String,
    /// The connected account it belongs to, if not the platform's own.
    pub(super) account: Option<String>,
    /// Seconds since the Unix epoch.
    pub(super) created: i64,
    /// In minor units.
    pub(super) amount: i64,
    /// In minor units, all refunds together.
    pub(super) refunded: i64,
    /// Lower case, as on the wire.
    pub(super) currency: String,
    /// Where it stands.
    pub(super) progress: Progress,
    /// Whether the customer's bank took it back.
    pub(super) disputed: bool,
    /// The merchant's notes.
    pub(super) metadata: BTreeMap<String, String>,
    /// Who paid.
    pub(super) email: Option<String>,
}

/// One payment that was made, as the books have it: what a checker compares bookings with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The payment, `pi_…`.
    pub intent: String,
    /// The connected account it belongs to, if not the platform's own.
    pub account: Option<String>,
    /// In minor units.
    pub amount: i64,
    /// What each refund of it gave back that has not failed, in minor units, in the order in which they were made.
    pub refunds: Vec<i64>,
    /// Whether the customer's bank took it back.
    pub disputed: bool,
    /// The merchant's notes.
    pub metadata: BTreeMap<String, String>,
}

/// One refund of a payment.
#[derive(Debug, Clone)]
pub(super) struct Refund {
    /// `re_…`.
    pub(super) id: String,
    /// The payment it is taken from, `pi_…`.
    pub(super) intent: String,
    /// Seconds since the Unix epoch.
    pub(super) created: i64,
    /// In minor units.
    pub(super) amount: i64,
    /// Why, as the merchant said.
    pub(super) reason: Option<String>,
    /// Whether the customer's bank sent the money back, long after it had left.
    pub(super) has_failed: bool,
}

impl Books {
    /// The session, if it belongs to `account`.
    pub(super) fn session(&self, id: &str, account: Option<&str>) -> Option<&Session> {
        self.sessions.get(id).filter(|session| session.account.as_deref() == account)
    }

    /// The newest session of a booking, by the merchant's reference or note.
    pub(super) fn session_of(&self, booking: &str) -> Option<&Session> {
        let is_of = |session: &&Session| {
            session.client_reference_id.as_deref() == Some(booking)
                || session.metadata.get("bookingId").is_some_and(|id| id == booking)
        };
        self.sessions.values().filter(is_of).max_by_key(|session| (session.created, session.expires_at))
    }

    /// The payment, if it belongs to `account`.
    pub(super) fn intent(&self, id: &str, account: Option<&str>) -> Option<&Intent> {
        self.intents.get(id).filter(|intent| intent.account.as_deref() == account)
    }

    /// Every payment whose money came.
    pub(super) fn charges(&self) -> Vec<Charge> {
        let made = self.intents.values().filter(|intent| intent.progress == Progress::Succeeded);
        let refunds = |intent: &Intent| {
            let of = self.refunds.iter().filter(|refund| refund.intent == intent.id && !refund.has_failed);
            of.map(|refund| refund.amount).collect()
        };
        made.map(|intent| Charge {
            intent: intent.id.clone(),
            account: intent.account.clone(),
            amount: intent.amount,
            refunds: refunds(intent),
            disputed: intent.disputed,
            metadata: intent.metadata.clone(),
        })
        .collect()
    }

    /// Gives `amount` of a payment back.
    pub(super) fn give_back(&mut self, refund: Refund) {
        if let Some(intent) = self.intents.get_mut(&refund.intent) {
            intent.refunded += refund.amount;
            self.refunds.push(refund);
        }
    }

    /// Lets the newest refund of a payment fail, so that its money is the merchant's again; `false` when
    /// there is none.
    pub(super) fn fail_refund(&mut self, intent: &str) -> bool {
        let good = |refund: &&mut Refund| refund.intent == intent && !refund.has_failed;
        let Some(refund) = self.refunds.iter_mut().rev().find(good) else { return false };
        refund.has_failed = true;
        if let Some(intent) = self.intents.get_mut(intent) {
            intent.refunded -= refund.amount;
        }
        true
    }

    /// Completes a session: from here on it has a payment, which stands at `progress`.
    ///
    /// A payment that exists already is only moved on, so paying twice charges once.
    pub(super) fn complete(&mut self, id: &str, progress: Progress, fresh: FreshIds, now: i64) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        session.status = Status::Complete;
        let intent = session.payment_intent.get_or_insert(fresh.intent).clone();
        let intent = self.intents.entry(intent.clone()).or_insert_with(|| Intent {
            id: intent,
            charge: fresh.charge,
            account: session.account.clone(),
            created: now,
            amount: session.total(),
            refunded: 0,
            currency: session.currency.clone(),
            progress,
            disputed: false,
            metadata: session.payment_metadata.clone(),
            email: session.customer_email.clone(),
        });
        intent.progress = progress;
    }

    /// Ends an open session; `false` when it was not open.
    pub(super) fn expire(&mut self, id: &str) -> bool {
        let open = self.sessions.get_mut(id).filter(|session| session.status == Status::Open);
        let Some(session) = open else { return false };
        session.status = Status::Expired;
        true
    }

    /// The open sessions whose time is over at `now`, the longest overdue first.
    pub(super) fn due(&self, now: i64) -> Vec<String> {
        let is_due = |session: &&Session| session.status == Status::Open && session.expires_at <= now;
        let mut due: Vec<&Session> = self.sessions.values().filter(is_due).collect();
        due.sort_by_key(|session| (session.expires_at, session.created));
        due.into_iter().map(|session| session.id.clone()).collect()
    }
}

/// Ids for a payment that may have to be made.
#[derive(Debug)]
pub(super) struct FreshIds {
    /// `pi_…`.
    pub(super) intent: String,
    /// `ch_…`.
    pub(super) charge: String,
}
