//! A desk with bookings that wait for their payment, and what Stripe can tell of them.

use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::join_all;
use jiff::SignedDuration;
use jiff::Timestamp;
use local::dynamodb::table_names;
use shared::app::payment::{Recorded, open_checkout, record};
use shared::clients::stripe::CheckoutRequest;
use shared::domain::booking::{Booking, Checkout, Customer, Order};
use shared::domain::business::BusinessContext;
use shared::domain::claim::DayClaims;
use shared::domain::code::ConfirmationCode;
use shared::domain::id::{BookingId, ConversationId, ProposalId, ResourceId, TenantId};
use shared::domain::money::Money;
use shared::domain::package::Package;
use shared::domain::payment::{BookingRef, ChargeRefund, Origin, PaymentEvent, PaymentEventKind, SessionPayment};
use shared::domain::slot::{Interval, Slot};
use shared::domain::text::{Line, Note};
use shared::ports::Clock as _;
use shared::runtime::Services;
use shared::store::booking::{Booked, BookingWrite};
use tests::Desk;

/// Atelier Linden, in which the bookings are made.
pub(crate) struct World {
    pub(crate) desk: Desk,
    pub(crate) business: BusinessContext,
}

impl World {
    pub(crate) async fn open() -> Self {
        let desk = Desk::open().await;
        let tenant: TenantId = local::demo::LINDEN.parse().unwrap();
        let business = desk.store().find_context(tenant).await.unwrap().unwrap();
        Self { desk, business }
    }

    pub(crate) fn services(&self) -> &Services {
        self.desk.functions.services()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.desk.clock.now()
    }

    pub(crate) fn tenant(&self) -> TenantId {
        self.business.tenant.id
    }

    /// The hour that is photographed: two people can do it.
    pub(crate) fn portrait(&self) -> &Package {
        self.business.packages.iter().find(|package| package.name.as_str() == "Portrait session").unwrap()
    }

    pub(crate) fn price(&self) -> Money {
        self.portrait().price
    }

    /// Customer `n` books the hour number `n` with the first who can do it.
    pub(crate) async fn book(&self, n: u16) -> Booking {
        self.book_at(n, n, self.portrait().resources[0]).await
    }

    /// Customer `n` books the hour number `hour` with `resource`, and has a page to pay on, as far as the store knows.
    pub(crate) async fn book_at(&self, n: u16, hour: u16, resource: ResourceId) -> Booking {
        let held = self.hold(n, hour, resource).await;
        let checkout = Checkout {
            session: session(&held),
            url: "https://checkout.stripe.com/c/pay/cs".to_owned(),
            expires_at: held.hold_until.unwrap(),
        };
        let open = held.with_checkout(checkout, self.now());
        assert_eq!(self.write(Some(&held), &open).await, Booked::Done);
        open
    }

    /// Customer `n` holds the hour number `hour` with `resource`, and Stripe knows nothing of it.
    pub(crate) async fn hold(&self, n: u16, hour: u16, resource: ResourceId) -> Booking {
        let start = self.now() + SignedDuration::from_hours(48 + 2 * i64::from(hour));
        let interval = Interval::new(start, start + SignedDuration::from_hours(1)).unwrap();
        let ulid = self.services().ids.ulid(self.now());
        let package = self.portrait();
        let order = Order {
            id: BookingId::new(ulid),
            code: ConfirmationCode::new(*self.services().ids.secret().first_chunk().unwrap()),
            package,
            slot: Slot { package: package.id, resource, interval, blocked: interval },
            customer: Customer { name: Line::new("Ann Lee").unwrap(), email: customer(n).parse().unwrap() },
            customer_timezone: None,
            notes: &Note::default(),
            conversation: ConversationId::new(ulid),
            proposal: ProposalId::new(ulid),
        };
        let held = Booking::place(order, &self.business.tenant.policies, self.now());
        assert_eq!(self.write(None, &held).await, Booked::Done);
        held
    }

