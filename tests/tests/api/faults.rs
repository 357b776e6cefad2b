//! Whatever happens to the model, the visitor gets a kind answer, the team gets to know, and nothing is lost.

use std::future::Future;

use futures::future::join_all;
use serde_json::json;
use sim::claude::{Answer, Fault, FaultKind, Mode};
use tests::{Desk, Frame, Visitor, words};

/// What is no failure at all, so that nobody has to look: the API may begin with its thinking, it promises
/// events of new kinds and asks its clients to pass them over, and where the network cuts a stream into
/// chunks means nothing. In each of them the answer comes whole and says so with its last event.
const HARMLESS: [FaultKind; 3] = [FaultKind::ThinkingFirst, FaultKind::UnknownEvent, FaultKind::SplitUtf8];

/// Faults in which one tool fails in every round: after the third time a person is asked for.
const CIRCLING: [FaultKind; 2] = [FaultKind::UnknownTool, FaultKind::InvalidToolInput];

/// Faults in which the simulator says nothing more until it is told to let go.
const HANGING: [FaultKind; 2] = [FaultKind::Slow, FaultKind::Stalled];

/// Words of ours that no visitor should have to read.
const TECHNICAL: [&str; 12] =
    ["error", "timeout", "429", "500", "529", "overload", "json", "exception", "panic", "token", "claude", "anthropic"];

/// Lets every call of the model meet `kind`.
fn break_with(desk: &Desk, kind: FaultKind) {
    desk.claude().set_mode(Mode::Faulty(vec![Fault::once(kind).forever()]));
}

