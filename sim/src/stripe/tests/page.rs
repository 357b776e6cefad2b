//! The Checkout page: what the customer can do, and what is told of it.

use super::*;

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
        assert_eq!((&session["status"], &session["payment_status"]), (&json!("complete"), &json!("paid")));
        assert_eq!((&session["amount_total"], &session["currency"]), (&json!(12_000), &json!("eur")));
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
    for (button, told) in [("settle", "async_payment_succeeded"), ("fail", "async_payment_failed")] {
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
async fn the_page_escapes_what_the_merchant_sent_and_runs_no_script() {
    play(async |world| {
        let mut order = order::example();
        order.insert("line_items[0][price_data][product_data][name]", "<script>alert(1)</script>".into());
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
