//! Stripe and our bookings, compared: every difference lands before a person, once, and nothing else does.

use std::time::Duration;

use shared::app::booking::cancel;
use shared::app::payment::{Reconciled, reconcile};
use shared::domain::booking::{Booking, CalledOffBy};
use shared::domain::id::BookingId;
use shared::domain::money::Money;
use shared::domain::text::Line;
use sim::stripe::Outage;
use ulid::Ulid;

use super::world::World;

/// The only payment of `booking`.
fn payment(booking: &Booking) -> &str {
    booking.facts.payments.keys().next().unwrap()
}

/// What the runs of the next `hours` hours find, one an hour.
async fn runs(world: &World, hours: u32) -> Vec<Reconciled> {
    let mut runs = Vec::new();
    for _ in 0..hours {
        world.desk.clock.advance(Duration::from_hours(1));
        runs.push(reconcile(world.services().payment(), world.now()).await.unwrap());
    }
    runs
}

/// Lets `hours` hours pass, in which every run does all it has to.
async fn pass(world: &World, hours: u32) {
    let runs = runs(world, hours).await;
    assert!(runs.iter().all(|run| run.failed.is_empty()), "{runs:?}");
}

/// Lets our side forget that `booking` was paid.
async fn forget_payment(world: &World, booking: &Booking) {
    let mut forgotten = booking.changed(world.now());
    forgotten.facts.payments.clear();
    world.write(Some(booking), &forgotten).await;
}

/// What the owner is asked to look at, by the sentence that says why.
async fn told(world: &World, booking: &Booking, sentence: &str) -> usize {
    world.desk.settle().await;
    let mails = world.desk.mails(world.business.tenant.owner_email.as_str()).await;
    let about = |text: &str| text.contains(&booking.id.to_string()) && text.contains(sentence);
    mails.iter().filter(|mail| about(mail["text"].as_str().unwrap())).count()
}

#[tokio::test]
async fn where_both_tell_the_same_nothing_is_reported() {
    let world = World::open().await;
    let (kept, given_back) = (world.paid(0).await, world.paid(1).await);
    world.check_out(2).await;
    cancel(world.services().booking(), world.tenant(), given_back.id, CalledOffBy::Owner).await.unwrap();
    world.desk.settle().await;
    let runs = runs(&world, 80).await;
    assert!(runs.iter().all(|run| run.differences == 0 && run.failed.is_empty()), "{runs:?}");
    // Three sessions on two days and a refund on two, each by two runs.
    assert_eq!(runs.iter().map(|run| run.compared).sum::<u32>(), 2 * (3 * 2 + 2));
    assert_eq!(told(&world, &kept, "Stripe").await, 0);
}

#[tokio::test]
async fn a_payment_that_was_never_told_of_is_reported_once() {
    let world = World::open().await;
    let booking = world.paid(0).await;
    forget_payment(&world, &booking).await;
    pass(&world, 24).await;
    assert_eq!(told(&world, &booking, "Stripe").await, 0, "what is young may still be told of");
    pass(&world, 56).await;
    assert_eq!(told(&world, &booking, "a payment of which this booking was never told").await, 1);
}

#[tokio::test]
async fn a_payment_of_another_amount_and_one_that_was_not_made_are_reported() {
    let world = World::open().await;
    let (other, unmade) = (world.paid(0).await, world.check_out(1).await);
    let mut spoilt = other.changed(world.now());
    for payment in spoilt.facts.payments.values_mut() {
        let amount = Money::new(1, other.price.currency()).unwrap();
        payment.claims =
            payment.claims.iter().map(|claim| shared::domain::payment::Claim { amount, ..claim.clone() }).collect();
    }
    world.write(Some(&other), &spoilt).await;
    let mut event = world.told(&unmade, 'c');
    let session = unmade.checkout.as_ref().unwrap().session.clone();
    if let shared::domain::payment::PaymentEventKind::Completed(paid) = &mut event.kind {
        paid.session = session;
    }
    world.record(&event).await;
    pass(&world, 30).await;
    assert_eq!(told(&world, &other, "another amount").await, 1);
    assert_eq!(told(&world, &unmade, "its checkout took nothing").await, 1);
}

