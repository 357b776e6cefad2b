//! Every pair of statuses, and who may speak after each act.

use ulid::Ulid;

use super::*;
use crate::domain::conversation::Origin;
use crate::domain::id::ConversationId;
use crate::domain::secret::SessionId;

const NOW: Timestamp = Timestamp::constant(1_795_253_400, 0);

fn ticket(status: TicketStatus, mode: Mode) -> Conversation {
    let session = SessionId::new(ConversationId::new(Ulid::from_parts(1, 1)), [7; 32]);
    Conversation { status, mode, ..Conversation::begin(&session, Origin::default(), NOW) }
}

fn wish(of: &Conversation) -> Wish {
    Wish { status: of.status, assignee: of.assignee.clone(), labels: of.labels.clone() }
}

fn ann() -> PersonId {
    Line::fixed("ann")
}

#[test]
fn a_ticket_makes_the_legal_moves_and_no_other() {
    // One row for each status it has, one column for each it is to get, in the order of `ALL`.
    let legal = [
        [true, true, true, true, true],
        [false, true, true, true, true],
        [false, false, true, true, true],
        [false, false, true, true, true],
        [false, true, true, true, true],
    ];
    for (from, row) in TicketStatus::ALL.into_iter().zip(legal) {
        for (to, legal) in TicketStatus::ALL.into_iter().zip(row) {
            let before = ticket(from, Mode::Assistant);
            let moved = before.changed(Wish { status: to, ..wish(&before) });
            assert_eq!(moved.is_ok(), legal, "{} to {}", from.as_str(), to.as_str());
            let Ok(moved) = moved else {
                assert_eq!(moved, Err(Refused::Status { from, to }));
                continue;
            };
            let changes = u64::from(from != to);
            assert_eq!((moved.after.status, moved.after.version), (to, before.version + changes));
            assert_eq!(moved.altered.len() as u64, changes);
        }
    }
}

#[test]
fn whoever_takes_a_ticket_silences_the_assistant_until_it_is_given_back() {
    for status in TicketStatus::ALL {
        for mode in [Mode::Assistant, Mode::Waiting, Mode::Active] {
            let taken = ticket(status, mode).taken_by(ann()).unwrap().after;
            assert_eq!((taken.mode, taken.status), (Mode::Active, TicketStatus::InProgress));
            assert_eq!((taken.owner, taken.assignee.clone()), (1, Some(ann())));
            let back = taken.given_back().unwrap().after;
            assert_eq!((back.mode, back.owner, back.status), (Mode::Assistant, 2, TicketStatus::InProgress));
            assert_eq!(back.given_back(), Err(Refused::NotTaken));
        }
    }
    let ended = ticket(TicketStatus::Open, Mode::Ended);
    assert_eq!(ended.taken_by(ann()).unwrap().after.mode, Mode::Ended);
    assert_eq!(ended.given_back(), Err(Refused::NotTaken));
}

#[test]
fn closing_gives_the_word_back_and_says_so() {
    let taken = ticket(TicketStatus::Open, Mode::Assistant).taken_by(ann()).unwrap().after;
    let closed = taken.changed(Wish { status: TicketStatus::Closed, ..wish(&taken) }).unwrap();
    assert_eq!((closed.after.mode, closed.after.owner), (Mode::Assistant, 2));
    let what: Vec<_> = closed.altered.iter().map(|altered| altered.what).collect();
    assert_eq!(what, [Field::Status, Field::Mode]);
    // A label on what is closed does not touch whoever has it again.
    let again = closed.after.taken_by(ann()).unwrap().after;
    let labelled = again.changed(Wish { labels: ["vip".parse().unwrap()].into(), ..wish(&again) }).unwrap();
    assert_eq!((labelled.after.mode, labelled.after.owner), (Mode::Active, 3));
}

#[test]
fn an_answer_takes_what_nobody_has_and_leaves_what_somebody_has() {
    let free = ticket(TicketStatus::NeedsReview, Mode::Assistant);
    let answered = free.answered_by(ann()).unwrap();
    assert_eq!((answered.after.mode, answered.after.version), (Mode::Active, free.version + 1));
    let again = answered.after.answered_by(Line::fixed("bob")).unwrap();
    assert_eq!((again.after.assignee.clone(), again.altered), (Some(ann()), Vec::new()));
    assert_eq!(again.after.version, answered.after.version);
}

#[test]
fn the_assistants_failure_and_a_cry_for_help_only_ever_raise_a_ticket() {
    use TicketStatus::{AutoResolved, Closed, InProgress, NeedsReview, Open};
    for (status, review, open) in [
        (AutoResolved, true, true),
        (NeedsReview, false, true),
        (Open, false, false),
        (InProgress, false, false),
        (Closed, true, true),
    ] {
        let ticket = ticket(status, Mode::Assistant);
        assert_eq!(ticket.raised_to(NeedsReview).is_some(), review, "{}", status.as_str());
        assert_eq!(ticket.raised_to(Open).is_some(), open, "{}", status.as_str());
        for to in [NeedsReview, Open] {
            assert!(ticket.raised_to(to).is_none_or(|to| status.may_become(to)));
        }
    }
}

#[test]
fn labels_are_folded_bounded_and_few() {
    let label = |text: &str| text.parse::<Label>();
    assert_eq!(label("  VIP \t Guest ").unwrap().to_string(), "vip guest");
    assert_eq!(label("ÄRGER"), label("ärger"));
    assert!(label(&"ä".repeat(40)).is_ok() && label(&"ä".repeat(41)).is_err() && label(" ").is_err());
    let before = ticket(TicketStatus::Open, Mode::Assistant);
    let labels = |n: usize| (0..n).map(|n| label(&format!("label {n}")).unwrap()).collect();
    assert!(before.changed(Wish { labels: labels(MOST_LABELS), ..wish(&before) }).is_ok());
    let many = before.changed(Wish { labels: labels(MOST_LABELS + 1), ..wish(&before) });
    assert_eq!(many, Err(Refused::TooManyLabels));
}

#[test]
fn a_visitor_has_left_ten_minutes_after_their_last_sign() {
    let here = ticket(TicketStatus::Open, Mode::Active);
    assert!(!here.is_left(NOW + AWAY - SignedDuration::from_millis(1)));
    assert!(here.is_left(NOW + AWAY));
    assert!(ticket(TicketStatus::Open, Mode::Ended).is_left(NOW));
}
