//! The gate: every call that leaves a use case waits here until the stage says how it goes.
//!
//! One thread plays one seed, so the gate is the thread's own. It decides nothing and does nothing: whoever
//! passes with a [`Verdict`] acts on it. A call that nobody plays (a business that is being set up, an oracle
//! that reads) goes through at once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Whose call it is: one use case on its way.
pub type TaskId = u64;

/// One call at the gate; later calls have higher numbers.
pub type CallId = u64;

/// What kind of call waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A read of DynamoDB.
    Read,
    /// A write of one item.
    Write,
    /// A transaction.
    Transact,
    /// A pause before the next try.
    Pause,
    /// A call of Stripe.
    Stripe,
    /// Events on their way to the bus.
    Publish,
    /// A message on its way into a queue.
    Queue,
    /// A mail.
    Mail,
}

/// How a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is done and answered.
    Go,
    /// It is done, and the caller dies before the answer: see [`last`].
    Last,
    /// The other side says no, in passing: throttled, in conflict, overloaded. Nothing is done.
    Refuse,
    /// The line breaks before anything is done.
    Hide,
    /// It is done, and the line breaks before the answer.
    Lose,
}

/// A call that waits.
#[derive(Debug)]
pub struct Waiting {
    /// Whose it is.
    pub task: TaskId,
    /// What it is.
    pub kind: Kind,
    /// What is asked, for the history.
    pub label: String,
    verdict: Option<Verdict>,
    waker: Waker,
}

#[derive(Debug, Default)]
struct Gate {
    /// Whoever is being polled.
    current: Option<TaskId>,
    waiting: BTreeMap<CallId, Waiting>,
    calls: CallId,
    /// What was answered but yes to what just went through.
    answers: Vec<String>,
}

thread_local! {
    static GATE: RefCell<Gate> = RefCell::default();
}

/// Lets the stage decide how the call `label` goes.
pub async fn pass(kind: Kind, label: impl FnOnce() -> String) -> Verdict {
    match GATE.with_borrow(|gate| gate.current) {
        None => Verdict::Go,
        Some(_) => Passing { call: None, kind, label: Some(label()) }.await,
    }
}

/// Ends a call that was done as `verdict` says: a caller that dies never hears of it.
pub async fn last(verdict: Verdict) {
    if verdict == Verdict::Last {
        std::future::pending().await
    }
}

/// The task that is being polled now.
#[must_use]
pub fn current() -> Option<TaskId> {
    GATE.with_borrow(|gate| gate.current)
}

/// Polls in the name of `task`.
pub fn within<T>(task: TaskId, poll: impl FnOnce() -> T) -> T {
    GATE.with_borrow_mut(|gate| gate.current = Some(task));
    let polled = poll();
    GATE.with_borrow_mut(|gate| gate.current = None);
    polled
}

/// The calls that wait, oldest first: number and kind, of all tasks or of one.
#[must_use]
pub fn waiting(task: Option<TaskId>) -> Vec<(CallId, TaskId, Kind)> {
    GATE.with_borrow(|gate| {
        let meant = gate.waiting.iter().filter(|(_, call)| task.is_none_or(|task| call.task == task));
        meant.filter(|(_, call)| call.verdict.is_none()).map(|(id, call)| (*id, call.task, call.kind)).collect()
    })
}

/// How many calls wait.
#[must_use]
pub fn queue() -> usize {
    GATE.with_borrow(|gate| gate.waiting.len())
}

/// The `n`th of the calls that wait.
#[must_use]
pub fn nth(n: usize) -> Option<(CallId, TaskId, Kind)> {
    GATE.with_borrow(|gate| gate.waiting.iter().nth(n).map(|(id, call)| (*id, call.task, call.kind)))
}

/// Opens the gate for a call; answers what it asks. None when its caller is gone.
pub fn open(call: CallId, verdict: Verdict) -> Option<String> {
    GATE.with_borrow_mut(|gate| {
        let waiting = gate.waiting.get_mut(&call)?;
        waiting.verdict = Some(verdict);
        waiting.waker.wake_by_ref();
        Some(std::mem::take(&mut waiting.label))
    })
}

/// Tells the history that a call was answered no, and how.
pub fn answered(how: String) {
    GATE.with_borrow_mut(|gate| gate.answers.push(how));
}

/// What was answered no since this was asked before.
#[must_use]
pub fn answers() -> Vec<String> {
    GATE.with_borrow_mut(|gate| std::mem::take(&mut gate.answers))
}

/// Forgets everything: another seed begins in this thread.
pub fn reset() {
    GATE.with_borrow_mut(|gate| *gate = Gate::default());
}

struct Passing {
    call: Option<CallId>,
    kind: Kind,
    label: Option<String>,
}

impl Future for Passing {
    type Output = Verdict;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Verdict> {
        let (kind, label) = (self.kind, self.label.take());
        GATE.with_borrow_mut(|gate| {
            let Some(call) = self.call else {
                let Some(task) = gate.current else { return Poll::Ready(Verdict::Go) };
                gate.calls += 1;
                self.call = Some(gate.calls);
                let waker = cx.waker().clone();
                let label = label.unwrap_or_default();
                gate.waiting.insert(gate.calls, Waiting { task, kind, label, verdict: None, waker });
                return Poll::Pending;
            };
            match gate.waiting.get_mut(&call) {
                Some(Waiting { verdict: Some(verdict), .. }) => {
                    let verdict = *verdict;
                    gate.waiting.remove(&call);
                    self.call = None;
                    Poll::Ready(verdict)
                }
                Some(waiting) => {
                    waiting.waker.clone_from(cx.waker());
                    Poll::Pending
                }
                None => Poll::Pending,
            }
        })
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        if let Some(call) = self.call {
            GATE.with_borrow_mut(|gate| drop(gate.waiting.remove(&call)));
        }
    }
}
