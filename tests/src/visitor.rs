//! A visitor: chats with one business in one session, and presses Confirm.

use jiff::civil::Date;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::assistant::{call, say, script};
use crate::desk::Desk;
use crate::reply::Reply;
use crate::stream::Stream;

const MESSAGE: &str = "/v1/public/chat/message";
const STREAM: &str = "/v1/public/chat/message/stream";

/// Somebody with an open chat.
#[derive(Debug, Clone)]
pub struct Visitor<'a> {
    desk: &'a Desk,
    /// The business's public key.
    pub key: String,
    /// The secret of the session.
    pub session: String,
    /// The conversation's public id.
    pub conversation: String,
}

/// A free time that was offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The opaque id.
    pub id: String,
    /// When, for people.
    pub label: String,
}

/// What is to be confirmed.
#[derive(Debug, Clone)]
pub struct Card {
    /// The proposal's id.
    pub id: String,
    /// The whole proposal.
    pub told: Value,
}

impl<'a> Visitor<'a> {
    pub(crate) async fn open(desk: &'a Desk, key: &str) -> Self {
        let request = desk.request(Method::POST, "/v1/public/chat/sessions").header("x-tenant-key", key);
        let begun = desk.send(request.json(&json!({}))).await;
        assert_eq!(begun.status, 201, "{begun:?}");
        let begun = begun.json();
        let text = |field: &str| begun[field].as_str().expect("a text").to_owned();
        Self { desk, key: key.to_owned(), session: text("sessionId"), conversation: text("conversationId") }
    }

    /// The same session at another business.
    #[must_use]
    pub fn at(&self, key: &str) -> Self {
        Self { key: key.to_owned(), ..self.clone() }
    }

    /// The same business with another session.
    #[must_use]
    pub fn with_session(&self, session: &str) -> Self {
        Self { session: session.to_owned(), ..self.clone() }
    }

