//! Everything else outside: Stripe, the bus and the mailbox, each behind the gate.
//!
//! Stripe is the simulator, asked in the same thread; what it does is its own. The bus follows the rules of
//! the template.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use local::clock::MovableClock;
use local::template::Rule;
use serde_json::{Value, json};
use shared::clients::stripe::{Carrier, Source};
use shared::domain::event::Event;
use shared::domain::mail::Mail;
use shared::ports::event::{SOURCE, to_json};
use shared::ports::{Bus, Mailer, SendError};
use tower::ServiceExt as _;

use crate::gate::{self, Kind, Verdict};
use crate::queue::Queue;
use crate::record::Record;

/// What no Stripe and no mailer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Betrayal {
    /// Every so many refunds are answered as made and are not.
    LostRefunds,
    /// Every so many refunds are of a cent less than was asked for.
    ShortRefunds,
    /// Every so many mails arrive twice.
    DoubleMails,
    /// Every so many mails never arrive.
    LostMails,
}

/// Every how many refunds, and mails, one is betrayed.
const REFUNDS: u64 = 2;
const MAILS: u64 = 5;

/// Carries calls to simulated Stripe.
pub struct InProcess {
    router: Router,
    betrayal: Option<Betrayal>,
    refunds: Mutex<u64>,
}

impl InProcess {
    /// A carrier to the Stripe of `router`.
    #[must_use]
    pub fn new(router: Router, betrayal: Option<Betrayal>) -> Self {
        Self { router, betrayal, refunds: Mutex::default() }
    }

    /// Asks, for so many cents less than `call` says.
    async fn ask(&self, call: &reqwest::Request, less: u64) -> Result<reqwest::Response, Source> {
        let mut request = http::Request::builder().method(call.method()).uri(call.url().as_str());
        for (name, value) in call.headers() {
            request = request.header(name, value);
        }
        let body = call.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        let body = if less == 0 { body.to_vec() } else { lessened(body, less) };
        let request = request.body(Body::from(body))?;
        let (parts, body) = self.router.clone().oneshot(request).await?.into_parts();
        let body = to_bytes(body, usize::MAX).await?;
        Ok(http::Response::from_parts(parts, body).into())
    }

    /// Whether this refund is one that Stripe betrays.
    fn betrays(&self, call: &reqwest::Request, how: Betrayal) -> bool {
        if self.betrayal != Some(how) || call.method() != "POST" || call.url().path() != "/v1/refunds" {
            return false;
        }
        let mut refunds = self.refunds.lock().unwrap_or_else(PoisonError::into_inner);
        *refunds += 1;
        refunds.is_multiple_of(REFUNDS)
    }
}

/// A form whose `amount` is so much less.
fn lessened(form: &[u8], less: u64) -> Vec<u8> {
    let form = String::from_utf8_lossy(form);
    let pairs =
        form.split('&').map(|pair| match pair.strip_prefix("amount=").and_then(|amount| amount.parse::<u64>().ok()) {
            Some(amount) => format!("amount={}", amount.saturating_sub(less)),
            None => pair.to_owned(),
        });
    pairs.collect::<Vec<_>>().join("&").into_bytes()
}

#[async_trait]
impl Carrier for InProcess {
    async fn carry(&self, call: reqwest::Request) -> Result<reqwest::Response, Source> {
        let verdict = gate::pass(Kind::Stripe, || {
            let body = call.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
            let about = String::from_utf8_lossy(body);
            let about = about.split('&').filter(|pair| {
                pair.starts_with("client_reference_id")
                    || pair.starts_with("amount")
                    || pair.starts_with("payment_intent=")
            });
            format!("{} {} {}", call.method(), call.url().path(), about.collect::<Vec<_>>().join(" "))
        })
        .await;
        match verdict {
            Verdict::Hide => Err("the line broke".into()),
            Verdict::Refuse => {
                let busy = json!({ "error": { "type": "api_error", "message": "too busy" } });
                Ok(http::Response::builder().status(503).body(busy.to_string())?.into())
            }
            Verdict::Go => {
                if self.betrays(&call, Betrayal::LostRefunds) {
                    let made = json!({ "id": "re_never", "amount": 1, "currency": "eur", "status": "succeeded" });
                    return Ok(http::Response::builder().status(200).body(made.to_string())?.into());
                }
                let is_short = self.betrays(&call, Betrayal::ShortRefunds);
                self.ask(&call, if is_short { 1 } else { 0 }).await
            }
            Verdict::Last | Verdict::Lose => {
                drop(self.ask(&call, 0).await);
                gate::last(verdict).await;
                Err("the line broke".into())
            }
        }
    }
}

