//! One DynamoDB table: typed reads, conditional writes, transactions.
//!
//! Throttling and transaction conflicts are retried here and nowhere else. There is no way to scan.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConsumedCapacity, Delete as SdkDelete, Put as SdkPut, ReturnConsumedCapacity, ReturnValue,
    ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update as SdkUpdate,
};
use backon::{ExponentialBuilder, Retryable as _, Sleeper};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::{StoreError, corrupt, failed};
use super::expression::{Delete, Item, Put, Terms, Update};
use super::key::Key;
use super::usage::Usage;

mod list;

/// How patiently a throttled or conflicting call is repeated.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Tries after the first.
    pub retries: usize,
    /// The first pause; each further one is about twice as long, with jitter.
    pub pause: Duration,
    /// How a pause passes.
    pub wait: Wait,
}

/// Lets a pause pass.
#[derive(Debug, Clone, Copy)]
pub struct Wait(pub fn(Duration) -> BoxFuture<'static, ()>);

impl Sleeper for Wait {
    type Sleep = BoxFuture<'static, ()>;

    fn sleep(&self, pause: Duration) -> Self::Sleep {
        (self.0)(pause)
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self { retries: 6, pause: Duration::from_millis(25), wait: Wait(|pause| tokio::time::sleep(pause).boxed()) }
    }
}

/// One table.
#[derive(Debug, Clone)]
pub(super) struct Table {
    client: Client,
    name: Arc<str>,
    usage: Arc<Usage>,
    patience: Patience,
}

/// How a conditional write ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Written {
    /// It happened; the item as asked for by the call, if any.
    Done(Option<Item>),
    /// Its condition failed; the item that was there, if any.
    Refused(Option<Item>),
}

/// A transaction whose conditions failed: for each action, whether its own did, and the item that was there.
pub(super) type Refusals = Vec<Option<Option<Item>>>;

/// How a transaction ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Transacted {
    /// All of it happened.
    Done,
    /// None of it happened.
    Refused(Refusals),
}

/// What a query reads.
#[derive(Debug, Clone)]
pub(super) struct Query {
    pk: (&'static str, String),
    sk: Option<(&'static str, Range)>,
    index: Option<&'static str>,
    consistent: bool,
    descending: bool,
    limit: Option<u16>,
    after: Option<Item>,
}

#[derive(Debug, Clone)]
enum Range {
    Between(String, String),
    AtLeast(String),
}

impl Query {
    /// Everything in a partition, consistently.
    pub(super) fn partition(pk: String) -> Self {
        Self { pk: ("pk", pk), sk: None, index: None, consistent: true, descending: false, limit: None, after: None }
    }

    /// Everything in a partition of an index, as of a moment ago.
    pub(super) fn index(name: &'static str, pk_name: &'static str, pk: String) -> Self {
        Self { pk: (pk_name, pk), index: Some(name), consistent: false, ..Self::partition(String::new()) }
    }

    /// As of a moment ago, for half the price.
    pub(super) fn of_a_moment_ago(mut self) -> Self {
        self.consistent = false;
        self
    }

    /// Both ends count.
    pub(super) fn between(mut self, sk_name: &'static str, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.sk = Some((sk_name, Range::Between(from.into(), to.into())));
        self
    }

    pub(super) fn at_least(mut self, sk_name: &'static str, from: impl Into<String>) -> Self {
        self.sk = Some((sk_name, Range::AtLeast(from.into())));
        self
    }

    pub(super) fn descending(mut self) -> Self {
        self.descending = true;
        self
    }

    pub(super) fn limit(mut self, items: u16) -> Self {
        self.limit = Some(items);
        self
    }

    /// Goes on behind the item that a page ended with.
    pub(super) fn after(mut self, key: Option<Item>) -> Self {
        self.after = key;
        self
    }
}

/// One page of a query.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) items: Vec<Item>,
    /// Where the next page begins; none: this was the last.
    pub(super) next: Option<Item>,
}

/// One action of a transaction, bound to its table.
#[derive(Debug, Clone)]
pub(super) struct Action(TransactWriteItem);

impl Table {
    pub(super) fn new(client: Client, name: impl Into<Arc<str>>, usage: Arc<Usage>, patience: Patience) -> Self {
        Self { client, name: name.into(), usage, patience }
    }

