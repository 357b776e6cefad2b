//! The desk: opened for one test, steered by it, gone with it.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use jiff::Timestamp;
use local::{Left, Options, Running};
use serde_json::{Value, json};
use sim::claude::{Answer, Mode};
use sim::stripe;

use crate::{Person, Reply, Visitor};

/// When a desk opens unless a test says otherwise: a Monday at ten, in Berlin.
pub const OPENING: &str = "2026-11-23T09:00:00Z";

/// A running desk with everything simulated.
#[derive(Debug)]
pub struct Desk {
    running: Running,
    http: reqwest::Client,
}

impl std::ops::Deref for Desk {
    type Target = local::Desk;

    fn deref(&self) -> &local::Desk {
        &self.running
    }
}

impl Desk {
    /// Opens a desk at [`OPENING`] with the demo tenants and no limits per address.
    pub async fn open() -> Self {
        Self::open_at(OPENING).await
    }

    /// Opens a desk at `time`.
    pub async fn open_at(time: &str) -> Self {
        let time: Timestamp = time.parse().expect("a time as 2026-11-23T09:00:00Z");
        Self::with(Options { frozen_at: Some(time), limits: false, ..Options::default() }).await
    }

    /// Opens a desk with options of its own.
    pub async fn with(options: Options) -> Self {
        let running = local::start(options).await.unwrap_or_else(|error| panic!("the desk opens: {error}"));
        Self { running, http: client(Ipv4Addr::LOCALHOST.into()) }
    }

    /// A visitor of the business with the key `key`, as `pk_demo`.
    #[must_use]
    pub fn visitor(&self, key: &str) -> Visitor {
        Visitor::new(self.http.clone(), self.base_url.clone(), key)
    }

    /// A visitor who calls from another address of this machine, as `127.0.0.2`.
    #[must_use]
    pub fn visitor_from(&self, address: &str, key: &str) -> Visitor {
        let address = address.parse().expect("an address");
        Visitor::new(client(address), self.base_url.clone(), key)
    }

    /// A visitor who has opened the widget of Atelier Linden.
    pub async fn guest(&self) -> Visitor {
        self.guest_of("pk_demo").await
    }

    /// A visitor who has opened the widget of the business with the key `key`.
    pub async fn guest_of(&self, key: &str) -> Visitor {
        let visitor = self.visitor(key);
        let begun = visitor.begin().await;
        assert_eq!(begun.status, 201, "{begun:?}");
        visitor
    }

    /// The owner of Atelier Linden.
    pub async fn owner(&self) -> Person {
        self.login("owner@demo.test").await
    }

    /// How often the simulated Claude was asked by turns.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.claude().requests().len() - self.asked_to_hand_over()
    }

    /// How often it was asked for a hand-over, which no visitor waits for.
    #[must_use]
    pub fn asked_to_hand_over(&self) -> usize {
        let requests = self.claude().requests();
        requests.iter().filter(|asked| asked["system"].to_string().contains("Hand over this conversation")).count()
    }

    /// Signs somebody of the demo in.
    pub async fn login(&self, email: &str) -> Person {
        let token = self.post("/dev/login", &json!({ "email": email, "password": "demo" })).await.ok();
        let token = token["accessToken"].as_str().expect("a token").to_owned();
        Person::new(self.http.clone(), self.base_url.clone(), token)
    }

    /// Somebody with a token of the test's own making.
    #[must_use]
    pub fn bearer(&self, token: &str) -> Person {
        Person::new(self.http.clone(), self.base_url.clone(), token.to_owned())
    }

    /// A request to a whole address, for what this type has no word for.
    pub fn request(&self, method: reqwest::Method, url: &str) -> reqwest::RequestBuilder {
        self.http.request(method, url)
    }

    /// Asks for a path as nobody in particular.
    pub async fn get(&self, path: &str) -> Reply {
        Reply::of(self.http.get(format!("{}{path}", self.base_url))).await
    }

    /// Sends a body to a path as nobody in particular.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        Reply::of(self.http.post(format!("{}{path}", self.base_url)).json(body)).await
    }

    /// Follows a link of a mail or of an answer, as a browser's GET without redirects.
    pub async fn open_link(&self, url: &str) -> Reply {
        Reply::of(self.http.get(url)).await
    }

    /// Presses the button of a linked page, as a browser's POST without redirects.
    pub async fn press(&self, url: &str) -> Reply {
        Reply::of(self.http.post(url)).await
    }

    /// The simulated Claude.
    #[must_use]
    pub fn claude(&self) -> &sim::claude::Simulator {
        self.claude.as_ref().expect("Claude is simulated")
    }

    /// The simulated Stripe.
    #[must_use]
    pub fn stripe(&self) -> &stripe::Simulator {
        self.stripe.as_ref().expect("Stripe is simulated")
    }

    /// Lets the assistant give these answers in turn, from its next request on.
    pub fn script(&self, answers: impl IntoIterator<Item = Answer>) {
        self.claude().set_mode(Mode::Scripted(answers.into_iter().collect()));
    }

    /// Pays on the Checkout page at `url`, and waits until everything that follows has happened.
    pub async fn pay(&self, url: &str) -> Reply {
        let paid = self.press(&format!("{url}/pay")).await;
        self.settle().await;
        paid
    }

    /// Does all there is to do.
    ///
    /// # Panics
    ///
    /// When something failed on the way. A test that expects that calls [`local::Desk::drain`].
    pub async fn settle(&self) {
        let left = self.drain().await;
        assert_eq!(left, Left { waiting: 0, parked: 0 }, "{:?}", self.parked());
    }

    /// Moves the clock and does what fell due.
    pub async fn wait(&self, time: Duration) {
        self.advance(time).await;
        self.drain().await;
    }

    /// The bodies of all parked messages.
    #[must_use]
    pub fn parked(&self) -> Vec<String> {
        self.queues.iter().flat_map(|(_, queue)| queue.parked()).collect()
    }

    /// The mails to `to`, oldest first, once everything has settled.
    pub async fn mails(&self, to: &str) -> Vec<Value> {
        self.settle().await;
        self.mailbox.to(Some(to)).iter().map(local::mailbox::Received::json).collect()
    }

    /// The subjects of the mails to `to`.
    pub async fn subjects(&self, to: &str) -> Vec<String> {
        self.mails(to).await.iter().filter_map(|mail| mail["subject"].as_str().map(str::to_owned)).collect()
    }
}

fn client(from: IpAddr) -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).local_address(from);
    client.timeout(Duration::from_secs(60)).build().expect("an HTTP client")
}
