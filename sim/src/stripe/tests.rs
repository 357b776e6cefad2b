//! The simulator as its callers meet it: HTTP in, deliveries out.

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
            .map(|event| {
                (event["type"].as_str().unwrap().to_owned(), event["data"]["object"].clone())
            })
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

fn refund(of: &Value, amount: Option<i64>) -> BTreeMap<&'static str, String> {
    let mut form = BTreeMap::from([("payment_intent", of.as_str().unwrap().to_owned())]);
    form.extend(amount.map(|amount| ("amount", amount.to_string())));
    form
}

#[tokio::test]
async fn a_paid_session_is_told_with_everything_a_merchant_reads() {
    play(async |world| {
        let id = world.session().await;
        let response = world.press(&id, "pay").await;
        assert_eq!(response.status(), 303);
        assert_eq!(response.headers()[LOCATION], format!("https://shop.test/thanks?session={id}"));
        let event = world.stripe.events().remove(0);
        let session = &event["data"]["object"];
        assert_eq!(event["type"], "checkout.session.completed");
        assert_eq!((&event["livemode"], &event["created"]), (&json!(false), &json!(START)));
        assert_eq!(
            (&session["status"], &session["payment_status"]),
            (&json!("complete"), &json!("paid"))
        );
        assert_eq!(
            (&session["amount_total"], &session["currency"]),
            (&json!(12_000), &json!("eur"))
        );
        assert_eq!(session["metadata"]["bookingId"], "BOOKING1");
        assert_eq!(session["client_reference_id"], "BOOKING1");
        let intent = format!("/payment_intents/{}", session["payment_intent"].as_str().unwrap());
        assert_eq!(json(world.find(&intent).await).await["metadata"]["bookingId"], "BOOKING1");
    })
    .await;
}

#[tokio::test]
async fn a_second_press_on_pay_charges_nothing() {
    play(async |world| {
        let id = world.session().await;
        world.press(&id, "pay").await;
        world.press(&id, "pay-later").await;
        assert_eq!(world.press(&id, "pay").await.status(), 303);
        assert_eq!(world.types(), ["checkout.session.completed"]);
        assert!(world.page(&id).await.1.contains("EUR 120.00 received"));
    })
    .await;
}

#[tokio::test]
async fn cancelling_leaves_the_session_open() {
    play(async |world| {
        let id = world.session().await;
        let response = world.press(&id, "cancel").await;
        assert_eq!(response.headers()[LOCATION], "https://shop.test/back");
        assert!(world.types().is_empty());
        assert_eq!(world.stripe.find_session("BOOKING1").unwrap()["status"], "open");
    })
    .await;
}

#[tokio::test]
async fn a_delayed_payment_is_unpaid_until_the_bank_answers_once() {
    for (button, told) in [("settle", "async_payment_succeeded"), ("fail", "async_payment_failed")]
    {
        play(async |world| {
            let id = world.session().await;
            world.press(&id, "pay-later").await;
            assert_eq!(world.news()[0].1["payment_status"], "unpaid");
            assert!(world.page(&id).await.1.contains("Waiting for the bank"));
            for _ in 0..2 {
                let answer = world.press(&id, button).await;
                assert_eq!(answer.headers()[LOCATION], format!("../{id}"));
            }
            assert_eq!(world.types(), [format!("checkout.session.{told}")]);
        })
        .await;
    }
}

#[tokio::test]
async fn a_session_ends_at_its_time_and_cannot_be_paid_after() {
    play(async |world| {
        let id = world.session().await;
        world.pass(86_399);
        assert_eq!(world.stripe.expire_due(), 0);
        world.pass(1);
        assert_eq!(world.stripe.expire_due(), 1);
        assert_eq!(world.press(&id, "pay").await.headers()[LOCATION], format!("../{id}"));
        assert_eq!(world.types(), ["checkout.session.expired"]);
        let (status, page) = world.page(&id).await;
        assert_eq!(status, StatusCode::GONE);
        assert!(page.contains("This Checkout has ended"));
    })
    .await;
}

#[tokio::test]
async fn only_an_open_session_can_be_expired_by_a_call() {
    play(async |world| {
        let id = world.session().await;
        let expire = format!("/checkout/sessions/{id}/expire");
        let nothing = BTreeMap::new();
        assert_eq!(json(world.post(&expire, &nothing).await).await["status"], "expired");
        assert_eq!(world.post(&expire, &nothing).await.status(), 400);
        assert_eq!(world.types(), ["checkout.session.expired"]);
    })
    .await;
}

