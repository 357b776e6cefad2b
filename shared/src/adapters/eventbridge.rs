//! The bus in AWS: events through Amazon EventBridge, payment work through [`SqsQueue`].

use async_trait::async_trait;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::error::SdkError;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};
use thiserror::Error;

use super::sqs::SqsQueue;
use crate::domain::event::Event;
use crate::ports::event::{SOURCE, to_json};
use crate::ports::{Bus, SendError};

/// The most entries of one `PutEvents`.
const BATCH: usize = 10;

/// An event bus and the payment worker's queue.
#[derive(Debug, Clone)]
pub struct AwsBus {
    client: Client,
    bus: String,
    payments: SqsQueue,
    lost: SqsQueue,
}

/// EventBridge answered for an entry that it did not take it.
#[derive(Debug, Error)]
#[error("the bus did not take the event: {0}")]
struct EntryRefused(String);

impl AwsBus {
    /// The bus named (or with the ARN) `bus`, with the queue for payment work and the one for lost events.
    #[must_use]
    pub fn new(client: Client, bus: impl Into<String>, payments: SqsQueue, lost: SqsQueue) -> Self {
        Self { client, bus: bus.into(), payments, lost }
    }

    fn entry(&self, event: &Event) -> PutEventsRequestEntry {
        PutEventsRequestEntry::builder()
            .event_bus_name(&self.bus)
            .source(SOURCE)
            .detail_type(event.what.name())
            .time(DateTime::from_millis(event.at.as_millisecond()))
            .detail(to_json(event).to_string())
            .build()
    }

    /// Publishes at most [`BATCH`] events and says of each why it was not taken.
    async fn put(&self, batch: &[Event]) -> Vec<Option<SendError>> {
        let entries = batch.iter().map(|event| self.entry(event)).collect();
        match self.client.put_events().set_entries(Some(entries)).send().await {
            // The answer has one entry for each sent, in order; a missing one is not known to be taken.
            Ok(answer) => (0..batch.len()).map(|n| failure(answer.entries().get(n))).collect(),
            Err(err) => {
                let is_final = matches!(err, SdkError::ConstructionFailure(_));
                let text = aws_sdk_eventbridge::error::DisplayErrorContext(&err).to_string();
                let mut failures: Vec<_> =
                    batch.iter().skip(1).map(|_| Some(refused_or_not(is_final, EntryRefused(text.clone())))).collect();
                failures.insert(0, Some(refused_or_not(is_final, err)));
                failures
            }
        }
    }
}

#[async_trait]
impl Bus for AwsBus {
    async fn publish(&self, events: &[Event]) -> Result<Vec<usize>, SendError> {
        let mut failures = Vec::new();
        for (batch, start) in events.chunks(BATCH).zip((0..).step_by(BATCH)) {
            let answers = self.put(batch).await.into_iter().enumerate();
            failures.extend(answers.filter_map(|(n, failure)| Some((start + n, failure?))));
        }
        if failures.len() < events.len() || events.is_empty() {
            return Ok(failures.into_iter().map(|(position, _)| position).collect());
        }
        // None was taken. One that may be taken later makes the whole worth another try.
        let worst = failures.into_iter().map(|(_, failure)| failure);
        match worst.reduce(|kept, next| if matches!(kept, SendError::Unavailable(_)) { kept } else { next }) {
            Some(failure) => Err(failure),
            None => Ok(Vec::new()),
        }
    }

    async fn queue_payment(&self, body: &str) -> Result<(), SendError> {
        self.payments.send(body).await
    }

    async fn park_event(&self, note: &str) -> Result<(), SendError> {
        self.lost.send(note).await
    }
}

fn failure(answer: Option<&PutEventsResultEntry>) -> Option<SendError> {
    let code = match answer {
        Some(answer) if answer.error_code().is_none() => return None,
        Some(answer) => answer.error_code().unwrap_or_default(),
        None => "NoAnswer",
    };
    let is_final = matches!(code, "InvalidArgument" | "MalformedDetail" | "ValidationException");
    Some(refused_or_not(is_final, EntryRefused(code.to_owned())))
}

fn refused_or_not(is_final: bool, cause: impl std::error::Error + Send + Sync + 'static) -> SendError {
    if is_final { SendError::Refused(cause.into()) } else { SendError::Unavailable(cause.into()) }
}

#[cfg(test)]
mod tests {
    use aws_sdk_eventbridge::operation::put_events::{PutEventsError, PutEventsOutput};
    use aws_sdk_eventbridge::types::error::InternalException;
    use aws_smithy_mocks::{Rule, mock};
    use ulid::Ulid;

