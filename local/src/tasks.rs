//! Tasks: work that outlives the connection it came by, as a Lambda's does, and ends with the process.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// A set of running tasks. Clones share it; dropping the last one stops them all.
#[derive(Debug, Clone, Default)]
pub struct Tasks(Arc<Mutex<JoinSet<()>>>);

impl Tasks {
    /// Runs `work` to its end, whoever waits for it.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut set = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while set.try_join_next().is_some() {}
        set.spawn(work);
    }

    /// Runs `work` to its end, and gives its result to whoever still waits; none when it panicked.
    pub fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = Option<T>> {
        let (done, result) = oneshot::channel();
        self.spawn(async move {
            // Nobody may be waiting any more; the work was done all the same.
            drop(done.send(work.await));
        });
        async move { result.await.ok() }
    }

    /// Stops every task at its next pause.
    pub fn abort(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_done_also_when_its_caller_has_left() {
        let tasks = Tasks::default();
        let (go, wait) = oneshot::channel::<()>();
        let (tell, told) = oneshot::channel();
        let caller = tasks.run(async move {
            let _ = wait.await;
            let _ = tell.send("done");
        });
        drop(caller);
        go.send(()).unwrap();
        assert_eq!(told.await, Ok("done"));
    }

    #[tokio::test]
    async fn a_panic_is_the_absence_of_a_result() {
        let tasks = Tasks::default();
        assert_eq!(
            tasks
                .run(async {
                    if true {
                        panic!("on purpose")
                    }
                })
                .await,
            None
        );
        assert_eq!(tasks.run(async { 7 }).await, Some(7));
    }
}
