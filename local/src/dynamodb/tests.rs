//! The embedded tables keep what their template promises.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::ports::Clock as _;

use super::*;
use crate::template::Template;

async fn open(folder: Option<&Folder>, clock: &Arc<MovableClock>, tasks: &Tasks) -> Result<DynamoDb, StartError> {
    DynamoDb::open(folder, &Template::deployed().unwrap().tables, Arc::clone(clock), tasks).await
}

fn clock() -> Arc<MovableClock> {
    Arc::new(MovableClock::frozen("2026-11-21T09:00:00Z".parse().unwrap()))
}

async fn put(dynamodb: &DynamoDb, table: &str, key: &str, ttl: Option<i64>) {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let put = dynamodb.client().put_item().table_name(table).item("pk", text(key)).item("sk", text("EVENT"));
    let put = match ttl {
        Some(ttl) => put.item("ttl", AttributeValue::N(ttl.to_string())),
        None => put,
    };
    put.send().await.unwrap();
}

#[tokio::test]
async fn the_templates_tables_and_indexes_are_there_for_the_real_sdk() {
    let (clock, tasks) = (clock(), Tasks::default());
    let dynamodb = open(None, &clock, &tasks).await.unwrap();
    let bookings = dynamodb.client().describe_table().table_name(table_names().bookings).send().await.unwrap();
    let table = bookings.table.unwrap();
    let mut indexes: Vec<_> = table.global_secondary_indexes().iter().filter_map(|index| index.index_name()).collect();
    indexes.sort_unstable();
    assert_eq!(indexes, ["by_customer", "by_day", "by_deadline"]);
    let names = table_names();
    for name in [names.tenants, names.conversations, names.records, names.counters, names.outbox] {
        assert!(dynamodb.client().describe_table().table_name(&name).send().await.is_ok(), "{name}");
    }
}

#[tokio::test]
async fn a_write_to_the_outbox_wakes_and_is_read_once_from_the_stream() {
    let (clock, tasks) = (clock(), Tasks::default());
    let dynamodb = open(None, &clock, &tasks).await.unwrap();
    let mut stream = dynamodb.stream("Outbox");
    put(&dynamodb, &table_names().outbox, "T#a#E#1", None).await;
    tokio::time::timeout(Duration::from_secs(5), dynamodb.outbox_written()).await.unwrap();
    let page = stream.page(10).unwrap();
    let event = Records::event(&page.records).unwrap();
    assert_eq!(event.records.len(), 1);
    assert_eq!(event.records[0].event_name, "INSERT");
    let first = Records::sequence(&page.records[0]).to_owned();
    stream.pass(page);
    assert!(stream.page(10).unwrap().records.is_empty());
    stream.return_to(&first).unwrap();
    assert_eq!(stream.page(10).unwrap().records.len(), 1);
}

#[tokio::test]
async fn what_is_over_by_the_moved_clock_is_swept() {
    let (clock, tasks) = (clock(), Tasks::default());
    let dynamodb = open(None, &clock, &tasks).await.unwrap();
    put(&dynamodb, &table_names().counters, "a", Some(clock.now().as_second() + 60)).await;
    assert_eq!(dynamodb.sweep().unwrap(), 0);
    clock.advance(Duration::from_secs(61));
    assert_eq!(dynamodb.sweep().unwrap(), 1);
}

#[tokio::test]
async fn a_database_on_disk_is_there_again_with_a_short_stream() {
    let place = tempfile::tempdir().unwrap();
    let (clock, tasks) = (clock(), Tasks::default());
    let folder = Folder::open(place.path()).unwrap();
    let dynamodb = open(Some(&folder), &clock, &tasks).await.unwrap();
    for key in ["1", "2", "3"] {
        put(&dynamodb, &table_names().outbox, key, None).await;
    }
    assert_eq!(dynamodb.stream("Outbox").page(10).unwrap().records.len(), 3);
    dynamodb.trim_stream("Outbox").unwrap();
    assert_eq!(dynamodb.stream("Outbox").page(10).unwrap().records.len(), 1);
    let secret = folder.keys.link_secret.clone();
    drop((dynamodb, folder));
    tasks.abort();
    let folder = Folder::open(place.path()).unwrap();
    assert_eq!(folder.keys.link_secret, secret);
    let again = open(Some(&folder), &clock, &Tasks::default()).await.unwrap();
    assert_eq!(again.stream("Outbox").page(10).unwrap().records.len(), 1);
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_says_why() {
    let (clock, tasks) = (clock(), Tasks::default());
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::open(place.path()).unwrap();
    assert!(matches!(Folder::open(place.path()), Err(StartError::Data { why: DataFault::InUse, .. })));
    std::fs::write(folder.database(), "certainly no database, but long enough to be looked at as one").unwrap();
    let refused = open(Some(&folder), &clock, &tasks).await.unwrap_err();
    assert!(matches!(refused, StartError::Data { why: DataFault::NotADatabase, .. }), "{refused}");
    drop(folder);
    std::fs::write(place.path().join("frontdesk.json"), r#"{"format":99}"#).unwrap();
    assert!(matches!(Folder::open(place.path()), Err(StartError::Data { why: DataFault::OtherVersion, .. })));
    std::fs::remove_file(place.path().join("frontdesk.json")).unwrap();
    assert!(matches!(Folder::open(place.path()), Err(StartError::Data { why: DataFault::OtherVersion, .. })));
    let file = place.path().join("frontdesk.db");
    assert!(matches!(Folder::open(&file), Err(StartError::Data { why: DataFault::Unwritable, .. })));
}

#[tokio::test]
async fn a_database_with_other_tables_is_another_versions() {
    let (clock, tasks) = (clock(), Tasks::default());
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::open(place.path()).unwrap();
    let mut tables = Template::deployed().unwrap().tables;
    tables.iter_mut().for_each(|table| drop(table.definition.remove("GlobalSecondaryIndexes")));
    for table in &mut tables {
        table.definition.insert(
            "AttributeDefinitions".to_owned(),
            json!([
                { "AttributeName": "pk", "AttributeType": "S" }, { "AttributeName": "sk", "AttributeType": "S" },
            ]),
        );
    }
    let older = DynamoDb::open(Some(&folder), &tables, Arc::clone(&clock), &tasks).await.unwrap();
    drop(older);
    let refused = open(Some(&folder), &clock, &tasks).await.unwrap_err();
    assert!(matches!(refused, StartError::Data { why: DataFault::OtherVersion, .. }), "{refused}");
}
