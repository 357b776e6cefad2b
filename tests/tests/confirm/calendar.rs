//! Busy times of the owner's own calendar: what they keep out, and what they never touch.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use shared::app::booking::{self, Error as BookingError};
use shared::app::calendar::sync::{Looked, look};
use shared::app::calendar::{self, Shown, feed};
use shared::app::confirm::Error;
use shared::app::schedule::Outlook;
use shared::clients::fetch::{Fetch, Reach, SystemLookup};
use shared::domain::booking::{Booking, CalledOffBy};
use shared::domain::calendar::Problem;
use shared::domain::id::BookingId;
use shared::store::booking::{Booked, BookingWrite};
use shared::store::calendar::{BusyDay, BusyWrite};
use tokio::net::TcpListener;

use crate::world::{FREE_HOUR, Offered, TENANT, World, package, resource, world};

/// What stands in the owner's own calendar, and how it was asked for.
#[derive(Default)]
pub(crate) struct Own {
    pub(crate) text: String,
    status: u16,
    etag: Option<&'static str>,
    asked: Vec<Option<String>>,
}

pub(crate) type Shelf = Arc<Mutex<Own>>;

async fn serve(State(shelf): State<Shelf>, headers: HeaderMap) -> Response {
    let mut own = shelf.lock().unwrap();
    let known = headers.get("if-none-match").map(|known| known.to_str().unwrap().to_owned());
    own.asked.push(known.clone());
    if own.status != 200 {
        return StatusCode::from_u16(own.status).unwrap().into_response();
    }
    if own.etag.is_some() && known.as_deref() == own.etag {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let etag = own.etag.map(|etag| ("etag", etag)).unwrap_or(("x-nothing", ""));
    ([("content-type", "text/calendar"), etag], own.text.clone()).into_response()
}

/// A calendar of the owner's with `entries`, and where it is.
pub(crate) async fn shelf(world: &World, entries: &[&str]) -> (Shelf, String) {
    let shelf = Shelf::new(Mutex::new(Own { text: file(entries), status: 200, ..Own::default() }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/own.ics?key=secret", listener.local_addr().unwrap());
    let router = Router::new().fallback(serve).with_state(Arc::clone(&shelf));
    world.spawn(async move { drop(axum::serve(listener, router).await) });
    (shelf, url)
}

pub(crate) fn file(entries: &[&str]) -> String {
    let entries: String = entries.iter().map(|entry| format!("BEGIN:VEVENT\r\n{entry}\r\nEND:VEVENT\r\n")).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{entries}END:VCALENDAR\r\n")
}

/// Tuesday from 10:00 to 11:30 in Berlin.
pub(crate) const DENTIST: &str = "UID:dentist\r\nDTSTART;TZID=Europe/Berlin:20261124T100000\r\nDURATION:PT90M";

/// The same world with a fetch that reaches this machine.
pub(crate) async fn opened(offered: &[Offered<'_>]) -> World {
    let mut world = world(offered).await;
    world.services.fetch = Fetch::new(Reach::PublicAndLoopback, Arc::new(SystemLookup)).unwrap();
    world
}

async fn shown(world: &World) -> Shown {
    calendar::show(world.services.calendar(), TENANT, resource(1)).await.unwrap()
}

/// Sets the addresses, and looks at them.
pub(crate) async fn import(world: &World, urls: &[String]) -> Looked {
    let version = shown(world).await.calendars.version;
    calendar::import(world.services.calendar(), TENANT, (resource(1), version), urls).await.unwrap();
    look_again(world).await
}

pub(crate) async fn look_again(world: &World) -> Looked {
    look(world.services.calendar_sync(), TENANT, resource(1)).await.unwrap()
}

async fn is_free(world: &World, start: &str) -> bool {
    let (slot, business) = (world.slot(1, 1, start).await, world.business().await);
    let offered = business.package(package(1)).unwrap();
    let outlook = Outlook::around(&world.services.store, &business, offered, &slot, world.now(), None).await.unwrap();
    outlook.judge(&business, offered, &slot, world.now()).is_ok()
}

/// A change of bookings as it stands in a transaction, whatever was read before.
async fn claim(world: &World, booking: &Booking) -> Booked {
    let write =
        BookingWrite { before: None, after: booking, proposal: None, figures: &[], events: &[], now: world.now() };
    world.services.store.write_booking(TENANT, &write).await.unwrap()
}

fn conflicts(shown: &Shown) -> Vec<BookingId> {
    shown.conflicts.iter().map(|(booking, _)| *booking).collect()
}

const NINE: &str = "2026-11-24T08:00:00Z";
pub(crate) const TEN: &str = "2026-11-24T09:00:00Z";
const HALF_PAST_ELEVEN: &str = "2026-11-24T10:30:00Z";

#[tokio::test]
async fn a_busy_time_keeps_bookings_out_from_its_first_quarter_to_its_last() {
    let world = opened(&[FREE_HOUR]).await;
    let (_, url) = shelf(&world, &[DENTIST]).await;
    assert_eq!(import(&world, &[url]).await, Looked::Done { read: 1, failed: 0, changed: 1, overlaps: 0 });
    let mut free = Vec::new();
    for start in [NINE, "2026-11-24T08:15:00Z", TEN, "2026-11-24T10:15:00Z", HALF_PAST_ELEVEN] {
        free.push(is_free(&world, start).await);
    }
    assert_eq!(free, [true, false, false, false, true]);
    let refused = world.confirm(&world.wants("ann@x.test", 1, 1, TEN).await).await;
    let Err(Error::Booking(BookingError::SlotTaken { alternatives, .. })) = refused else { panic!("{refused:?}") };
    assert!(alternatives.iter().any(|free| free.slot.start().to_string() == HALF_PAST_ELEVEN), "right behind it");
    world.booked("ann@x.test", 1, 1, NINE).await;
    world.booked("ben@x.test", 1, 1, HALF_PAST_ELEVEN).await;
}

#[tokio::test]
async fn no_claim_is_made_on_a_busy_time_whatever_was_read_before() {
    for seats in [1, 3] {
        let world = opened(&[Offered { seats, ..FREE_HOUR }]).await;
        // It was read when the time was free, and one of three has a seat.
        let ann = world.booked("ann@x.test", 1, 1, TEN).await.booking;
        let late = Booking { id: BookingId::new(world.services.ids.ulid(world.now())), version: 1, ..ann.clone() };
        let code = |text: &str| text.parse().unwrap();
        let late = Booking { code: code("2Z3ZH9AB"), ..late };
        if seats == 1 {
            booking::cancel(world.services.booking(), TENANT, ann.id, CalledOffBy::Owner).await.unwrap();
        }
        let (shelf, url) = shelf(&world, &[DENTIST]).await;
        import(&world, &[url]).await;
        assert_eq!(claim(&world, &late).await, Booked::SlotTaken, "{seats}");
        shelf.lock().unwrap().text = file(&[]);
        look_again(&world).await;
        assert_eq!(claim(&world, &late).await, Booked::Done, "{seats}");
    }
}

#[tokio::test]
async fn a_busy_time_takes_nothing_from_a_booking_and_is_told_once() {
    let world = opened(&[FREE_HOUR]).await;
    let ann = world.booked("ann@x.test", 1, 1, TEN).await.booking;
    let (_, url) = shelf(&world, &[DENTIST]).await;
    assert_eq!(import(&world, &[url]).await, Looked::Done { read: 1, failed: 0, changed: 1, overlaps: 1 });
    assert_eq!(look_again(&world).await, Looked::Done { read: 1, failed: 0, changed: 0, overlaps: 0 });
    assert_eq!(world.stored(ann.id).await, ann);
    assert_eq!(conflicts(&shown(&world).await), [ann.id]);
    assert_eq!(world.events(), ["booking.confirmed", "calendar.due", "booking.overlaps"]);
    // It can be moved out of the way, and then nothing overlaps any more.
    let slot = world.slot(1, 1, HALF_PAST_ELEVEN).await;
    booking::reschedule(world.services.booking(), TENANT, ann.id, &slot, CalledOffBy::Owner).await.unwrap();
    assert_eq!(conflicts(&shown(&world).await), []);
}

#[tokio::test]
async fn a_calendar_that_fails_keeps_what_it_had_and_says_so() {
    let world = opened(&[FREE_HOUR]).await;
    let (shelf, url) = shelf(&world, &[DENTIST]).await;
    let (_, other) = self::shelf(&world, &["UID:x\r\nDTSTART:20261124T140000Z\r\nDTEND:20261124T150000Z"]).await;
    import(&world, &[url, other.clone()]).await;
    let fetched_at = shown(&world).await.calendars.sources[0].fetched_at;
    assert_eq!(fetched_at, Some(world.now()));
    for (status, text, problem) in [
        (500, "", Problem::NotThere),
        (404, "", Problem::NotThere),
        (200, "<html>", Problem::NotACalendar),
        (200, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", Problem::NotACalendar),
    ] {
        world.clock.advance(std::time::Duration::from_mins(60));
        (shelf.lock().unwrap().status, shelf.lock().unwrap().text) = (status, text.to_owned());
        assert_eq!(look_again(&world).await, Looked::Done { read: 1, failed: 1, changed: 0, overlaps: 0 });
        let sources = shown(&world).await.calendars.sources;
        assert_eq!((sources[0].problem, sources[0].fetched_at), (Some(problem), fetched_at));
        assert_eq!((sources[0].tried_at, sources[1].fetched_at), (Some(world.now()), Some(world.now())));
        assert!(!is_free(&world, TEN).await);
    }
    assert!(!is_free(&world, "2026-11-24T14:00:00Z").await);
    // Without its address, nothing of it is left; the other one stays.
    import(&world, &[other]).await;
    assert!(is_free(&world, TEN).await && !is_free(&world, "2026-11-24T14:00:00Z").await);
    import(&world, &[]).await;
    assert!(is_free(&world, "2026-11-24T14:00:00Z").await);
    assert_eq!(look_again(&world).await, Looked::Nothing);
}

#[tokio::test]
async fn an_unchanged_calendar_is_not_read_again_until_new_days_come_near() {
    let world = opened(&[FREE_HOUR]).await;
    let (shelf, url) = shelf(&world, &["UID:d\r\nDTSTART:20261124T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY"]).await;
    shelf.lock().unwrap().etag = Some("\"1\"");
    import(&world, &[url]).await;
    let day = std::time::Duration::from_hours(24);
    for days in 1..=8 {
        world.clock.advance(day);
        look_again(&world).await;
        let asked = shelf.lock().unwrap().asked.last().cloned().unwrap();
        assert_eq!(asked.is_none(), days == 8, "after {days} days");
    }
    // The last day that can be booked is busy, too.
    let last = world.now() + jiff::SignedDuration::from_hours(24 * 90);
    assert!(!is_free(&world, &last.strftime("%Y-%m-%dT09:00:00Z").to_string()).await);
}

#[tokio::test]
async fn our_own_feed_that_comes_back_keeps_nothing_out() {
    let world = opened(&[FREE_HOUR]).await;
    let booking = world.booked("ann@x.test", 1, 1, TEN).await.booking;
    let made = calendar::make_link(world.services.calendar(), TENANT, resource(1)).await.unwrap();
    let feed = feed::read(world.services.feed(), &made.feed.unwrap()).await.unwrap();
    assert!(feed.text.contains(&format!("UID:{}@desk.example", booking.id)), "{}", feed.text);
    let (shelf, url) = shelf(&world, &[]).await;
    shelf.lock().unwrap().text.clone_from(&feed.text);
    assert_eq!(import(&world, &[url]).await, Looked::Done { read: 1, failed: 0, changed: 0, overlaps: 0 });
    // The copy that a calendar app still has of what was called off keeps nothing out either.
    booking::cancel(world.services.booking(), TENANT, booking.id, CalledOffBy::Owner).await.unwrap();
    look_again(&world).await;
    world.booked("ben@x.test", 1, 1, TEN).await;
    // What another desk would call its own does.
    shelf.lock().unwrap().text = feed.text.replace("@desk.example", "@elsewhere.example");
    assert_eq!(look_again(&world).await, Looked::Done { read: 1, failed: 0, changed: 1, overlaps: 1 });
}

#[tokio::test]
async fn a_look_that_the_owner_has_overtaken_writes_nothing() {
    let world = opened(&[FREE_HOUR]).await;
    let (_, url) = shelf(&world, &[DENTIST]).await;
    import(&world, &[url]).await;
    let store = &world.services.store;
    let read = store.find_calendars(TENANT, resource(1)).await.unwrap().unwrap();
    let days = (at_day("2026-11-23"), at_day("2026-12-31"));
    let busy = store.find_busy_days(TENANT, resource(1), days).await.unwrap();
    import(&world, &[]).await;
    let write = |(date, before): (&jiff::civil::Date, &'_ BusyDay)| (*date, before.by_source.clone());
    let after: Vec<_> = busy.iter().map(write).collect();
    let writes: Vec<_> =
        after.into_iter().map(|(date, after)| BusyWrite { date, before: &busy[&date], after, freed: None }).collect();
    assert!(!writes.is_empty());
    assert!(!store.write_busy_days(TENANT, &read, &writes).await.unwrap());
    assert!(!store.keep_look(TENANT, &read, &read.sources).await.unwrap());
    assert!(is_free(&world, TEN).await, "what was taken away does not come back");
}

fn at_day(text: &str) -> jiff::civil::Date {
    text.parse().unwrap()
}

#[tokio::test]
async fn bookings_and_looks_at_once_end_with_every_overlap_told() {
    let world = opened(&[FREE_HOUR]).await;
    let (_, url) = shelf(&world, &[DENTIST]).await;
    let version = shown(&world).await.calendars.version;
    calendar::import(world.services.calendar(), TENANT, (resource(1), version), &[url]).await.unwrap();
    let cards = [world.wants("ann@x.test", 1, 1, TEN).await, world.wants("ben@x.test", 1, 1, NINE).await];
    let (ann, ben, first, second) = tokio::join!(
        world.confirm(&cards[0]),
        world.confirm(&cards[1]),
        look(world.services.calendar_sync(), TENANT, resource(1)),
        look(world.services.calendar_sync(), TENANT, resource(1)),
    );
    ben.unwrap();
    assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
    look_again(&world).await;
    let stands: Vec<BookingId> = ann.iter().map(|done| done.booking.id).collect();
    assert_eq!(conflicts(&shown(&world).await), stands);
    let told = world.events().iter().filter(|name| *name == "booking.overlaps").count();
    assert_eq!(told, stands.len());
}
