//! A customer in Auckland books at a business in New York, on the days around every clock change of either: what
//! is offered, shown, stored, exported, mailed and entered in calendars is the same moment everywhere.

mod across;
mod calendar;
mod cases;

use serde_json::{Value, json};
use tests::{Desk, Visitor};

use super::link::in_mail;
use calendar::{Entry, entry};
use cases::{CASES, Case};

const NEW_YORK: &str = "America/New_York";
const AUCKLAND: &str = "Pacific/Auckland";

/// Before all of the changes.
const BEFORE: &str = "2026-09-20T12:00:00Z";

/// A business in New York that never closes, with an hour and a whole day, each by somebody of their own.
struct NewYork {
    desk: Desk,
    hour: String,
    day: String,
}

/// Opens it at `time`, with packages at `price` cents.
async fn new_york(time: &str, price: i64) -> NewYork {
    let desk = Desk::open_at(time).await;
    let owner = desk.owner().await;
    let rules = json!({ "horizonDays": 400, "noticeMinutes": 0 });
    owner.change("/v1/admin/tenant", &json!({ "timezone": NEW_YORK, "policies": rules })).await;
    let always = json!([{ "opens": "00:00", "closes": "24:00" }]);
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let weekly: serde_json::Map<_, _> = days.iter().map(|day| ((*day).to_owned(), always.clone())).collect();
    let hours = json!({ "weekly": weekly, "holidays": [], "special": [] });
    let version = owner.get("/v1/admin/hours").await.ok()["version"].as_u64().unwrap();
    owner.put("/v1/admin/hours", version, &hours).await.ok();
    let people = owner.list("/v1/admin/resources").await;
    let offer = async |mut package: Value, by: usize| {
        package["price"] = json!({ "amount": price, "currency": "EUR" });
        package["resources"] = json!([people[by]["id"]]);
        owner.post("/v1/admin/packages", &package).await.ok()["id"].as_str().unwrap().to_owned()
    };
    let hour = offer(json!({ "name": "Studio hour", "kind": "SLOT", "durationMinutes": 60, "bufferBeforeMinutes": 0, "bufferAfterMinutes": 0, "capacity": 1, "active": true }), 0).await;
    let day = offer(json!({ "name": "Studio day", "kind": "DATE", "active": true }), 1).await;
    NewYork { desk, hour, day }
}

impl NewYork {
    /// A visitor whose browser says that it is in Auckland.
    async fn visitor_in_auckland(&self) -> Visitor {
        let visitor = self.desk.visitor("pk_demo");
        let begun = visitor.post("/v1/public/chat/sessions", json!({ "timezone": AUCKLAND })).await;
        assert_eq!(begun.status, 201, "{begun:?}");
        visitor
    }

    /// What the assistant is told is free on `date`.
    async fn free(&self, visitor: &Visitor, package: &str, date: &str) -> Vec<Value> {
        visitor.slots(&self.desk, package, date, 1).await
    }

    /// Books what is called `label`; gives the card's lines and the booking.
    async fn book(
        &self,
        visitor: &Visitor,
        package: &str,
        (date, label): (&str, &str),
        email: &str,
    ) -> (Vec<(String, String)>, Value) {
        let free = self.free(visitor, package, date).await;
        let slot = free.iter().find(|slot| slot["label"] == label).unwrap_or_else(|| panic!("no {label} in {free:#?}"));
        let card = visitor.propose(&self.desk, slot["slotId"].as_str().unwrap(), email).await;
        let text = |line: &Value, field: &str| line[field].as_str().unwrap().to_owned();
        let lines = card["preview"]["lines"].as_array().unwrap().iter();
        let lines = lines.map(|line| (text(line, "label"), text(line, "value"))).collect();
        (lines, visitor.confirm(card["id"].as_str().unwrap()).await.ok())
    }

    /// The booking as the business exports it.
    async fn exported(&self, id: &str) -> Value {
        self.desk.owner().await.get(&format!("/v1/admin/bookings/{id}")).await.ok()
    }
}

/// The value behind a label.
fn line<'a>(lines: &'a [(String, String)], label: &str) -> &'a str {
    lines.iter().find(|(found, _)| found == label).map_or("", |(_, value)| value)
}

