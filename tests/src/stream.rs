//! A stream: the events of one streamed answer, read as the standard of Server-Sent Events tells a browser to.

use std::collections::VecDeque;

use serde_json::Value;

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its id, if it has one.
    pub id: Option<u64>,
    /// Its name, as `text`.
    pub name: String,
    /// Its data.
    pub data: Value,
}

/// A streamed answer that is being read. Dropping it hangs up.
#[derive(Debug)]
pub struct Stream {
    response: reqwest::Response,
    unread: Vec<u8>,
    ready: VecDeque<Event>,
}

impl Stream {
    pub(crate) fn new(response: reqwest::Response) -> Self {
        assert_eq!(response.status(), 200, "{response:?}");
        let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
        assert_eq!(content_type, Some("text/event-stream; charset=utf-8"));
        Self { response, unread: Vec::new(), ready: VecDeque::new() }
    }

    /// The next event, as soon as it arrives; none at the end.
    ///
    /// # Panics
    ///
    /// When what arrives is no stream of events.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            let chunk = self.response.chunk().await.expect("the stream goes on to its end")?;
            self.unread.extend_from_slice(&chunk);
            self.read();
        }
    }

    /// The next event of that name; those before it are passed over.
    ///
    /// # Panics
    ///
    /// When the stream ends before.
    pub async fn next_named(&mut self, name: &str) -> Event {
        loop {
            let event = self.next().await.unwrap_or_else(|| panic!("the stream ended without an event {name}"));
            if event.name == name {
                return event;
            }
        }
    }

    /// All events up to the end.
    pub async fn rest(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        assert!(self.unread.is_empty(), "the stream ends within an event: {:?}", String::from_utf8_lossy(&self.unread));
        events
    }

    /// Reads the whole events out of what has arrived. A blank line ends one; lines end with CR, LF or both.
    fn read(&mut self) {
        while let Some((length, block)) = first_block(&self.unread) {
            self.unread.drain(..length);
            self.ready.extend(event(&block));
        }
    }
}

/// The first block of lines that a blank line ends, and how many bytes both take.
fn first_block(bytes: &[u8]) -> Option<(usize, Vec<String>)> {
    let mut lines = Vec::new();
    let (mut begin, mut at) = (0, 0);
    while at < bytes.len() {
        let end = match bytes[at] {
            b'\n' => at + 1,
            // A line feed may still belong to it.
            b'\r' => match bytes.get(at + 1)? {
                b'\n' => at + 2,
                _ => at + 1,
            },
            _ => {
                at += 1;
                continue;
            }
        };
        if begin == at {
            return Some((end, lines));
        }
        lines.push(String::from_utf8(bytes[begin..at].to_vec()).expect("a stream of events is UTF-8"));
        (begin, at) = (end, end);
    }
    None
}

/// The event of a block; none when it holds comments only.
fn event(lines: &[String]) -> Option<Event> {
    let (mut id, mut name, mut data) = (None, "message".to_owned(), Vec::new());
    for line in lines {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => id = Some(value.parse().expect("ids are numbers")),
            "event" => value.clone_into(&mut name),
            "data" => data.push(value),
            "" => {}
            other => panic!("a field {other} that is not ours"),
        }
    }
    let is_event = id.is_some() || !data.is_empty();
    is_event.then(|| Event { id, name, data: serde_json::from_str(&data.join("\n")).expect("data is JSON") })
}

/// All words of some events.
#[must_use]
pub fn words(events: &[Event]) -> String {
    events.iter().filter(|event| event.name == "text").filter_map(|event| event.data["content"].as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_end_of_the_standard_is_understood() {
        for end in ["\n", "\r\n"] {
            let text = ["id: 1", "event: text", "data: {}", "", ": ping", "", "id: 2"].join(end);
            let (length, block) = first_block(text.as_bytes()).unwrap();
            assert_eq!(event(&block), Some(Event { id: Some(1), name: "text".into(), data: serde_json::json!({}) }));
            let (_, ping) = first_block(&text.as_bytes()[length..]).unwrap();
            assert_eq!(event(&ping), None);
        }
        assert_eq!(first_block(b"id: 1\r\rx").unwrap().0, 7);
        assert_eq!(first_block(b"id: 1\ndata: {}\n"), None);
    }
}
