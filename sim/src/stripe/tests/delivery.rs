//! Deliveries: in which order, how often, and on command.

use super::*;

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
        let wrong = json!({ "type": "checkout.session.completed", "bookingId": "BOOKING1", "amount": 1 });
        world.stripe.dispatch(wrong).unwrap();
        assert_eq!(world.news()[0].1["amount_total"], 1);
        let session = world.stripe.find_session(&id).unwrap();
        assert_eq!((&session["status"], &session["amount_total"]), (&json!("complete"), &json!(12_000)));
        for kind in ["charge.refunded", "charge.dispute.created"] {
            world.stripe.dispatch(json!({ "type": kind, "sessionId": id })).unwrap();
        }
        let news = world.news();
        assert_eq!((&news[0].1["amount_refunded"], &news[0].1["refunded"]), (&json!(12_000), &json!(true)));
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
            (json!({ "type": "checkout.session.expired", "sessionId": "cs_other" }), "no such checkout session"),
            (json!({ "type": "checkout.session.expired" }), "no such checkout session"),
            (json!({ "type": "invoice.paid", "sessionId": id }), "the simulator cannot bring about invoice.paid"),
        ] {
            assert_eq!(world.stripe.dispatch(command).unwrap_err().to_string(), refused);
        }
        for malformed in [json!({}), json!([]), json!({ "type": "x", "what": 1 }), json!({ "data": 1 })] {
            let refused = world.stripe.dispatch(malformed).unwrap_err();
            assert!(matches!(refused, CommandRefused::Malformed(_)), "{refused}");
        }
        assert!(world.types().is_empty());
    })
    .await;
}
