//! Transactions: several conditional writes, in whatever tables, all or none.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    Delete as SdkDelete, Put as SdkPut, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    Update as SdkUpdate,
};

use super::Table;
use crate::store::error::{StoreError, failed};
use crate::store::expression::{Delete, Item, Put, Update};

/// A transaction whose conditions failed: for each action, whether its own did, and the item that was there.
pub(in crate::store) type Refusals = Vec<Option<Option<Item>>>;

/// How a transaction ended.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::store) enum Transacted {
    /// All of it happened.
    Done,
    /// None of it happened.
    Refused(Refusals),
}

/// One action of a transaction, bound to its table.
#[derive(Debug, Clone)]
pub(in crate::store) struct Action(TransactWriteItem);

impl Table {
    /// As an action of a transaction.
    pub(in crate::store) fn putting(&self, put: Put) -> Result<Action, StoreError> {
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
    pub(in crate::store) fn updating(&self, update: Update) -> Result<Action, StoreError> {
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
    pub(in crate::store) fn deleting(&self, delete: Delete) -> Result<Action, StoreError> {
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
    pub(in crate::store) async fn transact(&self, actions: Vec<Action>) -> Result<Transacted, StoreError> {
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
