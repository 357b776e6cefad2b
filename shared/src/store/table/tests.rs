//! What a table makes of failures that an embedded one never has.

use std::time::Duration;

use aws_sdk_dynamodb::error::ErrorMetadata;
use aws_sdk_dynamodb::operation::get_item::{GetItemError, GetItemOutput};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::query::{QueryError, QueryOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsError, TransactWriteItemsOutput};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::CancellationReason;
use aws_sdk_dynamodb::types::error::{ConditionalCheckFailedException, TransactionCanceledException};
use aws_smithy_mocks::{Rule, mock};
use futures::FutureExt as _;
use serde::Deserialize;
use ulid::Ulid;

use super::*;
use crate::adapters::mocked;
use crate::domain::id::TenantId;

/// Tries after the first.
const RETRIES: usize = 3;

const PATIENCE: Patience =
    Patience { retries: RETRIES, pause: Duration::ZERO, wait: Wait(|_| std::future::ready(()).boxed()) };

#[derive(Debug, PartialEq, Deserialize)]
struct Row {
    count: u64,
}

fn table(rules: &[&Rule]) -> Table {
    let client = mocked!(aws_sdk_dynamodb, rules.iter().copied());
    Table::new(client, "counters", Arc::default(), PATIENCE)
}

fn key() -> Key {
    Key::meter(TenantId::new(Ulid(7)))
}

fn said(code: &str) -> ErrorMetadata {
    ErrorMetadata::builder().code(code).build()
}

fn row(count: u64) -> Item {
    let mut row = key().item();
    row.insert("count".to_owned(), AttributeValue::N(count.to_string()));
    row
}

fn found(count: u64) -> GetItemOutput {
    GetItemOutput::builder().set_item(Some(row(count))).build()
}

fn taken() -> ConditionalCheckFailedException {
    ConditionalCheckFailedException::builder().set_item(Some(row(5))).build()
}

/// A transaction that was cancelled for these reasons, one for each action.
fn cancelled(codes: &[&str]) -> TransactWriteItemsError {
    let reason = |code: &&str| {
        let item = (*code == "ConditionalCheckFailed").then(|| row(5));
        CancellationReason::builder().code(*code).set_item(item).build()
    };
    let reasons = codes.iter().map(reason).collect();
    let cancelled = TransactionCanceledException::builder().set_cancellation_reasons(Some(reasons)).build();
    TransactWriteItemsError::TransactionCanceledException(cancelled)
}

fn transaction(table: &Table) -> Vec<Action> {
    let add = || table.updating(Update::new(key()).add("count", 1_u64)).unwrap();
    vec![add(), add()]
}

#[tokio::test]
async fn throttling_is_waited_out() {
    for code in ["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"] {
        let get = mock!(Client::get_item)
            .sequence()
            .error(move || GetItemError::generic(said(code)))
            .times(RETRIES)
            .output(|| found(3))
            .build();
        assert_eq!(table(&[&get]).find(&key(), "row").await.unwrap(), Some(Row { count: 3 }), "{code}");
        assert_eq!(get.num_calls(), RETRIES + 1);
    }
}

#[tokio::test]
async fn throttling_that_does_not_end_is_said_after_the_last_try() {
    let query =
        mock!(Client::query).sequence().error(|| QueryError::generic(said("ThrottlingException"))).repeatedly().build();
    let error = table(&[&query]).all(Query::partition("T#7".to_owned())).await.unwrap_err();
    assert!(matches!(error, StoreError::Throttled(_)) && error.is_passing(), "{error:?}");
    assert_eq!(query.num_calls(), RETRIES + 1);
}

#[tokio::test]
async fn a_transaction_in_the_way_of_a_write_is_waited_out() {
    let update = mock!(Client::update_item)
        .sequence()
        .error(|| UpdateItemError::generic(said("TransactionConflictException")))
        .output(|| UpdateItemOutput::builder().set_attributes(Some(row(4))).build())
        .build();
    let written = table(&[&update]).update(&Update::new(key()).add("count", 1_u64)).await.unwrap();
    assert_eq!(written, Written::Done(Some(row(4))));
}

