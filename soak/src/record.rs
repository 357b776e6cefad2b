//! The record: what really happened outside, as it happened. The oracle's evidence.
//!
//! It is written by whoever does the thing (the database, the mailbox), never by the code that asked for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use local::clock::MovableClock;
use serde_json::{Value, json};
use shared::domain::mail::Mail;
use shared::ports::Clock as _;

use crate::database::key_of;
use crate::gate::TaskId;
use crate::row::{Place, Row, Told};

/// A version of a booking, when it was written.
#[derive(Debug, Clone)]
pub struct Written {
    /// When.
    pub at: Timestamp,
    /// What was written.
    pub row: Row,
}

/// A version of a place on the waitlist, when it was written.
#[derive(Debug, Clone)]
pub struct Queued {
    /// When.
    pub at: Timestamp,
    /// What was written.
    pub place: Place,
}

/// A mail that arrived.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The piece of work it was sent for, `<event>:<reader>`; empty when nobody had begun one.
    pub work: String,
    /// To whom.
    pub to: String,
    /// Subject and text.
    pub words: String,
    /// Whether its sender could not note that it was sent: it died, or an answer got lost, right there.
    pub is_excused: bool,
}

#[derive(Debug, Default)]
struct State {
    versions: BTreeMap<String, Vec<Written>>,
    places: BTreeMap<String, Vec<Queued>>,
    told: Vec<Told>,
    /// The outbox's stream: images of events, in the order in which they were written.
    stream: Vec<Value>,
    mails: Vec<Sent>,
    /// The mail that a task has begun, and the one that it has sent and not marked.
    begun: BTreeMap<TaskId, String>,
    unmarked: BTreeMap<TaskId, usize>,
    parked: Vec<String>,
    /// Of transactions that were made.
    tokens: BTreeSet<String>,
}

/// Everything that happened.
#[derive(Debug)]
pub struct Record {
    clock: Arc<MovableClock>,
    state: Mutex<State>,
}

impl Record {
    /// A record in which nothing has happened, by `clock`.
    #[must_use]
    pub fn new(clock: Arc<MovableClock>) -> Arc<Self> {
        Arc::new(Self { clock, state: Mutex::default() })
    }

    /// Notes a write that was made.
    pub fn written(&self, operation: &str, body: &Value, task: Option<TaskId>) {
        let at = self.clock.now();
        match operation {
            "TransactWriteItems" => {
                let actions = body["TransactItems"].as_array().map(Vec::as_slice).unwrap_or_default();
                let puts = actions.iter().map(|action| &action["Put"]["Item"]).filter(|item| item.is_object());
                let mut state = self.state();
                // The SDK's own repetition of a call whose answer got lost: DynamoDB answers it, and does nothing.
                let token = body["ClientRequestToken"].as_str().unwrap_or_default();
                if !state.tokens.insert(token.to_owned()) {
                    return;
                }
                for item in puts {
                    state.put(item, at);
                }
            }
            "PutItem" => {
                let item = &body["Item"];
                let mut state = self.state();
                if let (Some(task), Some(work)) = (task, work_of(item)) {
                    state.begun.insert(task, work.to_owned());
                }
                state.put(item, at);
            }
            "UpdateItem" => {
                // Work is dropped on the condition that it is not done, and done on none of that kind.
                let condition = body["ConditionExpression"].as_str().unwrap_or_default();
                let is_done = !condition.contains("attribute_not_exists");
                if let (Some(task), Some(_), true) = (task, work_of(&body["Key"]), is_done) {
                    self.state().unmarked.remove(&task);
                }
            }
            _ => {}
        }
    }

    /// Notes a mail that arrived; `is_cut`: its sender will not hear that it did.
    pub fn sent(&self, mail: &Mail, task: Option<TaskId>, is_cut: bool) {
        let mut state = self.state();
        let work = task.and_then(|task| state.begun.get(&task).cloned()).unwrap_or_default();
        let n = state.mails.len();
        if let Some(task) = task
            && let Some(before) = state.unmarked.insert(task, n)
            && let Some(before) = state.mails.get_mut(before)
        {
            before.is_excused |= before.work != work;
        }
        let words = format!("{}\n{}", mail.subject, mail.text);
        state.mails.push(Sent { work, to: mail.to.to_string(), words, is_excused: is_cut });
    }

