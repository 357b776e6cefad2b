//! Requests: what a handler may take from one, each part parsed once and refused with a problem.
//!
//! The caller's address comes only from what the gateway itself saw; `X-Forwarded-For` and the like are
//! the caller's own words and are never read.

mod json;
mod merge;

use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use lambda_http::http::Method;
use lambda_http::http::header::CONTENT_TYPE;
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};
use serde::de::DeserializeOwned;

use super::problem::ApiError;
use crate::ports::trace;

pub use merge::merged;

/// The largest body that is read.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// The bits of an IPv6 address that name a network.
const NETWORK: u128 = !0 << 64;

/// The method and the template of the path, as `(GET, "/v1/admin/bookings/{id}")`: what a function with
/// several routes matches on. An unrouted request has an empty template, which matches nothing.
#[must_use]
pub fn route(request: &Request) -> (&Method, &str) {
    (request.method(), gateway(request).and_then(|context| context.resource_path.as_deref()).unwrap_or_default())
}

/// The id that the gateway gave this request; it is in every problem and every log line.
#[must_use]
pub fn request_id(request: &Request) -> &str {
    gateway(request).and_then(|context| context.request_id.as_deref()).unwrap_or("none")
}

/// The span that every log line of this request has; its tenant and subject are added when they are known.
#[must_use]
pub fn span(request: &Request) -> tracing::Span {
    let (method, route) = route(request);
    trace::request(request_id(request), method.as_str(), route)
}

/// The network that the gateway was called from, as limits count it: an IPv4 address whole; of an IPv6 address the
/// first 64 bits, because the others are its user's to choose (RFC 4291, section 2.5.4), as often as they like.
#[must_use]
pub fn source_network(request: &Request) -> Option<IpAddr> {
    let address: IpAddr = gateway(request)?.identity.source_ip.as_deref()?.parse().ok()?;
    Some(match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & NETWORK).into(),
        whole => whole,
    })
}

/// Where this API was called, without a slash at the end; none where no gateway says so. The gateway answers to its
/// own names only, so no caller can make one up.
#[must_use]
pub fn base_url(request: &Request) -> Option<String> {
    let context = gateway(request)?;
    let before = context.path.as_deref()?.strip_suffix(request.raw_http_path())?;
    Some(format!("https://{}{before}", context.domain_name.as_deref()?))
}

/// A header's text; none when it is absent, repeated or not plain text.
#[must_use]
pub fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let mut values = request.headers().get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// The parameter `name` of the query string, if it is there and not empty.
#[must_use]
pub fn query<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.query_string_parameters_ref()?.first(name).filter(|value| !value.is_empty())
}

/// The parameter `name` of the query string, parsed; none when it is absent.
///
/// # Errors
///
/// 400 `invalid` when it is there and is not a `T`.
pub fn parsed_query<T: FromStr>(request: &Request, name: &'static str) -> Result<Option<T>, ApiError> {
    let invalid = |_| {
        ApiError::invalid_field(&format!("/{name}"), "invalid_value", format!("The parameter {name} is not valid."))
    };
    query(request, name).map(str::parse).transpose().map_err(invalid)
}

/// The part `name` of the path, as text.
///
/// # Errors
///
/// 404 when the route has no such part.
pub fn path_text<'a>(request: &'a Request, name: &str) -> Result<&'a str, ApiError> {
    request.path_parameters_ref().and_then(|parts| parts.first(name)).ok_or_else(ApiError::not_found)
}

/// The part `name` of the path, parsed.
///
/// # Errors
///
/// 404 for what cannot be an id: the same as for an id that never existed.
pub fn path<T: FromStr>(request: &Request, name: &str) -> Result<T, ApiError> {
    path_text(request, name)?.parse().map_err(|_| ApiError::not_found())
}

/// The version that a change is based on, from `If-Match`: a number, with or without quotes.
///
/// # Errors
///
/// 400 `malformed` when the header is absent or not a version.
pub fn if_match(request: &Request) -> Result<u64, ApiError> {
    let malformed = || ApiError::malformed("The header If-Match must name the version that you changed.");
    header(request, "if-match").and_then(|version| version.trim_matches('"').parse().ok()).ok_or_else(malformed)
}

/// The raw body.
///
/// # Errors
///
/// 413 over [`MAX_BODY_BYTES`].
pub fn body(request: &Request) -> Result<&[u8], ApiError> {
    let bytes: &[u8] = request.body().as_ref();
    if bytes.len() <= MAX_BODY_BYTES { Ok(bytes) } else { Err(ApiError::too_large(MAX_BODY_BYTES)) }
}

/// The body as JSON. What is unknown is refused when `T` says `deny_unknown_fields`.
///
/// # Errors
///
/// 413 for too much, 415 for anything but JSON, 400 `malformed` for what is no JSON value and
/// 400 `invalid` with the field's pointer for one that is not a `T`.
pub fn json<T: DeserializeOwned>(request: &Request) -> Result<T, ApiError> {
    let bytes = body(request)?;
    if !is_json(request) {
        return Err(ApiError::unsupported_media_type());
    }
    json::parse(bytes)
}

/// Claims that the body says it is JSON, whatever its parameters.
fn is_json(request: &Request) -> bool {
    let essence = header(request, CONTENT_TYPE.as_str()).and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// What the gateway said about the request.
fn gateway(request: &Request) -> Option<&lambda_http::aws_lambda_events::apigw::ApiGatewayProxyRequestContext> {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV1(context)) => Some(context),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
