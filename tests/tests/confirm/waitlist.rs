//! The waitlist: joining it, and what comes free for those who wait.

use aws_lambda_events::sqs::SqsEvent;
use jiff::civil::Date;
use serde_json::json;
use shared::app::booking::{self, Error as BookingError};
use shared::app::confirm::{Done, Error};
use shared::app::waitlist::{self, end_offers};
use shared::domain::availability::{Days, WhyNone};
use shared::domain::booking::{Booking, CalledOffBy, Customer, Status};
use shared::domain::event::Happening;
use shared::domain::id::{PackageId, TenantId};
use shared::domain::proposal::Operation;
use shared::domain::text::Line;
use shared::domain::waitlist::{Entry, Standing};
use shared::store::booking::Span;
use shared::store::waitlist::Wanted;
use tests::line::envelope;

use crate::world::{FREE_HOUR, HOUR, NOW, Offered, TENANT, World, at, draft, opened, package};

pub(crate) const TEN: &str = "2026-11-23T09:00:00Z";
pub(crate) const ELEVEN: &str = "2026-11-23T10:00:00Z";
const MONDAY: &str = "2026-11-23";
/// Open for one hour, or two.
pub(crate) const AT_TEN: (&str, &str, &str) = (NOW, "10:00", "11:00");
pub(crate) const FROM_TEN_TO_TWELVE: (&str, &str, &str) = (NOW, "10:00", "12:00");

pub(crate) fn to_join(email: &str, package: PackageId, (first, last): (&str, &str)) -> Operation {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let customer = Customer { name: Line::new("Ann Lee").unwrap(), email: email.parse().unwrap() };
    Operation::Join { package, days: Days::new(day(first), day(last)).unwrap(), customer }
}

/// A visitor joins the waitlist for package 1 on the day that is today.
pub(crate) async fn joins(world: &World, email: &str) {
    join(world, email, 1, (MONDAY, MONDAY)).await.unwrap();
}

pub(crate) async fn join(world: &World, email: &str, n: u128, days: (&str, &str)) -> Result<Done, Error> {
    world.press(&world.asked(email, to_join(email, package(n), days)).await).await
}

/// Hands every event so far that concerns the waitlist to its worker, again and again until none is new.
pub(crate) async fn work(world: &World) {
    let mut heard = usize::MAX;
    loop {
        let events = concerning(world).await;
        if events.len() == heard {
            return;
        }
        heard = events.len();
        deliver(world, &events).await;
    }
}

/// The messages that the bus puts into the waitlist's queue.
pub(crate) async fn concerning(world: &World) -> Vec<String> {
    let concerns = |what: &Happening| matches!(what, Happening::SlotFreed(..) | Happening::WaitlistJoined(_));
    world.announced().await.iter().filter(|event| concerns(&event.what)).map(envelope).collect()
}

pub(crate) async fn deliver(world: &World, bodies: &[String]) {
    let record =
        |(n, body): (usize, &String)| json!({ "messageId": n.to_string(), "body": body, "eventSource": "aws:sqs" });
    let records: Vec<_> = bodies.iter().enumerate().map(record).collect();
    let batch: SqsEvent = serde_json::from_value(json!({ "Records": records })).unwrap();
    let answer = waitlist_worker::handle(&world.services, batch).await;
    assert!(answer.batch_item_failures.is_empty(), "{answer:?}");
}

pub(crate) async fn bookings(world: &World) -> Vec<Booking> {
    let span = Span { from: at("2026-01-01T00:00:00Z"), to: at("2028-01-01T00:00:00Z"), status: None };
    world.services.store.list_bookings(TENANT, &span, 1_000, None).await.unwrap().items
}

/// The bookings that are offers now.
pub(crate) async fn offers(world: &World) -> Vec<Booking> {
    bookings(world).await.into_iter().filter(|booking| booking.status == Status::Offered).collect()
}

/// Whom something is offered to now.
pub(crate) async fn asked(world: &World) -> Vec<String> {
    offers(world).await.iter().map(|offer| offer.customer.email.to_string()).collect()
}

pub(crate) async fn waiting(world: &World) -> Vec<Entry> {
    world.services.store.list_waiting(TENANT, &Wanted::default(), 1_000, None).await.unwrap().items
}

pub(crate) async fn entry(world: &World, offer: &Booking) -> Entry {
    world.services.store.find_entry(TENANT, offer.waited_for().unwrap()).await.unwrap().unwrap()
}

pub(crate) async fn cancel(world: &World, booking: &Booking) {
    booking::cancel(world.services.booking(), TENANT, booking.id, CalledOffBy::Owner).await.unwrap();
}

