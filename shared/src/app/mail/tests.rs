//! Every mail says what it should, to whom it should, and nothing that a stranger put in.

mod calendars;
mod money;
mod places;
mod strangers;

use aws_lc_rs::hmac;
use jiff::tz::TimeZone;
use ulid::Ulid;

use super::*;
use crate::domain::booking::{Booking, Customer, Grant, Status};
use crate::domain::escalation::{Escalation, Source};
use crate::domain::handover::{Handover, MadeBy};
use crate::domain::id::{BookingId, ConversationId, EscalationId, PackageId, ResourceId, TenantId};
use crate::domain::link::{self, Purpose};
use crate::domain::mail::Mail;
use crate::domain::money::Money;
use crate::domain::package::Kind;
use crate::domain::payment::{Claim, Difference, Foreign, Payment, PaymentFacts};
use crate::domain::slot::Interval;
use crate::domain::tenant::{AssistantSettings, Contact, Limits, Policies};
use crate::domain::text::{Line, Note};

const EVERY_KIND: [BookingMail; 13] = [
    BookingMail::Offered,
    BookingMail::Received,
    BookingMail::Confirmed,
    BookingMail::Changed,
    BookingMail::Reminder,
    BookingMail::Cancelled,
    BookingMail::Refunded,
    BookingMail::Granted(1),
    BookingMail::Missed,
    BookingMail::Disputed,
    BookingMail::Flagged,
    BookingMail::Differs(Difference::OtherRefund),
    BookingMail::Overlaps,
];

/// What the holder of a link to a booking can do.
const OF_BOOKINGS: [Purpose; 3] = [Purpose::Pay, Purpose::Cancel, Purpose::Reschedule];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn key() -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, b"link secret")
}

pub(super) fn links() -> Links {
    Links::new("https://desk.example.test/prod/", key()).unwrap()
}

pub(super) fn brand() -> Brand {
    Brand::of("#374d42".parse().unwrap())
}

pub(super) fn tenant() -> Tenant {
    Tenant {
        id: TenantId::new(Ulid(7)),
        name: Line::new("Studio North").unwrap(),
        tone: Line::new("warm").unwrap(),
        timezone: TimeZone::get("Europe/Berlin").unwrap(),
        currency: "EUR".parse().unwrap(),
        locale: Line::new("en").unwrap(),
        owner_email: "owner@studio.test".parse().unwrap(),
        contact: Contact {
            address: Note::new("Hafenstraße 12\n20457 Hamburg").unwrap(),
            phone: Note::new("+49 40 123 45").unwrap(),
            website: Note::new("https://studio-north.test").unwrap(),
        },
        policies: Policies::default(),
        allowed_origins: Vec::new(),
        limits: Limits::default(),
        assistant: AssistantSettings { model: Line::new("m").unwrap(), max_tokens: 1, temperature_hundredths: None },
        stripe_account: None,
        suspended: false,
        version: 1,
    }
}

/// A portrait session on Monday at half past ten that Ann has paid.
pub(super) fn booking() -> Booking {
    let slot = Interval::new(at("2026-11-23T09:30:00Z"), at("2026-11-23T10:30:00Z")).unwrap();
    Booking {
        id: BookingId::new(Ulid(0x0193_4b5a_0000_0000_0000_0000_0000_0001)),
        package: PackageId::new(Ulid(2)),
        package_name: Line::new("Portrait session").unwrap(),
        kind: Kind::Slot,
        resource: ResourceId::new(Ulid(3)),
        slot,
        moved_from: None,
        blocked: slot,
        capacity: 1,
        price: Money::new(12_000, "EUR".parse().unwrap()).unwrap(),
        due: Money::new(12_000, "EUR".parse().unwrap()).unwrap(),
        cancellation: Policies::default().cancellation(),
        fee: Money::zero("EUR".parse().unwrap()),
        customer: Customer { name: Line::new("Ann Lee").unwrap(), email: "ann@example.test".parse().unwrap() },
        customer_timezone: None,
        code: "2Z3Z-H9AB".parse().unwrap(),
        status: Status::Confirmed,
        notes: Note::new("[Chatbot booking] Two people,\nblack and white").unwrap(),
        source: Line::new("customer_chatbot").unwrap(),
        conversation: None,
        proposal: None,
        hold_until: None,
        checkout: None,
        attempt: 1,
        facts: PaymentFacts::default(),
        paid_at: Some(at("2026-11-21T10:05:00Z")),
        refund_due: None,
        grants: Vec::new(),
        sequence: 1,
        reminders: Policies::default().reminders,
        reminded_until: at("2026-11-21T10:05:00Z"),
        created_at: at("2026-11-21T10:00:00Z"),
        updated_at: at("2026-11-21T10:05:00Z"),
        version: 2,
    }
}

