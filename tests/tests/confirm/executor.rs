//! What a click does, and when it does nothing.

use std::time::Duration;

use shared::app::booking::Error as BookingError;
use shared::app::confirm::{Error, decline};
use shared::domain::availability::WhyNone;
use shared::domain::booking::Status;
use shared::domain::id::{BookingId, ProposalId};
use shared::domain::proposal::{Operation, ProposalRefused, ProposalStatus};
use shared::domain::secret::SessionId;
use sim::stripe::Outage;
use ulid::Ulid;

use crate::world::{FREE_HOUR, HOUR, TENANT, at, draft, package, world};

const NOBODY: BookingId = BookingId::new(Ulid(0));
const TEN: &str = "2026-11-23T09:00:00Z";

#[tokio::test]
async fn what_is_free_stands_at_once() {
    let world = world(&[FREE_HOUR]).await;
    let done = world.booked("ann@x.test", 1, 1, TEN).await;
    assert_eq!((done.booking.status, done.booking.hold_until, done.checkout_url), (Status::Confirmed, None, None));
    assert_eq!(done.proposal.status, ProposalStatus::Executed(done.booking.id));
    assert_eq!(done.booking.notes.as_str(), "[Chatbot booking] By the window");
    assert_eq!(done.booking.source.as_str(), "customer_chatbot");
    let by_code = world.services.store.find_booking_by_code(TENANT, &done.booking.code, NOBODY).await.unwrap();
    assert_eq!(by_code, Some(done.booking));
    assert_eq!(world.events(), ["booking.confirmed"]);
}

#[tokio::test]
async fn what_costs_something_is_held_and_paid_at_stripe() {
    let world = world(&[HOUR]).await;
    let done = world.booked("ann@x.test", 1, 1, TEN).await;
    assert_eq!(done.booking.status, Status::PendingPayment);
    assert_eq!(done.booking.hold_until, Some(at("2026-11-23T07:31:00Z")));
    let session = world.stripe.find_session(&done.booking.id.to_string()).unwrap();
    assert_eq!(session["url"].as_str(), done.checkout_url.as_deref());
    assert_eq!(session["amount_total"], 8_000);
    assert_eq!(session["metadata"]["eventDate"], "2026-11-23");
    assert_eq!(session["success_url"], format!("https://desk.example/?paid={}", done.booking.id));
    assert_eq!(session["cancel_url"], format!("https://desk.example/?canceled={}", done.booking.id));
    let stored = world.stored(done.booking.id).await;
    assert_eq!(stored.checkout.unwrap().session, session["id"].as_str().unwrap());
    assert_eq!(world.events(), ["booking.received"]);
}

#[tokio::test]
async fn confirming_again_answers_with_the_booking_as_it_is_by_then() {
    let world = world(&[HOUR]).await;
    let card = world.wants("ann@x.test", 1, 1, TEN).await;
    let first = world.confirm(&card).await.unwrap();
    world.clock.advance(Duration::from_secs(60));
    let again = world.confirm(&card).await.unwrap();
    assert_eq!((again.booking.id, &again.checkout_url), (first.booking.id, &first.checkout_url));
    world.paid(&again.booking).await;
    world.clock.advance(Duration::from_secs(3_600));
    let later = world.confirm(&card).await.unwrap();
    assert_eq!((later.booking.status, later.checkout_url), (Status::Confirmed, None));
}

#[tokio::test]
async fn a_booking_stands_while_stripe_is_down_and_can_be_paid_later() {
    let world = world(&[HOUR]).await;
    let card = world.wants("ann@x.test", 1, 1, TEN).await;
    world.stripe.set_outage(Some(Outage::Status(503)));
    let done = world.confirm(&card).await.unwrap();
    let link = done.checkout_url.unwrap();
    assert!(link.starts_with("https://desk.example/v1/public/bookings/") && link.ends_with("/pay"), "{link}");
    assert_eq!(world.stored(done.booking.id).await.status, Status::PendingPayment);
    assert_eq!(world.events(), ["booking.received", "checkout.needed"]);
    assert_eq!(world.confirm(&card).await.unwrap().checkout_url, Some(link), "a repetition asks for nothing more");
    assert_eq!(world.events().len(), 2);
    // By now the hold has less left than Stripe demands of a session: it begins anew.
    world.stripe.set_outage(None);
    world.clock.advance(Duration::from_secs(5 * 60));
    let paying = world.confirm(&card).await.unwrap();
    let session = world.stripe.find_session(&done.booking.id.to_string()).unwrap();
    assert_eq!(session["url"].as_str(), paying.checkout_url.as_deref());
    assert_eq!(paying.booking.hold_until, Some(at("2026-11-23T07:36:00Z")));
}

