//! What the mails say of money: what is paid when, what is kept, and what goes back.

use std::time::Duration;

use super::*;
use crate::app::mail::letter::Look;

/// `about` with a grant of 20 euros.
pub(super) fn granted(about: Booking) -> Booking {
    let grant = Grant { key: Line::new("a").unwrap(), amount: euros(2_000), at: about.updated_at };
    Booking { grants: vec![grant], ..about }
}

/// The rows that a mail is about, by their first lines.
fn leads(html: &str) -> Vec<&str> {
    let cells = html.split(Look::Lead.style()).skip(1);
    cells.filter_map(|cell| cell.split_once('>')?.1.split('<').next()).collect()
}

#[test]
fn a_deposit_is_told_with_what_is_left_for_the_visit() {
    let with_deposit = |about| Booking { due: euros(3_600), ..about };
    let text = |kind, about: &Booking| write(kind, Reader::Customer, about).unwrap().text;
    let asked = text(BookingMail::Received, &with_deposit(unpaid()));
    for said in ["as soon as the deposit of €36.00 is paid", "€36.00 deposit, to be paid", "€84.00 at the visit"]
    {
        assert!(asked.contains(said), "{said}: {asked}");
    }
    let paid = text(BookingMail::Confirmed, &with_deposit(booking()));
    for said in ["€120.00", "€36.00 deposit, paid", "€84.00 at the visit", "the deposit (€36.00) is kept"] {
        assert!(paid.contains(said), "{said}: {paid}");
    }
    let off = Booking { fee: euros(3_600), ..with_deposit(with_status(Status::Canceled)) };
    let told = text(BookingMail::Cancelled, &off);
    assert!(told.contains("€36.00 is kept, so nothing of your payment goes back") && !told.contains("at the visit"));
    let refunded = text(BookingMail::Refunded, &with_deposit(with_status(Status::Refunded)));
    assert!(refunded.contains("We have refunded €36.00"), "{refunded}");
}

#[test]
fn a_mail_about_a_cancellation_says_what_is_kept_and_what_goes_back() {
    let told = |fee| {
        let off = Booking { fee: euros(fee), ..with_status(Status::Canceled) };
        (
            write(BookingMail::Cancelled, Reader::Customer, &off).unwrap().text,
            write(BookingMail::Cancelled, Reader::Owner, &off).unwrap().text,
        )
    };
    assert!(told(0).0.contains("€120.00 goes back to the card"));
    let (customer, owner) = told(6_000);
    assert!(customer.contains("€60.00 is kept. €60.00 goes back to the card"), "{customer}");
    assert!(owner.contains("€60.00, kept") && owner.contains("Goes back     €60.00"), "{owner}");
    assert!(told(12_000).0.contains("nothing of your payment goes back"));
    let mut disputed = with_status(Status::Canceled);
    let payment = Payment { is_disputed: true, ..Payment::default() };
    disputed.facts.payments.insert("pi_1".into(), payment);
    let text = write(BookingMail::Cancelled, Reader::Customer, &disputed).unwrap().text;
    assert!(text.contains("Your bank decides") && !text.contains("goes back"), "{text}");
}

#[test]
fn the_terms_name_the_moment_and_the_fee() {
    let terms = |free_until: u64, percent: u8| {
        let mut tenant = tenant();
        tenant.policies.free_until = Duration::from_hours(free_until);
        tenant.policies.late_fee_percent = percent;
        let about = Booking { cancellation: tenant.policies.cancellation(), ..booking() };
        write(BookingMail::Confirmed, Reader::Customer, &about).unwrap().text
    };
    assert!(
        terms(24, 50)
            .contains("is free until Sun 22 Nov 2026, 10:30 CET. After that, 50% of the price (€60.00) is kept.")
    );
    assert!(terms(72, 30).contains("now costs 30% of the price (€36.00)."));
    assert!(terms(24, 0).contains("is free of charge."));
    assert!(terms(u64::MAX / 3600, 100).contains("now costs 100% of the price (€120.00)."));
}

#[test]
fn a_grant_is_told_by_itself_and_never_twice_with_what_the_end_brings_back() {
    let stands = write(BookingMail::Granted(1), Reader::Customer, &granted(booking())).unwrap();
    for said in ["€20.00 goes back to the card", "Your booking stands as it is."] {
        assert!(stands.text.contains(said), "{said}: {}", stands.text);
    }
    assert!(stands.attachments.is_empty(), "no calendar has to hear of it");
    assert_eq!(leads(&stands.html), ["€20.00"], "the money is what it is about");
    let ended = granted(with_status(Status::Canceled));
    let late = write(BookingMail::Granted(1), Reader::Customer, &ended).unwrap();
    assert_eq!(leads(&late.html), ["€20.00"], "what the end brings back has a mail of its own");
    assert!(late.html.contains("<s>Monday, 23 November 2026</s>"), "{}", late.html);
    assert!(write(BookingMail::Granted(2), Reader::Customer, &granted(booking())).is_none(), "there is no second one");
    let off = Booking { fee: euros(6_000), ..granted(with_status(Status::Canceled)) };
    let told = write(BookingMail::Cancelled, Reader::Customer, &off).unwrap().text;
    assert!(told.contains("€60.00 is kept. €40.00 goes back to the card"), "{told}");
    let told = write(BookingMail::Cancelled, Reader::Owner, &off).unwrap().text;
    assert!(told.contains("Goes back     €40.00"), "{told}");
}

#[test]
fn who_missed_a_booking_hears_what_is_kept_and_what_goes_back() {
    let missed = Booking { fee: euros(3_000), ..with_status(Status::NoShow) };
    let mail = write(BookingMail::Missed, Reader::Customer, &missed).unwrap();
    assert!(mail.text.contains("€30.00 is kept. €90.00 goes back to the card"), "{}", mail.text);
    assert!(mail.attachments.is_empty());
    assert_eq!(leads(&mail.html), ["€90.00"]);
    assert!(mail.html.contains("€30.00 is kept. €90.00 goes back"), "{}", mail.html);
}
