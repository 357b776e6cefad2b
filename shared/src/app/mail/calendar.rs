//! The calendar entry of a booking (RFC 5545, 5546): one entry for life, replaced and cancelled by later mails,
//! and the same one in the feed of its resource.

use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Parameter, Property};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Sender;
use super::letter::reads_as_an_address;
use super::links::mailto;
use crate::domain::address::Email;
use crate::domain::booking::{Booking, Status};
use crate::domain::mail::Attachment;
use crate::domain::package::Kind;
use crate::domain::tenant::Tenant;
use crate::domain::text::Line;

const PRODUCT: &str = "-//Frontdesk//Bookings//EN";
/// How often a calendar that follows a feed is asked to read it.
const REFRESH: &str = "PT1H";
/// The longest line, without its end.
const LINE_OCTETS: usize = 75;

/// What a calendar should do with the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// Add it, or replace an older one: the customer's.
    Request,
    /// Take it out: the customer's.
    Cancel,
    /// Show it as it is: the owner's, who needs no invitation to their own appointment.
    Publish,
}

impl Method {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
            Self::Publish => "PUBLISH",
        }
    }
}

/// The entry as a file.
///
/// It holds neither the confirmation code nor a signed link: calendars are shared with people who
/// must not be able to cancel.
pub(super) fn entry(from: &Sender<'_>, method: Method, booking: &Booking) -> Attachment {
    let tenant = from.tenant;
    let mut event = Event::new();
    event.uid(&uid(booking, from.links.host()));
    event.sequence(booking.sequence);
    event.add_property("DTSTAMP", utc(from.at));
    when(&mut event, booking, &tenant.timezone);
    event.status(status(method, booking.status));
    event.append_property(party("ORGANIZER", tenant.name.as_str(), &tenant.owner_email));
    place(&mut event, tenant);
    if method == Method::Publish {
        event.summary(&format!("{} – {}", booking.package_name, booking.customer.name));
        event.description(&format!("{} <{}>", booking.customer.name, booking.customer.email));
    } else {
        event.summary(&format!("{} – {}", booking.package_name, tenant.name));
        event.description(&format!(
            "Your booking at {}. To change or cancel it, use the links in our mail.",
            tenant.name
        ));
        let mut customer = party("ATTENDEE", booking.customer.name.as_str(), &booking.customer.email);
        for (key, value) in
            [("CUTYPE", "INDIVIDUAL"), ("ROLE", "REQ-PARTICIPANT"), ("PARTSTAT", "ACCEPTED"), ("RSVP", "FALSE")]
        {
            customer.append_parameter(Parameter::new(key, value));
        }
        event.append_multi_property(customer);
    }
    let mut calendar = Calendar::empty();
    for (key, value) in
        [("VERSION", "2.0"), ("PRODID", PRODUCT), ("CALSCALE", "GREGORIAN"), ("METHOD", method.as_str())]
    {
        calendar.append_property(Property::new(key, value));
    }
    calendar.push(event.done());
    Attachment {
        name: "booking.ics".to_owned(),
        mime: format!("text/calendar; method={}; charset=utf-8", method.as_str()),
        bytes: fold(&calendar.to_string()).into_bytes(),
    }
}

/// All of `bookings` as a calendar to follow, named after its resource.
///
/// It changes exactly when a booking in it does: entries are stamped with when they changed.
pub(crate) fn feed(tenant: &Tenant, resource: &Line<120>, host: &str, bookings: &[Booking]) -> String {
    let name = format!("{resource} – {}", tenant.name);
    let mut calendar = Calendar::empty();
    for (key, value) in [
        ("VERSION", "2.0"),
        ("PRODID", PRODUCT),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", Method::Publish.as_str()),
        ("X-PUBLISHED-TTL", REFRESH),
    ] {
        calendar.append_property(Property::new(key, value));
    }
    let mut refresh = Property::new("REFRESH-INTERVAL", REFRESH);
    refresh.append_parameter(Parameter::new("VALUE", "DURATION"));
    calendar.append_property(refresh);
    calendar.name(&name);
    if let Some(zone) = tenant.timezone.iana_name() {
        calendar.append_property(Property::new("X-WR-TIMEZONE", zone));
    }
    for booking in bookings {
        let mut event = Event::new();
        event.uid(&uid(booking, host));
        event.sequence(booking.sequence);
        event.add_property("DTSTAMP", utc(booking.updated_at));
        event.add_property("LAST-MODIFIED", utc(booking.updated_at));
        when(&mut event, booking, &tenant.timezone);
        event.status(status(Method::Publish, booking.status));
        event.summary(&format!("{} – {}", booking.package_name, booking.customer.name));
        place(&mut event, tenant);
        calendar.push(event.done());
    }
    fold(&calendar.to_string())
}

/// What names a booking's entry for life, in mails and feeds alike.
fn uid(booking: &Booking, host: &str) -> String {
    format!("{}@{host}", booking.id)
}

fn place(event: &mut Event, tenant: &Tenant) {
    if !tenant.contact.address.is_empty() {
        event.location(&tenant.contact.address.as_str().lines().collect::<Vec<_>>().join(", "));
    }
}

