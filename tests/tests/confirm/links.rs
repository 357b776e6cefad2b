//! The links in mails: looking changes nothing, the button acts once, and a dead link says why.

use std::time::Duration;

use lambda_http::{Body, Response};
use serde_json::{Value, json};
use shared::app::booking::cancel;
use shared::app::mail::Links;
use shared::app::payment::close_checkout;
use shared::domain::booking::{Booking, CalledOffBy, Status};
use shared::domain::link::Purpose;
use sim::stripe::{Command, Outage};

use crate::world::{FREE_HOUR, HOUR, TENANT, World, at, world};

const WEDNESDAY: &str = "2026-11-25T09:00:00Z";

const SHOW: [(Purpose, &str); 3] = [
    (Purpose::Cancel, include_str!("../../../events/confirm/show-cancel.json")),
    (Purpose::Reschedule, include_str!("../../../events/confirm/show-reschedule.json")),
    (Purpose::Pay, include_str!("../../../events/confirm/show-pay.json")),
];
const CANCEL: &str = include_str!("../../../events/confirm/cancel-by-link.json");
const RESCHEDULE: &str = include_str!("../../../events/confirm/reschedule-by-link.json");
const PAY: &str = include_str!("../../../events/confirm/pay-by-link.json");

/// The token of the link that the newest mail about `booking` has.
fn token(world: &World, purpose: Purpose, booking: &Booking) -> String {
    let links = Links::new("https://desk.example", world.services.link_key.clone()).unwrap();
    let link = links.find(purpose, TENANT, booking, world.now()).unwrap();
    link.split('/').nth_back(1).unwrap().to_owned()
}

pub(crate) async fn follow(
    world: &World,
    event: &str,
    token: &str,
    body: &str,
    query: &[(&str, &str)],
) -> Response<Body> {
    let mut event: Value = serde_json::from_str(event).unwrap();
    event["pathParameters"]["token"] = json!(token);
    event["body"] = json!(body);
    event["isBase64Encoded"] = json!(false);
    if !query.is_empty() {
        let pairs = query.iter().map(|(name, value)| ((*name).to_owned(), json!([value])));
        event["multiValueQueryStringParameters"] = Value::Object(pairs.collect());
    }
    confirm::handle(&world.services, lambda_http::request::from_str(&event.to_string()).unwrap()).await
}

