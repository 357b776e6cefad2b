//! The world of one seed: two businesses, their customers, and everything outside, set up without a fault.
//!
//! Several copies of the functions stand side by side, as warm Lambdas do, each with what it remembers.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use jiff::{SignedDuration, Timestamp};
use local::clock::MovableClock;
use local::dynamodb::inline::Inline;
use local::dynamodb::table_names;
use local::template::Template;
use shared::clients::stripe::Stripe;
use shared::config::Config;
use shared::domain::booking::Booking;
use shared::domain::id::{ProposalId, TenantId};
use shared::domain::secret::SessionId;
use shared::ports::Clock as _;
use shared::runtime::Services;
use shared::store::Store;
use sim::stripe::{Delivery, Options, Simulator};

use crate::business;
use crate::database::{Door, Sabotage, patience};
use crate::dice::{Dice, SeededIds};
use crate::log::Log;
use crate::outside::{Betrayal, InProcess, PostOffice};
use crate::queue::Queue;
use crate::record::Record;

/// How many customers there are.
pub const CLIENTS: usize = 64;

/// How many copies of the functions.
const COPIES: usize = 3;

/// What is wrong with the outside on purpose, to see whether the oracle notices.
#[derive(Debug, Clone, Copy, Default)]
pub struct Malice {
    /// Of the database.
    pub database: Option<Sabotage>,
    /// Of Stripe or the mailer.
    pub outside: Option<Betrayal>,
}

/// A customer.
#[derive(Debug)]
pub struct Client {
    /// Where mails go.
    pub email: String,
    /// Whose customer.
    pub tenant: TenantId,
    /// What they were asked to confirm, newest last.
    pub asked: Vec<(SessionId, ProposalId)>,
    /// Their bookings as they last saw each.
    pub bookings: Vec<Booking>,
    /// Checkout pages that they have open.
    pub pages: Vec<String>,
}

/// What somebody was told was done.
#[derive(Debug, Clone)]
pub struct Ack {
    /// What they had asked for.
    pub what: &'static str,
    /// The booking as they were told it is.
    pub booking: Booking,
}

/// All of it.
pub struct World {
    /// What is wrong on purpose.
    pub malice: Malice,
    /// The time, which only `play` moves.
    pub clock: Arc<MovableClock>,
    /// All chance.
    pub dice: Dice,
    /// The database.
    pub door: Arc<Door>,
    /// What really happened.
    pub record: Arc<Record>,
    /// Copies of the functions.
    pub functions: Vec<Services>,
    /// Stripe.
    pub stripe: Simulator,
    /// Its pages, for browsers.
    pub pages: Router,
    /// Bus and mailbox.
    pub office: Arc<PostOffice>,
    /// The payment worker's queue.
    pub payments: Arc<Queue>,
    /// The notifier's.
    pub notices: Arc<Queue>,
    /// The waitlist's.
    pub openings: Arc<Queue>,
    /// What Stripe has yet to tell.
    pub deliveries: Arc<Mutex<Vec<Delivery>>>,
    /// How far the relay is in the outbox's stream.
    pub relayed: Cell<usize>,
    /// Whether a relay is under way: a shard has one at a time.
    pub is_relaying: Cell<bool>,
    /// The customers.
    pub clients: RefCell<Vec<Client>>,
    /// What was acknowledged.
    pub acks: RefCell<Vec<Ack>>,
    /// Bookings of which Stripe was made to tell what is not so, and payments that a person has to look at.
    pub odd: RefCell<BTreeMap<String, BTreeSet<&'static str>>>,
    /// The history.
    pub log: RefCell<Log>,
}

