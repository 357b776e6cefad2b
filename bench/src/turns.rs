//! Turns: how many plain turns a core does, and where its time goes.
//!
//! Function, database and model have threads of their own. What counts is the function's processor time:
//! the embedded database and the simulated model are not what is deployed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lambda_http::Body;
use shared::runtime::Services;
use tokio::task::JoinSet;

use crate::event::Conversation;
use crate::peers::{DATABASE, MODEL, Peers, runtime};
use crate::process::cpu_of_threads;
use crate::report::{Figure, Goal};
use crate::{Failure, millis};

/// Turns of one run.
const TURNS: u32 = 2_000;

/// Turns of one conversation.
const TURNS_EACH: u32 = 10;

/// Conversations under way at once.
const VISITORS: u32 = 8;

/// The name of the function's threads.
const FUNCTION: &str = "function";

/// What a run took.
struct Run {
    wall: Duration,
    function: Duration,
    database: Duration,
    model: Duration,
}

impl Run {
    fn take(peers: &Peers, workers: usize) -> Result<Self, Failure> {
        peers.rewind();
        let services = Arc::new(peers.services()?);
        let runtime = runtime(FUNCTION, workers)?;
        // Connections are open and the business is known, as in a warm function.
        runtime.block_on(at_once(&services, VISITORS * TURNS_EACH))?;
        let before = [FUNCTION, DATABASE, MODEL].map(cpu_of_threads);
        let started = Instant::now();
        runtime.block_on(at_once(&services, TURNS))?;
        let wall = started.elapsed();
        let after = [FUNCTION, DATABASE, MODEL].map(cpu_of_threads);
        let mut used = Vec::new();
        for (after, before) in after.into_iter().zip(before) {
            used.push(after?.saturating_sub(before?));
        }
        let [function, database, model] = used.try_into().map_err(|_| "three kinds of threads were asked for")?;
        Ok(Self { wall, function, database, model })
    }

    /// Turns in a second of the function's processor time.
    fn per_core(&self) -> f64 {
        f64::from(TURNS) / self.function.as_secs_f64()
    }

    /// Milliseconds of a turn.
    fn of_a_turn(&self, part: Duration) -> f64 {
        millis(part) / f64::from(TURNS)
    }
}

/// Has `turns` plain turns, in conversations side by side.
async fn at_once(services: &Arc<Services>, turns: u32) -> Result<(), Failure> {
    let mut visitors = JoinSet::new();
    for _ in 0..VISITORS {
        let services = Arc::clone(services);
        visitors.spawn(async move {
            for _ in 0..turns / VISITORS / TURNS_EACH {
                converse(&services, TURNS_EACH).await?;
            }
            Ok::<_, Failure>(())
        });
    }
    while let Some(visitor) = visitors.join_next().await {
        visitor??;
    }
    Ok(())
}

/// Has one conversation of `turns` turns through the function's own handler.
///
/// # Errors
///
/// When a turn is not answered.
pub(crate) async fn converse(services: &Services, turns: u32) -> Result<Conversation, Failure> {
    let mut conversation = Conversation::default();
    for _ in 0..turns {
        turn(services, &mut conversation).await?;
    }
    Ok(conversation)
}

/// Has the next turn of a conversation.
///
/// # Errors
///
/// When it is not answered.
pub(crate) async fn turn(services: &Services, conversation: &mut Conversation) -> Result<(), Failure> {
    let request = lambda_http::request::from_str(&conversation.next()?)?;
    let response = chat::handle(services, request).await;
    let status = u64::from(response.status().as_u16());
    match response.body() {
        Body::Text(body) => conversation.hear(status, body),
        Body::Binary(body) => conversation.hear(status, std::str::from_utf8(body)?),
        _ => Err("a turn was answered with nothing".into()),
    }
}

/// Has two thousand turns on one worker, and again on two.
///
/// # Errors
///
/// When a turn is not answered.
pub(crate) fn measure(peers: &Peers) -> Result<Vec<Figure>, Failure> {
    let mut figures = Vec::new();
    for (workers, goal) in [(1, Goal::AtLeast(500.0)), (2, Goal::Told)] {
        let run = Run::take(peers, workers)?;
        let parts = format!(
            "CPU of a turn: function {:.2} ms, database {:.2} ms, model {:.2} ms; {:.0} turns/s in all on this machine",
            run.of_a_turn(run.function),
            run.of_a_turn(run.database),
            run.of_a_turn(run.model),
            f64::from(TURNS) / run.wall.as_secs_f64(),
        );
        let what = format!("turns per second and core, {workers} worker{}", if workers == 1 { "" } else { "s" });
        figures.push(Figure::new(what, run.per_core(), "turns/s", goal).noted(parts));
    }
    Ok(figures)
}
