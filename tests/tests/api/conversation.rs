//! The whole trip in the visitor's own words, with the offline assistant: from a question to a paid booking,
//! and what can be done with it after.

use serde_json::{Value, json};
use tests::{Desk, Visitor};

const ANN: &str = "ann.lee@example.test";
const OWNER: &str = "owner@demo.test";

fn texts(mails: &[Value], field: &str) -> Vec<String> {
    mails.iter().map(|mail| mail[field].as_str().unwrap().to_owned()).collect()
}

/// Asks, chooses and gives name and address, up to the card.
async fn ask_for_a_portrait(visitor: &Visitor) -> Value {
    let offer = visitor.hear("Hello! What can I book?").await;
    assert!(offer.contains("Portrait session"), "{offer}");
    let free = visitor.hear("When are you free for a portrait session on Wednesday?").await;
    assert!(free.contains("1. Wed 25 Nov, 09:00"), "{free}");
    let who = visitor.hear("the first one, please").await;
    assert!(who.contains("name and email"), "{who}");
    let told = visitor.say(&format!("Ann Lee, {ANN}")).await.ok();
    assert!(told["reply"].as_str().unwrap().contains("press Confirm"), "{told}");
    told["proposal"].clone()
}

#[tokio::test]
async fn a_visitor_asks_books_confirms_and_pays() {
    let desk = Desk::open().await;
    let (visitor, owner) = (desk.guest().await, desk.owner().await);
    let card = ask_for_a_portrait(&visitor).await;
    let lines = card["preview"]["lines"].to_string();
    for part in ["Portrait session", "Wed 25 Nov 2026", "09:00", "Ann Lee", ANN, "120"] {
        assert!(lines.contains(part), "{part} in {lines}");
    }
    assert_eq!(owner.list("/v1/admin/bookings").await, Vec::<Value>::new(), "nothing is booked before the click");
    assert!(desk.mails(ANN).await.is_empty());

    let confirmed = visitor.confirm(card["id"].as_str().unwrap()).await.ok();
    let booking = &confirmed["booking"];
    assert_eq!(confirmed["operation"], "create_customer_booking");
    assert_eq!((&booking["status"], &booking["startsAt"]), (&json!("PENDING_PAYMENT"), &json!("2026-11-25T08:00:00Z")));
    let code = booking["confirmationCode"].as_str().unwrap();
    assert_eq!(code.chars().count(), 8);

    // Whoever finds the success page has paid nothing.
    let path = format!("/v1/admin/bookings/{}", booking["id"].as_str().unwrap());
    let checkout = confirmed["checkoutUrl"].as_str().unwrap();
    assert!(desk.open_link(checkout).await.ok().as_str().unwrap().contains("Portrait session"));
    desk.settle().await;
    assert_eq!(owner.get(&path).await.ok()["status"], "PENDING_PAYMENT");

    let paid = desk.pay(checkout).await;
    assert_eq!(paid.status, 303, "{paid:?}");
    let shown = owner.get(&path).await.ok();
    assert_eq!(shown["status"], "CONFIRMED", "{shown:#}");
    assert!(shown["paidAt"].as_str().is_some_and(|at| at.starts_with("2026-11-23T09:00")), "{shown:#}");
    assert_eq!(
        (&shown["source"], &shown["conversationId"]),
        (&json!("customer_chatbot"), &json!(visitor.conversation()))
    );

    let mails = desk.mails(ANN).await;
    assert_eq!(mails.len(), 2, "{:?}", texts(&mails, "subject"));
    assert!(texts(&mails, "text").iter().all(|text| text.contains(code)));
    assert!(mails[0]["text"].as_str().unwrap().contains("/pay"), "received, with the link to pay");
    assert_eq!(mails[0]["attachments"], json!([]));
    let calendar = mails[1]["attachments"][0]["text"].as_str().unwrap();
    assert!(calendar.contains("DTSTART:20261125T080000Z"), "{calendar}");
    let notices = desk.mails(OWNER).await;
    let mut subjects = texts(&notices, "subject");
    subjects.sort_unstable();
    subjects.dedup();
    assert_eq!(subjects.len(), notices.len(), "each notice once: {subjects:?}");
    assert!(!notices.is_empty());

    // Whatever comes again changes nothing.
    for event in desk.stripe().events() {
        desk.stripe().replay(event["id"].as_str().unwrap()).unwrap();
    }
    assert_eq!(visitor.confirm(card["id"].as_str().unwrap()).await.ok()["booking"]["id"], booking["id"]);
    assert_eq!((desk.mails(ANN).await.len(), desk.mails(OWNER).await.len()), (2, notices.len()));
    assert_eq!(owner.list("/v1/admin/bookings").await.len(), 1);
}

