//! Answers: what a handler gives back, with the headers that every answer has.
//!
//! Nothing is cacheable and nothing may be embedded. Pages hold no script at all; their style is allowed
//! by its own hash, so that nothing slipped into a page can style or run anything.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lambda_http::http::StatusCode;
use lambda_http::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use lambda_http::{Body, Request, Response};
use serde::Serialize;

use super::cors::Origin;
use super::problem::ApiError;
use super::request::request_id;

/// 200 with `value` as JSON.
///
/// # Errors
///
/// 500 when `value` cannot be written as JSON: our fault.
pub fn ok<T: Serialize>(value: &T) -> Result<Response<Body>, ApiError> {
    json(StatusCode::OK, value)
}

/// 201 with `value` as JSON.
///
/// # Errors
///
/// As [`ok`].
pub fn created<T: Serialize>(value: &T) -> Result<Response<Body>, ApiError> {
    json(StatusCode::CREATED, value)
}

/// 202 with `value` as JSON: it will be done.
///
/// # Errors
///
/// As [`ok`].
pub fn accepted<T: Serialize>(value: &T) -> Result<Response<Body>, ApiError> {
    json(StatusCode::ACCEPTED, value)
}

/// 204: done, and there is nothing to say.
#[must_use]
pub fn no_content() -> Response<Body> {
    with_status(StatusCode::NO_CONTENT, Body::Empty)
}

/// 303: go on there with a GET.
///
/// # Errors
///
/// 500 when `to` cannot be a header.
pub fn redirect(to: &str) -> Result<Response<Body>, ApiError> {
    let mut response = with_status(StatusCode::SEE_OTHER, Body::Empty);
    response.headers_mut().insert(LOCATION, HeaderValue::from_str(to).map_err(ApiError::internal)?);
    Ok(response)
}

/// 200 with a table for a spreadsheet.
#[must_use]
pub fn csv(table: String) -> Response<Body> {
    let mut response = with_status(StatusCode::OK, Body::from(table));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    response
}

/// A whole page. Of what it holds only its `<style>` element takes effect: no script, no image, no frame.
///
/// Its forms may be sent to this site only.
#[must_use]
pub fn html(status: StatusCode, page: String) -> Response<Body> {
    html_leading_to(status, page, "")
}

/// [`html`] whose forms may also be redirected on to the origin `onward`: browsers hold a form's redirects
/// to the page's policy, too.
#[must_use]
pub fn html_leading_to(status: StatusCode, page: String, onward: &str) -> Response<Body> {
    let mut policy =
        format!("default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' {onward}");
    policy.truncate(policy.trim_end().len());
    if let Some(style) = page.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")) {
        let hash = STANDARD.encode(digest(&SHA256, style.0.as_bytes()));
        // Writing to a string cannot fail.
        let _ = write!(policy, "; style-src 'sha256-{hash}'");
    }
    let mut response = with_status(status, Body::from(page));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Ends a request: a problem becomes its answer and its log line, and every answer gets its headers and
/// a line.
///
/// `origin` is what [`super::cors::check_origin`] let through; none before that, so that no other site
/// can read anything.
#[must_use]
pub fn finish(request: &Request, origin: Option<&Origin>, result: Result<Response<Body>, ApiError>) -> Response<Body> {
    let mut response = result.unwrap_or_else(|problem| {
        problem.log();
        problem.response(request_id(request))
    });
    tracing::info!(status = response.status().as_u16(), "a request was answered");
    secure(response.headers_mut());
    if let Some(origin) = origin {
        origin.allow(response.headers_mut());
    }
    response
}

/// Sets the headers that every answer has, unless the answer has its own.
pub fn secure(headers: &mut HeaderMap) {
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

fn json<T: Serialize>(status: StatusCode, value: &T) -> Result<Response<Body>, ApiError> {
    let body = serde_json::to_string(value).map_err(ApiError::internal)?;
    let mut response = with_status(status, Body::from(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

fn with_status(status: StatusCode, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(response: &Response<Body>) -> String {
        let mut lines: Vec<_> =
            response.headers().iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
        lines.sort();
        format!("{}\n{}\n\n{}", response.status(), lines.join("\n"), String::from_utf8_lossy(response.body()))
    }

    fn request() -> Request {
        Request::new(Body::Empty)
    }

    #[test]
    fn every_answer_is_private_and_says_what_it_is() {
        insta::assert_snapshot!(shown(&finish(&request(), None, created(&["a"]))), @r#"
        201 Created
        cache-control: no-store
        content-security-policy: default-src 'none'; frame-ancestors 'none'
        content-type: application/json
        referrer-policy: no-referrer
        x-content-type-options: nosniff

        ["a"]
        "#);
    }

    #[test]
    fn a_problem_is_finished_like_any_answer() {
        insta::assert_snapshot!(shown(&finish(&request(), None, Err(ApiError::not_found()))), @r#"
        404 Not Found
        cache-control: no-store
        content-security-policy: default-src 'none'; frame-ancestors 'none'
        content-type: application/problem+json
        referrer-policy: no-referrer
        x-content-type-options: nosniff

        {"type":"about:blank","title":"Not Found","status":404,"detail":"There is nothing here.","code":"not_found","requestId":"none"}
        "#);
    }

    #[test]
    fn a_page_may_have_its_own_style_and_nothing_else() {
        let page = "<!doctype html><style>p{color:red}</style><p>Hello</p>".to_owned();
        insta::assert_snapshot!(shown(&finish(&request(), None, Ok(html(StatusCode::OK, page)))), @r"
        200 OK
        cache-control: no-store
        content-security-policy: default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; style-src 'sha256-p0bF+un5yUb9MBO6xRb8kPHlY2BdpHVtLiFkDrZPF64='
        content-type: text/html; charset=utf-8
        referrer-policy: no-referrer
        x-content-type-options: nosniff

        <!doctype html><style>p{color:red}</style><p>Hello</p>
        ");
        let onward = html_leading_to(StatusCode::OK, "<p>Pay</p>".to_owned(), "https://checkout.stripe.com");
        let policy = onward.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.ends_with("; form-action 'self' https://checkout.stripe.com"), "{policy}");
        let plain = html(StatusCode::GONE, "<p>Over</p>".to_owned());
        assert!(!plain.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().contains("style-src"));
    }

    #[test]
    fn a_redirect_goes_where_it_says_or_nowhere() {
        let response = redirect("https://checkout.stripe.com/c/pay/cs_1").unwrap();
        assert_eq!(
            (response.status(), &response.headers()[LOCATION]),
            (StatusCode::SEE_OTHER, &HeaderValue::from_static("https://checkout.stripe.com/c/pay/cs_1"))
        );
        assert_eq!(redirect("https://x.test/\r\nSet-Cookie: a").unwrap_err().kind().status(), 500);
    }

    #[test]
    fn what_cannot_be_written_as_json_is_our_fault() {
        let odd = std::collections::HashMap::from([((1, 2), 3)]);
        assert_eq!(ok(&odd).unwrap_err().kind().status(), 500);
        assert!(no_content().body().is_empty());
    }
}
