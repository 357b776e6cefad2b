//! DynamoDB inside the process: the only module that knows which embedded database it is.
//!
//! The real SDK talks to it over a loopback port, so the store runs the code that it runs in AWS.
//! It knows no throttling, no conflict of transactions and no late index: tests provoke those elsewhere.

pub mod inline;
mod stream;
mod wake;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, StalledStreamProtectionConfig};
use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::actions::list_tables::ListTablesRequest;
use dynoxide::actions::update_time_to_live::UpdateTimeToLiveRequest;
use dynoxide::errors::DynoxideError;
use serde_json::{Value, json};
use shared::store::TableNames;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::clock::MovableClock;
use crate::error::{DataFault, Source, StartError};
use crate::folder::Folder;
use crate::tasks::Tasks;
use crate::template::Table;

pub use stream::{Records, StreamReader};

/// What the tables' names begin with.
const PREFIX: &str = "frontdesk-";
/// How long a connection may take. The database shares the machine with whatever else runs on it and cannot be lost
/// by itself, so slowness is never taken for absence; the SDK's own 3 s are for a network.
const CONNECT_PATIENCE: Duration = Duration::from_secs(60);

/// An embedded DynamoDB with the template's tables.
pub struct DynamoDb {
    database: dynoxide::Database,
    client: Client,
    address: SocketAddr,
    /// A second door to a database on disk, to cut what the stream has already given.
    side: Option<Mutex<rusqlite::Connection>>,
    outbox_written: Arc<Notify>,
}

/// The names that the tables have here.
#[must_use]
pub fn table_names() -> TableNames {
    TableNames::prefixed(PREFIX)
}

impl DynamoDb {
    /// Opens the database of `folder`, or one in memory that goes by `clock`, makes the missing tables and serves it.
    ///
    /// # Errors
    ///
    /// [`StartError::Data`] when the folder holds no database or another version's.
    pub async fn open(
        folder: Option<&Folder>,
        tables: &[Table],
        clock: Arc<MovableClock>,
        tasks: &Tasks,
    ) -> Result<Self, StartError> {
        let (database, side) = match folder {
            None => (
                dynoxide::Database::memory_with_clock(clock).map_err(StartError::internal("opening the database"))?,
                None,
            ),
            Some(folder) => {
                let unusable = |_: DynoxideError| folder.fault(DataFault::NotADatabase);
                let path = folder.database();
                let database = dynoxide::Database::new(&path.to_string_lossy()).map_err(unusable)?;
                let side = side_door(&path).map_err(|_| folder.fault(DataFault::NotADatabase))?;
                (database, Some(Mutex::new(side)))
            }
        };
        create_missing(&database, tables).map_err(|error| match (error, folder) {
            (CreateError::Differs, Some(folder)) => folder.fault(DataFault::OtherVersion),
            (CreateError::Failed(source), _) => StartError::Internal { what: "making the tables", source },
            (CreateError::Differs, None) => {
                StartError::Internal { what: "making the tables", source: "they differ".into() }
            }
        })?;
        let listener =
            TcpListener::bind("127.0.0.1:0").await.map_err(StartError::internal("opening a port for the database"))?;
        let address = listener.local_addr().map_err(StartError::internal("opening a port for the database"))?;
        let served = database.clone();
        tasks.spawn(async move {
            // Ends with the process: the task is stopped, the listener closed.
            drop(dynoxide::server::serve_with_shutdown(listener, served, std::future::pending()).await);
        });
        let outbox_written = Arc::new(Notify::new());
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .endpoint_url(format!("http://{address}"))
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT_PATIENCE).build())
            .interceptor(wake::OnWrite::new(table_names().outbox, Arc::clone(&outbox_written)))
            .build();
        Ok(Self { database, client: Client::from_conf(config), address, side, outbox_written })
    }

    /// The real SDK's client of it.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Where it listens, for a client in another process.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until something may have been written into the outbox since the last call.
    pub async fn outbox_written(&self) {
        self.outbox_written.notified().await;
    }

    /// Reads the stream of the template's table `name` from its oldest record.
    #[must_use]
    pub fn stream(&self, name: &str) -> StreamReader {
        StreamReader::new(self.database.clone(), deployed_name(name))
    }

    /// Forgets the stream's records but the newest. Every write to a table with a stream costs as much as its
    /// stream is long, so this is done whenever all of it has been dealt with; a database in memory never lives that long.
    ///
    /// # Errors
    ///
    /// When the database on disk cannot be written.
    pub fn trim_stream(&self, name: &str) -> Result<(), rusqlite::Error> {
        let Some(side) = &self.side else { return Ok(()) };
        let side = side.lock().unwrap_or_else(PoisonError::into_inner);
        side.execute(
            "DELETE FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) <
             (SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?1)",
            [deployed_name(name)],
        )?;
        Ok(())
    }

    /// Removes what its TTL says is over; answers how many items that were.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub fn sweep(&self) -> Result<usize, DynoxideError> {
        self.database.sweep_ttl()
    }
}