    /// Customer `n` books the hour number `n`, and can pay on the simulated Stripe's page.
    pub(crate) async fn check_out(&self, n: u16) -> Booking {
        let held = self.hold(n, n, self.portrait().resources[0]).await;
        assert!(open_checkout(self.services().payment(), self.tenant(), held.id).await.unwrap());
        self.find(&held).await
    }

    /// The customer presses Pay on the simulated Stripe's page.
    pub(crate) async fn press_pay(&self, booking: &Booking) {
        self.press(booking, "pay").await;
    }

    /// Somebody presses `button` on the simulated Stripe's page: `pay`, `pay-later`, and the bank `settle` or `fail`.
    pub(crate) async fn press(&self, booking: &Booking, button: &str) {
        let url = &booking.checkout.as_ref().unwrap().url;
        assert_eq!(self.desk.press(&format!("{url}/{button}")).await.status, 303);
    }

    /// Customer `n` books the hour number `n` and pays on the simulated Stripe's page, and all that follows is done.
    pub(crate) async fn paid(&self, n: u16) -> Booking {
        let booking = self.check_out(n).await;
        self.press_pay(&booking).await;
        self.desk.settle().await;
        self.find(&booking).await
    }

    /// What Stripe has given back of all payments, in the order it did, each time in all of that payment.
    pub(crate) fn refunded(&self) -> Vec<i64> {
        let events = self.desk.stripe().events();
        let told = events.iter().filter(|event| event["type"] == "charge.refunded");
        told.map(|event| event["data"]["object"]["amount_refunded"].as_i64().unwrap()).collect()
    }

    pub(crate) async fn write(&self, before: Option<&Booking>, after: &Booking) -> Booked {
        let write = BookingWrite { before, after, proposal: None, figures: &[], events: &[], now: self.now() };
        self.desk.store().write_booking(self.tenant(), &write).await.unwrap()
    }

