//! The embedded database without a port: a request's words in, an answer's words out, in the caller's thread.
//!
//! For whoever has to decide what happens between two calls. It answers what the served one answers, and
//! knows no stream: who needs one sees every write go by.

use std::collections::HashMap;
use std::sync::Arc;

use dynoxide::Database;
use dynoxide::actions::scan::ScanRequest;
use dynoxide::errors::DynoxideError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{CreateError, create_missing, deployed_name};
use crate::clock::MovableClock;
use crate::error::StartError;
use crate::template::Table;

/// A database in memory that is asked by function call.
pub struct Inline {
    database: Database,
}

/// An answer as it would stand in an HTTP response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// 200, 400 or 500.
    pub status: u16,
    /// JSON.
    pub body: String,
}

impl Inline {
    /// Opens an empty database that goes by `clock`, with `tables` but without their streams.
    ///
    /// # Errors
    ///
    /// [`StartError::Internal`].
    pub fn open(tables: &[Table], clock: Arc<MovableClock>) -> Result<Self, StartError> {
        let database = Database::memory_with_clock(clock).map_err(StartError::internal("opening the database"))?;
        let mut tables = tables.to_vec();
        for table in &mut tables {
            table.definition.remove("StreamSpecification");
        }
        create_missing(&database, &tables).map_err(|error| match error {
            CreateError::Failed(source) => StartError::Internal { what: "making the tables", source },
            CreateError::Differs => StartError::Internal { what: "making the tables", source: "they differ".into() },
        })?;
        Ok(Self { database })
    }

    /// Does what `body` asks of `operation` (as `GetItem`), one of those that the store uses.
    #[must_use]
    pub fn answer(&self, operation: &str, body: &str) -> Answer {
        let database = &self.database;
        let done = match operation {
            "GetItem" => done(body, |request| database.get_item(request)),
            "PutItem" => done(body, |request| database.put_item(request)),
            "UpdateItem" => done(body, |request| database.update_item(request)),
            "DeleteItem" => done(body, |request| database.delete_item(request)),
            "Query" => done(body, |request| database.query(request)),
            "TransactWriteItems" => done(body, |request| database.transact_write_items(request)),
            other => Err(DynoxideError::SerializationException(format!("{other} is not asked for here"))),
        };
        match done {
            Ok(body) => Answer { status: 200, body },
            Err(error) => Answer { status: error.status_code(), body: error.to_json() },
        }
    }

    /// Every row of the template's table `name`, as DynamoDB's JSON, by key. What a checker reads that trusts no
    /// index and no query.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub fn rows(&self, name: &str) -> Result<Vec<HashMap<String, Value>>, StartError> {
        let failed = StartError::internal("reading a table");
        let mut rows = Vec::new();
        let mut after = Value::Null;
        loop {
            let request = json!({ "TableName": deployed_name(name), "ExclusiveStartKey": after });
            let page = serde_json::from_value::<ScanRequest>(request)
                .map_err(|error| error.to_string())
                .and_then(|request| self.database.scan(request).map_err(|error| error.to_string()))
                .and_then(|page| serde_json::to_value(page).map_err(|error| error.to_string()));
            let mut page = match page {
                Ok(page) => page,
                Err(error) => return Err(failed(error)),
            };
            let items: Vec<HashMap<String, Value>> = serde_json::from_value(page["Items"].take()).unwrap_or_default();
            rows.extend(items);
            after = page["LastEvaluatedKey"].take();
            if after.is_null() {
                break;
            }
        }
        let place = |row: &HashMap<String, Value>| (row["pk"]["S"].to_string(), row["sk"]["S"].to_string());
        rows.sort_by_cached_key(place);
        Ok(rows)
    }
}

impl std::fmt::Debug for Inline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inline").finish_non_exhaustive()
    }
}

fn done<Q: DeserializeOwned, A: Serialize>(
    body: &str,
    work: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> Result<String, DynoxideError> {
    let request = serde_json::from_str(body);
    let request = request.map_err(|error| DynoxideError::SerializationException(error.to_string()))?;
    let answer = work(request)?;
    serde_json::to_string(&answer).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Template;

    #[test]
    fn it_answers_as_the_served_one_and_lists_what_was_written() {
        let clock = Arc::new(MovableClock::frozen("2026-11-21T10:00:00Z".parse().unwrap()));
        let inline = Inline::open(&Template::deployed().unwrap().tables, clock).unwrap();
        let put = json!({
            "TableName": deployed_name("Bookings"),
            "Item": { "pk": { "S": "a" }, "sk": { "S": "b" } },
            "ConditionExpression": "attribute_not_exists(pk)",
        });
        assert_eq!(inline.answer("PutItem", &put.to_string()).status, 200);
        let again = inline.answer("PutItem", &put.to_string());
        assert_eq!(again.status, 400);
        assert!(again.body.contains("ConditionalCheckFailedException"), "{}", again.body);
        assert_eq!(inline.answer("Scan", "{}").status, 400);
        assert_eq!(inline.rows("Bookings").unwrap().len(), 1);
        assert!(inline.rows("Outbox").unwrap().is_empty());
    }
}
