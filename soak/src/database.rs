//! The way to the database: the real SDK, whose connector waits at the gate and then asks in the same thread.
//!
//! What goes by is written down: every version of every booking, every event of the outbox in the order of
//! its transaction. Faults are those that DynamoDB has; [`Sabotage`] is what it never does, to show that the
//! oracle notices.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{
    AsyncSleep, BehaviorVersion, Credentials, IdentityCache, Region, Sleep, StalledStreamProtectionConfig,
};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use local::dynamodb::inline::{Answer, Inline};
use serde_json::{Value, json};
use shared::store::{Patience, Wait};

use crate::gate::{self, Kind, TaskId, Verdict};
use crate::record::Record;

/// What no DynamoDB does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// Claims are made without their condition.
    BlindClaims,
    /// Every so many releases leave their cells behind.
    LostReleases,
    /// Bookings are written without the version they were read at.
    BlindBookings,
    /// Every so many changes of a booking are answered and not made.
    LostWrites,
    /// Whoever begins a mail that was sent may begin again.
    ForgetfulMails,
}

/// How often what is lost is lost.
const EVERY: u64 = 7;

/// The connector's other side.
#[derive(Debug)]
pub struct Door {
    inline: Inline,
    record: Arc<Record>,
    sabotage: Option<Sabotage>,
    lost: Mutex<u64>,
}

impl Door {
    /// A door to `inline` that tells `record`.
    #[must_use]
    pub fn new(inline: Inline, record: Arc<Record>, sabotage: Option<Sabotage>) -> Arc<Self> {
        Arc::new(Self { inline, record, sabotage, lost: Mutex::default() })
    }

    /// The database behind it.
    #[must_use]
    pub const fn inline(&self) -> &Inline {
        &self.inline
    }

    /// The real SDK's client that goes through it.
    #[must_use]
    pub fn client(self: &Arc<Self>) -> Client {
        let connector = SharedHttpConnector::new(Connector(Arc::clone(self)));
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(Credentials::new("soak", "soak", None, None, "soak"))
            .identity_cache(IdentityCache::no_cache())
            .endpoint_url("http://database.test")
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .sleep_impl(Pauses)
            .retry_config(RetryConfig::standard())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        Client::from_conf(config)
    }

    /// Does what is asked, and writes down what came of it.
    fn ask(&self, operation: &str, mut body: Value, task: Option<TaskId>) -> Answer {
        if self.spoil(operation, &mut body) {
            return Answer { status: 200, body: "{}".to_owned() };
        }
        let answer = self.inline.answer(operation, &body.to_string());
        if answer.status == 200 {
            self.record.written(operation, &body, task);
        } else {
            gate::answered(refusal(&answer));
        }
        answer
    }

    /// Does to a request what sabotage does to it; true when it is not to be made at all.
    fn spoil(&self, operation: &str, body: &mut Value) -> bool {
        let Some(sabotage) = self.sabotage else { return false };
        let count = || {
            let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
            *lost += 1;
            lost.is_multiple_of(EVERY)
        };
        if sabotage == Sabotage::ForgetfulMails {
            if operation == "PutItem" && key_of(&body["Item"]).1.contains(':') {
                unconditional(body);
            }
            return false;
        }
        let Some(actions) = body["TransactItems"].as_array_mut() else { return false };
        let is_change = actions.iter().any(|action| {
            is_booking(action) && action["Put"]["ConditionExpression"] != json!("attribute_not_exists(#n0)")
        });
        match sabotage {
            Sabotage::BlindClaims => actions
                .iter_mut()
                .filter(|action| is_claim(action))
                .for_each(|action| unconditional(&mut action["Update"])),
            Sabotage::BlindBookings => {
                actions
                    .iter_mut()
                    .filter(|action| is_booking(action))
                    .for_each(|action| unconditional(&mut action["Put"]));
            }
            Sabotage::LostReleases => {
                let is_release = |action: &Value| {
                    is_claim(action)
                        && action["Update"]["UpdateExpression"].as_str().is_some_and(|text| text.contains("REMOVE"))
                };
                if actions.iter().any(is_release) && count() {
                    actions.retain(|action| !is_release(action));
                }
            }
            Sabotage::LostWrites => return is_change && count(),
            Sabotage::ForgetfulMails => {}
        }
        false
    }
}

/// What an answer says that is no yes, without what the database has found there.
fn refusal(answer: &Answer) -> String {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let texts = ["__type", "Message", "message"].iter().filter_map(|name| body[*name].as_str());
    texts.collect::<Vec<_>>().join(": ")
}

