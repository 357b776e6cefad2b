//! Deposits, fees and refunds: what is told before the click is what happens.

use std::time::Duration;

use lambda_http::{Body, Response};
use serde_json::{Value, json};
use shared::app::booking::{self, Error as BookingError};
use shared::app::confirm::Error;
use shared::app::mail::Links;
use shared::domain::booking::{Booking, CalledOffBy, Status};
use shared::domain::link::Purpose;
use shared::domain::money::Money;
use shared::domain::package::draft::CancellationDraft;
use shared::domain::proposal::Operation;

use crate::world::{HOUR, TENANT, World, at, draft, package, world};

/// In good time: more than a day ahead.
const WEDNESDAY: &str = "2026-11-25T09:00:00Z";
/// Within the last day.
const TODAY: &str = "2026-11-23T10:00:00Z";

const SHOW_CANCEL: &str = include_str!("../../../events/confirm/show-cancel.json");
const CANCEL: &str = include_str!("../../../events/confirm/cancel-by-link.json");
const SHOW_MOVE: &str = include_str!("../../../events/confirm/show-reschedule.json");
const MOVE: &str = include_str!("../../../events/confirm/reschedule-by-link.json");

fn euros(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().unwrap()).unwrap()
}

/// Offers the hour over 80 euros with a deposit, on terms of its own.
async fn offer(world: &World, deposit_percent: Option<u32>, cancellation: CancellationDraft, version: u64) {
    let mut draft = draft(&HOUR);
    (draft.deposit_percent, draft.cancellation) = (deposit_percent, cancellation);
    let package = draft.check(package(1), version + 1).unwrap();
    world.services.store.put_package(TENANT, &package, Some(version)).await.unwrap();
}

async fn with_deposit() -> World {
    let world = world(&[HOUR]).await;
    offer(&world, Some(30), CancellationDraft::default(), 1).await;
    world
}

async fn follow(world: &World, event: &str, (purpose, booking): (Purpose, &Booking), body: &str) -> (u16, String) {
    let links = Links::new("https://desk.example", world.services.link_key.clone()).unwrap();
    let link = links.find(purpose, TENANT, booking, world.now()).unwrap();
    let mut event: Value = serde_json::from_str(event).unwrap();
    event["pathParameters"]["token"] = json!(link.split('/').nth_back(1).unwrap());
    (event["body"], event["isBase64Encoded"]) = (json!(body), json!(false));
    let request = lambda_http::request::from_str(&event.to_string()).unwrap();
    let answer: Response<Body> = Box::pin(confirm::handle(&world.services, request)).await;
    (answer.status().as_u16(), String::from_utf8(answer.body().to_vec()).unwrap())
}

/// The value of the page's field `name`.
fn field<'a>(html: &'a str, name: &str) -> &'a str {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split_once('"').unwrap().0
}

#[tokio::test]
async fn checkout_charges_the_deposit_and_the_booking_says_what_is_due_at_the_visit() {
    let world = with_deposit().await;
    let booking = world.booked("ann@x.test", 1, 1, WEDNESDAY).await.booking;
    assert_eq!((booking.price, booking.due, booking.due_at_visit()), (euros(8_000), euros(2_400), euros(5_600)));
    let session = world.stripe.find_session(&booking.id.to_string()).unwrap();
    assert_eq!(session["amount_total"], 2_400);
    let paid = world.paid(&booking).await;
    assert_eq!((paid.paid(), paid.standing()), (euros(2_400), shared::domain::payment::Standing::Paid));
    assert_eq!(world.stored(booking.id).await, paid);
}

#[tokio::test]
async fn another_deposit_or_other_terms_than_were_shown_are_refused() {
    for (deposit, cancellation) in [
        (Some(40), CancellationDraft::default()),
        (None, CancellationDraft::default()),
        (Some(30), CancellationDraft { late_fee_percent: Some(100), ..CancellationDraft::default() }),
    ] {
        let world = with_deposit().await;
        let card = world.wants("ann@x.test", 1, 1, WEDNESDAY).await;
        offer(&world, deposit, cancellation, 2).await;
        assert!(matches!(world.confirm(&card).await, Err(Error::PriceChanged)), "{deposit:?} {cancellation:?}");
        assert!(world.events().is_empty());
    }
}

#[tokio::test]
async fn the_terms_of_the_day_of_booking_count_whatever_the_owner_demands_later() {
    let world = world(&[HOUR]).await;
    let booking = world.paid(&world.booked("ann@x.test", 1, 1, TODAY).await.booking).await;
    let strict = CancellationDraft { late_fee_percent: Some(100), ..CancellationDraft::default() };
    offer(&world, None, strict, 1).await;
    let by = CalledOffBy::Customer;
    let off = booking::cancel(world.services.booking(), TENANT, booking.id, by).await.unwrap();
    assert_eq!((off.fee, off.refund_due), (euros(4_000), Some(euros(4_000))));
}

