//! All that changes, behind one lock: the books, the answers given, the events and the outages.
//!
//! Events are collected while the lock is held and handed to the sink only afterwards.

use std::sync::Arc;

use aws_lc_rs::rand;
use serde_json::Value;

use super::books::{Books, FreshIds, Progress};
use super::idempotency::Answers;
use super::outage::Outages;
use super::webhook::{self, Delivery, Outgoing};
use super::{Dice, wire};

/// All that changes.
pub(super) struct State {
    pub(super) books: Books,
    pub(super) answers: Answers,
    pub(super) outgoing: Outgoing,
    pub(super) outages: Outages,
    pub(super) secrets: Vec<String>,
    pub(super) base_url: String,
    /// What ids are made of.
    pub(super) dice: Dice,
    /// Deliveries that the sink has not been given yet.
    pub(super) pending: Vec<Delivery>,
}

impl State {
    /// A Stripe in which nothing has happened.
    pub(super) fn new(secret: String, base_url: String) -> Self {
        Self {
            books: Books::default(),
            answers: Answers::default(),
            outgoing: Outgoing::default(),
            outages: Outages::default(),
            secrets: vec![secret],
            base_url,
            dice: Arc::new(random),
            pending: Vec::new(),
        }
    }

    /// An id that nothing else has: it must not come again after a restart either.
    pub(super) fn fresh_id(&self, prefix: &str) -> String {
        let hex: String = (self.dice)().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{prefix}_{hex}")
    }

    /// Ids for a payment that may have to be made.
    pub(super) fn fresh_ids(&self) -> FreshIds {
        FreshIds { intent: self.fresh_id("pi"), charge: self.fresh_id("ch") }
    }

    /// Tells of a change of the session.
    pub(super) fn announce_session(&mut self, kind: &str, id: &str, now: i64) {
        let Some(session) = self.books.sessions.get(id) else { return };
        let account = session.account.clone();
        let object = wire::session(session, &self.books, &self.base_url);
        self.announce(kind, &object, account.as_deref(), now);
    }

    /// Tells of a change of the charge behind a payment.
    pub(super) fn announce_charge(&mut self, kind: &str, intent: &str, now: i64) {
        let Some(intent) = self.books.intents.get(intent) else { return };
        let (object, account) = (wire::charge(intent), intent.account.clone());
        self.announce(kind, &object, account.as_deref(), now);
    }

    fn announce(&mut self, kind: &str, object: &Value, account: Option<&str>, now: i64) {
        let id = self.fresh_id("evt");
        let event = wire::event(&id, kind, object, account, now);
        self.deliver(&event, now);
    }

    /// Records an event and delivers it, signed at `signed_at`.
    pub(super) fn deliver(&mut self, event: &Value, signed_at: i64) -> Delivery {
        let (event_id, body) = self.outgoing.record(event);
        self.send(event_id, body, signed_at)
    }

    /// Delivers an event that happened before once more, signed anew.
    pub(super) fn redeliver(&mut self, event_id: &str, now: i64) -> Option<Delivery> {
        let body = self.outgoing.find(event_id)?.to_owned();
        Some(self.send(event_id.to_owned(), body, now))
    }

    fn send(&mut self, event_id: String, body: String, signed_at: i64) -> Delivery {
        let signature = webhook::sign(&self.secrets, &body, signed_at);
        let delivery = Delivery { event_id, body, signature };
        self.pending.extend(self.outgoing.pass(delivery.clone()));
        delivery
    }

    /// Ends every session whose time is over at `now`; answers how many there were.
    pub(super) fn sweep(&mut self, now: i64) -> usize {
        let due = self.books.due(now);
        for id in &due {
            self.books.expire(id);
            self.announce_session("checkout.session.expired", id, now);
        }
        due.len()
    }

    /// Lets the customer finish a session, paid at once or to be paid by a bank later.
    pub(super) fn complete(&mut self, id: &str, progress: Progress, now: i64) {
        let fresh = self.fresh_ids();
        self.books.complete(id, progress, fresh, now);
        self.announce_session("checkout.session.completed", id, now);
    }

    /// Lets the bank answer for a session that was finished with a delayed method.
    pub(super) fn settle(&mut self, id: &str, has_succeeded: bool, now: i64) {
        let (progress, kind) = if has_succeeded {
            (Progress::Succeeded, "checkout.session.async_payment_succeeded")
        } else {
            (Progress::Failed, "checkout.session.async_payment_failed")
        };
        let fresh = self.fresh_ids();
        self.books.complete(id, progress, fresh, now);
        self.announce_session(kind, id, now);
    }
}

fn random() -> [u8; 12] {
    let mut bytes = [0; 12];
    // Without randomness ids would collide, which every test of this simulator would show.
    let _ = rand::fill(&mut bytes);
    bytes
}
