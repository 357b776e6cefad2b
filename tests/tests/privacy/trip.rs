//! The trips of a person whose every word is a canary, when all goes well and when nothing does.

use std::time::Duration;

use aws_lambda_events::sqs::SqsEvent;
use serde_json::{Value, json};
use shared::domain::event::Happening;
use shared::domain::package::Kind;
use sim::claude::{Answer, Fault, FaultKind, Mode};
use sim::stripe::{Command, Outage};
use tests::line::envelope;
use tests::post::{Mood, Post};
use tests::world::{ANN, World};
use tests::{Desk, Visitor};

use super::canary::{ADDRESS, Canaries, EMAIL, NAME, NOTE, PHONE, TOKEN, WISH, WORDS};

const WEDNESDAY: &str = "2026-11-25";

/// The id of a package of Atelier Linden.
async fn package(desk: &Desk, name: &str) -> String {
    let context = desk.store().find_context(local::demo::LINDEN.parse().unwrap()).await.unwrap().unwrap();
    context.packages.iter().find(|package| package.name.as_str() == name).unwrap().id.to_string()
}

/// Somebody with a session.
async fn visitor(desk: &Desk, canaries: &mut Canaries) -> Visitor {
    let visitor = desk.visitor_from(ADDRESS, "pk_demo");
    let begun = visitor.begin().await;
    assert_eq!(begun.status, 201, "{begun:?}");
    canaries.add_session(&visitor.session().unwrap());
    visitor
}

/// Books a portrait, with a name and a wish that are canaries.
async fn book(desk: &Desk, visitor: &Visitor, canaries: &mut Canaries) -> Value {
    let portrait = package(desk, "Portrait session").await;
    let slot = visitor.slots(desk, &portrait, WEDNESDAY, 7).await[0]["slotId"].as_str().unwrap().to_owned();
    let input = json!({ "slotId": slot, "customerName": NAME, "customerEmail": EMAIL, "notes": WISH });
    desk.script([Answer::call("book_package", input), Answer::say("Please confirm.")]);
    let proposal = visitor.say(&format!("{WORDS}, call me at {PHONE}")).await.ok()["proposal"].clone();
    let confirmed = visitor.confirm(proposal["id"].as_str().unwrap()).await.ok();
    canaries.add("confirmation code", confirmed["booking"]["confirmationCode"].as_str().unwrap());
    if let Some(url) = confirmed["checkoutUrl"].as_str() {
        canaries.add("payment page", url);
    }
    confirmed
}

/// The links in the newest mail, each a canary.
async fn links(desk: &Desk, canaries: &mut Canaries) -> Vec<String> {
    // Whatever else may still wait for Stripe.
    desk.drain().await;
    let mail = desk.mailbox.to(Some(EMAIL)).pop().unwrap().json();
    let text = mail["text"].as_str().unwrap();
    let links = text.split_whitespace().filter(|word| word.contains("/v1/public/"));
    let links: Vec<String> = links.map(str::to_owned).collect();
    for link in &links {
        canaries.add("token of a link", link.split('/').nth_back(1).unwrap());
    }
    links
}

