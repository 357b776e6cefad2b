//! The world of one test: an embedded store under the real services, and what people do in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use aws_lambda_events::dynamodb::Event as StreamBatch;
use jiff::{SignedDuration, Timestamp};
use local::clock::MovableClock;
use local::dynamodb::{DynamoDb, Records, StreamReader, table_names};
use local::tasks::Tasks;
use local::template::Template;
use shared::app::verification::Asker;
use shared::app::{escalation, session, verification};
use shared::config::Config;
use shared::domain::booking::{Booking, Customer, Order};
use shared::domain::business::BusinessContext;
use shared::domain::conversation::Conversation;
use shared::domain::event::{Event, Happening};
use shared::domain::id::{BookingId, ConversationId, EventId, ProposalId, TenantId};
use shared::domain::secret::{SessionId, TenantKey};
use shared::domain::slot::{Interval, Slot};
use shared::domain::text::{Line, Note};
use shared::ports::Clock as _;
use shared::runtime::{RandomIds, Services};
use shared::store::booking::{Booked, BookingWrite};
use shared::store::catalog::Saved;
use shared::store::tenant::NewTenant;
use shared::store::{Patience, Store};

/// When every world begins, unless it says otherwise.
pub const NOW: &str = "2026-11-21T09:30:00Z";

/// The tenant of the payloads in `events/`.
pub const TENANT: &str = "01KAJ3QZ7V3N5M8R2T4W6Y8A0B";
/// The booking of the payloads in `events/`.
pub const BOOKING: &str = "01KAJ5C3P7R9T1W3Y5A7C9E1G3";
/// Ann, who books.
pub const ANN: &str = "ann@example.com";

/// One test's world: one business beside the demo's two, nothing booked.
pub struct World {
    /// Stands still until it is moved.
    pub clock: Arc<MovableClock>,
    /// What every function works with.
    pub services: Services,
    /// The business that things happen in.
    pub tenant: TenantId,
    booked: AtomicI64,
    dynamodb: DynamoDb,
    tasks: Tasks,
}

impl World {
    /// A world at [`NOW`].
    pub async fn new() -> Self {
        Self::at(NOW).await
    }

    /// A world at `now`.
    pub async fn at(now: &str) -> Self {
        let clock = Arc::new(MovableClock::frozen(now.parse().unwrap()));
        let (tasks, template) = (Tasks::default(), Template::deployed().unwrap());
        let dynamodb = DynamoDb::open(None, &template.tables, Arc::clone(&clock), &tasks).await.unwrap();
        let store = Store::new(dynamodb.client(), &table_names(), Patience::default());
        let config = Config::from_lookup(|name| match name {
            "PUBLIC_URL" => Some("https://desk.example.test".to_owned()),
            // Nobody listens there: whoever a world has not simulated is out of reach.
            "CLAUDE_URL" | "STRIPE_URL" => Some("http://127.0.0.1:9".to_owned()),
            "ANTHROPIC_API_KEY" | "STRIPE_SECRET_KEY" | "LINK_SECRET" => Some("a secret of this test".to_owned()),
            _ => None,
        });
        let ids = Arc::new(RandomIds::default());
        let services = Services::over(&config.unwrap(), store, Arc::clone(&clock) as _, ids).unwrap();
        local::demo::seed(&services.store, 3000, clock.now()).await.unwrap();
        let world =
            Self { clock, services, tenant: TENANT.parse().unwrap(), booked: AtomicI64::new(0), dynamodb, tasks };
        world.open_business().await;
        world
    }

    /// Gives the cast's business all that the first demo business has.
    async fn open_business(&self) {
        let store = &self.services.store;
        let mut like = store.find_context(local::demo::LINDEN.parse().unwrap()).await.unwrap().unwrap();
        like.tenant.id = self.tenant;
        for resource in &like.resources {
            store.put_resource(self.tenant, resource, None).await.unwrap();
        }
        for package in &like.packages {
            store.put_package(self.tenant, package, None).await.unwrap();
        }
        let key: TenantKey = "pk_of_the_cast".parse().unwrap();
        let new = NewTenant { tenant: &like.tenant, key: &key.hash(), widget: &like.widget, hours: &like.hours };
        assert_eq!(store.create_tenant(new, self.now()).await.unwrap(), Saved::Done);
    }

