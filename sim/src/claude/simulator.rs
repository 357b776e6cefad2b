//! Simulator: receives requests, remembers them, and gives each its turn in the current mode.
//!
//! Decides who answers a request. Never what is answered, and never how that looks on the wire.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Response};
use axum::routing::post;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::watch;

use super::fault::{Fault, FaultKind};
use super::mode::{Answer, Mode};
use super::perform::Stage;
use super::tokens::PromptCache;
use super::transcript::Transcript;
use super::wire::{Refusal, id};
use super::{obedient, offline, validate};

/// How many requests are remembered; the oldest are forgotten first.
const REMEMBERED_REQUESTS: usize = 1_000;

/// The largest body that the service takes.
const MAX_BODY_BYTES: usize = 32 * 1024 * 1024;

/// What is said when every scripted answer has been given.
const SCRIPT_IS_OVER: &str = "The script is over: I have no further answers.";

/// A simulated Claude. Clones share everything, so that a test can steer the one that serves.
#[derive(Clone)]
pub struct Simulator {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// The pause before each streamed piece of the offline and the obedient assistant.
    pace: Duration,
    state: Mutex<Remembered>,
    /// Changes when answers that hang should end.
    let_go: watch::Sender<u64>,
}

#[derive(Default)]
struct Remembered {
    mode: Mode,
    /// How many requests met the current mode.
    answered: usize,
    /// How many requests were ever received: makes ids differ.
    received: u64,
    requests: VecDeque<Value>,
    cache: PromptCache,
}

/// Who answers a request.
enum Part {
    Script(Answer),
    Offline,
    Obedient,
    Fault(Fault),
}

impl Simulator {
    /// A simulator in [`Mode::Offline`] that takes the time from `clock`.
    pub fn new(clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self::with_pace(clock, Duration::ZERO)
    }

    /// The same, with a pause of `pace` before each streamed piece of the answers that it writes itself,
    /// so that people see them grow.
    pub fn with_pace(clock: impl Fn() -> Timestamp + Send + Sync + 'static, pace: Duration) -> Self {
        let shared = Shared { clock: Box::new(clock), pace, state: Mutex::default(), let_go: watch::Sender::new(0) };
        Self { shared: Arc::new(shared) }
    }

