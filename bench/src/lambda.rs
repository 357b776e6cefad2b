//! Lambda: starts a function as Lambda would, hands it events and takes its answers.
//!
//! Speaks the Runtime API over loopback. One event at a time, as one environment gets them.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::{Listener as _, ListenerExt as _};
use local::tasks::Tasks;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use crate::{Failure, process};

/// How long a function may take over anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// When an invocation would be cut off, in milliseconds since 1970: never in a run.
const DEADLINE_MS: &str = "4102444800000";

/// What something cost.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    /// Processor time of the function.
    pub cpu: Duration,
    /// Time that passed.
    pub wall: Duration,
}

/// An answer of a function behind API Gateway.
#[derive(Debug)]
pub(crate) struct Answer {
    /// What it cost, until the function waits again.
    pub cost: Cost,
    /// The HTTP status.
    pub status: u64,
    /// The HTTP body.
    pub body: String,
}

/// A function that runs. Dropping it ends it.
pub(crate) struct Function {
    process: Running,
    heard: mpsc::UnboundedReceiver<Heard>,
    ready: oneshot::Sender<String>,
    /// From its start to when it asked for its first event.
    pub init: Cost,
}

impl Function {
    /// Starts `executable` with the variables `environment` and no others, and waits until it is ready.
    ///
    /// # Errors
    ///
    /// When it cannot start, or says so.
    pub(crate) async fn start(executable: &Path, environment: &[(String, String)]) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?.tap_io(|stream| drop(stream.set_nodelay(true)));
        let address = listener.local_addr()?;
        let (tell, mut heard) = mpsc::unbounded_channel();
        let tasks = Tasks::default();
        tasks.spawn(async move {
            // Ends with the function.
            drop(axum::serve(listener, runtime_api(tell)).await);
        });
        let mut command = Command::new(executable);
        command
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "bench")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "bench")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "bench")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let started = Instant::now();
        let process = Running { child: command.spawn()?, tasks };
        let (at, ready) = next_ready(&mut heard).await?;
        let init = Cost { cpu: process.cpu()?, wall: at - started };
        Ok(Self { process, heard, ready, init })
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.process.child.id()
    }

    /// Hands it an event and takes the answer.
    ///
    /// # Errors
    ///
    /// When it fails or takes too long.
    pub(crate) async fn call(&mut self, event: String) -> Result<Answer, Failure> {
        let before = self.process.cpu()?;
        let (never, _) = oneshot::channel();
        let ready = std::mem::replace(&mut self.ready, never);
        let given = Instant::now();
        ready.send(event).map_err(|_| "the function no longer waits for an event")?;
        let (answered, body) = match next(&mut self.heard).await? {
            Heard::Answered { at, body } => (at, body),
            Heard::Failed(why) => return Err(why.into()),
            Heard::Ready { .. } => return Err("the function asks for more before it has answered".into()),
        };
        (_, self.ready) = next_ready(&mut self.heard).await?;
        let cost = Cost { cpu: self.process.cpu()?.saturating_sub(before), wall: answered - given };
        let told: Value = serde_json::from_str(&body)?;
        let body = told["body"].as_str().unwrap_or_default().to_owned();
        Ok(Answer { cost, status: told["statusCode"].as_u64().unwrap_or_default(), body })
    }
}

/// A process and the tasks that serve it.
struct Running {
    child: Child,
    tasks: Tasks,
}

impl Running {
    fn cpu(&self) -> std::io::Result<Duration> {
        process::cpu(self.child.id())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.tasks.abort();
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What a function says to the Runtime API, and when.
enum Heard {
    /// It waits for an event.
    Ready { at: Instant, give: oneshot::Sender<String> },
    /// It has answered.
    Answered { at: Instant, body: String },
    /// It could not start, or could not answer.
    Failed(String),
}

async fn next(heard: &mut mpsc::UnboundedReceiver<Heard>) -> Result<Heard, Failure> {
    let next = tokio::time::timeout(PATIENCE, heard.recv()).await;
    next.map_err(|_| "the function ended or takes too long")?.ok_or_else(|| "nobody serves the function".into())
}

async fn next_ready(heard: &mut mpsc::UnboundedReceiver<Heard>) -> Result<(Instant, oneshot::Sender<String>), Failure> {
    match next(heard).await? {
        Heard::Ready { at, give } => Ok((at, give)),
        Heard::Answered { body, .. } => Err(format!("the function answers what it was not asked: {body}").into()),
        Heard::Failed(why) => Err(why.into()),
    }
}

type Tell = mpsc::UnboundedSender<Heard>;

fn runtime_api(tell: Tell) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(give))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(take))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(fail))
        .route("/2018-06-01/runtime/init/error", post(fail))
        .with_state(tell)
}

async fn give(State(tell): State<Tell>) -> Response {
    let (give, event) = oneshot::channel();
    // Nobody listens any more once the run is over.
    drop(tell.send(Heard::Ready { at: Instant::now(), give }));
    let Ok(event) = event.await else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let headers = [
        ("content-type", "application/json"),
        ("lambda-runtime-aws-request-id", "3a7c1e52-0d4b-4f6a-9b8e-5c2d7f1a0e93"),
        ("lambda-runtime-deadline-ms", DEADLINE_MS),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:bench"),
    ];
    (headers, event).into_response()
}

async fn take(State(tell): State<Tell>, body: String) -> StatusCode {
    drop(tell.send(Heard::Answered { at: Instant::now(), body }));
    StatusCode::ACCEPTED
}

async fn fail(State(tell): State<Tell>, body: String) -> StatusCode {
    drop(tell.send(Heard::Failed(format!("the function failed: {body}"))));
    StatusCode::ACCEPTED
}