    /// Lets `server` run as long as this world.
    pub fn serve(&self, server: impl Future<Output = std::io::Result<()>> + Send + 'static) {
        self.tasks.spawn(async move { drop(server.await) });
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets time pass.
    pub fn wait(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// The tables.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.services.store
    }

    /// The business as it is now.
    pub async fn business(&self) -> BusinessContext {
        self.store().find_context(self.tenant).await.unwrap().unwrap()
    }

    /// A new event of this moment.
    #[must_use]
    pub fn event(&self, what: Happening) -> Event {
        let id = EventId::new(self.services.ids.ulid(self.now()));
        Event { id, tenant: self.tenant, at: self.now(), what }
    }

    /// Ann books, each time for another day, and `what` is told of it in the same transaction.
    pub async fn book(&self, what: fn(BookingId) -> Happening) -> (Booking, Event) {
        self.book_as(BookingId::new(self.services.ids.ulid(self.now())), what).await
    }

    /// Ann's booking gets this id.
    pub async fn book_as(&self, id: BookingId, what: fn(BookingId) -> Happening) -> (Booking, Event) {
        let business = self.business().await;
        let package = business.packages.iter().find(|package| !package.price.is_free()).unwrap();
        // A day later for each, so that no two want the same slot.
        let days = 2 + self.booked.fetch_add(1, Ordering::Relaxed);
        let start = self.now() + SignedDuration::from_hours(24 * days);
        let interval = Interval::new(start, start + SignedDuration::from_hours(1)).unwrap();
        let resource = business.resources[0].id;
        let random = self.services.ids.secret();
        let booking = Booking::place(
            Order {
                id,
                code: shared::domain::code::ConfirmationCode::new(*random.first_chunk().unwrap()),
                package,
                slot: Slot { package: package.id, resource, interval, blocked: interval },
                customer: Customer { name: Line::new("Ann Lee").unwrap(), email: ANN.parse().unwrap() },
                customer_timezone: None,
                notes: &Note::cut("for two"),
                conversation: ConversationId::new(id.ulid()),
                proposal: ProposalId::new(id.ulid()),
            },
            &business.tenant.policies,
            self.now(),
        );
        let event = self.event(what(id));
        self.write(None, &booking, std::slice::from_ref(&event)).await;
        (booking, event)
    }

    /// Writes a booking with its events.
    pub async fn write(&self, before: Option<&Booking>, after: &Booking, events: &[Event]) {
        let write = BookingWrite { before, after, proposal: None, figures: &[], events, now: self.now() };
        assert_eq!(self.store().write_booking(self.tenant, &write).await.unwrap(), Booked::Done);
    }

    /// A visitor opens the chat.
    pub async fn begin(&self) -> Conversation {
        let begun =
            session::begin(self.services.session(), &self.business().await, Default::default(), None).await.unwrap();
        self.conversation(&begun).await
    }

    async fn conversation(&self, session: &SessionId) -> Conversation {
        self.store().find_conversation(self.tenant, session.conversation()).await.unwrap().unwrap()
    }

    /// The visitor asks for a code at Ann's address.
    pub async fn ask_for_code(&self, conversation: &Conversation) {
        let email = ANN.parse().unwrap();
        verification::ask(self.services.verification(), self.tenant, Asker { conversation, address: None }, email)
            .await
            .unwrap();
    }

    /// A visitor opens the chat and asks for a person.
    pub async fn ask_for_a_person(&self, reason: &str) {
        let business = self.business().await;
        let begun = session::begin(self.services.session(), &business, Default::default(), None).await.unwrap();
        let asked = escalation::ask(self.services.session(), &business, &begun, Some(reason), None).await;
        asked.unwrap();
    }

    /// What the outbox's stream holds from its beginning, for those who read it page by page.
    #[must_use]
    pub fn outbox(&self) -> StreamReader {
        self.dynamodb.stream("Outbox")
    }

    /// Every record of the outbox's stream, as the relay is handed them.
    #[must_use]
    pub fn outbox_batch(&self) -> StreamBatch {
        Records::event(&self.outbox().page(1_000).unwrap().records).unwrap()
    }

    /// The SDK's client of the embedded store.
    #[must_use]
    pub const fn dynamodb(&self) -> &DynamoDb {
        &self.dynamodb
    }
}
