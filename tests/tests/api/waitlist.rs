//! The waitlist as people meet it: a card in the chat, a mail, and the pages behind its links.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use sim::claude::Answer;
use tests::{Desk, Person, Reply, Visitor};

use super::shop::BRIDAL;

const ANN: &str = "ann@example.test";
const BOB: &str = "bob@example.test";
/// A Thursday on which the salon is open.
const DAY: &str = "2026-12-03";

/// Lets the assistant prepare a place for `email`, and gives the card.
async fn card(visitor: &Visitor, desk: &Desk, email: &str) -> Value {
    let input = json!({ "packageId": BRIDAL, "from": DAY, "customerName": "Ann Lee", "customerEmail": email });
    desk.script([Answer::call("join_waitlist", input), Answer::say("Please confirm.")]);
    visitor.say("Then put me on the list.").await.ok()["proposal"].clone()
}

async fn joined(desk: &Desk, email: &str) -> Value {
    let visitor = desk.guest_of("pk_demo2").await;
    let card = card(&visitor, desk, email).await;
    visitor.confirm(card["id"].as_str().unwrap_or_else(|| panic!("{card}"))).await.ok()
}

/// Eve has the whole day, and the path on which the owner sees her booking.
async fn full(desk: &Desk) -> String {
    let eve = desk.guest_of("pk_demo2").await;
    let slot = eve.slots(desk, BRIDAL, DAY, 1).await[0]["slotId"].as_str().unwrap().to_owned();
    let card = eve.propose(desk, &slot, "eve@example.test").await;
    let booked = eve.confirm(card["id"].as_str().unwrap()).await.ok();
    format!("/v1/admin/bookings/{}", booked["booking"]["id"].as_str().unwrap())
}

async fn owner(desk: &Desk) -> Person {
    desk.login("owner@demo2.test").await
}

/// The owner calls Eve's booking off, and everything that follows happens.
async fn freed(desk: &Desk, booking: &str) {
    owner(desk).await.post(&format!("{booking}/cancel"), &json!({})).await.ok();
    desk.settle().await;
}

/// The link to do `what` in the newest mail to `email` that has one.
async fn link(desk: &Desk, email: &str, what: &str) -> String {
    let mails = desk.mails(email).await;
    let text = mails.iter().rev().map(|mail| mail["text"].as_str().unwrap().to_owned());
    let ends = format!("/{what}");
    let mut links = text.flat_map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    links.find(|word| word.contains("/v1/public/") && word.ends_with(&ends)).unwrap_or_else(|| panic!("no {what}"))
}

