//! Deposits and refunds in part, over the simulated Stripe, to the mails.

use std::time::Duration;

use shared::app::attendance::mark;
use shared::app::booking::cancel;
use shared::app::payment::{GivenBack, refund};
use shared::domain::booking::{Attendance, Booking, CalledOffBy, Status};
use shared::domain::package::Package;
use shared::domain::payment::Standing;

use super::world::{World, euros};

/// Lets the portrait hour over 120 euros take a deposit of 36.
async fn take_deposits(world: &mut World) {
    let before = world.portrait().clone();
    let package = Package { deposit_percent: Some(30), version: before.version + 1, ..before.clone() };
    world.desk.store().put_package(world.tenant(), &package, Some(before.version)).await.unwrap();
    *world.business.packages.iter_mut().find(|known| known.id == before.id).unwrap() = package;
}

#[tokio::test]
async fn the_deposit_confirms_and_the_mail_says_what_is_left_for_the_visit() {
    let mut world = World::open().await;
    take_deposits(&mut world).await;
    let booking = world.paid(0).await;
    assert_eq!((booking.status, booking.standing()), (Status::Confirmed, Standing::Paid));
    assert_eq!((booking.price, booking.paid(), booking.due_at_visit()), (euros(12_000), euros(3_600), euros(8_400)));
    let mails = world.desk.mails(booking.customer.email.as_str()).await;
    let text = mails[0]["text"].as_str().unwrap();
    for said in ["€120.00", "€36.00 deposit, paid", "€84.00 at the visit"] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[tokio::test]
async fn the_whole_price_for_a_deposit_does_not_fit_and_lands_before_a_person() {
    let mut world = World::open().await;
    take_deposits(&mut world).await;
    let booking = world.book(0).await;
    let mut told = world.told(&booking, 'c');
    if let shared::domain::payment::PaymentEventKind::Completed(paid) = &mut told.kind {
        paid.amount = booking.price;
    }
    world.record(&told).await;
    assert_eq!(world.find(&booking).await.status, Status::PendingPayment);
    world.desk.settle().await;
    assert_eq!(world.mails(&booking).await, ["Please check a payment"]);
}

#[tokio::test]
async fn part_of_a_payment_goes_back_once_and_the_booking_stays_canceled() {
    let world = World::open().await;
    let booking = world.paid(0).await;
    world.desk.clock.advance(Duration::from_hours(47));
    let by = CalledOffBy::Customer;
    let off = cancel(world.services().booking(), world.tenant(), booking.id, by).await.unwrap();
    assert_eq!((off.fee, off.refund_due), (euros(6_000), Some(euros(6_000))));
    for _ in 0..3 {
        world.desk.settle().await;
        refund(world.services().payment(), world.tenant(), booking.id).await.unwrap();
    }
    assert_eq!(world.refunded(), [6_000]);
    let after = world.find(&booking).await;
    assert_eq!((after.status, after.refund_due, after.fee), (Status::Canceled, None, euros(6_000)));
    let mails = world.desk.mails(booking.customer.email.as_str()).await;
    let last = mails.iter().find(|mail| mail["subject"].as_str().unwrap().starts_with("Cancelled")).unwrap();
    assert!(last["text"].as_str().unwrap().contains("€60.00 is kept. €60.00 goes back to the card"), "{last}");
}

#[tokio::test]
async fn a_refund_is_not_made_twice_after_stripe_has_forgotten_its_key() {
    let world = World::open().await;
    let booking = world.paid(0).await;
    let off = booking.called_off(CalledOffBy::Owner, world.now(), world.now());
    world.write(Some(&booking), &off).await;
    let payment = booking.facts.payments.keys().next().unwrap().clone();
    let half = shared::clients::stripe::RefundRequest {
        payment_intent: &payment,
        amount: Some(euros(5_000)),
        key: "by hand",
        account: None,
    };
    // Somebody gave part of it back in Stripe's dashboard, and nothing has told us yet.
    world.services().stripe.refund(&half).await.unwrap();
    refund(world.services().payment(), world.tenant(), booking.id).await.unwrap();
    assert_eq!(world.refunded(), [5_000, 12_000]);
    // The note that it is made got lost, and its message is taken up again days later.
    let noted = world.find(&booking).await;
    world.write(Some(&noted), &Booking { refund_due: Some(euros(12_000)), ..noted.changed(world.now()) }).await;
    world.desk.clock.advance(Duration::from_hours(72));
    refund(world.services().payment(), world.tenant(), booking.id).await.unwrap();
    assert_eq!(world.refunded(), [5_000, 12_000]);
}

#[tokio::test]
async fn nothing_goes_back_of_a_payment_that_a_bank_disputes() {
    let world = World::open().await;
    let booking = world.paid(0).await;
    let off = booking.called_off(CalledOffBy::Owner, world.now(), world.now());
    world.write(Some(&booking), &off).await;
    let mut disputed = world.find(&booking).await.changed(world.now());
    disputed.facts.payments.values_mut().for_each(|payment| payment.is_disputed = true);
    world.write(Some(&off), &disputed).await;
    let given = refund(world.services().payment(), world.tenant(), booking.id).await.unwrap();
    assert_eq!((given, world.refunded()), (GivenBack::Withheld, vec![]));
    assert_eq!(world.find(&booking).await.refund_due, Some(euros(12_000)), "it stays due until a person decides");
}

#[tokio::test]
async fn who_does_not_come_gets_back_what_the_terms_do_not_keep() {
    let world = World::open().await;
    let booking = world.paid(0).await;
    let mut lenient = booking.changed(world.now());
    lenient.cancellation.no_show_percent = 25;
    world.write(Some(&booking), &lenient).await;
    world.desk.clock.advance(Duration::from_hours(48));
    let missed = mark(world.services().booking(), world.tenant(), booking.id, Attendance::Missed).await.unwrap();
    assert_eq!((missed.status, missed.fee, missed.refund_due), (Status::NoShow, euros(3_000), Some(euros(9_000))));
    world.desk.settle().await;
    assert_eq!(world.refunded(), [9_000]);
    let after = world.find(&booking).await;
    assert_eq!((after.status, after.refund_due), (Status::NoShow, None));
}
