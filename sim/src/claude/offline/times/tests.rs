//! Many phrasings, and the time that each means.

use super::*;

fn read_text(text: &str) -> Option<Times> {
    times(&Words::of(text))
}

fn at(hour: i8, minute: i8) -> Time {
    time(hour, minute, 0, 0)
}

#[test]
fn phrases_mean_a_time() {
    let table = [
        ("10:30", 10, 30),
        ("tomorrow at 2pm", 14, 0),
        ("2 pm", 14, 0),
        ("2:30 pm", 14, 30),
        ("2 p.m. please", 14, 0),
        ("9am", 9, 0),
        ("12am", 0, 0),
        ("12pm", 12, 0),
        ("at 3", 15, 0),
        ("at 10", 10, 0),
        ("at 10.30", 10, 30),
        ("3:15", 15, 15),
        ("03:15", 3, 15),
        ("14h", 14, 0),
        ("14h30", 14, 30),
        ("3 o'clock", 15, 0),
        ("noon", 12, 0),
        ("half past two", 14, 30),
        ("quarter to 3", 14, 45),
        ("a quarter past ten", 10, 15),
        ("on 3 December at 14:00", 14, 0),
        ("2026-12-03 10:15", 10, 15),
    ];
    for (text, hour, minute) in table {
        assert_eq!(read_text(text), Some(Times::At(at(hour, minute))), "{text}");
    }
}

#[test]
fn phrases_mean_a_part_of_the_day() {
    let table = [
        ("tomorrow morning", START, NOON),
        ("next Friday afternoon", NOON, at(17, 0)),
        ("in the evening", at(17, 0), END),
        ("tonight", at(17, 0), END),
        ("after work", at(17, 0), END),
        ("around lunchtime", NOON, at(14, 0)),
        ("after 3pm", at(15, 0), END),
        ("after 3", at(15, 0), END),
        ("before noon", START, NOON),
        ("before 11", START, at(11, 0)),
        ("between 2 and 4", at(14, 0), at(16, 0)),
        ("between 10 and 12:30", at(10, 0), at(12, 30)),
        ("from 2 pm to 4 pm", at(14, 0), at(16, 0)),
        ("2-4pm", at(14, 0), at(16, 0)),
        ("10-11am", at(10, 0), at(11, 0)),
        ("around 11", at(10, 0), at(12, 1)),
    ];
    for (text, from, to) in table {
        assert_eq!(read_text(text), Some(Times::Between(from, to)), "{text}");
    }
}

#[test]
fn other_words_mean_no_time() {
    for text in [
        "hello",
        "good morning",
        "Good evening!",
        "on 3 December",
        "at 3 December",
        "3/12",
        "3.12.2026",
        "2026-12-03",
        "the second",
        "for 2 people",
        "25:00",
        "13pm",
        "after 2 days",
        "number 2",
    ] {
        assert_eq!(read_text(text), None, "{text}");
    }
}

#[test]
fn a_part_of_the_day_holds_its_start_and_not_its_end() {
    let afternoon = Times::Between(NOON, at(17, 0));
    assert!(afternoon.hold(NOON) && afternoon.hold(at(16, 59)));
    assert!(!afternoon.hold(at(11, 59)) && !afternoon.hold(at(17, 0)));
    assert_eq!(afternoon.distance(at(13, 0)), 0);
    assert_eq!(Times::At(NOON).distance(at(10, 30)), 90);
}
