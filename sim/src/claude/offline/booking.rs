//! Booking: the steps towards a new booking, and towards seeing, moving or cancelling one.
//!
//! Asks for one thing at a time, and for nothing that it already knows.

use serde_json::json;

use super::super::mode::ToolCall;
use super::days::{Days, WIDEST};
use super::facts::{Booking, Package, Slot};
use super::intent::Topic;
use super::memory::{Goal, Memory, Outcome};
use super::reply;
use super::steps::Step;

/// The most looks at the calendar in one turn: the wish, and around it.
const MOST_SEARCHES: usize = 2;

/// The next step towards `goal`.
pub(super) fn pursue(memory: &Memory, goal: Goal) -> Step {
    match goal {
        Goal::Book => book(memory),
        Goal::Show | Goal::Cancel | Goal::Move => change(memory, goal),
    }
}

/// What to say of a card or of its refusal, if the turn brought one.
pub(super) fn card(memory: &Memory) -> Option<Step> {
    let tools = ["book_package", "reschedule_booking", "cancel_booking"];
    let outcome = tools.iter().find_map(|tool| memory.outcome(tool))?;
    outcome.failure.is_none().then(|| Step::say(reply::card(&outcome.tool)))
}

fn book(memory: &Memory) -> Step {
    if memory.packages.is_empty() {
        return match memory.outcome("list_packages") {
            None => Step::call("list_packages", json!({})),
            Some(_) => Step::say(reply::NO_PACKAGES),
        };
    }
    let Some(package) = &memory.package else {
        return Step::say(reply::which_package(&memory.packages));
    };
    if let Some(reason) = failure(memory, "book_package") {
        return refused(memory, package, reason);
    }
    let Some(slot) = &memory.slot else {
        return find_slot(memory, package);
    };
    match (&memory.name, &memory.email) {
        (Some(name), Some(email)) if memory.is_eager => {
            let input = json!({ "slotId": slot.id, "customerName": name, "customerEmail": email });
            Step::call("book_package", input)
        }
        (Some(_), Some(_)) => Step::say(reply::shall_i(package, slot)),
        (name, email) => Step::say(reply::who(package, slot, (name.is_none(), email.is_none()))),
    }
}

/// A card was refused: says why, and what is free now.
fn refused(memory: &Memory, package: &Package, reason: &str) -> Step {
    let lower = reason.to_lowercase();
    if lower.contains("email") || lower.contains("name") {
        return Step::say(reply::failed(reason));
    }
    if memory.count("check_availability") < MOST_SEARCHES && !was_searched_since_refusal(memory) {
        return search(package, memory.wish.span(memory.now.date()));
    }
    Step::say(reply::failed_but(reason, &reply::slots(package, &memory.offers())))
}

fn was_searched_since_refusal(memory: &Memory) -> bool {
    memory.turn.last().is_some_and(|outcome| outcome.tool == "check_availability")
}

/// Looks for slots, and offers what there is.
fn find_slot(memory: &Memory, package: &Package) -> Step {
    let days = memory.wish.span(memory.now.date());
    if let Some(reason) = failure(memory, "check_availability") {
        return Step::say(reply::failed(reason));
    }
    let searches = memory.count("check_availability");
    let Some(found) = memory.search_of_package().filter(|search| search.covers(days)) else {
        return if searches < MOST_SEARCHES { search(package, days) } else { Step::say(reply::NOTHING_FREE) };
    };
    if !found.wished(&memory.wish).is_empty() {
        return Step::say(reply::offer(package, &memory.wish, &memory.offers()));
    }
    let is_day_free = found.slots.iter().any(|slot| days.hold(slot.date));
    if !is_day_free && found.days.count < WIDEST && searches < MOST_SEARCHES {
        return search(package, Days::many(days.from, WIDEST));
    }
    Step::say(reply::nothing(package, &memory.wish, (&memory.offers(), found.reason.as_deref())))
}

fn search(package: &Package, days: Days) -> Step {
    let from = days.from.to_string();
    Step::call("check_availability", json!({ "packageId": package.id, "from": from, "days": days.count }))
}

/// Seeing, moving and cancelling need a proven email first.
fn change(memory: &Memory, goal: Goal) -> Step {
    match memory.outcome("get_my_bookings") {
        None => look_up(memory, goal),
        Some(Outcome { failure: Some(_), .. }) => prove(memory),
        Some(_) if goal == Goal::Show => Step::say(reply::bookings(&memory.bookings)),
        Some(_) => match (&memory.booking, memory.open_bookings().as_slice()) {
            (_, []) => Step::say(reply::NO_BOOKINGS),
            (None, several) => Step::say(reply::which_booking(several)),
            (Some(booking), _) if goal == Goal::Cancel => cancel(memory, booking),
            (Some(booking), _) => reschedule(memory, booking),
        },
    }
}

fn look_up(memory: &Memory, goal: Goal) -> Step {
    let mut calls = vec![ToolCall { name: "get_my_bookings".to_owned(), input: json!({}) }];
    if goal == Goal::Move && memory.packages.is_empty() {
        calls.push(ToolCall { name: "list_packages".to_owned(), input: json!({}) });
    }
    Step::Call(calls)
}

/// Sends a code once to each address, and again only when asked.
fn prove(memory: &Memory) -> Step {
    match memory.outcome("verify_email") {
        Some(Outcome { failure: Some(reason), .. }) => return Step::say(reply::failed(reason)),
        Some(_) => return Step::say(reply::code_sent(memory.email.as_deref().unwrap_or_default())),
        None => {}
    }
    match &memory.email {
        None => Step::say(reply::ASK_EMAIL),
        Some(email) if memory.code_sent_to.as_ref() == Some(email) && memory.topic != Topic::Resend => {
            Step::say(reply::still_unproven(email))
        }
        Some(email) => Step::call("verify_email", json!({ "email": email })),
    }
}

fn cancel(memory: &Memory, booking: &Booking) -> Step {
    match failure(memory, "cancel_booking") {
        Some(reason) => Step::say(reply::failed(reason)),
        None => Step::call("cancel_booking", json!({ "bookingId": booking.id })),
    }
}

fn reschedule(memory: &Memory, booking: &Booking) -> Step {
    let Some(package) = &memory.package else {
        return Step::say(reply::cannot_move(booking));
    };
    if let Some(reason) = failure(memory, "reschedule_booking") {
        return refused(memory, package, reason);
    }
    if let Some(Slot { id, .. }) = &memory.slot {
        return Step::call("reschedule_booking", json!({ "bookingId": booking.id, "slotId": id }));
    }
    if memory.wish.days.is_none() && !memory.wish.is_any && memory.search_of_package().is_none() {
        return Step::say(reply::move_to_when(booking));
    }
    find_slot(memory, package)
}

fn failure<'a>(memory: &'a Memory, tool: &str) -> Option<&'a str> {
    memory.outcome(tool)?.failure.as_deref()
}