#[tokio::test]
async fn transactions_in_each_others_way_are_waited_out() {
    for code in ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"] {
        let transact = mock!(Client::transact_write_items)
            .sequence()
            .error(move || cancelled(&["None", code]))
            .times(2)
            .output(|| TransactWriteItemsOutput::builder().build())
            .build();
        let table = table(&[&transact]);
        assert_eq!(table.transact(transaction(&table)).await.unwrap(), Transacted::Done, "{code}");
        assert_eq!(transact.num_calls(), 3);
    }
}

#[tokio::test]
async fn a_conflict_that_does_not_end_is_throttling() {
    let conflict = || cancelled(&["TransactionConflict", "None"]);
    let transact = mock!(Client::transact_write_items).sequence().error(conflict).repeatedly().build();
    let table = table(&[&transact]);
    let error = table.transact(transaction(&table)).await.unwrap_err();
    assert!(matches!(error, StoreError::Throttled(_)), "{error:?}");
    assert_eq!(transact.num_calls(), RETRIES + 1);
}

#[tokio::test]
async fn a_failed_condition_is_a_value_with_what_was_there() {
    let update = mock!(Client::update_item).then_error(|| UpdateItemError::ConditionalCheckFailedException(taken()));
    let put = mock!(Client::put_item).then_error(|| PutItemError::ConditionalCheckFailedException(taken()));
    let table = table(&[&update, &put]);
    let there = Written::Refused(Some(row(5)));
    assert_eq!(table.update(&Update::new(key()).add("count", 1_u64).when("count", "<", 5_u64)).await.unwrap(), there);
    assert_eq!(table.put(&Put::fresh(row(1))).await.unwrap(), there);
}

#[tokio::test]
async fn a_condition_that_fails_on_nothing_says_that_nothing_was_there() {
    let empty = || ConditionalCheckFailedException::builder().set_item(Some(Item::new())).build();
    let put = mock!(Client::put_item).then_error(move || PutItemError::ConditionalCheckFailedException(empty()));
    let written = table(&[&put]).put(&Put::new(row(1)).when_present("pk")).await.unwrap();
    assert_eq!(written, Written::Refused(None));
}

#[tokio::test]
async fn a_transactions_failed_conditions_keep_their_positions_and_are_not_retried() {
    let transact = mock!(Client::transact_write_items)
        .then_error(|| cancelled(&["None", "ConditionalCheckFailed", "TransactionConflict"]));
    let table = table(&[&transact]);
    let refused = table.transact(transaction(&table)).await.unwrap();
    assert_eq!(
        refused,
        Transacted::Refused(vec![None, Some(Some(row(5))), None]),
        "a failed condition outweighs a conflict"
    );
    assert_eq!(transact.num_calls(), 1);
}

#[tokio::test]
async fn a_server_that_fails_is_unavailable_and_the_write_is_not_repeated_blindly() {
    for code in ["InternalServerError", "ServiceUnavailable"] {
        let put = mock!(Client::put_item).then_error(move || PutItemError::generic(said(code)));
        let error = table(&[&put]).put(&Put::fresh(row(1))).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)) && error.is_passing(), "{code}: {error:?}");
        assert_eq!(put.num_calls(), 1, "it may have happened: only its caller knows whether to repeat it");
    }
}

