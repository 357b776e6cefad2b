//! Streams that die, hang, or never begin.

use super::peer::{Act, Peer, streamed};
use super::*;

/// The bytes of a recorded stream up to the end of `needle`.
fn up_to(name: &str, needle: &str) -> Vec<u8> {
    let (before, _) = fixture(name).split_once(needle).unwrap();
    [before, needle].concat().into_bytes()
}

async fn ask_peer(peer: &Peer, patience: Patience) -> (Result<Answer, ModelError>, String) {
    let mut heard = String::new();
    let claude = claude(&peer.uri, patience);
    let answer = claude.answer(&prompt(), &mut |piece| heard.push_str(piece)).await;
    (answer, heard)
}

#[tokio::test]
async fn a_stream_that_dies_in_the_middle_of_a_character_keeps_whole_characters() {
    let mut bytes = up_to("many_scripts", "👩");
    bytes.truncate(bytes.len() - 2);
    let peer = Peer::start(vec![Act::Send(streamed(&bytes))]);
    let (answer, heard) = ask_peer(&peer, patience()).await;
    let Err(ModelError::Interrupted { partial, .. }) = answer else { panic!("{answer:?}") };
    assert_eq!(partial.text, "Gerne, Zoë! Ça fait 45 € · 日本語も");
    assert_eq!(partial.text, heard);
    assert_eq!(peer.played(), 1);
}

#[tokio::test]
async fn a_stream_that_dies_in_the_middle_of_a_tool_call_runs_no_tool() {
    for needle in ["\\\"date\\\": \\\"2026-", "{\"type\":\"input_json", "ë 👋\\\"}\"}}\n\n"] {
        let peer = Peer::start(vec![Act::Send(streamed(&up_to("tool", needle)))]);
        let (answer, _) = ask_peer(&peer, patience()).await;
        let Err(ModelError::Interrupted { partial, .. }) = answer else { panic!("{answer:?}") };
        assert_eq!(partial.text, "Let me look…");
        assert_eq!(peer.played(), 1);
    }
}

#[tokio::test]
async fn a_stream_that_dies_before_any_text_is_tried_again() {
    let dead = Act::Send(streamed(&up_to("text", "message_start\ndata: {\"ty")));
    let whole = Act::Send(streamed(fixture("text").as_bytes()));
    let peer = Peer::start(vec![dead, whole]);
    let (answer, heard) = ask_peer(&peer, patience()).await;
    assert_eq!(answer.unwrap().text(), heard);
    assert_eq!(peer.played(), 2);
}

#[tokio::test]
async fn an_end_without_message_stop_interrupts_what_was_heard() {
    for needle in ["event: message_delta", "event: message_stop"] {
        let (before, _) = fixture("tool").split_once(needle).unwrap();
        let peer = Peer::start(vec![Act::Send(streamed(before.as_bytes()))]);
        let answer = ask_peer(&peer, patience()).await.0;
        let Err(ModelError::Interrupted { partial, .. }) = answer else { panic!("{needle}: {answer:?}") };
        assert_eq!(partial.text, "Let me look…", "{needle}");
        assert_eq!(peer.played(), 1, "{needle}");
    }
}

#[tokio::test]
async fn an_end_without_message_stop_is_tried_again_while_nothing_was_heard() {
    let (before, _) = fixture("two_tools").split_once("event: message_stop").unwrap();
    let peer =
        Peer::start(vec![Act::Send(streamed(before.as_bytes())), Act::Send(streamed(fixture("two_tools").as_bytes()))]);
    let (answer, heard) = ask_peer(&peer, patience()).await;
    assert_eq!((answer.unwrap().tool_calls().count(), heard.as_str()), (2, ""));
    assert_eq!(peer.played(), 2);
}

#[tokio::test]
async fn nobody_listening_is_an_outage() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let claude = claude(&uri, patience());
    claude.open().await;
    let answer = claude.answer(&prompt(), &mut |_| {}).await;
    assert!(matches!(answer, Err(ModelError::Unavailable(_))), "{answer:?}");
}

#[tokio::test]
async fn silence_is_too_slow_and_tried_again_within_the_budget() {
    let patience = Patience { idle: Duration::from_millis(40), ..patience() };
    let whole = Act::Send(streamed(fixture("text").as_bytes()));
    let peer = Peer::start(vec![Act::Hang(vec![]), Act::Hang(streamed(b"")), whole]);
    assert!(ask_peer(&peer, patience).await.0.is_ok());
    assert_eq!(peer.played(), 3);

    let patience = Patience { first_byte: Duration::from_millis(40), ..patience };
    let peer = Peer::start(vec![Act::Hang(vec![])]);
    let answer = ask_peer(&peer, patience).await.0;
    assert!(matches!(answer, Err(ModelError::TooSlow)), "{answer:?}");
    assert_eq!(peer.played(), 1);
}

#[tokio::test]
async fn silence_after_text_interrupts_the_answer() {
    let patience = Patience { idle: Duration::from_millis(40), ..patience() };
    let peer = Peer::start(vec![Act::Hang(streamed(&up_to("text", "\"Hello\"}}\n\n")))]);
    let (answer, heard) = ask_peer(&peer, patience).await;
    let Err(ModelError::Interrupted { partial, cause }) = answer else { panic!("{answer:?}") };
    assert_eq!((partial.text.as_str(), heard.as_str()), ("Hello", "Hello"));
    assert!(matches!(*cause, ModelError::TooSlow), "{cause:?}");
}

#[tokio::test]
async fn an_answer_may_outlast_the_budget_of_its_first_byte_but_not_the_total() {
    let patience = Patience { first_byte: Duration::from_millis(60), total: Duration::from_millis(120), ..patience() };
    let peer = Peer::start(vec![Act::Hang(streamed(&up_to("text", "\"Hello\"}}\n\n")))]);
    let Err(ModelError::Interrupted { partial, .. }) = ask_peer(&peer, patience).await.0 else {
        panic!("not interrupted");
    };
    assert!(patience.total <= partial.total, "{partial:?}");
}