    use super::*;
    use crate::adapters::mocked;
    use crate::domain::event::Happening;
    use crate::domain::id::{BookingId, EventId, TenantId};
    use crate::ports::event::from_json;

    fn events(count: u128) -> Vec<Event> {
        let event = |n| Event {
            id: EventId::new(Ulid(n)),
            tenant: TenantId::new(Ulid(7)),
            at: "2026-11-21T10:00:00Z".parse().unwrap(),
            what: Happening::BookingConfirmed(BookingId::new(Ulid(n))),
        };
        (0..count).map(event).collect()
    }

    fn bus(rules: &[&Rule]) -> AwsBus {
        let unused = mock!(aws_sdk_sqs::Client::send_message).then_output(|| unreachable!());
        let queue = SqsQueue::new(mocked!(aws_sdk_sqs, [&unused]), "https://queue.test");
        AwsBus::new(mocked!(aws_sdk_eventbridge, rules.iter().copied()), "desk-bus", queue.clone(), queue)
    }

    /// An answer to `codes.len()` entries: the code of each failure, or none.
    fn answer(codes: &[Option<&str>]) -> PutEventsOutput {
        let entries = codes.iter().map(|code| match code {
            Some(code) => PutEventsResultEntry::builder().error_code(*code).error_message("no").build(),
            None => PutEventsResultEntry::builder().event_id("e").build(),
        });
        let failed = codes.iter().flatten().count();
        PutEventsOutput::builder()
            .failed_entry_count(i32::try_from(failed).unwrap())
            .set_entries(Some(entries.collect()))
            .build()
    }

    fn outage() -> PutEventsError {
        PutEventsError::InternalException(InternalException::builder().build())
    }

    #[tokio::test]
    async fn an_entry_says_all_that_a_rule_and_a_consumer_need() {
        let sent = events(1);
        let rule = mock!(Client::put_events)
            .match_requests(|request| {
                let [entry] = request.entries() else { panic!("one entry") };
                let detail = serde_json::from_str(entry.detail().unwrap()).unwrap();
                assert_eq!(from_json(&detail).unwrap(), events(1)[0]);
                assert_eq!(entry.event_bus_name(), Some("desk-bus"));
                assert_eq!((entry.source(), entry.detail_type()), (Some("frontdesk"), Some("booking.confirmed")));
                assert_eq!(entry.time().unwrap().secs(), 1_795_255_200);
                true
            })
            .then_output(|| answer(&[None]));
        assert_eq!(bus(&[&rule]).publish(&sent).await.unwrap(), Vec::<usize>::new());
        assert_eq!(rule.num_calls(), 1);
    }

    #[tokio::test]
    async fn ten_events_travel_at_once_and_failures_keep_their_positions() {
        let first =
            mock!(Client::put_events).match_requests(|request| request.entries().len() == 10).then_output(|| {
                let mut codes = [None; 10];
                codes[3] = Some("ThrottlingException");
                answer(&codes)
            });
        let second =
            mock!(Client::put_events).match_requests(|request| request.entries().len() == 10).then_error(outage);
        let third = mock!(Client::put_events)
            .match_requests(|request| request.entries().len() == 2)
            .then_output(|| answer(&[None, Some("InternalFailure")]));
        let failed = bus(&[&first, &second, &third]).publish(&events(22)).await.unwrap();
        assert_eq!(failed, [vec![3], (10..20).collect(), vec![21]].concat());
    }

    #[tokio::test]
    async fn an_entry_without_an_answer_is_not_taken_for_published() {
        let rule = mock!(Client::put_events).then_output(|| answer(&[None]));
        assert_eq!(bus(&[&rule]).publish(&events(3)).await.unwrap(), [1, 2]);
    }

    #[tokio::test]
    async fn when_none_is_taken_it_is_an_error_worth_another_try_unless_all_are_malformed() {
        let none = mock!(Client::put_events).then_error(outage);
        let mixed =
            mock!(Client::put_events).then_output(|| answer(&[Some("MalformedDetail"), Some("ThrottlingException")]));
        let malformed =
            mock!(Client::put_events).then_output(|| answer(&[Some("MalformedDetail"), Some("MalformedDetail")]));
        for (rule, is_final) in [(none, false), (mixed, false), (malformed, true)] {
            let err = bus(&[&rule]).publish(&events(2)).await.unwrap_err();
            assert_eq!(matches!(err, SendError::Refused(_)), is_final, "{err:?}");
        }
    }

    #[tokio::test]
    async fn publishing_nothing_calls_nobody() {
        let rule = mock!(Client::put_events).then_error(outage);
        assert_eq!(bus(&[&rule]).publish(&[]).await.unwrap(), Vec::<usize>::new());
        assert_eq!(rule.num_calls(), 0);
    }
}
