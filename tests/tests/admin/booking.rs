//! Bookings in the console: listed in pages, shown, called off.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use shared::domain::address::Email;
use shared::domain::booking::{Booking, Customer, Status};
use shared::domain::id::BookingId;
use shared::domain::money::Money;
use shared::domain::package::Kind;
use shared::domain::payment::PaymentFacts;
use shared::domain::slot::Interval;
use shared::domain::tenant::Policies;
use shared::domain::text::{Line, Note};
use shared::ports::Ids as _;
use shared::runtime::RandomIds;
use shared::store::booking::{Booked, BookingWrite, Span};

use super::world::{AGENT, NOW, OWNER, STRANGER, STUDIO, World, world};

pub(super) const BOOKED: &str = "01KAJ5C3P7R9T1W3Y5A7C9E1G3";

/// Books the studio for the `n`-th hour from now on.
pub(super) async fn book(world: &World, id: BookingId, n: i64, status: Status) {
    let start = NOW + SignedDuration::from_hours(n);
    let slot = Interval::new(start, start + SignedDuration::from_mins(30)).unwrap();
    let letter = |n: i64| char::from(b"ABCDEFGHJK"[usize::try_from(n.rem_euclid(10)).unwrap()]);
    // Each id of these tests has its own code at its own hour.
    let (of_payload, hour) = (i64::from(id.to_string() == BOOKED), n + 1_000);
    let code: String =
        [0, 0, 0, of_payload, hour / 1000, hour / 100, hour / 10, hour].into_iter().map(letter).collect();
    let booking = Booking {
        id,
        package: "01KAJ8F6S0V2X4Z6B8D0F2H4K6".parse().unwrap(),
        package_name: Line::new("Portrait hour").unwrap(),
        kind: Kind::Slot,
        resource: STUDIO.parse().unwrap(),
        slot,
        moved_from: None,
        blocked: slot,
        capacity: 1,
        price: euros(0),
        due: euros(0),
        cancellation: Policies::default().cancellation(),
        fee: euros(0),
        customer: Customer { name: Line::new("Ann").unwrap(), email: "ann@x.test".parse::<Email>().unwrap() },
        customer_timezone: None,
        code: code.parse().unwrap(),
        status,
        notes: Note::default(),
        source: Line::new("customer_chatbot").unwrap(),
        conversation: None,
        proposal: None,
        hold_until: None,
        checkout: None,
        attempt: 0,
        refund_due: None,
        grants: Vec::new(),
        facts: PaymentFacts::default(),
        paid_at: None,
        sequence: 0,
        reminders: Policies::default().reminders,
        reminded_until: NOW,
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    };
    let write = BookingWrite { before: None, after: &booking, proposal: None, figures: &[], events: &[], now: NOW };
    assert_eq!(world.services.store.write_booking(world.tenant(), &write).await.unwrap(), Booked::Done, "{n}");
}

fn euros(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().unwrap()).unwrap()
}

fn fresh(ids: &RandomIds) -> BookingId {
    BookingId::new(ids.ulid(NOW))
}

fn starts(body: &Value) -> Vec<Timestamp> {
    let items = body["items"].as_array().unwrap();
    items.iter().map(|item| item["startsAt"].as_str().unwrap().parse().unwrap()).collect()
}

/// Every page of the list that `query` asks for.
async fn pages(world: &World, query: &[(&str, &str)]) -> Vec<Vec<Timestamp>> {
    let (mut pages, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut query = query.to_vec();
        query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page = world.by(AGENT, "list-bookings").query(&query).send().await;
        assert_eq!(page.status, 200, "{page:?}");
        pages.push(starts(&page.body));
        match page.body["nextCursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return pages,
        }
    }
}

#[tokio::test]
async fn pages_of_bookings_hold_each_once_in_order() {
    let (world, ids) = (world().await, RandomIds::default());
    for n in 0..120 {
        book(&world, fresh(&ids), n, Status::Confirmed).await;
    }
    let expected: Vec<_> = (0..120).map(|n| NOW + SignedDuration::from_hours(n)).collect();
    assert_eq!(pages(&world, &[("from", "2026-11-21")]).await.concat(), expected);
}

