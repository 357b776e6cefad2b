//! What a customer is told of a booking.

use super::Sender;
use super::booking::{BookingMail, Reader, action, code, facts, price, refund, settled, short, standing};
use super::letter::{Letter, Look, Pill, Row, Tone, reads_as_an_address};
use crate::app::terms::Terms;
use crate::domain::booking::{Booking, Grant, Status};
use crate::domain::link::Purpose;
use crate::domain::money::Money;

/// Where money goes back to, and when it is there.
const HOW_BACK: &str = "to the card or account you paid with. Banks usually take 5 to 10 days to show it.";

/// The customer's letter; none for what lies between the business, the bank and Stripe.
pub(super) fn letter(from: &Sender<'_>, kind: BookingMail, booking: &Booking) -> Option<Letter> {
    let mut letter = match kind {
        BookingMail::Offered => offered(from, booking),
        BookingMail::Received => received(from, booking),
        BookingMail::Confirmed => confirmed(from, booking),
        BookingMail::Changed => changed(from, booking),
        BookingMail::Reminder => reminder(from, booking),
        BookingMail::Cancelled => cancelled(from, booking),
        BookingMail::Refunded => refunded(from, booking),
        BookingMail::Granted(grant) => granted(from, booking, grant)?,
        BookingMail::Missed => missed(from, booking),
        BookingMail::Disputed | BookingMail::Flagged | BookingMail::Differs(_) | BookingMail::Overlaps => return None,
    };
    letter.preheader = preheader(from, kind, booking);
    letter.rows = facts(from, kind, Reader::Customer, booking);
    if !from.tenant.contact.address.is_empty() {
        let lines = from.tenant.contact.address.as_str().lines().map(str::to_owned).collect();
        letter.rows.push(Row { label: "Where", lines, look: Look::Plain });
    }
    letter.rows.push(price(booking));
    match kind {
        // What the end of the booking brings back has a mail of its own.
        BookingMail::Granted(number) => {
            letter.rows.extend(find_grant(booking, number).map(|grant| refund(grant.amount)));
        }
        _ => letter.rows.extend(settled(booking)),
    }
    if booking.status == Status::Offered {
        letter.button = action(from, Purpose::Take, "Take this place", booking);
        letter.actions.extend(action(from, Purpose::Pass, "Let it pass", booking));
        letter.small.extend(Terms::of(booking).cancelling(&booking.clocks(&from.tenant.timezone), from.at));
        return Some(letter);
    }
    letter.rows.push(code(booking));
    if booking.status.is_open() {
        letter.button = action(from, Purpose::Pay, "Pay now", booking);
        letter.actions.extend(action(from, Purpose::Reschedule, "Change the time", booking));
        letter.actions.extend(action(from, Purpose::Cancel, "Cancel the booking", booking));
        letter.small.extend(terms(from, booking));
    }
    Some(letter)
}

fn offered(from: &Sender<'_>, booking: &Booking) -> Letter {
    let subject = format!("A place came free: {}", short(from, booking));
    let mut letter = Letter::headed(standing(booking.status), subject, "A place came free");
    let clocks = booking.clocks(&from.tenant.timezone);
    let until = booking.hold_until.map(|until| clocks.moment(until)).unwrap_or_default();
    letter.paragraphs = vec![
        hello(booking),
        format!(
            "You are the next on the waitlist, and this place is held for you until {until}. If you do not take it by then, it goes to the next in line, and you leave the list."
        ),
    ];
    if !booking.due.is_free() {
        letter.paragraphs.push(format!("Taking it leads you to the payment of {}.", due(booking)));
    }
    letter
}

fn received(from: &Sender<'_>, booking: &Booking) -> Letter {
    let pill = standing(booking.status);
    if booking.status == Status::PendingPayment {
        let subject = format!("Please pay to keep your booking: {}", short(from, booking));
        let mut letter = Letter::headed(pill, subject, "One step left");
        letter.paragraphs = vec![hello(booking), hold(from, booking)];
        letter.small.push("If it is not paid by then, your place goes back to others and nothing is charged.".into());
        return letter;
    }
    let mut letter =
        Letter::headed(pill, format!("We received your booking: {}", short(from, booking)), "We received your booking");
    letter.paragraphs =
        vec![hello(booking), later(booking).unwrap_or("Everything is settled: there is nothing left to do.").into()];
    letter
}