/// Takes the condition off a write, with the names and values that nobody then mentions.
fn unconditional(write: &mut Value) {
    let Some(write) = write.as_object_mut() else { return };
    write.remove("ConditionExpression");
    let text = write.get("UpdateExpression").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mentions = |name: &str| {
        text.match_indices(name)
            .any(|(at, _)| !text[at + name.len()..].starts_with(|next: char| next.is_ascii_alphanumeric()))
    };
    for terms in ["ExpressionAttributeNames", "ExpressionAttributeValues"] {
        if let Some(named) = write.get_mut(terms).and_then(Value::as_object_mut) {
            named.retain(|name, _| mentions(name));
            if named.is_empty() {
                write.remove(terms);
            }
        }
    }
}

fn is_claim(action: &Value) -> bool {
    key_of(&action["Update"]["Key"]).1.starts_with("DAY#")
        && action["Update"]["TableName"].as_str().is_some_and(|name| name.ends_with("bookings"))
}

fn is_booking(action: &Value) -> bool {
    key_of(&action["Put"]["Item"]).1 == "BOOKING"
}

/// Partition and sort key of an item or a key.
pub(crate) fn key_of(item: &Value) -> (&str, &str) {
    let text = |name: &str| item[name]["S"].as_str().unwrap_or_default();
    (text("pk"), text("sk"))
}

/// What a request touches, for the history.
fn label(operation: &str, body: &Value) -> String {
    let one = |write: &Value| {
        let (pk, sk) = key_of(if write["Key"].is_object() { &write["Key"] } else { &write["Item"] });
        format!("{pk}/{sk}")
    };
    let places = match operation {
        "TransactWriteItems" => {
            let actions = body["TransactItems"].as_array().map(Vec::as_slice).unwrap_or_default();
            let writes = actions.iter().filter_map(|action| action.as_object()?.values().next());
            writes.map(one).collect::<Vec<_>>().join(" + ")
        }
        "Query" => {
            let values = body["ExpressionAttributeValues"].as_object();
            let texts = values.into_iter().flatten().filter_map(|(_, value)| value["S"].as_str());
            let mut texts: Vec<&str> = texts.collect();
            texts.sort_unstable();
            texts.join(" ")
        }
        _ => one(body),
    };
    format!("{operation} {places}")
}

/// The real SDK's way out.
#[derive(Debug)]
struct Connector(Arc<Door>);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let door = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            let operation = request.headers().get("x-amz-target").and_then(|target| target.rsplit('.').next());
            let operation = operation.unwrap_or_default().to_owned();
            let body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
            let kind = match operation.as_str() {
                "GetItem" | "Query" => Kind::Read,
                "TransactWriteItems" => Kind::Transact,
                _ => Kind::Write,
            };
            let verdict = gate::pass(kind, || label(&operation, &body)).await;
            let answer = match verdict {
                Verdict::Go => door.ask(&operation, body, gate::current()),
                Verdict::Hide => return Err(cut()),
                Verdict::Refuse => refused(kind, &body),
                Verdict::Last | Verdict::Lose => {
                    door.ask(&operation, body, gate::current());
                    gate::last(verdict).await;
                    return Err(cut());
                }
            };
            respond(answer)
        })
    }
}

fn respond(answer: Answer) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(answer.status).map_err(|error| ConnectorError::other(error.into(), None))?;
    Ok(HttpResponse::new(status, SdkBody::from(answer.body)))
}

fn cut() -> ConnectorError {
    ConnectorError::io("the line broke".into())
}

/// What DynamoDB says when it is too much, or when another transaction is at the same items.
fn refused(kind: Kind, body: &Value) -> Answer {
    let body = match kind {
        Kind::Transact => {
            let actions = body["TransactItems"].as_array().map_or(1, Vec::len);
            let mut reasons = vec![json!({ "Code": "None" }); actions];
            reasons[0] = json!({ "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" });
            json!({
                "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                "Message": "Transaction cancelled",
                "CancellationReasons": reasons,
            })
        }
        _ => json!({
            "__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
            "message": "The level of configured provisioned throughput for the table was exceeded",
        }),
    };
    Answer { status: 400, body: body.to_string() }
}

/// Pauses of the SDK: they pass when the stage says so.
#[derive(Debug, Clone, Copy)]
struct Pauses;

impl AsyncSleep for Pauses {
    fn sleep(&self, pause: Duration) -> Sleep {
        let _ = pause;
        Sleep::new(async {
            gate::pass(Kind::Pause, String::new).await;
        })
    }
}

fn wait(_: Duration) -> BoxFuture<'static, ()> {
    async {
        gate::pass(Kind::Pause, String::new).await;
    }
    .boxed()
}

/// Patience whose pauses pass when the stage says so.
#[must_use]
pub fn patience() -> Patience {
    Patience { retries: 3, pause: Duration::from_millis(25), wait: Wait(wait) }
}
