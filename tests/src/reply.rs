//! What the desk answered.

use std::fmt;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer, whole: status, headers and body. Bodies that are no JSON are kept as a string.
#[derive(Clone, PartialEq)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; null when there was none.
    pub body: Value,
    /// The body, to the byte.
    pub text: String,
}

impl Reply {
    /// Sends a request and reads its answer.
    pub async fn of(sent: reqwest::RequestBuilder) -> Self {
        let response = sent.send().await.expect("the desk answers");
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("the answer comes to its end");
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.clone()))
        };
        Self { status, headers, body, text }
    }

    /// The body of an answer that went well.
    ///
    /// # Panics
    ///
    /// When it did not.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        self.body
    }

    /// The body of an answer that was refused with this status and code.
    ///
    /// # Panics
    ///
    /// When it was not.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status.as_u16(), self.body["code"].as_str()), (status, Some(code)), "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        self.body
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The answer as two callers could compare it: without what differs between any two requests.
    pub fn comparable(&self) -> (u16, Value) {
        let mut body = self.body.clone();
        if let Some(members) = body.as_object_mut() {
            members.remove("requestId");
        }
        (self.status.as_u16(), body)
    }

    /// All that a caller can see of the answer, to the byte: status, headers and body, without the date and
    /// the request's own id.
    pub fn face(&self) -> String {
        let seen = self.headers.iter().filter(|(name, _)| *name != "date");
        let mut headers: Vec<String> =
            seen.map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))).collect();
        headers.sort_unstable();
        let text = match self.body["requestId"].as_str() {
            Some(id) => self.text.replace(id, ""),
            None => self.text.clone(),
        };
        format!("{}\n{}\n\n{text}", self.status, headers.join("\n"))
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:#}", self.status, self.body)
    }
}