impl std::fmt::Debug for DynamoDb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DynamoDb").field("is_on_disk", &self.side.is_some()).finish_non_exhaustive()
    }
}

fn deployed_name(name: &str) -> String {
    format!("{PREFIX}{}", name.to_lowercase())
}

/// Opens the database's file once more, and gives its stream the index that it lacks.
fn side_door(path: &Path) -> Result<rusqlite::Connection, rusqlite::Error> {
    let side = rusqlite::Connection::open(path)?;
    side.busy_timeout(std::time::Duration::from_secs(5))?;
    side.execute_batch(
        "CREATE INDEX IF NOT EXISTS frontdesk_stream ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    )?;
    Ok(side)
}

enum CreateError {
    /// A table of that name has other keys or indexes.
    Differs,
    Failed(Source),
}

impl From<DynoxideError> for CreateError {
    fn from(error: DynoxideError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<serde_json::Error> for CreateError {
    fn from(error: serde_json::Error) -> Self {
        Self::Failed(error.into())
    }
}

fn create_missing(database: &dynoxide::Database, tables: &[Table]) -> Result<(), CreateError> {
    let present = database.list_tables(ListTablesRequest::default())?.table_names;
    for table in tables {
        let name = deployed_name(&table.name);
        if present.contains(&name) {
            if !is_as_defined(database, &name, table)? {
                return Err(CreateError::Differs);
            }
            continue;
        }
        let mut definition = table.definition.clone();
        definition.insert("TableName".to_owned(), json!(name));
        database.create_table(serde_json::from_value::<CreateTableRequest>(Value::Object(definition))?)?;
        if let Some(attribute) = &table.ttl {
            let ttl = json!({ "TableName": name, "TimeToLiveSpecification": { "AttributeName": attribute, "Enabled": true } });
            database.update_time_to_live(serde_json::from_value::<UpdateTimeToLiveRequest>(ttl)?)?;
        }
    }
    Ok(())
}

/// Claims that the table has the keys and the indexes of the template.
fn is_as_defined(database: &dynoxide::Database, name: &str, table: &Table) -> Result<bool, CreateError> {
    let described = database.describe_table(serde_json::from_value(json!({ "TableName": name }))?)?;
    let described = serde_json::to_value(&described)?;
    let indexes = |value: &Value| -> Vec<(Value, Value)> {
        let indexes = value["GlobalSecondaryIndexes"].as_array().cloned().unwrap_or_default();
        let mut indexes: Vec<_> =
            indexes.into_iter().map(|index| (index["IndexName"].clone(), index["KeySchema"].clone())).collect();
        indexes.sort_by_key(|(name, _)| name.to_string());
        indexes
    };
    let (is, wanted) = (&described["Table"], Value::Object(table.definition.clone()));
    Ok(is["KeySchema"] == wanted["KeySchema"] && indexes(is) == indexes(&wanted))
}

#[cfg(test)]
mod tests;
