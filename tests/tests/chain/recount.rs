//! Recounting: every turn is read once and comes to what was counted; what does not is named, and nothing else is.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::poll;
use jiff::civil::date;
use local::dynamodb::table_names;
use local::tally::Tally;
use shared::app::recount::{Recounted, recount};
use shared::domain::asked::Top;
use shared::domain::figure::{Charge, Figure, Used};
use shared::domain::id::ConversationId;
use shared::domain::ledger::PRICE_VERSION;
use shared::domain::recount::Drift;
use shared::ports::metric::Metric;
use shared::store::StoreError;
use tests::talk::{COST, Said, say};
use tests::world::World;

/// The day that is recounted.
const DAY: &str = "2026-11-21";

/// A world shortly after the day has begun, and what it measures. Recounting has begun the day before.
async fn dawn() -> (World, Arc<Tally>) {
    let mut world = Box::pin(World::at("2026-11-21T00:20:00Z")).await;
    let tally = Arc::new(Tally::default());
    world.services.metrics = Arc::clone(&tally) as _;
    assert_eq!(run(&world).await, Recounted::default());
    (world, tally)
}

async fn try_run(world: &World) -> Result<Recounted, StoreError> {
    recount(world.services.cleanup().recount, world.tenant, world.now()).await
}

async fn run(world: &World) -> Recounted {
    try_run(world).await.unwrap()
}

fn hours(hours: u64) -> Duration {
    Duration::from_hours(hours)
}

async fn talk(world: &World, before: Option<ConversationId>, key: &str, text: &str) -> ConversationId {
    say(&world.services, world.tenant, before, Said::new(key, text, world.now())).await
}

/// Fills the day: three turns an hour in new conversations, and one that goes on and on.
async fn fill(world: &World) -> usize {
    let mut long = None;
    for hour in 0..23 {
        let first = talk(world, None, &format!("{hour}-a"), "Are you open on Saturdays?").await;
        talk(world, Some(first), &format!("{hour}-b"), "And is there parking?").await;
        long = Some(talk(world, long, &format!("{hour}-c"), "Anything else?").await);
        world.wait(hours(1));
    }
    // It is 23:20, and goes on after midnight.
    let last = talk(world, long, "late", "Do you sell vouchers?").await;
    world.wait(hours(1));
    talk(world, Some(last), "tomorrow", "Do you sell vouchers?").await;
    world.wait(Duration::from_mins(30));
    3 * 23 + 1
}

/// Changes a number of the day's item or of the meter.
async fn alter(world: &World, sk: &str, attribute: &str, by: i64) {
    let text = |text: String| AttributeValue::S(text);
    let update = world.dynamodb().client().update_item().table_name(table_names().counters);
    let update = update.key("pk", text(format!("T#{}", world.tenant))).key("sk", text(sk.to_owned()));
    let update = update.update_expression("ADD #n :v").expression_attribute_names("#n", attribute);
    update.expression_attribute_values(":v", AttributeValue::N(by.to_string())).send().await.unwrap();
}

#[tokio::test]
async fn a_day_whose_turns_come_to_what_was_counted_is_measured_as_equal_once() {
    let (world, tally) = dawn().await;
    let turns = fill(&world).await;
    assert_eq!(run(&world).await, Recounted { turns, drifts: Vec::new() }, "also across hours and midnight");
    assert_eq!(tally.values(Metric::LedgerDrift), [0]);
    assert_eq!(run(&world).await, Recounted::default(), "nothing is read twice");
    world.wait(hours(1));
    assert_eq!(run(&world).await.turns, 1, "the next day goes on");
    assert_eq!(tally.values(Metric::LedgerDrift), [0]);
}

#[tokio::test]
async fn hour_by_hour_it_comes_to_the_same() {
    let (world, tally) = dawn().await;
    let (mut long, mut read) = (None, 0);
    for hour in 0..25 {
        for n in 0..3 {
            long = Some(talk(&world, long.filter(|_| n != 1), &format!("{hour}-{n}"), "Is there wifi?").await);
        }
        world.wait(hours(1));
        read += run(&world).await.turns;
        assert_eq!(read, 3 * (hour + 1), "after hour {hour}");
    }
    assert_eq!(tally.values(Metric::LedgerDrift), [0]);
}

#[tokio::test]
async fn a_counter_that_was_altered_is_named_after_a_second_look() {
    let (world, tally) = dawn().await;
    let turns = fill(&world).await;
    let cost = format!("cost_{PRICE_VERSION}_claude-haiku-4-5");
    alter(&world, "METER", &format!("dg16{cost}"), 1).await;
    let first = run(&world).await;
    assert_eq!((first.turns, first.drifts.len(), tally.values(Metric::LedgerDrift).len()), (turns, 0, 0));
    world.wait(hours(1));
    let second = run(&world).await;
    let charge = Charge { model: "claude-haiku-4-5".to_owned(), price_version: PRICE_VERSION.to_owned() };
    let found = COST * turns as u64;
    let figure = Figure::Used(charge, Used::Cost);
    assert_eq!(second.drifts, [Drift { day: date(2026, 11, 21), figure, counted: found + 1, found }]);
    assert_eq!(tally.values(Metric::LedgerDrift), [1]);
    world.wait(hours(1));
    assert_eq!(run(&world).await.drifts, [], "it is told once");
}

