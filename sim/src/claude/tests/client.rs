//! A client that notes what arrives, chunk by chunk.

use reqwest::Response;
use serde_json::{Value, json};

use super::super::{Mode, Simulator};

/// A simulator that serves, and somebody who asks it.
pub(super) struct World {
    pub(super) simulator: Simulator,
    url: String,
    client: reqwest::Client,
}

/// What came back.
#[derive(Debug, Default)]
pub(super) struct Received {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) request_id: String,
    pub(super) retry_after: Option<String>,
    pub(super) chunks: Vec<Vec<u8>>,
    /// The connection dropped before the end.
    pub(super) is_broken: bool,
}

impl Received {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.chunks.concat()).into_owned()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text()).unwrap()
    }

    /// The name and data of each event.
    pub(super) fn events(&self) -> Vec<(String, Value)> {
        let text = self.text();
        let frames = text.split("\n\n").filter_map(|frame| frame.split_once("\ndata: "));
        frames
            .filter_map(|(name, data)| {
                let name = name.rsplit_once("event: ")?.1.to_owned();
                Some((name, serde_json::from_str(data).unwrap_or(Value::Null)))
            })
            .collect()
    }

    /// The values of `field` in all deltas, in order.
    pub(super) fn deltas(&self, field: &str) -> Vec<String> {
        let events = self.events();
        events.iter().filter_map(|(_, data)| data["delta"][field].as_str().map(str::to_owned)).collect()
    }

    pub(super) fn stop_reason(&self) -> String {
        self.deltas("stop_reason").concat()
    }
}

/// A world whose clock stands still, in `mode`.
#[expect(clippy::disallowed_methods, reason = "nothing here is frozen after a response")]
pub(super) async fn world(mode: Mode) -> World {
    let simulator = Simulator::new(|| "2026-11-21T13:05:00Z".parse().unwrap());
    simulator.set_mode(mode);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/messages", listener.local_addr().unwrap());
    let router = simulator.router();
    // Ends with the test's runtime.
    tokio::spawn(async move { axum::serve(listener, router).await });
    World { simulator, url, client: reqwest::Client::new() }
}

/// An orderly request with these words.
pub(super) fn request(text: &str) -> Value {
    json!({
        "model": "claude-haiku-4-5",
        "max_tokens": 1024,
        "system": "You are the front desk.\nToday is Saturday 2026-11-21, 14:05 in Europe/Berlin.",
        "tools": [
            { "name": "check_availability", "input_schema": { "type": "object" } },
            { "name": "list_packages", "input_schema": { "type": "object" } },
        ],
        "messages": [{ "role": "user", "content": text }],
    })
}

impl World {
    /// Asks for a stream.
    pub(super) async fn stream(&self, text: &str) -> Received {
        let mut body = request(text);
        body["stream"] = json!(true);
        self.post(body.to_string()).await
    }

    /// Asks for a whole answer.
    pub(super) async fn ask(&self, text: &str) -> Received {
        self.post(request(text).to_string()).await
    }

    /// Sends `body` and reads all that comes.
    pub(super) async fn post(&self, body: String) -> Received {
        read(self.send(body).await).await
    }

    /// Sends `body` and waits only for the head of the response.
    pub(super) async fn send(&self, body: String) -> Response {
        self.request().body(body).send().await.unwrap()
    }

    /// A request with the right headers and no body.
    pub(super) fn request(&self) -> reqwest::RequestBuilder {
        self.bare().header("x-api-key", "sk-test").header("anthropic-version", "2023-06-01")
    }

    /// A request with no headers but the content's type.
    pub(super) fn bare(&self) -> reqwest::RequestBuilder {
        self.client.post(&self.url).header("content-type", "application/json")
    }

    /// A request to another place, or with another verb.
    pub(super) async fn get(&self, suffix: &str) -> Received {
        read(self.client.get(format!("{}{suffix}", self.url)).send().await.unwrap()).await
    }
}

/// Reads a response to its end.
pub(super) async fn read(mut response: Response) -> Received {
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut received = Received {
        status: response.status().as_u16(),
        content_type: header("content-type").unwrap_or_default(),
        request_id: header("request-id").unwrap_or_default(),
        retry_after: header("retry-after"),
        ..Received::default()
    };
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => received.chunks.push(chunk.to_vec()),
            Ok(None) => return received,
            Err(_) => {
                received.is_broken = true;
                return received;
            }
        }
    }
}