#[tokio::test]
async fn pages_of_one_status_are_full_and_together_hold_each_once_in_order() {
    let (world, ids) = (world().await, RandomIds::default());
    // Rare first, then often: the first page has to look far, and ends in the middle of what was read.
    let is_rare = |n: i64| if n < 130 { n % 40 == 7 } else { n % 4 != 1 };
    for n in 0..220 {
        book(&world, fresh(&ids), n, if is_rare(n) { Status::NoShow } else { Status::Confirmed }).await;
    }
    for (status, suits) in [("NO_SHOW", true), ("CONFIRMED", false)] {
        let pages = pages(&world, &[("from", "2026-11-21"), ("status", status)]).await;
        let counts: Vec<_> = pages.iter().map(Vec::len).collect();
        assert!(1 < counts.len() && counts[..counts.len() - 1].iter().all(|count| *count == 50), "{counts:?}");
        let expected: Vec<_> =
            (0..220).filter(|n| is_rare(*n) == suits).map(|n| NOW + SignedDuration::from_hours(n)).collect();
        assert_eq!(pages.concat(), expected, "{status}");
    }
    assert_eq!(pages(&world, &[("from", "2026-11-21"), ("status", "EXPIRED")]).await, [Vec::new()]);
}

#[tokio::test]
async fn pages_of_every_size_hold_the_same_however_far_apart_the_bookings_are() {
    let (world, ids) = (world().await, RandomIds::default());
    let suits = |n: i64| !(3..=38).contains(&n);
    for n in 0..44 {
        book(&world, fresh(&ids), n, if suits(n) { Status::NoShow } else { Status::Confirmed }).await;
    }
    let span = Span { from: NOW, to: NOW + SignedDuration::from_hours(1_000), status: Some(Status::NoShow) };
    let expected: Vec<_> = (0..44).filter(|n| suits(*n)).map(|n| NOW + SignedDuration::from_hours(n)).collect();
    // Pages of one give up reading on the long way between, and the next one goes on from there.
    for limit in [1, 2, 3, 7, 50] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let listed =
                world.services.store.list_bookings(world.tenant(), &span, limit, after.as_ref()).await.unwrap();
            assert!(listed.items.len() <= usize::from(limit));
            seen.extend(listed.items.iter().map(|booking| booking.slot.start()));
            after = listed.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, expected, "{limit} a page");
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_list_and_business_only() {
    let (world, ids) = (world().await, RandomIds::default());
    for n in 0..51 {
        book(&world, fresh(&ids), n, Status::Confirmed).await;
    }
    let page = world.by(OWNER, "list-bookings").query(&[]).send().await;
    let cursor = page.body["nextCursor"].as_str().unwrap();
    for (person, query) in [
        (STRANGER, vec![("cursor", cursor)]),
        (OWNER, vec![("cursor", cursor), ("status", "CONFIRMED")]),
        (OWNER, vec![("cursor", "AAAA")]),
    ] {
        let refused = world.by(person, "list-bookings").query(&query).send().await;
        assert_eq!((refused.status, refused.faults()), (400, vec![("/cursor", "invalid_value")]), "{query:?}");
    }
    let rest = world.by(OWNER, "list-bookings").query(&[("cursor", cursor)]).send().await;
    assert_eq!(starts(&rest.body), [NOW + SignedDuration::from_hours(50)]);
}