    /// Repeats `call` while the table is throttled or a transaction is in the way. The call's future is
    /// boxed: the SDK nests deeply, and every host of a use case would carry that in its own type.
    async fn patiently<T, F>(&self, mut call: impl FnMut() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>> + Send,
    {
        let call = || call().boxed();
        let pauses = ExponentialBuilder::default()
            .with_min_delay(self.patience.pause)
            .with_max_times(self.patience.retries)
            .with_jitter();
        call.retry(pauses).sleep(self.patience.wait).when(|error| matches!(error, StoreError::Throttled(_))).await
    }

    fn note(&self, operation: &'static str, writes: bool, consumed: Option<ConsumedCapacity>) {
        self.usage.note(operation, writes, consumed.as_slice());
    }

    /// Reads one item as what it should be, consistently.
    pub(super) async fn find<T: DeserializeOwned>(
        &self,
        key: &Key,
        what: &'static str,
    ) -> Result<Option<T>, StoreError> {
        self.find_item(key).await?.map(|item| read(item, what)).transpose()
    }

    /// Reads one item as it is, consistently: for items whose attributes are named by what they count.
    pub(super) async fn find_item(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let found = self
            .patiently(|| async {
                let call = self
                    .client
                    .get_item()
                    .table_name(&*self.name)
                    .set_key(Some(key.item()))
                    .consistent_read(true)
                    .return_consumed_capacity(ReturnConsumedCapacity::Total);
                call.send().await.map_err(failed)
            })
            .await?;
        self.note("GetItem", false, found.consumed_capacity);
        Ok(found.item)
    }

    /// Reads one page.
    pub(super) async fn page(&self, query: &Query) -> Result<Page, StoreError> {
        let mut terms = Terms::default();
        let (pk, value) = (terms.name(query.pk.0), terms.value(query.pk.1.as_str()));
        let mut condition = format!("{pk} = {value}");
        if let Some((name, range)) = &query.sk {
            let name = terms.name(name);
            condition.push_str(&match range {
                Range::AtLeast(from) => format!(" AND {name} >= {}", terms.value(from.as_str())),
                Range::Between(from, to) => {
                    format!(" AND {name} BETWEEN {} AND {}", terms.value(from.as_str()), terms.value(to.as_str()))
                }
            });
        }
        let read = self
            .patiently(|| async {
                self.client
                    .query()
                    .table_name(&*self.name)
                    .set_index_name(query.index.map(str::to_owned))
                    .key_condition_expression(&condition)
                    .set_expression_attribute_names(terms.names())
                    .set_expression_attribute_values(terms.values())
                    .consistent_read(query.consistent)
                    .scan_index_forward(!query.descending)
                    .set_limit(query.limit.map(i32::from))
                    .set_exclusive_start_key(query.after.clone())
                    .return_consumed_capacity(ReturnConsumedCapacity::Total)
                    .send()
                    .await
                    .map_err(failed)
            })
            .await?;
        self.note("Query", false, read.consumed_capacity);
        Ok(Page { items: read.items.unwrap_or_default(), next: read.last_evaluated_key.filter(|key| !key.is_empty()) })
    }

    /// Reads every page.
    pub(super) async fn all(&self, mut query: Query) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        loop {
            let page = self.page(&query).await?;
            items.extend(page.items);
            match page.next {
                Some(next) => query = query.after(Some(next)),
                None => return Ok(items),
            }
        }
    }

    /// Changes one item, or says what stood in the way. A done update carries the whole item as it is now.
    pub(super) async fn update(&self, update: &Update) -> Result<Written, StoreError> {
        self.patiently(|| async {
            let sent = self
                .client
                .update_item()
                .table_name(&*self.name)
                .set_key(Some(update.key.item()))
                .update_expression(update.expression())
                .set_condition_expression(update.terms.condition())
                .set_expression_attribute_names(update.terms.names())
                .set_expression_attribute_values(update.terms.values())
                .return_values(ReturnValue::AllNew)
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await;
            match sent {
                Ok(done) => {
                    self.note("UpdateItem", true, done.consumed_capacity);
                    Ok(Written::Done(done.attributes))
                }
                Err(SdkError::ServiceError(refused)) if refused.err().is_conditional_check_failed_exception() => {
                    self.note("UpdateItem", true, None);
                    let item = match refused.into_err() {
                        aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException(
                            e,
                        ) => e.item,
                        _ => None,
                    };
                    Ok(Written::Refused(item.filter(|item| !item.is_empty())))
                }
                Err(error) => Err(failed(error)),
            }
        })
        .await
    }

    /// Writes one item, or says what stood in the way.
    pub(super) async fn put(&self, put: &Put) -> Result<Written, StoreError> {
        self.patiently(|| async {
            let sent = self
                .client
                .put_item()
                .table_name(&*self.name)
                .set_item(Some(put.item.clone()))
                .set_condition_expression(put.terms.condition())
                .set_expression_attribute_names(put.terms.names())
                .set_expression_attribute_values(put.terms.values())
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await;
            match sent {
                Ok(done) => {
                    self.note("PutItem", true, done.consumed_capacity);
                    Ok(Written::Done(None))
                }
                Err(SdkError::ServiceError(refused)) if refused.err().is_conditional_check_failed_exception() => {
                    self.note("PutItem", true, None);
                    let item = match refused.into_err() {
                        aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(e) => {
                            e.item
                        }
                        _ => None,
                    };
                    Ok(Written::Refused(item.filter(|item| !item.is_empty())))
                }
                Err(error) => Err(failed(error)),
            }
        })
        .await
    }