/// The same before it is paid.
fn unpaid() -> Booking {
    Booking {
        status: Status::PendingPayment,
        hold_until: Some(at("2026-11-21T10:30:00Z")),
        paid_at: None,
        sequence: 0,
        ..booking()
    }
}

/// The same while it is offered to the first on the waitlist.
fn offered() -> Booking {
    Booking { status: Status::Offered, hold_until: Some(at("2026-11-21T10:36:00Z")), ..unpaid() }
}

fn with_status(status: Status) -> Booking {
    Booking { status, ..booking() }
}

fn euros(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().unwrap()).unwrap()
}

/// The booking as it usually is when a mail of `kind` is written.
fn usual(kind: BookingMail) -> Booking {
    match kind {
        BookingMail::Offered => offered(),
        BookingMail::Received | BookingMail::Flagged => unpaid(),
        BookingMail::Cancelled => with_status(Status::Canceled),
        BookingMail::Refunded => with_status(Status::Refunded),
        BookingMail::Granted(_) => money::granted(booking()),
        BookingMail::Missed => Booking { fee: euros(6_000), ..with_status(Status::NoShow) },
        BookingMail::Changed => {
            let before = Interval::new(at("2026-11-20T13:00:00Z"), at("2026-11-20T14:00:00Z"));
            Booking { moved_from: before.ok(), ..booking() }
        }
        BookingMail::Confirmed
        | BookingMail::Reminder
        | BookingMail::Disputed
        | BookingMail::Differs(_)
        | BookingMail::Overlaps => booking(),
    }
}

fn write_for(tenant: &Tenant, kind: BookingMail, reader: Reader, about: &Booking) -> Option<Mail> {
    let links = links();
    let from = Sender { tenant, brand: brand(), links: &links, at: at("2026-11-21T10:06:00Z") };
    super::booking(&from, kind, reader, about).unwrap()
}

fn write(kind: BookingMail, reader: Reader, about: &Booking) -> Option<Mail> {
    write_for(&tenant(), kind, reader, about)
}

/// As the model may write it, with what a visitor had it say.
fn summary() -> Handover {
    Handover {
        asked: Note::cut("A torn dress\n<b>and</b> a refund"),
        tried: Note::cut("Searched the help articles: worked once"),
        promised: Note::default(),
        open: Note::cut("Whether it can be mended by Friday"),
        made_by: MadeBy::Model,
    }
}

fn write_escalation(reason: &str, email: Option<&str>) -> Mail {
    let (tenant, links) = (tenant(), links());
    let from = Sender { tenant: &tenant, brand: brand(), links: &links, at: at("2026-11-21T10:06:00Z") };
    let asked = Escalation {
        reason: Note::new(reason).unwrap(),
        email: email.map(|email| email.parse().unwrap()),
        ..Escalation::new(EscalationId::new(Ulid(10)), Source::Button, at("2026-11-21T10:05:30Z"))
    };
    escalation(&from, ConversationId::new(Ulid(9)), &asked, Some(&summary())).unwrap()
}

fn write_code(tenant: &Tenant) -> Mail {
    let links = links();
    let from = Sender { tenant, brand: brand(), links: &links, at: at("2026-11-21T10:06:00Z") };
    verification(&from, &"ann@example.test".parse().unwrap(), "048213").unwrap()
}

fn every_mail(tenant: &Tenant) -> Vec<(String, Mail)> {
    let mut mails = Vec::new();
    for kind in EVERY_KIND {
        for reader in [Reader::Customer, Reader::Owner] {
            if let Some(mail) = write_for(tenant, kind, reader, &usual(kind)) {
                mails.push((format!("{reader:?} {kind:?}").to_lowercase(), mail));
            }
        }
    }
    mails.push((
        "owner escalation".into(),
        write_escalation("My dress is torn.\nCan I talk to somebody?", Some("ann@example.test")),
    ));
    mails.push(("visitor code".into(), write_code(tenant)));
    mails.push(("customer waitlist".into(), places::write(tenant, &places::entry())));
    mails
}

/// What a reader of the HTML part sees: the text between the tags.
fn seen(html: &str) -> String {
    let body = html.split_once("<body").unwrap().1;
    let text: String =
        body.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| format!("{text} ")).collect();
    text.replace("&#38;", "&")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#847;&zwnj;&nbsp;", "")
        .replace("&nbsp;", " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn the_text_of_every_mail_stays_as_it_was_approved() {
    let all: Vec<String> = every_mail(&tenant())
        .iter()
        .map(|(name, mail)| {
            let files: Vec<&str> = mail.attachments.iter().map(|file| file.mime.as_str()).collect();
            format!(
                "##### {name}\nTo: {}\nReply-To: {}\nSubject: {}\nFiles: {files:?}\n\n{}",
                mail.to, mail.reply_to, mail.subject, mail.text
            )
        })
        .collect();
    insta::assert_snapshot!(all.join("\n\n\n"));
}

