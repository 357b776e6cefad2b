//! A desk: all of Frontdesk in this process, in memory, with its clock held still. One for each test.

use jiff::Timestamp;
use local::{Options, Running};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::person::Person;
use crate::reply::Reply;
use crate::visitor::Visitor;

/// When every test begins: a Monday morning on which both demo businesses can be asked for the days after.
pub const BEGIN: &str = "2026-11-23T09:00:00Z";

/// A running desk.
#[derive(Debug)]
pub struct Desk {
    running: Running,
    base: String,
    http: Client,
}

impl Desk {
    /// Opens a desk at [`BEGIN`], without the limits per address.
    pub async fn open() -> Self {
        Self::with(Options { limits: false, ..Options::default() }).await
    }

    /// Opens a desk with every limit on.
    pub async fn limited() -> Self {
        Self::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        let begin: Timestamp = BEGIN.parse().expect("a time");
        let running = local::start(Options { frozen_at: Some(begin), ..options }).await.expect("the desk opens");
        let base = running.base_url.replace("localhost", "127.0.0.1");
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { running, base, http }
    }

    /// The desk itself, for what HTTP does not show.
    #[must_use]
    pub fn inside(&self) -> &local::Desk {
        &self.running
    }

    /// A request to `path`, or to a whole address of this desk.
    #[must_use]
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let path = path.strip_prefix(self.running.base_url.as_str()).unwrap_or(path);
        assert!(path.starts_with('/'), "{path} is not at this desk");
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// Sends a request and reads its answer to the end.
    pub async fn send(&self, request: RequestBuilder) -> Reply {
        Reply::read(request.send().await.expect("the desk answers")).await
    }

    /// Reads a page or a resource.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    /// Posts JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// Presses the button of a page: an empty form.
    pub async fn press(&self, path: &str) -> Reply {
        self.submit(path, &[]).await
    }

    /// Sends a form.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.send(self.request(Method::POST, path).form(fields)).await
    }

    /// A visitor of the first demo business who has opened the chat.
    pub async fn visitor(&self) -> Visitor<'_> {
        Visitor::open(self, "pk_demo").await
    }

    /// A visitor of the second demo business who has opened the chat.
    pub async fn visitor_next_door(&self) -> Visitor<'_> {
        Visitor::open(self, "pk_demo2").await
    }

    /// The owner of the first demo business.
    pub async fn owner(&self) -> Person<'_> {
        Person::sign_in(self, "owner@demo.test").await
    }

    /// The owner of the second demo business.
    pub async fn owner_next_door(&self) -> Person<'_> {
        Person::sign_in(self, "owner@demo2.test").await
    }

    /// Tells the simulated model what to do: see [`crate::assistant`].
    pub async fn assistant(&self, order: Value) {
        let reply = self.post("/dev/assistant", &order).await.good();
        assert_eq!(reply.status, 204);
    }

    /// What the simulated model was sent, oldest first.
    pub async fn model_calls(&self) -> Vec<Value> {
        let told = self.get("/dev/assistant/requests").await.good().json();
        told["requests"].as_array().expect("requests").clone()
    }

    /// Moves the clock on.
    pub async fn advance(&self, seconds: u64) {
        let _ = self.post("/dev/clock", &json!({ "advanceSeconds": seconds })).await.good();
    }

    /// Lets outbox, bus, queues and Stripe's deliveries run empty; nothing may be left over.
    pub async fn drain(&self) {
        let left = self.post("/dev/drain", &json!({})).await.good().json();
        assert_eq!(left, json!({ "waiting": 0, "parked": 0 }));
    }

    /// The mails to `address`, oldest first.
    pub async fn mails_to(&self, address: &str) -> Vec<Value> {
        let mails = self.get(&format!("/dev/mail.json?to={address}")).await.good().json();
        mails.as_array().expect("mails").clone()
    }

    /// Counts DynamoDB's calls from now on.
    pub async fn count_from_here(&self) {
        let _ = self.post("/dev/counters/reset", &json!({})).await.good();
    }

    /// DynamoDB's calls since [`Desk::count_from_here`].
    pub async fn counted(&self) -> Value {
        self.get("/dev/counters").await.good().json()
    }
}
