//! A queue in Amazon SQS: the payment worker's, or the one where an operator finds what was given up.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::SdkError;
use aws_sdk_sqs::operation::send_message::SendMessageError;

use crate::ports::SendError;

/// Puts raw messages into one queue.
#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
    url: String,
}

impl SqsQueue {
    /// The queue at `url`.
    #[must_use]
    pub fn new(client: Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Queues `body`; when this returns, it is stored more than once.
    ///
    /// # Errors
    ///
    /// [`SendError::Refused`] when SQS will never take such a body, [`SendError::Unavailable`] to try again.
    pub async fn send(&self, body: &str) -> Result<(), SendError> {
        self.client.send_message().queue_url(&self.url).message_body(body).send().await.map(drop).map_err(failed)
    }
}

fn failed(err: SdkError<SendMessageError>) -> SendError {
    let is_final = match &err {
        SdkError::ConstructionFailure(_) => true,
        _ => err.as_service_error().is_some_and(SendMessageError::is_invalid_message_contents),
    };
    if is_final { SendError::Refused(err.into()) } else { SendError::Unavailable(err.into()) }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sqs::operation::send_message::SendMessageOutput;
    use aws_sdk_sqs::types::error::{InvalidMessageContents, QueueDoesNotExist, RequestThrottled};
    use aws_smithy_mocks::mock;

    use super::*;
    use crate::adapters::mocked;

    const URL: &str = "https://sqs.eu-central-1.amazonaws.com/1/payments";

    #[tokio::test]
    async fn the_body_is_queued_as_it_is() {
        let rule = mock!(Client::send_message)
            .match_requests(|sent| {
                sent.queue_url() == Some(URL) && sent.message_body() == Some("{\"kind\":\"stripe\"}")
            })
            .then_output(|| SendMessageOutput::builder().message_id("m").build());
        SqsQueue::new(mocked!(aws_sdk_sqs, [&rule]), URL).send("{\"kind\":\"stripe\"}").await.unwrap();
        assert_eq!(rule.num_calls(), 1);
    }

    #[tokio::test]
    async fn only_a_body_that_no_queue_takes_is_refused() {
        let contents = || SendMessageError::InvalidMessageContents(InvalidMessageContents::builder().build());
        let throttled = || SendMessageError::RequestThrottled(RequestThrottled::builder().build());
        let absent = || SendMessageError::QueueDoesNotExist(QueueDoesNotExist::builder().build());
        for (rule, is_final) in [
            (mock!(Client::send_message).then_error(contents), true),
            (mock!(Client::send_message).then_error(throttled), false),
            (mock!(Client::send_message).then_error(absent), false),
        ] {
            let err = SqsQueue::new(mocked!(aws_sdk_sqs, [&rule]), URL).send("x").await.unwrap_err();
            assert_eq!(matches!(err, SendError::Refused(_)), is_final, "{err:?}");
        }
    }
}