    /// The service's routes.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/v1/messages", post(receive).fallback(wrong_method))
            .fallback(absent)
            .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
            .with_state(self.clone())
    }

    /// Changes who answers from the next request on, and ends every answer that hangs.
    /// A script and a list of faults begin anew.
    pub fn set_mode(&self, mode: Mode) {
        let mut state = self.state();
        state.mode = mode;
        state.answered = 0;
        self.let_go(&state);
    }

    /// The bodies received, newest last; the newest 1,000. Those refused are among them.
    pub fn requests(&self) -> Vec<Value> {
        self.state().requests.iter().cloned().collect()
    }

    /// The newest body received.
    pub fn last_request(&self) -> Option<Value> {
        self.state().requests.back().cloned()
    }

    /// Forgets the requests and the prompt cache, and ends every answer that hangs. The mode stays.
    pub fn clear(&self) {
        let mut state = self.state();
        state.requests.clear();
        state.cache = PromptCache::default();
        self.let_go(&state);
    }

    /// Ends what hangs so far. Needs the lock, so that a request that comes after a change is not ended by it.
    fn let_go(&self, _locked: &MutexGuard<'_, Remembered>) {
        self.shared.let_go.send_modify(|times| *times = times.wrapping_add(1));
    }

    fn state(&self) -> MutexGuard<'_, Remembered> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes what the ids of one response are made of.
    fn seed(&self, body: &[u8]) -> String {
        let now = (self.shared.clock)();
        let mut state = self.state();
        state.received += 1;
        format!("{now}#{}#{:?}", state.received, digest(&SHA256, body))
    }

    async fn answer(&self, headers: &HeaderMap, body: &[u8]) -> Response<Body> {
        let seed = self.seed(body);
        let request_id = id("req_", &seed);
        let (part, stage, request) = match self.admit(headers, body, seed) {
            Ok(admitted) => admitted,
            Err(refusal) => return refusal.response(&request_id),
        };
        let transcript = Transcript::of(&request);
        let mut answer = match part {
            Part::Fault(fault) => return stage.fail(&fault).await,
            Part::Script(answer) => return stage.answer(&answer),
            Part::Obedient => obedient::answer(&transcript, (self.shared.clock)()),
            Part::Offline => offline::answer(&transcript, (self.shared.clock)()),
        };
        answer.delay_ms = u64::try_from(self.shared.pace.as_millis()).unwrap_or(u64::MAX);
        stage.answer(&answer)
    }

    /// Remembers and checks a request, counts its tokens, and says who answers it.
    fn admit(&self, headers: &HeaderMap, body: &[u8], seed: String) -> Result<(Part, Stage, Value), Refusal> {
        let request: Value = serde_json::from_slice(body)
            .map_err(|err| Refusal::invalid(format!("The request body is not valid JSON: {err}")))?;
        let now = (self.shared.clock)();
        let mut state = self.state();
        if state.requests.len() == REMEMBERED_REQUESTS {
            state.requests.pop_front();
        }
        state.requests.push_back(request.clone());
        let key = validate::headers(headers)?;
        validate::body(&request)?;
        let usage = state.cache.count(&key, &request, now);
        validate::size(&usage)?;
        let part = state.next_part(offline::is_housekeeping(&Transcript::of(&request)));
        let stage = Stage {
            request_id: id("req_", &seed),
            seed,
            model: request["model"].as_str().unwrap_or_default().to_owned(),
            max_tokens: request["max_tokens"].as_u64().unwrap_or(1),
            is_streamed: request["stream"] == true,
            usage,
            tools: Transcript::of(&request).tools,
            // Inside the lock: a mode set after this request ends it, one set before does not.
            let_go: self.shared.let_go.subscribe(),
        };
        Ok((part, stage, request))
    }
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Simulator")
            .field("mode", &state.mode)
            .field("received", &state.received)
            .finish_non_exhaustive()
    }
}

impl Remembered {
    /// Whose turn it is; it is then over. A script speaks to visitors: what the server asks for itself
    /// takes none of its answers.
    fn next_part(&mut self, is_housekeeping: bool) -> Part {
        if is_housekeeping && matches!(self.mode, Mode::Scripted(_)) {
            return Part::Offline;
        }
        let turn = self.answered;
        self.answered += 1;
        match &self.mode {
            Mode::Offline => Part::Offline,
            Mode::Obedient => Part::Obedient,
            Mode::Scripted(script) => {
                Part::Script(script.get(turn).cloned().unwrap_or_else(|| Answer::say(SCRIPT_IS_OVER)))
            }
            Mode::Faulty(faults) => fault_at(faults, turn).map_or(Part::Offline, Part::Fault),
        }
    }
}

/// The fault that request number `turn` meets, the first being 0.
fn fault_at(faults: &[Fault], turn: usize) -> Option<Fault> {
    let mut left = turn;
    for fault in faults {
        let repeat = usize::try_from(fault.repeat).unwrap_or(usize::MAX);
        // A loop of tools that ended by itself would prove nothing.
        if left < repeat || fault.kind == FaultKind::EndlessTools {
            return Some(fault.clone());
        }
        left -= repeat;
    }
    None
}

async fn receive(State(simulator): State<Simulator>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    simulator.answer(&headers, &body).await
}

async fn wrong_method(State(simulator): State<Simulator>) -> Response<Body> {
    let refusal = Refusal { status: 405, kind: "invalid_request_error", message: "Method Not Allowed".into() };
    refusal.response(&id("req_", &simulator.seed(b"")))
}

async fn absent(State(simulator): State<Simulator>) -> Response<Body> {
    Refusal::absent("Not Found").response(&id("req_", &simulator.seed(b"")))
}