#[tokio::test]
async fn a_key_gives_the_same_answer_for_the_same_request_only() {
    play(async |world| {
        let order = order::example();
        let keyed = |form: &BTreeMap<&str, String>| {
            let path = "/checkout/sessions";
            world.call(path, form).header("idempotency-key", "booking-1").send()
        };
        let first = keyed(&order).await.unwrap();
        assert!(!first.headers().contains_key("idempotent-replayed"));
        let again = keyed(&order).await.unwrap();
        assert_eq!(again.headers()["idempotent-replayed"], "true");
        assert_eq!(json(first).await, json(again).await);
        let mut other = order.clone();
        other.insert("client_reference_id", "OTHER".into());
        let refused = keyed(&other).await.unwrap();
        assert_eq!(refused.status(), 400);
        assert_eq!(json(refused).await["error"]["type"], "idempotency_error");
        world.pass(86_400);
        assert_eq!(keyed(&other).await.unwrap().status(), 200);
    })
    .await;
}

#[tokio::test]
async fn refunds_add_up_and_never_exceed_the_charge() {
    play(async |world| {
        let id = world.session().await;
        world.press(&id, "pay").await;
        let intent = world.news()[0].1["payment_intent"].clone();
        assert_eq!(world.post("/refunds", &refund(&intent, Some(5_000))).await.status(), 200);
        assert_eq!(world.post("/refunds", &refund(&intent, Some(7_001))).await.status(), 400);
        assert_eq!(
            json(world.post("/refunds", &refund(&intent, None)).await).await["amount"],
            7_000
        );
        let refused = json(world.post("/refunds", &refund(&intent, None)).await).await;
        assert_eq!(refused["error"]["code"], "charge_already_refunded");
        let told: Vec<_> = world
            .news()
            .iter()
            .map(|(_, charge)| (charge["amount_refunded"].clone(), charge["refunded"].clone()))
            .collect();
        assert_eq!(told, [(json!(5_000), json!(false)), (json!(12_000), json!(true))]);
    })
    .await;
}

#[tokio::test]
async fn each_account_sees_only_its_own() {
    play(async |world| {
        let create = world.call("/checkout/sessions", &order::example());
        let session = json(create.header("stripe-account", "acct_1").send().await.unwrap()).await;
        let id = session["id"].as_str().unwrap();
        let refused = world.find(&format!("/checkout/sessions/{id}")).await;
        assert_eq!(refused.status(), 404);
        assert_eq!(json(refused).await["error"]["code"], "resource_missing");
        world.press(id, "pay").await;
        assert_eq!(world.stripe.events()[0]["account"], "acct_1");
    })
    .await;
}

#[tokio::test]
async fn only_a_test_key_opens_the_api() {
    play(async |world| {
        let path = format!("{}/v1/checkout/sessions/cs_1", world.base);
        assert_eq!(world.http.get(&path).send().await.unwrap().status(), 401);
        let live = world.http.get(&path).bearer_auth("sk_live_1").send().await.unwrap();
        assert_eq!(live.status(), 401);
        assert!(!live.text().await.unwrap().contains("sk_live_1"));
        assert_eq!(world.find("/customers").await.status(), 404);
    })
    .await;
}