/// A fault's name on the wire, as `cut_mid_json`.
fn name(kind: FaultKind) -> String {
    let mut name = String::new();
    for letter in format!("{kind:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// The result of `work`, during which every call of the model that hangs is let go as soon as it is made.
async fn letting_go<T>(desk: &Desk, kind: FaultKind, work: impl Future<Output = T>) -> T {
    let letting_go = async {
        let mut seen = desk.asked();
        loop {
            let calls = desk.asked();
            if seen < calls {
                seen = calls;
                break_with(desk, kind);
            }
            tokio::task::yield_now().await;
        }
    };
    if !HANGING.contains(&kind) {
        return work.await;
    }
    tokio::select! {
        done = work => done,
        () = letting_go => unreachable!("it never ends by itself"),
    }
}

fn assert_kind(reply: &str, kind: FaultKind) {
    assert!(10 < reply.trim().chars().count(), "{kind:?}: {reply:?}");
    let lower = reply.to_lowercase();
    for word in TECHNICAL {
        assert!(!lower.contains(word), "{kind:?} says {word:?}: {reply}");
    }
}

async fn assert_flagged(desk: &Desk, visitor: &Visitor, kind: FaultKind) {
    let conversation = desk.owner().await.thread(visitor).await;
    let status = match kind {
        kind if HARMLESS.contains(&kind) => "auto_resolved",
        kind if CIRCLING.contains(&kind) => "open",
        _ => "needs_review",
    };
    assert_eq!(conversation["status"], status, "{kind:?}: {conversation}");
    assert_eq!(conversation["turns"].as_array().unwrap().len(), 1, "{kind:?}");
}

async fn assert_goes_on(desk: &Desk, visitor: &Visitor, kind: FaultKind) {
    let said = visitor.history().await;
    assert_eq!(said[0], ("visitor".to_owned(), "When do you open?".to_owned()), "{kind:?}");
    assert_eq!(said.len(), 2, "{kind:?}: {said:?}");
    desk.script([Answer::say("At nine, as ever.")]);
    assert_eq!(visitor.hear("Are you well?").await, "At nine, as ever.", "{kind:?}");
    assert_eq!(visitor.history().await.len(), 4, "{kind:?}");
}

async fn over_json(kind: FaultKind) {
    let desk = Desk::open().await;
    break_with(&desk, kind);
    let visitor = desk.guest().await;
    let told = letting_go(&desk, kind, visitor.say_as("m-1", "When do you open?")).await.ok();
    assert_kind(told["reply"].as_str().unwrap(), kind);
    let calls = desk.asked();
    let again = visitor.say_as("m-1", "When do you open?").await.ok();
    assert_eq!(again, told, "{kind:?}: the answer stands");
    assert_eq!(desk.asked(), calls, "{kind:?}: and asking again asks nobody");
    assert_flagged(&desk, &visitor, kind).await;
    assert_goes_on(&desk, &visitor, kind).await;
}

async fn over_the_stream(kind: FaultKind) {
    let desk = Desk::open().await;
    break_with(&desk, kind);
    let visitor = desk.guest().await;
    let read = async { visitor.stream_as("m-1", "When do you open?", None).await.all().await };
    let events: Vec<Frame> = letting_go(&desk, kind, read).await;
    assert_kind(&words(&events), kind);
    assert_eq!(events.last().unwrap().event, "done", "{kind:?}: {events:?}");
    assert!(events.iter().all(|event| event.event != "error" && event.event != "proposal"), "{kind:?}: {events:?}");
    let again = visitor.stream_as("m-1", "When do you open?", None).await.all().await;
    assert_eq!(words(&again), words(&events), "{kind:?}: what was said stays said");
    assert_flagged(&desk, &visitor, kind).await;
    assert_goes_on(&desk, &visitor, kind).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_of_the_model_ends_in_a_kind_answer() {
    for faults in FaultKind::ALL.chunks(6) {
        join_all(faults.iter().map(|kind| over_json(*kind))).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_of_the_model_ends_its_stream_in_order() {
    for faults in FaultKind::ALL.chunks(6) {
        join_all(faults.iter().map(|kind| over_the_stream(*kind))).await;
    }
}

#[tokio::test]
async fn a_fault_that_passes_is_never_seen() {
    let desk = Desk::open().await;
    let faults = [FaultKind::Overloaded, FaultKind::ServerError].map(Fault::once);
    desk.claude().set_mode(Mode::Faulty(faults.to_vec()));
    let visitor = desk.guest().await;
    assert!(visitor.hear("What can I book?").await.contains("Portrait session"));
    let conversation = desk.owner().await.thread(&visitor).await;
    assert_eq!(conversation["status"], "auto_resolved");
}

#[tokio::test]
async fn nobody_waits_for_a_service_that_wants_an_hour() {
    let desk = Desk::open().await;
    let busy = Fault { retry_after_seconds: 3_600, ..Fault::once(FaultKind::RateLimited).forever() };
    desk.claude().set_mode(Mode::Faulty(vec![busy]));
    let visitor = desk.guest().await;
    assert_kind(&visitor.hear("Hi").await, FaultKind::RateLimited);
    assert_eq!(desk.asked(), 1);
}

#[tokio::test]
async fn half_a_tool_call_is_never_run() {
    for kind in [FaultKind::CutMidJson, FaultKind::MaxTokensMidTool] {
        let desk = Desk::open().await;
        break_with(&desk, kind);
        let visitor = desk.guest().await;
        visitor.say("Is Wednesday free?").await.ok();
        let conversation = desk.owner().await.thread(&visitor).await;
        assert_eq!(conversation["turns"][0]["tools"], json!([]), "{kind:?}");
    }
}

#[tokio::test]
async fn a_model_that_goes_round_in_circles_is_stopped() {
    let desk = Desk::open().await;
    break_with(&desk, FaultKind::EndlessTools);
    let visitor = desk.guest().await;
    visitor.say("What can I book?").await.ok();
    assert_eq!(desk.asked(), 6);
}

#[tokio::test]
async fn what_a_broken_answer_cost_is_in_the_ledger() {
    let desk = Desk::open().await;
    break_with(&desk, FaultKind::CutMidText);
    let visitor = desk.guest().await;
    visitor.say("Hi").await.ok();
    let conversation = desk.owner().await.thread(&visitor).await;
    let cost = &conversation["turns"][0]["cost"];
    assert!(cost["microUsd"].as_i64().is_some_and(|cost| 0 < cost), "{cost}");
    assert_eq!(conversation["costMicroUsd"], cost["microUsd"]);
}

#[tokio::test]
async fn every_fault_has_a_name_that_the_simulator_knows() {
    let desk = Desk::open().await;
    for kind in FaultKind::ALL {
        let order = json!({ "mode": "faulty", "fault": name(kind) });
        assert_eq!(desk.post("/dev/assistant", &order).await.status, 204, "{kind:?}");
    }
}
