//! Memory: what `chat` holds after ten thousand turns, in a process of its own, over TLS.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::Failure;
use crate::event::Conversation;
use crate::lambda::Function;
use crate::peers::Peers;
use crate::process::memory;
use crate::report::{Figure, Goal};

/// Turns of the run.
const TURNS: u32 = 10_000;

/// Turns of one conversation.
const TURNS_EACH: u32 = 10;

/// When the run is cut short.
const PATIENCE: Duration = Duration::from_secs(60);

/// Has turns, one after the other as one environment does, and looks at the process.
///
/// # Errors
///
/// When a turn is not answered.
pub(crate) async fn measure(peers: &Peers, chat: &Path) -> Result<Vec<Figure>, Failure> {
    peers.rewind();
    let mut function = Function::start(chat, &peers.environment(true)).await?;
    let started = Instant::now();
    let at_start = memory(function.pid())?;
    let (mut turns, mut early) = (0, None);
    while turns < TURNS && started.elapsed() < PATIENCE {
        let mut conversation = Conversation::default();
        for _ in 0..TURNS_EACH {
            let answer = function.call(conversation.next()?).await?;
            conversation.hear(answer.status, &answer.body)?;
        }
        turns += TURNS_EACH;
        if turns == TURNS / 10 {
            early = Some(memory(function.pid())?);
        }
    }
    let at_end = memory(function.pid())?;
    let rate = f64::from(turns) / started.elapsed().as_secs_f64();
    let early =
        early.map_or(String::new(), |early| format!("{:.1} MB after {}, ", megabytes(early.now_bytes), TURNS / 10));
    let note = format!(
        "{:.1} MB when ready, {early}{:.1} MB at the end; {rate:.0} turns/s one after the other",
        megabytes(at_start.now_bytes),
        megabytes(at_end.now_bytes),
    );
    let what = format!("`chat`: peak memory of {turns} turns");
    let cut = if turns < TURNS { format!("cut short after {} s; ", PATIENCE.as_secs()) } else { String::new() };
    Ok(vec![Figure::new(what, megabytes(at_end.peak_bytes), "MB", Goal::AtMost(30.0)).noted(cut + &note)])
}

fn megabytes(bytes: u64) -> f64 {
    // Exact up to 2^53 bytes.
    bytes as f64 / 1e6
}
