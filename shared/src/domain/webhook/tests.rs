//! What a webhook may be, and what it wants.

use jiff::SignedDuration;

use super::*;
use crate::domain::event::Happening;
use crate::domain::id::{BookingId, ConversationId};

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn draft() -> WebhookDraft {
    WebhookDraft {
        url: "https://hooks.example.com/a?key=1#part".to_owned(),
        kind: "standard".to_owned(),
        events: vec!["booking.confirmed".to_owned(), "booking.confirmed".to_owned(), "booking.changed".to_owned()],
        description: " Our books ".to_owned(),
        active: true,
    }
}

pub(super) fn webhook() -> Webhook {
    Webhook::new(WebhookId::new(ulid::Ulid::from_parts(1, 1)), draft().check(|_| true).unwrap(), None, now())
}

/// The pointers of what is refused.
fn refused(draft: &WebhookDraft) -> Vec<String> {
    let InvalidDraft(faults) = draft.check(|_| true).unwrap_err();
    faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
}

#[test]
fn a_draft_becomes_what_it_says_and_each_event_counts_once() {
    let wish = draft().check(|_| true).unwrap();
    assert_eq!(wish.url.url().as_str(), "https://hooks.example.com/a?key=1");
    assert_eq!(wish.topics, BTreeSet::from([Topic::BookingConfirmed, Topic::BookingChanged]));
    assert_eq!((wish.form, wish.description.as_str(), wish.is_active), (Form::Standard, "Our books", true));
}

#[test]
fn every_fault_of_a_draft_is_told() {
    let wrong = WebhookDraft {
        url: "ftp://example.com".to_owned(),
        kind: "carrier pigeon".to_owned(),
        events: vec!["booking.confirmed".to_owned(), "booking.exploded".to_owned()],
        description: "x".repeat(201),
        active: true,
    };
    assert_eq!(refused(&wrong), ["/url invalid", "/kind invalid", "/description invalid", "/events/1 invalid"]);
    assert_eq!(refused(&WebhookDraft { events: Vec::new(), ..draft() }), ["/events required"]);
    let InvalidDraft(faults) = draft().check(|_| false).unwrap_err();
    assert_eq!((faults.len(), faults[0].code), (1, "out_of_reach"));
}

#[test]
fn an_address_is_of_the_web_bounded_and_without_a_password() {
    let long = |chars: usize| format!("https://example.com/{}", "a".repeat(chars - 20));
    for (text, fault) in [
        (long(1_000).as_str(), None),
        (long(1_001).as_str(), Some(InvalidWebhookUrl::NotAnAddress)),
        ("", Some(InvalidWebhookUrl::NotAnAddress)),
        ("hooks.example.com", Some(InvalidWebhookUrl::NotAnAddress)),
        ("file:///etc/passwd", Some(InvalidWebhookUrl::Scheme)),
        ("javascript:alert(1)", Some(InvalidWebhookUrl::Scheme)),
        ("https://ann:pw@example.com/", Some(InvalidWebhookUrl::Credentials)),
    ] {
        assert_eq!(text.parse::<WebhookUrl>().err(), fault, "{text:?}");
    }
    assert_eq!(format!("{:?}", webhook().url), "WebhookUrl(…)", "an address is often a secret");
}

#[test]
fn a_webhook_is_told_what_it_asked_for_from_when_it_was_switched_on() {
    let webhook = webhook();
    let before = now() - SignedDuration::from_millis(1);
    for (topic, at, wanted) in [
        (Topic::BookingConfirmed, now(), true),
        (Topic::BookingConfirmed, before, false),
        (Topic::BookingCancelled, now(), false),
    ] {
        assert_eq!(webhook.wants(topic, at), wanted, "{topic:?} {at}");
    }
}

#[test]
fn a_webhook_begins_anew_when_it_is_switched_on_or_sent_elsewhere() {
    let (first, later) = (webhook(), now() + SignedDuration::from_hours(1));
    let elsewhere = WebhookDraft { url: "https://other.example.com/".to_owned(), ..draft() };
    let off = WebhookDraft { active: false, ..draft() };
    for (draft, was_on, armed_at) in
        [(draft(), true, now()), (draft(), false, later), (elsewhere, true, later), (off, true, now())]
    {
        let changed = first.changed(draft.check(|_| true).unwrap(), was_on, later);
        assert_eq!((changed.armed_at, changed.version, changed.created_at), (armed_at, 2, now()), "{draft:?}");
    }
}

#[test]
fn every_topic_has_one_word_and_what_is_internal_has_none() {
    for topic in Topic::ALL {
        assert_eq!(topic.as_str().parse(), Ok(*topic));
    }
    let booking = BookingId::new(ulid::Ulid::from_parts(1, 1));
    let conversation = ConversationId::new(ulid::Ulid::from_parts(1, 1));
    assert_eq!(Topic::of(&Happening::BookingConfirmed(booking)), Some(Topic::BookingConfirmed));
    for internal in [
        Happening::RefundDue(booking),
        Happening::CheckoutNeeded(booking),
        Happening::VerificationRequested(conversation),
        Happening::WebhookDisabled(webhook().id),
    ] {
        assert_eq!(Topic::of(&internal), None, "{internal:?}");
    }
}
