//! Days: the figures of a finished day move off the meter, each exactly once.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::join_all;
use local::dynamodb::table_names;
use shared::domain::event::Happening;
use shared::domain::figure::{Figure, Used};
use tests::world::World;

/// The numbers of one of the tenant's items in the counters.
async fn numbers(world: &World, sk: &str) -> BTreeMap<String, i64> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let item = world.dynamodb().client().get_item().table_name(table_names().counters);
    let item = item.key("pk", text(&format!("T#{}", world.tenant))).key("sk", text(sk)).send().await.unwrap().item;
    let number = |(name, value): (String, AttributeValue)| Some((name, value.as_n().ok()?.parse().unwrap()));
    item.unwrap_or_default().into_iter().filter_map(number).collect()
}

/// The figures of days on the meter.
async fn on_meter(world: &World) -> Vec<String> {
    numbers(world, "METER").await.into_keys().filter(|name| name.starts_with("dg1")).collect()
}

/// Counts `by` of `figure` now, as a change of a booking does.
async fn count(world: &World, figure: Figure, by: i64) {
    let (booking, _) = world.book(Happening::BookingReceived).await;
    let after = booking.changed(world.now());
    let write = shared::store::booking::BookingWrite {
        before: Some(&booking),
        after: &after,
        proposal: None,
        figures: &[(figure, by)],
        events: &[],
        now: world.now(),
    };
    world.store().write_booking(world.tenant, &write).await.unwrap();
}

async fn fold(world: &World) -> usize {
    world.store().fold_days(world.tenant, world.now()).await.unwrap()
}

#[tokio::test]
async fn a_day_is_folded_an_hour_after_it_ends_and_not_before() {
    let world = World::at("2026-11-21T23:30:00Z").await;
    count(&world, Figure::Bookings, 2).await;
    count(&world, Figure::AnswerMs, 1_500).await;
    for _ in 0..2 {
        assert_eq!(fold(&world).await, 0);
        world.wait(Duration::from_mins(44));
    }
    count(&world, Figure::Bookings, 1).await;
    world.wait(Duration::from_mins(2));
    assert_eq!(fold(&world).await, 1, "it is one o'clock of the next day");
    let day = numbers(&world, "DAY#2026-11-21").await;
    assert_eq!((day["bookings"], day["ms"]), (2, 1_500));
    assert_eq!(on_meter(&world).await, ["dg17bookings"]);
}

#[tokio::test]
async fn folding_twice_or_all_at_once_counts_once() {
    let world = World::new().await;
    count(&world, Figure::Bookings, 4).await;
    world.wait(Duration::from_hours(48));
    join_all((0..8).map(|_| world.store().fold_days(world.tenant, world.now()))).await;
    assert_eq!(fold(&world).await, 0);
    assert_eq!(numbers(&world, "DAY#2026-11-21").await["bookings"], 4);
}

#[tokio::test]
async fn what_is_counted_late_is_added_by_the_next_run() {
    let world = World::at("2026-11-21T12:00:00Z").await;
    count(&world, Figure::Bookings, 1).await;
    world.wait(Duration::from_hours(24));
    assert_eq!(fold(&world).await, 1);
    let late = world.now();
    late_figure(&world, "dg16bookings", 3).await;
    assert_eq!(world.store().fold_days(world.tenant, late).await.unwrap(), 1);
    assert_eq!(numbers(&world, "DAY#2026-11-21").await["bookings"], 4);
}

/// A figure that settles on a day that is over.
async fn late_figure(world: &World, name: &str, by: i64) {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let update = world.dynamodb().client().update_item().table_name(table_names().counters);
    let update = update.key("pk", text(&format!("T#{}", world.tenant))).key("sk", text("METER"));
    let update = update.update_expression("ADD #n :v").expression_attribute_names("#n", name);
    update.expression_attribute_values(":v", AttributeValue::N(by.to_string())).send().await.unwrap();
}

#[tokio::test]
async fn a_day_of_very_many_figures_is_folded_whole() {
    let world = World::new().await;
    for n in 0..130 {
        late_figure(&world, &format!("dg15figure{n}"), n).await;
    }
    assert_eq!(fold(&world).await, 1);
    let day = numbers(&world, "DAY#2026-11-20").await;
    assert_eq!(day.len(), 130);
    assert_eq!(day.values().sum::<i64>(), 129 * 130 / 2);
    assert_eq!(on_meter(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn figures_that_stand_under_their_old_names_are_told_and_folded_with_the_others() {
    let world = World::at("2026-11-21T12:00:00Z").await;
    count(&world, Figure::Bookings, 1).await;
    for (name, by) in [("bookings", 2), ("messages", 10), ("rated_5", 1), ("turns", 5), ("cost", 900)] {
        late_figure(&world, &format!("d_20261121_{name}"), by).await;
    }
    let day = jiff::civil::date(2026, 11, 21);
    let told = async || world.store().find_days(world.tenant, day, day).await.unwrap().remove(&day).unwrap();
    let before = told().await;
    assert_eq!((before.of(&Figure::Bookings), before.of(&Figure::Messages), before.ratings()), (3, 10, (1, 5)));
    assert_eq!((before.used(Used::Turns), before.used(Used::Cost)), (5, 900), "by whatever model");
    world.wait(Duration::from_hours(24));
    assert_eq!(fold(&world).await, 1);
    assert_eq!((told().await, fold(&world).await), (before, 0));
}