/// From when to when: moments in UTC, or one day, whose end is the day after.
fn when(event: &mut Event, booking: &Booking, timezone: &TimeZone) {
    match booking.kind {
        Kind::Slot => {
            event.add_property("DTSTART", utc(booking.slot.start()));
            event.add_property("DTEND", utc(booking.slot.end()));
        }
        Kind::Date => {
            let day = booking.slot.start().to_zoned(timezone.clone()).date();
            let after = day.tomorrow().unwrap_or(day);
            for (key, day) in [("DTSTART", day), ("DTEND", after)] {
                let mut property = Property::new(key, day.strftime("%Y%m%d").to_string());
                property.append_parameter(Parameter::new("VALUE", "DATE"));
                event.append_property(property);
            }
        }
    }
}

/// Folds lines anew: the crate's own folding lets a last line of 76 octets pass.
fn fold(calendar: &str) -> String {
    let mut folded = String::with_capacity(calendar.len() + 64);
    for line in calendar.replace("\r\n ", "").split_terminator("\r\n") {
        let mut octets = 0;
        for c in line.chars() {
            if LINE_OCTETS < octets + c.len_utf8() {
                folded.push_str("\r\n ");
                octets = 1;
            }
            folded.push(c);
            octets += c.len_utf8();
        }
        folded.push_str("\r\n");
    }
    folded
}

