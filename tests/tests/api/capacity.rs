//! What a turn asks of DynamoDB, as DynamoDB itself reports it: the same in the second turn as in the three hundredth.
//! And what a rating and a counted call ask.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use local::dynamodb::table_names;
use serde_json::{Value, json};
use sim::claude::{Answer, Fault, FaultKind, Mode};
use tests::talk::{Said, say};
use tests::world::World;
use tests::{Desk, Visitor};

/// How many turns the long conversation has.
const LONG: usize = 300;

/// How often the older turns are folded into the digest, once there are enough of them.
const FOLDED_EVERY: usize = 5;

/// Says something of ordinary length, and tells what that took.
async fn count(desk: &Desk, visitor: &Visitor, turn: usize) -> Value {
    desk.post("/dev/counters/reset", &json!({})).await;
    let text = format!("This is message number {turn}: is there still a place for two on a Saturday in May?");
    visitor.say_as(&format!("client-message-{turn}"), &text).await.ok();
    desk.get("/dev/counters").await.ok()
}

/// An answer of 300 characters.
fn answer(turn: usize) -> Answer {
    let text = format!("In answer {turn} I can tell you about Saturdays in May, when we are open from ten to four. ");
    Answer::say(text.repeat(4).chars().take(300).collect::<String>())
}

#[tokio::test]
async fn a_turn_asks_as_much_of_the_database_whatever_was_said_before() {
    let desk = Desk::open().await;
    desk.script((0..LONG).map(answer));
    let visitor = desk.guest().await;
    let mut written = Vec::new();
    for turn in 0..LONG {
        let counted = count(&desk, &visitor, turn).await;
        let units = |kind: &str| counted[kind].as_f64().unwrap();
        if turn == 0 {
            // The business is read once.
            continue;
        }
        // One read beside one write before the model, one transaction after it.
        let operations = json!({ "Query": 1, "UpdateItem": 1, "TransactWriteItems": 1 });
        assert_eq!((&counted["calls"], &counted["byOperation"]), (&json!(3), &operations), "turn {turn}: {counted}");
        assert!(units("readUnits") <= 2.0, "turn {turn}: {counted}");
        written.push(units("writeUnits"));
    }
    // A turn that folds writes the digest too: one row more, once in several turns.
    let folds: Vec<usize> = written.iter().enumerate().filter(|(_, units)| 8.0 < **units).map(|(at, _)| at).collect();
    assert!(folds.iter().all(|at| written[*at] <= 9.0), "{written:?}");
    assert!(folds.windows(2).all(|pair| FOLDED_EVERY <= pair[1] - pair[0]), "{folds:?}");
    assert!(LONG / FOLDED_EVERY - 2 <= folds.len(), "all that is said is folded in time: {folds:?}");
    let mean = written.iter().sum::<f64>() / written.len() as f64;
    assert!(mean <= 7.5, "{mean}");
    assert_eq!(visitor.history().await.len(), 2 * LONG);
}

#[tokio::test]
async fn before_the_model_there_is_one_read_beside_one_write() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    desk.script([]);
    visitor.say("Hi").await.ok();
    // The simulator says a few words, and then nothing until it is told to let go.
    desk.claude().set_mode(Mode::Faulty(vec![Fault::once(FaultKind::Stalled).forever()]));
    desk.post("/dev/counters/reset", &json!({})).await;
    let mut stream = visitor.stream("Hi again").await;
    stream.next_named("text").await;
    let counted = desk.get("/dev/counters").await.ok();
    assert_eq!(counted["byOperation"], json!({ "Query": 1, "UpdateItem": 1 }), "{counted}");
    desk.script([]);
    assert_eq!(stream.all().await.last().unwrap().event, "done");
    let counted = desk.get("/dev/counters").await.ok();
    assert_eq!(counted["byOperation"], json!({ "Query": 1, "UpdateItem": 1, "TransactWriteItems": 1 }), "{counted}");
}

#[tokio::test]
async fn a_rating_is_one_transaction_behind_three_reads_and_a_repetition_writes_nothing() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    visitor.say("Hi").await.ok();
    let opinion = json!({ "rating": 4, "comment": "Quick and friendly. ".repeat(20) });
    let count = async || {
        desk.post("/dev/counters/reset", &json!({})).await;
        visitor.post("/v1/public/chat/feedback", opinion.clone()).await.ok();
        desk.get("/dev/counters").await.ok()
    };
    let first = count().await;
    assert_eq!(first["byOperation"], json!({ "GetItem": 3, "UpdateItem": 1, "TransactWriteItems": 1 }), "{first}");
    assert_eq!((first["readUnits"].as_f64(), first["writeUnits"].as_f64()), (Some(3.0), Some(7.0)), "{first}");
    let again = count().await;
    assert_eq!(again["byOperation"], json!({ "GetItem": 3 }), "{again}");
}

