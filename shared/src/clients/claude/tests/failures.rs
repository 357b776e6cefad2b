//! What is tried again, what is not, and what the caller learns.

use serde_json::json;

use super::*;
use crate::domain::ledger::Usage;

fn error(status: u16, kind: &str) -> ResponseTemplate {
    let body = json!({ "type": "error", "error": { "type": kind, "message": "said: ann@example.com" } });
    ResponseTemplate::new(status).set_body_json(body).insert_header("request-id", "req_011")
}

#[tokio::test]
async fn a_failure_of_theirs_is_tried_again_until_it_works() {
    for (status, kind) in [(500, "api_error"), (502, "x"), (529, "overloaded_error"), (503, "y")] {
        let api = api([error(status, kind), error(status, kind), stream("text")]).await;
        let (answer, heard) = ask(&api).await;
        assert_eq!(answer.unwrap().text(), heard);
        assert_eq!(calls(&api).await, 3, "{status}");
    }
}

#[tokio::test]
async fn three_tries_are_all() {
    let api = api([error(529, "overloaded_error")]).await;
    let (answer, _) = ask(&api).await;
    assert!(matches!(answer, Err(ModelError::Overloaded { retry_after: None })), "{answer:?}");
    assert_eq!(calls(&api).await, 3);
}

#[tokio::test]
async fn a_fault_of_ours_is_never_repeated_and_names_the_request() {
    for (code, what) in [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (403, "permission_error"),
        (413, "request_too_large"),
    ] {
        let api = api([error(code, what), stream("text")]).await;
        let (answer, _) = ask(&api).await;
        let Err(ModelError::Refused { status, kind, request_id }) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!((status, kind.as_str(), request_id.as_deref()), (code, what, Some("req_011")));
        assert_eq!(calls(&api).await, 1);
    }
}

#[tokio::test]
async fn a_rate_limit_is_waited_out() {
    let busy = error(429, "rate_limit_error").insert_header("retry-after", "0.01");
    let api = api([busy, stream("text")]).await;
    assert!(ask(&api).await.0.is_ok());
    assert_eq!(calls(&api).await, 2);
}

#[tokio::test]
async fn a_rate_limit_beyond_our_patience_is_passed_on_at_once() {
    let api = api([error(429, "rate_limit_error").insert_header("retry-after", "60")]).await;
    let (answer, _) = ask(&api).await;
    let minute = Some(Duration::from_secs(60));
    assert!(matches!(answer, Err(ModelError::Overloaded { retry_after }) if retry_after == minute));
    assert_eq!(calls(&api).await, 1);
}

#[tokio::test]
async fn a_spend_limit_is_not_a_rate_limit() {
    let api = api([error(429, "rate_limit_error"), stream("text")]).await;
    let (answer, _) = ask(&api).await;
    assert!(matches!(answer, Err(ModelError::SpendLimit)), "{answer:?}");
    assert_eq!(calls(&api).await, 1);
}

#[tokio::test]
async fn an_error_before_any_text_is_tried_again_and_charged() {
    let api = api([stream("overloaded_before_text"), stream("text")]).await;
    let (answer, heard) = ask(&api).await;
    let answer = answer.unwrap();
    assert_eq!(answer.text(), heard);
    assert_eq!(calls(&api).await, 2);
    let first = Usage { input: 33, output: 1, ..Usage::default() };
    assert_eq!(answer.calls, [first, Usage { input: 12, output: 21, cache_read: 4310, cache_write: 0 }]);
}

#[tokio::test]
async fn what_was_used_is_charged_even_if_no_try_succeeds() {
    let api = api([stream("overloaded_before_text")]).await;
    let (answer, heard) = ask(&api).await;
    let Err(ModelError::Interrupted { partial, cause }) = answer else { panic!("{answer:?}") };
    assert_eq!((partial.text.as_str(), heard.as_str()), ("", ""));
    assert_eq!(partial.calls.len(), 3);
    assert!(matches!(*cause, ModelError::Overloaded { .. }), "{cause:?}");
}

#[tokio::test]
async fn an_error_after_text_keeps_what_was_shown_and_asks_no_second_time() {
    let api = api([stream("overloaded_after_text"), stream("text")]).await;
    let (answer, heard) = ask(&api).await;
    let Err(ModelError::Interrupted { partial, cause }) = answer else { panic!("{answer:?}") };
    assert_eq!(partial.text, "We have three packages: ");
    assert_eq!(partial.text, heard);
    assert_eq!(partial.calls, [Usage { input: 33, output: 1, ..Usage::default() }]);
    assert!(partial.first_token.is_some());
    assert!(matches!(*cause, ModelError::Overloaded { .. }), "{cause:?}");
    assert_eq!(calls(&api).await, 1);
}

#[tokio::test]
async fn an_error_event_that_is_our_fault_is_not_tried_again() {
    let body = fixture("overloaded_before_text").replace("overloaded_error", "invalid_request_error");
    let ours = ResponseTemplate::new(200).set_body_raw(body, "text/event-stream");
    let api = api([ours, stream("text")]).await;
    let (answer, _) = ask(&api).await;
    let Err(ModelError::Interrupted { cause, .. }) = answer else { panic!("{answer:?}") };
    assert!(matches!(*cause, ModelError::Refused { .. }), "{cause:?}");
    assert_eq!(calls(&api).await, 1);
}

#[tokio::test]
async fn a_page_instead_of_a_stream_is_an_outage() {
    let page = ResponseTemplate::new(200).set_body_raw("<html>\n\nBack soon</html>", "text/html");
    let api = api([page]).await;
    let (answer, _) = ask(&api).await;
    assert!(matches!(answer, Err(ModelError::Unavailable(_))), "{answer:?}");
    assert_eq!(calls(&api).await, 3);
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_our_key() {
    let elsewhere = api([stream("text")]).await;
    let here = ResponseTemplate::new(307).insert_header("location", elsewhere.uri().as_str());
    let (answer, _) = ask(&api([here]).await).await;
    assert!(matches!(answer, Err(ModelError::Unavailable(_))), "{answer:?}");
    assert_eq!(calls(&elsewhere).await, 0);
}

#[tokio::test]
async fn an_event_over_a_megabyte_is_an_outage() {
    let body = format!("data: {}\n\n", "x".repeat(1024 * 1024));
    let huge = ResponseTemplate::new(200).set_body_raw(body, "text/event-stream");
    let (answer, _) = ask(&api([huge]).await).await;
    assert!(matches!(answer, Err(ModelError::Unavailable(_))), "{answer:?}");
}

#[tokio::test]
async fn no_error_tells_what_was_said() {
    for response in [
        error(400, "invalid_request_error"),
        error(401, "sk-ant-test-0123456789"),
        error(500, "ann@example.com"),
        stream("overloaded_after_text"),
    ] {
        let (answer, _) = ask(&api([response]).await).await;
        let mut err: Option<&dyn std::error::Error> = Some(answer.as_ref().unwrap_err());
        while let Some(cause) = err {
            let text = cause.to_string();
            assert!(!text.contains("ann@") && !text.contains(KEY) && !text.contains("three"), "{text}");
            err = cause.source();
        }
    }
}
