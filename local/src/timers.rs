//! Timers: what happens because time has passed, by the process's own clock.
//!
//! After a leap of the clock each schedule runs once, however many of its times were passed.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use shared::ports::Clock;
use tokio::sync::Mutex;

use crate::clock::MovableClock;
use crate::dynamodb::DynamoDb;
use crate::functions::Functions;
use crate::template::Schedule;

/// How often simulated sessions and stored items are looked at for being over.
const TICK: Duration = Duration::from_secs(10);

/// Everything that waits for a time.
pub struct Timers {
    clock: Arc<MovableClock>,
    functions: Arc<Functions>,
    dynamodb: Arc<DynamoDb>,
    stripe: Option<sim::stripe::Simulator>,
    /// Held while what is due is done.
    plan: Mutex<Vec<(Schedule, Timestamp)>>,
    next: std::sync::Mutex<Timestamp>,
}

impl Timers {
    /// Runs `schedules` from now on.
    #[must_use]
    pub fn new(
        schedules: &[Schedule],
        clock: Arc<MovableClock>,
        functions: Arc<Functions>,
        dynamodb: Arc<DynamoDb>,
        stripe: Option<sim::stripe::Simulator>,
    ) -> Self {
        let now = clock.now();
        let plan = schedules.iter().map(|schedule| (schedule.clone(), after(now, schedule.every))).collect();
        let next = std::sync::Mutex::new(after(now, TICK));
        Self { clock, functions, dynamodb, stripe, plan: Mutex::new(plan), next }
    }

    /// Waits for the next time that something may be due, or for the clock to be moved.
    pub async fn wait(&self) {
        let next = *self.next.lock().unwrap_or_else(PoisonError::into_inner);
        self.clock.wait_until(next).await;
    }

    /// Does everything that is due.
    pub async fn run_due(&self) {
        let mut plan = self.plan.lock().await;
        if let Some(stripe) = &self.stripe {
            stripe.expire_due();
        }
        if let Err(error) = self.dynamodb.sweep() {
            tracing::error!(%error, "what is over could not be swept");
        }
        let now = self.clock.now();
        for (schedule, due) in plan.iter_mut().filter(|(_, due)| *due <= now) {
            *due = after(now, schedule.every);
            if let Some(Err(error)) = self.run(&schedule.function).await {
                tracing::error!(function = schedule.function, error, "a scheduled function failed");
            }
        }
        let soonest = plan.iter().map(|(_, due)| *due).chain([after(now, TICK)]).min();
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = soonest.unwrap_or(Timestamp::MAX);
    }

    /// Runs a scheduled function now. None when it died or there is no such function.
    pub async fn run(&self, function: &str) -> Option<Result<Value, String>> {
        let event = json!({
            "version": "0",
            "id": format!("{function}-{}", self.clock.now().as_millisecond()),
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": "000000000000",
            "time": self.clock.now().to_string(),
            "region": "eu-central-1",
            "resources": [format!("arn:aws:scheduler:eu-central-1:000000000000:schedule/default/frontdesk-{function}")],
            "detail": {},
        });
        self.functions.scheduled(function, event).await
    }
}

impl std::fmt::Debug for Timers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Timers").finish_non_exhaustive()
    }
}

fn after(now: Timestamp, span: Duration) -> Timestamp {
    now.saturating_add(span).unwrap_or(Timestamp::MAX)
}
