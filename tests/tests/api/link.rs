//! Links in mails: opening one changes nothing, pressing its button acts once, and after that it is dead.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Desk, Reply};
use url::form_urlencoded;

use super::shop::{HEADSHOT, PORTRAIT, WEDNESDAY};

const ANN: &str = "ann@example.test";

/// The link to do `what`, out of a mail.
pub(super) fn in_mail(mail: &Value, what: &str) -> String {
    let text = mail["text"].as_str().unwrap();
    let mut links = text.split_whitespace().filter(|word| word.contains("/v1/public/bookings/"));
    let link = links.rfind(|link| link.ends_with(&format!("/{what}")));
    link.unwrap_or_else(|| panic!("no link to {what} in {text}")).to_owned()
}

/// A booking of Ann's: its path for the owner, and the newest mail about it.
async fn booked(desk: &Desk, package: &str) -> (String, Value) {
    let booked = desk.guest().await.book(desk, package, WEDNESDAY, ANN).await;
    let path = format!("/v1/admin/bookings/{}", booked["booking"]["id"].as_str().unwrap());
    (path, desk.mails(ANN).await.pop().unwrap())
}

/// The first time that a page offers.
fn offered(page: &Reply) -> String {
    let (_, rest) = page.text.split_once("name=\"slot\" value=\"").unwrap_or_else(|| panic!("no times in {page:?}"));
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_scanner_that_opens_every_link_changes_nothing() {
    let desk = Desk::open().await;
    let (path, mail) = booked(&desk, PORTRAIT).await;
    let owner = desk.owner().await;
    let before = owner.get(&path).await.ok();
    let sessions = desk.stripe().events().len();
    for what in ["pay", "cancel", "reschedule"] {
        let link = in_mail(&mail, what);
        for _ in 0..3 {
            let page = desk.open_link(&link).await;
            assert_eq!(page.status, 200, "{what}: {page:?}");
            assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
            assert!(page.text.contains("<form method=\"post\">"), "{what}: {page:?}");
            assert!(!page.text.contains("<script"), "{what}: {page:?}");
            let policy = page.header("content-security-policy").unwrap();
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
            assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
            assert_eq!(page.header("cache-control"), Some("no-store"));
        }
    }
    assert_eq!(owner.get(&path).await.ok(), before);
    assert_eq!(desk.stripe().events().len(), sessions);
    assert_eq!(desk.mails(ANN).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_to_cancel_acts_once_however_often_it_is_pressed() {
    let desk = Desk::open().await;
    let (path, mail) = booked(&desk, HEADSHOT).await;
    let link = in_mail(&mail, "cancel");
    let pressed = join_all((0..64).map(|_| desk.press(&link))).await;
    assert!(pressed.iter().all(|reply| matches!(reply.status.as_u16(), 200 | 410)), "{pressed:?}");
    assert!(pressed.iter().any(|reply| reply.status == 200));
    assert_eq!(desk.owner().await.get(&path).await.ok()["status"], "CANCELED");
    let subjects = desk.subjects(ANN).await;
    assert_eq!(subjects.len(), 2, "one mail of it: {subjects:?}");
    for link in [link, in_mail(&mail, "reschedule")] {
        assert_eq!(desk.press(&link).await.status, 410);
        assert_eq!(desk.open_link(&link).await.status, 410);
    }
    assert_eq!(desk.subjects(ANN).await.len(), 2);
}

#[tokio::test]
async fn a_link_to_move_offers_times_and_takes_one_of_them() {
    let desk = Desk::open().await;
    let (path, mail) = booked(&desk, HEADSHOT).await;
    let owner = desk.owner().await;
    let before = owner.get(&path).await.ok();
    let link = in_mail(&mail, "reschedule");
    let page = desk.open_link(&link).await;
    let slot = offered(&page);
    let submit = |slot: &str| {
        let form = desk.request(Method::POST, &link).header("content-type", "application/x-www-form-urlencoded");
        Reply::of(form.body(form_urlencoded::Serializer::new(String::new()).append_pair("slot", slot).finish()))
    };
    for nonsense in ["", "x", &format!("{slot}x")] {
        assert_eq!(submit(nonsense).await.status, 400, "{nonsense:?}");
    }
    assert_eq!(owner.get(&path).await.ok(), before);
    assert_eq!(submit(&slot).await.status, 200);
    let after = owner.get(&path).await.ok();
    assert_ne!(after["startsAt"], before["startsAt"]);
    assert_eq!(after["status"], "CONFIRMED");

    // The old mail's links are dead; the new mail's work.
    assert_eq!(submit(&slot).await.status, 410);
    assert_eq!(desk.press(&in_mail(&mail, "cancel")).await.status, 410);
    assert_eq!(owner.get(&path).await.ok(), after);
    let mails = desk.mails(ANN).await;
    assert_eq!(mails.len(), 2, "one mail of the new time");
    assert_eq!(desk.press(&in_mail(&mails[1], "cancel")).await.status, 200);
    assert_eq!(owner.get(&path).await.ok()["status"], "CANCELED");
}

#[tokio::test]
async fn a_link_that_was_tampered_with_opens_nothing() {
    let desk = Desk::open().await;
    let (path, mail) = booked(&desk, HEADSHOT).await;
    let before = desk.owner().await.get(&path).await.ok();
    let link = in_mail(&mail, "cancel");
    let token = link.split('/').nth_back(1).unwrap().to_owned();
    let flipped = |at: usize| {
        let mut letters: Vec<char> = token.chars().collect();
        letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
        letters.into_iter().collect::<String>()
    };
    let mut forged: Vec<String> = (0..token.len()).step_by(7).map(flipped).collect();
    forged.extend([token[..token.len() - 4].to_owned(), format!("{token}AAAA"), "x".to_owned()]);
    let never = desk.press(&format!("{}/v1/public/bookings/{}/cancel", desk.base_url, "A".repeat(token.len()))).await;
    assert_eq!(never.status, 404, "{never:?}");
    for token in forged {
        let link = format!("{}/v1/public/bookings/{token}/cancel", desk.base_url);
        assert_eq!(desk.press(&link).await.face(), never.face(), "{token}");
        assert_eq!(desk.open_link(&link).await.status, 404, "{token}");
    }
    // A link is for one purpose.
    let moved = link.replace("/cancel", "/reschedule");
    assert_eq!(desk.open_link(&moved).await.status, 404);
    assert_eq!(desk.owner().await.get(&path).await.ok(), before);
}

#[tokio::test]
async fn a_paid_booking_that_is_canceled_in_time_is_refunded_once() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    let confirmed = visitor.book(&desk, PORTRAIT, WEDNESDAY, ANN).await;
    desk.pay(confirmed["checkoutUrl"].as_str().unwrap()).await;
    let mail = desk.mails(ANN).await.pop().unwrap();
    let link = in_mail(&mail, "cancel");
    let page = desk.open_link(&link).await;
    assert!(page.text.contains("You get back"), "{page:?}");
    assert_eq!(desk.press(&link).await.status, 200);
    assert_eq!(desk.press(&link).await.status, 410);
    desk.settle().await;
    let path = format!("/v1/admin/bookings/{}", confirmed["booking"]["id"].as_str().unwrap());
    let shown = desk.owner().await.get(&path).await.ok();
    assert_eq!(shown["refunded"], json!({ "amount": 12_000, "currency": "EUR" }), "{shown:#}");
    let subjects = desk.subjects(ANN).await;
    let mut distinct = subjects.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), subjects.len(), "each mail once: {subjects:?}");
}
