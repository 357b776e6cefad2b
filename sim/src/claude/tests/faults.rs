//! Faults: each as a client meets it, streamed and whole.

use serde_json::{Value, json};

use super::super::{Fault, FaultKind, Mode};
use super::client::{Received, World, request, world};

async fn faulty(kind: FaultKind) -> World {
    world(Mode::Faulty(vec![Fault::once(kind).forever()])).await
}

async fn streamed(kind: FaultKind) -> Received {
    faulty(kind).await.stream("Hello").await
}

async fn whole(kind: FaultKind) -> Received {
    faulty(kind).await.ask("Hello").await
}

fn ends_in_order(received: &Received) -> bool {
    !received.is_broken && received.events().last().is_some_and(|(name, _)| name == "message_stop")
}

#[tokio::test]
async fn errors_of_the_service_have_their_status_and_kind() {
    let table = [
        (FaultKind::RateLimited, 429, "rate_limit_error", Some("1")),
        (FaultKind::RateLimitedNoRetryAfter, 429, "rate_limit_error", None),
        (FaultKind::Overloaded, 529, "overloaded_error", None),
        (FaultKind::ServerError, 500, "api_error", None),
    ];
    for (kind, status, name, retry_after) in table {
        for received in [streamed(kind).await, whole(kind).await] {
            assert_eq!((received.status, received.retry_after.as_deref()), (status, retry_after), "{kind:?}");
            let body = received.json();
            assert_eq!((&body["type"], &body["error"]["type"]), (&json!("error"), &json!(name)));
            assert_eq!(body["request_id"], json!(received.request_id));
        }
    }
}

#[tokio::test]
async fn a_test_chooses_how_long_a_rate_limit_lasts() {
    let fault = serde_json::from_value(json!({ "name": "rate_limited", "retryAfterSeconds": 42 })).unwrap();
    let received = world(Mode::Faulty(vec![fault])).await.stream("Hello").await;
    assert_eq!(received.retry_after.as_deref(), Some("42"));
}

#[tokio::test]
async fn an_error_may_come_after_a_200_and_some_text() {
    let received = streamed(FaultKind::ErrorAfter200).await;
    assert_eq!(received.status, 200);
    assert!(!received.deltas("text").is_empty());
    let (name, data) = received.events().pop().unwrap();
    assert_eq!(name, "error");
    assert_eq!(data, json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } }));
    assert_eq!(whole(FaultKind::ErrorAfter200).await.status, 500);
}

#[tokio::test]
async fn a_connection_may_drop_in_the_middle() {
    let text = streamed(FaultKind::CutMidText).await;
    assert!(text.is_broken && !text.deltas("text").is_empty() && !ends_in_order(&text));
    let tool = streamed(FaultKind::CutMidJson).await;
    let input = tool.deltas("partial_json").concat();
    assert!(tool.is_broken && !input.is_empty());
    assert!(serde_json::from_str::<Value>(&input).is_err(), "{input}");
    for kind in [FaultKind::CutMidText, FaultKind::CutMidJson] {
        let received = whole(kind).await;
        assert!(received.is_broken && !received.chunks.is_empty(), "{kind:?}");
    }
}

#[tokio::test]
async fn a_stream_may_end_without_message_stop() {
    let received = streamed(FaultKind::NoMessageStop).await;
    assert!(!received.is_broken);
    assert_eq!(received.events().last().unwrap().0, "message_delta");
}

#[tokio::test]
async fn an_answer_may_stop_for_other_reasons() {
    let table = [
        (FaultKind::Refusal, "refusal"),
        (FaultKind::MaxTokens, "max_tokens"),
        (FaultKind::PauseTurn, "pause_turn"),
        (FaultKind::ContextWindowExceeded, "model_context_window_exceeded"),
        (FaultKind::EmptyAnswer, "end_turn"),
        (FaultKind::MaxTokensMidTool, "max_tokens"),
    ];
    for (kind, reason) in table {
        let received = streamed(kind).await;
        assert!(ends_in_order(&received), "{kind:?}");
        assert_eq!(received.stop_reason(), reason, "{kind:?}");
        assert_eq!(whole(kind).await.json()["stop_reason"], reason, "{kind:?}");
    }
    assert_eq!(whole(FaultKind::EmptyAnswer).await.json()["content"], json!([]));
    let cut = streamed(FaultKind::MaxTokensMidTool).await.deltas("partial_json").concat();
    assert!(!cut.is_empty() && serde_json::from_str::<Value>(&cut).is_err(), "{cut}");
}

