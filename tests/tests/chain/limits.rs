//! The limits of a tenant: exact, however many visitors write at once.

use std::collections::BTreeMap;

use futures::future::join_all;
use shared::domain::meter::Barred;
use shared::domain::money::MicroUsd;
use shared::domain::tenant::Limits;
use shared::store::meter::{Admitted, Ask};
use tests::world::World;

/// How many turns begin at once.
const CROWD: usize = 500;

/// Limits of which none stands in the way.
const WIDE: Limits = Limits {
    messages_per_hour: 1_000_000,
    messages_per_minute_and_ip: 1_000_000,
    spend_per_month: MicroUsd::new(1_000_000_000),
};

fn ask<'a>(world: &World, turn: &'a str, limits: Limits) -> Ask<'a> {
    Ask { turn, address: None, limits, amount: MicroUsd::ZERO, now: world.now() }
}

/// [`CROWD`] turns of their own, asked for at once, as `change` says of each.
async fn crowd(world: &World, change: impl Fn(usize, &mut Ask<'_>)) -> Vec<Result<Admitted, Barred>> {
    let turns: Vec<String> = (0..CROWD).map(|n| format!("turn{n}")).collect();
    let mut asks: Vec<Ask<'_>> = turns.iter().map(|turn| ask(world, turn, WIDE)).collect();
    asks.iter_mut().enumerate().for_each(|(n, ask)| change(n, ask));
    let answers = join_all(asks.iter().map(|ask| world.store().admit_turn(world.tenant, ask))).await;
    answers.into_iter().map(Result::unwrap).collect()
}

fn admitted(answers: &[Result<Admitted, Barred>]) -> usize {
    answers.iter().filter(|answer| answer.is_ok()).count()
}

#[tokio::test]
async fn a_crowd_never_passes_the_hours_limit() {
    let world = World::new().await;
    let limits = Limits { messages_per_hour: 137, ..WIDE };
    let answers = crowd(&world, |_, ask| ask.limits = limits).await;
    assert_eq!(admitted(&answers), 137);
    for barred in answers.into_iter().filter_map(Result::err) {
        let Barred::ByTenant(exceeded) = barred else { panic!("{barred:?}") };
        assert_eq!((exceeded.limit, exceeded.retry_after.as_secs()), (137, 30 * 60));
    }
}

#[tokio::test]
async fn a_crowd_never_passes_the_limit_of_its_addresses() {
    let world = World::new().await;
    let addresses = ["a", "b", "c", "d", "e"];
    let answers = crowd(&world, |n, ask| {
        ask.limits = Limits { messages_per_minute_and_ip: 20, ..WIDE };
        ask.address = Some(addresses[n % addresses.len()]);
    })
    .await;
    let mut let_in: BTreeMap<&str, usize> = BTreeMap::new();
    for (n, answer) in answers.iter().enumerate() {
        match answer {
            Ok(_) => *let_in.entry(addresses[n % addresses.len()]).or_default() += 1,
            Err(barred) => assert!(matches!(barred, Barred::ByAddress(exceeded) if exceeded.limit == 20), "{barred:?}"),
        }
    }
    assert_eq!(let_in.into_values().collect::<Vec<_>>(), [20; 5]);
}

#[tokio::test]
async fn a_crowd_never_reserves_more_than_the_months_limit() {
    let world = World::new().await;
    let limits = Limits { spend_per_month: MicroUsd::new(1_000_000), ..WIDE };
    // 76 × 13,007 is 988,532: the 77th would pass the limit.
    let answers = crowd(&world, |_, ask| (ask.limits, ask.amount) = (limits, MicroUsd::new(13_007))).await;
    assert_eq!(admitted(&answers), 76);
    assert!(answers.iter().filter_map(|answer| answer.as_ref().err()).all(|barred| *barred == Barred::BySpend));
    assert_eq!(world.store().spent(world.tenant, world.now()).await.unwrap(), MicroUsd::new(76 * 13_007));
}

#[tokio::test]
async fn the_limit_itself_can_be_spent_and_not_a_millionth_more() {
    let world = World::new().await;
    let limits = Limits { spend_per_month: MicroUsd::new(100), ..WIDE };
    let spend = async |turn: &str, amount: i64| {
        let ask = Ask { amount: MicroUsd::new(amount), ..ask(&world, turn, limits) };
        world.store().admit_turn(world.tenant, &ask).await.unwrap().is_ok()
    };
    assert!(!spend("too much at once", 101).await);
    assert!(spend("nearly all", 99).await);
    assert!(!spend("two more", 2).await);
    assert!(spend("the last", 1).await);
    assert!(!spend("one more", 1).await);
    assert!(spend("without the model", 0).await, "what costs nothing passes no limit");
}

#[tokio::test]
async fn the_same_message_is_answered_by_one_of_a_crowd() {
    let world = World::new().await;
    let ask = ask(&world, "the same", WIDE);
    let answers = join_all((0..64).map(|_| world.store().admit_turn(world.tenant, &ask))).await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    assert_eq!(admitted(&answers), 1);
    assert!(answers.iter().filter_map(|answer| answer.as_ref().err()).all(|barred| *barred == Barred::InProgress));
}

#[tokio::test]
async fn what_is_barred_counts_for_nothing() {
    let world = World::new().await;
    let limits = Limits { messages_per_hour: 2, ..WIDE };
    let barred = Ask { address: Some("a"), amount: MicroUsd::new(7), ..ask(&world, "barred", limits) };
    for turn in ["one", "two"] {
        assert!(world.store().admit_turn(world.tenant, &ask(&world, turn, limits)).await.unwrap().is_ok());
    }
    assert!(world.store().admit_turn(world.tenant, &barred).await.unwrap().is_err());
    assert_eq!(world.store().spent(world.tenant, world.now()).await.unwrap(), MicroUsd::ZERO);
    let again = Ask { limits: Limits { messages_per_minute_and_ip: 1, ..WIDE }, ..barred };
    assert!(world.store().admit_turn(world.tenant, &again).await.unwrap().is_ok());
}

#[tokio::test]
async fn one_tenants_crowd_leaves_another_its_room() {
    let world = World::new().await;
    let limits = Limits { messages_per_hour: 3, ..WIDE };
    assert_eq!(admitted(&crowd(&world, |_, ask| ask.limits = limits).await), 3);
    let other = local::demo::LINDEN.parse().unwrap();
    assert!(world.store().admit_turn(other, &ask(&world, "turn0", limits)).await.unwrap().is_ok());
}
