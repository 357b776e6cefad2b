//! A bus that keeps what it is handed, and can refuse some of it.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use serde_json::json;
use shared::domain::event::Event;
use shared::domain::id::EventId;
use shared::ports::event::{SOURCE, to_json};
use shared::ports::{Bus, SendError};

/// What the bus does with one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It does not take it this time.
    Passing,
    /// It never takes it.
    Final,
}

/// A bus that keeps its events.
#[derive(Debug, Default)]
pub struct Line {
    is_down: Mutex<bool>,
    troubles: Mutex<BTreeMap<EventId, Trouble>>,
    taken: Mutex<Vec<Event>>,
    is_full: Mutex<bool>,
    parked: Mutex<Vec<String>>,
}

impl Line {
    /// Takes nothing while it is down.
    pub fn be_down(&self, is_down: bool) {
        *self.is_down.lock().unwrap() = is_down;
    }

    /// Makes trouble about one event, or none any more.
    pub fn trouble(&self, event: EventId, trouble: Option<Trouble>) {
        let mut troubles = self.troubles.lock().unwrap();
        match trouble {
            Some(trouble) => drop(troubles.insert(event, trouble)),
            None => drop(troubles.remove(&event)),
        }
    }

    /// Parks nothing while it is full.
    pub fn be_full(&self, is_full: bool) {
        *self.is_full.lock().unwrap() = is_full;
    }

    /// The notes about events that can never be carried, in order.
    #[must_use]
    pub fn parked(&self) -> Vec<String> {
        self.parked.lock().unwrap().clone()
    }

    /// Every event that was taken, in order.
    #[must_use]
    pub fn taken(&self) -> Vec<Event> {
        self.taken.lock().unwrap().clone()
    }
}

#[async_trait]
impl Bus for Line {
    async fn publish(&self, events: &[Event]) -> Result<Vec<usize>, SendError> {
        if *self.is_down.lock().unwrap() {
            return Err(SendError::Unavailable("no route to the bus".into()));
        }
        let troubles = self.troubles.lock().unwrap();
        let (mut failed, mut is_final) = (Vec::new(), true);
        for (position, event) in events.iter().enumerate() {
            match troubles.get(&event.id) {
                None => self.taken.lock().unwrap().push(event.clone()),
                Some(trouble) => {
                    failed.push(position);
                    is_final &= *trouble == Trouble::Final;
                }
            }
        }
        match failed.len() == events.len() && !events.is_empty() {
            true if is_final => Err(SendError::Refused("the bus cannot read it".into())),
            true => Err(SendError::Unavailable("the bus is busy".into())),
            false => Ok(failed),
        }
    }

    async fn queue_payment(&self, _body: &str) -> Result<(), SendError> {
        Ok(())
    }

    async fn park_event(&self, note: &str) -> Result<(), SendError> {
        if *self.is_full.lock().unwrap() {
            return Err(SendError::Unavailable("nowhere to park".into()));
        }
        self.parked.lock().unwrap().push(note.to_owned());
        Ok(())
    }
}

/// `event` as the bus puts it into a queue.
#[must_use]
pub fn envelope(event: &Event) -> String {
    let (name, time) = (event.what.name(), event.at.to_string());
    json!({ "version": "0", "id": event.id.to_string(), "detail-type": name, "source": SOURCE, "account": "123456789012",
            "time": time, "region": "eu-central-1", "resources": [], "detail": to_json(event) })
    .to_string()
}