async fn waiting(desk: &Desk) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let listed = owner(desk).await.list(&format!("/v1/admin/waitlist?package={BRIDAL}&day={DAY}")).await;
    listed.iter().map(|place| (text(&place["customer"]["email"]), text(&place["status"]))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_joins_by_chat_is_mailed_what_comes_free_takes_it_and_pays() {
    let desk = Desk::open().await;
    let booking = full(&desk).await;
    let answer = joined(&desk, ANN).await;
    assert_eq!(answer["operation"], "join_customer_waitlist");
    assert_eq!(answer["waitlist"], json!({ "packageName": "Bridal day", "from": DAY, "to": DAY }));
    assert!(answer.get("booking").is_none() && answer.get("checkoutUrl").is_none(), "{answer}");
    joined(&desk, BOB).await;
    assert_eq!(desk.subjects(ANN).await, ["You are on the waitlist: Bridal day, Thu 3 Dec 2026"]);

    freed(&desk, &booking).await;
    let subjects = desk.subjects(ANN).await;
    assert_eq!(subjects.len(), 2, "{subjects:?}");
    assert!(subjects[1].starts_with("A place came free: Bridal day"), "{subjects:?}");
    assert_eq!(desk.subjects(BOB).await.len(), 1, "he is not the first");
    let offer = desk.mails(ANN).await.pop().unwrap();
    assert_eq!(offer["attachments"], json!([]), "nothing for a calendar yet");
    assert!(offer["text"].as_str().unwrap().contains("620.00"), "{offer}");
    let owners = desk.subjects("owner@demo2.test").await;

    let (take, pass) = (link(&desk, ANN, "take").await, link(&desk, ANN, "pass").await);
    for looked in [&take, &pass, &take] {
        let page = desk.open_link(looked).await;
        assert_eq!(page.status, 200, "{page:?}");
        assert!(page.text.contains("<form method=\"post\">"), "{page:?}");
    }
    assert_eq!(waiting(&desk).await[0], (ANN.to_owned(), "OFFERED".to_owned()), "looking changes nothing");

    let pressed = futures::future::join_all((0..64).map(|_| desk.press(&take))).await;
    let to: Vec<_> = pressed.iter().map(|page| (page.status.as_u16(), page.header("location"))).collect();
    assert!(to.iter().all(|led| *led == to[0] && led.0 == 303), "{to:?}");
    desk.settle().await;
    assert_eq!(desk.subjects("owner@demo2.test").await, owners, "it is not paid yet");
    assert!(desk.press(&pass).await.text.contains("You have taken this place"));
    desk.pay(to[0].1.unwrap()).await;
    let last = desk.mails(ANN).await.pop().unwrap();
    assert!(last["subject"].as_str().unwrap().starts_with("Confirmed: Bridal day"), "{last}");
    assert_eq!(last["attachments"].as_array().unwrap().len(), 1);
    assert_eq!(desk.subjects("owner@demo2.test").await.len(), owners.len() + 1);
    assert_eq!(waiting(&desk).await, [(BOB.to_owned(), "WAITING".to_owned())]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_that_is_passed_runs_out_or_is_left_goes_to_the_next_in_time() {
    let desk = Desk::open().await;
    let booking = full(&desk).await;
    for email in [ANN, BOB, "cid@example.test", "dan@example.test"] {
        joined(&desk, email).await;
    }
    freed(&desk, &booking).await;
    // Ann lets it pass.
    let pass = link(&desk, ANN, "pass").await;
    assert_eq!(desk.press(&pass).await.status, 200);
    desk.settle().await;
    assert_eq!(waiting(&desk).await[0], (BOB.to_owned(), "OFFERED".to_owned()));
    // Bob does not answer. A late answer is refused whether anybody has noticed or not.
    let take = link(&desk, BOB, "take").await;
    desk.wait(Duration::from_mins(36)).await;
    assert_eq!(desk.press(&take).await.status, 410);
    desk.settle().await;
    assert_eq!(waiting(&desk).await[0], ("cid@example.test".to_owned(), "OFFERED".to_owned()));
    // Cid leaves by the link of the first mail.
    let leave = link(&desk, "cid@example.test", "leave").await;
    assert!(desk.open_link(&leave).await.text.contains("Leave the waitlist?"));
    assert_eq!(waiting(&desk).await.len(), 2, "looking changes nothing");
    for _ in 0..2 {
        assert_eq!(desk.press(&leave).await.status, 200);
        desk.settle().await;
    }
    assert_eq!(waiting(&desk).await, [("dan@example.test".to_owned(), "OFFERED".to_owned())]);
    // The owner takes Dan off the list, at the version they saw.
    let (owner, place) = (owner(&desk).await, "/v1/admin/waitlist");
    let shown = owner.list(place).await.remove(0);
    let path = format!("{place}/{}", shown["id"].as_str().unwrap());
    let remove = async |version: u64| {
        Reply::of(owner.request(Method::DELETE, &path).header("if-match", version.to_string())).await.status.as_u16()
    };
    assert_eq!(remove(1).await, 412);
    assert_eq!(remove(shown["version"].as_u64().unwrap()).await, 204);
    desk.settle().await;
    assert!(waiting(&desk).await.is_empty());
    let free = desk.guest_of("pk_demo2").await.slots(&desk, BRIDAL, DAY, 1).await;
    assert_eq!(free.len(), 1, "nobody is left, so everybody may book it");
}

#[tokio::test]
async fn a_proven_visitor_is_told_of_their_offers_and_places_and_nobody_else_is() {
    let desk = Desk::open().await;
    let booking = full(&desk).await;
    joined(&desk, ANN).await;
    let visitor = desk.guest_of("pk_demo2").await;
    assert!(visitor.tool(&desk, "get_my_bookings", json!({})).await.contains("not proven"));
    visitor.prove(&desk, ANN).await;
    let told = visitor.tool(&desk, "get_my_bookings", json!({})).await;
    assert!(told.contains("\"waitlist\":[{") && told.contains("Bridal day"), "{told}");
    freed(&desk, &booking).await;
    let told = visitor.tool(&desk, "get_my_bookings", json!({})).await;
    assert!(told.contains("OFFERED") && told.contains("\"waitlist\":[]"), "{told}");
    assert!(told.contains("\"offeredUntil\":\"Mon 23 Nov 2026, 09:30 GMT\""), "{told}");
}

#[tokio::test]
async fn what_is_free_or_can_never_come_is_not_waited_for() {
    let desk = Desk::open().await;
    let visitor = desk.guest_of("pk_demo2").await;
    let wish = |from: &str, to: &str| json!({ "packageId": BRIDAL, "from": from, "to": to, "customerName": "Ann", "customerEmail": ANN });
    for (from, to, said) in [
        (DAY, DAY, "free slots"),
        ("2026-11-29", "2026-11-29", "closed"),
        ("2028-01-01", "2028-01-02", "taken until"),
        (DAY, "2026-12-24", "The days are wrong"),
        ("tomorrow", DAY, "YYYY-MM-DD"),
    ] {
        let told = visitor.tool(&desk, "join_waitlist", wish(from, to)).await;
        assert!(told.contains(said), "{from}: {told}");
    }
}