const fn status(method: Method, status: Status) -> EventStatus {
    match (method, status) {
        (Method::Cancel, _) | (_, Status::Canceled | Status::Refunded | Status::Expired) => EventStatus::Cancelled,
        (_, Status::Offered | Status::PendingPayment) => EventStatus::Tentative,
        (_, Status::Confirmed | Status::Completed | Status::NoShow) => EventStatus::Confirmed,
    }
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A person with a name. A parameter cannot hold a double quote in any way, so the name loses its.
/// A name that mailboxes would make a link of is left out.
fn party(key: &str, name: &str, email: &Email) -> Property {
    let mut property = Property::new(key, mailto(email));
    if !reads_as_an_address(name) {
        property.append_parameter(Parameter::new("CN", &name.replace('"', "'")));
    }
    property
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::app::mail::tests::{booking, brand, links, tenant};
    use crate::domain::slot::Interval;
    use crate::domain::text::Note;

    /// One line of a calendar file, read by the letter of RFC 5545 and not by the crate that wrote it.
    #[derive(Debug, PartialEq)]
    struct Property {
        name: String,
        params: Vec<(String, String)>,
        value: String,
    }

    fn read(file: &Attachment) -> Vec<Property> {
        let text = std::str::from_utf8(&file.bytes).unwrap();
        assert!(
            text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']),
            "every line ends with CRLF"
        );
        assert!(text.lines().all(|line| line.len() <= 75), "no line is longer than 75 octets");
        text.replace("\r\n ", "").lines().map(property).collect()
    }

    fn property(line: &str) -> Property {
        let mut quoted = false;
        let mut parts = vec![String::new()];
        let mut chars = line.chars();
        let value = loop {
            match chars.next().unwrap() {
                '"' => quoted = !quoted,
                ':' if !quoted => break chars.collect::<String>(),
                ';' if !quoted => parts.push(String::new()),
                c => parts.last_mut().unwrap().push(c),
            }
        };
        let name = parts.remove(0);
        let params =
            parts.iter().map(|part| part.split_once('=').unwrap()).map(|(key, value)| (key.into(), value.into()));
        Property { name, params: params.collect(), value }
    }

    fn text(value: &str) -> String {
        let mut plain = String::new();
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            assert!(c != ',' && c != ';', "a bare {c} in a text");
            plain.push(match c {
                '\\' => match chars.next().unwrap() {
                    'n' | 'N' => '\n',
                    escaped @ ('\\' | ',' | ';') => escaped,
                    other => panic!("\\{other} means nothing"),
                },
                c => c,
            });
        }
        plain
    }

    fn write(tenant: &Tenant, method: Method, booking: &Booking) -> Vec<Property> {
        let links = links();
        let from = Sender { tenant, brand: brand(), links: &links, at: "2026-11-21T10:06:00Z".parse().unwrap() };
        read(&entry(&from, method, booking))
    }

    fn value<'a>(lines: &'a [Property], name: &str) -> &'a str {
        let mut found = lines.iter().filter(|line| line.name == name);
        let value = &found.next().unwrap_or_else(|| panic!("no {name}")).value;
        assert!(found.next().is_none(), "{name} twice");
        value
    }

    #[test]
    fn an_invitation_is_read_back_as_it_was_meant() {
        let lines = write(&tenant(), Method::Request, &booking());
        for (name, expected) in [
            ("VERSION", "2.0"),
            ("METHOD", "REQUEST"),
            ("UID", &format!("{}@desk.example.test", booking().id)),
            ("SEQUENCE", "1"),
            ("DTSTAMP", "20261121T100600Z"),
            ("DTSTART", "20261123T093000Z"),
            ("DTEND", "20261123T103000Z"),
            ("STATUS", "CONFIRMED"),
            ("ORGANIZER", "mailto:owner@studio.test"),
            ("ATTENDEE", "mailto:ann@example.test"),
        ] {
            assert_eq!(value(&lines, name), expected, "{name}");
        }
        assert_eq!(text(value(&lines, "SUMMARY")), "Portrait session – Studio North");
        assert_eq!(text(value(&lines, "LOCATION")), "Hafenstraße 12, 20457 Hamburg");
        let names: Vec<&str> = lines.iter().map(|line| line.name.as_str()).collect();
        assert_eq!((names[0], names[names.len() - 1]), ("BEGIN", "END"));
    }

    #[test]
    fn a_cancellation_names_the_same_entry() {
        let cancelled = Booking { status: Status::Canceled, sequence: 2, ..booking() };
        let (before, after) =
            (write(&tenant(), Method::Request, &booking()), write(&tenant(), Method::Cancel, &cancelled));
        assert_eq!(value(&before, "UID"), value(&after, "UID"));
        assert_eq!((value(&after, "METHOD"), value(&after, "STATUS")), ("CANCEL", "CANCELLED"));
        assert_eq!((value(&before, "SEQUENCE"), value(&after, "SEQUENCE")), ("1", "2"));
    }

    #[test]
    fn the_owners_entry_invites_nobody() {
        let lines = write(&tenant(), Method::Publish, &booking());
        assert_eq!(value(&lines, "METHOD"), "PUBLISH");
        assert!(lines.iter().all(|line| line.name != "ATTENDEE"));
        assert_eq!(text(value(&lines, "DESCRIPTION")), "Ann Lee <ann@example.test>");
    }

    #[test]
    fn a_whole_day_is_a_date_in_the_businesss_own_zone_even_when_its_midnight_is_missing() {
        for (zone, start, end, first, after) in [
            ("Europe/Berlin", "2026-11-22T23:00:00Z", "2026-11-23T23:00:00Z", "20261123", "20261124"),
            ("America/Los_Angeles", "2026-12-31T08:00:00Z", "2027-01-01T08:00:00Z", "20261231", "20270101"),
            // Beirut's clocks go from 0:00 to 1:00: the day has 23 hours and begins at one.
            ("Asia/Beirut", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z", "20260329", "20260330"),
        ] {
            let mut tenant = tenant();
            tenant.timezone = TimeZone::get(zone).unwrap();
            let slot = Interval::new(start.parse().unwrap(), end.parse().unwrap()).unwrap();
            let lines = write(&tenant, Method::Request, &Booking { kind: Kind::Date, slot, ..booking() });
            assert_eq!((value(&lines, "DTSTART"), value(&lines, "DTEND")), (first, after), "{zone}");
            let start = lines.iter().find(|line| line.name == "DTSTART").unwrap();
            assert_eq!(start.params, [("VALUE".to_owned(), "DATE".to_owned())]);
        }
    }

    #[test]
    fn an_entry_holds_nothing_that_could_cancel_the_booking() {
        for method in [Method::Request, Method::Cancel, Method::Publish] {
            let links = links();
            let tenant = tenant();
            let from =
                Sender { tenant: &tenant, brand: brand(), links: &links, at: "2026-11-21T10:06:00Z".parse().unwrap() };
            let file = String::from_utf8(entry(&from, method, &booking()).bytes).unwrap().replace("\r\n ", "");
            assert!(!file.contains(booking().code.as_str()) && !file.contains("/v1/public/"));
        }
    }

    proptest! {
        #[test]
        fn no_name_or_address_breaks_out_of_its_line(
            name in "[\\PC\r\n\t]{0,100}",
            place in "[\\PC\r\n]{0,200}",
            package in "(\\PC|[,;:\"\\\\\r\n]){0,100}",
        ) {
            let (Ok(name), Ok(package)) = (Line::new(&name), Line::new(&package)) else { return Ok(()) };
            let mut tenant = tenant();
            tenant.contact.address = Note::cut(&place);
            let mut booking = booking();
            booking.customer.name = name;
            booking.package_name = package;
            let expected = format!("{} – Studio North", booking.package_name);
            let lines = write(&tenant, Method::Request, &booking);
            prop_assert_eq!(text(value(&lines, "SUMMARY")), expected);
            let attendee = lines.iter().find(|line| line.name == "ATTENDEE").unwrap();
            prop_assert_eq!(&attendee.value, "mailto:ann@example.test");
            let name = booking.customer.name.as_str();
            let shown = (!reads_as_an_address(name)).then(|| name.replace('"', "'"));
            prop_assert_eq!(attendee.params.iter().find(|(key, _)| key == "CN").map(|(_, name)| name), shown.as_ref());
            let known = ["BEGIN", "VERSION", "PRODID", "CALSCALE", "METHOD", "DESCRIPTION", "DTEND", "DTSTAMP", "DTSTART",
                "LOCATION", "ORGANIZER", "SEQUENCE", "STATUS", "SUMMARY", "UID", "ATTENDEE", "END"];
            prop_assert!(lines.iter().all(|line| known.contains(&line.name.as_str())));
        }
    }
}