    /// Writes `value` over an attribute of the stored booking, past every rule.
    pub(crate) async fn spoil(&self, booking: &Booking, attribute: &str, value: &str) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let update = self.desk.dynamodb.client().update_item().table_name(table_names().bookings);
        let update = update.key("pk", text(&format!("T#{}#B#{}", self.tenant(), booking.id)));
        let update = update.key("sk", text("BOOKING")).update_expression("SET #n = :v");
        let update = update.expression_attribute_names("#n", attribute);
        update.expression_attribute_values(":v", text(value)).send().await.unwrap();
    }

    /// Removes the stored booking, past every rule.
    pub(crate) async fn forget(&self, booking: &Booking) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let delete = self.desk.dynamodb.client().delete_item().table_name(table_names().bookings);
        let delete = delete.key("pk", text(&format!("T#{}#B#{}", self.tenant(), booking.id)));
        delete.key("sk", text("BOOKING")).send().await.unwrap();
    }

    /// Opens a Checkout Session for `id` in `account` at Stripe, like the one of `booking`; answers its page.
    pub(crate) async fn open_session(&self, id: BookingId, booking: &Booking, account: Option<&str>) -> String {
        let page = self.services().stripe.checkout_origin().parse().unwrap();
        let request = CheckoutRequest {
            tenant: self.tenant(),
            booking: id,
            package: booking.package,
            label: "An hour",
            amount: booking.due,
            event_date: booking.slot.start().to_zoned(jiff::tz::TimeZone::UTC).date(),
            email: &booking.customer.email,
            customer_name: "Ann Lee",
            code: &booking.code,
            success_url: &page,
            cancel_url: &page,
            expires_at: self.now() + SignedDuration::from_hours(1),
            account,
            attempt: 1,
        };
        self.services().stripe.create_checkout(&request).await.unwrap().url
    }

    pub(crate) async fn find(&self, booking: &Booking) -> Booking {
        self.desk.store().find_booking(self.tenant(), booking.id).await.unwrap().unwrap()
    }

    /// Who holds the time of `booking` with `resource`: each booking that has a cell there on its days.
    pub(crate) async fn holders(&self, booking: &Booking, resource: ResourceId) -> Vec<BookingId> {
        let date = |at: Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let days = (date(booking.blocked.start()), date(booking.blocked.end()));
        let claims = self.desk.store().find_claims(self.tenant(), resource, days).await.unwrap();
        let wanted = shared::domain::claim::Claim::of(booking).days();
        let held =
            |day: &shared::domain::cell::DayCells| claims.get(&day.date).map(|held: &DayClaims| held.bookings(day));
        wanted.iter().filter_map(held).flatten().collect()
    }

    /// What Stripe tells of the payment of `booking`; `what` is one letter for each kind of event.
    pub(crate) fn told(&self, booking: &Booking, what: char) -> PaymentEvent {
        let (session, intent) = (session(booking), format!("pi_{}", booking.id));
        let price = booking.due;
        let paid = || SessionPayment { session: session.clone(), payment_intent: intent.clone(), amount: price };
        let refunded = |refunded| {
            PaymentEventKind::Refunded(ChargeRefund {
                charge: format!("ch_{}", booking.id),
                payment_intent: intent.clone(),
                charged_at: booking.created_at,
                charged: price,
                refunded,
            })
        };
        let kind = match what {
            'c' => PaymentEventKind::Completed(paid()),
            's' => PaymentEventKind::AsyncSucceeded(paid()),
            'f' => PaymentEventKind::AsyncFailed { session: session.clone() },
            'e' => PaymentEventKind::Expired { session: session.clone() },
            'u' => PaymentEventKind::CompletedUnpaid { session: session.clone() },
            'r' => refunded(price),
            'p' => refunded(price.percent(50)),
            'd' => PaymentEventKind::Disputed { dispute: format!("dp_{}", booking.id), payment_intent: intent.clone() },
            other => panic!("no event is called {other}"),
        };
        PaymentEvent {
            id: format!("evt_{what}_{}", booking.id),
            origin: Origin { account: None, livemode: false },
            booking: BookingRef { tenant: self.tenant(), booking: booking.id },
            at: self.now(),
            kind,
        }
    }

    pub(crate) async fn record(&self, event: &PaymentEvent) -> Recorded {
        record(self.services().payment(), event).await.unwrap()
    }

    /// Records the events of `word`, one after the other.
    pub(crate) async fn hear(&self, booking: &Booking, word: &str) {
        for what in word.chars() {
            self.record(&self.told(booking, what)).await;
        }
    }

    /// Records the events of `word`, all at once.
    pub(crate) async fn hear_at_once(&self, booking: &Booking, word: &str) {
        let events: Vec<_> = word.chars().map(|what| self.told(booking, what)).collect();
        join_all(events.iter().map(|event| self.record(event))).await;
    }

    /// The first words of each mail about `booking`, to customer and owner, sorted.
    pub(crate) async fn mails(&self, booking: &Booking) -> Vec<String> {
        let email = booking.customer.email.as_str();
        let mut mails = self.desk.mails(email).await;
        let owners = self.desk.mails(self.business.tenant.owner_email.as_str()).await;
        let about = |mail: &serde_json::Value| mail["text"].as_str().unwrap().contains(&booking.id.to_string());
        mails.extend(owners.into_iter().filter(about));
        let first = |mail: &serde_json::Value| mail["subject"].as_str().unwrap().split(':').next().unwrap().to_owned();
        let mut firsts: Vec<String> = mails.iter().map(first).collect();
        firsts.sort_unstable();
        firsts
    }
}

/// So many cents.
pub(crate) fn euros(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().unwrap()).unwrap()
}

pub(crate) fn customer(n: u16) -> String {
    format!("customer-{n}@example.com")
}

/// The session in which a booking is paid.
pub(crate) fn session(booking: &Booking) -> String {
    format!("cs_{}", booking.id)
}
