//! Queues: hands a function each message of a batch, and tells the queue which ones are not done.
//!
//! What a message asks for, and what is logged of it, is the function's. Messages are worked on side by side, so a
//! function whose messages must come one after the other does not belong here.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use futures::future::join_all;
use tracing::Instrument as _;

use crate::ports::trace;

/// Does `work` with the body of every message of the batch, each in its own span, and reports those of which it
/// failed: they alone come back. A message without a body is worked on as an empty one.
pub async fn each<T, E, F>(batch: SqsEvent, work: impl Fn(String) -> F) -> SqsBatchResponse
where
    F: Future<Output = Result<T, E>>,
{
    let ended = batch.records.into_iter().map(|SqsMessage { message_id, body, .. }| {
        let id = message_id.unwrap_or_default();
        let done = work(body.unwrap_or_default()).instrument(trace::message(&id));
        async move { done.await.is_err().then_some(id) }
    });
    let mut answer = SqsBatchResponse::default();
    for id in join_all(ended).await.into_iter().flatten() {
        answer.add_failure(id);
    }
    answer
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn batch(messages: &[(&str, Option<&str>)]) -> SqsEvent {
        let records = messages.iter().map(|(id, body)| {
            let mut message = SqsMessage::default();
            message.message_id = Some((*id).to_owned());
            message.body = body.map(str::to_owned);
            message
        });
        let mut batch = SqsEvent::default();
        batch.records = records.collect();
        batch
    }

    #[tokio::test]
    async fn those_that_fail_are_reported_and_no_others() {
        let answer = each(batch(&[("m-1", Some("good")), ("m-2", Some("bad")), ("m-3", None)]), async |body| {
            if body == "good" { Ok(()) } else { Err(()) }
        });
        let failed: Vec<_> = answer.await.batch_item_failures.into_iter().map(|one| one.item_identifier).collect();
        assert_eq!(failed, ["m-2", "m-3"]);
    }

    #[tokio::test]
    async fn messages_are_worked_on_side_by_side() {
        let seen = Mutex::new(Vec::new());
        let note = |what: String| seen.lock().unwrap().push(what);
        let answer = each(batch(&[("m-1", Some("one")), ("m-2", Some("two"))]), async |body| {
            note(format!("{body} begins"));
            tokio::task::yield_now().await;
            note(format!("{body} ends"));
            Ok::<_, ()>(())
        });
        assert_eq!(answer.await.batch_item_failures.len(), 0);
        assert_eq!(*seen.lock().unwrap(), ["one begins", "two begins", "one ends", "two ends"]);
    }
}
