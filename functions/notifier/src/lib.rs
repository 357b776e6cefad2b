//! Tells people of events: each message of the queue is one event, each mail of it goes out once.
//!
//! Steps: [`shared::app::notify`]. A message that fails is reported by itself, so that it alone comes
//! back, and after ten times it is parked where an alarm sees it; the others of its batch are done.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use shared::app::notify::{Error, Notified, hear};
use shared::http::problem::Chain;
use shared::ports::Mailer;
use shared::runtime::Services;

/// Tells of every event of the batch, and reports those of which somebody could not be told.
pub async fn handle(services: &Services, mailer: &dyn Mailer, batch: SqsEvent) -> SqsBatchResponse {
    let mut answer = SqsBatchResponse::default();
    for message in batch.records {
        let id = message.message_id.unwrap_or_default();
        let heard = hear(services.notify(mailer), message.body.as_deref().unwrap_or_default()).await;
        log(&id, &heard);
        if heard.is_err() {
            answer.add_failure(id);
        }
    }
    answer
}

fn log(message: &str, heard: &Result<Notified, Error>) {
    match heard {
        Ok(Notified { event, sent, repeated }) => {
            tracing::info!(message.id = message, event.id = %event, sent, repeated, "an event was told");
        }
        Err(error) if error.is_passing() => {
            tracing::warn!(message.id = message, error = without_addresses(error), "an event is told later");
        }
        Err(error) => {
            tracing::error!(message.id = message, error = without_addresses(error), "an event cannot be told");
        }
    }
}

/// An error with its causes, but for the words that hold an address: mail services quote them.
fn without_addresses(error: &Error) -> String {
    let said = Chain(error).to_string();
    let words = said.split_whitespace().map(|word| if word.contains('@') { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use shared::ports::SendError;

    use super::*;

    #[test]
    fn a_log_line_keeps_the_cause_and_loses_the_address() {
        let said = "Email address is not verified: \"ann@example.com\", <bob@example.com>";
        let error = Error::Send(SendError::Refused(said.into()));
        assert_eq!(without_addresses(&error), "the mail was not taken: refused: Email address is not verified: … …");
    }
}
