//! A receiver of webhooks on this machine: keeps what it hears, and answers as it is told.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use local::tasks::Tasks;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// What somebody sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    headers: HeaderMap,
    /// The body, to the byte.
    pub body: String,
}

impl Request {
    /// A header's text; empty when there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

struct Ears {
    heard: Mutex<Vec<Request>>,
    status: Mutex<u16>,
    retry_after: Mutex<Option<u32>>,
    /// Whoever asks waits for one of these.
    doors: Semaphore,
}

/// The receiver.
#[derive(Clone)]
pub struct Receiver {
    /// Where it listens.
    pub url: String,
    ears: Arc<Ears>,
}

impl Receiver {
    /// One that takes everything; `tasks` run it.
    pub async fn open(tasks: &Tasks) -> Self {
        let ears = Arc::new(Ears {
            heard: Mutex::default(),
            status: Mutex::new(204),
            retry_after: Mutex::default(),
            doors: Semaphore::new(Semaphore::MAX_PERMITS),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new().fallback(hear).with_state(Arc::clone(&ears));
        tasks.spawn(async move { drop(axum::serve(listener, router).await) });
        Self { url, ears }
    }

    /// All that was sent so far, oldest first.
    #[must_use]
    pub fn heard(&self) -> Vec<Request> {
        self.ears.heard.lock().unwrap().clone()
    }

    /// Answers with this status from now on.
    pub fn answer_with(&self, status: u16) {
        *self.ears.status.lock().unwrap() = status;
    }

    /// Asks to be left alone for so long from now on.
    pub fn ask_for_a_pause(&self, seconds: u32) {
        *self.ears.retry_after.lock().unwrap() = Some(seconds);
    }

    /// Answers nobody from now on.
    pub fn hang(&self) {
        self.ears.doors.close();
    }
}

async fn hear(State(ears): State<Arc<Ears>>, headers: HeaderMap, body: Bytes) -> Response {
    ears.heard.lock().unwrap().push(Request { headers, body: String::from_utf8(body.to_vec()).unwrap() });
    if ears.doors.acquire().await.is_err() {
        std::future::pending::<()>().await;
    }
    let status = StatusCode::from_u16(*ears.status.lock().unwrap()).unwrap();
    match *ears.retry_after.lock().unwrap() {
        Some(seconds) => (status, [("retry-after", seconds.to_string())]).into_response(),
        None => status.into_response(),
    }
}
