//! The simulator as its callers meet it: HTTP in, deliveries out.

mod api;
mod delivery;
mod page;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::http::StatusCode;
use reqwest::header::LOCATION;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::json;

use super::*;

const START: i64 = 1_700_000_000;

/// A simulator on a port of its own, its clock, and what it has delivered.
struct World {
    stripe: Simulator,
    http: Client,
    clock: Arc<AtomicI64>,
    delivered: Arc<Mutex<Vec<Delivery>>>,
    base: String,
}

/// Runs `story` against a simulator that is mounted below a prefix, as the local runner does it.
async fn play(story: impl AsyncFnOnce(&World)) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/sim", listener.local_addr().unwrap());
    let clock = Arc::new(AtomicI64::new(START));
    let delivered = Arc::new(Mutex::new(Vec::new()));
    let (time, inbox) = (clock.clone(), delivered.clone());
    let stripe = Simulator::new(Options {
        webhook_secret: "whsec_test".into(),
        clock: Arc::new(move || Timestamp::from_second(time.load(Ordering::SeqCst)).unwrap()),
        base_url: base.parse().unwrap(),
        sink: Arc::new(move |delivery| inbox.lock().unwrap().push(delivery)),
    });
    let app = Router::new().nest("/sim", stripe.router());
    let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let world = World { stripe, http, clock, delivered, base };
    tokio::select! {
        served = async { axum::serve(listener, app).await } => served.unwrap(),
        () = story(&world) => {}
    }
}

impl World {
    fn call(&self, path: &str, form: &BTreeMap<&str, String>) -> RequestBuilder {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.http
            .post(format!("{}/v1{path}", self.base))
            .bearer_auth("sk_test_1")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    }

    async fn post(&self, path: &str, form: &BTreeMap<&str, String>) -> Response {
        self.call(path, form).send().await.unwrap()
    }

    async fn find(&self, path: &str) -> Response {
        let call = self.http.get(format!("{}/v1{path}", self.base)).bearer_auth("sk_test_1");
        call.send().await.unwrap()
    }

    async fn press(&self, session: &str, button: &str) -> Response {
        let call = self.http.post(format!("{}/checkout/{session}/{button}", self.base));
        call.send().await.unwrap()
    }

    async fn page(&self, session: &str) -> (StatusCode, String) {
        let call = self.http.get(format!("{}/checkout/{session}", self.base));
        let response = call.send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    }

    /// A session over EUR 120.00.
    async fn session(&self) -> String {
        let response = self.post("/checkout/sessions", &order::example()).await;
        assert_eq!(response.status(), 200);
        json(response).await["id"].as_str().unwrap().to_owned()
    }

    fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    /// What was delivered since the last time, as type and object.
    fn news(&self) -> Vec<(String, Value)> {
        let delivered = std::mem::take(&mut *self.delivered.lock().unwrap());
        delivered
            .iter()
            .map(|delivery| serde_json::from_str::<Value>(&delivery.body).unwrap())
            .map(|event| (event["type"].as_str().unwrap().to_owned(), event["data"]["object"].clone()))
            .collect()
    }

    fn types(&self) -> Vec<String> {
        self.news().into_iter().map(|(kind, _)| kind).collect()
    }
}

/// Whether the call ended without a whole answer.
async fn breaks(call: RequestBuilder) -> bool {
    match call.send().await {
        Ok(response) => response.bytes().await.is_err(),
        Err(_) => true,
    }
}

async fn json(response: Response) -> Value {
    response.json().await.unwrap()
}
