//! The rules of payments: one by one in tables, and over any events in any order.

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::domain::money::Money;

fn money(minor: i64, code: &str) -> Money {
    Money::new(minor, code.parse().unwrap()).unwrap()
}

fn price() -> Money {
    money(12_000, "EUR")
}

fn ours() -> Origin {
    Origin { account: Some("acct_studio".into()), livemode: true }
}

fn event(at: i64, kind: PaymentEventKind) -> PaymentEvent {
    PaymentEvent {
        id: format!("evt_{at}"),
        origin: ours(),
        booking: BookingRef {
            tenant: "01JD7Q4ZJ2M6S1V0B7T3K9XN5R".parse().unwrap(),
            booking: "01JD7Q4ZJ2M6S1V0B7T3K9XN5S".parse().unwrap(),
        },
        at: Timestamp::from_second(at).unwrap(),
        kind,
    }
}

fn paid(session: &str, amount: Money) -> SessionPayment {
    let payment_intent = session.replace("cs", "pi");
    SessionPayment { session: session.into(), payment_intent, amount }
}

fn completed(session: &str) -> PaymentEventKind {
    PaymentEventKind::Completed(paid(session, price()))
}

fn expired(session: &str) -> PaymentEventKind {
    PaymentEventKind::Expired { session: session.into() }
}

fn failed(session: &str) -> PaymentEventKind {
    PaymentEventKind::AsyncFailed { session: session.into() }
}

fn unpaid(session: &str) -> PaymentEventKind {
    PaymentEventKind::CompletedUnpaid { session: session.into() }
}

fn succeeded(session: &str) -> PaymentEventKind {
    PaymentEventKind::AsyncSucceeded(paid(session, price()))
}

fn refunded(session: &str, minor: i64) -> PaymentEventKind {
    PaymentEventKind::Refunded(ChargeRefund {
        charge: session.replace("cs", "ch"),
        payment_intent: session.replace("cs", "pi"),
        charged_at: Timestamp::from_second(1).unwrap(),
        charged: price(),
        refunded: money(minor, "EUR"),
    })
}

fn disputed(session: &str) -> PaymentEventKind {
    let payment_intent = session.replace("cs", "pi");
    PaymentEventKind::Disputed { dispute: session.replace("cs", "dp"), payment_intent }
}

fn facts(kinds: &[PaymentEventKind]) -> PaymentFacts {
    let mut facts = PaymentFacts::default();
    for (at, kind) in (100..).zip(kinds) {
        facts.merge(&event(at, kind.clone()), &ours());
    }
    facts
}

fn standing(kinds: &[PaymentEventKind]) -> Standing {
    facts(kinds).standing(price())
}

#[test]
fn each_telling_leads_to_its_standing() {
    let wrong = |amount| PaymentEventKind::Completed(paid("cs_1", amount));
    for (kinds, expected) in [
        (vec![], Standing::AwaitingPayment),
        (vec![completed("cs_1")], Standing::Paid),
        (vec![unpaid("cs_1")], Standing::Settling),
        (vec![unpaid("cs_1"), succeeded("cs_1")], Standing::Paid),
        (vec![unpaid("cs_1"), failed("cs_1")], Standing::Lapsed),
        (vec![expired("cs_1")], Standing::Lapsed),
        (vec![expired("cs_1"), completed("cs_2")], Standing::Paid),
        (vec![expired("cs_1"), unpaid("cs_2")], Standing::Settling),
        (vec![completed("cs_1"), refunded("cs_1", 11_999)], Standing::Paid),
        (vec![completed("cs_1"), refunded("cs_1", 12_000)], Standing::Refunded),
        (vec![refunded("cs_1", 12_000)], Standing::Refunded),
        (vec![refunded("cs_1", 1)], Standing::Paid),
        (vec![completed("cs_1"), refunded("cs_1", 12_000), completed("cs_2")], Standing::Paid),
        (vec![completed("cs_1"), refunded("cs_1", 12_000), unpaid("cs_2")], Standing::Settling),
        (vec![completed("cs_1"), disputed("cs_1")], Standing::Paid),
        (vec![disputed("cs_1")], Standing::AwaitingPayment),
        (vec![wrong(money(11_999, "EUR"))], Standing::Mismatched),
        (vec![wrong(money(12_001, "EUR"))], Standing::Mismatched),
        (vec![wrong(money(12_000, "USD"))], Standing::Mismatched),
        (vec![wrong(money(1, "EUR")), completed("cs_2")], Standing::Paid),
    ] {
        assert_eq!(standing(&kinds), expected, "{kinds:?}");
    }
}

