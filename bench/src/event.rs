//! Events: what API Gateway would hand to `chat`, made of the project's own event files. Sends nothing.

use serde_json::{Value, json};

use crate::Failure;

const CONFIG: &str = include_str!("../../events/chat/config.json");
const MESSAGE: &str = include_str!("../../events/chat/first-message.json");

/// What a visitor says in every plain turn.
const SAID: &str = "Hello, what do you offer?";

/// Asks for the widget's configuration: the first call of every visitor.
///
/// # Errors
///
/// When the event file is no JSON.
pub(crate) fn config() -> Result<String, Failure> {
    Ok(from_no_page(CONFIG)?.to_string())
}

/// A conversation, one message after the other.
#[derive(Debug, Default)]
pub(crate) struct Conversation {
    session: Option<String>,
    said: u32,
}

impl Conversation {
    /// The event of the next message.
    ///
    /// # Errors
    ///
    /// When the event file is no JSON.
    pub(crate) fn next(&mut self) -> Result<String, Failure> {
        self.said += 1;
        let mut body = json!({ "message": SAID, "clientMessageId": format!("message-{}", self.said) });
        if let Some(session) = &self.session {
            body["sessionId"] = json!(session);
        }
        let mut event = from_no_page(MESSAGE)?;
        event["body"] = json!(body.to_string());
        Ok(event.to_string())
    }

    /// Takes the answer to the last message: a conversation goes on in its session.
    ///
    /// # Errors
    ///
    /// When the message was not answered.
    pub(crate) fn hear(&mut self, status: u64, body: &str) -> Result<(), Failure> {
        let told: Value = serde_json::from_str(body)?;
        if status != 200 || told["reply"].as_str().is_none_or(str::is_empty) {
            return Err(format!("a turn was not answered: {status} {body}").into());
        }
        self.session = told["sessionId"].as_str().map(str::to_owned);
        Ok(())
    }
}

/// The event of a caller that is no page of a site: the demo tenant allows only its own pages.
fn from_no_page(file: &str) -> Result<Value, Failure> {
    let mut event: Value = serde_json::from_str(file)?;
    for headers in ["headers", "multiValueHeaders"] {
        if let Some(headers) = event[headers].as_object_mut() {
            headers.shift_remove("Origin");
        }
    }
    Ok(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_goes_on_in_its_session() {
        let mut conversation = Conversation::default();
        assert!(!conversation.next().unwrap().contains("sessionId"));
        conversation.hear(200, r#"{ "sessionId": "s-1", "reply": "Hello!" }"#).unwrap();
        let next = conversation.next().unwrap();
        assert!(next.contains("s-1") && next.contains("message-2"), "{next}");
    }

    #[test]
    fn a_turn_without_an_answer_is_no_figure() {
        assert!(Conversation::default().hear(503, r#"{ "reply": "Hello!" }"#).is_err());
        assert!(Conversation::default().hear(200, r#"{ "reply": "" }"#).is_err());
    }

    #[test]
    fn events_come_from_no_page() {
        assert!(!config().unwrap().contains("\"Origin\""));
    }
}