#[tokio::test]
async fn a_drift_of_the_folded_day_is_found_and_one_that_is_mended_is_not_told() {
    let (world, tally) = dawn().await;
    fill(&world).await;
    world.wait(hours(1));
    assert_eq!(world.store().fold_days(world.tenant, world.now()).await.unwrap(), 1);
    alter(&world, &format!("DAY#{DAY}"), "messages", -2).await;
    assert_eq!(run(&world).await.drifts, []);
    alter(&world, &format!("DAY#{DAY}"), "messages", 2).await;
    world.wait(hours(1));
    assert_eq!((run(&world).await.drifts, tally.values(Metric::LedgerDrift)), (Vec::new(), vec![0]));
}

/// Runs until the database was called so often, and no further; whether it came to its end.
async fn dies_after(world: &World, calls: u64) -> bool {
    world.store().usage().reset();
    let mut run = Box::pin(run(world));
    loop {
        if poll!(&mut run).is_ready() {
            return true;
        }
        if calls <= world.store().usage().tally().calls {
            return false;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_run_that_dies_anywhere_is_continued() {
    let (world, tally) = dawn().await;
    fill(&world).await;
    let mut deaths = 0;
    // Each run gets a little further than the last; those before it have kept what they had read.
    while !dies_after(&world, 4 + 8 * deaths).await {
        deaths += 1;
    }
    assert!(3 < deaths, "{deaths}");
    assert_eq!(tally.values(Metric::LedgerDrift), [0], "no turn is left out or counted twice");
    let asked = world.store().find_questions(world.tenant, date(2026, 11, 21), date(2026, 11, 21)).await.unwrap();
    let top = |question: &str, count| Top { question: question.to_owned(), count };
    assert_eq!(asked.top(3), [top("Are you open on Saturdays?", 23), top("And is there parking?", 23)]);
}

#[tokio::test]
async fn eight_runs_at_once_count_every_turn_once() {
    let (world, tally) = dawn().await;
    fill(&world).await;
    let runs = futures::future::join_all((0..8).map(|_| run(&world))).await;
    assert!(runs.iter().all(|run| run.drifts.is_empty()));
    run(&world).await;
    assert_eq!(tally.values(Metric::LedgerDrift), [0]);
    let asked = world.store().find_questions(world.tenant, date(2026, 11, 21), date(2026, 11, 21)).await.unwrap();
    assert_eq!(asked.top(1).first().map(|top| top.count), Some(23));
}

#[tokio::test]
async fn turns_that_are_deleted_once_they_were_read_and_days_long_past_ring_no_alarm() {
    let (world, tally) = dawn().await;
    let first = talk(&world, None, "one", "Is there wifi?").await;
    world.wait(hours(2));
    assert_eq!(run(&world).await.turns, 1);
    for turn in world.store().list_turns(world.tenant, first, None).await.unwrap() {
        let delete = world.dynamodb().client().delete_item().table_name(table_names().conversations);
        let text = |text: String| AttributeValue::S(text);
        let delete = delete.key("pk", text(format!("T#{}#C#{first}", world.tenant)));
        delete.key("sk", text(format!("TURN#{}", turn.id))).send().await.unwrap();
    }
    world.wait(hours(24));
    assert_eq!((run(&world).await.drifts, tally.values(Metric::LedgerDrift)), (Vec::new(), vec![0]));
    // For a year nothing runs, and the counters of the day on which it stopped say what nobody can check.
    alter(&world, "METER", "dg17messages", 7).await;
    world.wait(hours(24 * 365));
    for _ in 0..60 {
        assert_eq!(run(&world).await.drifts, []);
    }
    assert!(tally.values(Metric::LedgerDrift).iter().all(|drifts| *drifts == 0));
}

#[tokio::test]
async fn a_thousand_turns_cost_less_than_three_hundred_read_units_to_recount() {
    let (world, _) = dawn().await;
    for n in 0..334 {
        let first = talk(&world, None, &format!("{n}-a"), "Are you open on Saturdays? I have only time then.").await;
        for k in 0..2 {
            talk(&world, Some(first), &format!("{n}-{k}"), "And how much is a portrait for two?").await;
        }
        world.wait(Duration::from_secs(60));
    }
    world.wait(hours(24));
    world.store().usage().reset();
    let read = run(&world).await;
    let took = world.store().usage().tally();
    println!("{} turns recounted: {} read units, {} write units", read.turns, took.read_units, took.write_units);
    assert_eq!(read.turns, 1_002);
    assert!(took.read_units <= 300.0 && took.write_units <= 10.0, "{took:?}");
    // A business that nobody talks to.
    world.store().usage().reset();
    let idle = recount(world.services.cleanup().recount, local::demo::MIRABELLE.parse().unwrap(), world.now());
    assert_eq!(idle.await.unwrap(), Recounted::default());
    let took = world.store().usage().tally();
    println!("an idle business: {} read units, {} write units", took.read_units, took.write_units);
    assert!(took.read_units <= 5.0 && took.write_units <= 1.0, "{took:?}");
}
