//! The desk: everything that runs, tied together. `world` opens it; pages and tests act through it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use shared::store::Store;

use crate::clock::MovableClock;
use crate::deliveries::Deliveries;
use crate::dynamodb::DynamoDb;
use crate::functions::Functions;
use crate::identity::Identity;
use crate::mailbox::Mailbox;
use crate::queue::Queue;
use crate::relay::Relay;
use crate::tally::Tally;
use crate::timers::Timers;

/// A running desk.
#[derive(Debug)]
pub struct Desk {
    /// Where it is reached, without a slash at the end.
    pub base_url: String,
    /// The time.
    pub clock: Arc<MovableClock>,
    /// The database.
    pub dynamodb: Arc<DynamoDb>,
    /// Every handler.
    pub functions: Arc<Functions>,
    /// What was measured.
    pub tally: Arc<Tally>,
    /// The mails that were sent.
    pub mailbox: Arc<Mailbox>,
    /// Each queue with the function that works on it.
    pub queues: Vec<(String, Arc<Queue>)>,
    /// What reads the tables' streams.
    pub relays: Vec<Arc<Relay>>,
    /// What happens by the clock.
    pub timers: Arc<Timers>,
    /// Signs people in.
    pub identity: Arc<Identity>,
    /// The simulated Claude; none when the real one answers.
    pub claude: Option<sim::claude::Simulator>,
    /// The simulated Stripe; none when the real one takes the money.
    pub stripe: Option<sim::stripe::Simulator>,
    /// Simulated Stripe's events under way.
    pub deliveries: Deliveries,
}

/// What a drained desk still has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Messages that failed and wait for their next try.
    pub waiting: usize,
    /// Messages that were given up.
    pub parked: usize,
}

impl Desk {
    /// The store that the functions use.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.functions.services().store
    }

    /// Turns the limits per address on or off.
    pub fn set_limits(&self, enabled: bool) {
        self.functions.services().limits_addresses.store(enabled, Ordering::Relaxed);
    }

    /// Moves the clock, and does what fell due by it.
    pub async fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.timers.run_due().await;
    }

    /// Does all there is to do: returns when the outbox is relayed, Stripe's events are delivered and every
    /// queue is empty. What waits for a next try gets one at once; what fails again stays.
    pub async fn drain(&self) -> Left {
        self.timers.run_due().await;
        self.queues.iter().for_each(|(_, queue)| queue.hurry());
        loop {
            let before = self.version();
            for relay in &self.relays {
                self.relay(relay).await;
            }
            self.deliveries.settled().await;
            for (_, queue) in &self.queues {
                queue.settled().await;
            }
            if before == self.version() {
                break;
            }
        }
        let depths = self.queues.iter().map(|(_, queue)| queue.depth());
        depths.fold(Left { waiting: 0, parked: 0 }, |left, depth| Left {
            waiting: left.waiting + depth.waiting,
            parked: left.parked + depth.parked,
        })
    }

    /// Relays what is in a stream now; once nothing is left to do anywhere, the stream is cut.
    pub async fn relay(&self, relay: &Relay) {
        relay.catch_up(|event| self.functions.stream(relay.function(), event)).await;
    }

    /// Cuts streams all of which was dealt with, so that a restart has only the rest to repeat.
    pub fn trim(&self) {
        if self.queues.iter().any(|(_, queue)| 0 < queue.depth().busy + queue.depth().waiting) {
            return;
        }
        for relay in &self.relays {
            if let Err(error) = self.dynamodb.trim_stream(relay.table()) {
                tracing::warn!(%error, "the stream could not be cut");
            }
        }
    }

    /// Rises whenever something moves on its way through stream, bus, queues and deliveries.
    fn version(&self) -> u64 {
        let relayed: u64 = self.relays.iter().map(|relay| relay.relayed() + relay.given_up()).sum();
        let queued: u64 = self.queues.iter().map(|(_, queue)| queue.version()).sum();
        relayed + queued + self.deliveries.version()
    }
}
