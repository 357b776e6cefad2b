//! What the business changes of a booking in its console: notes, its time, and money given back.

use serde_json::{Value, json};
use tests::{Desk, Person, Reply};

use super::pair::{ANN, BOB};
use super::shop::{PORTRAIT, WEDNESDAY};

/// Ann's portrait hour, on Wednesday at nine in Berlin, paid.
async fn booked(desk: &Desk, email: &str) -> Value {
    let told = desk.guest().await.book(desk, PORTRAIT, WEDNESDAY, email).await;
    if let Some(url) = told["checkoutUrl"].as_str() {
        desk.pay(url).await;
    }
    let path = format!("/v1/admin/bookings/{}", told["booking"]["id"].as_str().unwrap());
    desk.owner().await.get(&path).await.ok()
}

async fn act(person: &Person, booking: &Value, verb: &str, version: u64, body: Value) -> Reply {
    let path = format!("/v1/admin/bookings/{}/{verb}", booking["id"].as_str().unwrap());
    Reply::of(person.request(reqwest::Method::POST, &path).header("if-match", version).json(&body)).await
}

async fn moved(person: &Person, booking: &Value, body: Value) -> Reply {
    let path = format!("/v1/admin/bookings/{}", booking["id"].as_str().unwrap());
    let version = person.get(&path).await.ok()["version"].as_u64().unwrap();
    act(person, booking, "reschedule", version, body).await
}

fn version(booking: &Value) -> u64 {
    booking["version"].as_u64().unwrap()
}

fn calendar(mail: &Value) -> &str {
    mail["attachments"][0]["text"].as_str().unwrap()
}

fn line<'a>(calendar: &'a str, name: &str) -> &'a str {
    calendar.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim()
}

#[tokio::test]
async fn the_owner_moves_a_booking_and_its_customer_gets_the_same_entry_at_its_new_time() {
    let desk = Desk::open().await;
    let (booking, agent) = (booked(&desk, ANN).await, desk.login("agent@demo.test").await);
    let wish = json!({ "startsAt": "2026-11-26T10:00:00Z" });
    let told = act(&agent, &booking, "reschedule", version(&booking), wish.clone()).await.ok();
    assert_eq!((&told["startsAt"], &told["status"]), (&json!("2026-11-26T10:00:00Z"), &booking["status"]));
    assert_eq!((&told["fee"], &told["paid"]), (&booking["fee"], &booking["paid"]), "moving costs nothing");
    // Pressed again, with the version of before: it is there, and nobody hears of it twice.
    act(&agent, &booking, "reschedule", version(&booking), wish).await.ok();
    let mails = desk.mails(ANN).await;
    let (confirmed, changed) = (&mails[mails.len() - 2], &mails[mails.len() - 1]);
    assert!(changed["subject"].as_str().unwrap().starts_with("New time"), "{mails:#?}");
    let (before, after) = (calendar(confirmed), calendar(changed));
    assert_eq!(line(before, "UID:"), line(after, "UID:"));
    assert_eq!((line(before, "SEQUENCE:"), line(after, "SEQUENCE:")), ("0", "1"));
    assert!(after.contains("DTSTART:20261126T100000Z"), "{after}");
    let again = json!({ "startsAt": "2026-11-26T11:00:00Z" });
    act(&agent, &booking, "reschedule", version(&booking), again).await.refused(412, "stale_version");
}

#[tokio::test]
async fn a_time_that_is_taken_is_refused_with_free_ones_near_it() {
    let desk = Desk::open().await;
    let (anns, owner) = (booked(&desk, ANN).await, desk.owner().await);
    let bobs = booked(&desk, BOB).await;
    let wish = json!({ "startsAt": bobs["startsAt"], "resourceId": bobs["resourceId"] });
    // Whom the owner names is wanted, and nobody else in their place.
    let refused = moved(&owner, &anns, wish).await.refused(409, "slot_taken");
    let free = refused["alternatives"].as_array().unwrap();
    assert!(!free.is_empty(), "{refused:#}");
    let first = json!({ "startsAt": free[0]["startsAt"], "resourceId": free[0]["resourceId"] });
    let told = moved(&owner, &anns, first).await.ok();
    assert_eq!(told["startsAt"], free[0]["startsAt"]);
}

#[tokio::test]
async fn an_owner_sets_rules_of_their_own_aside_by_name_only() {
    let desk = Desk::open().await;
    let (booking, owner) = (booked(&desk, ANN).await, desk.owner().await);
    for (starts_at, waive, code, all) in [
        // Late in the evening, in a quarter of an hour, and in a year.
        ("2026-11-25T20:00:00Z", json!(["notice", "horizon"]), "not_open", json!(["hours"])),
        ("2026-11-23T09:15:00Z", json!(["horizon"]), "too_soon", json!(["notice"])),
        ("2027-11-24T10:00:00Z", json!(["notice", "hours"]), "too_far_ahead", json!(["horizon"])),
    ] {
        moved(&owner, &booking, json!({ "startsAt": starts_at })).await.refused(409, code);
        moved(&owner, &booking, json!({ "startsAt": starts_at, "waive": waive })).await.refused(409, code);
        let told = moved(&owner, &booking, json!({ "startsAt": starts_at, "waive": all })).await.ok();
        assert_eq!(told["startsAt"], starts_at);
    }
    let agent = desk.login("agent@demo.test").await;
    let late = json!({ "startsAt": "2026-11-25T20:00:00Z", "waive": ["hours"] });
    moved(&agent, &booking, late).await.refused(403, "forbidden");
    let every = json!(["notice", "horizon", "hours"]);
    let past = json!({ "startsAt": "2026-11-23T08:00:00Z", "waive": every });
    moved(&owner, &booking, past).await.refused(409, "too_soon");
    // What others rely on is never set aside.
    let bobs = booked(&desk, BOB).await;
    let wish = json!({ "startsAt": bobs["startsAt"], "resourceId": bobs["resourceId"], "waive": every });
    moved(&owner, &booking, wish).await.refused(409, "slot_taken");
}