/// The bus with its queues, and the mailbox.
#[derive(Debug)]
pub struct PostOffice {
    /// Names of events, and where they go.
    rules: Vec<(Vec<String>, Arc<Queue>)>,
    payments: Arc<Queue>,
    clock: Arc<MovableClock>,
    record: Arc<Record>,
    betrayal: Option<Betrayal>,
    mails: Mutex<u64>,
}

impl PostOffice {
    /// A bus with the template's `rules` over the queues of payments, mails and the waitlist.
    #[must_use]
    pub fn new(
        rules: &[Rule],
        queues: &[Arc<Queue>; 3],
        clock: Arc<MovableClock>,
        record: Arc<Record>,
        betrayal: Option<Betrayal>,
    ) -> Self {
        let named = |name: &str| queues.iter().find(|queue| queue.name == name).map(Arc::clone);
        let rules = rules.iter().filter_map(|rule| Some((rule.events.clone(), named(&rule.queue)?))).collect();
        Self { rules, payments: Arc::clone(&queues[0]), clock, record, betrayal, mails: Mutex::default() }
    }

    fn put(&self, events: &[Event]) {
        let now = shared::ports::Clock::now(&*self.clock);
        for event in events {
            let body = envelope(event).to_string();
            let matching = self.rules.iter().filter(|(names, _)| names.iter().any(|known| known == event.what.name()));
            matching.for_each(|(_, queue)| queue.send(body.clone(), now));
        }
    }
}

fn broken() -> SendError {
    SendError::Unavailable("the line broke".into())
}

#[async_trait]
impl Bus for PostOffice {
    async fn publish(&self, events: &[Event]) -> Result<Vec<usize>, SendError> {
        let verdict = gate::pass(Kind::Publish, || format!("publish {} events", events.len())).await;
        match verdict {
            Verdict::Hide => Err(broken()),
            // EventBridge takes some and not others.
            Verdict::Refuse => {
                let (taken, _): (Vec<Event>, Vec<Event>) = (events.iter().step_by(2).cloned().collect(), Vec::new());
                self.put(&taken);
                Ok((0..events.len()).filter(|n| n % 2 == 1).collect())
            }
            Verdict::Go => {
                self.put(events);
                Ok(Vec::new())
            }
            Verdict::Last | Verdict::Lose => {
                self.put(events);
                gate::last(verdict).await;
                Err(broken())
            }
        }
    }

    async fn queue_payment(&self, body: &str) -> Result<(), SendError> {
        let verdict = gate::pass(Kind::Queue, || "queue a payment event".to_owned()).await;
        if matches!(verdict, Verdict::Hide | Verdict::Refuse) {
            return Err(broken());
        }
        self.payments.send(body.to_owned(), shared::ports::Clock::now(&*self.clock));
        gate::last(verdict).await;
        if verdict == Verdict::Lose { Err(broken()) } else { Ok(()) }
    }

    async fn park_event(&self, note: &str) -> Result<(), SendError> {
        self.record.parked(format!("the relay gave an event up: {note}"));
        Ok(())
    }
}

#[async_trait]
impl Mailer for PostOffice {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let verdict = gate::pass(Kind::Mail, || format!("mail to {}: {}", mail.to, mail.subject)).await;
        if matches!(verdict, Verdict::Hide | Verdict::Refuse) {
            return Err(broken());
        }
        let times = {
            let mut mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
            *mails += 1;
            match self.betrayal.filter(|_| mails.is_multiple_of(MAILS)) {
                Some(Betrayal::DoubleMails) => 2,
                Some(Betrayal::LostMails) => 0,
                _ => 1,
            }
        };
        for _ in 0..times {
            self.record.sent(mail, gate::current(), verdict != Verdict::Go);
        }
        gate::last(verdict).await;
        if verdict == Verdict::Lose { Err(broken()) } else { Ok(()) }
    }
}

/// What EventBridge makes of an event on its way into a queue.
fn envelope(event: &Event) -> Value {
    json!({
        "version": "0",
        "id": event.id.to_string(),
        "detail-type": event.what.name(),
        "source": SOURCE,
        "account": "000000000000",
        "time": event.at.to_string(),
        "region": "eu-central-1",
        "resources": [],
        "detail": to_json(event),
    })
}