#[tokio::test]
async fn a_visitor_who_closes_the_checkout_page_can_pay_by_the_link_in_the_mail() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    let card = ask_for_a_portrait(&visitor).await;
    let confirmed = visitor.confirm(card["id"].as_str().unwrap()).await.ok();
    let left = desk.press(&format!("{}/cancel", confirmed["checkoutUrl"].as_str().unwrap())).await;
    assert_eq!(left.status, 303, "{left:?}");
    let mails = desk.mails(ANN).await;
    let link = super::link::in_mail(&mails[0], "pay");
    let page = desk.open_link(&link).await;
    assert!(page.text.contains("Go to payment"), "{page:?}");
    let sent_on = desk.press(&link).await;
    assert_eq!(sent_on.status, 303, "{sent_on:?}");
    desk.pay(sent_on.header("location").unwrap()).await;
    let path = format!("/v1/admin/bookings/{}", confirmed["booking"]["id"].as_str().unwrap());
    assert_eq!(desk.owner().await.get(&path).await.ok()["status"], "CONFIRMED");
}

#[tokio::test]
async fn a_proven_visitor_moves_and_cancels_a_booking() {
    let desk = Desk::open().await;
    let booker = desk.guest().await;
    let booked = booker.book(&desk, super::shop::HEADSHOT, super::shop::WEDNESDAY, ANN).await;
    let path = format!("/v1/admin/bookings/{}", booked["booking"]["id"].as_str().unwrap());
    let owner = desk.owner().await;
    desk.claude().set_mode(sim::claude::Mode::Offline);

    // Another day, another session: nothing is told before the address is proven.
    let visitor = desk.guest().await;
    let asked = visitor.hear(&format!("I'd like to move my headshot booking, my email is {ANN}")).await;
    assert!(asked.contains("code") && !asked.contains("Wed 25"), "{asked}");
    let code = desk.mails(ANN).await.last().unwrap()["text"].as_str().unwrap().to_owned();
    let code = code.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 6).unwrap().to_owned();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let verify = |code: &str| visitor.post("/v1/public/chat/email/verify", json!({ "code": code }));
    verify(wrong).await.refused(400, "invalid");
    assert_eq!(verify(&code).await.ok(), json!({ "verified": true }));

    visitor.say("Done. Please move my headshot booking to Friday at 11:00").await.ok();
    let moved = match visitor.messages().await.to_string().contains("press Confirm") {
        true => last_card(&desk, &visitor).await,
        false => panic!("{:?}", visitor.history().await),
    };
    let confirmed = visitor.confirm(&moved).await.ok();
    assert_eq!(confirmed["operation"], "reschedule_customer_booking");
    assert_eq!(confirmed["booking"]["startsAt"], "2026-11-27T10:00:00Z");
    assert_eq!(owner.get(&path).await.ok()["startsAt"], "2026-11-27T10:00:00Z");

    let told = visitor.say("Now please cancel my headshot booking").await.ok();
    let card = told["proposal"]["id"].as_str().unwrap_or_else(|| panic!("{told}")).to_owned();
    let canceled = visitor.confirm(&card).await.ok();
    assert_eq!(canceled["operation"], "cancel_customer_booking");
    assert_eq!(canceled["booking"]["status"], "CANCELED");
    assert_eq!(owner.get(&path).await.ok()["status"], "CANCELED");
    let subjects = desk.subjects(ANN).await;
    let count = |word: &str| subjects.iter().filter(|subject| subject.to_lowercase().contains(word)).count();
    assert_eq!(count("cancel"), 1, "{subjects:?}");
}

/// The newest proposal of a visitor.
async fn last_card(desk: &Desk, visitor: &Visitor) -> String {
    let thread = desk.owner().await.thread(visitor).await;
    let cards = thread["turns"].as_array().unwrap().iter().flat_map(|turn| turn["proposals"].as_array().unwrap());
    cards.last().unwrap().as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_declined_card_is_gone_and_changes_nothing() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    let card = ask_for_a_portrait(&visitor).await;
    let id = card["id"].as_str().unwrap();
    assert_eq!(visitor.decline(id).await.status, 204);
    assert_eq!(visitor.decline(id).await.status, 204);
    visitor.confirm(id).await.refused(409, "conflict");
    assert_eq!(desk.owner().await.list("/v1/admin/bookings").await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_card_that_waits_too_long_is_over() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    let card = ask_for_a_portrait(&visitor).await;
    let id = card["id"].as_str().unwrap();
    assert_eq!(card["expiresAt"], "2026-11-23T09:30:00Z");
    desk.wait(std::time::Duration::from_secs(30 * 60)).await;
    visitor.confirm(id).await.refused(410, "expired");
    assert_eq!(desk.owner().await.list("/v1/admin/bookings").await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_visitor_who_asks_for_a_person_gets_one() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    let told = visitor.say("Can I talk to a real person please?").await.ok();
    assert_eq!(told["handoff"]["online"], true, "{told}");
    let thread = desk.owner().await.thread(&visitor).await;
    assert_eq!((&thread["status"], &thread["escalated"]), (&json!("open"), &json!(true)));
    assert_eq!(desk.mails(OWNER).await.len(), 1);
}
