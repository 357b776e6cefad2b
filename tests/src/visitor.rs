//! A visitor: chats, confirms, and keeps the session id as a widget does.

use std::sync::{Mutex, PoisonError};

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use sim::claude::Answer;

use crate::{Desk, Frames, Reply};

/// Somebody at a business's widget.
#[derive(Debug)]
pub struct Visitor {
    http: Client,
    base_url: String,
    key: String,
    /// The page that asks; none: no browser.
    origin: Option<String>,
    session: Mutex<Option<String>>,
}

impl Visitor {
    pub(crate) fn new(http: Client, base_url: String, key: &str) -> Self {
        Self { http, base_url, key: key.to_owned(), origin: None, session: Mutex::default() }
    }

    /// The same visitor on a page of `origin`.
    #[must_use]
    pub fn on(self, origin: &str) -> Self {
        Self { origin: Some(origin.to_owned()), ..self }
    }

    /// The same visitor with this session id, as after a reload of the page.
    #[must_use]
    pub fn with_session(self, session: &str) -> Self {
        Self { session: Mutex::new(Some(session.to_owned())), ..self }
    }

    /// The session id, once there is one.
    #[must_use]
    pub fn session(&self) -> Option<String> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The conversation that the session is of.
    #[must_use]
    pub fn conversation(&self) -> Option<String> {
        self.session()?.split_once('.').map(|(conversation, _)| conversation.to_owned())
    }

