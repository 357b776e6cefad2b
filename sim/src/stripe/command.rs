//! Commands: makes an event happen now, whether or not the customer would have come to it.
//!
//! For developers and tests. What is forced here changes the books too, so that later calls of the
//! API agree with it; a field that is overridden changes only what the event says.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::books::{Progress, Refund};
use super::state::State;
use super::webhook::Delivery;
use super::wire;

/// An event to bring about.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Command {
    /// Stripe's name of the event type, as `checkout.session.completed`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The Checkout Session it is about.
    pub session_id: Option<String>,
    /// The booking it is about, whose newest session is meant.
    pub booking_id: Option<String>,
    /// Minor units: what the event claims was paid, refunded in all, or is disputed.
    pub amount: Option<i64>,
    /// The currency that the event claims, in lower case.
    pub currency: Option<String>,
    /// `paid` or `unpaid`, for a completed session.
    pub payment_status: Option<String>,
    /// The mode that the event claims.
    pub livemode: Option<bool>,
    /// The connected account that the event claims.
    pub account: Option<String>,
    /// The event's id, to send two events of one id or two ids for one change.
    pub event_id: Option<String>,
    /// When it happened, in seconds since the Unix epoch.
    pub created: Option<i64>,
    /// When it is signed, in seconds since the Unix epoch.
    pub signed_at: Option<i64>,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandRefused {
    /// Neither an event nor a command.
    Malformed(String),
    /// No session of that id, or none of that booking.
    NoSuchSession,
    /// A type that the simulator cannot bring about; send the whole event instead.
    UnknownType(String),
}

impl fmt::Display for CommandRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(why) => write!(f, "neither an event nor a command: {why}"),
            Self::NoSuchSession => f.write_str("no such checkout session"),
            Self::UnknownType(kind) => write!(f, "the simulator cannot bring about {kind}"),
        }
    }
}

impl std::error::Error for CommandRefused {}

impl State {
    /// Carries out a command.
    pub(super) fn obey(&mut self, command: &Command, now: i64) -> Result<Delivery, CommandRefused> {
        let session = self.meant(command).ok_or(CommandRefused::NoSuchSession)?;
        let (mut object, amount_field) = self.force(command, &session, now)?;
        if let Some(amount) = command.amount {
            object[amount_field] = amount.into();
        }
        if let Some(currency) = &command.currency {
            object["currency"] = currency.as_str().into();
        }
        if let Some(livemode) = command.livemode {
            object["livemode"] = livemode.into();
        }
        let own = self.books.sessions.get(&session).and_then(|session| session.account.clone());
        let account = command.account.as_ref().or(own.as_ref());
        let id = command.event_id.clone().unwrap_or_else(|| self.fresh_id("evt"));
        let created = command.created.unwrap_or(now);
        let mut event = wire::event(&id, &command.kind, &object, account.map(String::as_str), created);
        event["livemode"] = command.livemode.unwrap_or(false).into();
        Ok(self.deliver(&event, command.signed_at.unwrap_or(now)))
    }

    /// Delivers a whole event as it is, adding only what every event has and this one lacks.
    pub(super) fn relay(&mut self, mut event: Value, now: i64) -> Result<Delivery, CommandRefused> {
        if !event["type"].is_string() || !event["data"]["object"].is_object() {
            return Err(CommandRefused::Malformed("an event has a type and a data.object".into()));
        }
        let defaults = wire::event(&self.fresh_id("evt"), "", &Value::Null, None, now);
        let (Value::Object(event_fields), Value::Object(defaults)) = (&mut event, defaults) else {
            return Err(CommandRefused::Malformed("an event is an object".into()));
        };
        for (name, value) in defaults {
            event_fields.entry(name).or_insert(value);
        }
        Ok(self.deliver(&event, now))
    }

    fn meant(&self, command: &Command) -> Option<String> {
        match (&command.session_id, &command.booking_id) {
            (Some(id), _) => self.books.sessions.contains_key(id).then(|| id.clone()),
            (None, Some(booking)) => self.books.session_of(booking).map(|session| session.id.clone()),
            (None, None) => None,
        }
    }

    /// Changes the books as the event demands; answers its object and the name of its amount.
    fn force(&mut self, command: &Command, session: &str, now: i64) -> Result<(Value, &'static str), CommandRefused> {
        let is_unpaid = command.payment_status.as_deref() == Some("unpaid");
        let progress = match command.kind.as_str() {
            "checkout.session.completed" if is_unpaid => Some(Progress::Processing),
            "checkout.session.completed" | "checkout.session.async_payment_succeeded" => Some(Progress::Succeeded),
            "checkout.session.async_payment_failed" => Some(Progress::Failed),
            "checkout.session.expired" => None,
            "charge.refunded" | "charge.dispute.created" => {
                return self.force_charge(command, session, now);
            }
            other => return Err(CommandRefused::UnknownType(other.to_owned())),
        };
        match progress {
            Some(progress) => {
                let fresh = self.fresh_ids();
                self.books.complete(session, progress, fresh, now);
            }
            // A session that was finished stays so; the event claims otherwise.
            None => {
                self.books.expire(session);
            }
        }
        let session = self.books.sessions.get(session).ok_or(CommandRefused::NoSuchSession)?;
        let mut object = wire::session(session, &self.books, &self.base_url);
        if progress.is_none() {
            object["status"] = "expired".into();
            object["url"] = Value::Null;
        }
        if let Some(status) = &command.payment_status {
            object["payment_status"] = status.as_str().into();
        }
        Ok((object, "amount_total"))
    }

    /// As [`State::force`], for events about the charge; it is made first if nobody has paid yet.
    fn force_charge(
        &mut self,
        command: &Command,
        session: &str,
        now: i64,
    ) -> Result<(Value, &'static str), CommandRefused> {
        let has_paid = self.books.sessions.get(session).is_some_and(|it| it.payment_intent.is_some());
        if !has_paid {
            let fresh = self.fresh_ids();
            self.books.complete(session, Progress::Succeeded, fresh, now);
        }
        let [dispute, refund] = ["dp", "re"].map(|prefix| self.fresh_id(prefix));
        let session = self.books.sessions.get(session).ok_or(CommandRefused::NoSuchSession)?;
        let intent = session.payment_intent.as_ref().and_then(|id| self.books.intents.get_mut(id));
        let intent = intent.ok_or(CommandRefused::NoSuchSession)?;
        if command.kind == "charge.dispute.created" {
            intent.disputed = true;
            return Ok((wire::dispute(&dispute, intent, now), "amount"));
        }
        let refunded = command.amount.unwrap_or(intent.amount).min(intent.amount);
        let more = refunded - intent.refunded;
        let intent = intent.id.clone();
        if 0 < more {
            let refund = Refund {
                id: refund,
                intent: intent.clone(),
                created: now,
                amount: more,
                reason: None,
                has_failed: false,
            };
            self.books.give_back(refund);
        }
        let intent = self.books.intents.get(&intent).ok_or(CommandRefused::NoSuchSession)?;
        Ok((wire::charge(intent), "amount_refunded"))
    }
}
