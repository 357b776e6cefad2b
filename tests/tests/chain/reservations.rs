//! Reservations: what a turn sets aside comes back to the millionth, and nothing of it stays behind.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::join_all;
use local::dynamodb::table_names;
use shared::domain::meter::{Barred, TURN_LIFE};
use shared::domain::money::MicroUsd;
use shared::domain::tenant::Limits;
use shared::store::meter::{Admitted, Ask};
use tests::world::World;

async fn admit(world: &World, turn: &str, amount: i64) -> Result<Admitted, Barred> {
    let ask = Ask {
        turn,
        address: Some("a"),
        limits: Limits { messages_per_hour: 10_000, messages_per_minute_and_ip: 10_000, ..Limits::default() },
        amount: MicroUsd::new(amount),
        now: world.now(),
    };
    world.store().admit_turn(world.tenant, &ask).await.unwrap()
}

async fn spent(world: &World) -> i64 {
    world.store().spent(world.tenant, world.now()).await.unwrap().get()
}

/// The tenant's METER item.
async fn meter(world: &World) -> HashMap<String, AttributeValue> {
    let text = |text: String| AttributeValue::S(text);
    let item = world.dynamodb().client().get_item().table_name(table_names().counters);
    let item = item.key("pk", text(format!("T#{}", world.tenant))).key("sk", text("METER".to_owned()));
    item.send().await.unwrap().item.unwrap_or_default()
}

/// Names of its attributes that begin with `prefix`.
async fn named(world: &World, prefix: &str) -> Vec<String> {
    let mut names: Vec<_> = meter(world).await.into_keys().filter(|name| name.starts_with(prefix)).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn what_is_released_leaves_nothing_behind() {
    let world = World::new().await;
    let first = admit(&world, "one", 1_234).await.unwrap();
    assert_eq!(spent(&world).await, 1_234);
    world.store().release_turn(world.tenant, &first).await.unwrap();
    world.store().release_turn(world.tenant, &first).await.unwrap();
    assert_eq!(spent(&world).await, 0);
    assert_eq!(named(&world, "r_").await, Vec::<String>::new());
    assert!(admit(&world, "one", 1_234).await.is_ok(), "the lock is free again");
}

#[tokio::test]
async fn a_crowd_that_comes_and_goes_leaves_the_month_as_it_was() {
    let world = World::new().await;
    admit(&world, "stays", 5).await.unwrap();
    let turns: Vec<String> = (0..200).map(|n| format!("turn{n}")).collect();
    let admitted = join_all(turns.iter().zip(1..).map(|(turn, amount)| admit(&world, turn, amount))).await;
    assert_eq!(spent(&world).await, 5 + 200 * 201 / 2);
    let released = admitted.iter().map(|turn| turn.as_ref().unwrap());
    join_all(released.map(|turn| world.store().release_turn(world.tenant, turn))).await;
    assert_eq!(spent(&world).await, 5);
    assert_eq!(named(&world, "r_").await, ["r_stays"]);
}

#[tokio::test]
async fn a_lock_holds_for_the_life_of_a_turn_and_no_longer() {
    let world = World::new().await;
    admit(&world, "one", 10).await.unwrap();
    world.wait(TURN_LIFE.unsigned_abs());
    assert_eq!(admit(&world, "one", 10).await.unwrap_err(), Barred::InProgress);
    assert_eq!(world.store().release_lost_turns(world.tenant, world.now()).await.unwrap(), 0);
    world.wait(Duration::from_millis(1));
    assert_eq!(world.store().release_lost_turns(world.tenant, world.now()).await.unwrap(), 1);
    assert_eq!(spent(&world).await, 0);
    assert!(admit(&world, "one", 10).await.is_ok());
}

#[tokio::test]
async fn a_turn_that_begins_anew_after_it_died_is_paid_for_once() {
    let world = World::new().await;
    admit(&world, "one", 10).await.unwrap();
    world.wait(TURN_LIFE.unsigned_abs() + Duration::from_millis(1));
    let second = admit(&world, "one", 700).await.unwrap();
    assert_eq!(spent(&world).await, 700);
    world.store().release_turn(world.tenant, &second).await.unwrap();
    assert_eq!(spent(&world).await, 0);
}

#[tokio::test]
async fn a_turn_that_died_is_begun_anew_by_one_of_a_crowd() {
    let world = World::new().await;
    admit(&world, "one", 10).await.unwrap();
    world.wait(TURN_LIFE.unsigned_abs() + Duration::from_millis(1));
    let answers = join_all((0..32).map(|_| admit(&world, "one", 700))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(answers.iter().filter_map(|answer| answer.as_ref().err()).all(|barred| *barred == Barred::InProgress));
    assert_eq!(spent(&world).await, 700);
}

#[tokio::test]
async fn a_turn_that_was_taken_over_gives_nothing_back_of_its_successors() {
    let world = World::new().await;
    let lost = admit(&world, "one", 10).await.unwrap();
    world.wait(TURN_LIFE.unsigned_abs() + Duration::from_millis(1));
    world.store().release_lost_turns(world.tenant, world.now()).await.unwrap();
    admit(&world, "one", 700).await.unwrap();
    world.store().release_turn(world.tenant, &lost).await.unwrap();
    assert_eq!(spent(&world).await, 700);
}

#[tokio::test]
async fn lost_turns_of_last_month_come_back_to_last_month() {
    let world = World::at("2026-11-30T23:59:00Z").await;
    admit(&world, "one", 10).await.unwrap();
    let november = world.now();
    world.wait(Duration::from_mins(10));
    admit(&world, "two", 3).await.unwrap();
    assert_eq!(world.store().release_lost_turns(world.tenant, world.now()).await.unwrap(), 1);
    assert_eq!(spent(&world).await, 3);
    assert_eq!(world.store().spent(world.tenant, november).await.unwrap(), MicroUsd::ZERO);
}

#[tokio::test]
async fn windows_that_have_passed_are_removed_by_the_next_turn_that_ends() {
    let world = World::new().await;
    let first = admit(&world, "one", 1).await.unwrap();
    world.store().release_turn(world.tenant, &first).await.unwrap();
    assert_eq!(named(&world, "i_").await, ["i_202611210930_a"]);
    world.wait(Duration::from_mins(1));
    let second = admit(&world, "two", 1).await.unwrap();
    world.store().release_turn(world.tenant, &second).await.unwrap();
    assert_eq!(named(&world, "i_").await, ["i_202611210930_a", "i_202611210931_a"], "clocks differ a little");
    world.wait(Duration::from_mins(60));
    let third = admit(&world, "three", 1).await.unwrap();
    world.store().release_turn(world.tenant, &third).await.unwrap();
    assert_eq!(named(&world, "i_").await, ["i_202611211031_a"]);
    assert_eq!(named(&world, "h_").await, ["h_2026112110"]);
}
