//! Every way an answer can end.

use serde_json::json;

use super::*;
use crate::domain::ledger::Usage;

async fn answer(name: &str) -> Answer {
    let (answer, heard) = ask(&api([stream(name)]).await).await;
    let answer = answer.unwrap();
    assert_eq!(answer.first_token.is_some(), !heard.is_empty());
    answer
}

#[tokio::test]
async fn text_is_handed_on_piece_by_piece_and_returned_whole() {
    let api = api([stream("text")]).await;
    let mut pieces = Vec::new();
    let claude = claude(&api.uri(), patience());
    let answer = claude.answer(&prompt(), &mut |piece| pieces.push(piece.to_owned())).await.unwrap();
    assert_eq!(pieces, ["Hello", "! We are open", " on Saturday from", " 9:00 to 17:00."]);
    assert_eq!(answer.text(), pieces.concat());
    assert_eq!(answer.stop, Stop::EndTurn);
    let usage = Usage { input: 12, output: 21, cache_read: 4310, cache_write: 0 };
    assert_eq!(answer.usage(), usage);
    assert!(answer.first_token.unwrap() <= answer.total);
}

#[tokio::test]
async fn every_script_arrives_unharmed() {
    let text = "Gerne, Zoë! Ça fait 45 € · 日本語も大丈夫です 👩‍💻\n\nÑandú “ok”\\n";
    assert_eq!(answer("many_scripts").await.text(), text);
}

#[tokio::test]
async fn a_tool_call_is_returned_with_its_whole_input() {
    let answer = answer("tool").await;
    assert_eq!(answer.stop, Stop::ToolUse);
    let calls: Vec<_> = answer.tool_calls().collect();
    let input = json!({ "package_id": "pkg_family", "date": "2026-11-28", "note": "Zoë 👋" });
    assert_eq!(calls, [ToolCall { id: "toolu_01X", name: "check_availability", input: &input }]);
    assert_eq!(answer.text(), "Let me look…");
}

#[tokio::test]
async fn a_tool_without_input_gets_an_empty_object() {
    let answer = answer("two_tools").await;
    let calls: Vec<_> = answer.tool_calls().map(|call| (call.name, call.input.clone())).collect();
    assert_eq!(calls, [("list_packages", json!({})), ("get_business_info", json!({}))]);
    assert_eq!(answer.first_token, None);
}

#[tokio::test]
async fn thinking_is_kept_verbatim_and_never_heard() {
    let (answer, heard) = ask(&api([stream("thinking_then_tool")]).await).await;
    assert_eq!(heard, "");
    let blocks = answer.unwrap().blocks;
    let thinking =
        Block::Thinking { thinking: "They want a family shoot.".to_owned(), signature: "EqoBCkgIARAB".to_owned() };
    let redacted = Block::RedactedThinking { data: "EmwKAhgB".to_owned() };
    assert_eq!(blocks[..2], [thinking, redacted]);
    assert!(matches!(&blocks[2], Block::ToolUse { name, .. } if name == "search_help"));
}

#[tokio::test]
async fn a_tool_call_that_was_cut_off_is_dropped_and_counted() {
    let answer = answer("cut_tool").await;
    assert_eq!(answer.stop, Stop::MaxTokens);
    assert_eq!(answer.tool_calls().count(), 0);
    assert_eq!(answer.dropped_calls, 1);
    assert_eq!(answer.text(), "One moment.");
}

#[tokio::test]
async fn a_tool_call_whose_block_was_not_closed_is_dropped_though_its_input_looks_whole() {
    let (closed, rest) = fixture("tool").rsplit_once("event: content_block_stop").unwrap();
    let (_, end) = rest.split_once("\n\n").unwrap();
    let body = format!("{closed}{end}");
    let response = ResponseTemplate::new(200).set_body_raw(body, "text/event-stream");
    let answer = ask(&api([response]).await).await.0.unwrap();
    assert_eq!((answer.tool_calls().count(), answer.dropped_calls), (0, 1));
}

#[tokio::test]
async fn a_refusal_says_so() {
    assert_eq!(answer("refusal").await.stop, Stop::Refusal);
}

#[tokio::test]
async fn what_is_new_in_the_protocol_is_passed_over() {
    let answer = answer("new_kinds").await;
    assert_eq!(answer.text(), "Still here.");
    assert_eq!(answer.stop, Stop::Unknown("meditation".to_owned()));
}

#[tokio::test]
async fn every_reason_to_stop_has_its_name() {
    for (reason, stop) in [
        ("end_turn", Stop::EndTurn),
        ("tool_use", Stop::ToolUse),
        ("max_tokens", Stop::MaxTokens),
        ("refusal", Stop::Refusal),
        ("pause_turn", Stop::PauseTurn),
        ("model_context_window_exceeded", Stop::ContextWindowExceeded),
        ("stop_sequence", Stop::Unknown("stop_sequence".to_owned())),
    ] {
        let body = fixture("text").replace("\"end_turn\"", &format!("\"{reason}\""));
        let response = ResponseTemplate::new(200).set_body_raw(body, "text/event-stream");
        let (answer, _) = ask(&api([response]).await).await;
        assert_eq!(answer.unwrap().stop, stop);
    }
}
