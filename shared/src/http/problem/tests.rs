//! Problems tell callers what they may know, and no more.

use super::*;
use crate::domain::availability::WhyNone;

fn sent(error: &ApiError) -> Value {
    let response = error.response("req-1");
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(body["status"], response.status().as_u16());
    body
}

fn outage() -> Cause {
    std::io::Error::other("AKIA-secret at 10.0.0.1").into()
}

#[test]
fn a_problem_with_fields_has_every_member() {
    insta::assert_json_snapshot!(sent(&ApiError::invalid_field("/message", "too_long", "At most 4000 characters.")), @r#"
    {
      "type": "about:blank",
      "title": "Bad Request",
      "status": 400,
      "detail": "The request has fields that are not valid.",
      "code": "invalid",
      "requestId": "req-1",
      "errors": [
        {
          "pointer": "/message",
          "code": "too_long",
          "detail": "At most 4000 characters."
        }
      ]
    }
    "#);
}

#[test]
fn a_lost_slot_names_alternatives_beside_the_standard_members() {
    insta::assert_json_snapshot!(sent(&ApiError::not_bookable(&WhyNone::FullyBooked, &["2026-11-24T09:00:00Z"]).with("status", &7)), @r#"
    {
      "type": "about:blank",
      "title": "Conflict",
      "status": 409,
      "detail": "That time has just been taken.",
      "code": "slot_taken",
      "requestId": "req-1",
      "alternatives": [
        "2026-11-24T09:00:00Z"
      ]
    }
    "#);
}

#[test]
fn every_kind_has_a_code_of_its_own_and_the_status_of_its_class() {
    let mut codes: Vec<_> = Kind::ALL.iter().map(|kind| kind.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Kind::ALL.len());
    for kind in Kind::ALL {
        let ours = kind.status().is_server_error();
        assert_eq!(ours, kind.constant_detail().is_some(), "{kind:?}");
        assert!(ours || kind.status().is_client_error(), "{kind:?}");
    }
}

#[test]
fn a_failure_of_ours_never_shows_its_cause_or_borrowed_words() {
    for error in [
        ApiError::internal(outage()),
        ApiError::unavailable(Duration::from_secs(2), outage()),
        ApiError::new(Kind::Internal, "AKIA-secret"),
        ApiError::from(StoreError::Bug(outage())),
        ApiError::from(StoreError::Corrupt { what: "booking", source: outage() }),
    ] {
        let body = sent(&error).to_string();
        assert!(!body.contains("AKIA") && !body.contains("10.0.0.1") && !body.contains("booking"), "{body}");
    }
}

#[test]
fn a_passing_failure_of_the_store_asks_to_come_back_and_a_lasting_one_does_not() {
    for (error, status, retry_after) in [
        (StoreError::Throttled(outage()), 503, Some("1")),
        (StoreError::Unavailable(outage()), 503, Some("5")),
        (StoreError::Bug(outage()), 500, None),
        (StoreError::Corrupt { what: "turn", source: outage() }, 500, None),
    ] {
        let response = ApiError::from(error).response("r");
        assert_eq!(response.status(), status);
        assert_eq!(response.headers().get(RETRY_AFTER).map(|wait| wait.to_str().unwrap()), retry_after);
    }
}

#[test]
fn a_limit_says_when_it_resets_in_whole_seconds_rounded_up() {
    for (reset, retry_after, remaining_header) in [
        (Duration::from_millis(1), "1", "1"),
        (Duration::from_secs(59), "59", "59"),
        (Duration::from_millis(59_001), "60", "60"),
        (Duration::ZERO, "1", "0"),
    ] {
        let exceeded = Exceeded { limit: 20, retry_after: reset };
        let response = ApiError::rate_limited("Too many messages.", exceeded).response("r");
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()[RETRY_AFTER], retry_after);
        assert_eq!(response.headers()["ratelimit-limit"], "20");
        assert_eq!(response.headers()["ratelimit-remaining"], "0");
        assert_eq!(response.headers()["ratelimit-reset"], remaining_header);
    }
}