#[test]
fn the_html_of_a_confirmation_stays_as_it_was_approved() {
    insta::assert_snapshot!(write(BookingMail::Confirmed, Reader::Customer, &booking()).unwrap().html);
}

#[test]
fn each_reader_hears_what_concerns_them() {
    for kind in EVERY_KIND {
        let only_the_owners = matches!(
            kind,
            BookingMail::Disputed | BookingMail::Flagged | BookingMail::Differs(_) | BookingMail::Overlaps
        );
        let customer = write(kind, Reader::Customer, &usual(kind));
        assert_eq!(customer.is_none(), only_the_owners, "{kind:?}");
        if let Some(mail) = customer {
            assert_eq!((mail.to.as_str(), mail.reply_to.as_str()), ("ann@example.test", "owner@studio.test"));
        }
        let owner = write(kind, Reader::Owner, &usual(kind));
        assert_eq!(
            owner.is_none(),
            matches!(
                kind,
                BookingMail::Offered
                    | BookingMail::Received
                    | BookingMail::Reminder
                    | BookingMail::Granted(_)
                    | BookingMail::Missed
            ),
            "an offer or a hold that is not paid is no booking yet, and a business has its calendar and its console"
        );
        if let Some(mail) = owner {
            assert_eq!((mail.to.as_str(), mail.reply_to.as_str()), ("owner@studio.test", "ann@example.test"));
        }
    }
}

#[test]
fn the_text_part_says_all_that_the_html_part_says() {
    for (name, mail) in every_mail(&tenant()) {
        let html = seen(&mail.html);
        for line in mail.text.lines().map(str::trim) {
            let line = line.trim_start_matches(['[', '>', ' ']).trim_end_matches([']', ':', '-']).trim();
            // Addresses are behind the words in HTML; labels and values stand in cells of their own.
            let words: Vec<&str> = line.split("  ").filter(|word| !word.is_empty()).map(str::trim).collect();
            if !line.starts_with("https://desk.") {
                assert!(words.iter().all(|word| html.contains(word)), "{name}: {line:?} is not in the HTML part");
            }
        }
        for href in mail.html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(mail.text.contains(href), "{name}: {href} is not in the text part");
        }
    }
}

#[test]
fn a_link_in_a_mail_opens_exactly_what_it_says() {
    let mail = write(BookingMail::Received, Reader::Customer, &unpaid()).unwrap();
    for purpose in OF_BOOKINGS {
        let end = format!("/{}", purpose.as_str());
        let url = mail.text.lines().find(|line| line.ends_with(&end)).unwrap();
        let token =
            url.strip_prefix("https://desk.example.test/prod/v1/public/bookings/").unwrap().strip_suffix(&end).unwrap();
        let grant = link::open(&key(), purpose, token, at("2026-11-23T09:29:59Z")).unwrap();
        assert_eq!((grant.tenant, grant.booking, grant.sequence), (tenant().id, booking().id, 0));
        assert_eq!(link::open(&key(), purpose, token, at("2026-11-23T09:30:00Z")), Err(link::InvalidLink::Expired));
    }
}

#[test]
fn a_mail_offers_only_what_can_still_be_done() {
    let offers = |about: &Booking, kind| {
        let text = write(kind, Reader::Customer, about).unwrap().text;
        OF_BOOKINGS.map(|purpose| text.contains(&format!("/{}\n", purpose.as_str())))
    };
    for (status, [pay, cancel, reschedule]) in [
        (Status::PendingPayment, [true, true, true]),
        (Status::Confirmed, [false, true, true]),
        (Status::Completed, [false; 3]),
        (Status::NoShow, [false; 3]),
        (Status::Canceled, [false; 3]),
        (Status::Refunded, [false; 3]),
        (Status::Expired, [false; 3]),
    ] {
        for kind in [
            BookingMail::Received,
            BookingMail::Confirmed,
            BookingMail::Changed,
            BookingMail::Reminder,
            BookingMail::Cancelled,
            BookingMail::Refunded,
        ] {
            assert_eq!(offers(&with_status(status), kind), [pay, cancel, reschedule], "{kind:?} {status:?}");
        }
    }
    let mut begun = booking();
    begun.slot = Interval::new(at("2026-11-21T10:06:00Z"), at("2026-11-21T11:00:00Z")).unwrap();
    assert_eq!(offers(&begun, BookingMail::Confirmed), [false; 3]);
}