#[test]
fn an_ended_session_never_outweighs_a_payment_in_another() {
    for end in [expired("cs_1"), failed("cs_1")] {
        assert_eq!(standing(&[completed("cs_2"), end.clone()]), Standing::Paid);
        assert_eq!(standing(&[end, completed("cs_2")]), Standing::Paid);
    }
}

#[test]
fn an_open_session_keeps_the_booking_waiting_after_another_expired() {
    let mut facts = facts(&[expired("cs_1")]);
    facts.join(PaymentFacts::opened("cs_2"));
    assert_eq!(facts.standing(price()), Standing::AwaitingPayment);
    facts.merge(&event(200, expired("cs_2")), &ours());
    assert_eq!(facts.standing(price()), Standing::Lapsed);
}

#[test]
fn a_foreign_event_tells_only_that_it_is_foreign() {
    let foreign = [
        (Origin { livemode: false, ..ours() }, Concern::ForeignMode),
        (Origin { account: Some("acct_other".into()), ..ours() }, Concern::ForeignAccount),
        (Origin { account: None, ..ours() }, Concern::ForeignAccount),
    ];
    for kind in [completed("cs_1"), expired("cs_1"), refunded("cs_1", 12_000), disputed("cs_1")] {
        for (origin, concern) in &foreign {
            let mut facts = PaymentFacts::opened("cs_1");
            let event = PaymentEvent { origin: origin.clone(), ..event(1, kind.clone()) };
            assert!(facts.merge(&event, &ours()));
            assert_eq!(facts.standing(price()), Standing::AwaitingPayment, "{event:?}");
            assert_eq!(facts.concerns(price()), [*concern].into());
            assert_eq!(facts.kept(price()).count(), 0);
        }
    }
}

#[test]
fn a_concern_names_what_is_wrong() {
    let wrong = |amount| vec![PaymentEventKind::Completed(paid("cs_1", amount))];
    for (kinds, expected) in [
        (vec![completed("cs_1")], None),
        (wrong(money(1, "EUR")), Some(Concern::WrongAmount)),
        (wrong(money(12_000, "USD")), Some(Concern::WrongCurrency)),
        (vec![completed("cs_1"), completed("cs_2")], Some(Concern::PaidTwice)),
        (vec![completed("cs_1"), completed("cs_2"), refunded("cs_2", 12_000)], None),
        (vec![completed("cs_1"), disputed("cs_1")], Some(Concern::Disputed)),
    ] {
        assert_eq!(facts(&kinds).concerns(price()), expected.into_iter().collect(), "{kinds:?}");
    }
}

#[test]
fn what_is_left_is_what_can_go_back() {
    let facts = facts(&[
        completed("cs_1"),
        refunded("cs_1", 5_000),
        completed("cs_2"),
        refunded("cs_2", 12_000),
        PaymentEventKind::Completed(paid("cs_3", money(70, "USD"))),
    ]);
    let kept: Vec<_> = facts.kept(price()).collect();
    assert_eq!(kept, [("pi_1", money(7_000, "EUR")), ("pi_3", money(70, "USD"))]);
    assert_eq!(facts.refunded_minor(), 17_000);
    assert_eq!(facts.payment(price()).unwrap().0, "pi_1");
}

#[test]
fn the_session_knows_best_when_it_was_paid() {
    let at = |second| Some(Timestamp::from_second(second).unwrap());
    let mut facts = facts(&[refunded("cs_1", 1)]);
    assert_eq!(facts.paid_at(price()), at(1));
    facts.merge(&event(7, completed("cs_1")), &ours());
    assert_eq!(facts.paid_at(price()), at(7));
}

