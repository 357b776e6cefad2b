//! The gateway: turns an HTTP request into the event a Lambda is given, and the answer back into HTTP.
//!
//! What API Gateway does, this does: the route's template, the caller's address, an open preflight, its
//! own 404 and 503 for any page to read. It authorizes nobody: functions verify tokens themselves.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
    HeaderMap, HeaderValue,
};
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use shared::http::problem::{ApiError, Kind};
use shared::ports::Clock;

use crate::clock::MovableClock;
use crate::functions::Functions;
use crate::tasks::Tasks;
use crate::template::{Cors, Matched, Template};

/// The largest body that API Gateway takes.
const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;

/// Serves the template's routes.
#[derive(Debug)]
pub struct Gateway {
    /// What is served.
    pub template: Arc<Template>,
    /// Who serves it.
    pub functions: Arc<Functions>,
    /// When a request came.
    pub clock: Arc<MovableClock>,
    /// Where invocations run to their end.
    pub tasks: Tasks,
}

/// A request in the words of an event.
struct Call<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    headers: &'a HeaderMap,
    body: &'a [u8],
    source_ip: String,
    at: Timestamp,
    request_id: &'a str,
}

impl Gateway {
    /// Answers one request.
    pub async fn answer(self: &Arc<Self>, from: SocketAddr, request: Request) -> Response {
        let (head, body) = request.into_parts();
        if head.method == Method::OPTIONS && self.template.routes.knows(head.uri.path()) {
            return preflight(&self.template.cors);
        }
        let now = self.clock.now();
        let request_id = request_id();
        let Some(matched) = self.template.routes.find(head.method.as_str(), head.uri.path()) else {
            return self.refuse(&ApiError::not_found(), &request_id);
        };
        let Ok(body) = axum::body::to_bytes(body, MAX_BODY_BYTES).await else {
            return self.refuse(&ApiError::new(Kind::TooLarge, "The body is too large."), &request_id);
        };
        let call = Call {
            method: head.method.as_str(),
            path: head.uri.path(),
            query: head.uri.query().unwrap_or_default(),
            headers: &head.headers,
            body: &body,
            source_ip: from.ip().to_canonical().to_string(),
            at: now,
            request_id: &request_id,
        };
        let event = event(&matched, &call).to_string();
        let function = matched.route.function.clone();
        let answered = match lambda_http::request::from_str(&event) {
            Ok(request) => {
                let functions = Arc::clone(&self.functions);
                let tasks = self.tasks.clone();
                self.tasks.run(async move { functions.http(&function, request, &tasks).await }).await.flatten()
            }
            Err(error) => {
                tracing::error!(%error, "the event has another shape");
                None
            }
        };
        let gave_up = || self.refuse(&ApiError::new(Kind::Unavailable, ""), &request_id);
        answered.unwrap_or_else(gave_up)
    }

    /// What the gateway itself says; a page of any origin may read it.
    fn refuse(&self, problem: &ApiError, request_id: &str) -> Response {
        let mut response = problem.response(request_id).map(|body| Body::from(body.to_vec()));
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        response
    }
}

/// Answers whatever the template routes.
pub async fn serve(
    State(gateway): State<Arc<Gateway>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    gateway.answer(from, request).await
}

/// A name for one request, in the form of the gateway's.
fn request_id() -> String {
    let mut bytes = [0_u8; 16];
    // Without randomness, requests have one name; nothing else comes of it.
    let _ = aws_lc_rs::rand::fill(&mut bytes);
    let hex = u128::from_be_bytes(bytes);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        hex >> 96,
        hex >> 80 & 0xffff,
        hex >> 64 & 0xffff,
        hex >> 48 & 0xffff,
        hex & 0xffff_ffff_ffff
    )
}

