//! Steps: what the assistant does next, given all it knows.
//!
//! One step a request: some tool calls, or words. Booking and its kin are in [`super::booking`]. Words
//! come from [`super::reply`].

use serde_json::{Value, json};

use super::super::mode::ToolCall;
use super::booking;
use super::intent::Topic;
use super::memory::{Goal, Memory, Outcome};
use super::{facts, reply};

/// The longest question that is sent to a search, and the longest reason to a person, in characters.
const LONGEST_INPUT_CHARS: usize = 400;

/// What to do next.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// Call these tools, together.
    Call(Vec<ToolCall>),
    /// Say this, and wait for the visitor.
    Say(String),
}

impl Step {
    /// Calls one tool.
    pub(super) fn call(name: &str, input: Value) -> Self {
        Self::Call(vec![ToolCall { name: name.to_owned(), input }])
    }

    /// Says `text`.
    pub(super) fn say(text: impl Into<String>) -> Self {
        Self::Say(text.into())
    }
}

/// The next step.
pub(super) fn next(memory: &Memory) -> Step {
    if let Some(step) = booking::card(memory) {
        return step;
    }
    match memory.topic {
        Topic::Human => human(memory),
        Topic::Policy => policy(memory),
        Topic::Hours => info(memory, reply::hours),
        Topic::Contact => info(memory, reply::contact),
        Topic::Packages => packages(memory),
        Topic::NeverMind => Step::say(reply::NEVER_MIND),
        Topic::About => Step::say(reply::ABOUT),
        Topic::Thanks => Step::say(reply::WELCOME),
        Topic::Bye => Step::say(reply::BYE),
        Topic::Greeting => Step::say(reply::HELLO),
        Topic::Question => question(memory),
        // Words that mean nothing by themselves may be a code, or «I have done it».
        Topic::Other => match memory.goal {
            Some(goal @ (Goal::Show | Goal::Cancel | Goal::Move)) => booking::pursue(memory, goal),
            _ => Step::say(reply::UNKNOWN),
        },
        _ => match memory.goal {
            Some(goal) => booking::pursue(memory, goal),
            None if memory.has_card => Step::say(reply::PRESS_CONFIRM),
            None => Step::say(reply::what_now(memory)),
        },
    }
}

fn human(memory: &Memory) -> Step {
    match memory.outcome("request_human_help") {
        None => Step::call("request_human_help", json!({ "reason": short(&memory.said) })),
        Some(Outcome { failure: Some(reason), .. }) => Step::say(reply::failed(reason)),
        Some(outcome) => Step::say(reply::handed_over(&outcome.value)),
    }
}

fn policy(memory: &Memory) -> Step {
    match (memory.outcome("get_business_info"), memory.outcome("search_help")) {
        (Some(business), Some(help)) => {
            let policies = facts::policies(&business.value);
            Step::say(reply::policies(&policies, &facts::articles(&help.value)))
        }
        _ => Step::Call(vec![
            ToolCall { name: "get_business_info".to_owned(), input: json!({}) },
            ToolCall { name: "search_help".to_owned(), input: json!({ "query": short(&memory.said) }) },
        ]),
    }
}

fn info(memory: &Memory, word: fn(&Value) -> String) -> Step {
    match memory.outcome("get_business_info") {
        None => Step::call("get_business_info", json!({})),
        Some(Outcome { failure: Some(reason), .. }) => Step::say(reply::failed(reason)),
        Some(outcome) => Step::say(word(&outcome.value)),
    }
}

fn packages(memory: &Memory) -> Step {
    match memory.outcome("list_packages") {
        None => Step::call("list_packages", json!({})),
        Some(Outcome { failure: Some(reason), .. }) => Step::say(reply::failed(reason)),
        Some(_) => {
            let asked = memory.packages_spoken_of();
            Step::say(reply::packages(if asked.is_empty() { &memory.packages } else { &asked }))
        }
    }
}

fn question(memory: &Memory) -> Step {
    match memory.outcome("search_help") {
        None => Step::call("search_help", json!({ "query": short(&memory.said) })),
        Some(outcome) => Step::say(reply::articles(&facts::articles(&outcome.value))),
    }
}

fn short(text: &str) -> String {
    text.chars().take(LONGEST_INPUT_CHARS).collect()
}
