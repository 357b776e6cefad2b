//! What changes and falls due across a change of the clocks: one entry moves, reminders and deadlines keep their
//! distance in hours, not on the clock's face.

use std::time::Duration;

use serde_json::{Value, json};

use super::calendar::{Entry, entry};
use super::{BEFORE, in_mail, new_york};

const KIRI: &str = "kiri@example.test";

fn subject(mail: &Value) -> &str {
    mail["subject"].as_str().unwrap()
}

#[tokio::test]
async fn moving_a_booking_from_before_a_change_to_after_it_changes_the_same_entry() {
    let business = new_york(BEFORE, 0).await;
    let (visitor, desk) = (business.visitor_in_auckland().await, &business.desk);
    let label = "Sat 31 Oct, 10:00 EDT (Sun 1 Nov, 03:00 for you)";
    let (_, done) = business.book(&visitor, &business.hour, ("2026-10-31", label), KIRI).await;
    let booked = desk.mails(KIRI).await.pop().unwrap();

    // The page offers the times of the chosen day, each on both clocks.
    let link = in_mail(&booked, "reschedule");
    let page = desk.open_link(&format!("{link}?from=2026-11-01&day=2026-11-02")).await.text;
    assert!(page.contains("Monday, 2 November 2026<small>New York time; your own below it</small>"), "{page}");
    // 10:00 EST = 15:00Z = 04:00 NZDT on Tuesday.
    let chosen = page.split("<label>").find(|choice| choice.contains("10:00 EST<small>Tue 04:00<i> for you")).unwrap();
    let slot = chosen.split_once("value=\"").unwrap().1.split('"').next().unwrap();
    let form = url::form_urlencoded::Serializer::new(String::new()).append_pair("slot", slot).finish();
    let press = desk.request(reqwest::Method::POST, &link).header("content-type", "application/x-www-form-urlencoded");
    let moved = tests::Reply::of(press.body(form)).await;
    assert_eq!(moved.status, 200, "{moved:?}");
    for said in ["Monday, 2 November 2026", "10:00–11:00 EST", "04:00–05:00 NZDT", "<s>Saturday, 31 October 2026</s>"]
    {
        assert!(moved.text.contains(said), "{said}: {}", moved.text);
    }

    let exported = business.exported(done["booking"]["id"].as_str().unwrap()).await;
    assert_eq!(exported["startsAt"], "2026-11-02T15:00:00Z");
    let changed = desk.mails(KIRI).await.pop().unwrap();
    for said in ["Moved to Monday, 2 November, 10:00 EST", "Before        Saturday, 31 October 2026", "10:00–11:00 EDT"]
    {
        assert!(changed["text"].as_str().unwrap().contains(said), "{said}: {changed}");
    }
    desk.press(&in_mail(&changed, "cancel")).await.ok();
    let cancelled = desk.mails(KIRI).await.pop().unwrap();

    // One entry for life: made, moved, taken out.
    let first = entry(&booked);
    let at = |instants: [&str; 2]| instants.map(str::to_owned);
    let (before, after) =
        (at(["2026-10-31T14:00:00Z", "2026-10-31T15:00:00Z"]), at(["2026-11-02T15:00:00Z", "2026-11-02T16:00:00Z"]));
    assert_eq!(
        (&first.from_to, &*first.organizer, &*first.attendee),
        (&before, "mailto:owner@demo.test", "mailto:kiri@example.test")
    );
    let Entry { uid, organizer, attendee, .. } = first;
    let later = |sequence, method: &str, status: &str| Entry {
        uid: uid.clone(),
        sequence,
        method: method.to_owned(),
        status: status.to_owned(),
        from_to: after.clone(),
        organizer: organizer.clone(),
        attendee: attendee.clone(),
    };
    assert_eq!(entry(&changed), later(1, "REQUEST", "CONFIRMED"));
    assert_eq!(entry(&cancelled), later(2, "CANCEL", "CANCELLED"));
}

#[tokio::test]
async fn reminders_come_a_day_and_two_hours_before_however_the_clocks_go() {
    // Sunday, 10:00 EST, is 15:00Z: a day before, Saturday 15:00Z, New York's clocks show 11:00 EDT.
    let business = new_york("2026-10-31T12:00:00Z", 0).await;
    let (visitor, desk) = (business.visitor_in_auckland().await, &business.desk);
    let label = "Sun 1 Nov, 10:00 EST (Mon 2 Nov, 04:00 for you)";
    business.book(&visitor, &business.hour, ("2026-11-01", label), KIRI).await;
    let reminded = async |minutes: u64| {
        desk.wait(Duration::from_secs(minutes * 60)).await;
        desk.post("/dev/run/csat-sender", &json!({})).await.ok();
        let mails = desk.mails(KIRI).await;
        mails.into_iter().filter(|mail| subject(mail).starts_with("Reminder")).collect::<Vec<_>>()
    };
    assert_eq!(reminded(179).await.len(), 0, "14:59Z");
    let first = reminded(1).await;
    let [reminder] = &first[..] else { panic!("15:00Z: {first:?}") };
    for said in [
        "See you on Sunday, 1 November, 10:00 EST",
        "10:00–11:00 EST (New York time)",
        "04:00–05:00 NZDT (Auckland time)",
    ] {
        assert!(reminder["text"].as_str().unwrap().contains(said), "{said}: {reminder}");
    }
    assert_eq!(reminded(22 * 60 - 1).await.len(), 1, "12:59Z");
    assert_eq!(reminded(1).await.len(), 2, "13:00Z, two hours before");
}

#[tokio::test]
async fn cancelling_is_free_until_a_day_before_however_the_clocks_go() {
    // Sunday, 10:00 EDT, is 14:00Z: a day before, Saturday 14:00Z, New York's clocks show 09:00 EST, and those in
    // Auckland 03:00 NZDT on Sunday.
    let business = new_york("2027-03-13T13:00:00Z", 12_000).await;
    let (visitor, desk) = (business.visitor_in_auckland().await, &business.desk);
    let label = "Sun 14 Mar, 10:00 EDT (Mon 15 Mar, 03:00 for you)";
    let (card, done) = business.book(&visitor, &business.hour, ("2027-03-14", label), KIRI).await;
    let deadline = "Cancelling is free until Sat 13 Mar 2027, 09:00 EST (Sun 14 Mar 2027, 03:00 NZDT for you).";
    assert!(card.iter().any(|(_, value)| value.starts_with(deadline)), "{card:?}");
    desk.pay(done["checkoutUrl"].as_str().unwrap()).await;
    let mail = desk.mails(KIRI).await.pop().unwrap();
    assert!(mail["text"].as_str().unwrap().contains(deadline), "{mail}");
    let link = in_mail(&mail, "cancel");
    let back = async |seconds: u64| {
        desk.wait(Duration::from_secs(seconds)).await;
        let page = desk.open_link(&link).await.ok();
        let page = page.as_str().unwrap().split_once("You get back").unwrap().1.to_owned();
        page.split_once('€').unwrap().1.split('<').next().unwrap().to_owned()
    };
    assert_eq!(back(60 * 60).await, "120.00", "14:00Z, the last moment");
    assert_eq!(back(1).await, "60.00", "a second later");
}