#[test]
fn a_repeated_event_is_no_news() {
    let mut facts = PaymentFacts::default();
    assert!(facts.merge(&event(1, completed("cs_1")), &ours()));
    assert!(!facts.merge(&event(1, completed("cs_1")), &ours()));
}

#[test]
fn two_events_for_one_change_name_the_same_change() {
    assert_eq!(completed("cs_1").change(), "checkout.session.completed#cs_1");
    assert_eq!(refunded("cs_1", 5).change(), "charge.refunded#ch_1#5");
    assert_ne!(refunded("cs_1", 5).change(), refunded("cs_1", 6).change());
    assert_ne!(unpaid("cs_1").change(), expired("cs_1").change());
}

/// Any event over two sessions, of right and wrong amounts, at a few moments, from us or others.
fn any_event() -> impl Strategy<Value = PaymentEvent> {
    let session = select(vec!["cs_1", "cs_2"]);
    let amount = select(vec![price(), money(11_999, "EUR"), money(12_000, "USD")]);
    let kind = (0..8_u8, session, amount, 0..3_i64).prop_map(|(kind, session, amount, thirds)| match kind {
        0 => PaymentEventKind::Completed(paid(session, amount)),
        1 => unpaid(session),
        2 => PaymentEventKind::AsyncSucceeded(paid(session, amount)),
        3 => failed(session),
        4 => expired(session),
        5 | 6 => refunded(session, 4_000 + thirds * 4_000),
        _ => disputed(session),
    });
    let origin =
        select(vec![ours(), ours(), ours(), Origin { livemode: false, ..ours() }, Origin { account: None, ..ours() }]);
    (0..4_i64, kind, origin).prop_map(|(at, kind, origin)| PaymentEvent { origin, ..event(at, kind) })
}

fn any_facts() -> impl Strategy<Value = PaymentFacts> {
    prop::collection::vec(any_event(), 0..6).prop_map(|events| merged(&events))
}

fn merged(events: &[PaymentEvent]) -> PaymentFacts {
    let mut facts = PaymentFacts::default();
    for event in events {
        facts.merge(event, &ours());
    }
    facts
}

fn joined(one: &PaymentFacts, other: &PaymentFacts) -> PaymentFacts {
    let mut facts = one.clone();
    facts.join(other.clone());
    facts
}

proptest! {
    #[test]
    fn any_order_and_repetition_of_events_gives_the_same_facts(
        (events, shuffled) in prop::collection::vec(any_event(), 1..10)
            .prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
        repeats in prop::collection::vec(any::<Index>(), 0..10),
    ) {
        let mut delivered = shuffled.clone();
        for (number, repeat) in repeats.iter().enumerate() {
            let again = shuffled[repeat.index(shuffled.len())].clone();
            delivered.insert((number * 7) % (delivered.len() + 1), again);
        }
        let (told, retold) = (merged(&events), merged(&delivered));
        prop_assert_eq!(told.standing(price()), retold.standing(price()));
        prop_assert_eq!(told, retold);
    }

    #[test]
    fn joining_is_commutative_associative_and_idempotent(
        a in any_facts(), b in any_facts(), c in any_facts()
    ) {
        prop_assert_eq!(joined(&a, &b), joined(&b, &a));
        prop_assert_eq!(joined(&joined(&a, &b), &c), joined(&a, &joined(&b, &c)));
        prop_assert_eq!(joined(&a, &a), a);
    }

    #[test]
    fn paid_means_that_a_payment_of_exactly_the_price_was_told_by_an_origin_that_may(
        events in prop::collection::vec(any_event(), 0..10)
    ) {
        let is_right = |event: &PaymentEvent| event.origin == ours() && match &event.kind {
            PaymentEventKind::Completed(paid) | PaymentEventKind::AsyncSucceeded(paid) => {
                paid.amount == price()
            }
            PaymentEventKind::Refunded(refund) => refund.charged == price(),
            _ => false,
        };
        if merged(&events).standing(price()) == Standing::Paid {
            prop_assert!(events.iter().any(is_right));
        }
    }
}