#[tokio::test]
async fn outages_come_as_ordered_and_end() {
    play(async |world| {
        world.stripe.fail_next(1, Outage::Status(429));
        world.stripe.fail_next(1, Outage::Cut);
        let order = order::example();
        assert_eq!(world.post("/checkout/sessions", &order).await.status(), 429);
        assert!(breaks(world.call("/checkout/sessions", &order)).await);
        assert!(world.stripe.find_session("BOOKING1").is_none());
        world.stripe.set_outage(Some(Outage::Status(500)));
        assert_eq!(world.post("/checkout/sessions", &order).await.status(), 500);
        world.stripe.set_outage(None);
        world.session().await;
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_leaves_its_effect() {
    play(async |world| {
        world.stripe.fail_next(1, Outage::LostAnswer);
        assert!(breaks(world.call("/checkout/sessions", &order::example())).await);
        assert!(world.stripe.find_session("BOOKING1").is_some());
    })
    .await;
}

#[tokio::test]
async fn deliveries_can_be_held_reordered_and_repeated() {
    play(async |world| {
        world.stripe.hold();
        let id = world.session().await;
        world.press(&id, "pay-later").await;
        world.press(&id, "settle").await;
        assert!(world.types().is_empty());
        assert_eq!(world.stripe.release(Order::Reversed), 2);
        let told = ["checkout.session.async_payment_succeeded", "checkout.session.completed"];
        assert_eq!(world.types(), told);
        let event = world.stripe.events().remove(0)["id"].as_str().unwrap().to_owned();
        world.pass(10);
        let again = world.stripe.replay(&event).unwrap();
        assert!(again.signature.starts_with(&format!("t={}", START + 10)));
        assert_eq!(world.types(), ["checkout.session.completed"]);
        assert_eq!(world.stripe.replay("evt_unknown"), None);
    })
    .await;
}

#[tokio::test]
async fn a_command_changes_the_books_and_an_override_only_the_event() {
    play(async |world| {
        let id = world.session().await;
        let wrong =
            json!({ "type": "checkout.session.completed", "bookingId": "BOOKING1", "amount": 1 });
        world.stripe.dispatch(wrong).unwrap();
        assert_eq!(world.news()[0].1["amount_total"], 1);
        let session = world.stripe.find_session(&id).unwrap();
        assert_eq!(
            (&session["status"], &session["amount_total"]),
            (&json!("complete"), &json!(12_000))
        );
        for kind in ["charge.refunded", "charge.dispute.created"] {
            world.stripe.dispatch(json!({ "type": kind, "sessionId": id })).unwrap();
        }
        let news = world.news();
        assert_eq!(
            (&news[0].1["amount_refunded"], &news[0].1["refunded"]),
            (&json!(12_000), &json!(true))
        );
        assert_eq!((&news[1].1["metadata"], &news[1].1["object"]), (&json!({}), &json!("dispute")));
    })
    .await;
}

#[tokio::test]
async fn a_whole_event_is_delivered_as_it_is_and_signed() {
    play(async |world| {
        let event = json!({ "id": "evt_mine", "type": "checkout.session.expired", "livemode": true,
            "data": { "object": { "id": "cs_mine" } } });
        let delivery = world.stripe.dispatch(event).unwrap();
        assert_eq!(delivery.event_id, "evt_mine");
        let told: Value = serde_json::from_str(&delivery.body).unwrap();
        assert_eq!((&told["livemode"], &told["created"]), (&json!(true), &json!(START)));
        let now = Timestamp::from_second(START).unwrap();
        assert_eq!(delivery.signature, world.stripe.sign(&delivery.body, now));
    })
    .await;
}

#[tokio::test]
async fn a_command_that_makes_no_sense_says_why() {
    play(async |world| {
        let id = world.session().await;
        for (command, refused) in [
            (
                json!({ "type": "checkout.session.expired", "sessionId": "cs_other" }),
                "no such checkout session",
            ),
            (json!({ "type": "checkout.session.expired" }), "no such checkout session"),
            (
                json!({ "type": "invoice.paid", "sessionId": id }),
                "the simulator cannot bring about invoice.paid",
            ),
        ] {
            assert_eq!(world.stripe.dispatch(command).unwrap_err().to_string(), refused);
        }
        for malformed in
            [json!({}), json!([]), json!({ "type": "x", "what": 1 }), json!({ "data": 1 })]
        {
            let refused = world.stripe.dispatch(malformed).unwrap_err();
            assert!(matches!(refused, CommandRefused::Malformed(_)), "{refused}");
        }
        assert!(world.types().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_page_escapes_what_the_merchant_sent_and_runs_no_script() {
    play(async |world| {
        let mut order = order::example();
        order.insert(
            "line_items[0][price_data][product_data][name]",
            "<script>alert(1)</script>".into(),
        );
        let id = json(world.post("/checkout/sessions", &order).await).await["id"].clone();
        let url = format!("{}/checkout/{}", world.base, id.as_str().unwrap());
        let response = world.http.get(url).send().await.unwrap();
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'"));
        let page = response.text().await.unwrap();
        assert!(page.contains("No money moves"));
        assert!(page.contains("&#60;script&#62;") && !page.contains("<script"));
        assert_eq!(world.page("cs_test_unknown").await.0, StatusCode::NOT_FOUND);
    })
    .await;
}