#[tokio::test]
async fn a_package_with_terms_of_its_own_is_called_off_on_them() {
    let world = world(&[HOUR]).await;
    let own = CancellationDraft { free_until_minutes: Some(0), ..CancellationDraft::default() };
    offer(&world, None, own, 1).await;
    let booking = world.paid(&world.booked("ann@x.test", 1, 1, TODAY).await.booking).await;
    let by = CalledOffBy::Customer;
    let off = booking::cancel(world.services.booking(), TENANT, booking.id, by).await.unwrap();
    assert_eq!((off.fee, off.refund_due), (euros(0), Some(euros(8_000))));
}

#[tokio::test]
async fn who_moves_late_and_cancels_then_gets_back_no_more_than_by_cancelling_at_once() {
    let world = world(&[HOUR]).await;
    let booking = world.paid(&world.booked("ann@x.test", 1, 1, TODAY).await.booking).await;
    let slot = world.slot(1, 1, WEDNESDAY).await;
    let moving = |fee| Operation::Reschedule { booking: booking.id, slot, fee };
    let unknowing = world.confirm(&world.asked("ann@x.test", moving(None)).await).await;
    assert!(matches!(unknowing, Err(Error::Booking(BookingError::TermsChanged))), "nobody told the customer");
    let card = world.asked("ann@x.test", moving(Some(euros(4_000)))).await;
    let moved = world.confirm(&card).await.unwrap().booking;
    assert_eq!((moved.slot.start(), moved.fee, moved.status), (at(WEDNESDAY), euros(4_000), Status::Confirmed));
    let (_, html) = follow(&world, SHOW_CANCEL, (Purpose::Cancel, &moved), "").await;
    assert!(html.contains("<dt>You get back</dt><dd class=\"lead\">€40.00</dd>"), "{html}");
    let by = CalledOffBy::Customer;
    let off = booking::cancel(world.services.booking(), TENANT, booking.id, by).await.unwrap();
    assert_eq!((off.fee, off.refund_due), (euros(4_000), Some(euros(4_000))));
}

#[tokio::test]
async fn the_business_gives_all_of_it_back_whatever_a_late_move_had_earned() {
    let world = with_deposit().await;
    let booking = world.paid(&world.booked("ann@x.test", 1, 1, TODAY).await.booking).await;
    let slot = world.slot(1, 1, WEDNESDAY).await;
    let services = world.services.booking();
    let moved = booking::reschedule(services, TENANT, booking.id, &slot, CalledOffBy::Customer).await.unwrap();
    assert_eq!(moved.fee, euros(2_400), "never more than was paid");
    let off = booking::cancel(world.services.booking(), TENANT, booking.id, CalledOffBy::Owner).await.unwrap();
    assert_eq!((off.fee, off.refund_due), (euros(0), Some(euros(2_400))));
}

#[tokio::test]
async fn the_page_says_what_comes_back_and_its_button_brings_no_less() {
    let world = world(&[HOUR]).await;
    // Free to cancel for one more hour.
    let booking = world.paid(&world.booked("ann@x.test", 1, 1, "2026-11-24T08:00:00Z").await.booking).await;
    let link = (Purpose::Cancel, &booking);
    let (_, html) = follow(&world, SHOW_CANCEL, link, "").await;
    assert!(html.contains("<dt>Cancellation fee</dt><dd class=\"plain\">None</dd>"), "{html}");
    let told = field(&html, "told").to_owned();
    assert_eq!(told, "8000");
    world.clock.advance(Duration::from_secs(3_601));
    let (status, html) = follow(&world, CANCEL, link, &format!("told={told}")).await;
    assert!(status == 409 && html.contains("Nothing is cancelled yet"), "{html}");
    assert!(html.contains("<dt>Cancellation fee</dt><dd class=\"plain\">€40.00</dd>"), "{html}");
    assert_eq!(world.stored(booking.id).await, booking);
    let told = field(&html, "told").to_owned();
    let (status, html) = follow(&world, CANCEL, link, &format!("told={told}")).await;
    assert!(status == 200 && html.contains("<dt>You get back</dt><dd class=\"lead\">€40.00</dd>"), "{html}");
    assert_eq!(world.stored(booking.id).await.refund_due, Some(euros(4_000)));
}

#[tokio::test]
async fn the_page_to_move_on_says_what_is_kept_and_its_button_keeps_no_more() {
    let world = world(&[HOUR]).await;
    let booking = world.paid(&world.booked("ann@x.test", 1, 1, "2026-11-24T08:00:00Z").await.booking).await;
    let link = (Purpose::Reschedule, &booking);
    let (_, html) = follow(&world, SHOW_MOVE, link, "").await;
    assert!(field(&html, "told") == "0" && !html.contains("Kept if you cancel"), "{html}");
    let wish = format!("slot={}&told=0", field(&html, "slot"));
    world.clock.advance(Duration::from_secs(3_601));
    let (status, html) = follow(&world, MOVE, link, &wish).await;
    assert!(status == 409 && html.contains("€40.00, also at the new time"), "{html}");
    assert_eq!(world.stored(booking.id).await, booking);
    let wish = format!("slot={}&told={}", field(&html, "slot"), field(&html, "told"));
    assert_eq!(follow(&world, MOVE, link, &wish).await.0, 200);
    assert_eq!(world.stored(booking.id).await.fee, euros(4_000));
}