impl World {
    /// Opens the world of `seed`.
    ///
    /// # Panics
    ///
    /// When it cannot be set up: there is nothing to check then.
    #[must_use]
    pub fn open(seed: u64, malice: Malice) -> Self {
        fastrand::seed(seed);
        crate::gate::reset();
        let dice = Dice::new(seed, 1);
        // Four days before Europe's clocks change, and eleven before New York's.
        let opening: Timestamp = "2026-10-21T06:00:00Z".parse().unwrap();
        let clock = Arc::new(MovableClock::frozen(opening + SignedDuration::from_mins(dice.long(0..1_440))));
        let template = Template::deployed().unwrap();
        let record = Record::new(Arc::clone(&clock));
        let inline = Inline::open(&template.tables, Arc::clone(&clock)).unwrap();
        let door = Door::new(inline, Arc::clone(&record), malice.database);
        let ids = SeededIds::new(seed);
        let deliveries: Arc<Mutex<Vec<Delivery>>> = Arc::default();
        let (time, sink, twelve) = (Arc::clone(&clock), Arc::clone(&deliveries), Arc::clone(&ids));
        let stripe = Simulator::new(Options {
            webhook_secret: "whsec_soak".to_owned(),
            clock: Arc::new(move || time.now()),
            base_url: "http://stripe.test".parse().unwrap(),
            sink: Arc::new(move |delivery| sink.lock().unwrap_or_else(PoisonError::into_inner).push(delivery)),
        });
        stripe.throw(Arc::new(move || twelve.twelve()));
        let queue = |name: &str, hidden| {
            let meant = template.queues.iter().find(|queue| queue.function == name).unwrap();
            Arc::new(Queue::new(&meant.name, SignedDuration::from_secs(hidden), meant.receives))
        };
        let queues = [queue("payment-worker", 180), queue("notifier", 360), queue("waitlist-worker", 180)];
        let office = PostOffice::new(&template.rules, &queues, Arc::clone(&clock), Arc::clone(&record), malice.outside);
        let [payments, notices, openings] = queues;
        let functions = (0..COPIES).map(|_| services(&door, &clock, &ids, &stripe, malice)).collect();
        let world = Self {
            malice,
            clock,
            dice,
            door,
            record,
            functions,
            pages: stripe.router(),
            stripe,
            office: Arc::new(office),
            payments,
            notices,
            openings,
            deliveries,
            relayed: Cell::new(0),
            is_relaying: Cell::new(false),
            clients: RefCell::default(),
            acks: RefCell::default(),
            odd: RefCell::default(),
            log: RefCell::default(),
        };
        let tenants = futures::executor::block_on(business::found(&world));
        world.clients.replace((0..CLIENTS).map(|n| client(n, &tenants)).collect());
        world
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets time pass.
    pub fn pass(&self, time: SignedDuration) {
        self.clock.advance(Duration::try_from(time).unwrap_or_default());
    }

    /// One of the functions' copies.
    #[must_use]
    pub fn function(&self) -> &Services {
        &self.functions[self.dice.of(0..self.functions.len())]
    }

    /// Notes what happened.
    pub fn note(&self, what: String) {
        self.log.borrow_mut().note(self.now(), what);
    }

    /// Counts what happened.
    pub fn reach(&self, kind: impl Into<String>) {
        self.log.borrow_mut().reach(kind);
    }

    /// Notes that somebody was told that `what` was done.
    pub fn acknowledge(&self, what: &'static str, booking: &Booking) {
        self.reach(format!("told {what}"));
        let Booking { id, version, status, sequence, .. } = booking;
        self.note(format!("told {what}: {id} v{version} {} #{sequence}", status.as_str()));
        self.acks.borrow_mut().push(Ack { what, booking: booking.clone() });
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("malice", &self.malice).finish_non_exhaustive()
    }
}

fn services(
    door: &Arc<Door>,
    clock: &Arc<MovableClock>,
    ids: &Arc<SeededIds>,
    stripe: &Simulator,
    malice: Malice,
) -> Services {
    let config = Config::from_lookup(|name| match name {
        "PUBLIC_URL" => Some("https://desk.test".to_owned()),
        "STRIPE_URL" => Some("http://stripe.test".to_owned()),
        "STRIPE_SECRET_KEY" => Some("sk_test_soak".to_owned()),
        "STRIPE_WEBHOOK_SECRET" => Some("whsec_soak".to_owned()),
        "LINK_SECRET" => Some("a secret of links".to_owned()),
        "ANTHROPIC_API_KEY" => Some("sk-ant-soak".to_owned()),
        _ => None,
    });
    let config = config.unwrap();
    let store = Store::new(&door.client(), &table_names(), patience());
    let mut services = Services::over(&config, store, Arc::clone(clock) as _, Arc::clone(ids) as _).unwrap();
    let carrier = InProcess::new(stripe.router(), malice.outside);
    services.stripe = Stripe::new(carrier, config.stripe_url.clone(), config.stripe_key.clone());
    services
}

fn client(n: usize, tenants: &[TenantId]) -> Client {
    Client {
        email: format!("c{n}@people.test"),
        tenant: tenants[n % tenants.len()],
        asked: Vec::new(),
        bookings: Vec::new(),
        pages: Vec::new(),
    }
}
