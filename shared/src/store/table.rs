//! One DynamoDB table: typed reads, conditional writes, queries, transactions.
//!
//! Throttling and transaction conflicts are retried here (`patience`) and nowhere else. There is no way to scan.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConsumedCapacity, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::{StoreError, corrupt, failed};
use super::expression::{Item, Put, Update};
use super::key::Key;
use super::usage::Usage;

mod list;
mod patience;
mod query;
mod transaction;

pub use patience::{Patience, Wait};
pub(super) use query::{Page, Query};
pub(super) use transaction::{Action, Transacted};

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

impl Table {
    pub(super) fn new(client: Client, name: impl Into<Arc<str>>, usage: Arc<Usage>, patience: Patience) -> Self {
        Self { client, name: name.into(), usage, patience }
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
