//! Queries: many items of one partition, by pages. There is no way to scan.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use super::Table;
use crate::store::error::{StoreError, failed};
use crate::store::expression::{Item, Terms};

/// What a query reads.
#[derive(Debug, Clone)]
pub(in crate::store) struct Query {
    pub(super) pk: (&'static str, String),
    pub(super) sk: Option<(&'static str, Range)>,
    index: Option<&'static str>,
    consistent: bool,
    descending: bool,
    pub(super) limit: Option<u16>,
    after: Option<Item>,
}

#[derive(Debug, Clone)]
pub(super) enum Range {
    Between(String, String),
    AtLeast(String),
}

impl Query {
    /// Everything in a partition, consistently.
    pub(in crate::store) fn partition(pk: String) -> Self {
        Self { pk: ("pk", pk), sk: None, index: None, consistent: true, descending: false, limit: None, after: None }
    }

    /// Everything in a partition of an index, as of a moment ago.
    pub(in crate::store) fn index(name: &'static str, pk_name: &'static str, pk: String) -> Self {
        Self { pk: (pk_name, pk), index: Some(name), consistent: false, ..Self::partition(String::new()) }
    }

    /// As of a moment ago, for half the price.
    pub(in crate::store) fn of_a_moment_ago(mut self) -> Self {
        self.consistent = false;
        self
    }

    /// Both ends count.
    pub(in crate::store) fn between(
        mut self,
        sk_name: &'static str,
        from: impl Into<String>,
        to: impl Into<String>,
    ) -> Self {
        self.sk = Some((sk_name, Range::Between(from.into(), to.into())));
        self
    }

    pub(in crate::store) fn at_least(mut self, sk_name: &'static str, from: impl Into<String>) -> Self {
        self.sk = Some((sk_name, Range::AtLeast(from.into())));
        self
    }

    pub(in crate::store) fn descending(mut self) -> Self {
        self.descending = true;
        self
    }

    pub(in crate::store) fn limit(mut self, items: u16) -> Self {
        self.limit = Some(items);
        self
    }

    /// Goes on behind the item that a page ended with.
    pub(in crate::store) fn after(mut self, key: Option<Item>) -> Self {
        self.after = key;
        self
    }
}

/// One page of a query.
#[derive(Debug)]
pub(in crate::store) struct Page {
    pub(in crate::store) items: Vec<Item>,
    /// Where the next page begins; none: this was the last.
    pub(in crate::store) next: Option<Item>,
}

impl Table {
    /// Reads one page.
    pub(in crate::store) async fn page(&self, query: &Query) -> Result<Page, StoreError> {
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
    pub(in crate::store) async fn all(&self, mut query: Query) -> Result<Vec<Item>, StoreError> {
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
}
