//! Every order and repetition of the payment events of one booking, and each rule by itself.

mod holds;
mod reminders;

use std::collections::BTreeMap;

use ulid::Ulid;

use super::*;
use crate::domain::booking::Customer;
use crate::domain::id::{BookingId, PackageId, TenantId};
use crate::domain::package::Kind;
use crate::domain::payment::{BookingRef, ChargeRefund, Origin, PaymentEvent, PaymentEventKind, SessionPayment};
use crate::domain::slot::Interval;
use crate::domain::tenant::Policies;
use crate::domain::text::{Line, Note};

const OWN: ResourceId = ResourceId::new(Ulid(3));
const OTHER: ResourceId = ResourceId::new(Ulid(4));
const ID: BookingId = BookingId::new(Ulid(1));

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-21T10:00:00Z")
}

fn euros(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().unwrap()).unwrap()
}

fn price() -> Money {
    euros(12_000)
}

/// A booking that waits for the payment of the session `cs_1`.
fn waiting() -> Booking {
    let slot = Interval::new(at("2026-11-23T09:30:00Z"), at("2026-11-23T10:30:00Z")).unwrap();
    Booking {
        id: ID,
        package: PackageId::new(Ulid(2)),
        package_name: Line::new("Portrait session").unwrap(),
        kind: Kind::Slot,
        resource: OWN,
        slot,
        moved_from: None,
        blocked: slot,
        capacity: 1,
        price: price(),
        due: price(),
        cancellation: Policies::default().cancellation(),
        fee: euros(0),
        customer: Customer { name: Line::new("Ann Lee").unwrap(), email: "ann@example.test".parse().unwrap() },
        customer_timezone: None,
        code: "2Z3Z-H9AB".parse().unwrap(),
        status: Status::PendingPayment,
        notes: Note::default(),
        source: Line::new("customer_chatbot").unwrap(),
        conversation: None,
        proposal: None,
        hold_until: Some(now() + SignedDuration::from_mins(31)),
        checkout: None,
        attempt: 1,
        facts: PaymentFacts::opened("cs_1"),
        paid_at: None,
        refund_due: None,
        grants: Vec::new(),
        sequence: 0,
        reminders: Policies::default().reminders,
        reminded_until: now(),
        created_at: now(),
        updated_at: now(),
        version: 1,
    }
}

pub(in crate::domain::booking) fn with(status: Status) -> Booking {
    Booking { status, hold_until: waiting().hold_until.filter(|_| status == Status::PendingPayment), ..waiting() }
}

/// A booking in `status` of whose payment `word` was told.
pub(in crate::domain) fn settled_by(status: Status, word: &str) -> Booking {
    let mut booking = with(status);
    for letter in word.chars() {
        booking.facts.merge(&event(letter, price()), &ours());
    }
    booking
}

/// What can happen to the payment. Letters, so that an order of events reads as a word.
const ALPHABET: [char; 10] = ['c', 's', 'f', 'e', 'r', 'd', 'u', 'p', 'w', 'x'];

/// The kinds of events of one booking's payment, its refund in full and in part.
const KINDS: &[char] = &['c', 's', 'f', 'e', 'r', 'p', 'd'];

pub(in crate::domain::booking) fn ours() -> Origin {
    Origin { account: None, livemode: true }
}

/// What `letter` tells of a payment of which `due` is to be paid.
pub(in crate::domain::booking) fn event(letter: char, due: Money) -> PaymentEvent {
    let session = || "cs_1".to_owned();
    let paid = |amount| SessionPayment { session: session(), payment_intent: "pi_1".into(), amount };
    let refunded = |minor| {
        PaymentEventKind::Refunded(ChargeRefund {
            charge: "ch_1".into(),
            payment_intent: "pi_1".into(),
            charged_at: now(),
            charged: due,
            refunded: euros(minor),
        })
    };
    let kind = match letter {
        'c' | 'x' => PaymentEventKind::Completed(paid(due)),
        's' => PaymentEventKind::AsyncSucceeded(paid(due)),
        'f' => PaymentEventKind::AsyncFailed { session: session() },
        'e' => PaymentEventKind::Expired { session: session() },
        'r' => refunded(due.minor()),
        'p' => refunded(due.minor() * 5 / 12),
        'd' => PaymentEventKind::Disputed { dispute: "dp_1".into(), payment_intent: "pi_1".into() },
        'u' => PaymentEventKind::CompletedUnpaid { session: "cs_2".into() },
        // Another payment, of another amount.
        _ => PaymentEventKind::Completed(SessionPayment { payment_intent: "pi_2".into(), ..paid(euros(7_000)) }),
    };
    let origin = if letter == 'x' { Origin { livemode: false, ..ours() } } else { ours() };
    let booking = BookingRef { tenant: TenantId::new(Ulid(9)), booking: ID };
    PaymentEvent { id: format!("evt_{letter}"), origin, booking, at: now(), kind }
}