    /// As an action of a transaction.
    pub(super) fn putting(&self, put: Put) -> Result<Action, StoreError> {
        let put = SdkPut::builder()
            .table_name(&*self.name)
            .set_condition_expression(put.terms.condition())
            .set_expression_attribute_names(put.terms.names())
            .set_expression_attribute_values(put.terms.values())
            .set_item(Some(put.item))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(|error| StoreError::Bug(error.into()))?;
        Ok(Action(TransactWriteItem::builder().put(put).build()))
    }

    /// As an action of a transaction.
    pub(super) fn updating(&self, update: Update) -> Result<Action, StoreError> {
        let update = SdkUpdate::builder()
            .table_name(&*self.name)
            .update_expression(update.expression())
            .set_condition_expression(update.terms.condition())
            .set_expression_attribute_names(update.terms.names())
            .set_expression_attribute_values(update.terms.values())
            .set_key(Some(update.key.item()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(|error| StoreError::Bug(error.into()))?;
        Ok(Action(TransactWriteItem::builder().update(update).build()))
    }

    /// As an action of a transaction.
    pub(super) fn deleting(&self, delete: Delete) -> Result<Action, StoreError> {
        let delete = SdkDelete::builder()
            .table_name(&*self.name)
            .set_condition_expression(delete.terms.condition())
            .set_expression_attribute_names(delete.terms.names())
            .set_expression_attribute_values(delete.terms.values())
            .set_key(Some(delete.key.item()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(|error| StoreError::Bug(error.into()))?;
        Ok(Action(TransactWriteItem::builder().delete(delete).build()))
    }

    /// Does all of `actions` or none, whatever their tables.
    ///
    /// Repeating after a lost answer is safe only through the actions' own conditions.
    pub(super) async fn transact(&self, actions: Vec<Action>) -> Result<Transacted, StoreError> {
        let actions: Vec<TransactWriteItem> = actions.into_iter().map(|action| action.0).collect();
        self.patiently(|| async {
            let sent = self
                .client
                .transact_write_items()
                .set_transact_items(Some(actions.clone()))
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await;
            match sent {
                Ok(done) => {
                    self.usage.note("TransactWriteItems", true, done.consumed_capacity());
                    Ok(Transacted::Done)
                }
                Err(SdkError::ServiceError(refused)) if refused.err().is_transaction_canceled_exception() => {
                    self.usage.note("TransactWriteItems", true, &[]);
                    canceled(refused.into_err())
                }
                Err(error) => Err(failed(error)),
            }
        })
        .await
    }
}

/// Sorts the reasons of a cancelled transaction: failed conditions are an answer, conflicts pass.
fn canceled(error: TransactWriteItemsError) -> Result<Transacted, StoreError> {
    let TransactWriteItemsError::TransactionCanceledException(canceled) = error else {
        return Err(StoreError::Bug(error.into()));
    };
    let codes: Vec<&str> = canceled.cancellation_reasons().iter().filter_map(|reason| reason.code()).collect();
    if codes.contains(&"ConditionalCheckFailed") {
        let reasons = canceled.cancellation_reasons.unwrap_or_default().into_iter();
        return Ok(Transacted::Refused(
            reasons
                .map(|reason| {
                    let failed = reason.code.as_deref() == Some("ConditionalCheckFailed");
                    failed.then(|| reason.item.filter(|item| !item.is_empty()))
                })
                .collect(),
        ));
    }
    let passing = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
    if codes.iter().any(|code| passing.contains(code)) {
        return Err(StoreError::Throttled(canceled.into()));
    }
    Err(StoreError::Bug(canceled.into()))
}

/// Reads an item as a row.
pub(super) fn read<T: DeserializeOwned>(item: Item, what: &'static str) -> Result<T, StoreError> {
    serde_dynamo::from_item(item).map_err(corrupt(what))
}

/// Writes a row as an item under its key.
pub(super) fn item<T: Serialize>(key: &Key, row: &T, what: &'static str) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(row).map_err(corrupt(what))?;
    item.insert("pk".to_owned(), AttributeValue::S(key.pk().to_owned()));
    item.insert("sk".to_owned(), AttributeValue::S(key.sk().to_owned()));
    Ok(item)
}

#[cfg(test)]
mod tests;