    /// A request with the business's key.
    #[must_use]
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.desk.request(method, path).header("x-tenant-key", &self.key)
    }

    /// Posts `body` with the session in it.
    pub async fn post(&self, path: &str, mut body: Value) -> Reply {
        body["sessionId"] = json!(self.session);
        self.desk.send(self.request(Method::POST, path).json(&body)).await
    }

    /// Sends a message, whatever comes of it.
    pub async fn try_say(&self, text: &str) -> Reply {
        self.post(MESSAGE, json!({ "message": text })).await
    }

    /// Sends a message under the client's own id, whatever comes of it.
    pub async fn try_say_as(&self, text: &str, client_id: &str) -> Reply {
        self.post(MESSAGE, json!({ "message": text, "clientMessageId": client_id })).await
    }

    /// Sends a message and reads the answer.
    pub async fn say(&self, text: &str) -> Value {
        self.try_say(text).await.good().json()
    }

    /// Sends a message and reads the words of the answer.
    pub async fn hear(&self, text: &str) -> String {
        self.say(text).await["reply"].as_str().expect("a reply").to_owned()
    }

    /// Sends a message and reads its answer as it comes.
    pub async fn stream(&self, text: &str, client_id: &str) -> Stream {
        self.listen(text, client_id, None).await
    }

    /// Comes back for what was missed after the event `last`.
    pub async fn resume(&self, text: &str, client_id: &str, last: u64) -> Stream {
        self.listen(text, client_id, Some(last)).await
    }

    async fn listen(&self, text: &str, client_id: &str, last: Option<u64>) -> Stream {
        let body = json!({ "sessionId": self.session, "message": text, "clientMessageId": client_id });
        let mut request = self.request(Method::POST, STREAM).json(&body);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        Stream::new(request.send().await.expect("the desk answers"))
    }

    /// What was said so far, whatever comes of it.
    pub async fn try_history(&self) -> Reply {
        let request = self.request(Method::GET, "/v1/public/chat/messages").header("x-session-id", &self.session);
        self.desk.send(request).await
    }

    /// What was said so far, as sender and words.
    pub async fn history(&self) -> Vec<(String, String)> {
        let told = self.try_history().await.good().json();
        let text = |message: &Value, field: &str| message[field].as_str().expect("a text").to_owned();
        let messages = told["messages"].as_array().expect("messages");
        messages.iter().map(|message| (text(message, "sender"), text(message, "content"))).collect()
    }

    /// Confirms a proposal, whatever comes of it.
    pub async fn confirm(&self, proposal: &str) -> Reply {
        self.post(&format!("/v1/public/chat/confirm/{proposal}"), json!({})).await
    }

    /// Declines a proposal, whatever comes of it.
    pub async fn decline(&self, proposal: &str) -> Reply {
        self.post(&format!("/v1/public/chat/decline/{proposal}"), json!({})).await
    }

    /// Proves `email` with the code that is mailed there.
    pub async fn prove(&self, email: &str) {
        let asked = self.post("/v1/public/chat/email/code", json!({ "email": email })).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        self.desk.drain().await;
        let code = self.mailed_code(email).await;
        let proven = self.post("/v1/public/chat/email/verify", json!({ "code": code })).await.good().json();
        assert_eq!(proven, json!({ "verified": true }));
    }

    /// The newest six digits that were mailed to `email`.
    pub async fn mailed_code(&self, email: &str) -> String {
        let mails = self.desk.mails_to(email).await;
        let text = mails.last().expect("a mail with a code")["text"].as_str().expect("text");
        let codes: Vec<&str> = text
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .filter(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()))
            .collect();
        assert_eq!(codes.len(), 1, "one code in {text}");
        codes[0].to_owned()
    }

    /// The result of one tool that a scripted model calls in a turn of its own.
    pub async fn tool(&self, name: &str, input: Value) -> String {
        self.desk.assistant(script([call(name, input), say("I see.")])).await;
        let _ = self.say("Please have a look.").await;
        let calls = self.desk.model_calls().await;
        let messages = calls.last().expect("a call")["messages"].as_array().expect("messages");
        let result = &messages.last().expect("a message")["content"][0];
        assert_eq!(result["type"], "tool_result", "{messages:?}");
        match &result["content"] {
            Value::String(text) => text.clone(),
            blocks => blocks[0]["text"].as_str().expect("a text").to_owned(),
        }
    }

    /// The free times of a package on some days from `from`.
    pub async fn slots(&self, package: &str, from: Date, days: u8) -> Vec<Slot> {
        let wish = json!({ "packageId": package, "from": from.to_string(), "days": days });
        let found = self.tool("check_availability", wish).await;
        let found: Value = serde_json::from_str(&found).unwrap_or_else(|_| panic!("no slots: {found}"));
        let text = |slot: &Value, field: &str| slot[field].as_str().expect("a text").to_owned();
        let slots = found["slots"].as_array().expect("slots").iter();
        slots.map(|slot| Slot { id: text(slot, "slotId"), label: text(slot, "label") }).collect()
    }

    /// Lets a scripted model prepare a change, and gives the card that is shown.
    pub async fn propose(&self, tool: &str, input: Value) -> Card {
        self.desk.assistant(script([call(tool, input), say("Please confirm.")])).await;
        let told = self.say("Please prepare it.").await;
        let card = &told["proposal"];
        let id = card["id"].as_str().unwrap_or_else(|| panic!("no card in {told}")).to_owned();
        Card { id, told: card.clone() }
    }

    /// Books the `nth` free time of a package from `from` on, and gives what Confirm answered.
    pub async fn book(&self, package: &str, from: Date, nth: usize, email: &str) -> Value {
        let slot = self.slots(package, from, 7).await.get(nth).expect("a free time").clone();
        let wish = json!({ "slotId": slot.id, "customerName": "Ann Lee", "customerEmail": email });
        let card = self.propose("book_package", wish).await;
        self.confirm(&card.id).await.good().json()
    }
}