/// A booking, and how often each name was announced of it.
#[derive(Clone)]
struct Story {
    booking: Booking,
    told: Vec<&'static str>,
}

impl Story {
    fn of(booking: Booking) -> Self {
        Self { booking, told: Vec::new() }
    }

    fn hear(&mut self, letter: char, room: Room) {
        let mut facts = self.booking.facts.clone();
        if !facts.merge(&event(letter, self.booking.due), &ours()) {
            return;
        }
        let transition = settle(&self.booking, facts, room, now());
        self.told.extend(transition.happenings.iter().map(Happening::name));
        self.booking = transition.after;
    }

    fn after(booking: Booking, word: &str, room: Room) -> Self {
        let mut story = Self::of(booking);
        word.chars().for_each(|letter| story.hear(letter, room));
        story
    }

    /// What mails were caused, in no order.
    fn mails(&self) -> Vec<&'static str> {
        let mut mails: Vec<_> = self.told.iter().copied().filter(|name| name.starts_with("booking.")).collect();
        mails.sort_unstable();
        mails
    }
}

/// Calls `check` for every word over `letters` of up to `longest` letters, with the story it tells.
fn for_each_word(
    letters: &[char],
    longest: usize,
    room: Room,
    start: &Booking,
    check: &mut impl FnMut(&str, &Story),
) -> usize {
    fn go(
        letters: &[char],
        left: usize,
        room: Room,
        word: &mut String,
        story: &Story,
        check: &mut impl FnMut(&str, &Story),
    ) -> usize {
        if left == 0 {
            return 0;
        }
        let mut words = 0;
        for letter in letters {
            let mut next = story.clone();
            next.hear(*letter, room);
            word.push(*letter);
            check(word, &next);
            words += 1 + go(letters, left - 1, room, word, &next, check);
            word.pop();
        }
        words
    }
    go(letters, longest, room, &mut String::new(), &Story::of(start.clone()), check)
}

/// The letters of a word, each once, in the order of the alphabet.
fn letters_of(word: &str) -> String {
    ALPHABET.iter().filter(|letter| word.contains(**letter)).collect()
}

