//! Logs: what is written, and what never is, whatever level an operator asks for.
//!
//! Lines are JSON on standard output, each with its level and time: without both Lambda takes a line for
//! one of level `INFO` when it filters. The level that is asked for is that of our own code, which logs ids
//! and outcomes. Libraries are held to warnings, since below that they log what they send and receive: the
//! SDK its requests, the HTTP client its addresses, Lambda's runtime its events.

use std::io;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config;

/// The crates whose lines are ours: this one and every function's.
const OURS: [&str; 18] = [
    "shared",
    "chat",
    "chat_stream",
    "confirm",
    "feedback",
    "escalation",
    "admin",
    "stripe_webhook",
    "payment_worker",
    "notifier",
    "event_relay",
    "cleanup",
    "csat_sender",
    "waitlist_worker",
    "handover",
    "calendar_sync",
    "webhook_sender",
    "article_import",
];

/// Starts the log of a function, at the level that Lambda was told. A panic is a line of it, too.
pub fn start() {
    let level = config::log_level().and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO);
    let _ = subscriber(level, io::stdout).try_init();
    // What a panic says may quote what it was working on; where it was says enough.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a function panicked");
    }));
}

/// Writes the lines of a function to `lines`: ours at `level`, a library's only when it warns.
pub fn subscriber<W>(level: LevelFilter, lines: W) -> impl Subscriber + Send + Sync + 'static
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let targets = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        // Its span has the request's and the trace's id.
        .with_target("lambda_runtime", level.min(LevelFilter::INFO))
        // It writes out what a handler failed with; handlers have said so in their own words.
        .with_target("lambda_runtime::layers::panic", LevelFilter::OFF)
        .with_targets(OURS.map(|name| (name, level)));
    let format = tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(false);
    tracing_subscriber::registry().with(targets).with(format.with_writer(lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_functions_lines_are_ours() {
        let functions = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../functions")).unwrap();
        let mut named: Vec<String> =
            functions.map(|entry| entry.unwrap().file_name().into_string().unwrap().replace('-', "_")).collect();
        named.push("shared".to_owned());
        named.sort();
        let mut ours = OURS.to_vec();
        ours.sort_unstable();
        assert_eq!(ours, named);
    }
}
