//! The mails of the waitlist: what they promise, and with which links.

use super::*;
use crate::domain::availability::Days;
use crate::domain::id::WaitId;
use crate::domain::waitlist::{Entry, Standing};

/// Ann waits for a portrait session, Monday to Wednesday.
pub(super) fn entry() -> Entry {
    Entry {
        id: WaitId::new(Ulid(0x0193_4b5a_0000_0000_0000_0000_0000_0002)),
        package: PackageId::new(Ulid(2)),
        package_name: Line::new("Portrait session").unwrap(),
        days: Days::new("2026-11-23".parse().unwrap(), "2026-11-25".parse().unwrap()).unwrap(),
        customer: booking().customer,
        customer_timezone: None,
        status: Standing::Waiting,
        joined_at: at("2026-11-21T10:05:00Z"),
        updated_at: at("2026-11-21T10:05:00Z"),
        version: 1,
    }
}

pub(super) fn write(tenant: &Tenant, entry: &Entry) -> Mail {
    let links = links();
    joined(&Sender { tenant, brand: brand(), links: &links, at: at("2026-11-21T10:06:00Z") }, entry).unwrap()
}

/// The token of the link to do `what`.
fn token<'a>(text: &'a str, what: &str) -> &'a str {
    let end = format!("/{what}");
    let url = text.lines().find(|line| line.ends_with(&end)).unwrap_or_else(|| panic!("no {what} in {text}"));
    let token = url.strip_prefix("https://desk.example.test/prod/v1/public/waitlist/").unwrap();
    token.strip_suffix(&end).unwrap()
}

#[test]
fn an_offer_can_be_taken_and_passed_by_links_of_its_own_and_nothing_else() {
    let mail = super::write(BookingMail::Offered, Reader::Customer, &offered()).unwrap();
    for purpose in [Purpose::Take, Purpose::Pass] {
        let grant = link::open(&key(), purpose, token(&mail.text, purpose.as_str()), at("2026-11-21T10:30:00Z"));
        assert_eq!(grant.unwrap().booking, booking().id);
    }
    assert_eq!(mail.text.matches("/v1/public/").count(), 2, "{}", mail.text);
    assert!(mail.attachments.is_empty() && !mail.text.contains(booking().code.as_str()));
    assert!(mail.text.contains("until Sat 21 Nov 2026, 11:36 CET"), "{}", mail.text);
}

#[test]
fn an_offer_and_a_place_in_line_are_told_on_the_customers_clock_too() {
    let lisbon = TimeZone::get("Europe/Lisbon").ok();
    let offer = Booking { customer_timezone: lisbon.clone(), ..offered() };
    let mail = super::write(BookingMail::Offered, Reader::Customer, &offer).unwrap();
    for said in [
        "until Sat 21 Nov 2026, 11:36 CET (Sat 21 Nov 2026, 10:36 WET for you)",
        "10:30–11:30 CET (Berlin time)",
        "Your time     Monday, 23 November 2026\n              09:30–10:30 WET (Lisbon time)",
    ] {
        assert!(mail.text.contains(said), "{said}: {}", mail.text);
    }
    let at_home = Entry { customer_timezone: Some(tenant().timezone), ..entry() };
    assert!(!write(&tenant(), &at_home).text.contains("Berlin time"));
    let away = Entry { customer_timezone: lisbon, ..entry() };
    assert!(write(&tenant(), &away).text.contains("Mon 23 Nov – Wed 25 Nov 2026 (Berlin time)"));
}

#[test]
fn who_waits_can_leave_until_their_last_day_is_over() {
    let mail = write(&tenant(), &entry());
    let leave = token(&mail.text, "leave");
    // Berlin's Wednesday ends an hour before that of Greenwich.
    for (now, opens) in [("2026-11-25T22:59:59Z", true), ("2026-11-25T23:00:00Z", false)] {
        assert_eq!(link::open(&key(), Purpose::Leave, leave, at(now)).is_ok(), opens, "{now}");
    }
    assert_eq!(mail.subject.as_str(), "You are on the waitlist: Portrait session, Mon 23 Nov – Wed 25 Nov 2026");
}

#[test]
fn a_name_that_reads_as_an_address_is_mailed_to_nobody() {
    let mut entry = entry();
    entry.customer.name = Line::new("Win at evil.test").unwrap();
    let mail = write(&tenant(), &entry);
    assert!(!mail.text.contains("evil") && !mail.html.contains("evil") && !mail.subject.as_str().contains("evil"));
}