/// A booking is paid, moved and called off by its links; another is refunded and disputed.
pub(super) async fn book_pay_move_and_call_off(desk: &Desk, canaries: &mut Canaries) {
    let visitor = visitor(desk, canaries).await;
    drop(visitor.stream(WORDS).await.all().await);
    let confirmed = book(desk, &visitor, canaries).await;
    for link in links(desk, canaries).await {
        drop(desk.open_link(&link).await);
        if link.ends_with("/pay") || link.ends_with("/reschedule") {
            drop(desk.press(&link).await);
        }
    }
    assert_eq!(desk.pay(confirmed["checkoutUrl"].as_str().unwrap()).await.status, 303);
    let links = links(desk, canaries).await;
    let cancel = links.iter().find(|link| link.ends_with("/cancel")).unwrap();
    assert_eq!(desk.press(cancel).await.status, 200);
    desk.settle().await;

    let confirmed = book(desk, &visitor, canaries).await;
    let id = confirmed["booking"]["id"].as_str().unwrap();
    assert_eq!(desk.pay(confirmed["checkoutUrl"].as_str().unwrap()).await.status, 303);
    let command =
        Command { kind: "charge.dispute.created".to_owned(), booking_id: Some(id.to_owned()), ..Command::default() };
    desk.stripe().emit(&command).unwrap();
    let owner = desk.owner().await;
    owner.thread(&visitor).await;
    owner.list("/v1/admin/bookings").await;
    let path = format!("/v1/admin/bookings/{id}");
    let asked = |verb: &str| owner.request(reqwest::Method::POST, &format!("{path}{verb}"));
    owner.change(&path, &json!({ "notes": format!("{NOTE} for {NAME}") })).await;
    let version = owner.get(&path).await.ok()["version"].as_u64().unwrap();
    for (verb, body) in [
        ("/reschedule", json!({ "startsAt": "2026-11-26T20:00:00Z", "resourceId": TOKEN, "waive": ["hours"] })),
        ("/refund", json!({ "key": TOKEN, "amount": { "amount": 1, "currency": "EUR" } })),
    ] {
        drop(tests::Reply::of(asked(verb).header("if-match", version).json(&body)).await);
    }
    let pair = json!({ "email": EMAIL, "confirmationCode": confirmed["booking"]["confirmationCode"] });
    assert_eq!(visitor.post("/v1/public/chat/email/verify", pair).await.ok()["verified"], true);
    owner.post(&format!("{path}/cancel"), &json!({})).await.ok();
    desk.settle().await;
}

/// The last free hour of a day is booked and called off, and offered to one who waits and lets it pass.
pub(super) async fn wait_and_let_pass(desk: &Desk, canaries: &mut Canaries) {
    let visitor = visitor(desk, canaries).await;
    let business = desk.store().find_context(local::demo::LINDEN.parse().unwrap()).await.unwrap().unwrap();
    let package = business.packages.iter().find(|package| package.kind() == Kind::Date && package.active).unwrap();
    let day = "2026-12-01";
    let mut booked = Vec::new();
    for _ in &package.resources {
        let slots = visitor.slots(desk, &package.id.to_string(), day, 1).await;
        let Some(slot) = slots.first() else { break };
        let card = visitor.propose(desk, slot["slotId"].as_str().unwrap(), EMAIL).await;
        let confirmed = visitor.confirm(card["id"].as_str().unwrap()).await.ok();
        canaries.add("confirmation code", confirmed["booking"]["confirmationCode"].as_str().unwrap());
        booked.push(confirmed["booking"]["id"].as_str().unwrap().to_owned());
    }
    let input =
        json!({ "packageId": package.id.to_string(), "from": day, "customerName": NAME, "customerEmail": EMAIL });
    desk.script([Answer::call("join_waitlist", input), Answer::say("Please confirm.")]);
    let proposal = visitor.say(WORDS).await.ok()["proposal"].clone();
    let joined = visitor.confirm(proposal["id"].as_str().unwrap()).await.ok();
    assert_eq!(joined["operation"], "join_customer_waitlist", "{joined}");
    let leave = links(desk, canaries).await;
    assert!(leave.iter().any(|link| link.ends_with("/leave")), "{leave:?}");
    drop(desk.open_link(&leave[0]).await);
    let owner = desk.owner().await;
    owner.list("/v1/admin/waitlist").await;
    for id in booked {
        owner.post(&format!("/v1/admin/bookings/{id}/cancel"), &json!({})).await.ok();
    }
    desk.drain().await;
    let mail = desk
        .mailbox
        .to(Some(EMAIL))
        .iter()
        .map(local::mailbox::Received::json)
        .rfind(|mail| mail["subject"].as_str().unwrap().starts_with("A place came free"));
    let text = mail.unwrap()["text"].as_str().unwrap().to_owned();
    for link in text.split_whitespace().filter(|word| word.contains("/v1/public/")) {
        canaries.add("token of a link", link.split('/').nth_back(1).unwrap());
        drop(desk.open_link(link).await);
        drop(desk.press(link).await);
    }
    desk.drain().await;
}

