//! Reports: what a run came to, for people; and how much of all there is was reached.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::play::{Report, Script, play};

/// How many entries of the history a failure shows.
const SHOWN: usize = 40;

/// How many faults of one run are shown.
const FAULTS: usize = 5;

/// What has to be reached by a suite that means anything: kinds of steps, faults and ends, as the log counts them.
pub const WANTED: [&str; 59] = [
    "proposed",
    "confirm: joined",
    "told taken",
    "passed on: done",
    "left the line: done",
    "take an offer: over",
    "waitlist worker: all",
    "waitlist worker: some",
    "told booked",
    "told moved",
    "told canceled",
    "told attended",
    "told missed",
    "told granted",
    "grant: not granted",
    "confirm: slot taken",
    "confirm: unavailable",
    "confirm: price changed",
    "pay",
    "pay-later",
    "settle",
    "fail",
    "pressed pay twice",
    "pay by link: open",
    "pay by link: dead",
    "cancel by link: outdated",
    "move by link: slot taken",
    "change a package: done",
    "decline: done",
    "dispute",
    "refund by hand",
    "wrong amount",
    "wrong currency",
    "foreign account",
    "deliver: taken",
    "deliver: refused",
    "deliver: never",
    "relay: all",
    "relay: some",
    "payment worker: some",
    "notifier: some",
    "cleanup: some",
    "reminders: all",
    "clock minutes",
    "clock hours",
    "clock days",
    "fault: dies before a call",
    "fault: time-out",
    "fault: Last Transact",
    "fault: Lose Transact",
    "fault: Refuse Transact",
    "fault: Lose Stripe",
    "fault: Last Mail",
    "end CONFIRMED",
    "end COMPLETED",
    "end NO_SHOW",
    "end CANCELED",
    "end REFUNDED",
    "end EXPIRED",
];

/// What was reached, of several runs together.
#[derive(Debug, Default)]
pub struct Coverage(BTreeMap<String, u64>);

impl Coverage {
    /// Adds what a run reached.
    pub fn add(&mut self, report: &Report) {
        for (kind, count) in report.world.log.borrow().reached() {
            *self.0.entry(kind.clone()).or_default() += count;
        }
    }

    /// Adds what another has.
    pub fn join(&mut self, other: &Self) {
        for (kind, count) in &other.0 {
            *self.0.entry(kind.clone()).or_default() += count;
        }
    }

    /// What has to be reached and was not.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        WANTED.iter().copied().filter(|kind| !self.0.contains_key(*kind)).collect()
    }

    /// A line for each kind.
    #[must_use]
    pub fn table(&self) -> String {
        self.0.iter().fold(String::new(), |mut table, (kind, count)| {
            let _ = writeln!(table, "  {count:>9}  {kind}");
            table
        })
    }
}

/// One line about a run.
#[must_use]
pub fn line(report: &Report) -> String {
    let log = report.world.log.borrow();
    let count = |start: &str| -> u64 {
        log.reached().iter().filter(|(kind, _)| kind.starts_with(start)).map(|(_, count)| count).sum()
    };
    let (twice, unsure) = report.world.record.repeated();
    let verdict = if report.faults.is_empty() { "well" } else { "FAILED" };
    format!(
        "seed {}: {verdict}: {} steps, {} calls, {} faults, {} bookings, {twice} mails once more \
         of {unsure} that nobody could note, history {:016x}",
        report.script.seed,
        log.step,
        count("call "),
        count("fault: "),
        count("end "),
        log.fingerprint(),
    )
}

/// Everything that somebody needs who has to find out why a run failed.
#[must_use]
pub fn failure(report: &Report) -> String {
    let log = report.world.log.borrow();
    let Script { seed, .. } = report.script;
    let mut text = String::new();
    for fault in report.faults.iter().take(FAULTS) {
        let _ =
            writeln!(text, "seed {seed}, step {}: {}: {} ({})", log.step, fault.property, fault.what, fault.subject);
        if fault.subject.is_empty() {
            continue;
        }
        for entry in log.about(&fault.subject, SHOWN) {
            let what: String = entry.what.chars().take(400).collect();
            let _ = writeln!(text, "  {:>6} {} {what}", entry.step, entry.at.strftime("%m-%d %H:%M:%S%.3f"));
        }
    }
    if FAULTS < report.faults.len() {
        let _ = writeln!(text, "and {} more", report.faults.len() - FAULTS);
    }
    let _ = writeln!(text, "replay: make soak ARGS='--seed {seed} --steps {}'", report.script.steps);
    text
}

/// The fewest steps, by halving, with which the same seed fails.
#[must_use]
pub fn shrink(script: Script) -> Report {
    let (mut well, mut failed) = (0, play(script));
    while well + 1 < failed.script.steps {
        let steps = well + (failed.script.steps - well) / 2;
        let report = play(Script { steps, ..script });
        if report.faults.is_empty() {
            well = steps;
        } else {
            failed = report;
        }
    }
    failed
}
