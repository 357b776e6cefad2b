//! The API: what it does, what it refuses, and how it fails.

use super::*;

fn refund(of: &Value, amount: Option<i64>) -> BTreeMap<&'static str, String> {
    let mut form = BTreeMap::from([("payment_intent", of.as_str().unwrap().to_owned())]);
    form.extend(amount.map(|amount| ("amount", amount.to_string())));
    form
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
        assert_eq!(json(world.post("/refunds", &refund(&intent, None)).await).await["amount"], 7_000);
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
