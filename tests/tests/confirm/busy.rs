//! Busy times beside what else decides about time: who waits, and owners who set their own rules aside.

use jiff::SignedDuration;
use shared::app::booking::{self, Error as BookingError, OwnersMove, Waived};
use shared::app::calendar::sync::Looked;
use shared::app::calendar::{self, feed};
use shared::domain::availability::WhyNone;

use crate::calendar::{DENTIST, TEN, file, import, look_again, opened, shelf};
use crate::waitlist::{asked, cancel, join, offers, work};
use crate::world::{FREE_HOUR, TENANT, World, at, resource};

const TUESDAY: (&str, &str) = ("2026-11-24", "2026-11-24");
const ELEVEN: &str = "2026-11-24T10:00:00Z";
const EVERYTHING: Waived = Waived { notice: true, horizon: true, hours: true };

/// Books Tuesday from 9:00 to 17:00 in Berlin, hour by hour.
async fn fill_tuesday(world: &World) -> Vec<shared::domain::booking::Booking> {
    let mut booked = Vec::new();
    for hour in 8..16 {
        let start = format!("2026-11-24T{hour:02}:00:00Z");
        booked.push(world.booked(&format!("b{hour}@x.test"), 1, 1, &start).await.booking);
    }
    booked
}

#[tokio::test]
async fn what_comes_free_where_a_calendar_is_busy_is_offered_to_nobody() {
    let world = opened(&[FREE_HOUR]).await;
    let booked = fill_tuesday(&world).await;
    join(&world, "ann@x.test", 1, TUESDAY).await.unwrap();
    work(&world).await;
    assert!(offers(&world).await.is_empty(), "everything is booked");
    let (_, url) = shelf(&world, &[DENTIST]).await;
    assert_eq!(import(&world, &[url]).await, Looked::Done { read: 1, failed: 0, changed: 1, overlaps: 2 });
    let busy = booked.iter().find(|booking| booking.slot.start() == at(TEN)).unwrap();
    cancel(&world, busy).await;
    work(&world).await;
    assert!(offers(&world).await.is_empty(), "its owner is at the dentist's");
    cancel(&world, booked.last().unwrap()).await;
    work(&world).await;
    assert_eq!(asked(&world).await, ["ann@x.test"]);
    assert_eq!(offers(&world).await[0].slot, booked.last().unwrap().slot);
}

#[tokio::test]
async fn what_a_calendar_gives_back_is_offered_to_the_first_in_line() {
    let world = opened(&[FREE_HOUR]).await;
    let (shelf, url) = shelf(&world, &[DENTIST]).await;
    import(&world, &[url]).await;
    for hour in [8, 11, 12, 13, 14, 15] {
        let start = format!("2026-11-24T{hour:02}:00:00Z");
        world.booked(&format!("b{hour}@x.test"), 1, 1, &start).await;
    }
    join(&world, "ann@x.test", 1, TUESDAY).await.unwrap();
    join(&world, "ben@x.test", 1, TUESDAY).await.unwrap();
    work(&world).await;
    assert!(offers(&world).await.is_empty(), "what is not booked is busy");
    shelf.lock().unwrap().text = file(&[]);
    assert_eq!(look_again(&world).await, Looked::Done { read: 1, failed: 0, changed: 1, overlaps: 0 });
    work(&world).await;
    assert_eq!(offers(&world).await.iter().map(|offer| offer.slot.start()).collect::<Vec<_>>(), [at(TEN), at(ELEVEN)]);
    assert_eq!(asked(&world).await, ["ann@x.test", "ben@x.test"]);
    look_again(&world).await;
    work(&world).await;
    assert_eq!(asked(&world).await.len(), 2, "a look that finds nothing new offers nothing");
}

#[tokio::test]
async fn an_owner_who_sets_every_rule_aside_still_books_nothing_onto_a_busy_time() {
    let world = opened(&[FREE_HOUR]).await;
    let (_, url) = shelf(&world, &[DENTIST]).await;
    import(&world, &[url]).await;
    let before = world.booked("ann@x.test", 1, 1, "2026-11-24T08:00:00Z").await.booking;
    for start in ["2026-11-24T08:15:00Z", TEN, "2026-11-24T10:15:00Z"] {
        for with in [None, Some(resource(1))] {
            let how = OwnersMove { version: before.version, with, waived: EVERYTHING };
            let slot = world.slot(1, 1, start).await;
            let refused = booking::move_as(world.services.booking(), TENANT, before.id, &slot, how).await;
            assert!(
                matches!(refused, Err(BookingError::SlotTaken { why: WhyNone::FullyBooked, .. })),
                "{start} {with:?}: {refused:?}"
            );
        }
    }
    assert_eq!(world.stored(before.id).await, before);
}

#[tokio::test]
async fn a_feed_shows_what_an_owner_moved_past_their_own_horizon() {
    let world = opened(&[FREE_HOUR]).await;
    let before = world.booked("ann@x.test", 1, 1, TEN).await.booking;
    let far = world.now() + SignedDuration::from_hours(400 * 24);
    let start = far.strftime("%Y-%m-%dT09:00:00Z").to_string();
    let how = OwnersMove { version: before.version, with: None, waived: EVERYTHING };
    let slot = world.slot(1, 1, &start).await;
    booking::move_as(world.services.booking(), TENANT, before.id, &slot, how).await.unwrap();
    let made = calendar::make_link(world.services.calendar(), TENANT, resource(1)).await.unwrap();
    let feed = feed::read(world.services.feed(), &made.feed.unwrap()).await.unwrap();
    assert!(feed.text.contains(&format!("UID:{}@", before.id)), "{}", feed.text);
}