pub(crate) fn page(response: &Response<Body>) -> (u16, String) {
    (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
}

/// The values of the radio buttons.
fn choices(html: &str) -> Vec<String> {
    html.split("name=\"slot\" value=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn looking_changes_nothing() {
    let world = world(&[HOUR]).await;
    let booking = world.stored(world.booked("ann@x.test", 1, 1, WEDNESDAY).await.booking.id).await;
    for (purpose, event) in SHOW {
        for _ in 0..3 {
            let shown = follow(&world, event, &token(&world, purpose, &booking), "", &[]).await;
            let (status, html) = page(&shown);
            assert_eq!(status, 200, "{html}");
            assert!(html.contains("<form method=\"post\">"), "{html}");
            assert!(html.contains("An &#60;hour&#62;") && html.contains("Studio &#60;Linden&#62;"), "{html}");
            let policy = shown.headers()["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("default-src 'none'") && policy.contains("style-src 'sha256-"), "{policy}");
            assert!(!html.contains("<script") && !html.contains(" style="));
        }
    }
    assert_eq!(world.stored(booking.id).await, booking);
    assert_eq!(world.events(), ["booking.received"]);
}

#[tokio::test]
async fn the_button_cancels_once_and_the_link_is_dead_then() {
    let world = world(&[HOUR]).await;
    let booking = world.paid(&world.booked("ann@x.test", 1, 1, WEDNESDAY).await.booking).await;
    let token = token(&world, Purpose::Cancel, &booking);
    let (status, html) = page(&follow(&world, CANCEL, &token, "", &[]).await);
    assert!(status == 200 && html.contains("Your booking is cancelled") && html.contains("€80.00"), "{html}");
    let (status, html) = page(&follow(&world, CANCEL, &token, "", &[]).await);
    assert!(status == 410 && html.contains("This booking is cancelled"), "{html}");
    assert_eq!(world.events(), ["booking.received", "booking.cancelled", "refund.due"]);
}

#[tokio::test]
async fn another_time_is_chosen_from_those_that_are_free() {
    let world = world(&[FREE_HOUR]).await;
    let booking = world.booked("ann@x.test", 1, 1, WEDNESDAY).await.booking;
    let link = token(&world, Purpose::Reschedule, &booking);
    let (status, html) =
        page(&follow(&world, SHOW[1].1, &link, "", &[("from", "2026-11-26"), ("day", "2026-11-27")]).await);
    let offered = choices(&html);
    // Nine to five: a start each half hour until four.
    assert_eq!((status, offered.len()), (200, 15), "{html}");
    assert!(html.contains("Friday, 27 November 2026"), "{html}");
    let (status, html) = page(&follow(&world, RESCHEDULE, &link, &format!("slot={}", offered[2]), &[]).await);
    assert!(
        status == 200 && html.contains("Friday, 27 November 2026<br><span>10:00–11:00 CET (Berlin time)"),
        "{html}"
    );
    assert_eq!(world.stored(booking.id).await.slot.start(), at("2026-11-27T09:00:00Z"));
    let (status, html) = page(&follow(&world, RESCHEDULE, &link, &format!("slot={}", offered[3]), &[]).await);
    assert!(status == 410 && html.contains("older mail"), "{html}");
    assert_eq!(world.events(), ["booking.confirmed", "booking.changed"]);
}

#[tokio::test]
async fn a_time_that_is_gone_or_was_never_offered_changes_nothing() {
    let world = world(&[FREE_HOUR]).await;
    let booking = world.booked("ann@x.test", 1, 1, WEDNESDAY).await.booking;
    let link = token(&world, Purpose::Reschedule, &booking);
    let (_, html) = page(&follow(&world, SHOW[1].1, &link, "", &[("from", "2026-11-27")]).await);
    let offered = choices(&html);
    world.booked("bob@x.test", 1, 1, "2026-11-27T08:00:00Z").await;
    for (form, expected) in
        [(format!("slot={}", offered[0]), 409), ("slot=2026-11-27T08:00".to_owned(), 400), (String::new(), 400)]
    {
        let (status, html) = page(&follow(&world, RESCHEDULE, &link, &form, &[]).await);
        assert!(status == expected && html.contains("role=\"alert\"") && !choices(&html).is_empty(), "{status} {html}");
    }
    assert_eq!(world.stored(booking.id).await, booking);
}

#[tokio::test]
async fn the_pay_link_leads_to_one_checkout() {
    let world = world(&[HOUR]).await;
    world.stripe.set_outage(Some(Outage::Status(503)));
    let booking = world.stored(world.booked("ann@x.test", 1, 1, WEDNESDAY).await.booking.id).await;
    let link = token(&world, Purpose::Pay, &booking);
    let away = follow(&world, PAY, &link, "", &[]).await;
    assert_eq!((away.status().as_u16(), &away.headers()["retry-after"]), (503, &"60".parse().unwrap()));
    world.stripe.set_outage(None);
    world.clock.advance(Duration::from_secs(20 * 60));
    let first = follow(&world, PAY, &link, "", &[]).await;
    assert_eq!(first.status(), 303);
    let session = world.stripe.find_session(&booking.id.to_string()).unwrap();
    assert_eq!(Some(first.headers()["location"].to_str().unwrap()), session["url"].as_str());
    let again = follow(&world, PAY, &link, "", &[]).await;
    assert_eq!(again.headers()["location"], first.headers()["location"]);
}

/// Where the policy of a page lets its forms lead, redirects included.
fn form_action(response: &Response<Body>) -> Vec<String> {
    let policy = response.headers()["content-security-policy"].to_str().unwrap();
    let action = policy.split(';').find_map(|rule| rule.trim().strip_prefix("form-action ")).unwrap();
    action.split(' ').map(str::to_owned).collect()
}

#[tokio::test]
async fn the_page_to_pay_lets_its_button_lead_where_the_redirect_goes() {
    let world = world(&[HOUR]).await;
    let booking = world.stored(world.booked("ann@x.test", 1, 1, WEDNESDAY).await.booking.id).await;
    let link = token(&world, Purpose::Pay, &booking);
    let shown = follow(&world, SHOW[2].1, &link, "", &[]).await;
    let away = follow(&world, PAY, &link, "", &[]).await;
    let to = url::Url::parse(away.headers()["location"].to_str().unwrap()).unwrap().origin().ascii_serialization();
    assert_eq!((away.status().as_u16(), form_action(&shown)), (303, vec!["'self'".to_owned(), to]));
    let link = token(&world, Purpose::Cancel, &booking);
    assert_eq!(form_action(&follow(&world, SHOW[0].1, &link, "", &[]).await), ["'self'"]);
}

#[tokio::test]
async fn a_checkout_on_an_accounts_own_domain_is_reached_by_a_page_since_no_policy_named_it() {
    let world = world(&[HOUR]).await;
    let before = world.stored(world.booked("ann@x.test", 1, 1, WEDNESDAY).await.booking.id).await;
    let mut checkout = before.checkout.clone().unwrap();
    checkout.url = "https://pay.linden.example/c/pay/cs_1?a=1&b=\"x\"".to_owned();
    let after = before.with_checkout(checkout, world.now());
    assert!(world.services.store.note_checkout(TENANT, &before, &after, world.now()).await.unwrap());
    // The simulator knows its own page only: what is given here is the page that was noted.
    world.stripe.set_outage(Some(Outage::Status(503)));
    let led = follow(&world, PAY, &token(&world, Purpose::Pay, &before), "", &[]).await;
    assert_eq!(led.headers()["refresh"], "0; url=https://pay.linden.example/c/pay/cs_1?a=1&b=\"x\"");
    let (status, html) = page(&led);
    assert_eq!(status, 200);
    assert!(
        html.contains("<a class=\"button\" href=\"https://pay.linden.example/c/pay/cs_1?a=1&#38;b=&#34;x&#34;\">"),
        "{html}"
    );
}

#[tokio::test]
async fn the_pay_link_says_when_there_is_nothing_to_pay() {
    for (state, status, says) in [
        (Status::Confirmed, 200, "is paid"),
        (Status::Canceled, 410, "is cancelled"),
        (Status::Expired, 410, "not paid in time"),
    ] {
        let world = world(&[HOUR]).await;
        let booking = world.stored(world.booked("ann@x.test", 1, 1, WEDNESDAY).await.booking.id).await;
        let link = token(&world, Purpose::Pay, &booking);
        match state {
            Status::Confirmed => drop(world.paid(&booking).await),
            Status::Canceled => {
                drop(cancel(world.services.booking(), TENANT, booking.id, CalledOffBy::Owner).await.unwrap())
            }
            _ => world.clock.advance(Duration::from_secs(31 * 60)),
        }
        for event in [SHOW[2].1, PAY] {
            let (found, html) = page(&follow(&world, event, &link, "", &[]).await);
            assert!(found == status && html.contains(says), "{html}");
        }
    }
}

/// The customer finishes Checkout, and nothing of it comes over the webhook.
fn finish(world: &World, booking: &Booking, payment_status: &str) {
    let kind = "checkout.session.completed".to_owned();
    let (booking_id, payment_status) = (Some(booking.id.to_string()), Some(payment_status.to_owned()));
    world.stripe.emit(&Command { kind, booking_id, payment_status, ..Command::default() }).unwrap();
}

#[tokio::test]
async fn who_has_paid_is_never_sent_to_pay_again() {
    for (status, says) in [("paid", "is paid"), ("unpaid", "is being confirmed")] {
        let world = world(&[HOUR]).await;
        let asked = world.wants("ann@x.test", 1, 1, WEDNESDAY).await;
        let done = world.confirm(&asked).await.unwrap();
        let link = token(&world, Purpose::Pay, &world.stored(done.booking.id).await);
        finish(&world, &done.booking, status);
        for event in [PAY, SHOW[2].1, PAY] {
            let (code, html) = page(&follow(&world, event, &link, "", &[]).await);
            assert!(code == 200 && html.contains(says) && !html.contains("<form"), "{html}");
        }
        assert_eq!(world.confirm(&asked).await.unwrap().checkout_url, None);
        let told: &[&str] =
            if status == "paid" { &["booking.received", "booking.confirmed"] } else { &["booking.received"] };
        assert_eq!(world.events(), told);
    }
}

#[tokio::test]
async fn what_was_paid_in_the_moment_of_calling_off_is_owed_back() {
    let world = world(&[HOUR]).await;
    let done = world.booked("ann@x.test", 1, 1, WEDNESDAY).await;
    let link = token(&world, Purpose::Cancel, &world.stored(done.booking.id).await);
    finish(&world, &done.booking, "paid");
    let (status, html) = page(&follow(&world, CANCEL, &link, "", &[]).await);
    assert!(status == 200 && html.contains("Your booking is cancelled"), "{html}");
    assert_eq!(world.events(), ["booking.received", "booking.cancelled", "checkout.obsolete"]);
    assert!(close_checkout(world.services.payment(), TENANT, done.booking.id).await.unwrap());
    let off = world.stored(done.booking.id).await;
    assert_eq!((off.status, off.refund_due), (Status::Canceled, Some(off.price)));
    assert_eq!(world.events(), ["booking.received", "booking.cancelled", "checkout.obsolete", "refund.due"]);
}

#[tokio::test]
async fn a_tampered_link_opens_nothing_and_an_old_one_says_so() {
    let world = world(&[FREE_HOUR]).await;
    let booking = world.booked("ann@x.test", 1, 1, WEDNESDAY).await.booking;
    let link = token(&world, Purpose::Cancel, &booking);
    let (first, rest) = link.split_at(1);
    let forged = format!("{}{rest}", if first == "A" { "B" } else { "A" });
    for (event, token) in [(CANCEL, forged.as_str()), (RESCHEDULE, &link), (CANCEL, "x")] {
        let (status, html) = page(&follow(&world, event, token, "", &[]).await);
        assert!(status == 404 && html.contains("does not work"), "{html}");
    }
    world.clock.advance(Duration::from_secs(3 * 24 * 3_600));
    let (status, html) = page(&follow(&world, CANCEL, &link, "", &[]).await);
    assert!(status == 410 && html.contains("too old"), "{html}");
    assert_eq!(world.stored(booking.id).await, booking);
}
