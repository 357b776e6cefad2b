//! Analytics: what reading a period costs, who may read it, and that nothing is lost while figures move.

use futures::future::join_all;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use lambda_http::Body;
use serde_json::{Value, json};
use shared::domain::asked::{Asked, Asker, Form, MOST, Questions};
use shared::domain::figure::{Count, Figure, Tally, Used};
use shared::domain::histogram::Bucket;
use shared::domain::recount::Recount;
use tests::talk::{Said, say};

use super::world::{AGENT, NOW, OPERATOR, OWNER, STRANGER, World, world};

const TODAY: Date = date(2026, 11, 21);

/// One turn of a new conversation.
async fn talk(world: &World, key: &str, at: Timestamp, rest: Vec<Count>) {
    say(&world.services, world.tenant(), None, Said { rest, ..Said::new(key, "Are you open?", at) }).await;
}

/// Thirty days with `messages` a day behind them: `written` turns of each are written one by one, what is missing
/// is counted with the first.
async fn thirty_days(messages: i64, written: u64) -> World {
    let world = world().await;
    let first = TODAY.saturating_sub(29.days());
    for day in first.series(1.day()).take(30) {
        let at = day.at(8, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
        let rest = messages / 2 - i64::try_from(written).unwrap();
        let rest = [
            (Figure::Conversations, rest),
            (Figure::Messages, 2 * rest),
            (Figure::AnswerMs, 1_000 * rest),
            (Figure::Answered(Bucket::of_ms(1_000)), rest),
        ];
        let mut rest: Vec<Count> = rest.into_iter().map(|(figure, by)| Count { figure, by, at }).collect();
        for number in 0..written {
            talk(&world, &format!("{day}-{number}"), at, std::mem::take(&mut rest)).await;
        }
    }
    assert_eq!(world.services.store.fold_days(world.tenant(), NOW).await.unwrap(), 29);
    world
}

/// What thirty days come to, and what DynamoDB says that reading them took.
async fn read(world: &World) -> (Value, String) {
    let usage = world.services.store.usage();
    usage.reset();
    let told = world.by(OWNER, "show-analytics").send().await;
    assert_eq!(told.status, 200, "{told:?}");
    let tally = usage.tally();
    (told.body, format!("{:?}, {} read units", tally.by_operation, tally.read_units))
}

#[tokio::test]
async fn thirty_days_cost_as_much_to_read_with_a_hundred_messages_behind_them_as_with_a_million() {
    let (few, few_took) = read(&thirty_days(4, 1).await).await;
    let (many, many_took) = read(&thirty_days(33_334, 40).await).await;
    assert_eq!((&few["messages"]["total"], &many["messages"]["total"]), (&json!(120), &json!(1_000_020)));
    assert_eq!(many["byDay"].as_array().map(Vec::len), Some(30));
    assert_eq!(few_took, many_took);
    // The meter twice, one query of 29 finished days, and one of what was asked, of which nothing was read yet.
    assert_eq!(many_took, r#"{"GetItem": 2, "Query": 2}, 5.5 read units"#);
}

#[tokio::test]
async fn while_figures_move_off_the_meter_each_is_read_once() {
    let world = world().await;
    let (store, tenant) = (&world.services.store, world.tenant());
    for number in 0..12 {
        let at = NOW - SignedDuration::from_hours(24 * (1 + number % 4));
        talk(&world, &number.to_string(), at, Vec::new()).await;
    }
    let days = async || store.find_days(tenant, date(2026, 11, 1), TODAY).await.unwrap();
    let before = days().await;
    let (moved, reads) = tokio::join!(store.fold_days(tenant, NOW), join_all((0..40).map(|_| days())));
    assert_eq!(moved.unwrap(), 4);
    assert!(reads.iter().all(|read| *read == before), "{reads:?}");
    assert_eq!(days().await, before);
    let mut all = Tally::default();
    before.values().for_each(|day| all.merge(day));
    assert_eq!((all.of(&Figure::Conversations), all.used(Used::Cost)), (12, 12 * 505));
}

#[tokio::test]
async fn the_statement_is_the_owners_and_a_table_for_a_spreadsheet() {
    let world = world().await;
    talk(&world, "one", NOW, Vec::new()).await;
    let told = world.by(OWNER, "show-statement").send_raw().await;
    assert_eq!(told.headers()["content-type"], "text/csv; charset=utf-8");
    assert_eq!(told.headers()["content-disposition"], "attachment; filename=\"statement-2026-11.csv\"");
    let Body::Text(table) = told.body() else { panic!("a table is text") };
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(
        lines[1..],
        ["2026-11-21,claude-haiku-4-5,2026-10-07,1,0,100,20,3000,4,505", "total,,,1,0,100,20,3000,4,505"]
    );
    for person in [AGENT, OPERATOR] {
        let told = world.by(person, "show-statement").send().await;
        assert_eq!((told.status, told.code()), (403, "forbidden"), "{person}");
    }
    for odd in ["2026-13", "=1+1", ""] {
        let told = world.by(OWNER, "show-statement").query(&[("month", odd)]).send().await;
        assert_eq!((told.status, told.code()), (400, "invalid"), "{odd}");
    }
}

#[tokio::test]
async fn another_business_sees_nothing_of_it() {
    let world = world().await;
    talk(&world, "one", NOW, Vec::new()).await;
    let own = world.by(AGENT, "show-analytics").send().await;
    assert_eq!(own.body["conversations"]["total"], 1);
    let foreign = world.by(STRANGER, "show-analytics").send().await;
    assert_eq!((foreign.status, &foreign.body["conversations"]["total"]), (200, &json!(0)));
    assert_eq!(foreign.body["cost"]["totalMicroUsd"], 0);
    let bill = world.by(STRANGER, "show-statement").send_raw().await;
    let Body::Text(table) = bill.body() else { panic!("a table is text") };
    assert!(table.ends_with("total,,,0,0,0,0,0,0,0\r\n"), "{table}");
}

#[tokio::test]
async fn what_was_asked_costs_as_much_to_read_however_often_it_was_and_no_more_than_full_lists_do() {
    let took = async |times: u64, different: usize| {
        let world = world().await;
        let first = TODAY.saturating_sub(29.days());
        for day in first.series(1.day()).take(30) {
            let asked = (0..different).map(|n| {
                let letters: String = n.to_string().bytes().map(|digit| char::from(digit + 49)).collect();
                let question =
                    format!("Is there a place for two on a Saturday in May for {letters}qx and {letters}zz?");
                Asked { form: Form::of(&question).unwrap(), times, before: 0, by: Asker::Several }
            });
            let recount = Recount { questions: Questions::kept(asked, 0), ..Recount::of(day) };
            assert!(world.services.store.keep_recount(world.tenant(), None, &recount).await.unwrap());
        }
        read(&world).await
    };
    let (few, few_took) = took(1, 10).await;
    let (many, many_took) = took(30_000, 10).await;
    assert_eq!(few_took, many_took);
    let count = |told: &Value| told["topQuestions"][0]["count"].as_u64();
    assert_eq!((count(&few), count(&many)), (Some(30), Some(900_000)));
    let (_, full_took) = took(1, MOST).await;
    // Two items a day in any case; what grows is the list of different questions, up to its end.
    assert_eq!(few_took, r#"{"GetItem": 2, "Query": 2}, 6.5 read units"#);
    assert_eq!(full_took, r#"{"GetItem": 2, "Query": 2}, 30.5 read units"#);
}