#[test]
fn a_flagged_payment_says_what_does_not_fit() {
    let flagged = |payments: &[(i64, &str)], foreign: &[Foreign]| {
        let payment = |(minor, currency): &(i64, &str)| {
            let amount = Money::new(*minor, currency.parse().unwrap()).unwrap();
            let claim = Claim { at: at("2026-11-21T10:05:00Z"), amount, session: None };
            Payment { claims: [claim].into(), ..Payment::default() }
        };
        let payments = payments.iter().enumerate().map(|(n, paid)| (format!("pi_{n}"), payment(paid))).collect();
        let facts = PaymentFacts { payments, foreign: foreign.iter().copied().collect(), ..PaymentFacts::default() };
        write(BookingMail::Flagged, Reader::Owner, &Booking { facts, ..unpaid() }).unwrap().text
    };
    for (payments, foreign, sentence) in [
        (&[][..], &[][..], "What Stripe reports does not fit this booking."),
        (&[(11_999, "EUR")], &[], "The amount paid is not what was due."),
        (&[(12_000, "USD")], &[], "It was paid in another currency."),
        (&[(12_000, "EUR"), (12_000, "EUR")], &[], "It was paid more than once."),
        (&[], &[Foreign::Account], "Another Stripe account reported a payment for it."),
        (&[], &[Foreign::Mode], "A test payment was reported where real money is taken, or the reverse."),
    ] {
        assert!(flagged(payments, foreign).contains(sentence), "{sentence}");
    }
}

#[test]
fn an_owner_gets_no_link_that_acts_for_the_customer() {
    for kind in EVERY_KIND {
        let Some(mail) = write(kind, Reader::Owner, &usual(kind)) else { continue };
        assert!(!mail.text.contains("/v1/public/") && !mail.html.contains("/v1/public/"), "{kind:?}");
    }
}

#[test]
fn late_news_of_a_dead_booking_promises_nothing() {
    for status in [Status::Canceled, Status::Refunded, Status::Expired] {
        for kind in [BookingMail::Received, BookingMail::Confirmed, BookingMail::Changed] {
            let mail = write(kind, Reader::Customer, &with_status(status)).unwrap();
            assert!(mail.attachments.is_empty(), "{kind:?} {status:?}");
            for promise in [
                "You are booked",
                "look forward",
                "new time. The attached",
                "holding your place",
                "Everything is settled",
            ] {
                assert!(!mail.text.contains(promise), "{kind:?} {status:?}: {promise}");
            }
        }
    }
}

#[test]
fn a_code_mail_holds_the_code_once_in_each_part_and_nothing_of_a_visitor() {
    let mail = write_code(&tenant());
    let six_digits = |text: &str| {
        let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 6);
        runs.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(six_digits(&mail.text), ["048213"]);
    assert_eq!(six_digits(&seen(&mail.html)), ["048213"]);
    assert!(!mail.subject.as_str().contains("048213"), "a locked screen shows subjects");
    assert!(!mail.text.contains("/v1/public/"));
}

#[test]
fn an_escalation_is_answered_to_the_visitor_if_there_is_an_address() {
    let known = write_escalation("Torn dress", Some("ann@example.test"));
    assert_eq!((known.to.as_str(), known.reply_to.as_str()), ("owner@studio.test", "ann@example.test"));
    assert!(known.html.contains("&#60;b&#62;and"), "{}", known.html);
    assert!(
        known.text.contains("Whether it can be mended by Friday") && !known.text.contains("Promised"),
        "{}",
        known.text
    );
    let unknown = write_escalation("", None);
    assert_eq!(unknown.reply_to.as_str(), "owner@studio.test");
    assert!(unknown.text.contains("no address"));
}

#[test]
fn a_public_address_is_of_the_web_and_names_a_host() {
    for (url, base) in
        [("http://localhost:3000", "http://localhost:3000"), ("https://x.test/prod/?a#b", "https://x.test/prod")]
    {
        assert_eq!(format!("{:?}", Links::new(url, key()).unwrap()), format!("Links({base})"));
    }
    for url in ["", "x.test", "/v1", "ftp://x.test", "javascript:alert(1)", "data:text/html,x"] {
        assert_eq!(Links::new(url, key()).unwrap_err(), InvalidPublicUrl, "{url}");
    }
}

#[test]
fn every_mail_is_small_enough_not_to_be_cut() {
    for (name, mail) in every_mail(&tenant()) {
        assert!(mail.html.len() < 20_000, "{name}: {} bytes; mailboxes cut at 102 KB", mail.html.len());
        assert!(mail.html.lines().all(|line| line.len() < 998), "{name}: SMTP allows 998 bytes a line");
    }
}
