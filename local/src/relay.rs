//! The relay's trigger: reads the outbox's stream and runs the relay function for what its filter takes.
//!
//! As in AWS, records come in order and at least once: a batch that failed comes again from its first failure.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lambda_events::dynamodb::Event;
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::dynamodb::{Records, StreamReader};
use crate::template::Stream;

/// How often a batch is tried before its first record is given up.
const TRIES: u32 = 10;

/// Reads one stream for one function.
#[derive(Debug)]
pub struct Relay {
    mapping: Stream,
    reader: Mutex<StreamReader>,
    relayed: AtomicU64,
    given_up: AtomicU64,
}

impl Relay {
    /// Reads `reader` as `mapping` says.
    #[must_use]
    pub const fn new(mapping: Stream, reader: StreamReader) -> Self {
        Self { mapping, reader: Mutex::const_new(reader), relayed: AtomicU64::new(0), given_up: AtomicU64::new(0) }
    }

    /// The function it runs.
    #[must_use]
    pub fn function(&self) -> &str {
        &self.mapping.function
    }

    /// The table whose stream it reads.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.mapping.table
    }

    /// How many records have gone through `invoke`.
    #[must_use]
    pub fn relayed(&self) -> u64 {
        self.relayed.load(Ordering::Relaxed)
    }

    /// How many records were given up.
    #[must_use]
    pub fn given_up(&self) -> u64 {
        self.given_up.load(Ordering::Relaxed)
    }

    /// Hands everything that is in the stream now to `invoke`, whose `None` is a function that died.
    ///
    /// A record that keeps failing is given up after some tries, so that it cannot hold up those behind it for ever.
    pub async fn catch_up<F>(&self, invoke: impl Fn(Event) -> F)
    where
        F: Future<Output = Option<DynamoDbEventResponse>>,
    {
        let mut reader = self.reader.lock().await;
        let mut tries = 0;
        loop {
            let page = match reader.page(self.mapping.batch) {
                Ok(page) if page.records.is_empty() => return,
                Ok(page) => page,
                Err(error) => {
                    tracing::error!(%error, "the stream cannot be read");
                    return;
                }
            };
            let wanted: Vec<Value> = page.records.iter().filter(|record| self.takes(record)).cloned().collect();
            match self.first_failure(&wanted, &invoke).await {
                None => tries = 0,
                Some(failed) if tries + 1 < TRIES && reader.return_to(&failed).is_ok() => {
                    tries += 1;
                    continue;
                }
                Some(failed) => {
                    tracing::error!(record = failed, "a record of the stream is given up");
                    self.given_up.fetch_add(1, Ordering::Relaxed);
                    tries = 0;
                    // The rest of the page goes on without it.
                    let behind = wanted.iter().skip_while(|record| Records::sequence(record) != failed).skip(1);
                    let behind: Vec<Value> = behind.cloned().collect();
                    if let Some(next) = behind.first().map(|record| Records::sequence(record).to_owned())
                        && reader.return_to(&next).is_ok()
                    {
                        continue;
                    }
                }
            }
            self.relayed.fetch_add(wanted.len() as u64, Ordering::Relaxed);
            reader.pass(page);
        }
    }

    /// The sequence number of the first record that `invoke` did not finish; none: all went well.
    async fn first_failure<F>(&self, records: &[Value], invoke: &impl Fn(Event) -> F) -> Option<String>
    where
        F: Future<Output = Option<DynamoDbEventResponse>>,
    {
        let first = Records::sequence(records.first()?).to_owned();
        let event = match Records::event(records) {
            Ok(event) => event,
            Err(error) => {
                tracing::error!(%error, "the stream's records have another shape");
                return Some(first);
            }
        };
        let Some(answer) = invoke(event).await else { return Some(first) };
        let failed = answer.batch_item_failures.iter().filter_map(|item| item.item_identifier.clone());
        failed.min()
    }

    fn takes(&self, record: &Value) -> bool {
        self.mapping.filters.is_empty() || self.mapping.filters.iter().any(|filter| matches(filter, record))
    }
}

/// A stream's relay, shared.
pub type SharedRelay = Arc<Relay>;

