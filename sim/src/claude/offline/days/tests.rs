//! Many phrasings, and the days that each means.

use jiff::civil::date;

use super::*;

/// A Saturday.
const TODAY: Date = date(2026, 11, 21);

fn read(text: &str, today: Date) -> Option<(String, i8)> {
    days(&Words::of(text), today).map(|days| (days.from.to_string(), days.count))
}

#[test]
fn phrases_mean_days() {
    let table = [
        ("any time today?", "2026-11-21", 1),
        ("tonight", "2026-11-21", 1),
        ("Any time tomorrow?", "2026-11-22", 1),
        ("the day after tomorrow", "2026-11-23", 1),
        ("in 3 days", "2026-11-24", 1),
        ("in two weeks", "2026-12-05", 1),
        ("a week from today", "2026-11-28", 1),
        ("10 days from now", "2026-12-01", 1),
        ("on Monday please", "2026-11-23", 1),
        ("Friday at 3pm", "2026-11-27", 1),
        ("this Friday", "2026-11-27", 1),
        ("next Friday afternoon", "2026-11-27", 1),
        ("friday week", "2026-12-04", 1),
        ("are you free on Saturday", "2026-11-28", 1),
        ("this saturday", "2026-11-21", 1),
        ("do you work on sundays", "2026-11-22", 1),
        ("this weekend", "2026-11-21", 2),
        ("at the weekend", "2026-11-21", 2),
        ("next weekend", "2026-11-28", 2),
        ("this week", "2026-11-21", 2),
        ("next week", "2026-11-23", 7),
        ("the week after next week", "2026-11-30", 7),
        ("on 3 December", "2026-12-03", 1),
        ("on the 3rd of December, 2pm", "2026-12-03", 1),
        ("December 3rd", "2026-12-03", 1),
        ("Dec 3", "2026-12-03", 1),
        ("December the 3rd", "2026-12-03", 1),
        ("3 Dec 2027", "2027-12-03", 1),
        ("Thursday, 3 December", "2026-12-03", 1),
        ("2026-12-03", "2026-12-03", 1),
        ("03.12.2026", "2026-12-03", 1),
        ("am 3.12.", "2026-12-03", 1),
        ("3/12", "2026-12-03", 1),
        ("12/24", "2026-12-24", 1),
        ("5 March", "2027-03-05", 1),
        ("21 November", "2026-11-21", 1),
        ("20 November", "2027-11-20", 1),
        ("29 February", "2028-02-29", 1),
        ("on the 24th", "2026-11-24", 1),
        ("for the 3rd", "2026-12-03", 1),
        ("in December", "2026-12-01", 14),
        ("in mid-December", "2026-12-10", 14),
        ("late December", "2026-12-20", 12),
        ("at the end of january", "2027-01-20", 12),
        ("next month", "2026-12-01", 14),
        ("this month", "2026-11-21", 10),
        ("in May", "2027-05-01", 14),
    ];
    for (text, from, count) in table {
        assert_eq!(read(text, TODAY), Some((from.to_owned(), count)), "{text}");
    }
}

#[test]
fn next_friday_is_the_one_of_next_week() {
    let wednesday = date(2026, 11, 18);
    for (text, from) in [
        ("Friday", "2026-11-20"),
        ("this friday", "2026-11-20"),
        ("next friday", "2026-11-27"),
        ("this weekend", "2026-11-21"),
        ("next weekend", "2026-11-28"),
        ("Wednesday", "2026-11-25"),
        ("this Wednesday", "2026-11-18"),
    ] {
        assert_eq!(read(text, wednesday).map(|(from, _)| from), Some(from.to_owned()), "{text}");
    }
}

#[test]
fn the_year_and_the_month_turn() {
    let new_years_eve = date(2026, 12, 31);
    for (text, from) in [
        ("tomorrow", "2027-01-01"),
        ("next month", "2027-01-01"),
        ("1 January", "2027-01-01"),
        ("on the 30th", "2027-01-30"),
        ("31.12.", "2026-12-31"),
    ] {
        assert_eq!(read(text, new_years_eve).map(|(from, _)| from), Some(from.to_owned()), "{text}");
    }
}

#[test]
fn other_words_mean_no_day() {
    for text in [
        "hello",
        "the first one",
        "the 2nd",
        "the 3rd one",
        "10:30",
        "2pm",
        "at 10.30",
        "may I ask something",
        "what is the price",
        "for 4 people",
        "in 3 hours",
        "32.13.",
        "my number is 030/1234567",
    ] {
        assert_eq!(read(text, TODAY), None, "{text}");
    }
}
