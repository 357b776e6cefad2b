//! Payments that do not fit, of somebody else, for what is not there, or for a time that was given away.

use shared::app::payment::Recorded;
use shared::domain::booking::{Booking, Status};
use shared::domain::id::BookingId;
use shared::domain::money::Money;
use shared::domain::payment::{Origin, PaymentEvent, PaymentEventKind};

use super::world::World;

fn over(mut event: PaymentEvent, amount: Money) -> PaymentEvent {
    if let PaymentEventKind::Completed(paid) | PaymentEventKind::AsyncSucceeded(paid) = &mut event.kind {
        paid.amount = amount;
    }
    event
}

#[tokio::test]
async fn a_wrong_amount_currency_mode_or_account_never_confirms_and_is_flagged_once() {
    let world = World::open().await;
    let price = world.price();
    let money = |minor, code: &str| Money::new(minor, code.parse().unwrap()).unwrap();
    let ours = Origin { account: None, livemode: false };
    let wrongs = [
        ("mode", Origin { livemode: true, ..ours.clone() }),
        ("account", Origin { account: Some("acct_other".into()), ..ours }),
    ];
    for (n, amount) in
        (0..).zip([money(price.minor() - 1, "EUR"), money(price.minor() + 1, "EUR"), money(price.minor(), "USD")])
    {
        let booking = world.book(n).await;
        for what in ['c', 's', 'c'] {
            world.record(&over(world.told(&booking, what), amount)).await;
        }
        flagged(&world, &booking, &amount.to_string()).await;
    }
    for (n, (name, wrong)) in (10..).zip(wrongs) {
        let booking = world.book(n).await;
        for what in ['c', 's', 'e', 'r', 'd', 'c'] {
            world.record(&PaymentEvent { origin: wrong.clone(), ..world.told(&booking, what) }).await;
        }
        flagged(&world, &booking, name).await;
        world.hear(&booking, "c").await;
        assert_eq!(
            world.find(&booking).await.status,
            Status::Confirmed,
            "{name}: the real payment counts all the same"
        );
    }
}

async fn flagged(world: &World, booking: &Booking, what: &str) {
    let after = world.find(booking).await;
    assert_eq!((after.status, after.paid_at), (Status::PendingPayment, None), "{what}");
    assert_eq!(world.mails(booking).await, ["Please check a payment"], "{what}");
}

#[tokio::test]
async fn an_event_that_names_another_tenants_booking_or_none_has_no_effect() {
    let world = World::open().await;
    let booking = world.book(0).await;
    let mut event = world.told(&booking, 'c');
    event.booking.tenant = local::demo::MIRABELLE.parse().unwrap();
    assert_eq!(world.record(&event).await, Recorded::Unknown);
    event.booking.tenant = "01KAFR0NTDESK000000000DEM9".parse().unwrap();
    assert_eq!(world.record(&event).await, Recorded::Unknown);
    let mut event = world.told(&booking, 'c');
    event.booking.booking = BookingId::new(world.services().ids.ulid(world.now()));
    assert_eq!(world.record(&event).await, Recorded::Unknown);
    assert_eq!(world.find(&booking).await, booking);
    assert!(world.mails(&booking).await.is_empty());
}

#[tokio::test]
async fn a_payment_for_a_released_time_books_it_again_with_whoever_is_free_or_goes_back() {
    let world = World::open().await;
    let (first, second) = (world.portrait().resources[0], world.portrait().resources[1]);
    for (n, others, seat) in [(0, vec![], Some(first)), (1, vec![first], Some(second)), (2, vec![first, second], None)]
    {
        let booking = world.book(n).await;
        world.hear(&booking, "e").await;
        for (m, resource) in (100 + 10 * n..).zip(others) {
            world.book_at(m, n, resource).await;
        }
        world.hear(&booking, "c").await;
        let after = world.find(&booking).await;
        match seat {
            Some(resource) => {
                assert_eq!((after.status, after.resource, after.refund_due), (Status::Confirmed, resource, None));
                assert_eq!(world.holders(&booking, resource).await, [booking.id]);
                assert_eq!(world.mails(&booking).await, ["Confirmed", "New booking"]);
            }
            None => {
                assert_eq!((after.status, after.refund_due), (Status::Expired, Some(booking.price)));
                assert!(!world.holders(&booking, first).await.contains(&booking.id));
                assert!(!world.holders(&booking, second).await.contains(&booking.id));
            }
        }
    }
}

#[tokio::test]
async fn two_payments_for_one_released_time_never_both_get_it() {
    let world = World::open().await;
    let resource = world.portrait().resources[0];
    let mut rivals = Vec::new();
    for n in 0..4 {
        let booking = world.book_at(n, 0, resource).await;
        world.hear(&booking, "e").await;
        rivals.push(booking);
    }
    futures::future::join_all(rivals.iter().map(|booking| world.hear(booking, "c"))).await;
    let mut seats = Vec::new();
    for booking in &rivals {
        let after = world.find(booking).await;
        match after.status {
            Status::Confirmed => seats.push(after.resource),
            _ => assert_eq!((after.status, after.refund_due), (Status::Expired, Some(booking.price))),
        }
    }
    seats.sort_unstable();
    let mut serving = world.portrait().resources.clone();
    serving.sort_unstable();
    assert_eq!(seats, serving, "each of the two who serve it has one of them");
}
