//! A business with an embedded database, a clock that stands still, a simulated Stripe, and visitors.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use local::clock::MovableClock;
use local::dynamodb::{DynamoDb, Records, table_names};
use local::tasks::Tasks;
use local::template::Template;
use shared::app::confirm::{Confirmed, Done, Error, confirm};
use shared::config::Config;
use shared::domain::booking::{Booking, Customer, Status};
use shared::domain::business::BusinessContext;
use shared::domain::conversation::{Conversation, Origin};
use shared::domain::event::Event;
use shared::domain::hours::Hours;
use shared::domain::hours::draft::{HoursDraft, StretchDraft, WeekDraft};
use shared::domain::id::{BookingId, ConversationId, MessageId, PackageId, ProposalId, ResourceId, TenantId};
use shared::domain::ledger::{TurnCost, Usage};
use shared::domain::message::{Answer, Outcome, Turn};
use shared::domain::money::MicroUsd;
use shared::domain::package::Package;
use shared::domain::package::draft::{CancellationDraft, PackageDraft};
use shared::domain::payment::{Claim, Payment};
use shared::domain::proof::Proof;
use shared::domain::proposal::{Operation, Preview, Proposal, ProposalStatus};
use shared::domain::resource::ResourceDraft;
use shared::domain::secret::{SessionId, TenantKey};
use shared::domain::slot::Slot;
use shared::domain::tenant::{AssistantSettings, Contact, Limits, Policies, Tenant};
use shared::domain::text::{Line as Text, Note};
use shared::domain::widget::WidgetConfig;
use shared::ports::metric::Unmeasured;
use shared::runtime::{RandomIds, Services};
use shared::store::booking::{Booked, BookingWrite};
use shared::store::meter::Ask;
use shared::store::tenant::NewTenant;
use shared::store::turn::{Kept, TurnWrite};
use shared::store::{Patience, Store};
use tests::line::Line;
use tokio::net::TcpListener;
use ulid::Ulid;

/// Monday, an hour before Berlin opens.
pub(crate) const NOW: &str = "2026-11-23T07:00:00Z";
pub(crate) const KEY: &str = "pk_demo";
pub(crate) const SITE: &str = "https://shop.example";
pub(crate) const TENANT: TenantId = TenantId::new(Ulid(7));

/// Where everything happens. Dropping it ends it.
pub(crate) struct World {
    pub(crate) services: Services,
    pub(crate) clock: Arc<MovableClock>,
    pub(crate) stripe: sim::stripe::Simulator,
    /// What the browsers of visitors say from now on.
    pub(crate) origin: Origin,
    tasks: Tasks,
    made: AtomicU64,
    database: DynamoDb,
}

impl Drop for World {
    fn drop(&mut self) {
        self.tasks.abort();
    }
}

/// What is offered: minutes of duration and of the buffers, seats, price, and by whom (numbers from 1).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offered<'a> {
    pub(crate) minutes: u32,
    pub(crate) buffers: (u32, u32),
    pub(crate) seats: u32,
    pub(crate) price: i64,
    pub(crate) by: &'a [u128],
}

/// An hour with Ann, for nothing.
pub(crate) const FREE_HOUR: Offered<'static> = Offered { minutes: 60, buffers: (0, 0), seats: 1, price: 0, by: &[1] };

/// The same for 80 euros.
pub(crate) const HOUR: Offered<'static> = Offered { price: 8_000, ..FREE_HOUR };

pub(crate) fn resource(n: u128) -> ResourceId {
    ResourceId::new(Ulid(100 + n))
}

