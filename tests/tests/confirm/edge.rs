//! The edge: requests as API Gateway hands them over, answers as the widget gets them.

use lambda_http::{Body, Request, Response};
use serde_json::{Value, json};
use shared::domain::id::ProposalId;
use shared::domain::secret::SessionId;

use crate::world::{FREE_HOUR, HOUR, SITE, World, draft, package, world};

const TEN: &str = "2026-11-23T09:00:00Z";
/// The proposal that the events name.
const PROPOSAL: &str = "01KAJ6D4Q8S0V2X4Z6B8D0F2H4";

const CONFIRM: &str = include_str!("../../../events/confirm/confirm.json");
const DECLINE: &str = include_str!("../../../events/confirm/decline.json");

/// The event with another body and other headers; an empty value removes a header.
fn request(event: &str, body: &Value, headers: &[(&str, &str)]) -> Request {
    let mut event: Value = serde_json::from_str(event).unwrap();
    event["body"] = json!(body.to_string());
    event["isBase64Encoded"] = json!(false);
    for (name, value) in headers {
        for kind in ["headers", "multiValueHeaders"] {
            let held = event[kind].as_object_mut().unwrap();
            held.remove(*name);
            if !value.is_empty() {
                held.insert((*name).to_owned(), if kind == "headers" { json!(value) } else { json!([value]) });
            }
        }
    }
    lambda_http::request::from_str(&event.to_string()).unwrap()
}

fn of(session: &SessionId) -> Value {
    json!({ "sessionId": session.reveal() })
}

fn json_of(response: &Response<Body>) -> Value {
    serde_json::from_slice(response.body()).unwrap_or(Value::Null)
}

async fn card(world: &World, start: &str) -> SessionId {
    let operation = world.to_book("ann@x.test", 1, 1, start).await;
    world.asked_as(PROPOSAL.parse::<ProposalId>().unwrap(), "ann@x.test", operation).await.0
}

#[tokio::test]
async fn a_click_on_confirm_books_and_says_where_to_pay() {
    let world = world(&[HOUR]).await;
    let session = card(&world, TEN).await;
    let first = confirm::handle(&world.services, request(CONFIRM, &of(&session), &[])).await;
    assert_eq!(first.status(), 200);
    assert_eq!(first.headers()["access-control-allow-origin"], SITE);
    let answer = json_of(&first);
    assert_eq!(answer["proposalId"], PROPOSAL);
    assert_eq!(answer["operation"], "create_customer_booking");
    let booking = &answer["booking"];
    assert_eq!(booking["status"], "PENDING_PAYMENT");
    assert_eq!(booking["packageName"], "An <hour>");
    assert_eq!(booking["startsAt"], TEN);
    assert_eq!(booking["endsAt"], "2026-11-23T10:00:00Z");
    assert_eq!(booking["price"], json!({ "amount": 8_000, "currency": "EUR" }));
    assert_eq!(booking["confirmationCode"].as_str().unwrap().len(), 8);
    assert!(answer["checkoutUrl"].as_str().unwrap().contains("/checkout/"), "{answer}");
    let again = confirm::handle(&world.services, request(CONFIRM, &of(&session), &[])).await;
    assert_eq!((again.status(), json_of(&again)), (first.status(), answer));
}

#[tokio::test]
async fn a_slot_that_is_gone_is_answered_with_those_near_it() {
    let world = world(&[FREE_HOUR]).await;
    let session = card(&world, TEN).await;
    world.booked("bob@x.test", 1, 1, TEN).await;
    let lost = confirm::handle(&world.services, request(CONFIRM, &of(&session), &[])).await;
    assert_eq!((lost.status().as_u16(), &lost.headers()["access-control-allow-origin"]), (409, &SITE.parse().unwrap()));
    let problem = json_of(&lost);
    assert_eq!(problem["code"], "slot_taken");
    assert_eq!(
        problem["alternatives"],
        json!([
            { "startsAt": "2026-11-23T08:00:00Z", "endsAt": "2026-11-23T09:00:00Z", "label": "Mon 23 Nov, 09:00 CET" },
            { "startsAt": "2026-11-23T10:00:00Z", "endsAt": "2026-11-23T11:00:00Z", "label": "Mon 23 Nov, 11:00 CET" },
            { "startsAt": "2026-11-23T10:30:00Z", "endsAt": "2026-11-23T11:30:00Z", "label": "Mon 23 Nov, 11:30 CET" },
        ])
    );
}