#[tokio::test]
async fn an_answer_of_stripe_that_got_lost_makes_no_second_session() {
    let world = world(&[HOUR]).await;
    let card = world.wants("ann@x.test", 1, 1, TEN).await;
    world.stripe.fail_next(1, Outage::LostAnswer);
    let done = world.confirm(&card).await.unwrap();
    assert!(done.checkout_url.unwrap().ends_with("/pay"));
    let made = world.stripe.find_session(&done.booking.id.to_string()).unwrap();
    assert_eq!(world.confirm(&card).await.unwrap().checkout_url.as_deref(), made["url"].as_str());
    let newest = world.stripe.find_session(&done.booking.id.to_string()).unwrap();
    assert_eq!(newest["id"], made["id"]);
}

#[tokio::test]
async fn another_price_is_never_charged() {
    let world = world(&[HOUR]).await;
    let card = world.wants("ann@x.test", 1, 1, TEN).await;
    let dearer = draft(&crate::world::Offered { price: 9_000, ..HOUR }).check(package(1), 2).unwrap();
    world.services.store.put_package(TENANT, &dearer, Some(1)).await.unwrap();
    assert!(matches!(world.confirm(&card).await, Err(Error::PriceChanged)));
    assert!(world.events().is_empty());
}

#[tokio::test]
async fn a_package_that_is_no_longer_offered_is_not_booked() {
    let world = world(&[HOUR]).await;
    let card = world.wants("ann@x.test", 1, 1, TEN).await;
    let mut closed = draft(&HOUR);
    closed.active = false;
    world.services.store.put_package(TENANT, &closed.check(package(1), 2).unwrap(), Some(1)).await.unwrap();
    let refused = world.confirm(&card).await;
    assert!(
        matches!(refused, Err(Error::Booking(BookingError::SlotTaken { why: WhyNone::PackageInactive, .. }))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_proposal_can_be_confirmed_until_its_last_moment() {
    let world = world(&[FREE_HOUR]).await;
    let (late, in_time) = (world.wants("ann@x.test", 1, 1, TEN).await, world.wants("bob@x.test", 1, 1, TEN).await);
    world.clock.advance(Duration::from_millis(30 * 60 * 1_000 - 1));
    assert!(world.confirm(&in_time).await.is_ok());
    world.clock.advance(Duration::from_millis(1));
    assert!(matches!(world.confirm(&late).await, Err(Error::Refused(ProposalRefused::Expired))));
    assert!(world.confirm(&in_time).await.is_ok(), "what was done answers for ever after");
}

#[tokio::test]
async fn a_declined_proposal_is_not_done_and_a_done_one_not_declined() {
    let world = world(&[FREE_HOUR]).await;
    let business = world.business().await;
    let no = world.wants("ann@x.test", 1, 1, TEN).await;
    for _ in 0..2 {
        decline(world.services.confirm(), &business, &no.0, no.1).await.unwrap();
    }
    assert!(matches!(world.confirm(&no).await, Err(Error::Refused(ProposalRefused::Declined))));
    let yes = world.wants("bob@x.test", 1, 1, TEN).await;
    world.confirm(&yes).await.unwrap();
    let declined = decline(world.services.confirm(), &business, &yes.0, yes.1).await;
    assert!(matches!(declined, Err(Error::Refused(ProposalRefused::Confirmed))));
}

#[tokio::test]
async fn what_is_not_the_visitors_own_is_not_there() {
    let world = world(&[FREE_HOUR]).await;
    let (ann, bob) = (world.wants("ann@x.test", 1, 1, TEN).await, world.wants("bob@x.test", 1, 1, TEN).await);
    let forged = SessionId::new(ann.0.conversation(), [1; 32]);
    for card in [(bob.0, ann.1), (forged, ann.1), (ann.0.clone(), ProposalId::new(Ulid(1)))] {
        assert!(matches!(world.confirm(&card).await, Err(Error::NotFound)));
    }
    world.clock.advance(Duration::from_secs(24 * 3_600));
    assert!(matches!(world.confirm(&ann).await, Err(Error::NotFound)), "an idle session opens nothing");
}

#[tokio::test]
async fn only_the_proven_email_changes_its_bookings() {
    let world = world(&[FREE_HOUR]).await;
    let booking = world.booked("ann@x.test", 1, 1, TEN).await.booking;
    let slot = world.slot(1, 1, "2026-11-23T10:00:00Z").await;
    for operation in [
        Operation::Cancel { booking: booking.id, back: None },
        Operation::Reschedule { booking: booking.id, slot, fee: None },
    ] {
        let card = world.asked("bob@x.test", operation).await;
        assert!(matches!(world.confirm(&card).await, Err(Error::NotFound)));
    }
    assert_eq!(world.stored(booking.id).await, booking);
}
