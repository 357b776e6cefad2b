//! What a hand-over says of a thread, and which of the model's are taken.

use ulid::Ulid;

use super::*;
use crate::domain::escalation::Source;
use crate::domain::id::{BookingId, EscalationId, MessageId, ProposalId};
use crate::domain::ledger::TurnCost;
use crate::domain::message::{Answer, Piece};
use crate::domain::proposal::{Operation, Preview};

const NOW: Timestamp = Timestamp::constant(1_795_253_400, 0);

fn turn(said: &str, answer: &str, outcome: Outcome) -> Turn {
    let id = MessageId::new(Ulid::from_parts(1, 1));
    let mut turn = Turn::of_person(id, String::new(), answer.to_owned(), NOW);
    turn.answer =
        if answer.is_empty() { Answer::default() } else { Answer::from_iter([Piece::Text(answer.to_owned())]) };
    Turn { said: said.to_owned(), outcome, cost: TurnCost::default(), ..turn }
}

fn card(title: &str, status: ProposalStatus, minutes: i64) -> Proposal {
    let ulid = Ulid::from_parts(1, 1);
    Proposal {
        id: ProposalId::new(ulid),
        operation: Operation::Cancel { booking: BookingId::new(ulid), back: None },
        preview: Preview { title: title.to_owned(), lines: vec![("When".to_owned(), "Mon 23 Nov, 10:00".to_owned())] },
        status,
        created_at: NOW,
        expires_at: NOW + jiff::SignedDuration::from_mins(minutes),
    }
}

fn asked() -> Escalation {
    Escalation::new(EscalationId::new(Ulid::from_parts(1, 1)), Source::Button, NOW).because("My dress is torn")
}

fn plain(turns: &[Turn], tried: &[Tried], proposals: &[Proposal]) -> Handover {
    Handover::plain(&Seen { asked: &asked(), turns, tried, proposals, now: NOW })
}

#[test]
fn a_plain_hand_over_quotes_the_thread() {
    let turns = [
        turn("Do you\n do weddings?", "Yes.", Outcome::Answered),
        turn("How much?", "From 900 EUR.", Outcome::Answered),
        turn("", "I am Ann.", Outcome::Replied),
        turn("And on Sundays?", "Sorry.", Outcome::Fallback),
    ];
    let tool = |tool: &str, answered, failed| Tried { tool: tool.to_owned(), answered, failed };
    let tried = [tool("check_availability", 2, 1), tool("list_packages", 1, 0), tool("book_package", 0, 3)];
    let booking = BookingId::new(Ulid::from_parts(2, 2));
    let cards = [
        card("Portrait session", ProposalStatus::Executed(booking), 30),
        card("Declined", ProposalStatus::Declined, 30),
        card("Expired", ProposalStatus::Pending, 0),
        card("Cancel the booking", ProposalStatus::Pending, 1),
    ];
    let told = plain(&turns, &tried, &cards);
    assert_eq!(told.asked.as_str(), "First: Do you do weddings?\nLast: And on Sundays?");
    assert_eq!(
        told.tried.as_str(),
        "Looked for free times: worked 2 times, failed once\nTold what can be booked: worked once\n\
         Prepared a booking: failed 3 times"
    );
    assert_eq!(
        told.promised.as_str(),
        "Portrait session, When: Mon 23 Nov, 10:00 (confirmed)\n\
         Cancel the booking, When: Mon 23 Nov, 10:00 (waits for the visitor's click)"
    );
    assert_eq!((told.open.as_str(), told.made_by), ("And on Sundays?", MadeBy::Plain));
}

#[test]
fn where_everything_is_answered_the_request_itself_is_open() {
    let told = plain(&[turn("How much?", "900 EUR.", Outcome::Answered)], &[], &[]);
    assert_eq!((told.asked.as_str(), told.open.as_str()), ("How much?", "My dress is torn"));
    let nothing_said = plain(&[], &[], &[]);
    assert_eq!((nothing_said.asked.as_str(), nothing_said.tried.as_str()), ("My dress is torn", ""));
}

#[test]
fn the_models_hand_over_is_taken_in_its_shape_and_keeps_the_cards() {
    let cards = [card("Portrait session", ProposalStatus::Pending, 1)];
    let plain = plain(&[turn("How much?", "900 EUR.", Outcome::Answered)], &[], &cards);
    let good = Told {
        asked: "The price of a wedding.".to_owned(),
        tried: String::new(),
        promised: "A call tomorrow.".to_owned(),
        open: "Whether Sunday works.".to_owned(),
    };
    let taken = Handover::of_model(&good, &plain).unwrap();
    assert_eq!(taken.made_by, MadeBy::Model);
    assert!(
        taken.promised.as_str().starts_with("Portrait session")
            && taken.promised.as_str().ends_with("A call tomorrow.")
    );
    let long = |n: usize| "x".repeat(n);
    for (told, is_taken) in [
        (Told { asked: " ".to_owned(), ..good.clone() }, false),
        (Told { open: String::new(), ..good.clone() }, false),
        (Told { tried: long(MOST_TAKEN), ..good.clone() }, true),
        (Told { tried: long(MOST_TAKEN + 1), ..good }, false),
    ] {
        let taken = Handover::of_model(&told, &plain);
        assert_eq!(taken.is_ok(), is_taken, "{told:?}");
        assert!(taken.is_ok_and(|taken| taken.tried.as_str().chars().count() == MOST_CHARS) || !is_taken);
    }
}

#[test]
fn the_model_is_told_both_ends_of_a_long_thread() {
    let turns: Vec<Turn> =
        (0..400).map(|n| turn(&format!("Question {n} {}", "x".repeat(40)), "An answer.", Outcome::Answered)).collect();
    let asked = asked();
    let told = transcript(&Seen { asked: &asked, turns: &turns, tried: &[], proposals: &[], now: NOW });
    assert!(told.starts_with("Visitor: Question 0 ") && told.contains(GAP) && told.contains("Question 399 "), "{told}");
    assert!(told.ends_with("Why a person is asked for: My dress is torn"));
    assert!(told.chars().count() < HEAD + TAIL + 1_000, "{}", told.chars().count());
    let short = transcript(&Seen { asked: &asked, turns: &turns[..2], tried: &[], proposals: &[], now: NOW });
    assert!(!short.contains(GAP), "{short}");
}
