//! Proof by a confirmation code with its email: it opens its own booking, and nothing is learnt by trying.

use futures::future::join_all;
use serde_json::{Value, json};
use tests::{Desk, Reply, Visitor};

pub(super) const ANN: &str = "ann.lee@example.test";
pub(super) const BOB: &str = "bob@example.test";
use super::shop::{HEADSHOT, WEDNESDAY};

/// Books a headshot for `email`, as somebody who leaves again; answers its id and its confirmation code.
async fn booked(desk: &Desk, email: &str) -> (String, String) {
    let told = desk.guest().await.book(desk, HEADSHOT, WEDNESDAY, email).await;
    let text = |field: &str| told["booking"][field].as_str().unwrap().to_owned();
    (text("id"), text("confirmationCode"))
}

async fn show(visitor: &Visitor, email: &str, code: &str) -> Reply {
    visitor.post("/v1/public/chat/email/verify", json!({ "email": email, "confirmationCode": code })).await
}

/// The ids of the bookings that a visitor is shown.
async fn seen(desk: &Desk, visitor: &Visitor) -> Vec<String> {
    let told: Value = serde_json::from_str(&visitor.tool(desk, "get_my_bookings", json!({})).await).unwrap_or_default();
    let bookings = told["bookings"].as_array().cloned().unwrap_or_default();
    bookings.iter().map(|booking| booking["bookingId"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_confirmation_code_with_its_email_opens_its_own_booking() {
    let desk = Desk::open().await;
    let (id, code) = booked(&desk, ANN).await;
    let (other, _) = booked(&desk, ANN).await;
    let ann = desk.guest().await;
    assert_eq!(show(&ann, "Ann.Lee@Example.test", &code.to_lowercase()).await.ok()["verified"], true);
    assert_eq!(seen(&desk, &ann).await, [id.as_str()]);
    let refused = ann.tool(&desk, "cancel_booking", json!({ "bookingId": other })).await;
    assert!(refused.contains("no such booking"), "{refused}");
    // By the mail they all open, and the code takes nothing of that away.
    ann.prove(&desk, ANN).await;
    show(&ann, ANN, &code).await.ok();
    assert_eq!(seen(&desk, &ann).await.len(), 2);
    let thread = desk.owner().await.thread(&ann).await;
    assert_eq!(thread["provenEmail"], ANN);
}

#[tokio::test]
async fn a_code_that_the_visitor_says_in_the_chat_opens_the_booking_in_the_same_turn() {
    let desk = Desk::open().await;
    let (id, code) = booked(&desk, ANN).await;
    let ann = desk.guest().await;
    desk.script([
        sim::claude::Answer::call("verify_email", json!({ "email": ANN, "confirmationCode": code })),
        sim::claude::Answer::call("cancel_booking", json!({ "bookingId": id })),
        sim::claude::Answer::say("Please confirm."),
    ]);
    let told = ann.say(&format!("I am {ANN}, code {code}, please cancel")).await.ok();
    ann.confirm(told["proposal"]["id"].as_str().unwrap_or_else(|| panic!("{told}"))).await.ok();
    let shown = desk.owner().await.get(&format!("/v1/admin/bookings/{id}")).await.ok();
    assert_eq!(shown["status"], "CANCELED");
    assert_eq!(seen(&desk, &ann).await.len(), 1, "the proof is kept with the turn");
}

/// Whoever books gives any address they like, and is shown the code: that opens nothing of the address's owner.
#[tokio::test]
async fn a_booking_in_anothers_name_opens_nothing_of_theirs() {
    let desk = Desk::open().await;
    let (anns, _) = booked(&desk, ANN).await;
    let mallory = desk.guest().await;
    let own = mallory.book(&desk, HEADSHOT, WEDNESDAY, ANN).await["booking"].clone();
    show(&mallory, ANN, own["confirmationCode"].as_str().unwrap()).await.ok();
    assert_eq!(seen(&desk, &mallory).await, [own["id"].as_str().unwrap()]);
    for name in ["cancel_booking", "reschedule_booking"] {
        let input = match name {
            "cancel_booking" => json!({ "bookingId": anns }),
            _ => json!({ "bookingId": anns, "slotId": "x" }),
        };
        assert!(mallory.tool(&desk, name, input).await.contains("no such booking"), "{name}");
    }
    assert!(desk.owner().await.thread(&mallory).await.get("provenEmail").is_none(), "no mailbox is proven by it");
}

#[tokio::test]
async fn what_does_not_belong_together_is_refused_alike_and_costs_as_much() {
    let desk = Desk::open().await;
    let (_, code) = booked(&desk, ANN).await;
    let elsewhere = desk.guest_of("pk_demo2").await;
    let mut faces = Vec::new();
    for (visitor, email, code) in [
        (desk.guest().await, ANN, "22222222"),
        (desk.guest().await, BOB, code.as_str()),
        (desk.guest().await, "nobody@example.test", "ZZZZZZZZ"),
        (elsewhere, ANN, code.as_str()),
    ] {
        // A visitor of before has made the business known to the warm process.
        visitor.messages().await;
        desk.post("/dev/counters/reset", &json!({})).await;
        let refused = show(&visitor, email, code).await;
        let counted = desk.get("/dev/counters").await.ok();
        faces.push((refused.face(), counted["byOperation"].to_string()));
        refused.refused(400, "invalid");
        assert!(seen(&desk, &visitor).await.is_empty());
    }
    assert!(faces.windows(2).all(|pair| pair[0] == pair[1]), "{faces:#?}");
    // The assistant is told alike, too.
    let mut told = Vec::new();
    for (email, code) in [(ANN, "22222222"), (BOB, code.as_str()), (ANN, "not a code")] {
        let input = json!({ "email": email, "confirmationCode": code });
        told.push(desk.guest().await.tool(&desk, "verify_email", input).await);
    }
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn confirmation_codes_are_not_guessed() {
    let desk = Desk::open().await;
    let (_, code) = booked(&desk, ANN).await;
    let mallory = desk.guest().await;
    let guesses: Vec<String> = "23456789ABCDEFGHJK".chars().map(|c| c.to_string().repeat(8)).collect();
    let tried = join_all(guesses.iter().map(|guess| show(&mallory, ANN, guess))).await;
    let count = |status: u16| tried.iter().filter(|reply| reply.status == status).count();
    assert_eq!((count(400), count(429)), (5, guesses.len() - 5), "five of one session");
    let refused = show(&mallory, ANN, &code).await;
    assert_eq!(refused.header("retry-after"), Some("3600"));
    refused.refused(429, "rate_limited");
    // From any number of sessions together ten an hour for one email; another one is not concerned.
    let (_, bobs) = booked(&desk, BOB).await;
    for _ in 0..5 {
        show(&desk.guest().await, ANN, &guesses[0]).await.refused(400, "invalid");
    }
    let late = desk.guest().await;
    show(&late, ANN, &code).await.refused(429, "rate_limited");
    show(&late, BOB, &bobs).await.ok();
}

#[tokio::test]
async fn a_body_says_which_proof_it_is() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    for (body, pointer, code) in [
        (json!({}), "/code", "missing_field"),
        (json!({ "email": ANN }), "/confirmationCode", "missing_field"),
        (json!({ "confirmationCode": "22222222" }), "/email", "missing_field"),
        (json!({ "code": "123456", "email": ANN }), "/code", "not_allowed"),
        (json!({ "email": "x", "confirmationCode": "22222222" }), "/email", "invalid_value"),
    ] {
        let refused = visitor.post("/v1/public/chat/email/verify", body).await.refused(400, "invalid");
        let fault = &refused["errors"][0];
        assert_eq!((fault["pointer"].as_str(), fault["code"].as_str()), (Some(pointer), Some(code)));
    }
}