fn confirmed(from: &Sender<'_>, booking: &Booking) -> Letter {
    let subject = format!("Confirmed: {}", short(from, booking));
    let mut letter = match later(booking) {
        Some(since) => {
            let mut letter = Letter::headed(standing(booking.status), subject, "Your booking was confirmed");
            letter.paragraphs = vec![hello(booking), since.into()];
            letter
        }
        None => {
            let mut letter = Letter::headed(Pill { word: "Confirmed", tone: Tone::Good }, subject, "You are booked");
            letter.paragraphs = vec![
                hello(booking),
                "We look forward to seeing you. Open the attached file to add it to your calendar.".into(),
            ];
            letter
        }
    };
    letter.paragraphs.retain(|paragraph| !paragraph.is_empty());
    letter
}

fn changed(from: &Sender<'_>, booking: &Booking) -> Letter {
    let subject = format!("New time: {}", short(from, booking));
    let since = later(booking);
    let pill = if since.is_some() { standing(booking.status) } else { Pill { word: "New time", tone: Tone::Info } };
    let title = match since {
        Some(_) => "Your booking was moved".to_owned(),
        None => format!("Moved to {}", at(from, booking)),
    };
    let mut letter = Letter::headed(pill, subject, &title);
    let news = "Your booking has a new time. The attached file replaces the entry in your calendar.";
    letter.paragraphs = vec![hello(booking), since.unwrap_or(news).into()];
    if booking.status == Status::PendingPayment {
        letter.paragraphs.push(hold(from, booking));
    }
    letter
}

fn reminder(from: &Sender<'_>, booking: &Booking) -> Letter {
    let subject = format!("Reminder: {}", short(from, booking));
    let title = format!("See you on {}", at(from, booking));
    let mut letter = Letter::headed(Pill { word: "Reminder", tone: Tone::Info }, subject, &title);
    letter.paragraphs = vec![
        hello(booking),
        "This is a reminder of your booking. If you cannot come, please change or cancel it with the links below."
            .into(),
    ];
    letter
}

fn cancelled(from: &Sender<'_>, booking: &Booking) -> Letter {
    let subject = format!("Cancelled: {}", short(from, booking));
    let mut letter = Letter::headed(Pill { word: "Cancelled", tone: Tone::Stop }, subject, "Your booking is cancelled");
    letter.paragraphs = vec![
        hello(booking),
        "Your place has been released. The attached file takes the entry out of your calendar.".into(),
    ];
    letter.paragraphs.extend(money_back(booking));
    letter
}

fn refunded(from: &Sender<'_>, booking: &Booking) -> Letter {
    let subject = format!("Refunded: {}", short(from, booking));
    let mut letter =
        Letter::headed(Pill { word: "Refunded", tone: Tone::Info }, subject, "Your money is on its way back");
    letter.paragraphs = vec![
        hello(booking),
        format!(
            "We have refunded {} to the card or account you paid with. Banks usually take 5 to 10 days to show it.",
            booking.due
        ),
    ];
    if !booking.status.holds_slot() {
        letter.paragraphs.push("The booking itself no longer stands.".into());
    }
    letter
}

/// None for a grant that the booking does not have.
fn granted(from: &Sender<'_>, booking: &Booking, number: u32) -> Option<Letter> {
    let grant = find_grant(booking, number)?;
    let subject = format!("Refund: {}", short(from, booking));
    let pill = Pill { word: "Refund", tone: Tone::Info };
    let mut letter = Letter::headed(pill, subject, "A refund is on its way to you");
    letter.paragraphs = vec![hello(booking), goes_back(grant.amount)];
    match later(booking) {
        Some(since) => letter.paragraphs.push(since.into()),
        None if booking.status.is_open() => letter.paragraphs.push("Your booking stands as it is.".into()),
        None => {}
    }
    Some(letter)
}

