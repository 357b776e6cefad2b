//! Samples of what the exhaustive test proves in memory, through the real store to the mails: any order,
//! repetition and concurrency of the events of one payment, one mail of each kind.

use shared::domain::booking::{Booking, Status};

use super::world::World;

/// Every kind of event, and words in which they came.
const WORDS: [&str; 40] = [
    "c", "s", "f", "e", "r", "d", "u", "p", "cr", "rc", "ec", "ce", "cd", "dc", "ef", "fe", "us", "su", "uf", "fu",
    "ecr", "erc", "cer", "cre", "rce", "rec", "usr", "rsu", "dre", "cccc", "rcrc", "ecec", "pcr", "rpc", "fesdcr",
    "rcdsef", "ersdfc", "scrdef", "dddrrr", "ccerrd",
];

/// How the booking ends when these events came, in any order.
fn end(word: &str) -> Status {
    let has = |letter| word.contains(letter);
    match () {
        () if has('r') => Status::Refunded,
        () if has('c') || has('s') || has('p') => Status::Confirmed,
        () if has('e') || has('f') => Status::Expired,
        () => Status::PendingPayment,
    }
}

/// The mails that are sent when these events came, in any order.
fn mails(word: &str) -> Vec<&'static str> {
    let has = |letter| word.contains(letter);
    let mut mails = Vec::new();
    if ['c', 's', 'p', 'r'].into_iter().any(has) {
        mails.extend(["Confirmed", "New booking"]);
    }
    if has('r') {
        mails.extend(["Booking refunded", "Refunded"]);
    }
    if has('d') {
        mails.push("Payment disputed");
    }
    mails.sort_unstable();
    mails
}

async fn check(world: &World, booking: &Booking, word: &str) {
    let after = world.find(booking).await;
    assert_eq!(after.status, end(word), "{word}");
    assert_eq!(after.paid_at.is_some(), mails(word).contains(&"Confirmed"), "{word}");
    let holders = world.holders(booking, booking.resource).await;
    assert_eq!(holders, Vec::from_iter(after.status.holds_slot().then_some(booking.id)), "{word}");
    assert_eq!(world.mails(booking).await, mails(word), "{word}");
}

#[tokio::test]
async fn any_order_and_repetition_ends_alike_with_one_mail_of_each_kind() {
    let world = World::open().await;
    let mut bookings = Vec::new();
    for (n, word) in (0..).zip(WORDS) {
        let booking = world.book(n).await;
        world.hear(&booking, word).await;
        bookings.push(booking);
    }
    for (booking, word) in bookings.iter().zip(WORDS) {
        check(&world, booking, word).await;
    }
}

#[tokio::test]
async fn events_that_come_at_once_end_as_if_they_had_come_in_turn() {
    let world = World::open().await;
    for (n, word) in (0..).zip(["cccccc", "cecece", "crcrcr", "ccssrr", "cedrsf", "efefef", "uuddcc", "rrrddd"]) {
        let booking = world.book(n).await;
        world.hear_at_once(&booking, word).await;
        check(&world, &booking, word).await;
    }
}
