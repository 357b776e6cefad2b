//! The stage: use cases on their way, of which one at a time goes on, by one call.
//!
//! No runtime and no timer: a use case that waits for anything but the gate would wait for ever, and the
//! stage says so. Nothing is decided here; `play` decides who goes on, and how.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::task::noop_waker_ref;
use jiff::{SignedDuration, Timestamp};

use crate::gate::{self, CallId, TaskId, Verdict};

/// A use case, and who it is done for.
pub type Act = Pin<Box<dyn Future<Output = ()>>>;

/// A use case on its way.
pub struct Task {
    /// What it does, as `confirm`.
    pub name: &'static str,
    /// When it began.
    pub born: Timestamp,
    /// How long its function may run before it is ended.
    pub life: SignedDuration,
    /// Whether it is one that goes on seldom, as on a machine that others wear out.
    pub is_slow: bool,
    /// Whether its calls may fail and it may die.
    pub is_mortal: bool,
    act: Act,
    /// What is told of it when it dies.
    death: Option<Box<dyn FnOnce()>>,
}

/// How far a task came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// To its next call.
    On,
    /// To its end.
    Home,
}

/// What is on stage.
#[derive(Default)]
pub struct Stage {
    tasks: BTreeMap<TaskId, Task>,
    begun: TaskId,
}

/// What a task needs besides its work.
pub struct Part {
    /// What it does.
    pub name: &'static str,
    /// How long it may take.
    pub life: SignedDuration,
    /// Whether it goes on seldom.
    pub is_slow: bool,
    /// Whether its calls may fail and it may die.
    pub is_mortal: bool,
}

impl Stage {
    /// Begins `act` at `now` and brings it to its first call. `death` is called should it die.
    pub fn begin(&mut self, part: Part, now: Timestamp, act: Act, death: Box<dyn FnOnce()>) -> (TaskId, Came) {
        self.begun += 1;
        let Part { name, life, is_slow, is_mortal } = part;
        let task = Task { name, born: now, life, is_slow, is_mortal, act, death: Some(death) };
        self.tasks.insert(self.begun, task);
        let id = self.begun;
        (id, self.poll(id))
    }

    /// How many are on their way.
    #[must_use]
    pub fn crowd(&self) -> usize {
        self.tasks.len()
    }

    /// A task on its way.
    #[must_use]
    pub fn find(&self, id: TaskId) -> Option<&Task> {
        self.tasks.get(&id)
    }

    /// The ids of all that are on their way.
    #[must_use]
    pub fn ids(&self) -> Vec<TaskId> {
        self.tasks.keys().copied().collect()
    }

    /// Lets a call go as `verdict` says, and its task on to the next; answers what was asked.
    pub fn advance(&mut self, task: TaskId, call: CallId, verdict: Verdict) -> (Option<String>, Came) {
        let label = gate::open(call, verdict);
        let came = self.poll(task);
        if verdict == Verdict::Last {
            self.kill(task);
            return (label, Came::Home);
        }
        (label, came)
    }

    /// Ends a task where it is.
    pub fn kill(&mut self, id: TaskId) {
        if let Some(mut task) = self.tasks.remove(&id) {
            let death = task.death.take();
            // What it borrows is free before its death is told.
            drop(task);
            if let Some(death) = death {
                death();
            }
        }
    }

    fn poll(&mut self, id: TaskId) -> Came {
        let Some(task) = self.tasks.get_mut(&id) else { return Came::Home };
        let polled = gate::within(id, || task.act.as_mut().poll(&mut Context::from_waker(noop_waker_ref())));
        match polled {
            Poll::Ready(()) => {
                self.tasks.remove(&id);
                Came::Home
            }
            Poll::Pending => Came::On,
        }
    }
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage").field("tasks", &self.tasks.len()).finish_non_exhaustive()
    }
}