#[tokio::test]
async fn a_question_that_nothing_answers_is_one_row_more_in_the_same_transaction() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    visitor.say("Hi").await.ok();
    let count = async |query: &str| {
        let search = Answer::call("search_help", json!({ "query": query }));
        desk.script([search, Answer::say("Let me ask the team about that.")]);
        desk.post("/dev/counters/reset", &json!({})).await;
        visitor.say("One question").await.ok();
        desk.get("/dev/counters").await.ok()
    };
    let operations = json!({ "Query": 1, "UpdateItem": 1, "TransactWriteItems": 1 });
    let answered = count("parking").await;
    let unanswered = count("helicopter flights").await;
    for counted in [&answered, &unanswered] {
        assert_eq!(counted["byOperation"], operations, "{counted}");
    }
    let more = unanswered["writeUnits"].as_f64().unwrap() - answered["writeUnits"].as_f64().unwrap();
    assert!(more <= 2.0, "a row in a transaction counts twice: {answered} {unanswered}");
    let owner = desk.owner().await;
    let told = owner.list("/v1/admin/articles/unanswered").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((&told[0]["question"], &told[0]["asked"]), (&json!("helicopter flights"), &json!(1)));
}

/// How long an answer takes, of some on a busy day: 0.4 to 12 seconds, most of them about 1.5.
fn took(turn: u64) -> Duration {
    let mixed = turn.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11;
    let part = |shift: u32| (mixed >> shift) % 1_000;
    Duration::from_millis(400 + part(0) + part(10) * part(20) * part(30) / 100_000)
}

/// The bytes of the meter, as DynamoDB counts them: names and texts by their letters, numbers by two digits each.
async fn meter_bytes(world: &World) -> usize {
    let text = |text: String| AttributeValue::S(text);
    let item = world.dynamodb().client().get_item().table_name(table_names().counters);
    let item = item.key("pk", text(format!("T#{}", world.tenant))).key("sk", text("METER".to_owned()));
    let item = item.send().await.unwrap().item.unwrap();
    let bytes = |(name, value): (&String, &AttributeValue)| {
        let value = match value {
            AttributeValue::S(text) => text.len(),
            AttributeValue::N(number) => number.len().div_ceil(2) + 1,
            other => panic!("a turn that ended left {other:?}"),
        };
        name.len() + value
    };
    item.iter().map(bytes).sum()
}

#[tokio::test]
async fn what_the_days_figures_add_to_the_meter_is_stated_in_bytes_and_in_write_units() {
    let world = Box::pin(World::at("2026-11-21T10:00:00Z")).await;
    let mut seen = Vec::new();
    for turn in 0..1_100 {
        if turn == 1_000 {
            // Half past midnight: yesterday is not folded yet.
            world.wait(Duration::from_mins(14 * 60 + 30));
        }
        let key = turn.to_string();
        let said = Said { took: took(turn), ..Said::new(&key, "Is there a place for two?", world.now()) };
        world.store().usage().reset();
        say(&world.services, world.tenant, None, said).await;
        let units = world.store().usage().tally().write_units;
        if [0, 9, 99, 999, 1_099].contains(&turn) {
            seen.push((turn + 1, meter_bytes(&world).await, units));
        }
    }
    println!("turns, bytes of the meter, write units of a conversation's first turn: {seen:?}");
    let (day, night) = seen.split_at(4);
    // Seven of the turn, one of the inbox.
    assert!(day.iter().all(|(_, bytes, units)| *bytes <= 768 && *units == 8.0), "{seen:?}");
    // Both days together pass one kilobyte: one more before the model, two more in the transaction.
    assert!(night.iter().all(|(_, bytes, units)| *bytes <= 1_536 && *units <= 11.0), "{seen:?}");
}

#[tokio::test]
async fn a_turn_of_a_later_hour_than_its_conversation_is_one_write_of_the_index_more() {
    let world = Box::pin(World::at("2026-11-21T10:00:00Z")).await;
    let first = say(&world.services, world.tenant, None, Said::new("one", "Hi there", world.now())).await;
    let count = async |key: &str| {
        world.store().usage().reset();
        say(&world.services, world.tenant, Some(first), Said::new(key, "Hi there", world.now())).await;
        world.store().usage().tally()
    };
    let same = count("two").await;
    world.wait(Duration::from_hours(1));
    let later = count("three").await;
    assert_eq!((same.write_units, later.write_units), (7.0, 8.0));
    assert_eq!(same.by_operation, later.by_operation);
}

#[tokio::test]
async fn a_counted_call_is_one_small_write_more_and_the_configuration_is_not_counted() {
    let desk = Desk::open().await;
    desk.set_limits(true);
    let visitor = desk.guest().await;
    visitor.say("Hi").await.ok();
    let count = async |path: &str| {
        desk.post("/dev/counters/reset", &json!({})).await;
        visitor.get(path).await.ok();
        desk.get("/dev/counters").await.ok()
    };
    let config = count("/v1/public/chat/config").await;
    assert_eq!(config["byOperation"], json!({ "GetItem": 1 }), "{config}");
    let history = count("/v1/public/chat/messages").await;
    assert_eq!(history["byOperation"], json!({ "GetItem": 2, "Query": 1, "UpdateItem": 1 }), "{history}");
    assert_eq!(history["writeUnits"].as_f64(), Some(1.0), "{history}");
}
