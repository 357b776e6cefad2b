//! A Stripe that runs inside the process: the real wire, a Checkout page, signed webhooks. No money.
//!
//! Read [`Simulator`], then `order` (what may be sold), `books` (what is known and how it changes),
//! `api` and `page` (the two ways in), `webhook` (the way out), `command` and `outage` (for tests).
//! It takes no decision of the product's, and never calls anybody: events go to a [`Sink`].

mod api;
mod books;
mod command;
mod form;
mod idempotency;
mod list;
mod order;
mod outage;
mod page;
mod refusal;
mod state;
mod webhook;
mod wire;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use jiff::Timestamp;
use serde_json::Value;
use tokio::net::TcpListener;
use url::Url;

pub use books::Charge;
pub use command::{Command, CommandRefused};
pub use outage::Outage;
pub use webhook::{Delivery, Order};

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Takes each delivery, in order. It must not block, and must not call the simulator back.
pub type Sink = Arc<dyn Fn(Delivery) + Send + Sync>;

/// Makes what ids are made of. It must not give the same twice.
pub type Dice = Arc<dyn Fn() -> [u8; 12] + Send + Sync>;

/// What a simulator needs.
#[derive(Clone)]
pub struct Options {
    /// What webhooks are signed with, `whsec_…`.
    pub webhook_secret: String,
    /// Tells the time; sessions expire by it.
    pub clock: Clock,
    /// The public address under which [`Simulator::router`] is mounted.
    pub base_url: Url,
    /// Where events go.
    pub sink: Sink,
}

/// A simulated Stripe. Clones share everything.
#[derive(Clone)]
pub struct Simulator {
    clock: Clock,
    sink: Sink,
    state: Arc<Mutex<state::State>>,
}

impl Simulator {
    /// Makes a Stripe in which nothing has happened.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let Options { webhook_secret, clock, base_url, sink } = options;
        let state = state::State::new(webhook_secret, base_url.to_string());
        Self { clock, sink, state: Arc::new(Mutex::new(state)) }
    }

    /// Makes ids of what `dice` shows from now on, so that a run can be repeated to the letter.
    pub fn throw(&self, dice: Dice) {
        self.lock().dice = dice;
    }

    /// The API below `/v1` and the Checkout page below `/checkout`.
    pub fn router(&self) -> Router {
        Router::new().nest("/v1", api::router(self)).merge(page::router()).with_state(self.clone())
    }

    /// Serves [`Simulator::router`] until the future is dropped.
    ///
    /// # Errors
    ///
    /// When the listener fails.
    pub async fn serve(self, listener: TcpListener) -> std::io::Result<()> {
        axum::serve(listener, self.router()).await
    }

    /// Ends the sessions whose time is over and tells of each; answers how many there were. Every
    /// other call does so first, too.
    pub fn expire_due(&self) -> usize {
        let now = self.now();
        self.with(|state| state.sweep(now))
    }

    /// Brings an event about and delivers it.
    ///
    /// # Errors
    ///
    /// [`CommandRefused`] when there is no such session, or the type cannot be brought about.
    pub fn emit(&self, command: &Command) -> Result<Delivery, CommandRefused> {
        self.act(|state, now| state.obey(command, now))
    }

    /// Does what `POST /dev/stripe/event` asks for: delivers a whole event, which has `data`, as it
    /// is; or carries out a [`Command`].
    ///
    /// # Errors
    ///
    /// [`CommandRefused`], also when `request` is neither.
    pub fn dispatch(&self, request: Value) -> Result<Delivery, CommandRefused> {
        if request.get("data").is_some() {
            return self.act(|state, now| state.relay(request, now));
        }
        let malformed = |err: serde_json::Error| CommandRefused::Malformed(err.to_string());
        self.emit(&serde_json::from_value(request).map_err(malformed)?)
    }

    /// Delivers the event of that id once more, signed anew; `None` when there was none.
    pub fn replay(&self, event_id: &str) -> Option<Delivery> {
        self.act(|state, now| state.redeliver(event_id, now))
    }

    /// Keeps deliveries back until [`Simulator::release`].
    pub fn hold(&self) {
        self.lock().outgoing.hold();
    }

    /// Lets go of what was held, in that order; answers how many there were.
    pub fn release(&self, order: Order) -> usize {
        self.with(|state| {
            let held = state.outgoing.release(order);
            let count = held.len();
            state.pending.extend(held);
            count
        })
    }

    /// Lets the next `calls` of the API pass, before what [`Simulator::fail_next`] brings.
    pub fn let_pass(&self, calls: usize) {
        self.lock().outages.pass(calls);
    }

    /// Lets the newest refund of a payment fail at the customer's bank; `false` when there is none. Stripe
    /// tells of that in an event that nobody here listens to.
    pub fn fail_refund(&self, payment_intent: &str) -> bool {
        self.lock().books.fail_refund(payment_intent)
    }

    /// Lets the next `calls` of the API fail. The Checkout page stays up.
    pub fn fail_next(&self, calls: usize, outage: Outage) {
        self.lock().outages.add(calls, outage);
    }

    /// Lets every call of the API fail from now on, or none any more.
    pub fn set_outage(&self, outage: Option<Outage>) {
        self.lock().outages.set(outage);
    }

    /// Signs with `secret` from now on, and with the older ones as well, as while a secret is rolled.
    pub fn roll_secret(&self, secret: impl Into<String>) {
        self.lock().secrets.push(secret.into());
    }

    /// The `Stripe-Signature` header for `body`, signed at `t`.
    #[must_use]
    pub fn sign(&self, body: &str, t: Timestamp) -> String {
        webhook::sign(&self.lock().secrets, body, t.as_second())
    }

    /// The session of that id, or else the newest one of that booking, as the API shows it.
    #[must_use]
    pub fn find_session(&self, session_or_booking: &str) -> Option<Value> {
        self.act(|state, _| {
            let by_id = state.books.sessions.get(session_or_booking);
            let session = by_id.or_else(|| state.books.session_of(session_or_booking))?;
            Some(wire::session(session, &state.books, &state.base_url))
        })
    }

    /// Every payment whose money came, by its id.
    #[must_use]
    pub fn charges(&self) -> Vec<Charge> {
        self.lock().books.charges()
    }

    /// Every event so far, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<Value> {
        let state = self.lock();
        state.outgoing.bodies().filter_map(|body| serde_json::from_str(body).ok()).collect()
    }

    /// Changes the state at the present time, after ending what is due.
    fn act<T>(&self, work: impl FnOnce(&mut state::State, i64) -> T) -> T {
        let now = self.now();
        self.with(|state| {
            state.sweep(now);
            work(state, now)
        })
    }

    /// Changes the state, then hands on what there is to tell.
    fn with<T>(&self, work: impl FnOnce(&mut state::State) -> T) -> T {
        let (result, pending) = {
            let mut state = self.lock();
            let result = work(&mut state);
            (result, std::mem::take(&mut state.pending))
        };
        for delivery in pending {
            (self.sink)(delivery);
        }
        result
    }

    fn lock(&self) -> MutexGuard<'_, state::State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seconds since the Unix epoch.
    fn now(&self) -> i64 {
        (self.clock)().as_second()
    }
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator").finish_non_exhaustive()
    }
}