/// Demands that every word of the same letters ends alike, and gives the end of each set of letters.
fn ends(letters: &[char], longest: usize, start: &Booking) -> (usize, BTreeMap<String, (Status, Vec<&'static str>)>) {
    let mut ends: BTreeMap<String, (Status, Vec<&'static str>)> = BTreeMap::new();
    let words = for_each_word(letters, longest, Room::With(OWN), start, &mut |word, story| {
        let end = (story.booking.status, story.mails());
        let first = ends.entry(letters_of(word)).or_insert_with(|| end.clone());
        assert_eq!(*first, end, "{word} and {} differ", letters_of(word));
        for name in &story.told {
            assert_eq!(story.told.iter().filter(|told| *told == name).count(), 1, "{word} tells {name} twice");
        }
    });
    (words, ends)
}

#[test]
fn every_order_and_repetition_of_up_to_six_events_ends_in_the_same_state_with_one_mail_of_each_kind() {
    for due in [price(), euros(3_600)] {
        every_order_of_a_payment_ends_alike(&Booking { due, ..waiting() });
    }
}

/// The seven kinds of events, a refund in part among them, over every word of up to six.
fn every_order_of_a_payment_ends_alike(start: &Booking) {
    let (words, ends) = ends(KINDS, 6, start);
    assert_eq!((words, ends.len()), (137_256, 126));
    for (letters, (status, mails)) in ends {
        let has = |letter| letters.contains(letter);
        let is_paid = has('c') || has('s') || has('r') || has('p');
        let expected = match () {
            () if has('r') => Status::Refunded,
            () if is_paid => Status::Confirmed,
            () if has('e') || has('f') => Status::Expired,
            () => Status::PendingPayment,
        };
        assert_eq!(status, expected, "{letters}");
        let mut told = Vec::new();
        told.extend(is_paid.then_some("booking.confirmed"));
        told.extend(has('d').then_some("booking.disputed"));
        told.extend(has('r').then_some("booking.refunded"));
        assert_eq!(mails, told, "{letters}");
    }
}

#[test]
fn orders_with_delayed_foreign_wrong_and_partial_payments_end_alike_too() {
    // A payment that does not fit is one of two, and which of the two went back first is another story.
    for letters in [&['c', 'e', 'f', 'r', 'd', 'u', 'p', 'x'][..], &['c', 'e', 'd', 'u', 'p', 'w']] {
        let (words, _) = ends(letters, 5, &waiting());
        assert!(letters.len().pow(5) < words);
    }
}

#[test]
fn a_booking_that_was_called_off_never_comes_back_to_life_in_any_order() {
    let (_, ends) = ends(&['c', 's', 'f', 'e', 'r', 'd', 'u'], 5, &with(Status::Canceled));
    for (letters, (status, mails)) in ends {
        let is_back = letters.contains('r');
        assert_eq!(status, if is_back { Status::Refunded } else { Status::Canceled }, "{letters}");
        assert!(!mails.contains(&"booking.confirmed"), "{letters}");
        assert_eq!(mails.contains(&"booking.refunded"), is_back, "{letters}");
    }
}

#[test]
fn what_a_late_cancellation_keeps_is_kept_in_any_order_of_what_is_told_afterwards() {
    let mut paid = Story::after(Booking { due: euros(9_000), ..waiting() }, "c", Room::With(OWN)).booking;
    paid.paid_at = Some(now());
    let late = paid.slot.start();
    let off = paid.called_off(crate::domain::booking::CalledOffBy::Customer, late, late);
    assert_eq!((off.fee, off.refund_due), (euros(6_000), Some(euros(3_000))));
    let (_, ends) = ends(KINDS, 4, &off);
    for (letters, (status, mails)) in ends {
        assert_eq!(status, if letters.contains('r') { Status::Refunded } else { Status::Canceled }, "{letters}");
        assert!(!mails.contains(&"booking.confirmed"), "{letters}");
    }
    for word in ["p", "cp", "pc", "psp"] {
        // 37.50 went back, more than the 30 that were due.
        let story = Story::after(off.clone(), word, Room::With(OWN));
        assert_eq!((story.booking.refund_due, &story.told[..]), (None, &[][..]), "{word}");
    }
}

#[test]
fn no_money_is_kept_for_a_time_that_is_taken() {
    for_each_word(KINDS, 5, Room::Nowhere, &waiting(), &mut |word, story| {
        let booking = &story.booking;
        let is_paid = booking.standing() == Standing::Paid;
        let left = booking.facts.kept(price()).map(|(_, left)| left).next();
        assert!(!is_paid || booking.status.holds_slot() || booking.refund_due == left, "{word}");
        assert!(booking.refund_due.is_none() || story.told.contains(&"refund.due"), "{word}");
        for name in &story.told {
            assert_eq!(story.told.iter().filter(|told| *told == name).count(), 1, "{word} tells {name} twice");
        }
    });
}

#[test]
fn each_rule_has_its_end() {
    use Status::{Canceled, Completed, Confirmed, Expired, PendingPayment, Refunded};
    let here = Room::With(OWN);
    for (start, word, room, status, told) in [
        (PendingPayment, "c", Room::Nowhere, Confirmed, &["booking.confirmed"][..]),
        (PendingPayment, "e", here, Expired, &[]),
        (PendingPayment, "eu", here, PendingPayment, &[]),
        (PendingPayment, "eu", Room::Nowhere, Expired, &[]),
        (PendingPayment, "u", here, PendingPayment, &[]),
        (PendingPayment, "uc", here, Confirmed, &["booking.confirmed"]),
        (PendingPayment, "cp", here, Confirmed, &["booking.confirmed"]),
        (PendingPayment, "cpr", here, Refunded, &["booking.confirmed", "booking.refunded"]),
        (PendingPayment, "r", here, Refunded, &["booking.confirmed", "booking.refunded"]),
        (PendingPayment, "cur", here, Refunded, &["booking.confirmed", "booking.refunded"]),
        (PendingPayment, "w", here, PendingPayment, &["booking.flagged"]),
        (PendingPayment, "ew", here, PendingPayment, &["booking.flagged"]),
        (PendingPayment, "x", here, PendingPayment, &["booking.flagged"]),
        (PendingPayment, "xe", here, Expired, &["booking.flagged"]),
        (PendingPayment, "wc", here, Confirmed, &["booking.flagged", "booking.confirmed"]),
        (Expired, "c", here, Confirmed, &["booking.confirmed"]),
        (Expired, "c", Room::Nowhere, Expired, &["refund.due"]),
        (Expired, "cr", Room::Nowhere, Refunded, &["refund.due", "booking.refunded"]),
        (Canceled, "c", here, Canceled, &["refund.due"]),
        (Canceled, "cp", here, Canceled, &["refund.due"]),
        (Canceled, "r", here, Refunded, &["booking.refunded"]),
        (Refunded, "c", here, Refunded, &["refund.due"]),
        (Confirmed, "e", here, Confirmed, &[]),
        (Completed, "d", here, Completed, &["booking.disputed"]),
    ] {
        let story = Story::after(with(start), word, room);
        assert_eq!((story.booking.status, &story.told[..]), (status, told), "{start:?} {word} {room:?}");
        assert_eq!(story.booking.hold_until.is_some(), status == PendingPayment, "{start:?} {word}");
    }
}

#[test]
fn a_payment_is_noted_with_its_time_and_moves_the_version() {
    let paid = Story::after(waiting(), "c", Room::With(OWN)).booking;
    assert_eq!((paid.paid_at, paid.version, paid.sequence), (Some(now()), 2, 0));
}

#[test]
fn room_that_comes_too_late_does_not_stop_what_was_decided() {
    for (word, told) in [("c", &["refund.due", "booking.disputed"][..]), ("u", &["booking.disputed"])] {
        let mut story = Story::after(with(Status::Expired), word, Room::Nowhere);
        story.hear('d', Room::With(OWN));
        assert_eq!((story.booking.status, &story.told[..]), (Status::Expired, told), "{word}");
    }
}

#[test]
fn a_released_booking_can_sit_with_somebody_else() {
    let expired = with(Status::Expired);
    let mut facts = expired.facts.clone();
    facts.merge(&event('c', price()), &ours());
    let seated = settle(&expired, facts.clone(), Room::With(OTHER), now());
    assert_eq!((seated.after.resource, seated.is_seated_anew), (OTHER, true));
    let nowhere = settle(&expired, facts.clone(), Room::Nowhere, now());
    assert_eq!((nowhere.after.resource, nowhere.is_seated_anew), (OWN, false));
    let held = settle(&waiting(), facts, Room::With(OTHER), now());
    assert_eq!((held.after.resource, held.is_seated_anew), (OWN, false), "who holds a slot keeps it");
}

#[test]
fn a_time_that_has_begun_is_not_taken_again() {
    let expired = with(Status::Expired);
    for (late, status) in [(-1, Status::Confirmed), (0, Status::Expired)] {
        let mut facts = expired.facts.clone();
        facts.merge(&event('c', price()), &ours());
        let then = expired.slot.start() + SignedDuration::from_secs(late);
        let transition = settle(&expired, facts, Room::With(OWN), then);
        assert_eq!(transition.after.status, status);
        assert_eq!(transition.after.refund_due.is_some(), status == Status::Expired);
    }
}

#[test]
fn a_refund_that_is_due_is_what_is_left() {
    let canceled = Story::after(with(Status::Canceled), "p", Room::Nowhere);
    assert_eq!((canceled.booking.refund_due, &canceled.told[..]), (Some(euros(7_000)), &["refund.due"][..]));
}

#[test]
fn what_went_back_is_no_longer_due() {
    for (word, due) in [("c", Some(12_000)), ("cp", Some(7_000)), ("cr", None), ("cpr", None), ("cx", Some(12_000))] {
        let booking = Story::after(with(Status::Canceled), word, Room::Nowhere).booking;
        assert_eq!(booking.refund_due, due.map(euros), "{word}");
    }
}
