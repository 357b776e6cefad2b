//! Reply: the assistant's sentences: warm, short, plain.
//!
//! Never says that something is booked, moved or cancelled: the card and the visitor's click do that.

use serde_json::Value;

use super::facts::{self, Booking, Package, Slot};
use super::memory::Memory;
use super::search::Wish;

pub(super) const HELLO: &str = "Hello, and welcome! I can tell you what we offer, find you a free time, and prepare your booking. What would you like to do?";
pub(super) const ABOUT: &str = "I'm an automated assistant. I can show you what we offer and what it costs, find a free time, prepare a booking, help you change or cancel one, and answer questions. If you would rather talk to a person, just say so.";
pub(super) const WELCOME: &str = "You're very welcome! Is there anything else I can do for you?";
pub(super) const BYE: &str = "Goodbye, and thank you for stopping by!";
pub(super) const NEVER_MIND: &str = "No problem, I've set that aside. Let me know if I can help with anything else.";
pub(super) const UNKNOWN: &str = "I'm afraid I did not understand that. I can show you our packages and prices, find a free time, prepare a booking, change or cancel one, or pass you on to a person. Which would you like?";
pub(super) const NOT_HERE: &str = "I'm sorry, I can't do that here. Shall I ask a person to help you?";
pub(super) const PRESS_CONFIRM: &str =
    "I can't do that for you: please check the card and press Confirm. Nothing changes before you do.";
pub(super) const NO_PACKAGES: &str =
    "I'm sorry, there is nothing to book online at the moment. Shall I ask a person to help you?";
pub(super) const NO_BOOKINGS: &str =
    "I can't find an upcoming booking for your email. If you think there should be one, I can ask a person to look.";
pub(super) const NOTHING_FREE: &str = "I'm sorry, I could not find a free time. Would another day suit you?";
pub(super) const ASK_EMAIL: &str =
    "Gladly. To keep bookings private I need to know that the email is yours: which email did you book with?";

/// A tool did not do it.
pub(super) fn failed(reason: &str) -> String {
    format!("I'm sorry, that did not work: {}", sentence(reason))
}

/// A tool did not do it, and this is what can be done instead.
pub(super) fn failed_but(reason: &str, instead: &str) -> String {
    format!("{} {instead}", failed(reason))
}

/// What to do, when nothing is going on.
pub(super) fn what_now(memory: &Memory) -> String {
    let name = memory.name.as_deref().and_then(|name| name.split(' ').next());
    match name {
        Some(name) => format!("Thank you, {name}! What would you like to book, and when?"),
        None => "Happy to help! What would you like to book, and when?".to_owned(),
    }
}

/// A person will take over.
pub(super) fn handed_over(value: &Value) -> String {
    match value["message"].as_str() {
        Some(message) => sentence(message),
        None => "I've asked a person to take over. They will answer you here.".to_owned(),
    }
}

/// The opening hours.
pub(super) fn hours(value: &Value) -> String {
    let hours = facts::hours(value);
    if hours.is_empty() {
        return "I don't have the opening hours, I'm sorry. Shall I ask a person?".to_owned();
    }
    let zone = value["timezone"].as_str().map(|zone| format!(" ({zone})")).unwrap_or_default();
    format!("These are our opening hours{zone}:\n{}", hours.join("\n"))
}

/// How to reach the business.
pub(super) fn contact(value: &Value) -> String {
    let contact = facts::contact(value);
    if contact.is_empty() {
        return "I don't have the contact details, I'm sorry. Shall I ask a person?".to_owned();
    }
    format!("This is how to reach us:\n{}", contact.join("\n"))
}

/// The rules of the business, and what its help pages say of them.
pub(super) fn policies(policies: &[String], articles: &[(String, String)]) -> String {
    if policies.is_empty() {
        return self::articles(articles);
    }
    let help = articles.first().map(|article| format!("\n\n{}", self::article(article))).unwrap_or_default();
    format!("Here are our policies:\n{}{help}", policies.join("\n"))
}

/// What the help pages say.
pub(super) fn articles(articles: &[(String, String)]) -> String {
    match articles.first() {
        Some(first) => format!("Our help pages say this. {}", article(first)),
        None => "I don't know that, I'm sorry, and I would rather not guess. Shall I ask a person?".to_owned(),
    }
}

/// The most of an article that is quoted, in characters.
const LONGEST_QUOTE_CHARS: usize = 600;

fn article((title, text): &(String, String)) -> String {
    let quote: String = text.chars().take(LONGEST_QUOTE_CHARS).collect();
    let dots = if quote == *text { "" } else { " …" };
    format!("{title}: {quote}{dots}")
}

/// What is on offer.
pub(super) fn packages(packages: &[Package]) -> String {
    match packages {
        [] => NO_PACKAGES.to_owned(),
        [only] => {
            let about =
                if only.description.is_empty() { String::new() } else { format!("{} ", sentence(&only.description)) };
            format!("{}. {about}When would you like to come?", package(only))
        }
        _ => format!("This is what we offer:\n{}\nWhich one would you like?", numbered(packages.iter().map(package))),
    }
}