#[tokio::test]
async fn a_refund_that_failed_at_the_bank_days_later_is_reported() {
    let world = World::open().await;
    let booking = world.paid(0).await;
    cancel(world.services().booking(), world.tenant(), booking.id, CalledOffBy::Owner).await.unwrap();
    world.desk.settle().await;
    pass(&world, 48).await;
    assert_eq!(told(&world, &booking, "another sum went back").await, 0);
    assert!(world.desk.stripe().fail_refund(payment(&booking)));
    pass(&world, 48).await;
    assert_eq!(told(&world, &booking, "another sum went back").await, 1);
}

#[tokio::test]
async fn a_refund_that_is_due_and_never_made_is_reported() {
    let world = World::open().await;
    let booking = world.paid(0).await;
    world.write(Some(&booking), &booking.called_off(CalledOffBy::Owner, world.now(), world.now())).await;
    pass(&world, 80).await;
    assert_eq!(told(&world, &booking, "has not been refunded yet").await, 1);
}

#[tokio::test]
async fn money_for_a_booking_that_does_not_exist_is_reported_to_the_operator() {
    let world = World::open().await;
    let booking = world.check_out(0).await;
    world.press_pay(&booking).await;
    world.desk.settle().await;
    world.forget(&booking).await;
    let runs = runs(&world, 30).await;
    assert!(0 < runs.iter().map(|run| run.differences).sum::<u32>(), "{runs:?}");
    assert_eq!(told(&world, &booking, "Stripe").await, 0);
}

#[tokio::test]
async fn what_lies_in_another_business_account_tells_nothing_of_a_booking() {
    let world = World::open().await;
    let store = world.desk.store();
    let mut other = store.find_context(local::demo::MIRABELLE.parse().unwrap()).await.unwrap().unwrap().tenant;
    let version = other.version;
    (other.stripe_account, other.version) = (Some(Line::new("acct_mirabelle").unwrap()), version + 1);
    store.put_profile(&other, version).await.unwrap();
    let booking = world.paid(0).await;
    let page = world.open_session(booking.id, &booking, Some("acct_mirabelle")).await;
    assert_eq!(world.desk.press(&format!("{page}/pay")).await.status, 303);
    world.desk.settle().await;
    let runs = runs(&world, 30).await;
    assert_eq!(runs.iter().map(|run| run.compared).sum::<u32>(), 2, "the booking's own session alone: {runs:?}");
    assert_eq!(told(&world, &booking, "do not agree").await, 0);
}

#[tokio::test]
async fn a_run_that_does_not_happen_or_fails_leaves_nothing_out() {
    let world = World::open().await;
    let booking = world.paid(0).await;
    forget_payment(&world, &booking).await;
    pass(&world, 25).await;
    world.desk.stripe().set_outage(Some(Outage::Status(503)));
    let failed = runs(&world, 1).await;
    assert_eq!((failed[0].differences, failed[0].failed.len()), (0, 1), "{failed:?}");
    world.desk.stripe().set_outage(None);
    pass(&world, 1).await;
    assert_eq!(told(&world, &booking, "was never told").await, 1);
}

#[tokio::test]
async fn lists_of_more_than_a_page_are_read_to_their_end() {
    let world = World::open().await;
    let booking = world.check_out(0).await;
    for n in 0..130 {
        world.open_session(BookingId::new(Ulid::from_parts(n, 1)), &booking, None).await;
    }
    let runs = runs(&world, 27).await;
    assert_eq!(runs.iter().map(|run| run.compared).sum::<u32>(), 2 * 131, "{runs:?}");
}
