//! Queues: at least once, in batches, with a place to park what keeps failing. In memory.
//!
//! As SQS does, a queue shows a message again that its worker did not finish, and parks it after the
//! template's number of tries. It shows it again sooner: nobody sits six minutes before a laptop.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use jiff::Timestamp;
use serde_json::json;
use shared::ports::Clock;
use tokio::sync::watch;

use crate::clock::MovableClock;

/// How long a message stays out of sight that was not finished.
const PAUSE: Duration = Duration::from_secs(2);

/// A queue with its parking place.
#[derive(Debug)]
pub struct Queue {
    name: String,
    receives: u32,
    clock: Arc<MovableClock>,
    state: Mutex<State>,
    /// Rises with every change, to wake workers and those who wait for the end.
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    /// How many messages ever came.
    sent: u64,
    /// How often each is shown beyond the first time.
    repeats: usize,
    ready: VecDeque<Message>,
    /// Out of sight until then.
    waiting: Vec<(Timestamp, Message)>,
    in_flight: usize,
    parked: Vec<Message>,
}

#[derive(Debug, Clone)]
struct Message {
    id: String,
    body: String,
    receives: u32,
    sent_at: Timestamp,
}

/// How many messages stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depth {
    /// Ready or being worked on.
    pub busy: usize,
    /// Out of sight until their next try.
    pub waiting: usize,
    /// Given up.
    pub parked: usize,
}

/// Messages that a worker has taken.
#[derive(Debug)]
pub struct Batch(Vec<Message>);

impl Queue {
    /// An empty queue called `name` that tries each message `receives` times.
    #[must_use]
    pub fn new(name: &str, receives: u32, clock: Arc<MovableClock>) -> Self {
        Self { name: name.to_owned(), receives, clock, state: Mutex::default(), changes: watch::Sender::new(0) }
    }

    /// Its name in the template.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes a message.
    pub fn send(&self, body: String) {
        let sent_at = self.clock.now();
        self.change(|state| {
            state.sent += 1;
            let message = Message { id: format!("message-{}", state.sent), body, receives: 0, sent_at };
            state.ready.extend(std::iter::repeat_n(message, 1 + state.repeats));
        });
    }

    /// Shows every message that comes from now on so many times more, as SQS may: it delivers at least once.
    pub fn repeat(&self, repeats: usize) {
        self.change(|state| state.repeats = repeats);
    }

