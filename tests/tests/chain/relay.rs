//! The relay: every event reaches the bus, in order, and none holds up the others for ever.

use aws_lambda_events::dynamodb::Event as StreamBatch;
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use local::tally::Tally;
use serde_json::{Value, json};
use shared::domain::event::{Event, Happening};
use shared::ports::metric::{Metric, Unmeasured};
use tests::line::{Line, Trouble};
use tests::world::World;

fn batch(records: &[Value]) -> StreamBatch {
    serde_json::from_value(json!({ "Records": records })).unwrap()
}

/// Where the stream goes on.
fn left(answer: &DynamoDbEventResponse) -> Option<&str> {
    assert!(answer.batch_item_failures.len() <= 1, "a stream goes on at one place");
    answer.batch_item_failures.first().map(|failure| failure.item_identifier.as_deref().unwrap())
}

/// Ten events in the outbox, and their records in its stream.
async fn ten(world: &World) -> (Vec<Event>, Vec<Value>) {
    let mut events = Vec::new();
    for _ in 0..10 {
        events.push(world.book(Happening::BookingReceived).await.1);
    }
    let records = world.outbox().page(100).unwrap().records;
    assert_eq!(records.len(), 10);
    (events, records)
}

fn sequence(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap()
}

fn row(record: &Value) -> String {
    record["dynamodb"]["NewImage"]["pk"]["S"].as_str().unwrap().to_owned()
}

/// Row and sequence number that a parked note names. It says why, and nothing that is personal.
fn note(text: &str) -> (String, String) {
    let note: Value = serde_json::from_str(text).unwrap();
    assert!(note["why"].as_str().unwrap().contains("event"), "{note}");
    assert_eq!(note.as_object().unwrap().len(), 3, "{note}");
    let text = |name: &str| note[name].as_str().unwrap().to_owned();
    (text("row"), text("sequence"))
}

#[tokio::test]
async fn events_are_published_in_the_order_they_happened() {
    let (world, line) = (World::new().await, Line::default());
    let (events, records) = ten(&world).await;
    assert_eq!(left(&event_relay::handle(&line, &Unmeasured, batch(&records)).await), None);
    assert_eq!(line.taken(), events);
}

#[tokio::test]
async fn the_stream_goes_on_with_the_first_event_that_was_not_taken() {
    let (world, line) = (World::new().await, Line::default());
    let (events, records) = ten(&world).await;
    line.trouble(events[6].id, Some(Trouble::Passing));
    line.trouble(events[3].id, Some(Trouble::Passing));
    assert_eq!(left(&event_relay::handle(&line, &Unmeasured, batch(&records)).await), Some(sequence(&records[3])));
    line.trouble(events[6].id, None);
    line.trouble(events[3].id, None);
    assert_eq!(left(&event_relay::handle(&line, &Unmeasured, batch(&records[3..])).await), None);
    for event in &events {
        assert!(line.taken().contains(event), "{event:?} was lost");
    }
}

#[tokio::test]
async fn nothing_is_lost_while_the_bus_is_down() {
    let (world, line) = (World::new().await, Line::default());
    let (events, records) = ten(&world).await;
    line.be_down(true);
    for _ in 0..3 {
        assert_eq!(left(&event_relay::handle(&line, &Unmeasured, batch(&records)).await), Some(sequence(&records[0])));
    }
    line.be_down(false);
    assert_eq!(left(&event_relay::handle(&line, &Unmeasured, batch(&records)).await), None);
    assert_eq!(line.taken(), events);
}

#[tokio::test]
async fn one_record_in_ten_that_cannot_be_read_holds_up_nobody() {
    let (world, line) = (World::new().await, Line::default());
    let (events, records) = ten(&world).await;
    let tally = Tally::default();
    for (field, value) in [
        ("name", json!({ "S": "booking.exploded" })),
        ("subject", json!({ "S": "../x" })),
        ("at", json!({ "S": "now" })),
    ] {
        let mut spoilt = records.clone();
        spoilt[4]["dynamodb"]["NewImage"][field] = value;
        let before = line.taken().len();
        assert_eq!(left(&event_relay::handle(&line, &tally, batch(&spoilt)).await), None, "{field}");
        let expected: Vec<_> = events.iter().filter(|event| **event != events[4]).cloned().collect();
        assert_eq!(line.taken()[before..], expected);
        assert_eq!(note(line.parked().last().unwrap()), (row(&records[4]), sequence(&records[4]).to_owned()));
    }
    assert_eq!(line.parked().len(), 3);
    assert_eq!((tally.sum(Metric::EventGivenUp), tally.sum(Metric::BookingReceived)), (3, 27));
}

