//! The client against the simulator over HTTP: what it sends, what it makes of every answer.

mod lists;
mod world;

use std::sync::atomic::Ordering;

use insta::assert_snapshot;
use sim::stripe::{Command, Outage};
use stripe_client_core::StripeRequest as _;
use tokio::net::TcpListener;

use self::world::{BOOKING, NOW, Order, at, booking, http, platform, play, price};
use super::*;
use crate::domain::money::Money;
use crate::domain::payment::{PaymentEvent, PaymentEventKind, PaymentFacts, SessionPayment, Standing};

/// A form body, one pair a line, in the order of its names.
fn lines(body: Option<String>) -> String {
    let body = body.unwrap();
    let mut pairs: Vec<String> =
        url::form_urlencoded::parse(body.as_bytes()).map(|(name, value)| format!("{name} = {value}")).collect();
    pairs.sort();
    pairs.join("\n")
}

#[test]
fn a_checkout_is_ordered_on_stripes_wire() {
    let order = Order::new();
    let request = order.request().build().build();
    assert_eq!(request.path, "/checkout/sessions");
    assert_snapshot!(lines(request.body), @r"
    cancel_url = https://studio.test/
    client_reference_id = 01JD7Q4ZJ2M6S1V0B7T3K9XN5S
    customer_email = ann@example.com
    expires_at = 1795001800
    line_items[0][price_data][currency] = eur
    line_items[0][price_data][product_data][name] = Portrait & family, 2 h
    line_items[0][price_data][unit_amount] = 12000
    line_items[0][quantity] = 1
    metadata[bookingId] = 01JD7Q4ZJ2M6S1V0B7T3K9XN5S
    metadata[confirmationCode] = 22222222
    metadata[customerName] = Ann Müller
    metadata[email] = ann@example.com
    metadata[eventDate] = 2026-12-01
    metadata[packageId] = 01JD7Q4ZJ2M6S1V0B7T3K9XN5T
    metadata[source] = customer_chatbot
    metadata[tenantId] = 01JD7Q4ZJ2M6S1V0B7T3K9XN5R
    mode = payment
    payment_intent_data[metadata][bookingId] = 01JD7Q4ZJ2M6S1V0B7T3K9XN5S
    payment_intent_data[metadata][confirmationCode] = 22222222
    payment_intent_data[metadata][customerName] = Ann Müller
    payment_intent_data[metadata][email] = ann@example.com
    payment_intent_data[metadata][eventDate] = 2026-12-01
    payment_intent_data[metadata][packageId] = 01JD7Q4ZJ2M6S1V0B7T3K9XN5T
    payment_intent_data[metadata][source] = customer_chatbot
    payment_intent_data[metadata][tenantId] = 01JD7Q4ZJ2M6S1V0B7T3K9XN5R
    success_url = https://studio.test/thanks?booking=1
    ");
}

#[test]
fn a_refund_is_ordered_whole_or_in_part() {
    let part = RefundRequest { payment_intent: "pi_1", amount: Some(price()), key: "k", account: None };
    let whole = RefundRequest { amount: None, ..part };
    assert_snapshot!(lines(part.build().build().body), @r"
    amount = 12000
    payment_intent = pi_1
    ");
    assert_snapshot!(lines(whole.build().build().body), @"payment_intent = pi_1");
}

#[test]
fn each_attempt_has_a_key_of_its_own() {
    let order = Order::new();
    let key = |attempt| CheckoutRequest { attempt, ..order.request() }.key();
    assert_eq!(key(1), format!("chatbot-booking-{BOOKING}"));
    assert_eq!(key(2), format!("chatbot-booking-{BOOKING}-2"));
}

#[test]
fn the_key_says_whether_money_is_real_and_debug_hides_it() {
    for (key, is_live) in [("sk_test_1", false), ("sk_live_1", true), ("rk_live_1", true), ("", false)] {
        let stripe = Stripe::new(http(), "https://api.stripe.com".parse().unwrap(), key.into());
        assert_eq!(stripe.is_live(), is_live);
        assert!(!format!("{stripe:?}").contains("sk_"));
    }
}

#[tokio::test]
async fn an_opened_checkout_can_be_paid_and_found() {
    play(async |world| {
        let order = Order::new();
        let checkout = world.stripe.create_checkout(&order.request()).await.unwrap();
        assert_eq!(checkout.expires_at, at(NOW + 1_800));
        assert!(checkout.url.ends_with(&format!("/checkout/{}", checkout.session)));
        let state = world.stripe.find_checkout(&checkout.session, None).await.unwrap().unwrap();
        assert_eq!((state.status, state.paid), (CheckoutStatus::Open, None));
        let intent = world.pay(&checkout.session).await;
        let state = world.stripe.find_checkout(&checkout.session, None).await.unwrap().unwrap();
        let paid = SessionPayment { session: checkout.session, payment_intent: intent.clone(), amount: price() };
        assert_eq!((state.status, state.paid, state.url), (CheckoutStatus::Complete, Some(paid), None));
        assert_eq!(world.stripe.find_booking_of(&intent, None).await.unwrap(), Some(booking()));
    })
    .await;
}

#[tokio::test]
async fn what_does_not_exist_is_none() {
    play(async |world| {
        assert_eq!(world.stripe.find_checkout("cs_test_0", None).await.unwrap(), None);
        assert_eq!(world.stripe.expire_checkout("cs_test_0", None).await.unwrap(), None);
        assert_eq!(world.stripe.find_booking_of("pi_0", None).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_repeated_attempt_opens_one_checkout_and_the_next_attempt_another() {
    play(async |world| {
        let order = Order::new();
        let first = world.stripe.create_checkout(&order.request()).await.unwrap();
        world.clock.fetch_add(60, Ordering::SeqCst);
        let again = world.stripe.create_checkout(&order.request()).await.unwrap();
        assert_eq!(first, again);
        let later = CheckoutRequest { attempt: 2, expires_at: at(NOW + 3_600), ..order.request() };
        assert_ne!(world.stripe.create_checkout(&later).await.unwrap().session, first.session);
    })
    .await;
}

#[tokio::test]
async fn an_attempt_repeated_after_a_lost_answer_opens_one_checkout() {
    play(async |world| {
        world.sim.fail_next(1, Outage::LostAnswer);
        let order = Order::new();
        let lost = world.stripe.create_checkout(&order.request()).await.unwrap_err();
        assert!(matches!(lost, StripeError::Unavailable(_)), "{lost:?}");
        let opened = world.sim.find_session(BOOKING).unwrap()["id"].clone();
        assert_eq!(opened, world.stripe.create_checkout(&order.request()).await.unwrap().session);
    })
    .await;
}

#[tokio::test]
async fn an_attempt_that_is_not_the_same_is_refused() {
    play(async |world| {
        world.open().await;
        let order = Order::new();
        let other = CheckoutRequest { expires_at: at(NOW + 1_801), ..order.request() };
        let refused = world.stripe.create_checkout(&other).await.unwrap_err();
        assert_eq!(refused.code(), Some("idempotency_error"));
    })
    .await;
}

#[tokio::test]
async fn closing_says_how_the_checkout_ended() {
    play(async |world| {
        let session = world.open().await;
        for _ in 0..2 {
            let state = world.stripe.expire_checkout(&session, None).await.unwrap().unwrap();
            assert_eq!(state.status, CheckoutStatus::Expired);
        }
        let order = Order::new();
        let next = CheckoutRequest { attempt: 2, ..order.request() };
        let session = world.stripe.create_checkout(&next).await.unwrap().session;
        world.pay(&session).await;
        let state = world.stripe.expire_checkout(&session, None).await.unwrap().unwrap();
        assert_eq!((state.status, state.paid.map(|paid| paid.amount)), (CheckoutStatus::Complete, Some(price())));
    })
    .await;
}

#[tokio::test]
async fn a_refund_has_its_effect_once_however_often_it_is_tried() {
    play(async |world| {
        let session = world.open().await;
        let intent = world.pay(&session).await;
        let amount = Some(Money::new(5_000, price().currency()).unwrap());
        let part = RefundRequest { payment_intent: &intent, amount, key: "refund-1", account: None };
        world.sim.fail_next(1, Outage::LostAnswer);
        world.stripe.refund(&part).await.unwrap_err();
        let Refunded::Made(first) = world.stripe.refund(&part).await.unwrap() else { panic!() };
        assert_eq!(first.amount_minor, 5_000);
        assert_eq!(world.stripe.refund(&part).await.unwrap(), Refunded::Made(first));
        let rest = RefundRequest { amount: None, key: "refund-2", ..part };
        let Refunded::Made(rest_refund) = world.stripe.refund(&rest).await.unwrap() else { panic!() };
        assert_eq!(rest_refund.amount_minor, 7_000);
        let more = RefundRequest { key: "refund-3", ..rest };
        assert_eq!(world.stripe.refund(&more).await.unwrap(), Refunded::AlreadyDone);
    })
    .await;
}

#[tokio::test]
async fn a_business_with_its_own_account_is_served_there() {
    play(async |world| {
        let order = Order::new();
        let request = CheckoutRequest { account: Some("acct_studio"), ..order.request() };
        let session = world.stripe.create_checkout(&request).await.unwrap().session;
        assert_eq!(world.stripe.find_checkout(&session, None).await.unwrap(), None);
        assert!(world.stripe.find_checkout(&session, Some("acct_studio")).await.unwrap().is_some());
        world.press(&session, "pay").await;
        assert_eq!(world.events()[0].origin.account.as_deref(), Some("acct_studio"));
    })
    .await;
}

#[tokio::test]
async fn an_outage_is_unavailable_and_a_refusal_is_not() {
    play(async |world| {
        let stripe = world.stripe.clone().with_timeout(Duration::from_millis(50));
        let order = Order::new();
        for outage in [Outage::Status(500), Outage::Status(503), Outage::Status(429), Outage::Cut, Outage::Hang] {
            world.sim.fail_next(1, outage);
            let err = stripe.create_checkout(&order.request()).await.unwrap_err();
            assert!(matches!(err, StripeError::Unavailable(_)), "{outage:?}: {err:?}");
        }
        let too_small = Money::new(49, price().currency()).unwrap();
        let request = CheckoutRequest { amount: too_small, ..order.request() };
        let err = world.stripe.create_checkout(&request).await.unwrap_err();
        assert_eq!(err.code(), Some("amount_too_small"));
        let stranger = Stripe::new(http(), world.endpoint.clone(), "sk_live_1".into());
        let err = stranger.create_checkout(&order.request()).await.unwrap_err();
        assert_eq!(err.code(), Some("invalid_request_error"));
        let StripeError::Refused { answer, .. } = err else { panic!() };
        assert_eq!(answer.to_string(), "status 401, type invalid_request_error");
    })
    .await;
}

#[tokio::test]
async fn nobody_at_the_address_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let stripe = Stripe::new(http(), endpoint, "sk_test_1".into());
    let err = stripe.create_checkout(&Order::new().request()).await.unwrap_err();
    assert!(matches!(err, StripeError::Unavailable(_)), "{err:?}");
}

#[tokio::test]
async fn what_the_simulator_tells_is_verified_and_read() {
    play(async |world| {
        let session = world.open().await;
        let payment_intent = world.pay(&session).await;
        let paid = SessionPayment { session, payment_intent: payment_intent.clone(), amount: price() };
        let expected = PaymentEvent {
            id: world.sim.events()[0]["id"].as_str().unwrap().to_owned(),
            origin: platform(),
            booking: booking(),
            at: at(NOW),
            kind: PaymentEventKind::Completed(paid),
        };
        assert_eq!(world.readings(), [Reading::Payment(expected)]);
        let refund = RefundRequest { payment_intent: &payment_intent, amount: None, key: "r", account: None };
        world.stripe.refund(&refund).await.unwrap();
        let told = world.events().remove(0);
        assert_eq!(told.booking, booking());
        let PaymentEventKind::Refunded(refund) = told.kind else { panic!("{told:?}") };
        assert_eq!((refund.charged, refund.refunded), (price(), price()));
        let kind = "charge.dispute.created".to_owned();
        world.sim.emit(&Command { kind, booking_id: Some(BOOKING.into()), ..Command::default() }).unwrap();
        let Reading::Unaddressed(dispute) = world.readings().remove(0) else { panic!() };
        assert_eq!(dispute.payment_intent, payment_intent);
    })
    .await;
}

#[tokio::test]
async fn every_path_of_a_checkout_leads_to_its_standing_told_or_asked_for() {
    for (buttons, standing) in [
        (vec![], Standing::Lapsed),
        (vec!["pay"], Standing::Paid),
        (vec!["pay-later"], Standing::Settling),
        (vec!["pay-later", "settle"], Standing::Paid),
        (vec!["pay-later", "fail"], Standing::Lapsed),
    ] {
        play(async |world| {
            let session = world.open().await;
            for button in &buttons {
                world.press(&session, button).await;
            }
            world.clock.fetch_add(1_800, Ordering::SeqCst);
            world.sim.expire_due();
            let mut facts = PaymentFacts::opened(&session);
            let mut asked = facts.clone();
            let mut last = None;
            for event in world.sim.events() {
                let body = event.to_string();
                let Reading::Payment(event) = read(body.as_bytes()).unwrap() else { panic!() };
                facts.merge(&event, &platform());
                last = Some(event);
            }
            assert_eq!(facts.standing(price()), standing, "{buttons:?}");
            let state = world.stripe.find_checkout(&session, None).await.unwrap().unwrap();
            let kind = world.stripe.outcome(state, None).await.unwrap().unwrap();
            asked.merge(&PaymentEvent { kind, ..last.unwrap() }, &platform());
            assert_eq!(asked.standing(price()), standing, "{buttons:?}, when Stripe is asked");
        })
        .await;
    }
}
