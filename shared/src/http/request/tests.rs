//! Requests are parsed once, and refused with a problem.

use lambda_http::Body;
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::http::problem::Kind;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Wish {
    message: String,
    #[serde(default)]
    seats: Vec<Seat>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Seat {
    row: u8,
}

fn event(change: impl FnOnce(&mut Value)) -> Request {
    let mut event = json!({
        "resource": "/v1/admin/bookings/{id}",
        "path": "/v1/admin/bookings/01JD7Q4ZJ2M6S1V0B7T3K9XN5R",
        "httpMethod": "PATCH",
        "headers": { "Content-Type": "application/json", "X-Forwarded-For": "203.0.113.9", "If-Match": "\"7\"" },
        "multiValueHeaders": null,
        "queryStringParameters": { "days": "30", "bad": "x", "empty": "" },
        "pathParameters": { "id": "01JD7Q4ZJ2M6S1V0B7T3K9XN5R" },
        "requestContext": {
            "resourcePath": "/v1/admin/bookings/{id}", "httpMethod": "PATCH", "requestId": "req-7",
            "identity": { "sourceIp": "198.51.100.4" }, "stage": "prod",
        },
        "body": r#"{"message":"hello"}"#,
        "isBase64Encoded": false,
    });
    change(&mut event);
    lambda_http::request::from_str(&event.to_string()).unwrap()
}

fn sending(body: &str) -> Result<Wish, ApiError> {
    json(&event(|event| event["body"] = body.into()))
}

fn problem(body: &str) -> Value {
    serde_json::from_slice(sending(body).unwrap_err().response("r").body()).unwrap()
}

#[test]
fn a_function_matches_on_method_and_template() {
    let request = event(|_| {});
    assert_eq!(route(&request), (&Method::PATCH, "/v1/admin/bookings/{id}"));
    assert_eq!(request_id(&request), "req-7");
    assert_eq!(path_text(&request, "id").unwrap(), "01JD7Q4ZJ2M6S1V0B7T3K9XN5R");
}

#[test]
fn a_caller_is_counted_by_the_network_that_the_gateway_saw() {
    let of = |address: &str| {
        let request = event(|event| event["requestContext"]["identity"] = json!({ "sourceIp": address }));
        source_network(&request).map(|network| network.to_string())
    };
    for (address, network) in [
        ("198.51.100.4", "198.51.100.4"),
        ("2001:db8:7:9::1", "2001:db8:7:9::"),
        ("2001:db8:7:9:ffff:ffff:ffff:ffff", "2001:db8:7:9::"),
        ("2001:db8:7:a::1", "2001:db8:7:a::"),
        ("::ffff:198.51.100.4", "198.51.100.4"),
    ] {
        assert_eq!(of(address).as_deref(), Some(network), "{address}");
    }
    assert_eq!(of("unknown"), None);
    assert_eq!(source_network(&event(|event| event["requestContext"]["identity"] = json!({}))), None);
}

#[test]
fn a_header_that_is_sent_twice_is_not_believed() {
    let twice = event(|event| {
        event["headers"] = json!({});
        event["multiValueHeaders"] = json!({ "X-Session-Id": ["a", "b"], "X-Tenant-Key": ["pk_demo"] });
    });
    assert_eq!(header(&twice, "x-session-id"), None);
    assert_eq!(header(&twice, "x-tenant-key"), Some("pk_demo"));
}

#[test]
fn a_path_part_that_is_no_id_was_never_there() {
    let request = event(|event| event["pathParameters"]["id"] = "../etc".into());
    assert_eq!(path::<u64>(&request, "id").unwrap_err().kind(), Kind::NotFound);
    assert_eq!(path::<u64>(&request, "other").unwrap_err().kind(), Kind::NotFound);
    assert_eq!(path::<u64>(&event(|event| event["pathParameters"]["id"] = "12".into()), "id").unwrap(), 12);
}

#[test]
fn a_query_parameter_is_absent_parsed_or_refused() {
    let request = event(|_| {});
    assert_eq!(parsed_query::<u16>(&request, "days").unwrap(), Some(30));
    assert_eq!(parsed_query::<u16>(&request, "empty").unwrap(), None);
    assert_eq!(parsed_query::<u16>(&request, "none").unwrap(), None);
    assert_eq!(parsed_query::<u16>(&request, "bad").unwrap_err().kind(), Kind::Invalid);
}

#[test]
fn a_change_names_its_version() {
    assert_eq!(if_match(&event(|_| {})).unwrap(), 7);
    for odd in ["", "*", "W/\"7\"", "-1"] {
        let request = event(|event| event["headers"]["If-Match"] = odd.into());
        assert_eq!(if_match(&request).unwrap_err().kind(), Kind::Malformed, "{odd:?}");
    }
}

#[test]
fn a_body_is_read_to_its_last_allowed_byte() {
    let full = |bytes: usize| format!(r#"{{"message":"{}"}}"#, "a".repeat(bytes - 14));
    assert!(sending(&full(MAX_BODY_BYTES)).is_ok());
    assert_eq!(sending(&full(MAX_BODY_BYTES + 1)).unwrap_err().kind(), Kind::TooLarge);
}

#[test]
fn a_base64_body_is_the_same_body() {
    let request = event(|event| {
        event["body"] = "eyJtZXNzYWdlIjoiaGVsbG8ifQ==".into();
        event["isBase64Encoded"] = true.into();
    });
    assert!(matches!(request.body(), Body::Binary(_)));
    assert_eq!(json::<Wish>(&request).unwrap().message, "hello");
}

#[test]
fn only_json_is_read_as_json() {
    for (content_type, read) in [
        (json!("application/json"), true),
        (json!("Application/JSON; charset=utf-8"), true),
        (json!("text/plain"), false),
        (json!("application/jsonp"), false),
        (json!("application/x-www-form-urlencoded"), false),
        (Value::Null, false),
    ] {
        let request = event(|event| match &content_type {
            Value::Null => event["headers"] = json!({}),
            given => event["headers"]["Content-Type"] = given.clone(),
        });
        let kind = json::<Wish>(&request).err().map(|error| error.kind());
        assert_eq!(kind, (!read).then_some(Kind::UnsupportedMediaType), "{content_type}");
    }
}

#[test]
fn what_is_no_json_is_malformed() {
    let deep = "[".repeat(10_000);
    for body in ["", "{", "{\"message\":", "hello", "{\"message\":\"a\"} x", "\u{feff}{}", "[\"a\"]", "\"a\"", &deep] {
        assert_eq!(sending(body).unwrap_err().kind(), Kind::Malformed, "{body:?}");
    }
    assert_eq!(problem("{\"message\":\"a\"}{}")["code"], "malformed");
}

#[test]
fn a_refused_field_is_pointed_at_and_its_value_never_repeated() {
    for (body, pointer, code) in [
        (r#"{}"#, "/message", "missing_field"),
        (r#"{"message":"a","tenantId":"t"}"#, "/tenantId", "unknown_field"),
        (r#"{"message":"a","message":"b"}"#, "/message", "duplicate_field"),
        (r#"{"message":7}"#, "/message", "invalid_type"),
        (r#"{"message":"a","seats":[{"row":1},{"row":"s3cret"}]}"#, "/seats/1/row", "invalid_type"),
        (r#"{"message":"a","seats":[{"row":300}]}"#, "/seats/0/row", "invalid_value"),
        (r#"{"message":"a","seats":[{"row":1,"a/b~c":2}]}"#, "/seats/0/a~1b~0c", "unknown_field"),
        (r#"{"message":"a","seats":{"row":1}}"#, "/seats", "invalid_type"),
        (r#"{"message":"a","seats":["s3cret"]}"#, "/seats/0", "invalid_type"),
    ] {
        let problem = problem(body);
        assert_eq!(
            (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!(pointer), &json!(code)),
            "{body}: {problem}"
        );
        assert!(!problem.to_string().contains("s3cret"), "{problem}");
    }
}

#[test]
fn the_apis_own_address_is_where_the_gateway_says_that_it_was_called() {
    let called = |domain: Value, path: &str| {
        let path = json!(path);
        base_url(&event(|event| {
            event["requestContext"]["domainName"] = domain;
            event["requestContext"]["path"] = path;
            event["headers"]["Host"] = json!("evil.test");
        }))
    };
    let path = "/v1/admin/bookings/01JD7Q4ZJ2M6S1V0B7T3K9XN5R";
    let own = || json!("abc.execute-api.eu-central-1.amazonaws.com");
    let expected = "https://abc.execute-api.eu-central-1.amazonaws.com/prod";
    assert_eq!(called(own(), &format!("/prod{path}")).as_deref(), Some(expected));
    assert_eq!(called(json!("desk.example"), path).as_deref(), Some("https://desk.example"));
    assert_eq!(called(Value::Null, path), None);
    assert_eq!(called(own(), "/elsewhere"), None);
}