#[tokio::test]
async fn an_event_that_the_bus_never_takes_holds_up_nobody() {
    let (world, line) = (World::new().await, Line::default());
    let (events, records) = ten(&world).await;
    line.trouble(events[4].id, Some(Trouble::Final));
    assert_eq!(left(&event_relay::handle(&line, &Unmeasured, batch(&records)).await), None);
    assert_eq!(line.taken().len(), 9);
    assert_eq!(note(&line.parked()[0]), (row(&records[4]), sequence(&records[4]).to_owned()));
    assert_eq!(left(&event_relay::handle(&line, &Unmeasured, batch(&records[4..5])).await), None);
    assert_eq!(line.parked().len(), 2, "each time that it comes it is parked");
}

#[tokio::test]
async fn what_can_neither_be_carried_nor_parked_is_not_dropped() {
    let (world, line) = (World::new().await, Line::default());
    let (events, mut records) = ten(&world).await;
    records[2]["dynamodb"]["NewImage"]["name"] = json!({ "S": "booking.exploded" });
    line.trouble(events[5].id, Some(Trouble::Final));
    line.be_full(true);
    for _ in 0..3 {
        assert_eq!(left(&event_relay::handle(&line, &Unmeasured, batch(&records)).await), Some(sequence(&records[2])));
    }
    line.be_full(false);
    assert_eq!(left(&event_relay::handle(&line, &Unmeasured, batch(&records[2..])).await), None);
    assert_eq!(
        line.parked().iter().map(|text| note(text).1).collect::<Vec<_>>(),
        [2, 5].map(|n| sequence(&records[n]))
    );
}

#[tokio::test]
async fn what_stands_behind_an_event_that_waits_is_parked_when_its_turn_comes() {
    let (world, line) = (World::new().await, Line::default());
    let (events, records) = ten(&world).await;
    line.trouble(events[3].id, Some(Trouble::Passing));
    line.trouble(events[1].id, Some(Trouble::Final));
    line.trouble(events[7].id, Some(Trouble::Final));
    assert_eq!(left(&event_relay::handle(&line, &Unmeasured, batch(&records)).await), Some(sequence(&records[3])));
    assert_eq!(line.parked().len(), 1);
    line.trouble(events[3].id, None);
    assert_eq!(left(&event_relay::handle(&line, &Unmeasured, batch(&records[3..])).await), None);
    assert_eq!(
        line.parked().iter().map(|text| note(text).1).collect::<Vec<_>>(),
        [1, 7].map(|n| sequence(&records[n]))
    );
}

#[tokio::test]
async fn what_was_removed_or_remembered_is_no_event_and_what_was_touched_goes_again() {
    let (world, line) = (World::new().await, Line::default());
    let (event, mut records) = {
        let (_, event) = world.book(Happening::BookingReceived).await;
        world.store().begin_work(world.tenant, "notifier", "x:owner", world.now()).await.unwrap();
        (event, world.outbox().page(100).unwrap().records)
    };
    assert_eq!(records.len(), 2, "the stream also carries what consumers remember");
    let mut touched = records[0].clone();
    touched["eventName"] = json!("MODIFY");
    let mut removed = records[0].clone();
    removed["eventName"] = json!("REMOVE");
    removed["userIdentity"] = json!({ "type_": "Service", "principalId": "dynamodb.amazonaws.com" });
    removed["dynamodb"].as_object_mut().unwrap().remove("NewImage");
    records.extend([touched, removed]);
    assert_eq!(left(&event_relay::handle(&line, &Unmeasured, batch(&records)).await), None);
    assert_eq!(line.taken(), [event.clone(), event]);
}

#[tokio::test]
async fn every_payload_of_the_stream_is_understood() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/event-relay");
    for file in std::fs::read_dir(folder).unwrap() {
        let (line, path) = (Line::default(), file.unwrap().path());
        let payload: StreamBatch = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let records = payload.records.len();
        assert_eq!(left(&event_relay::handle(&line, &Unmeasured, payload).await), None);
        assert_eq!(line.taken().len(), records, "{}", path.display());
    }
}