/// A client of a loopback port where `answer` ends each connection.
fn client_at(port: u16) -> Client {
    use aws_sdk_dynamodb::config::retry::RetryConfig;
    use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-central-1"))
        .credentials_provider(Credentials::new("id", "secret", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .endpoint_url(format!("http://127.0.0.1:{port}"));
    Client::from_conf(config.build())
}

#[tokio::test]
async fn a_lost_answer_is_unavailable() {
    use tokio::io::AsyncReadExt as _;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let table = Table::new(client_at(listener.local_addr().unwrap().port()), "counters", Arc::default(), PATIENCE);
    let hang_up = async {
        let (mut connection, _) = listener.accept().await.unwrap();
        let read = connection.read(&mut [0; 256]).await.unwrap();
        assert!(0 < read, "the request arrived before the line was cut");
    };
    let fresh = Put::fresh(row(1));
    let (written, ()) = tokio::join!(table.put(&fresh), hang_up);
    let error = written.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn a_table_that_nobody_answers_for_is_unavailable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let table = Table::new(client_at(port), "counters", Arc::default(), PATIENCE);
    let error = table.find::<Row>(&key(), "row").await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn a_missing_right_or_a_malformed_request_is_a_bug_and_not_retried() {
    for code in ["AccessDeniedException", "ValidationException", "ResourceNotFoundException"] {
        let get = mock!(Client::get_item).then_error(move || GetItemError::generic(said(code)));
        let error = table(&[&get]).find::<Row>(&key(), "row").await.unwrap_err();
        assert!(matches!(error, StoreError::Bug(_)) && !error.is_passing(), "{code}: {error:?}");
        assert_eq!(get.num_calls(), 1);
    }
    let transact = mock!(Client::transact_write_items).then_error(|| cancelled(&["None", "ValidationError"]));
    let table = table(&[&transact]);
    let error = table.transact(transaction(&table)).await.unwrap_err();
    assert!(matches!(error, StoreError::Bug(_)), "{error:?}");
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_corrupt_and_says_of_which_kind() {
    let mut odd = row(1);
    odd.insert("count".to_owned(), AttributeValue::S("many".to_owned()));
    let get = mock!(Client::get_item).then_output(move || GetItemOutput::builder().set_item(Some(odd.clone())).build());
    let error = table(&[&get]).find::<Row>(&key(), "row").await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { what: "row", .. }), "{error:?}");
}

#[tokio::test]
async fn every_page_is_read_also_an_empty_one_in_between() {
    let page = |counts: &[u64], is_last: bool| {
        let items = counts.iter().map(|count| row(*count)).collect();
        QueryOutput::builder().set_items(Some(items)).set_last_evaluated_key((!is_last).then(|| key().item())).build()
    };
    let first = mock!(Client::query)
        .match_requests(|asked| asked.exclusive_start_key().is_none())
        .then_output(move || page(&[1, 2], false));
    let second = mock!(Client::query)
        .match_requests(|asked| asked.exclusive_start_key().is_some())
        .then_output(move || page(&[], false));
    let third = mock!(Client::query)
        .match_requests(|asked| asked.exclusive_start_key().is_some())
        .then_output(move || page(&[3], true));
    let read = table(&[&first, &second, &third]).all(Query::partition("T#7".to_owned())).await.unwrap();
    assert_eq!(read, [row(1), row(2), row(3)]);
}

#[tokio::test]
async fn a_filtered_page_is_filled_over_several_reads_and_ends_behind_the_last_row_that_counts() {
    let placed = |count: u64| {
        let mut row = row(count);
        row.insert("sk".to_owned(), AttributeValue::S(format!("row {count}")));
        row.insert("gsi1pk".to_owned(), AttributeValue::S("T#7".to_owned()));
        row.insert("gsi1sk".to_owned(), AttributeValue::S(format!("day {count}")));
        row
    };
    let place = move |count: u64| placed(count).into_iter().filter(|(name, _)| name != "count").collect::<Item>();
    let read = move |counts: [u64; 2]| {
        let rows = counts.map(placed).to_vec();
        QueryOutput::builder().set_items(Some(rows)).set_last_evaluated_key(Some(place(counts[1]))).build()
    };
    let first = mock!(Client::query)
        .match_requests(|asked| asked.limit() == Some(2) && asked.exclusive_start_key().is_none())
        .then_output(move || read([1, 2]));
    let second = mock!(Client::query)
        .match_requests(move |asked| asked.limit() == Some(2) && asked.exclusive_start_key() == Some(&place(2)))
        .then_output(move || read([4, 5]));
    let query = Query::index("by_day", "gsi1pk", "T#7".to_owned()).between("gsi1sk", "day 0", "day 9").limit(2);
    let even = |row: Item| Ok(Some(super::read::<Row>(row, "row")?.count).filter(|count| count % 2 == 0));
    let listed = table(&[&first, &second]).list(query, even).await.unwrap();
    assert_eq!(listed.items, [2, 4]);
    assert_eq!(listed.next.unwrap().item(), place(4), "the next page begins with the row that was read and not needed");
}