    /// Waits for messages and hands out at most `most` of them.
    pub async fn take(&self, most: usize) -> Batch {
        let mut changes = self.changes.subscribe();
        loop {
            changes.mark_unchanged();
            let next = {
                let mut state = self.state();
                state.show(self.clock.now());
                let count = state.ready.len().min(most);
                if 0 < count {
                    state.in_flight += count;
                    let mut taken: Vec<Message> = state.ready.drain(..count).collect();
                    taken.iter_mut().for_each(|message| message.receives += 1);
                    return Batch(taken);
                }
                state.waiting.iter().map(|(at, _)| *at).min()
            };
            let shown = async {
                match next {
                    Some(at) => self.clock.wait_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = changes.changed() => {}
                () = shown => {}
            }
        }
    }

    /// Ends a batch: what `failed` names comes again or is parked, the rest is gone.
    ///
    /// `None` is a worker that died: then everything failed. So did everything when an id is unknown, as in SQS.
    pub fn settle(&self, batch: Batch, failed: Option<&SqsBatchResponse>) {
        let known: BTreeSet<&str> = batch.0.iter().map(|message| message.id.as_str()).collect();
        let named: Option<BTreeSet<&str>> =
            failed.map(|answer| answer.batch_item_failures.iter().map(|item| item.item_identifier.as_str()).collect());
        let failed: BTreeSet<String> = match named {
            Some(named) if named.is_subset(&known) => named.into_iter().map(str::to_owned).collect(),
            _ => known.into_iter().map(str::to_owned).collect(),
        };
        let again = self.clock.now().saturating_add(PAUSE).unwrap_or(Timestamp::MAX);
        self.change(|state| {
            state.in_flight -= batch.0.len();
            for message in batch.0.into_iter().filter(|message| failed.contains(&message.id)) {
                if message.receives < self.receives {
                    state.waiting.push((again, message));
                } else {
                    tracing::warn!(queue = %self.name, message.id = %message.id, "a message is parked");
                    state.parked.push(message);
                }
            }
        });
    }

    /// Shows every waiting message now.
    pub fn hurry(&self) {
        self.change(|state| state.show(Timestamp::MAX));
    }

    /// Brings every parked message back, with all its tries; answers how many there were.
    pub fn redrive(&self) -> usize {
        let mut count = 0;
        self.change(|state| {
            count = state.parked.len();
            let parked = std::mem::take(&mut state.parked);
            state.ready.extend(parked.into_iter().map(|message| Message { receives: 0, ..message }));
        });
        count
    }

    /// Waits until nothing is ready or being worked on.
    pub async fn settled(&self) {
        let mut changes = self.changes.subscribe();
        while 0 < self.depth().busy {
            // The sender lives as long as the queue.
            let _ = changes.changed().await;
        }
    }

    /// Rises with every change.
    #[must_use]
    pub fn version(&self) -> u64 {
        *self.changes.borrow()
    }

    /// How many messages stand where.
    #[must_use]
    pub fn depth(&self) -> Depth {
        let state = self.state();
        Depth { busy: state.ready.len() + state.in_flight, waiting: state.waiting.len(), parked: state.parked.len() }
    }

    /// The bodies of the parked messages, oldest first.
    #[must_use]
    pub fn parked(&self) -> Vec<String> {
        self.state().parked.iter().map(|message| message.body.clone()).collect()
    }

    fn change(&self, work: impl FnOnce(&mut State)) {
        work(&mut self.state());
        self.changes.send_modify(|changes| *changes += 1);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Brings into sight what has waited long enough at `now`, in the order it came.
    fn show(&mut self, now: Timestamp) {
        let (due, rest) = std::mem::take(&mut self.waiting).into_iter().partition(|(at, _)| *at <= now);
        self.waiting = rest;
        self.ready.extend(Vec::into_iter(due).map(|(_, message)| message));
    }
}

impl Batch {
    /// The event that a Lambda is invoked with for this batch.
    ///
    /// # Errors
    ///
    /// When the event's type no longer takes what SQS sends.
    pub fn event(&self, queue: &str) -> Result<SqsEvent, serde_json::Error> {
        let records: Vec<_> = self.0.iter().map(|message| record(message, queue)).collect();
        serde_json::from_value(json!({ "Records": records }))
    }
}

fn record(message: &Message, queue: &str) -> serde_json::Value {
    let sent = message.sent_at.as_millisecond().to_string();
    json!({
        "messageId": message.id,
        "receiptHandle": format!("{}-{}", message.id, message.receives),
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": message.receives.to_string(),
            "SentTimestamp": sent,
            "SenderId": "local",
            "ApproximateFirstReceiveTimestamp": sent,
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": format!("arn:aws:sqs:eu-central-1:000000000000:{queue}"),
        "awsRegion": "eu-central-1",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(receives: u32) -> (Queue, Arc<MovableClock>) {
        let clock = Arc::new(MovableClock::frozen("2026-11-21T09:00:00Z".parse().unwrap()));
        (Queue::new("Q", receives, Arc::clone(&clock)), clock)
    }

    fn failing(ids: &[&str]) -> SqsBatchResponse {
        let failures: Vec<_> = ids.iter().map(|id| json!({ "itemIdentifier": id })).collect();
        serde_json::from_value(json!({ "batchItemFailures": failures })).unwrap()
    }

    fn bodies(batch: &Batch) -> Vec<&str> {
        batch.0.iter().map(|message| message.body.as_str()).collect()
    }

    #[tokio::test]
    async fn a_repeating_queue_shows_each_message_again() {
        let (queue, _) = queue(3);
        queue.repeat(2);
        queue.send("a".to_owned());
        let batch = queue.take(10).await;
        assert_eq!(bodies(&batch), ["a", "a", "a"]);
        queue.settle(batch, Some(&failing(&[])));
        assert_eq!(queue.depth(), Depth { busy: 0, waiting: 0, parked: 0 });
    }

    #[tokio::test]
    async fn a_batch_holds_what_is_there_and_no_more_than_asked() {
        let (queue, _) = queue(3);
        for body in ["a", "b", "c"] {
            queue.send(body.to_owned());
        }
        let batch = queue.take(2).await;
        assert_eq!(bodies(&batch), ["a", "b"]);
        let event = batch.event("Q").unwrap();
        assert_eq!(event.records[1].body.as_deref(), Some("b"));
        assert_eq!(event.records[1].attributes["ApproximateReceiveCount"], "1");
        assert_eq!(queue.depth(), Depth { busy: 3, waiting: 0, parked: 0 });
    }

    #[tokio::test]
    async fn only_what_failed_comes_again_and_only_after_its_pause() {
        let (queue, clock) = queue(3);
        queue.send("good".to_owned());
        queue.send("bad".to_owned());
        queue.settle(queue.take(10).await, Some(&failing(&["message-2"])));
        assert_eq!(queue.depth(), Depth { busy: 0, waiting: 1, parked: 0 });
        clock.advance(PAUSE);
        assert_eq!(bodies(&queue.take(10).await), ["bad"]);
    }

    #[tokio::test]
    async fn a_dead_worker_and_an_unknown_id_fail_the_whole_batch() {
        for answer in [None, Some(failing(&["message-9"])), Some(failing(&[""]))] {
            let (queue, _) = queue(3);
            queue.send("a".to_owned());
            queue.send("b".to_owned());
            queue.settle(queue.take(10).await, answer.as_ref());
            assert_eq!(queue.depth().waiting, 2, "{answer:?}");
        }
    }

    #[tokio::test]
    async fn what_keeps_failing_is_parked_and_can_be_brought_back() {
        let (queue, _) = queue(2);
        queue.send("bad".to_owned());
        for _ in 0..2 {
            queue.hurry();
            queue.settle(queue.take(1).await, None);
        }
        assert_eq!((queue.depth().parked, queue.parked()), (1, vec!["bad".to_owned()]));
        assert_eq!(queue.redrive(), 1);
        assert_eq!(bodies(&queue.take(1).await), ["bad"]);
    }

    #[tokio::test]
    async fn a_worker_sleeps_until_a_message_comes() {
        let (queue, _) = queue(2);
        let (batch, ()) = tokio::join!(queue.take(1), async { queue.send("late".to_owned()) });
        assert_eq!(bodies(&batch), ["late"]);
        let settle = async {
            queue.settle(batch, Some(&failing(&[])));
        };
        tokio::join!(queue.settled(), settle);
    }
}
