//! A stream of Server-Sent Events, read as a browser does.

use reqwest::{Response, StatusCode};
use serde_json::Value;

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// What a resuming client sends back.
    pub id: Option<u64>,
    /// The event's name.
    pub event: String,
    /// What it carries.
    pub data: Value,
}

/// An answer that comes bit by bit. Dropping it is a client that leaves.
#[derive(Debug)]
pub struct Frames {
    response: Response,
    buffer: Vec<u8>,
    /// Read ahead to learn the session, and still to be given.
    ahead: Vec<Frame>,
}

impl Frames {
    pub(crate) const fn of(response: Response) -> Self {
        Self { response, buffer: Vec::new(), ahead: Vec::new() }
    }

    /// The answer's status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// The session id, if the first event names one.
    pub(crate) async fn session(&mut self) -> Option<String> {
        if !self.status().is_success() {
            return None;
        }
        let first = self.next().await?;
        let session = first.data["sessionId"].as_str().map(str::to_owned);
        self.ahead.push(first);
        session
    }

    /// The next event; none at the end, also when that came too soon.
    pub async fn next(&mut self) -> Option<Frame> {
        if let Some(frame) = self.ahead.pop() {
            return Some(frame);
        }
        loop {
            if let Some(end) = self.buffer.windows(2).position(|two| two == b"\n\n") {
                let text: Vec<u8> = self.buffer.drain(..end + 2).collect();
                match parse(&String::from_utf8_lossy(&text)) {
                    Some(frame) => return Some(frame),
                    None => continue, // A comment.
                }
            }
            let bytes = self.response.chunk().await.ok().flatten()?;
            self.buffer.extend_from_slice(&bytes);
        }
    }

    /// Every event that is still to come.
    pub async fn all(mut self) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(frame) = self.next().await {
            frames.push(frame);
        }
        frames
    }

    /// The next event of that name; those before it are passed over.
    ///
    /// # Panics
    ///
    /// When the stream ends without one.
    pub async fn next_named(&mut self, name: &str) -> Frame {
        loop {
            let frame = self.next().await.unwrap_or_else(|| panic!("the stream ended without an event {name}"));
            if frame.event == name {
                return frame;
            }
        }
    }

    /// The whole text of the answer.
    pub async fn text(self) -> String {
        words(&self.all().await)
    }

    /// What is left of an answer that was no stream, as a problem.
    pub async fn body(mut self) -> Value {
        while let Ok(Some(bytes)) = self.response.chunk().await {
            self.buffer.extend_from_slice(&bytes);
        }
        serde_json::from_slice(&self.buffer).unwrap_or_default()
    }
}

/// All words of some events.
#[must_use]
pub fn words(frames: &[Frame]) -> String {
    frames.iter().filter(|frame| frame.event == "text").filter_map(|frame| frame.data["content"].as_str()).collect()
}

/// Reads what stands before a blank line. None when it holds comments only.
///
/// Browsers end lines at a CR as well and join repeated fields, so a frame of ours has neither.
fn parse(text: &str) -> Option<Frame> {
    assert!(!text.contains('\r'), "a CR would end a line: {text:?}");
    let names: Vec<&str> = text.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name).collect();
    let known = ["id", "event", "data"].map(|name| names.iter().filter(|given| **given == name).count());
    assert!(known.iter().all(|count| *count <= 1), "a field is there twice: {text:?}");
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    let data = serde_json::from_str(field("data: ")?).expect("the data is JSON");
    let id = field("id: ").and_then(|id| id.parse().ok());
    Some(Frame { id, event: field("event: ").unwrap_or("message").to_owned(), data })
}
