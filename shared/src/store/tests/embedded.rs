//! An embedded DynamoDB with the store's tables, for tests: the real SDK talks to it over a loopback port.
//!
//! Names no type of this crate, so that suites in other crates can include this file.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use dynoxide::Database;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What the tables' names begin with.
pub(crate) const PREFIX: &str = "test-";

/// Opens empty tables in memory. They live as long as the test's runtime.
pub(crate) async fn client() -> Client {
    let database = Database::memory().unwrap();
    for table in ["tenants", "conversations", "bookings", "records", "counters", "outbox"] {
        let indexes: &[&str] = match table {
            "bookings" => &["by_day", "by_customer", "by_deadline"],
            "conversations" => &["by_inbox"],
            "records" => &["by_deadline"],
            _ => &[],
        };
        let definition = definition(table, indexes);
        database.create_table(serde_json::from_value(definition).unwrap()).unwrap();
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    #[expect(clippy::disallowed_methods, reason = "the database serves until the test's runtime ends")]
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-central-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(format!("http://{address}"));
    Client::from_conf(config.build())
}

/// A table with `pk` and `sk`, and indexes of which the n-th has `gsi<n>pk` and `gsi<n>sk`.
fn definition(table: &str, indexes: &[&str]) -> Value {
    let keys = |pk: &str, sk: &str| json!([{ "AttributeName": pk, "KeyType": "HASH" }, { "AttributeName": sk, "KeyType": "RANGE" }]);
    let names: Vec<_> = (1..=indexes.len()).map(|n| (format!("gsi{n}pk"), format!("gsi{n}sk"))).collect();
    let own = [("pk".to_owned(), "sk".to_owned())];
    let attributes = own.iter().chain(&names).flat_map(|(pk, sk)| [pk, sk]);
    let mut definition = json!({
        "TableName": format!("{PREFIX}{table}"),
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": keys("pk", "sk"),
        "AttributeDefinitions": attributes.map(|name| json!({ "AttributeName": name, "AttributeType": "S" })).collect::<Vec<_>>(),
    });
    if !indexes.is_empty() {
        let index = |(name, (pk, sk)): (&&str, &(String, String))| json!({ "IndexName": name, "KeySchema": keys(pk, sk), "Projection": { "ProjectionType": "ALL" } });
        definition["GlobalSecondaryIndexes"] = indexes.iter().zip(&names).map(index).collect();
    }
    definition
}
