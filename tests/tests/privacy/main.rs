//! Nothing of a person, and no secret, is ever in a log, however much of it an operator asks for.
//!
//! The log is the deployed one at its lowest level, over everything that this process does. Canaries, words
//! that occur nowhere else, go through every route of the template and through every worker, also where
//! things fail; then all lines are searched for them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says so by panicking")]

mod canary;
mod lines;
mod routes;
mod trip;

use std::collections::BTreeSet;

use local::template::Template;
use tests::Desk;
use tracing::level_filters::LevelFilter;

use canary::Canaries;
use lines::Lines;

/// One test, since a process has one log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_canary_of_any_route_or_worker_is_ever_logged() {
    let lines = Lines::default();
    tracing::subscriber::set_global_default(shared::runtime::log::subscriber(LevelFilter::TRACE, lines.clone()))
        .unwrap();
    let desk = Desk::open().await;
    let mut canaries = Canaries::of(&desk).await;

    trip::book_pay_move_and_call_off(&desk, &mut canaries).await;
    trip::wait_and_let_pass(&desk, &mut canaries).await;
    trip::prove_ask_for_a_person_and_rate(&desk, &mut canaries).await;
    trip::fail_everywhere(&desk, &mut canaries).await;
    Box::pin(trip::refuse_mails(&mut canaries)).await;
    routes::try_all(&desk, &canaries).await;
    desk.drain().await;

    let all = lines.all();
    assert!(200 < all.len(), "{} lines", all.len());
    let leaks: BTreeSet<String> = all.iter().flat_map(|line| canaries.found_in(&line.to_string())).collect();
    assert_eq!(leaks, BTreeSet::new());

    // Each route and each kind of message has said something under its ids.
    let answered = |line: &&serde_json::Value| {
        ["a request was answered", "a turn was told"].iter().any(|said| line["message"] == **said)
    };
    let logged: BTreeSet<(String, String)> = all
        .iter()
        .filter(answered)
        .map(|line| {
            let word = |name: &str| lines::of_span(line, name).unwrap_or_else(|| panic!("no {name} in {line}"));
            assert_eq!(word("request.id").len(), 36, "{line}");
            (word("method"), word("route"))
        })
        .collect();
    let template = Template::deployed().unwrap();
    let routed: BTreeSet<_> = template.routes.iter().map(|route| (route.method.clone(), route.path.clone())).collect();
    assert_eq!(logged, routed, "what answered, and what the template routes");
    assert!(routes::REQUESTS_EACH * routed.len() <= all.iter().filter(answered).count(), "a line for each request");
    for (said, ids) in [
        ("an event was told", &["message.id", "event.id", "tenant.id", "booking.id"][..]),
        ("an event is told later", &["message.id", "event.id", "tenant.id"]),
        ("a payment message was done", &["message.id", "tenant.id", "booking.id"]),
        ("the model did not answer", &["request.id", "tenant.id", "conversation.id"]),
        ("a request was answered", &["request.id", "tenant.id"]),
        ("an event was written", &["request.id", "tenant.id"]),
    ] {
        let named = |line: &serde_json::Value| ids.iter().all(|id| lines::of_span(line, id).is_some());
        assert!(all.iter().any(|line| line["message"] == said && named(line)), "{said} with {ids:?}");
    }
    follow_an_event(&all);
}

/// One id of an event leads from the request that made it to the bus and to the mail.
fn follow_an_event(all: &[serde_json::Value]) {
    let written = all.iter().find(|line| {
        line["message"] == "an event was written"
            && line["event.name"] == "booking.received"
            && lines::of_span(line, "request.id").is_some()
    });
    let id = written.expect("a booking was received")["event.id"].as_str().unwrap();
    assert!(all.iter().any(|line| line["message"] == "an event was carried" && line["event.id"] == id));
    let told = |line: &&serde_json::Value| line["message"] == "an event was told";
    assert!(all.iter().filter(told).any(|line| lines::of_span(line, "event.id").as_deref() == Some(id)));
}

#[test]
fn libraries_log_warnings_only_whatever_level_is_asked_for() {
    for (level, ours) in [(LevelFilter::INFO, 1), (LevelFilter::DEBUG, 2), (LevelFilter::TRACE, 3)] {
        let lines = Lines::default();
        tracing::subscriber::with_default(shared::runtime::log::subscriber(level, lines.clone()), || {
            tracing::info!(target: "aws_smithy_runtime::client", "a body");
            tracing::debug!(target: "aws_smithy_runtime::client", "a body");
            tracing::trace!(target: "hyper::proto", "a body");
            tracing::debug!(target: "reqwest::connect", "an address");
            tracing::trace!(target: "lambda_runtime::requests", "an event");
            tracing::error!(target: "lambda_runtime::layers::panic", "what a handler failed with");
            tracing::warn!(target: "hyper::proto", "a warning");
            tracing::info!(target: "shared::app", "ours");
            tracing::debug!(target: "chat_stream::telling", "ours");
            tracing::trace!(target: "payment_worker", "ours");
        });
        let said: Vec<String> = lines.all().iter().map(|line| line["message"].as_str().unwrap().to_owned()).collect();
        let expected: Vec<&str> = ["a warning"].into_iter().chain(std::iter::repeat_n("ours", ours)).collect();
        assert_eq!(said, expected, "{level}");
    }
}

#[test]
fn a_line_of_an_invocation_has_lambdas_request_and_trace_id_around_ours() {
    let lines = Lines::default();
    tracing::subscriber::with_default(shared::runtime::log::subscriber(LevelFilter::INFO, lines.clone()), || {
        // As `lambda_runtime` makes it.
        let invocation = tracing::info_span!(
            target: "lambda_runtime::layers::trace",
            "Lambda runtime invoke",
            requestId = "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
            xrayTraceId = "Root=1-5759e988-bd862e3fe1be46a994272793"
        );
        let request = || shared::ports::trace::request("c6af9ac6-7b61-11e6-9a41-93e8deadbeef", "GET", "/v1/admin/me");
        invocation.in_scope(|| request().in_scope(|| tracing::info!(target: "shared", "said")));
    });
    let line = lines.all().remove(0);
    for (name, expected) in [
        ("requestId", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
        ("xrayTraceId", "Root=1-5759e988-bd862e3fe1be46a994272793"),
        ("request.id", "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"),
        ("route", "/v1/admin/me"),
    ] {
        assert_eq!(lines::of_span(&line, name).as_deref(), Some(expected), "{line}");
    }
}

#[test]
fn every_line_says_its_level_and_time_as_lambda_filters_by_them() {
    let lines = Lines::default();
    tracing::subscriber::with_default(shared::runtime::log::subscriber(LevelFilter::INFO, lines.clone()), || {
        tracing::warn!(target: "shared", "look");
    });
    let line = lines.all().remove(0);
    assert_eq!((&line["level"], &line["message"]), (&"WARN".into(), &"look".into()));
    assert!(line["timestamp"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok(), "{line}");
}
