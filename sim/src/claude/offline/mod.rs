//! The offline assistant: an honest, rule-based receptionist for a laptop without an API key.
//!
//! It reads the whole conversation anew for every request (`memory`, by way of `intent`, `days`,
//! `times`, `contact` and `picks`), decides on one step (`steps`), and words it (`reply`). It says only
//! what the tools told it, and never that a booking is done: that is the visitor's click on the card.

mod booking;
mod choices;
mod contact;
mod days;
mod facts;
mod handover;
mod intent;
mod memory;
mod picks;
mod reply;
mod search;
mod steps;
mod summary;
mod times;
mod words;

use jiff::Timestamp;

use super::mode::Answer;
use super::transcript::{Entry, Transcript};
use memory::Memory;
use steps::Step;

/// The next answer in `transcript`. `now` is used only when the prompt does not say what day it is.
pub(super) fn answer(transcript: &Transcript, now: Timestamp) -> Answer {
    if let Some(housekeeping) = summary::wanted(transcript).or_else(|| handover::wanted(transcript)) {
        return Answer::say(housekeeping);
    }
    let mut memory = Memory::new(facts::today(&transcript.system, now));
    for said in summary::said_before(&transcript.system) {
        memory.recall(&said);
    }
    memory.email = facts::proven_email(&transcript.system).or(memory.email);
    for entry in &transcript.entries {
        match entry {
            Entry::Visitor(text) => memory.hear(text),
            Entry::Result { name, input, text, is_error } => memory.learn(name, input, (text, *is_error)),
            Entry::Assistant(_) | Entry::Call { .. } => {}
        }
    }
    match steps::next(&memory) {
        Step::Say(text) => Answer::say(text),
        Step::Call(calls) if calls.iter().all(|call| transcript.tools.contains(&call.name)) => {
            Answer { tools: calls, ..Answer::default() }
        }
        Step::Call(_) => Answer::say(reply::NOT_HERE),
    }
}

/// Claims that `transcript` is no visitor's: the server wants a conversation shortened or handed over.
pub(super) fn is_housekeeping(transcript: &Transcript) -> bool {
    summary::wanted(transcript).or_else(|| handover::wanted(transcript)).is_some()
}

#[cfg(test)]
mod tests;