/// Which of the packages it should be.
pub(super) fn which_package(packages: &[Package]) -> String {
    format!("With pleasure! Which one would you like?\n{}", numbered(packages.iter().map(package)))
}

fn package(package: &Package) -> String {
    let length = match package.minutes {
        Some(minutes) => format!(", {minutes} minutes"),
        None if package.is_whole_day => ", a whole day".to_owned(),
        None => String::new(),
    };
    let price = if package.price.is_empty() { String::new() } else { format!(": {}", package.price) };
    format!("{}{price}{length}", package.name)
}

/// The slots, without a word on whether they were wished for.
pub(super) fn slots(package: &Package, slots: &[Slot]) -> String {
    if slots.is_empty() {
        return NOTHING_FREE.to_owned();
    }
    format!(
        "These are free for {}:\n{}\nWhich one suits you?",
        package.name,
        numbered(slots.iter().map(|slot| slot.label.clone()))
    )
}

/// The slots that were wished for.
pub(super) fn offer(package: &Package, wish: &Wish, slots: &[Slot]) -> String {
    match slots {
        [only] => format!("For {} I have {}. Would that suit you?", package.name, only.label),
        _ if wish.days.is_none() => format!("Here are the next free times. {}", self::slots(package, slots)),
        _ => self::slots(package, slots),
    }
}

/// Nothing that was wished for, and what there is instead.
pub(super) fn nothing(package: &Package, wish: &Wish, found: (&[Slot], Option<&str>)) -> String {
    let (slots, reason) = found;
    let day = match wish.days {
        Some(days) if days.count == 1 => format!(" on {}", days.from.strftime("%A %-d %B")),
        _ => String::new(),
    };
    let at = if wish.times.is_some() { " at that time" } else { "" };
    let sorry = format!("I'm sorry, there is nothing free{day}{at}.");
    match (slots, reason) {
        ([], Some(reason)) => format!("{sorry} {} Would another day suit you?", sentence(reason)),
        ([], None) => format!("{sorry} Would another day suit you?"),
        _ => format!("{sorry} The nearest I have: {}", self::slots(package, slots)),
    }
}

/// Asks for what a card still needs: the name, the email, or both.
pub(super) fn who(package: &Package, slot: &Slot, lacks: (bool, bool)) -> String {
    let wanted = match lacks {
        (true, true) => "What name and email may I put on it?",
        (true, false) => "What name may I put on it?",
        _ => "Which email may I put on it?",
    };
    format!("{} is free for {}. {wanted}", slot.label, package_price(package))
}

/// Everything is known, but it was only a question.
pub(super) fn shall_i(package: &Package, slot: &Slot) -> String {
    format!("Yes, {} is free for {}. Shall I prepare it for you?", slot.label, package_price(package))
}

fn package_price(package: &Package) -> String {
    if package.price.is_empty() { package.name.clone() } else { format!("{} ({})", package.name, package.price) }
}

/// A card is there. `tool` made it.
pub(super) fn card(tool: &str) -> String {
    let what = match tool {
        "cancel_booking" => "I've prepared the cancellation.",
        "reschedule_booking" => "I've prepared the new time.",
        _ => "I've prepared it for you.",
    };
    format!("{what} Please check the card and press Confirm – nothing changes before you do.")
}

/// The visitor's bookings.
pub(super) fn bookings(bookings: &[Booking]) -> String {
    if bookings.is_empty() {
        return NO_BOOKINGS.to_owned();
    }
    format!(
        "These are your bookings:\n{}\nWould you like to change any of them?",
        numbered(bookings.iter().map(booking))
    )
}

/// Which booking is meant.
pub(super) fn which_booking(bookings: &[Booking]) -> String {
    format!("Which one do you mean?\n{}", numbered(bookings.iter().map(booking)))
}

fn booking(booking: &Booking) -> String {
    let status = booking.status.to_lowercase().replace('_', " ");
    let status = if status.is_empty() { status } else { format!(" ({status})") };
    format!("{}, {}{status}", booking.package, booking.when)
}

/// When the booking should be instead.
pub(super) fn move_to_when(booking: &Booking) -> String {
    format!("Let's find a new time for {}, now {}. Which day would suit you?", booking.package, booking.when)
}

/// The booking's package is no longer on offer.
pub(super) fn cannot_move(booking: &Booking) -> String {
    format!("I can't move {} myself, I'm sorry. Shall I ask a person to help you?", booking.package)
}

/// A code is on its way.
pub(super) fn code_sent(email: &str) -> String {
    format!("I've sent a six-digit code to {email}. Please enter it in the code box here, and then tell me to go on.")
}

/// The code has not been entered.
pub(super) fn still_unproven(email: &str) -> String {
    format!(
        "I still need to know that {email} is yours. Please enter the six-digit code from the mail in the code box here. If it did not arrive, say «resend»."
    )
}

fn numbered(items: impl Iterator<Item = String>) -> String {
    let lines: Vec<String> = items.enumerate().map(|(at, item)| format!("{}. {item}", at + 1)).collect();
    lines.join("\n")
}

/// Ends like a sentence.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', '…']) { text.to_owned() } else { format!("{text}.") }
}
