//! What the owner is told of a booking.

use super::Sender;
use super::booking::{BookingMail, Reader, code, facts, price, settled, short, standing};
use super::letter::{Letter, Pill, Row, Tone};
use crate::domain::booking::{Booking, Status};
use crate::domain::clocks::Clocks;
use crate::domain::payment::{Concern, Difference};

/// The owner's notice.
pub(super) fn letter(from: &Sender<'_>, kind: BookingMail, booking: &Booking) -> Letter {
    let customer = &booking.customer;
    let (pill, word, title, lead) = words(kind);
    let subject = format!("{word}: {} ({})", short(from, booking), customer.name);
    let mut letter = Letter::headed(pill, subject, title);
    letter.preheader = format!("{} · {}", customer.name, booking.price);
    if kind == BookingMail::Flagged {
        letter.paragraphs.push(concerns(booking));
    }
    if let BookingMail::Differs(difference) = kind {
        letter.paragraphs.push(differs(difference).to_owned());
    }
    letter.paragraphs.push(lead.to_owned());
    if let (BookingMail::Received, Some(until)) = (kind, booking.hold_until) {
        let until = Clocks::of_business(&from.tenant.timezone).moment(until);
        letter.paragraphs.push(format!("The place is held until {until} and then released by itself."));
    }
    letter.rows = facts(from, kind, Reader::Owner, booking);
    letter.rows.push(Row::line("Customer", customer.name.as_str()));
    letter.rows.push(Row::line("Email", customer.email.as_str()));
    letter.rows.push(price(booking));
    letter.rows.extend(settled(booking));
    letter.rows.extend([Row::line("Status", status(booking.status)), code(booking)]);
    letter.quote = booking.notes.as_str().lines().map(str::to_owned).collect();
    letter.small.push(format!("Booking {}", booking.id));
    letter
}

const fn words(kind: BookingMail) -> (Pill, &'static str, &'static str, &'static str) {
    match kind {
        BookingMail::Offered => (
            Pill { word: "Offered", tone: Tone::Wait },
            "Offered to the waitlist",
            "A place that came free is offered",
            "You need not do anything: you get another notice as soon as it is booked.",
        ),
        BookingMail::Received => (
            Pill { word: "Awaiting payment", tone: Tone::Wait },
            "New booking, not yet paid",
            "A new booking waits for its payment",
            "You need not do anything: you get another notice as soon as it is paid.",
        ),
        BookingMail::Confirmed => (
            Pill { word: "Confirmed", tone: Tone::Good },
            "New booking",
            "You have a new booking",
            "The customer has the confirmation. The attached file adds it to your calendar.",
        ),
        BookingMail::Changed => (
            Pill { word: "New time", tone: Tone::Info },
            "Booking moved",
            "A booking has a new time",
            "The customer has been told. The attached file replaces the entry in your calendar.",
        ),
        BookingMail::Reminder => (
            Pill { word: "Reminder", tone: Tone::Info },
            "Reminder",
            "A booking is near",
            "The customer has been reminded.",
        ),
        BookingMail::Cancelled => (
            Pill { word: "Cancelled", tone: Tone::Stop },
            "Booking cancelled",
            "A booking was cancelled",
            "The time is free again. The attached file marks it in your calendar.",
        ),
        BookingMail::Granted(_) => {
            (Pill { word: "Refund", tone: Tone::Info }, "Refund", "You gave a refund", "The customer has been told.")
        }
        BookingMail::Missed => (
            Pill { word: "Missed", tone: Tone::Calm },
            "Booking missed",
            "A customer did not come",
            "The customer has been told what is kept and what goes back.",
        ),
        BookingMail::Refunded => (
            Pill { word: "Refunded", tone: Tone::Info },
            "Booking refunded",
            "A payment was refunded",
            "All that was paid goes back to the customer.",
        ),
        BookingMail::Disputed => (
            Pill { word: "Disputed", tone: Tone::Stop },
            "Payment disputed",
            "A customer's bank disputes a payment",
            "Answer the dispute in your Stripe dashboard before its deadline: one that is not answered is lost. The booking is left as it is.",
        ),
        BookingMail::Flagged => (
            Pill { word: "Needs you", tone: Tone::Stop },
            "Please check a payment",
            "A payment does not fit its booking",
            "Nothing was decided by itself: please compare the booking with your Stripe dashboard, then keep the payment or refund it.",
        ),
        BookingMail::Overlaps => (
            Pill { word: "Needs you", tone: Tone::Stop },
            "Booking and calendar overlap",
            "Your calendar is busy during a booking",
            "A calendar that you import has an entry in the time of this booking. Nothing was changed by itself: please move one of them. Until then no other booking is taken there.",
        ),
        BookingMail::Differs(_) => (
            Pill { word: "Needs you", tone: Tone::Stop },
            "Please compare a payment",
            "Stripe and a booking do not agree",
            "We compare every payment and refund with Stripe some days later. Nothing was changed by itself: please compare this booking with your Stripe dashboard and put right what is wrong.",
        ),
    }
}

/// What does not fit, as far as it still does not.
fn concerns(booking: &Booking) -> String {
    let sentences: Vec<&str> = booking
        .facts
        .concerns(booking.due)
        .iter()
        .map(|concern| match concern {
            Concern::WrongAmount => "The amount paid is not what was due.",
            Concern::WrongCurrency => "It was paid in another currency.",
            Concern::PaidTwice => "It was paid more than once.",
            Concern::Disputed => "The customer's bank disputes a payment.",
            Concern::ForeignAccount => "Another Stripe account reported a payment for it.",
            Concern::ForeignMode => "A test payment was reported where real money is taken, or the reverse.",
        })
        .collect();
    if sentences.is_empty() { "What Stripe reports does not fit this booking.".to_owned() } else { sentences.join(" ") }
}

/// What Stripe and the booking do not tell alike.
const fn differs(difference: Difference) -> &'static str {
    match difference {
        Difference::UnknownBooking => "Stripe took a payment for a booking that we do not know.",
        Difference::UntoldPayment => "Stripe took a payment of which this booking was never told.",
        Difference::UnmadePayment => "This booking counts as paid, and Stripe says that its checkout took nothing.",
        Difference::OtherAmount => "Stripe took another amount than this booking was told of.",
        Difference::OtherRefund => {
            "Stripe says that another sum went back than this booking knows of. A refund may have failed at the customer's bank."
        }
        Difference::RefundOverdue => "Money that is due back to the customer has not been refunded yet.",
        Difference::Unreadable => "What Stripe says of the checkout of this booking could not be read.",
    }
}

/// The present state, in the words of the mails.
const fn status(status: Status) -> &'static str {
    standing(status).word
}
