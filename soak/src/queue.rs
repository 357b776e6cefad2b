//! A queue as SQS is one: at least once, in no order, hidden while somebody is at it, parked in the end.

use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::dice::Dice;

/// The most messages of one batch.
const BATCH: usize = 10;

/// A queue.
#[derive(Debug)]
pub struct Queue {
    /// Its name in the template.
    pub name: String,
    /// How long a message stays out of sight that somebody took.
    hidden: SignedDuration,
    /// How often one is tried.
    receives: u32,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    sent: u64,
    messages: Vec<Message>,
    /// Done, and yet to come again.
    ghosts: Vec<Message>,
    parked: Vec<String>,
}

#[derive(Debug, Clone)]
struct Message {
    id: String,
    body: String,
    receives: u32,
    visible_at: Timestamp,
    sent_at: Timestamp,
}

/// Messages that a worker has.
#[derive(Debug)]
pub struct Batch {
    messages: Vec<Message>,
    /// Whether one of them has failed so often that it may not be failed on purpose again.
    pub is_tired: bool,
}

impl Queue {
    /// An empty queue that hides what is taken for `hidden`, and tries each message `receives` times.
    #[must_use]
    pub fn new(name: &str, hidden: SignedDuration, receives: u32) -> Self {
        Self { name: name.to_owned(), hidden, receives, state: Mutex::default() }
    }

    /// Takes a message.
    pub fn send(&self, body: String, now: Timestamp) {
        let mut state = self.state();
        state.sent += 1;
        let id = format!("{}-{}", self.name, state.sent);
        state.messages.push(Message { id, body, receives: 0, visible_at: now, sent_at: now });
    }

    /// Hands out some of the messages that can be seen, in any order; none when there is none. With `is_fair`
    /// each at its time, else now and then one that another worker has, or that was done.
    pub fn take(&self, dice: &Dice, now: Timestamp, is_fair: bool) -> Option<Batch> {
        let mut state = self.state();
        let State { messages, ghosts, parked, .. } = &mut *state;
        let most = if is_fair { BATCH } else { dice.of(1..BATCH + 1) };
        messages.retain(|message| {
            let is_over = self.receives <= message.receives && message.visible_at <= now;
            if is_over {
                parked.push(message.body.clone());
            }
            !is_over
        });
        let seen = |message: &Message| message.visible_at <= now || (!is_fair && dice.permille(10));
        let mut open: Vec<usize> = (0..messages.len()).filter(|n| messages.get(*n).is_some_and(seen)).collect();
        let mut taken = Vec::new();
        while taken.len() < most && !open.is_empty() {
            let n = open.swap_remove(dice.of(0..open.len()));
            let Some(message) = messages.get_mut(n) else { continue };
            message.receives += 1;
            message.visible_at = now + self.hidden;
            taken.push(message.clone());
        }
        if !is_fair && !ghosts.is_empty() && dice.permille(300) {
            let ghost = ghosts.swap_remove(dice.of(0..ghosts.len()));
            // SQS repeats what it was slow to forget: minutes later, not days.
            if now < ghost.sent_at + SignedDuration::from_hours(4) {
                taken.push(ghost);
            }
        }
        let is_tired = taken.iter().any(|message| self.receives < message.receives + 5);
        (!taken.is_empty()).then_some(Batch { messages: taken, is_tired })
    }

    /// Ends a batch: what `answer` names stays hidden and comes again, the rest is gone. Some of it will come
    /// once more all the same.
    pub fn end(&self, batch: &[String], answer: &SqsBatchResponse, dice: &Dice) {
        let failed: Vec<&str> = answer.batch_item_failures.iter().map(|item| item.item_identifier.as_str()).collect();
        let mut state = self.state();
        for id in batch.iter().filter(|id| !failed.contains(&id.as_str())) {
            if let Some(n) = state.messages.iter().position(|message| message.id == *id) {
                let done = state.messages.remove(n);
                if dice.permille(50) {
                    state.ghosts.push(done);
                }
            }
        }
    }

    /// How many wait, seen or not.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.state().messages.len()
    }

    /// When the next message can be seen.
    #[must_use]
    pub fn next(&self) -> Option<Timestamp> {
        self.state().messages.iter().map(|message| message.visible_at).min()
    }

    /// What was parked.
    #[must_use]
    pub fn parked(&self) -> Vec<String> {
        self.state().parked.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Batch {
    /// The ids of its messages.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.messages.iter().map(|message| message.id.clone()).collect()
    }

    /// What a function is invoked with.
    ///
    /// # Errors
    ///
    /// When the event's type takes another shape.
    pub fn event(&self) -> Result<SqsEvent, serde_json::Error> {
        let records = self.messages.iter().map(|message| {
            json!({
                "messageId": message.id,
                "receiptHandle": message.id,
                "body": message.body,
                "attributes": { "ApproximateReceiveCount": message.receives.to_string() },
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "awsRegion": "eu-central-1",
            })
        });
        serde_json::from_value(json!({ "Records": records.collect::<Vec<_>>() }))
    }
}