fn preflight(cors: &Cors) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::OK;
    for (name, value) in [
        (ACCESS_CONTROL_ALLOW_ORIGIN, &cors.origin),
        (ACCESS_CONTROL_ALLOW_METHODS, &cors.methods),
        (ACCESS_CONTROL_ALLOW_HEADERS, &cors.headers),
        (ACCESS_CONTROL_MAX_AGE, &cors.max_age),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// API Gateway's proxy event of a REST API.
fn event(matched: &Matched<'_>, call: &Call<'_>) -> Value {
    let (mut one, mut all): (Map<String, Value>, Map<String, Value>) = (Map::new(), Map::new());
    for name in call.headers.keys() {
        let values: Vec<String> = call
            .headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect();
        one.insert(name.to_string(), json!(values.last()));
        all.insert(name.to_string(), json!(values));
    }
    let mut query: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(call.query.as_bytes()) {
        query.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    let last: BTreeMap<&String, Option<&String>> = query.iter().map(|(name, values)| (name, values.last())).collect();
    let (body, is_base64_encoded) = match std::str::from_utf8(call.body) {
        Ok("") => (Value::Null, false),
        Ok(text) => (json!(text), false),
        Err(_) => (json!(STANDARD.encode(call.body)), true),
    };
    json!({
        "resource": matched.route.path,
        "path": call.path,
        "httpMethod": call.method,
        "headers": one,
        "multiValueHeaders": all,
        "queryStringParameters": (!query.is_empty()).then_some(last),
        "multiValueQueryStringParameters": (!query.is_empty()).then_some(&query),
        "pathParameters": (!matched.parts.is_empty()).then_some(&matched.parts),
        "stageVariables": null,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "httpMethod": call.method,
            "identity": { "sourceIp": call.source_ip, "userAgent": one.get("user-agent") },
            "path": call.path,
            "protocol": "HTTP/1.1",
            "requestId": call.request_id,
            "requestTimeEpoch": call.at.as_millisecond(),
            "resourceId": "local",
            "resourcePath": matched.route.path,
            // The path is handed on without a stage, as the deployed functions are told to read it.
            "stage": "$default",
        },
        "body": body,
        "isBase64Encoded": is_base64_encoded,
    })
}

/// A request to the function that serves `method` and `path`, as if it had come over HTTP from this machine.
#[must_use]
pub fn request(path: &str, headers: &[(&'static str, &str)], body: String) -> Request {
    let mut request = Request::new(Body::from(Bytes::from(body)));
    *request.method_mut() = Method::POST;
    if let Ok(uri) = path.parse() {
        *request.uri_mut() = uri;
    }
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            request.headers_mut().insert(*name, value);
        }
    }
    request
}

#[cfg(test)]
mod tests {
    use lambda_http::RequestExt as _;
    use shared::http::request as edge;

    use super::*;

    #[test]
    fn a_request_arrives_in_the_function_as_it_was_sent() {
        let template = Template::deployed().unwrap();
        let path = "/v1/public/chat/confirm/01JD7Q4ZJ2M6S1V0B7T3K9XN5R";
        let mut headers = HeaderMap::new();
        headers.insert("x-tenant-key", HeaderValue::from_static("pk_demo"));
        headers.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.9"));
        let call = Call {
            method: "POST",
            path,
            query: "a=1&a=2&b=x%20y",
            headers: &headers,
            body: br#"{"sessionId":"s"}"#,
            source_ip: "127.0.0.1".to_owned(),
            at: "2026-11-21T09:00:00Z".parse().unwrap(),
            request_id: "req-1",
        };
        let event = event(&template.routes.find("POST", path).unwrap(), &call);
        let request = lambda_http::request::from_str(&event.to_string()).unwrap();
        assert_eq!(edge::route(&request), (&Method::POST, "/v1/public/chat/confirm/{proposalId}"));
        assert_eq!(edge::path_text(&request, "proposalId").unwrap(), "01JD7Q4ZJ2M6S1V0B7T3K9XN5R");
        assert_eq!(edge::request_id(&request), "req-1");
        assert_ne!(request_id(), request_id());
        assert_eq!(edge::source_network(&request), "127.0.0.1".parse().ok());
        assert_eq!(edge::header(&request, "x-tenant-key"), Some("pk_demo"));
        assert_eq!(edge::query(&request, "b"), Some("x y"));
        let all = request.query_string_parameters_ref().unwrap().all("a").unwrap();
        assert_eq!(all, ["1", "2"]);
        assert_eq!(request.uri().path(), path);
        assert_eq!(edge::body(&request).unwrap(), br#"{"sessionId":"s"}"#);
    }

    #[test]
    fn a_body_that_is_no_text_survives() {
        let template = Template::deployed().unwrap();
        let call = Call {
            method: "POST",
            path: "/v1/webhooks/stripe",
            query: "",
            headers: &HeaderMap::new(),
            body: &[0xff, 0x00, 0x7b],
            source_ip: "::1".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            request_id: "r",
        };
        let event = event(&template.routes.find("POST", "/v1/webhooks/stripe").unwrap(), &call);
        let request = lambda_http::request::from_str(&event.to_string()).unwrap();
        assert_eq!(edge::body(&request).unwrap(), [0xff, 0x00, 0x7b]);
    }

    #[test]
    fn every_preflight_is_open_and_knows_no_credentials() {
        let response = preflight(&Template::deployed().unwrap().cors);
        assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert!(response.headers()[ACCESS_CONTROL_ALLOW_HEADERS].to_str().unwrap().contains("X-Session-Id"));
        assert!(!response.headers().contains_key("access-control-allow-credentials"));
    }
}