fn missed(from: &Sender<'_>, booking: &Booking) -> Letter {
    let subject = format!("Missed: {}", short(from, booking));
    let pill = Pill { word: "Missed", tone: Tone::Calm };
    let mut letter = Letter::headed(pill, subject, "We missed you");
    letter.paragraphs = vec![hello(booking), "You did not come to your booking.".into()];
    letter.paragraphs.extend(money_back(booking));
    letter
}

/// What a mailbox shows beside the subject: in a mail about money that goes back, how much.
fn preheader(from: &Sender<'_>, kind: BookingMail, booking: &Booking) -> String {
    let back = match kind {
        BookingMail::Cancelled | BookingMail::Missed => money_back(booking),
        BookingMail::Granted(number) => find_grant(booking, number).map(|grant| goes_back(grant.amount)),
        _ => None,
    };
    back.unwrap_or_else(|| match booking.status {
        // Nobody needs the code of what they have not taken.
        Status::Offered => short(from, booking),
        _ => format!("{} · code {}", short(from, booking), booking.code),
    })
}

/// The grant of this number, from 1.
fn find_grant(booking: &Booking, number: u32) -> Option<&Grant> {
    booking.grants.get(usize::try_from(number).ok()?.checked_sub(1)?)
}

/// When it is, in a heading.
fn at(from: &Sender<'_>, booking: &Booking) -> String {
    booking.clocks(&from.tenant.timezone).heading(booking.kind, booking.slot.start())
}

/// The greeting.
fn hello(booking: &Booking) -> String {
    let name = &booking.customer.name;
    if reads_as_an_address(name.as_str()) { "Hello,".to_owned() } else { format!("Hello {name},") }
}

/// Until when the place is held.
fn hold(from: &Sender<'_>, booking: &Booking) -> String {
    match booking.hold_until {
        Some(until) => {
            let until = booking.clocks(&from.tenant.timezone).moment(until);
            format!("We are holding your place until {until}. It is yours as soon as {} is paid.", due(booking))
        }
        None => format!("We are holding your place. It is yours as soon as {} is paid.", due(booking)),
    }
}

/// What is to be paid now.
fn due(booking: &Booking) -> String {
    match booking.has_deposit() {
        true => format!("the deposit of {}", booking.due),
        false => booking.due.to_string(),
    }
}

/// What has happened to the booking since, if it no longer stands.
const fn later(booking: &Booking) -> Option<&'static str> {
    match booking.status {
        Status::Canceled => Some("The booking has since been cancelled."),
        Status::Refunded => Some("The booking has since been cancelled and the payment refunded."),
        Status::Expired => Some("The booking was not paid in time, and your place has been released."),
        Status::Offered | Status::PendingPayment | Status::Confirmed | Status::Completed | Status::NoShow => None,
    }
}

/// What cancelling or moving costs from when on.
fn terms(from: &Sender<'_>, booking: &Booking) -> Vec<String> {
    if booking.status != Status::Confirmed || booking.slot.start() <= from.at {
        return Vec::new();
    }
    let terms = Terms::of(booking);
    let said = terms.cancelling(&booking.clocks(&from.tenant.timezone), from.at).into_iter();
    said.chain(terms.moving().map(str::to_owned)).collect()
}

/// That so much goes back.
fn goes_back(back: Money) -> String {
    format!("{back} goes back {HOW_BACK}")
}

/// What comes back of the payment of a booking that was called off.
fn money_back(booking: &Booking) -> Option<String> {
    booking.paid_at?;
    if booking.facts.is_disputed() {
        return Some("Your bank decides about your payment, since it is disputed there.".to_owned());
    }
    let (fee, back) = (booking.fee, booking.returns());
    Some(match (fee.is_free(), back.is_free()) {
        (true, true) => return None,
        (true, false) => goes_back(back),
        (false, true) => format!("By the terms of your booking, {fee} is kept, so nothing of your payment goes back."),
        (false, false) => format!("By the terms of your booking, {fee} is kept. {}", goes_back(back)),
    })
}