/// Claims that `value` fits an event pattern of plain values: each named field has one of those listed.
fn matches(pattern: &Value, value: &Value) -> bool {
    match pattern {
        Value::Object(fields) => fields.iter().all(|(name, wanted)| matches(wanted, &value[name])),
        Value::Array(values) => values.contains(value),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pattern_takes_what_has_one_of_its_values() {
        let pattern =
            json!({ "eventName": ["INSERT", "MODIFY"], "dynamodb": { "NewImage": { "sk": { "S": ["EVENT"] } } } });
        let record =
            |name: &str, sk: &str| json!({ "eventName": name, "dynamodb": { "NewImage": { "sk": { "S": sk } } } });
        assert!(matches(&pattern, &record("INSERT", "EVENT")));
        assert!(matches(&pattern, &record("MODIFY", "EVENT")));
        assert!(!matches(&pattern, &record("REMOVE", "EVENT")));
        assert!(!matches(&pattern, &record("INSERT", "SEEN")));
        assert!(!matches(&pattern, &json!({ "eventName": "INSERT" })));
    }

    /// A relay over a stream of three events, and the names of those that arrive.
    async fn relay() -> (Relay, crate::dynamodb::DynamoDb, crate::tasks::Tasks) {
        use aws_sdk_dynamodb::types::AttributeValue;
        let (template, tasks) = (crate::template::Template::deployed().unwrap(), crate::tasks::Tasks::default());
        let clock = Arc::new(crate::clock::MovableClock::running());
        let dynamodb = crate::dynamodb::DynamoDb::open(None, &template.tables, clock, &tasks).await.unwrap();
        for name in ["a", "b", "c"] {
            let text = |text: &str| AttributeValue::S(text.to_owned());
            let put = dynamodb.client().put_item().table_name(crate::dynamodb::table_names().outbox);
            put.item("pk", text(name)).item("sk", text("EVENT")).send().await.unwrap();
        }
        let relay = Relay::new(template.streams[0].clone(), dynamodb.stream("Outbox"));
        (relay, dynamodb, tasks)
    }

    /// Hands on what comes; fails at `bad` as often as `times` says.
    async fn catch_up(relay: &Relay, bad: &str, times: usize) -> Vec<String> {
        let (arrived, failures) = (std::sync::Mutex::new(Vec::new()), std::sync::Mutex::new(times));
        relay
            .catch_up(|event| {
                let mut answer = DynamoDbEventResponse::default();
                for record in event.records {
                    let pk = record.change.keys.get("pk").and_then(|pk| serde_json::to_value(pk).ok()).unwrap();
                    let name = pk["S"].as_str().unwrap().to_owned();
                    let mut left = failures.lock().unwrap();
                    if name == bad && 0 < *left {
                        *left -= 1;
                        let failed = serde_json::json!({ "batchItemFailures": [{ "itemIdentifier": record.change.sequence_number }] });
                        answer = serde_json::from_value(failed).unwrap();
                        break;
                    }
                    arrived.lock().unwrap().push(name);
                }
                std::future::ready(Some(answer))
            })
            .await;
        arrived.into_inner().unwrap()
    }

    #[tokio::test]
    async fn a_batch_comes_again_from_its_first_failure() {
        let (relay, _dynamodb, _tasks) = relay().await;
        assert_eq!(catch_up(&relay, "b", 2).await, ["a", "b", "c"]);
        assert_eq!(relay.given_up(), 0);
        assert!(catch_up(&relay, "b", 0).await.is_empty(), "nothing comes a second time");
    }

    #[tokio::test]
    async fn a_record_that_keeps_failing_does_not_hold_up_the_rest() {
        let (relay, _dynamodb, _tasks) = relay().await;
        assert_eq!(catch_up(&relay, "b", usize::MAX).await, ["a", "c"]);
        assert_eq!(relay.given_up(), 1);
    }

    #[tokio::test]
    async fn a_function_that_dies_fails_from_the_first_record_on() {
        let (relay, _dynamodb, _tasks) = relay().await;
        relay.catch_up(|_| std::future::ready(None)).await;
        assert_eq!(relay.given_up(), 3);
    }
}