#[tokio::test]
async fn a_move_that_cannot_be_read_says_where() {
    let desk = Desk::open().await;
    let (booking, owner) = (booked(&desk, ANN).await, desk.owner().await);
    let starts_at = "2026-11-26T10:00:00Z";
    for (body, pointer) in [
        (json!({}), "/startsAt"),
        (json!({ "startsAt": "tomorrow" }), "/startsAt"),
        (json!({ "startsAt": "2026-11-26T10:00:30Z" }), "/startsAt"),
        (json!({ "startsAt": starts_at, "resourceId": "x" }), "/resourceId"),
        (json!({ "startsAt": starts_at, "resourceId": "01KAXG00000000000000000000" }), "/resourceId"),
        (json!({ "startsAt": starts_at, "waive": ["price"] }), "/waive/0"),
    ] {
        let refused = moved(&owner, &booking, body.clone()).await.refused(400, "invalid");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{body}");
    }
    let path = format!("/v1/admin/bookings/{}/reschedule", booking["id"].as_str().unwrap());
    owner.post(&path, &json!({ "startsAt": starts_at })).await.refused(400, "malformed");
}

#[tokio::test]
async fn notes_are_the_businesss_own_and_follow_the_version() {
    let desk = Desk::open().await;
    let (booking, agent) = (booked(&desk, ANN).await, desk.login("agent@demo.test").await);
    let path = format!("/v1/admin/bookings/{}", booking["id"].as_str().unwrap());
    let mails = desk.mails(ANN).await.len();
    let noted = agent.patch(&path, version(&booking), &json!({ "notes": "Brings two dogs." })).await.ok();
    assert_eq!((&noted["notes"], version(&noted)), (&json!("Brings two dogs."), version(&booking) + 1));
    agent.patch(&path, version(&booking), &json!({ "notes": "Older" })).await.refused(412, "stale_version");
    for body in [json!({ "notes": "x".repeat(1_001) }), json!({ "status": "COMPLETED" }), json!({})] {
        agent.patch(&path, version(&noted), &body).await.refused(400, "invalid");
    }
    assert_eq!(agent.get(&path).await.ok(), noted);
    assert_eq!(desk.mails(ANN).await.len(), mails, "nobody is told");
}

#[tokio::test]
async fn the_owner_gives_money_back_once_and_never_more_than_there_is() {
    let desk = Desk::open().await;
    let (booking, owner) = (booked(&desk, ANN).await, desk.owner().await);
    let paid = booking["paid"]["amount"].as_i64().unwrap();
    assert_eq!(booking["refundable"]["amount"], paid);
    let some = json!({ "key": "sorry", "amount": { "amount": 500, "currency": "EUR" } });
    let agent = desk.login("agent@demo.test").await;
    act(&agent, &booking, "refund", version(&booking), some.clone()).await.refused(403, "forbidden");
    let given = act(&owner, &booking, "refund", version(&booking), some.clone()).await.ok();
    assert_eq!((&given["status"], &given["refundable"]["amount"]), (&booking["status"], &json!(paid - 500)));
    // Asked again, by somebody who never heard the answer.
    act(&owner, &booking, "refund", version(&booking), some).await.ok();
    desk.settle().await;
    let path = format!("/v1/admin/bookings/{}", booking["id"].as_str().unwrap());
    let after = owner.get(&path).await.ok();
    assert_eq!((&after["refunded"]["amount"], &after["refundDue"]), (&json!(500), &Value::Null));
    assert_eq!(
        after["grants"],
        json!([{ "key": "sorry", "amount": { "amount": 500, "currency": "EUR" }, "at": after["grants"][0]["at"] }])
    );
    let subjects = desk.subjects(ANN).await;
    assert_eq!(subjects.iter().filter(|subject| subject.starts_with("Refund:")).count(), 1, "{subjects:?}");

    let amount = |amount: i64, currency: &str| json!({ "amount": amount, "currency": currency });
    for (body, status, code) in [
        (json!({ "key": "more", "amount": amount(paid - 499, "EUR") }), 400, "invalid"),
        (json!({ "key": "more", "amount": amount(0, "EUR") }), 400, "invalid"),
        (json!({ "key": "more", "amount": amount(-1, "EUR") }), 400, "invalid"),
        (json!({ "key": "more", "amount": amount(1, "USD") }), 400, "invalid"),
        (json!({ "key": "", "amount": amount(1, "EUR") }), 400, "invalid"),
        (json!({ "amount": amount(1, "EUR") }), 400, "invalid"),
        (json!({ "key": "sorry", "amount": amount(501, "EUR") }), 409, "conflict"),
    ] {
        let refused = act(&owner, &booking, "refund", version(&after), body.clone()).await;
        assert_eq!((refused.status.as_u16(), refused.body["code"].as_str()), (status, Some(code)), "{body}");
    }
    act(&owner, &booking, "refund", version(&booking), json!({ "key": "rest" })).await.refused(412, "stale_version");
    act(&owner, &booking, "refund", version(&after), json!({ "key": "rest" })).await.ok();
    desk.settle().await;
    let after = owner.get(&path).await.ok();
    assert_eq!((&after["refunded"]["amount"], &after["status"]), (&json!(paid), &json!("CONFIRMED")));
    let none = act(&owner, &booking, "refund", version(&after), json!({ "key": "once more" })).await;
    none.refused(409, "conflict");
}