#[tokio::test]
async fn every_side_is_told_of_the_same_moment_around_every_change_of_the_clocks() {
    let business = new_york(BEFORE, 0).await;
    for (n, case) in CASES.iter().enumerate() {
        let Case { instants: [start, end], there, here, label, .. } = case;
        let email = format!("kiri{n}@example.test");
        let visitor = business.visitor_in_auckland().await;
        let package = if case.is_day { &business.day } else { &business.hour };
        let (card, done) = business.book(&visitor, package, (case.date, label), &email).await;

        // The card names both clocks, and whose each is.
        let (when, own) = (line(&card, "When"), line(&card, "Your time"));
        assert!(when.ends_with("(New York time)") && own.ends_with("(Auckland time)"), "{label}: {card:?}");
        assert!(own.contains(here[1]), "{label}: {own}");
        assert!(case.is_day || when.contains(there[1]), "{label}: {when}");

        // What is stored and exported are instants, and where the customer lives.
        let booked = &done["booking"];
        assert_eq!((&booked["startsAt"], &booked["endsAt"]), (&json!(start), &json!(end)), "{label}");
        let exported = business.exported(booked["id"].as_str().unwrap()).await;
        assert_eq!((&exported["startsAt"], &exported["endsAt"]), (&json!(start), &json!(end)), "{label}");
        assert_eq!(exported["customer"]["timezone"], AUCKLAND, "{label}");

        // Its time is gone, and no other: not the same hour that comes once more.
        let free = business.free(&visitor, package, case.date).await;
        assert!(!free.iter().any(|slot| slot["label"] == *label), "{label}");

        // The mail tells both times in both parts, and the page behind its link does, too.
        let mail = business.desk.mails(&email).await.pop().unwrap();
        let page = business.desk.open_link(&in_mail(&mail, "cancel")).await.text;
        for part in [mail["text"].as_str().unwrap(), mail["html"].as_str().unwrap(), &page] {
            for said in [there[0], there[1], here[0], here[1], "(New York time)", "(Auckland time)"] {
                assert!(part.contains(said), "{label}: {said} in {part}");
            }
        }

        // The calendar's entry is at the instants; a whole day is a day, wherever the calendar is.
        let expected = if case.is_day {
            [case.date, &next_day(case.date)].map(str::to_owned)
        } else {
            case.instants.map(str::to_owned)
        };
        let Entry { from_to, method, status, sequence, .. } = entry(&mail);
        assert_eq!(
            (from_to, method.as_str(), status.as_str(), sequence),
            (expected, "REQUEST", "CONFIRMED", 0),
            "{label}"
        );
    }
}

fn next_day(date: &str) -> String {
    date.parse::<jiff::civil::Date>().unwrap().tomorrow().unwrap().to_string()
}

#[tokio::test]
async fn the_hour_that_comes_twice_is_offered_twice_and_the_one_that_never_comes_never() {
    let business = new_york(BEFORE, 0).await;
    let visitor = business.visitor_in_auckland().await;
    let starts = async |date: &str| {
        let free = business.free(&visitor, &business.hour, date).await;
        let night = free.iter().filter_map(|slot| slot["label"].as_str()?.split_once(", ")).map(|(_, time)| time);
        night.filter_map(|time| time.split_once(" (")).map(|(time, _)| time.to_owned()).take(7).collect::<Vec<_>>()
    };
    // Midnight is 04:00Z; the seventh half-hour, 07:00Z, is two in the morning.
    let twice = ["00:00 EDT", "00:30 EDT", "01:00 EDT", "01:30 EDT", "01:00 EST", "01:30 EST", "02:00 EST"];
    assert_eq!(starts("2026-11-01").await, twice);
    // Midnight is 05:00Z; the fifth, 07:00Z, is three.
    let never = ["00:00 EST", "00:30 EST", "01:00 EST", "01:30 EST", "03:00 EDT", "03:30 EDT", "04:00 EDT"];
    assert_eq!(starts("2027-03-14").await, never);
}

#[tokio::test]
async fn who_lives_by_the_businesss_clock_is_told_one_time_and_who_may_not_whose_it_is() {
    let business = new_york(BEFORE, 0).await;
    for (n, (timezone, when, label)) in [
        (json!({ "timezone": NEW_YORK }), "Mon 2 Nov 2026, 10:00–11:00 EST", "Mon 2 Nov, 10:00"),
        // Another name for the same time.
        (json!({ "timezone": "America/Toronto" }), "Mon 2 Nov 2026, 12:00–13:00 EST", "Mon 2 Nov, 12:00"),
        // A browser that says nothing, and one that says what nobody knows.
        (json!({}), "Mon 2 Nov 2026, 14:00–15:00 EST (New York time)", "Mon 2 Nov, 14:00 EST"),
        (
            json!({ "timezone": "Mars/Olympus" }),
            "Mon 2 Nov 2026, 16:00–17:00 EST (New York time)",
            "Mon 2 Nov, 16:00 EST",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let visitor = business.desk.visitor("pk_demo");
        assert_eq!(visitor.post("/v1/public/chat/sessions", timezone).await.status, 201);
        let email = format!("near{n}@example.test");
        let (card, _) = business.book(&visitor, &business.hour, ("2026-11-02", label), &email).await;
        assert_eq!((line(&card, "When"), line(&card, "Your time")), (when, ""));
        let mail = business.desk.mails(&email).await.pop().unwrap();
        assert!(!mail["text"].as_str().unwrap().contains("Your time"), "{mail}");
    }
}