/// A fully booked hour, and the emails that wait for it, in this order.
pub(crate) async fn full(world: &World, emails: &[&str]) -> Booking {
    let booked = world.booked("first@x.test", 1, 1, TEN).await.booking;
    for email in emails {
        joins(world, email).await;
    }
    work(world).await;
    assert!(offers(world).await.is_empty(), "nothing is free");
    booked
}

#[tokio::test]
async fn what_comes_free_is_offered_to_the_first_and_to_nobody_else() {
    let world = opened(&[FREE_HOUR], AT_TEN).await;
    let booked = full(&world, &["ann@x.test", "bob@x.test"]).await;
    cancel(&world, &booked).await;
    work(&world).await;
    let [offer] = &offers(&world).await[..] else { panic!("one offer") };
    assert_eq!((offer.customer.email.as_str(), offer.slot.start()), ("ann@x.test", at(TEN)));
    assert_eq!(offer.hold_until, Some(at(NOW) + jiff::SignedDuration::from_mins(30)));
    let standings: Vec<_> = waiting(&world).await.iter().map(|entry| entry.status).collect();
    assert_eq!(standings, [Standing::Offered, Standing::Waiting]);
    let refused = world.confirm(&world.wants("late@x.test", 1, 1, TEN).await).await;
    assert!(matches!(refused, Err(Error::Booking(BookingError::SlotTaken { .. }))), "it is held: {refused:?}");
    assert_eq!(world.events().last().unwrap(), "booking.offered");
}

#[tokio::test]
async fn an_event_that_comes_many_times_and_at_once_brings_one_offer() {
    let world = opened(&[FREE_HOUR], AT_TEN).await;
    let booked = full(&world, &["ann@x.test", "bob@x.test"]).await;
    cancel(&world, &booked).await;
    let events = concerning(&world).await;
    futures::future::join_all((0..16).map(|_| deliver(&world, &events))).await;
    assert_eq!(asked(&world).await, ["ann@x.test"]);
}

#[tokio::test]
async fn an_offer_that_nobody_answers_goes_to_the_next_until_nobody_waits() {
    let world = opened(&[FREE_HOUR], AT_TEN).await;
    let booked = full(&world, &["ann@x.test", "bob@x.test", "cid@x.test"]).await;
    cancel(&world, &booked).await;
    for next in ["ann@x.test", "bob@x.test", "cid@x.test"] {
        work(&world).await;
        assert_eq!(asked(&world).await, [next]);
        world.clock.advance(std::time::Duration::from_secs(30 * 60 - 1));
        assert_eq!(end_offers(world.services.waitlist()).await.unwrap().passed, 0, "a second is left");
        world.clock.advance(std::time::Duration::from_secs(1));
        let offer = offers(&world).await.remove(0);
        let late = waitlist::take(world.services.waitlist(), TENANT, offer.id).await;
        assert!(matches!(late, Err(waitlist::Error::Offer(_))), "its time is over, noticed or not: {late:?}");
        assert_eq!(end_offers(world.services.waitlist()).await.unwrap().passed, 1);
        assert_eq!(entry(&world, &offer).await.status, Standing::Passed);
    }
    work(&world).await;
    assert!(offers(&world).await.is_empty() && waiting(&world).await.is_empty());
    world.booked("late@x.test", 1, 1, TEN).await;
}

#[tokio::test]
async fn two_slots_that_come_free_go_to_the_first_two_of_three() {
    let world = opened(&[FREE_HOUR], FROM_TEN_TO_TWELVE).await;
    let later = world.booked("second@x.test", 1, 1, ELEVEN).await.booking;
    let booked = full(&world, &["ann@x.test", "bob@x.test", "cid@x.test"]).await;
    cancel(&world, &later).await;
    cancel(&world, &booked).await;
    let events = concerning(&world).await;
    futures::future::join_all(events.iter().rev().map(|event| deliver(&world, std::slice::from_ref(event)))).await;
    let mut asked = asked(&world).await;
    asked.sort_unstable();
    assert_eq!(asked, ["ann@x.test", "bob@x.test"]);
}

#[tokio::test]
async fn a_slot_that_came_free_before_somebody_was_in_line_is_offered_to_them() {
    let world = opened(&[FREE_HOUR], AT_TEN).await;
    let booked = world.booked("first@x.test", 1, 1, TEN).await.booking;
    let card = world.asked("ann@x.test", to_join("ann@x.test", package(1), (MONDAY, MONDAY))).await;
    cancel(&world, &booked).await;
    work(&world).await;
    assert!(matches!(world.press(&card).await, Ok(Done::Waitlist(_))));
    work(&world).await;
    assert_eq!(asked(&world).await, ["ann@x.test"]);
}

