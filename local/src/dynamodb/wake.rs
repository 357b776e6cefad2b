//! Wakes the relay when the SDK has written to the outbox, so that nobody has to ask again and again.

use std::sync::Arc;

use aws_sdk_dynamodb::config::interceptors::{BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use tokio::sync::Notify;

/// Looks at each call before it is sent, and wakes once it was answered.
#[derive(Debug)]
pub(super) struct OnWrite {
    table: String,
    written: Arc<Notify>,
}

/// Stays with a call that writes to the table.
#[derive(Debug)]
struct Writes;

impl Storable for Writes {
    type Storer = StoreReplace<Self>;
}

impl OnWrite {
    pub(super) const fn new(table: String, written: Arc<Notify>) -> Self {
        Self { table, written }
    }
}

impl Intercept for OnWrite {
    fn name(&self) -> &'static str {
        "OnWrite"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        call: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let writes =
            ["PutItem", "UpdateItem", "TransactWriteItems"].iter().any(|operation| target.ends_with(operation));
        let body = request.body().bytes().unwrap_or_default();
        if writes && body.windows(self.table.len()).any(|window| window == self.table.as_bytes()) {
            call.interceptor_state().store_put(Writes);
        }
        Ok(())
    }

    fn read_after_execution(
        &self,
        _: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        call: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if call.load::<Writes>().is_some() {
            self.written.notify_one();
        }
        Ok(())
    }
}