    /// Notes that a task is over: what it has sent and not marked, nobody knows of.
    pub fn over(&self, task: TaskId) {
        let mut state = self.state();
        state.begun.remove(&task);
        if let Some(unmarked) = state.unmarked.remove(&task)
            && let Some(mail) = state.mails.get_mut(unmarked)
        {
            mail.is_excused = true;
        }
    }

    /// Notes that something was given up.
    pub fn parked(&self, what: String) {
        self.state().parked.push(what);
    }

    /// Up to `most` records of the outbox's stream from the `from`th on, as the relay is handed them.
    #[must_use]
    pub fn stream(&self, from: usize, most: usize) -> Vec<Value> {
        let state = self.state();
        let records = state.stream.iter().enumerate().skip(from).take(most);
        records
            .map(|(n, image)| {
                json!({
                    "eventID": n.to_string(),
                    "eventName": "INSERT",
                    "eventVersion": "1.1",
                    "eventSource": "aws:dynamodb",
                    "awsRegion": "eu-central-1",
                    "dynamodb": {
                        "ApproximateCreationDateTime": 0,
                        "Keys": { "pk": image["pk"], "sk": image["sk"] },
                        "NewImage": image,
                        "SequenceNumber": n.to_string(),
                        "SizeBytes": 1,
                        "StreamViewType": "NEW_IMAGE",
                    },
                })
            })
            .collect()
    }

    /// How long the outbox's stream is.
    #[must_use]
    pub fn stream_end(&self) -> usize {
        self.state().stream.len()
    }

    /// Every version of every booking, in the order of writing.
    #[must_use]
    pub fn versions(&self) -> BTreeMap<String, Vec<Written>> {
        self.state().versions.clone()
    }

    /// The newest version of a booking.
    #[must_use]
    pub fn newest(&self, booking: &str) -> Option<Row> {
        self.state().versions.get(booking).and_then(|all| all.last()).map(|written| written.row.clone())
    }

    /// The version of that number of a booking.
    #[must_use]
    pub fn version(&self, booking: &str, number: i64) -> Option<Row> {
        let state = self.state();
        let all = state.versions.get(booking)?;
        all.iter().find(|written| written.row.version == number).map(|written| written.row.clone())
    }

    /// Every version of every place on the waitlist, in the order of writing.
    #[must_use]
    pub fn places(&self) -> BTreeMap<String, Vec<Queued>> {
        self.state().places.clone()
    }

    /// The places of an address as they are now.
    #[must_use]
    pub fn places_of(&self, email: &str) -> Vec<Place> {
        let state = self.state();
        let newest = state.places.values().filter_map(|versions| versions.last());
        newest.filter(|queued| queued.place.email == email).map(|queued| queued.place.clone()).collect()
    }

    /// Every event of the outbox.
    #[must_use]
    pub fn told(&self) -> Vec<Told> {
        self.state().told.clone()
    }

    /// Every mail.
    #[must_use]
    pub fn mails(&self) -> Vec<Sent> {
        self.state().mails.clone()
    }

    /// How many mails came once more, and how many senders could not note that they had sent one: at most so many
    /// may have come once more.
    #[must_use]
    pub fn repeated(&self) -> (usize, usize) {
        let state = self.state();
        let works: BTreeSet<&str> = state.mails.iter().map(|mail| mail.work.as_str()).collect();
        let unsure = state.mails.iter().filter(|mail| mail.is_excused).count();
        (state.mails.len() - works.len(), unsure)
    }

    /// What was given up.
    #[must_use]
    pub fn given_up(&self) -> Vec<String> {
        self.state().parked.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn put(&mut self, item: &Value, at: Timestamp) {
        if let Some(row) = Row::read(item) {
            self.versions.entry(row.id.clone()).or_default().push(Written { at, row });
        } else if let Some(place) = Place::read(item) {
            self.places.entry(place.id.clone()).or_default().push(Queued { at, place });
        } else if let Some(told) = Told::read(item) {
            self.told.push(told);
            self.stream.push(item.clone());
        }
    }
}

/// The piece of work that the row of a consumer is about.
fn work_of(item: &Value) -> Option<&str> {
    let (pk, sk) = key_of(item);
    pk.contains("#SEEN#notifier").then_some(sk)
}