pub(crate) fn package(n: u128) -> PackageId {
    PackageId::new(Ulid(200 + n))
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A business with `offered` packages (numbered from 1), open every day from 9 to 17 in Berlin.
pub(crate) async fn world(offered: &[Offered<'_>]) -> World {
    opened(offered, (NOW, "09:00", "17:00")).await
}

/// The same at another time of the year, with other hours.
pub(crate) async fn opened(offered: &[Offered<'_>], (now, opens, closes): (&str, &str, &str)) -> World {
    let clock = Arc::new(MovableClock::frozen(at(now)));
    let tasks = Tasks::default();
    let tables = Template::deployed().unwrap().tables;
    let database = DynamoDb::open(None, &tables, Arc::clone(&clock), &tasks).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let time = Arc::clone(&clock);
    let stripe = sim::stripe::Simulator::new(sim::stripe::Options {
        webhook_secret: "whsec_test".to_owned(),
        clock: Arc::new(move || shared::ports::Clock::now(&*time)),
        base_url: address.parse().unwrap(),
        sink: Arc::new(|_| {}),
    });
    let served = stripe.clone();
    tasks.spawn(async move { drop(served.serve(listener).await) });
    let config = Config::from_lookup(|name| match name {
        "PUBLIC_URL" => Some("https://desk.example".to_owned()),
        "STRIPE_URL" => Some(address.clone()),
        "STRIPE_SECRET_KEY" => Some("sk_test_1".to_owned()),
        "LINK_SECRET" => Some("a secret of links".to_owned()),
        "ANTHROPIC_API_KEY" => Some("sk-ant-test".to_owned()),
        _ => None,
    });
    let store = Store::new(database.client(), &table_names(), Patience::default());
    let services =
        Services::over(&config.unwrap(), store, Arc::clone(&clock) as _, Arc::new(RandomIds::default())).unwrap();
    furnish(&services.store, offered, (opens, closes), at(now)).await;
    World { services, clock, stripe, origin: Origin::default(), tasks, made: AtomicU64::new(0), database }
}

async fn furnish(store: &Store, offered: &[Offered<'_>], hours: (&str, &str), now: Timestamp) {
    let mut people: Vec<u128> = offered.iter().flat_map(|offered| offered.by.iter().copied()).collect();
    people.sort_unstable();
    people.dedup();
    for n in people {
        let person = ResourceDraft { name: format!("Person {n}"), active: true }.check(resource(n), 1).unwrap();
        store.put_resource(TENANT, &person, None).await.unwrap();
    }
    for (n, offered) in (1..).zip(offered) {
        store.put_package(TENANT, &draft(offered).check(package(n), 1).unwrap(), None).await.unwrap();
    }
    let key: TenantKey = KEY.parse().unwrap();
    let (tenant, hours) = (tenant(), open_daily(hours));
    let new = NewTenant {
        tenant: &tenant,
        key: &key.hash(),
        widget: &WidgetConfig { version: 1, ..WidgetConfig::default() },
        hours: &hours,
    };
    store.create_tenant(new, now).await.unwrap();
}

fn tenant() -> Tenant {
    Tenant {
        id: TENANT,
        name: Text::new("Studio <Linden>").unwrap(),
        tone: Text::new("warm").unwrap(),
        timezone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
        currency: "EUR".parse().unwrap(),
        locale: Text::new("en").unwrap(),
        owner_email: "owner@demo.test".parse().unwrap(),
        contact: Contact::default(),
        policies: Policies { notice: std::time::Duration::ZERO, ..Policies::default() },
        allowed_origins: vec![SITE.to_owned()],
        limits: Limits { messages_per_hour: 1_000_000, messages_per_minute_and_ip: 1_000_000, ..Limits::default() },
        assistant: AssistantSettings {
            model: Text::new("claude-haiku-4-5").unwrap(),
            max_tokens: 1024,
            temperature_hundredths: None,
        },
        stripe_account: None,
        suspended: false,
        version: 1,
    }
}

fn open_daily((opens, closes): (&str, &str)) -> Hours {
    let stretch = || vec![StretchDraft { opens: opens.to_owned(), closes: closes.to_owned() }];
    let weekly = WeekDraft(std::array::from_fn(|_| stretch()));
    HoursDraft { weekly, holidays: Vec::new(), special: Vec::new() }.check(1).unwrap()
}

pub(crate) fn draft(offered: &Offered<'_>) -> PackageDraft {
    PackageDraft {
        name: "An <hour>".to_owned(),
        description: String::new(),
        price_minor: offered.price,
        currency: "EUR".to_owned(),
        kind: "SLOT".to_owned(),
        duration_minutes: Some(offered.minutes),
        buffer_before_minutes: Some(offered.buffers.0),
        buffer_after_minutes: Some(offered.buffers.1),
        capacity: Some(offered.seats),
        resources: offered.by.iter().map(|n| resource(*n).to_string()).collect(),
        active: true,
        deposit_percent: None,
        cancellation: CancellationDraft::default(),
        images: Vec::new(),
    }
}

impl World {
    /// Runs `work` as long as the world is there.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work);
    }

    pub(crate) fn now(&self) -> Timestamp {
        shared::ports::Clock::now(&*self.clock)
    }

    pub(crate) async fn business(&self) -> Arc<BusinessContext> {
        self.services.contexts.current(&self.services.store, TENANT, self.now()).await.unwrap().context
    }

    /// The slot of package `n` with `person` that starts then.
    pub(crate) async fn slot(&self, n: u128, person: u128, start: &str) -> Slot {
        let business = self.business().await;
        let package: &Package = business.package(package(n)).unwrap();
        Slot::at(package, resource(person), at(start), &business.tenant.timezone).unwrap()
    }

    /// A visitor who has proven `email`, with a proposal that waits.
    pub(crate) async fn asked(&self, email: &str, operation: Operation) -> (SessionId, ProposalId) {
        let id = self.services.ids.ulid(self.now());
        self.asked_as(ProposalId::new(id), email, operation).await
    }

    /// The same under a given id.
    pub(crate) async fn asked_as(&self, id: ProposalId, email: &str, operation: Operation) -> (SessionId, ProposalId) {
        let now = self.now();
        let session = SessionId::new(ConversationId::new(self.services.ids.ulid(now)), self.services.ids.secret());
        let mut conversation = Conversation::begin(&session, self.origin.clone(), now);
        conversation.proven = Some(Proof::of_address(email.parse().unwrap()));
        let proposal = Proposal {
            id,
            operation,
            preview: Preview { title: "A card".to_owned(), lines: Vec::new() },
            status: ProposalStatus::Pending,
            created_at: now,
            expires_at: now + jiff::SignedDuration::from_mins(30),
        };
        let turn = self.turn(now);
        let ask = Ask {
            turn: &turn.key,
            address: None,
            limits: Limits { messages_per_hour: 1_000_000, ..Limits::default() },
            amount: MicroUsd::ZERO,
            now,
        };
        let admitted = self.services.store.admit_turn(TENANT, &ask).await.unwrap().unwrap();
        let write = TurnWrite {
            conversation: &conversation,
            is_new: true,
            turn: &turn,
            summary: None,
            proposals: &[proposal],
            escalation: None,
            challenge: None,
            proof: None,
            unanswered: None,
            status: None,
            settled: &admitted.settle(MicroUsd::ZERO, &[]),
            events: &[],
            now,
        };
        assert_eq!(self.services.store.keep_turn(TENANT, &write).await.unwrap(), Kept::Yes);
        (session, id)
    }

    fn turn(&self, now: Timestamp) -> Turn {
        let id = || MessageId::new(self.services.ids.ulid(now));
        Turn {
            id: id(),
            answer_id: id(),
            key: format!("turn-{}", self.made.fetch_add(1, Ordering::Relaxed)),
            said: "An hour, please".to_owned(),
            at: now,
            answer: Answer::default(),
            exchange: None,
            sources: Vec::new(),
            outcome: Outcome::Answered,
            cost: TurnCost {
                usage: Usage::default(),
                model: String::new(),
                price_version: String::new(),
                cost: MicroUsd::ZERO,
                first_token: None,
                total: std::time::Duration::ZERO,
                tools: Vec::new(),
            },
        }
    }

    /// A visitor who is asked to confirm package `n` with `person` then, at its price.
    pub(crate) async fn wants(&self, email: &str, n: u128, person: u128, start: &str) -> (SessionId, ProposalId) {
        self.asked(email, self.to_book(email, n, person, start).await).await
    }

    pub(crate) async fn to_book(&self, email: &str, n: u128, person: u128, start: &str) -> Operation {
        let slot = self.slot(n, person, start).await;
        let business = self.business().await;
        let package = business.package(package(n)).unwrap();
        let (price, due) = (package.price, package.due_at_booking());
        let cancellation = package.cancellation(&business.tenant.policies);
        let customer = Customer { name: Text::new("Ann Lee").unwrap(), email: email.parse().unwrap() };
        Operation::Book { slot, price, due, cancellation, customer, notes: Note::new("By the window").unwrap() }
    }

    /// The names of all events so far, in order, but for those that tell that time came free.
    pub(crate) fn events(&self) -> Vec<String> {
        let mut stream = self.database.stream("Outbox");
        let mut names = Vec::new();
        loop {
            let page = stream.page(100).unwrap();
            if page.records.is_empty() {
                return names;
            }
            let name = |record: &serde_json::Value| {
                record.pointer("/dynamodb/NewImage/name/S").and_then(|name| name.as_str().map(str::to_owned))
            };
            names.extend(page.records.iter().filter_map(name).filter(|name| name != "slot.freed"));
            stream.pass(page);
        }
    }

    /// Every event so far, as the relay carries it.
    pub(crate) async fn announced(&self) -> Vec<Event> {
        let (mut stream, line) = (self.database.stream("Outbox"), Line::default());
        loop {
            let page = stream.page(100).unwrap();
            if page.records.is_empty() {
                return line.taken();
            }
            let batch = Records::event(&page.records).unwrap();
            event_relay::handle(&line, &Unmeasured, batch).await;
            stream.pass(page);
        }
    }

    /// What the payment worker does when the money is there.
    pub(crate) async fn paid(&self, booking: &Booking) -> Booking {
        let mut after = booking.changed(self.now());
        let claim = Claim { at: self.now(), amount: booking.due, session: None };
        let payment = Payment { claims: [claim].into(), ..Payment::default() };
        after.facts.payments.insert("pi_1".to_owned(), payment);
        (after.status, after.paid_at, after.hold_until) = (Status::Confirmed, Some(self.now()), None);
        let write = BookingWrite {
            before: Some(booking),
            after: &after,
            proposal: None,
            figures: &[],
            events: &[],
            now: self.now(),
        };
        assert_eq!(self.services.store.write_booking(TENANT, &write).await.unwrap(), Booked::Done);
        after
    }

    /// The booking as it is stored.
    pub(crate) async fn stored(&self, id: BookingId) -> Booking {
        self.services.store.find_booking(TENANT, id).await.unwrap().unwrap()
    }

    /// Presses Confirm.
    pub(crate) async fn confirm(&self, card: &(SessionId, ProposalId)) -> Result<Confirmed, Error> {
        match self.press(card).await? {
            Done::Booking(confirmed) => Ok(*confirmed),
            Done::Waitlist(_) => panic!("a booking was expected"),
        }
    }

    /// Presses Confirm on a card of any kind.
    pub(crate) async fn press(&self, (session, proposal): &(SessionId, ProposalId)) -> Result<Done, Error> {
        confirm(self.services.confirm(), &*self.business().await, session, *proposal).await
    }

    /// Books, and expects it to be done.
    pub(crate) async fn booked(&self, email: &str, n: u128, person: u128, start: &str) -> Confirmed {
        self.confirm(&self.wants(email, n, person, start).await).await.unwrap()
    }
}