#[tokio::test]
async fn thoughts_may_come_before_words() {
    let message = whole(FaultKind::ThinkingFirst).await.json();
    assert_eq!((&message["content"][0]["type"], &message["content"][1]["type"]), (&json!("thinking"), &json!("text")));
    let received = streamed(FaultKind::ThinkingFirst).await;
    assert_eq!(received.deltas("thinking").concat(), message["content"][0]["thinking"]);
    assert_eq!(received.deltas("signature").concat(), message["content"][0]["signature"]);
}

#[tokio::test]
async fn unknown_things_surround_a_good_answer() {
    let received = streamed(FaultKind::UnknownEvent).await;
    assert!(ends_in_order(&received));
    assert!(received.events().iter().any(|(name, _)| name == "weather"));
    assert!(received.text().contains("hologram_delta"));
    assert!(received.deltas("text").concat().contains("Happy to help"));
    assert_eq!(whole(FaultKind::UnknownEvent).await.json()["content"][0]["type"], "hologram");
}

#[tokio::test]
async fn an_answer_may_be_no_json_or_no_api_at_all() {
    let received = streamed(FaultKind::MalformedJson).await;
    assert!(received.events().iter().any(|(_, data)| data.is_null()));
    assert!(serde_json::from_str::<Value>(&whole(FaultKind::MalformedJson).await.text()).is_err());
    let page = streamed(FaultKind::WrongContentType).await;
    assert_eq!((page.status, page.content_type.as_str()), (200, "text/html"));
}

#[tokio::test]
async fn tools_may_be_unknown_or_called_wrongly_or_without_end() {
    let block = |received: Received| received.json()["content"][0].clone();
    assert_eq!(block(whole(FaultKind::UnknownTool).await)["name"], "format_disk");
    let wrong = block(whole(FaultKind::InvalidToolInput).await);
    assert_eq!((&wrong["name"], &wrong["input"]["packageId"]), (&json!("check_availability"), &json!(12)));
    // Even when it should happen once: a loop that ends by itself proves nothing.
    let world = world(Mode::Faulty(vec![Fault::once(FaultKind::EndlessTools)])).await;
    for _ in 0..8 {
        assert_eq!(world.stream("Hello").await.stop_reason(), "tool_use");
    }
}

#[tokio::test]
async fn chunks_may_end_in_the_middle_of_a_character() {
    for received in [streamed(FaultKind::SplitUtf8).await, whole(FaultKind::SplitUtf8).await] {
        assert!(received.chunks.iter().any(|chunk| std::str::from_utf8(chunk).is_err()));
        assert!(std::str::from_utf8(&received.chunks.concat()).unwrap().contains('😊'));
    }
}

#[tokio::test]
async fn a_slow_answer_ends_when_it_is_let_go() {
    let world = faulty(FaultKind::Slow).await;
    let release = async {
        while world.simulator.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        world.simulator.set_mode(Mode::Offline);
    };
    let (received, ()) = tokio::join!(world.stream("Hello"), release);
    assert_eq!(received.status, 504);
    assert_eq!(world.stream("Hello").await.status, 200);
}

#[tokio::test]
async fn a_stalled_answer_says_something_and_falls_silent_until_it_is_let_go() {
    let world = faulty(FaultKind::Stalled).await;
    let mut body = request("Hello");
    body["stream"] = json!(true);
    let mut response = world.send(body.to_string()).await;
    let mut text = String::new();
    while !text.contains("text_delta") {
        text.push_str(&String::from_utf8_lossy(&response.chunk().await.unwrap().unwrap()));
    }
    world.simulator.clear();
    let rest = super::client::read(response).await;
    assert!(rest.is_broken && !rest.text().contains("message_stop"));
}

#[tokio::test]
async fn every_fault_has_a_name_and_none_breaks_the_simulator() {
    for kind in FaultKind::ALL {
        if matches!(kind, FaultKind::Slow | FaultKind::Stalled) {
            continue;
        }
        let world = faulty(kind).await;
        world.stream("Hello").await;
        world.ask("Hello").await;
        world.simulator.set_mode(Mode::Offline);
        assert!(ends_in_order(&world.stream("Hello").await), "{kind:?}");
    }
}
