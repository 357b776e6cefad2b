//! When a webhook is left alone.

use super::*;
use crate::domain::webhook::tests::webhook;

fn failing(hours: i64) -> (Webhook, Health, Timestamp) {
    let webhook = webhook();
    let begun = webhook.armed_at + SignedDuration::from_hours(1);
    let health = Health::unknown(webhook.id).after(&webhook, Answer::Status(500), begun).unwrap();
    (webhook, health, begun + SignedDuration::from_hours(hours))
}

#[test]
fn five_days_of_nothing_but_failures_switch_a_webhook_off() {
    let (webhook, health, end) = failing(5 * 24);
    assert_eq!(health.after(&webhook, Answer::TooSlow, end - SignedDuration::from_millis(1)), None);
    let off = health.after(&webhook, Answer::TooSlow, end).unwrap();
    assert_eq!((off.disabled, off.wake, off.version), (Some((end, Disabled::Failing)), Some(end), 2));
    assert!(!off.is_on(&webhook));
    assert_eq!(off.after(&webhook, Answer::Status(500), end), None, "once is enough");
}

#[test]
fn one_success_forgives_all_failures() {
    let (webhook, health, end) = failing(5 * 24);
    let well = health.after(&webhook, Answer::Status(200), end - SignedDuration::from_hours(1)).unwrap();
    assert_eq!(well.failing_since(&webhook), None);
    assert_eq!(well.after(&webhook, Answer::Status(200), end), None, "what is well costs no write");
    let again = well.after(&webhook, Answer::Status(500), end).unwrap();
    assert_eq!((again.failing_since, again.disabled), (Some(end), None));
}

#[test]
fn an_address_that_is_gone_is_switched_off_at_once() {
    let webhook = webhook();
    let off = Health::unknown(webhook.id).after(&webhook, Answer::Status(410), webhook.armed_at).unwrap();
    assert_eq!(off.disabled_since(&webhook), Some((webhook.armed_at, Disabled::Gone)));
}

#[test]
fn switching_it_on_again_forgets_what_was() {
    let (webhook, health, end) = failing(5 * 24);
    let off = health.after(&webhook, Answer::TooSlow, end).unwrap();
    let armed = Webhook { armed_at: end + SignedDuration::from_millis(1), ..webhook.clone() };
    assert!(off.is_on(&armed));
    assert!(!off.is_on(&Webhook { is_active: false, ..armed.clone() }));
    let failed = off.after(&armed, Answer::TooSlow, armed.armed_at).unwrap();
    assert_eq!(failed.failing_since(&armed), Some(armed.armed_at), "five days begin anew");
    assert!(failed.is_on(&armed));
}

#[test]
fn an_owner_is_told_once() {
    let (webhook, health, end) = failing(5 * 24);
    assert_eq!(health.told(end), None);
    let off = health.after(&webhook, Answer::TooSlow, end).unwrap();
    let told = off.told(end).unwrap();
    assert_eq!((told.told(end), told.disabled), (None, off.disabled));
}
