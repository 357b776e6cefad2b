//! A reply: status, headers and body of one answer, all read. Judges only what it is asked to.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// One answer over HTTP.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, as text.
    pub body: String,
}

impl Reply {
    /// Reads `response` to its end.
    pub(crate) async fn read(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, body: response.text().await.expect("the body is text") }
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The same reply, which must have succeeded.
    ///
    /// # Panics
    ///
    /// When its status is not one of 2xx.
    #[must_use]
    pub fn good(self) -> Self {
        assert!((200..300).contains(&self.status), "{self:?}");
        self
    }

    /// The body of a problem, which must have this status and code and be a whole problem.
    ///
    /// # Panics
    ///
    /// When it is another one, or none.
    #[must_use]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{self:?}");
        assert_eq!(problem["status"], status, "{self:?}");
        for member in ["type", "title", "detail", "requestId"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member} of {self:?}");
        }
        problem
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Everything that a caller can tell two answers apart by: status, headers and body, without the
    /// request's own id and the date.
    #[must_use]
    pub fn face(&self) -> String {
        let mut headers: Vec<String> = self
            .headers
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "date"))
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
            .collect();
        headers.sort_unstable();
        let mut body = self.body.clone();
        let id = serde_json::from_str::<Value>(&self.body).ok();
        if let Some(id) = id.as_ref().and_then(|body| body["requestId"].as_str()) {
            body = body.replace(id, "");
        }
        format!("{}\n{}\n\n{body}", self.status, headers.join("\n"))
    }
}