/// An email is proven, with one wrong code first, a person is asked for, and the chat is rated, more often than may be.
pub(super) async fn prove_ask_for_a_person_and_rate(desk: &Desk, canaries: &mut Canaries) {
    let visitor = visitor(desk, canaries).await;
    visitor.prove(desk, EMAIL).await;
    let wrong = visitor.post("/v1/public/chat/email/verify", json!({ "code": "000000" })).await;
    assert!(!wrong.status.is_success(), "{wrong:?}");
    let asked = visitor.post("/v1/public/chat/escalate", json!({ "reason": WORDS, "customerEmail": EMAIL })).await;
    assert!(asked.status.is_success(), "{asked:?}");
    visitor.messages().await;
    for stars in (1..=5).cycle().take(12) {
        let opinion = json!({ "rating": stars, "comment": format!("{WORDS}, says {NAME}") });
        let rated = visitor.post("/v1/public/chat/feedback", opinion).await;
        assert!(matches!(rated.status.as_u16(), 200 | 429), "{rated:?}");
    }
    desk.owner().await.thread(&visitor).await;
    desk.settle().await;
}

/// The model fails in every way that ends by itself, Stripe is down, and mails are not taken.
pub(super) async fn fail_everywhere(desk: &Desk, canaries: &mut Canaries) {
    let visitor = visitor(desk, canaries).await;
    let words = format!("{WORDS} for {NAME}");
    for kind in [
        FaultKind::RateLimitedNoRetryAfter,
        FaultKind::ServerError,
        FaultKind::ErrorAfter200,
        FaultKind::CutMidText,
        FaultKind::CutMidJson,
        FaultKind::Refusal,
        FaultKind::MaxTokens,
        FaultKind::MaxTokensMidTool,
        FaultKind::ContextWindowExceeded,
        FaultKind::UnknownEvent,
    ] {
        let fault = Fault { text: words.clone(), ..Fault::once(kind).forever() };
        desk.claude().set_mode(Mode::Faulty(vec![fault]));
        assert_eq!(visitor.say(&words).await.status, 200, "{kind:?}");
        drop(visitor.stream(&words).await.all().await);
    }
    // A model that calls its tools with what they do not take.
    for tool in ["book_package", "check_availability", "verify_email", "search_help", "request_human_help", WISH] {
        visitor.tool(desk, tool, json!({ "slotId": WISH, "email": NAME, "query": WORDS, "packageId": NOTE })).await;
    }
    for outage in [Outage::Status(500), Outage::Cut, Outage::LostAnswer] {
        desk.stripe().set_outage(Some(outage));
        book(desk, &visitor, canaries).await;
        desk.drain().await;
    }
    for link in links(desk, canaries).await.into_iter().filter(|link| link.ends_with("/pay")) {
        drop(desk.press(&link).await);
    }
    desk.stripe().set_outage(None);
    desk.mailbox.fail_next(3);
    book(desk, &visitor, canaries).await;
    desk.drain().await;
    // Nobody pays: the hourly run gives the slots back.
    desk.wait(Duration::from_secs(3 * 3_600)).await;
    desk.settle().await;
}

/// A mail service that quotes the address it refuses, and messages that nobody can read.
pub(super) async fn refuse_mails(canaries: &mut Canaries) {
    let (world, post) = (World::new().await, Post::default());
    post.turn(Mood::Refuses(ANN));
    let (booking, event) = world.book(Happening::BookingConfirmed).await;
    canaries.add("confirmation code", booking.code.as_str());
    let bodies = [envelope(&event), format!("{{\"email\":\"{EMAIL}\"}}"), format!("\"{WORDS}\""), WORDS.to_owned()];
    let records: Vec<Value> = bodies.iter().enumerate().map(|(n, body)| message(n, body)).collect();
    let batch: SqsEvent = serde_json::from_value(json!({ "Records": records })).unwrap();
    let answer = notifier::handle(&world.services, &post, batch.clone()).await;
    assert_eq!(answer.batch_item_failures.len(), 4);
    assert_eq!(payment_worker::handle(&world.services, batch.clone()).await.batch_item_failures.len(), 4);
    assert_eq!(waitlist_worker::handle(&world.services, batch).await.batch_item_failures.len(), 4);
}

fn message(n: usize, body: &str) -> Value {
    json!({ "messageId": format!("message-{n}"), "body": body, "eventSource": "aws:sqs" })
}
