//! Mails about a booking: which event is told to whom, and what they have in common.

use super::calendar::{self, Method};
use super::letter::{Action, Envelope, Letter, Look, Pill, Row, Tone};
use super::{MailError, Sender, customer, owner};
use crate::domain::booking::{Booking, Status};
use crate::domain::clocks::Clocks;
use crate::domain::link::Purpose;
use crate::domain::mail::{Attachment, Mail};
use crate::domain::money::Money;
use crate::domain::payment::Difference;

/// What a mail about a booking tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BookingMail {
    /// It is offered to the first on the waitlist.
    Offered,
    /// It was made and waits for its payment.
    Received,
    /// It stands.
    Confirmed,
    /// It has another time.
    Changed,
    /// It is near.
    Reminder,
    /// It was called off.
    Cancelled,
    /// The whole payment was given back.
    Refunded,
    /// The business gives a part of the payment back of its own accord: its grant of this number, from 1.
    Granted(u32),
    /// The customer did not come, and a part of the payment goes back.
    Missed,
    /// The customer's bank disputes the payment.
    Disputed,
    /// A payment does not fit it.
    Flagged,
    /// Stripe tells something else of its money.
    Differs(Difference),
    /// The owner's own calendar is busy while it stands.
    Overlaps,
}

/// Who reads a mail about a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reader {
    /// The customer who booked.
    Customer,
    /// The business.
    Owner,
}

/// Writes to `reader` what happened to `booking`; none when it does not concern that reader.
///
/// The mail tells of the event but never promises what the booking's present state no longer holds:
/// late news of a booking that has since been called off says so, and carries neither links nor a
/// calendar entry.
///
/// # Errors
///
/// [`MailError`], a bug.
pub fn booking(
    from: &Sender<'_>,
    kind: BookingMail,
    reader: Reader,
    booking: &Booking,
) -> Result<Option<Mail>, MailError> {
    let business = &from.tenant.name;
    let (letter, envelope) = match reader {
        Reader::Customer => {
            let Some(letter) = customer::letter(from, kind, booking) else {
                return Ok(None);
            };
            let why = format!(
                "You get this mail because this address was given for a booking at {business}. Questions? Just reply."
            );
            (letter, Envelope { to: &booking.customer.email, reply_to: &from.tenant.owner_email, why })
        }
        // An offer and a hold that is not paid are no booking yet: the owner is told once it stands. Reminders are for
        // those who have one appointment, not many, and what the business itself did is no news to it.
        Reader::Owner
            if matches!(
                kind,
                BookingMail::Offered
                    | BookingMail::Received
                    | BookingMail::Reminder
                    | BookingMail::Granted(_)
                    | BookingMail::Missed
            ) =>
        {
            return Ok(None);
        }
        Reader::Owner => {
            let why = format!("You get this notice because you run {business}. Your reply goes to the customer.");
            let letter = owner::letter(from, kind, booking);
            (letter, Envelope { to: &from.tenant.owner_email, reply_to: &booking.customer.email, why })
        }
    };
    letter.write(from, &envelope, entry(from, kind, reader, booking)).map(Some)
}

/// The calendar entry that belongs to such a mail.
fn entry(from: &Sender<'_>, kind: BookingMail, reader: Reader, booking: &Booking) -> Vec<Attachment> {
    let method = match (kind, reader) {
        (BookingMail::Cancelled, _) => withdrawal(reader),
        // Money that went back by Stripe alone has ended the booking without another mail.
        (BookingMail::Refunded, _) if !booking.status.holds_slot() && from.at < booking.slot.end() => {
            withdrawal(reader)
        }
        (BookingMail::Confirmed | BookingMail::Changed | BookingMail::Reminder, _) if booking.status.holds_slot() => {
            match reader {
                Reader::Customer => Method::Request,
                Reader::Owner => Method::Publish,
            }
        }
        _ => return Vec::new(),
    };
    vec![calendar::entry(from, method, booking)]
}

/// How an entry is taken back: out of the customer's calendar, and marked in the owner's.
const fn withdrawal(reader: Reader) -> Method {
    match reader {
        Reader::Customer => Method::Cancel,
        Reader::Owner => Method::Publish,
    }
}

