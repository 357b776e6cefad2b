//! Patience: how a call is repeated that DynamoDB throttles, or that a transaction is in the way of.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _, Sleeper};
use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::Table;
use crate::store::error::StoreError;

/// How patiently a throttled or conflicting call is repeated.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Tries after the first.
    pub retries: usize,
    /// The first pause; each further one is about twice as long, with jitter.
    pub pause: Duration,
    /// How a pause passes.
    pub wait: Wait,
}

/// Lets a pause pass.
#[derive(Debug, Clone, Copy)]
pub struct Wait(pub fn(Duration) -> BoxFuture<'static, ()>);

impl Sleeper for Wait {
    type Sleep = BoxFuture<'static, ()>;

    fn sleep(&self, pause: Duration) -> Self::Sleep {
        (self.0)(pause)
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self { retries: 6, pause: Duration::from_millis(25), wait: Wait(|pause| tokio::time::sleep(pause).boxed()) }
    }
}

impl Table {
    /// Repeats `call` while the table is throttled or a transaction is in the way. The call's future is
    /// boxed: the SDK nests deeply, and every host of a use case would carry that in its own type.
    pub(super) async fn patiently<T, F>(&self, mut call: impl FnMut() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>> + Send,
    {
        let call = || call().boxed();
        let pauses = ExponentialBuilder::default()
            .with_min_delay(self.patience.pause)
            .with_max_times(self.patience.retries)
            .with_jitter();
        call.retry(pauses).sleep(self.patience.wait).when(|error| matches!(error, StoreError::Throttled(_))).await
    }
}