    /// A request with the visitor's headers, for what this type has no word for.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request =
            self.http.request(method, format!("{}{path}", self.base_url)).header("x-tenant-key", &self.key);
        if let Some(origin) = &self.origin {
            request = request.header("origin", origin);
        }
        request
    }

    /// Asks for a path, with the session in its header.
    pub async fn get(&self, path: &str) -> Reply {
        let mut request = self.request(Method::GET, path);
        if let Some(session) = self.session() {
            request = request.header("x-session-id", session);
        }
        Reply::of(request).await
    }

    /// Sends `body` with the session in it, and keeps a new one.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        let reply = Reply::of(self.request(Method::POST, path).json(&self.with_own(body))).await;
        if let Some(session) = reply.body["sessionId"].as_str() {
            self.keep(session);
        }
        reply
    }

    /// Opens the widget.
    pub async fn begin(&self) -> Reply {
        self.post("/v1/public/chat/sessions", json!({})).await
    }

    /// Says something and waits for the whole answer.
    pub async fn say(&self, text: &str) -> Reply {
        self.post("/v1/public/chat/message", json!({ "message": text })).await
    }

    /// Says something and gives the words of the answer.
    pub async fn hear(&self, text: &str) -> String {
        self.say(text).await.ok()["reply"].as_str().expect("a reply").to_owned()
    }

    /// Says something under a name of its own, so that saying it again is the same message.
    pub async fn say_as(&self, client_message_id: &str, text: &str) -> Reply {
        self.post("/v1/public/chat/message", json!({ "message": text, "clientMessageId": client_message_id })).await
    }

    /// Says something and reads the answer as it comes.
    pub async fn stream(&self, text: &str) -> Frames {
        self.stream_request(json!({ "message": text }), None).await
    }

    /// Says something under a name of its own; `after` is the last frame that arrived before a cut.
    pub async fn stream_as(&self, client_message_id: &str, text: &str, after: Option<u64>) -> Frames {
        self.stream_request(json!({ "message": text, "clientMessageId": client_message_id }), after).await
    }

    async fn stream_request(&self, body: Value, after: Option<u64>) -> Frames {
        let mut request = self.request(Method::POST, "/v1/public/chat/message/stream").json(&self.with_own(body));
        if let Some(id) = after {
            request = request.header("last-event-id", id);
        }
        let mut frames = Frames::of(request.send().await.expect("the desk answers"));
        if let Some(session) = frames.session().await {
            self.keep(&session);
        }
        frames
    }

    /// Presses Confirm.
    pub async fn confirm(&self, proposal: &str) -> Reply {
        self.post(&format!("/v1/public/chat/confirm/{proposal}"), json!({})).await
    }

    /// Presses Decline.
    pub async fn decline(&self, proposal: &str) -> Reply {
        self.post(&format!("/v1/public/chat/decline/{proposal}"), json!({})).await
    }

    /// The conversation as the widget shows it.
    pub async fn messages(&self) -> Value {
        self.get("/v1/public/chat/messages").await.ok()
    }

    /// Who said what so far.
    pub async fn history(&self) -> Vec<(String, String)> {
        let told = self.messages().await;
        let text = |message: &Value, field: &str| message[field].as_str().expect("a text").to_owned();
        let messages = told["messages"].as_array().expect("messages");
        messages.iter().map(|message| (text(message, "sender"), text(message, "content"))).collect()
    }

    /// Proves `email` with the code that is mailed there.
    pub async fn prove(&self, desk: &Desk, email: &str) {
        let asked = self.post("/v1/public/chat/email/code", json!({ "email": email })).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        let mails = desk.mails(email).await;
        let text = mails.last().and_then(|mail| mail["text"].as_str()).expect("a mail with a code");
        let code = text.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 6).expect("six digits");
        let verified = self.post("/v1/public/chat/email/verify", json!({ "code": code })).await.ok();
        assert_eq!(verified["verified"], true);
    }

    /// What a tool answers that the assistant calls with `input`, word for word.
    pub async fn tool(&self, desk: &Desk, name: &str, input: Value) -> String {
        desk.script([Answer::call(name, input), Answer::say("I see.")]);
        self.say("Please have a look.").await.ok();
        let request = desk.claude().requests().pop().expect("the assistant was asked");
        let newest = request["messages"].as_array().and_then(|messages| messages.last()).expect("messages").clone();
        let content = &newest["content"][0]["content"];
        let text = content.as_str().or_else(|| content[0]["text"].as_str());
        text.unwrap_or_else(|| panic!("no tool was called: {newest}")).to_owned()
    }

    /// The free slots of a package, as the assistant is told of them: each with its `slotId`.
    pub async fn slots(&self, desk: &Desk, package: &str, from: &str, days: u8) -> Vec<Value> {
        let call = Answer::call("check_availability", json!({ "packageId": package, "from": from, "days": days }));
        desk.script([call, Answer::say("These are free.")]);
        let said = self.say("What is free?").await.ok();
        let told = desk.claude().last_request().map(|request| tool_results(&request)).unwrap_or_default();
        let told = told.last().unwrap_or_else(|| panic!("no tool was called: {said}"));
        told["slots"].as_array().cloned().unwrap_or_default()
    }

    /// Lets the assistant prepare a booking of a slot, and gives its proposal.
    pub async fn propose(&self, desk: &Desk, slot: &str, email: &str) -> Value {
        let input = json!({ "slotId": slot, "customerName": "Ann Lee", "customerEmail": email });
        desk.script([Answer::call("book_package", input), Answer::say("Please confirm.")]);
        self.say("I take it.").await.ok()["proposal"].clone()
    }

    /// Books the first free slot of a package from `from` on: proposed and confirmed, not paid.
    pub async fn book(&self, desk: &Desk, package: &str, from: &str, email: &str) -> Value {
        let slots = self.slots(desk, package, from, 7).await;
        let slot = slots.first().and_then(|slot| slot["slotId"].as_str()).expect("a free slot");
        let proposal = self.propose(desk, slot, email).await;
        self.confirm(proposal["id"].as_str().unwrap_or_else(|| panic!("no proposal: {proposal}"))).await.ok()
    }

    fn with_own(&self, mut body: Value) -> Value {
        if let (Some(session), Some(members)) = (self.session(), body.as_object_mut()) {
            members.entry("sessionId").or_insert(json!(session));
        }
        body
    }

    fn keep(&self, session: &str) {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(session.to_owned());
    }
}

/// What the tools of the newest round answered, in order.
fn tool_results(request: &Value) -> Vec<Value> {
    let newest = request["messages"].as_array().and_then(|messages| messages.last());
    let blocks = newest.and_then(|message| message["content"].as_array()).cloned().unwrap_or_default();
    let results = blocks.iter().filter(|block| block["type"] == "tool_result");
    results
        .filter_map(|block| {
            let text = block["content"].as_str().or_else(|| block["content"][0]["text"].as_str())?;
            serde_json::from_str(text).ok()
        })
        .collect()
}