#[tokio::test]
async fn joining_again_and_again_is_one_place_and_every_answer_the_same() {
    let world = opened(&[FREE_HOUR], AT_TEN).await;
    world.booked("first@x.test", 1, 1, TEN).await;
    let mut answers = Vec::new();
    for _ in 0..3 {
        let card = world.asked("ann@x.test", to_join("ann@x.test", package(1), (MONDAY, MONDAY))).await;
        let pressed = futures::future::join_all((0..8).map(|_| world.press(&card))).await;
        answers.extend(pressed.into_iter().map(|done| match done.unwrap() {
            Done::Waitlist(proposal) => proposal.operation.clone(),
            Done::Booking(booking) => panic!("{booking:?}"),
        }));
    }
    assert_eq!(waiting(&world).await.len(), 1);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(world.events().iter().filter(|name| *name == "waitlist.joined").count(), 1, "one mail");
}

#[tokio::test]
async fn an_email_has_five_places_and_gets_the_same_answer_to_the_sixth() {
    let packages: Vec<_> = (0..6).map(|_| FREE_HOUR).collect();
    let world = opened(&packages, AT_TEN).await;
    world.booked("first@x.test", 1, 1, TEN).await;
    for n in 1..=6 {
        assert!(matches!(join(&world, "ann@x.test", n, (MONDAY, MONDAY)).await, Ok(Done::Waitlist(_))));
    }
    assert_eq!(waiting(&world).await.len(), 5);
    assert!(matches!(join(&world, "bob@x.test", 6, (MONDAY, MONDAY)).await, Ok(Done::Waitlist(_))));
    assert_eq!(waiting(&world).await.len(), 6);
    // Whoever leaves makes room.
    let left = waiting(&world).await.remove(0);
    waitlist::leave(world.services.waitlist(), TENANT, left.id, None).await.unwrap();
    join(&world, "ann@x.test", 6, (MONDAY, MONDAY)).await.unwrap();
    assert_eq!(waiting(&world).await.iter().filter(|entry| entry.customer.email.as_str() == "ann@x.test").count(), 5);
}

#[tokio::test]
async fn nobody_waits_for_what_cannot_come() {
    let world = opened(&[FREE_HOUR], AT_TEN).await;
    for (days, why) in [(("2026-11-20", "2026-11-22"), "past"), (("2027-11-20", "2027-11-22"), "beyond the horizon")] {
        let refused = join(&world, "ann@x.test", 1, days).await;
        assert!(matches!(refused, Err(Error::Booking(BookingError::SlotTaken { .. }))), "{why}: {refused:?}");
    }
    let business = world.business().await;
    let mut inactive = business.package(package(1)).unwrap().clone();
    (inactive.active, inactive.version) = (false, 2);
    world.services.store.put_package(TENANT, &inactive, Some(1)).await.unwrap();
    let refused = join(&world, "ann@x.test", 1, (MONDAY, MONDAY)).await;
    let Err(Error::Booking(BookingError::SlotTaken { why, .. })) = refused else { panic!("{refused:?}") };
    assert_eq!(why, WhyNone::PackageInactive);
    assert!(waiting(&world).await.is_empty());
}

#[tokio::test]
async fn what_another_business_frees_or_joins_is_nothing_here() {
    let world = opened(&[FREE_HOUR], AT_TEN).await;
    let booked = full(&world, &["ann@x.test"]).await;
    cancel(&world, &booked).await;
    let mut events = world.announced().await;
    for event in &mut events {
        event.tenant = TenantId::new(ulid::Ulid(8));
    }
    let concerns = |what: &Happening| matches!(what, Happening::SlotFreed(..) | Happening::WaitlistJoined(_));
    let bodies: Vec<String> = events.iter().filter(|event| concerns(&event.what)).map(envelope).collect();
    assert_eq!(bodies.len(), 2);
    deliver(&world, &bodies).await;
    assert!(offers(&world).await.is_empty());
    let id = waiting(&world).await[0].id;
    let elsewhere = TenantId::new(ulid::Ulid(8));
    let gone = waitlist::leave(world.services.waitlist(), elsewhere, id, None).await;
    assert!(matches!(gone, Err(waitlist::Error::NotFound)), "{gone:?}");
}

#[tokio::test]
async fn a_package_that_is_served_by_the_same_person_takes_what_another_frees() {
    let half = Offered { minutes: 30, price: 2_000, ..HOUR };
    let world = opened(&[FREE_HOUR, half], AT_TEN).await;
    assert_eq!(draft(&half).duration_minutes, Some(30));
    let booked = full(&world, &[]).await;
    for email in ["ann@x.test", "bob@x.test", "cid@x.test"] {
        join(&world, email, 2, (MONDAY, MONDAY)).await.unwrap();
    }
    cancel(&world, &booked).await;
    work(&world).await;
    assert_eq!(asked(&world).await, ["ann@x.test", "bob@x.test"], "an hour is two halves, in order");
}
