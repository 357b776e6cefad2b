//! A table's stream, read in order and in place: a position moves only when its records were dealt with.

use aws_lambda_events::dynamodb::Event;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::errors::DynoxideError;
use serde_json::{Value, json};

/// Reads one stream.
pub struct StreamReader {
    database: dynoxide::Database,
    table: String,
    /// Where the next page begins; none: at the oldest record.
    position: Option<String>,
}

/// One page of a stream, and where the next one begins.
#[derive(Debug)]
pub struct Records {
    /// The records as a Lambda is given them, oldest first.
    pub records: Vec<Value>,
    next: Option<String>,
}

impl StreamReader {
    pub(super) const fn new(database: dynoxide::Database, table: String) -> Self {
        Self { database, table, position: None }
    }

    /// The records behind the position, at most `most` of them. The position stays.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub fn page(&self, most: usize) -> Result<Records, DynoxideError> {
        let iterator = match &self.position {
            Some(position) => position.clone(),
            None => self.iterator("TRIM_HORIZON", None)?,
        };
        let page = self.database.get_records(GetRecordsRequest { shard_iterator: iterator, limit: Some(most) })?;
        let records = page.records.iter().map(|record| serde_json::to_value(record).unwrap_or_default());
        Ok(Records { records: records.collect(), next: page.next_shard_iterator })
    }

    /// Goes on behind `page`.
    pub fn pass(&mut self, page: Records) {
        self.position = page.next.or_else(|| self.position.take());
    }

    /// Goes back to the record with the number `sequence`.
    ///
    /// # Errors
    ///
    /// When the stream has no such record.
    pub fn return_to(&mut self, sequence: &str) -> Result<(), DynoxideError> {
        self.position = Some(self.iterator("AT_SEQUENCE_NUMBER", Some(sequence.to_owned()))?);
        Ok(())
    }

    fn iterator(&self, kind: &str, sequence_number: Option<String>) -> Result<String, DynoxideError> {
        let request = GetShardIteratorRequest {
            stream_arn: dynoxide::streams::stream_arn(&self.table, "local"),
            shard_id: dynoxide::streams::shard_id(&self.table),
            shard_iterator_type: kind.to_owned(),
            sequence_number,
        };
        let iterator = self.database.get_shard_iterator(request)?.shard_iterator;
        iterator.ok_or_else(|| DynoxideError::ResourceNotFoundException("the stream has no shard".to_owned()))
    }
}

impl Records {
    /// The event that a Lambda is invoked with for `records`.
    ///
    /// # Errors
    ///
    /// When the event's type no longer takes what the stream gives.
    pub fn event(records: &[Value]) -> Result<Event, serde_json::Error> {
        serde_json::from_value(json!({ "Records": records }))
    }

    /// The number that a batch response names a record by.
    #[must_use]
    pub fn sequence(record: &Value) -> &str {
        record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default()
    }
}

impl std::fmt::Debug for StreamReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamReader")
            .field("table", &self.table)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
