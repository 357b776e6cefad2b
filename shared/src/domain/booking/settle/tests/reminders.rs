//! What a payment does to reminders, and what a calendar sees of it.

use super::*;

#[test]
fn reminders_of_before_the_payment_never_come() {
    let facts = |booking: &Booking, letter| {
        let mut facts = booking.facts.clone();
        facts.merge(&event(letter, price()), &ours());
        facts
    };
    let due =
        |paid_at: &str| settle(&waiting(), facts(&waiting(), 'c'), Room::Nowhere, at(paid_at)).after.next_reminder();
    assert_eq!(waiting().next_reminder(), None);
    assert_eq!(due("2026-11-22T09:29:59Z"), Some(at("2026-11-22T09:30:00Z")));
    assert_eq!(due("2026-11-22T09:30:00Z"), Some(at("2026-11-23T07:30:00Z")));

    let stands = settle(&waiting(), facts(&waiting(), 'c'), Room::Nowhere, now()).after;
    let disputed = settle(&stands, facts(&stands, 'd'), Room::Nowhere, at("2026-11-22T09:31:00Z")).after;
    assert_eq!(disputed.next_reminder(), stands.next_reminder(), "what is told later takes no reminder away");
}

#[test]
fn a_calendar_sees_the_end_by_a_refund_once_whatever_is_told_first() {
    for word in ["cr", "r", "cpr", "rc", "crr", "crd"] {
        let booking = Story::after(waiting(), word, Room::With(OWN)).booking;
        assert_eq!((booking.status, booking.sequence), (Status::Refunded, 1), "{word}");
    }
}