#[tokio::test]
async fn each_refusal_of_a_time_has_its_own_code() {
    for (start, code) in [
        ("2026-11-23T20:00:00Z", "not_open"),
        ("2027-11-23T09:00:00Z", "too_far_ahead"),
        ("2026-11-20T09:00:00Z", "too_soon"),
    ] {
        let world = world(&[FREE_HOUR]).await;
        let session = card(&world, start).await;
        let refused = confirm::handle(&world.services, request(CONFIRM, &of(&session), &[])).await;
        let problem = json_of(&refused);
        assert_eq!((refused.status().as_u16(), problem["code"].as_str()), (409, Some(code)), "{start}");
        assert!(problem["alternatives"].is_array(), "{problem}");
    }
    let world = world(&[FREE_HOUR]).await;
    let session = card(&world, TEN).await;
    let mut gone = draft(&FREE_HOUR);
    gone.active = false;
    let gone = gone.check(package(1), 2).unwrap();
    world.services.store.put_package(crate::world::TENANT, &gone, Some(1)).await.unwrap();
    let refused = confirm::handle(&world.services, request(CONFIRM, &of(&session), &[])).await;
    assert_eq!(json_of(&refused)["code"], "not_offered");
}

#[tokio::test]
async fn another_price_has_its_own_code() {
    let world = world(&[HOUR]).await;
    let session = card(&world, TEN).await;
    let dearer = draft(&crate::world::Offered { price: 9_000, ..HOUR }).check(package(1), 2).unwrap();
    world.services.store.put_package(crate::world::TENANT, &dearer, Some(1)).await.unwrap();
    let refused = confirm::handle(&world.services, request(CONFIRM, &of(&session), &[])).await;
    assert_eq!((refused.status().as_u16(), json_of(&refused)["code"].as_str()), (409, Some("price_changed")));
}

#[tokio::test]
async fn a_declined_card_is_done_with() {
    let world = world(&[FREE_HOUR]).await;
    let session = card(&world, TEN).await;
    for _ in 0..2 {
        let declined = confirm::handle(&world.services, request(DECLINE, &of(&session), &[])).await;
        assert_eq!((declined.status().as_u16(), declined.body().is_empty()), (204, true));
    }
    let refused = confirm::handle(&world.services, request(CONFIRM, &of(&session), &[])).await;
    assert_eq!((refused.status().as_u16(), json_of(&refused)["code"].as_str()), (409, Some("conflict")));
}

#[tokio::test]
async fn what_has_waited_too_long_is_over() {
    let world = world(&[FREE_HOUR]).await;
    let session = card(&world, TEN).await;
    world.clock.advance(std::time::Duration::from_secs(1_800));
    let refused = confirm::handle(&world.services, request(CONFIRM, &of(&session), &[])).await;
    assert_eq!((refused.status().as_u16(), json_of(&refused)["code"].as_str()), (410, Some("expired")));
}

#[tokio::test]
async fn only_the_right_key_page_and_session_get_through() {
    let world = world(&[FREE_HOUR]).await;
    let session = card(&world, TEN).await;
    let stranger = world.wants("bob@x.test", 1, 1, TEN).await.0;
    let body = of(&session);
    for (body, headers, status, code) in [
        (&body, [("X-Tenant-Key", "pk_nobody")], 401, "unauthorized"),
        (&body, [("X-Tenant-Key", "")], 401, "unauthorized"),
        (&body, [("Origin", "https://evil.test")], 403, "origin_refused"),
        (&of(&stranger), [("Origin", SITE)], 404, "not_found"),
        (&json!({ "sessionId": "odd" }), [("Origin", SITE)], 404, "not_found"),
        (&json!({}), [("Origin", SITE)], 400, "invalid"),
        (&json!({ "sessionId": session.reveal(), "price": 1 }), [("Origin", SITE)], 400, "invalid"),
    ] {
        for event in [CONFIRM, DECLINE] {
            let refused = confirm::handle(&world.services, request(event, body, &headers)).await;
            assert_eq!(
                (refused.status().as_u16(), json_of(&refused)["code"].as_str()),
                (status, Some(code)),
                "{headers:?} {body}"
            );
        }
    }
    assert!(world.events().is_empty());
    let done = confirm::handle(&world.services, request(CONFIRM, &body, &[])).await;
    assert_eq!(done.status(), 200, "none of that has spoiled it");
}