#[tokio::test]
async fn a_list_begins_today_and_keeps_to_what_was_asked_for() {
    let (world, ids) = (world().await, RandomIds::default());
    // Today in Berlin began at 23:00 UTC of yesterday, ten and a half hours ago.
    for (n, status) in
        [(-11, Status::Completed), (-10, Status::Confirmed), (1, Status::Canceled), (14, Status::Confirmed)]
    {
        book(&world, fresh(&ids), n, status).await;
    }
    let hours = |hours: &[i64]| hours.iter().map(|n| NOW + SignedDuration::from_hours(*n)).collect::<Vec<_>>();
    for (query, expected) in [
        (&[][..], hours(&[-10, 1, 14])),
        (&[("status", "CONFIRMED")], hours(&[-10, 14])),
        (&[("to", "2026-11-21")], hours(&[-10, 1])),
        (&[("from", "2026-11-20"), ("to", "2026-11-20")], hours(&[-11])),
        (&[("from", "2026-11-21T09:30:00Z"), ("to", "2026-11-21T23:30:00Z")], hours(&[1])),
    ] {
        assert_eq!(starts(&world.by(OWNER, "list-bookings").query(query).send().await.body), expected, "{query:?}");
    }
    for (query, fault) in [
        (&[("from", "soon")][..], ("/from", "invalid_value")),
        (&[("to", "2026-02-30")], ("/to", "invalid_value")),
        (&[("status", "LOST")], ("/status", "invalid_value")),
        (&[("from", "2026-11-22"), ("to", "2026-11-21")], ("/to", "out_of_range")),
    ] {
        let refused = world.by(OWNER, "list-bookings").query(query).send().await;
        assert_eq!((refused.status, refused.faults()), (400, vec![fault]), "{query:?}");
    }
}

#[tokio::test]
async fn a_booking_is_called_off_once_and_its_slot_is_free_again() {
    let world = world().await;
    book(&world, BOOKED.parse().unwrap(), 24, Status::Confirmed).await;
    assert_eq!(world.by(AGENT, "show-booking").send().await.body["status"], "CONFIRMED");
    let called_off = world.by(AGENT, "cancel-booking").send().await;
    assert_eq!((called_off.status, &called_off.body["status"]), (200, &Value::from("CANCELED")), "{called_off:?}");
    assert_eq!(world.by(OWNER, "show-booking").send().await.body, called_off.body);
    assert_eq!(world.by(AGENT, "cancel-booking").send().await.body, called_off.body);
    book(&world, fresh(&RandomIds::default()), 24, Status::Confirmed).await;
}

#[tokio::test]
async fn who_came_is_marked_once_and_only_after_the_start() {
    for (case, status) in [("complete-booking", "COMPLETED"), ("no-show-booking", "NO_SHOW")] {
        let world = world().await;
        let ahead = fresh(&RandomIds::default());
        book(&world, BOOKED.parse().unwrap(), 0, Status::Confirmed).await;
        book(&world, ahead, 1, Status::Confirmed).await;
        let early = world.by(AGENT, case).id(&ahead.to_string()).send().await;
        assert_eq!((early.status, early.code()), (409, "conflict"), "{case}");
        let marked = world.by(AGENT, case).send().await;
        assert_eq!((marked.status, &marked.body["status"]), (200, &Value::from(status)), "{marked:?}");
        assert_eq!(world.by(OWNER, case).send().await.body, marked.body, "again is no change");
        let other = if case == "complete-booking" { "no-show-booking" } else { "complete-booking" };
        assert_eq!(world.by(OWNER, other).send().await.status, 409, "a mark stays");
        assert_eq!(world.by(OWNER, "cancel-booking").send().await.status, 409);
    }
}

#[tokio::test]
async fn a_booking_of_another_business_is_as_if_it_never_was() {
    let world = world().await;
    book(&world, BOOKED.parse().unwrap(), 24, Status::Confirmed).await;
    for case in ["show-booking", "cancel-booking", "complete-booking", "no-show-booking"] {
        let foreign = world.by(STRANGER, case).send().await;
        let unknown = world.by(STRANGER, case).id("01KAJZZZZZZZZZZZZZZZZZZZZZ").send().await;
        assert_eq!(foreign.status, 404, "{case}");
        assert_eq!(foreign.body, unknown.body, "{case}");
    }
    assert!(starts(&world.by(STRANGER, "list-bookings").query(&[]).send().await.body).is_empty());
    assert_eq!(world.by(OWNER, "show-booking").send().await.body["status"], "CONFIRMED");
}
