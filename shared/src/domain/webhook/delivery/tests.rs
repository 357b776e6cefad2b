//! When a delivery is tried, and when it is over.

use super::*;
use crate::domain::id::{BookingId, TenantId};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-22T10:00:00Z")
}

fn event() -> Event {
    let what = Happening::BookingConfirmed(BookingId::new(Ulid::from_parts(1, 1)));
    Event { id: EventId::new(Ulid::from_parts(5, 5)), tenant: TenantId::new(Ulid::from_parts(1, 1)), at: now(), what }
}

fn webhook() -> WebhookId {
    WebhookId::new(Ulid::from_parts(2, 2))
}

fn begun() -> Delivery {
    Delivery::begun(&event(), Topic::BookingConfirmed, webhook(), now())
}

fn due(delivery: &Delivery) -> Timestamp {
    let Status::Waiting { due } = delivery.status else { panic!("{delivery:?}") };
    assert_eq!(delivery.wake, Some(due));
    due
}

fn sent(turn: Turn) -> Delivery {
    let Turn::Send(begun) = turn else { panic!("{turn:?}") };
    begun
}

#[test]
fn an_event_is_one_delivery_to_a_webhook_and_another_to_the_next() {
    let one = id_of(event().id, webhook());
    assert_eq!(one, begun().id);
    assert_ne!(one, id_of(event().id, WebhookId::new(Ulid::from_parts(2, 3))));
    assert_ne!(one, id_of(EventId::new(Ulid::from_parts(5, 6)), webhook()));
    assert_eq!(one.ulid().timestamp_ms(), 5, "deliveries sort by their events");
}

#[test]
fn a_failing_delivery_is_tried_for_a_day_with_growing_pauses_and_given_up() {
    let (mut delivery, mut clock, mut pauses) = (begun(), now(), Vec::new());
    loop {
        delivery = delivery.answered(Answer::Status(500), None, clock, 0);
        if matches!(delivery.status, Status::GivenUp { .. }) {
            break;
        }
        pauses.push(due(&delivery).duration_since(clock));
        assert_eq!(delivery.turn(due(&delivery) - SignedDuration::from_millis(1)), Turn::NotNow);
        clock = due(&delivery);
        delivery = sent(delivery.turn(clock));
    }
    assert_eq!(pauses, PAUSES);
    assert_eq!((delivery.tries, delivery.attempts, delivery.wake), (8, 8, None));
    assert_eq!(delivery.status, Status::GivenUp { at: clock, why: GivenUp::Exhausted });
    let day = clock.duration_since(now());
    assert!((SignedDuration::from_hours(23)..=SignedDuration::from_hours(25)).contains(&day), "{day}");
    assert!(pauses.is_sorted());
}

#[test]
fn chance_spreads_attempts_by_up_to_a_tenth() {
    let pause = |chance| due(&begun().answered(Answer::TooSlow, None, now(), chance)).duration_since(now());
    assert_eq!(pause(0), PAUSES[0]);
    assert!(pause(0) < pause(128) && pause(128) < pause(255));
    assert!(pause(255) < PAUSES[0] + PAUSES[0] / 10);
}

#[test]
fn a_receiver_may_ask_for_more_time_and_for_no_less_and_not_for_ever() {
    for (named, pause) in [
        (SignedDuration::from_secs(1), PAUSES[0]),
        (SignedDuration::from_mins(20), SignedDuration::from_mins(20)),
        (LONGEST_WISH + SignedDuration::from_hours(1), LONGEST_WISH),
    ] {
        let waiting = begun().answered(Answer::Status(503), Some(named), now(), 0);
        assert_eq!(due(&waiting), now() + pause, "{named}");
    }
}

#[test]
fn only_success_delivers_and_only_gone_ends_at_once() {
    for (status, delivered) in
        [(200, true), (204, true), (299, true), (199, false), (300, false), (301, false), (404, false)]
    {
        let after = begun().answered(Answer::Status(status), None, now(), 0);
        assert_eq!(matches!(after.status, Status::Delivered { .. }), delivered, "{status}");
        assert_eq!(after.last, Some((now(), Answer::Status(status))));
    }
    let gone = begun().answered(Answer::Status(410), None, now(), 0);
    assert_eq!(gone.status, Status::GivenUp { at: now(), why: GivenUp::Gone });
}

#[test]
fn an_attempt_is_one_workers_own_until_its_lease_ends() {
    let begun = begun();
    assert_eq!(begun.turn(now() + LEASE - SignedDuration::from_millis(1)), Turn::NotNow);
    let again = sent(begun.turn(now() + LEASE));
    assert_eq!((again.id, again.tries, again.version), (begun.id, 2, 2));
}

#[test]
fn a_delivery_at_which_every_worker_dies_is_given_up() {
    let (mut delivery, mut clock) = (begun(), now());
    for _ in PAUSES {
        clock += LEASE;
        delivery = sent(delivery.turn(clock));
    }
    let Turn::Over(over) = delivery.turn(clock + LEASE) else { panic!("{delivery:?}") };
    assert_eq!(over.status, Status::GivenUp { at: clock + LEASE, why: GivenUp::Exhausted });
}

#[test]
fn what_has_ended_is_nobodys_business_until_it_is_replayed() {
    let delivered = begun().answered(Answer::Status(200), None, now(), 0);
    let later = now() + SignedDuration::from_hours(100);
    assert_eq!((delivered.turn(later), delivered.announced(later)), (Turn::NotNow, None));
    let replayed = delivered.replayed(later).unwrap();
    assert_eq!((replayed.id, replayed.tries, replayed.attempts), (delivered.id, 0, 1));
    let again = sent(replayed.turn(later));
    assert_eq!((again.tries, again.attempts), (1, 2));
    assert_eq!(again.replayed(later), Err(Busy));
    assert!(again.replayed(later + LEASE).is_ok());
}

#[test]
fn what_was_announced_is_left_alone_for_a_while() {
    let waiting = begun().answered(Answer::Unreachable, None, now(), 0);
    let due = due(&waiting);
    assert_eq!(waiting.announced(due - SignedDuration::from_millis(1)), None);
    let announced = waiting.announced(due).unwrap();
    assert_eq!(announced.announced(due + SignedDuration::from_mins(5)), None);
    assert_eq!(sent(announced.turn(due)).tries, 2, "it is due all the same");
    assert!(announced.announced(due + ANNOUNCED).is_some(), "should the event be lost");
}

#[test]
fn words_survive_the_table() {
    for answer in [Answer::Status(503), Answer::AddressRefused, Answer::Unreachable, Answer::TooSlow] {
        assert_eq!(answer.to_string().parse(), Ok(answer));
    }
    for why in GivenUp::ALL {
        assert_eq!(why.as_str().parse(), Ok(why));
    }
    assert_eq!("lost".parse::<Answer>(), Err(UnknownWord));
}
