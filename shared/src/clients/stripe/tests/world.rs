//! A world in which the simulator runs, for the tests of the client.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use sim::stripe::{Delivery, Options, Simulator};
use tokio::net::TcpListener;
use url::Url;

use crate::clients::stripe::{CheckoutRequest, Reading, Stripe, read, webhook};
use crate::domain::address::Email;
use crate::domain::code::ConfirmationCode;
use crate::domain::money::Money;
use crate::domain::payment::{BookingRef, Origin, PaymentEvent};

pub(super) const NOW: i64 = 1_795_000_000;
pub(super) const SECRET: &str = "whsec_test";
pub(super) const TENANT: &str = "01JD7Q4ZJ2M6S1V0B7T3K9XN5R";
pub(super) const BOOKING: &str = "01JD7Q4ZJ2M6S1V0B7T3K9XN5S";

/// A simulator on a port of its own, our client of it, its clock, and what it has delivered.
pub(super) struct World {
    pub(super) stripe: Stripe,
    pub(super) sim: Simulator,
    pub(super) clock: Arc<AtomicI64>,
    delivered: Arc<Mutex<Vec<Delivery>>>,
    pub(super) endpoint: Url,
}

pub(super) async fn play(story: impl AsyncFnOnce(&World)) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint: Url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let clock = Arc::new(AtomicI64::new(NOW));
    let delivered = Arc::new(Mutex::new(Vec::new()));
    let (time, inbox) = (clock.clone(), delivered.clone());
    let sim = Simulator::new(Options {
        webhook_secret: SECRET.into(),
        clock: Arc::new(move || at(time.load(Ordering::SeqCst))),
        base_url: endpoint.clone(),
        sink: Arc::new(move |delivery| inbox.lock().unwrap().push(delivery)),
    });
    let stripe = Stripe::new(http(), endpoint.clone(), "sk_test_1".into());
    let world = World { stripe, sim: sim.clone(), clock, delivered, endpoint };
    tokio::select! {
        served = sim.serve(listener) => served.unwrap(),
        () = story(&world) => {}
    }
}

pub(super) fn http() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(super) fn price() -> Money {
    Money::new(12_000, "EUR".parse().unwrap()).unwrap()
}

pub(super) fn booking() -> BookingRef {
    BookingRef { tenant: TENANT.parse().unwrap(), booking: BOOKING.parse().unwrap() }
}

pub(super) fn platform() -> Origin {
    Origin { account: None, livemode: false }
}

/// What a request borrows from.
pub(super) struct Order {
    email: Email,
    code: ConfirmationCode,
    success_url: Url,
    cancel_url: Url,
}

impl Order {
    pub(super) fn new() -> Self {
        Self {
            email: "ann@example.com".parse().unwrap(),
            code: ConfirmationCode::new([0; 8]),
            success_url: "https://studio.test/thanks?booking=1".parse().unwrap(),
            cancel_url: "https://studio.test/".parse().unwrap(),
        }
    }

    pub(super) fn request(&self) -> CheckoutRequest<'_> {
        CheckoutRequest {
            tenant: TENANT.parse().unwrap(),
            booking: BOOKING.parse().unwrap(),
            package: "01JD7Q4ZJ2M6S1V0B7T3K9XN5T".parse().unwrap(),
            label: "Portrait & family, 2 h",
            amount: price(),
            event_date: "2026-12-01".parse().unwrap(),
            email: &self.email,
            customer_name: "Ann Müller",
            code: &self.code,
            success_url: &self.success_url,
            cancel_url: &self.cancel_url,
            expires_at: at(NOW + 1_800),
            account: None,
            attempt: 1,
        }
    }
}

impl World {
    pub(super) async fn open(&self) -> String {
        self.stripe.create_checkout(&Order::new().request()).await.unwrap().session
    }

    pub(super) async fn press(&self, session: &str, button: &str) {
        let url = self.endpoint.join(&format!("/checkout/{session}/{button}")).unwrap();
        assert_eq!(http().post(url).send().await.unwrap().status(), 303);
    }

    /// The deliveries since the last time, each verified and read.
    pub(super) fn readings(&self) -> Vec<Reading> {
        let delivered = std::mem::take(&mut *self.delivered.lock().unwrap());
        let now = at(self.clock.load(Ordering::SeqCst));
        delivered
            .iter()
            .map(|Delivery { body, signature, .. }| {
                webhook::verify(body.as_bytes(), signature, &[SECRET.into()], now).unwrap();
                read(body.as_bytes()).unwrap()
            })
            .collect()
    }

    pub(super) fn events(&self) -> Vec<PaymentEvent> {
        self.readings()
            .into_iter()
            .map(|reading| match reading {
                Reading::Payment(event) => event,
                Reading::Unaddressed(event) => event.about(booking()),
                Reading::Ignored => panic!("ignored"),
            })
            .collect()
    }

    /// The payment of a session over the simulator's page.
    pub(super) async fn pay(&self, session: &str) -> String {
        self.press(session, "pay").await;
        let state = self.stripe.find_checkout(session, None).await.unwrap().unwrap();
        state.payment_intent.unwrap()
    }
}