/// What was booked and when it is, on the business's clock and the customer's, and when it was to be before a
/// move that is being told.
pub(super) fn facts(from: &Sender<'_>, kind: BookingMail, reader: Reader, booking: &Booking) -> Vec<Row> {
    let own = booking.clocks(&from.tenant.timezone);
    let (clocks, whose) = match reader {
        Reader::Customer => (own, "Your time"),
        Reader::Owner => (Clocks::of_business(&from.tenant.timezone), "Their time"),
    };
    let is_of_money =
        matches!(kind, BookingMail::Cancelled | BookingMail::Refunded | BookingMail::Granted(_) | BookingMail::Missed);
    let is_off = is_of_money && !booking.status.holds_slot();
    let before = booking.moved_from.filter(|_| kind == BookingMail::Changed && booking.status.holds_slot());
    let (label, look) = match before {
        Some(_) => ("New time", Look::Lead),
        None if is_off => ("When", Look::Gone),
        // There, the money leads.
        None if is_of_money => ("When", Look::Plain),
        None => ("When", Look::Lead),
    };
    let mut rows = vec![
        Row::line("Booking", booking.package_name.as_str()),
        Row { label, lines: clocks.lines(booking.kind, &booking.slot), look },
    ];
    let own = own.own_lines(&booking.slot).filter(|_| !is_off);
    rows.extend(own.map(|lines| Row { label: whose, lines, look: Look::Plain }));
    let before = before.map(|slot| clocks.lines(booking.kind, &slot));
    rows.extend(before.map(|lines| Row { label: "Before", lines, look: Look::Gone }));
    rows
}

/// What it costs, and how much of that is settled.
pub(super) fn price(booking: &Booking) -> Row {
    let (price, due) = (booking.price, booking.due);
    let what = if booking.has_deposit() { format!("{due} deposit") } else { due.to_string() };
    let settled = match booking.status {
        _ if price.is_free() => "free of charge".to_owned(),
        _ if booking.paid_at.is_some() => format!("{what}, paid"),
        Status::Offered | Status::PendingPayment => format!("{what}, to be paid"),
        _ => what,
    };
    if !booking.has_deposit() {
        return Row::line("Price", settled);
    }
    let mut lines = vec![price.to_string(), settled];
    if booking.status.holds_slot() {
        lines.push(format!("{} at the visit", booking.due_at_visit()));
    }
    Row { label: "Price", lines, look: Look::Plain }
}

/// What was decided about the payment of a booking that ended: what is kept, and what goes back.
pub(super) fn settled(booking: &Booking) -> Vec<Row> {
    let is_over = matches!(booking.status, Status::Canceled | Status::NoShow | Status::Refunded);
    if !is_over || booking.paid_at.is_none() {
        return Vec::new();
    }
    let back = booking.returns();
    let mut rows = Vec::new();
    if !booking.fee.is_free() {
        rows.push(Row::line("Fee", format!("{}, kept", booking.fee)));
    }
    // What is disputed, a bank decides.
    if !booking.facts.is_disputed() {
        let back = if back.is_free() { "nothing".to_owned() } else { back.to_string() };
        let label = if booking.status == Status::Refunded { "Refunded" } else { "Goes back" };
        rows.push(Row { label, lines: vec![back], look: Look::Lead });
    }
    rows
}

/// What the business gives back of its own accord.
pub(super) fn refund(amount: Money) -> Row {
    Row { label: "Goes back", lines: vec![amount.to_string()], look: Look::Lead }
}

/// The code that the customer is given.
pub(super) fn code(booking: &Booking) -> Row {
    Row { label: "Code", lines: vec![booking.code.to_string()], look: Look::Code }
}

/// The present state.
pub(super) const fn standing(status: Status) -> Pill {
    match status {
        Status::Offered => Pill { word: "Offered", tone: Tone::Wait },
        Status::PendingPayment => Pill { word: "Awaiting payment", tone: Tone::Wait },
        Status::Confirmed => Pill { word: "Confirmed", tone: Tone::Good },
        Status::Completed => Pill { word: "Completed", tone: Tone::Calm },
        Status::NoShow => Pill { word: "Missed", tone: Tone::Calm },
        Status::Canceled => Pill { word: "Cancelled", tone: Tone::Stop },
        Status::Refunded => Pill { word: "Refunded", tone: Tone::Info },
        Status::Expired => Pill { word: "Released", tone: Tone::Calm },
    }
}

/// A link that does `purpose`, while that makes sense.
pub(super) fn action(from: &Sender<'_>, purpose: Purpose, label: &'static str, booking: &Booking) -> Option<Action> {
    let url = from.links.find(purpose, from.tenant.id, booking, from.at)?;
    Some(Action { label, url })
}

/// The booking in a subject: `Portrait session, Mon 23 Nov 2026, 10:30`.
pub(super) fn short(from: &Sender<'_>, booking: &Booking) -> String {
    format!("{}, {}", booking.package_name, booking.when(&from.tenant.timezone))
}

impl Letter {
    /// A letter with nothing but its head.
    pub(super) fn headed(pill: Pill, subject: String, title: &str) -> Self {
        Self {
            subject,
            preheader: String::new(),
            pill,
            title: title.to_owned(),
            paragraphs: Vec::new(),
            button: None,
            rows: Vec::new(),
            quote: Vec::new(),
            actions: Vec::new(),
            small: Vec::new(),
        }
    }
}
