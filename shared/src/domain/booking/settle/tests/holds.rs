//! How long a slot is held, and what becomes of it when its hold ends.

use super::*;

#[test]
fn a_bank_or_a_person_who_decides_lengthens_the_hold_once() {
    for (letter, by) in [('u', BANK_DECIDES), ('w', PERSON_DECIDES)] {
        let mut story = Story::after(waiting(), &letter.to_string(), Room::With(OWN));
        assert_eq!(story.booking.hold_until, Some(now() + by));
        story.booking.hold_until = Some(now());
        story.hear('x', Room::With(OWN));
        assert_eq!(story.booking.hold_until, Some(now()), "other news do not");
    }
}

#[test]
fn a_hold_that_ended_gives_the_slot_back_unless_the_money_is_there() {
    let ended = waiting().hold_until.unwrap();
    let lapsed = lapse(&waiting(), waiting().facts, ended);
    assert_eq!((lapsed.after.status, lapsed.after.hold_until, lapsed.happenings), (Status::Expired, None, vec![]));
    let mut facts = waiting().facts;
    facts.merge(&event('c', price()), &ours());
    assert_eq!(lapse(&waiting(), facts, ended).after.status, Status::Confirmed);
}

#[test]
fn a_hold_that_ended_waits_on_while_a_bank_decides_and_for_a_person_once() {
    for what in ['u', 'w'] {
        let mut facts = waiting().facts;
        facts.merge(&event(what, price()), &ours());
        let first = lapse(&waiting(), facts.clone(), waiting().hold_until.unwrap()).after;
        let until = first.hold_until.unwrap();
        assert_eq!(first.status, Status::PendingPayment, "{what}");
        let second = lapse(&first, facts, until).after;
        match what {
            'u' => {
                assert_eq!((second.status, second.hold_until), (Status::PendingPayment, Some(until + BANK_ASKED_AGAIN)))
            }
            _ => assert_eq!((second.status, second.hold_until), (Status::Expired, None)),
        }
    }
}

#[test]
fn a_booking_can_be_paid_until_its_hold_ends_or_the_customer_has_done_their_part() {
    let until = waiting().hold_until.unwrap();
    assert_eq!(waiting().payable_until(until - SignedDuration::from_millis(1)), Some(until));
    assert_eq!(waiting().payable_until(until), None);
    for (word, is_payable) in [("", true), ("e", true), ("f", true), ("u", false), ("w", false), ("c", false)] {
        let mut booking = waiting();
        for what in word.chars() {
            booking.facts.merge(&event(what, price()), &ours());
        }
        assert_eq!(booking.payable_until(now()).is_some(), is_payable, "{word}");
    }
}
