//! `GET /v1/public/calendars/{file}`: the feed of a resource's bookings, for its owner's calendar app.
//!
//! Such an app sends no header of ours, so the link alone says whose feed it is and proves that its holder may
//! read it. Any link that opens nothing is the same 404.

use lambda_http::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH};
use lambda_http::http::{Method, StatusCode};
use lambda_http::{Body, Request, Response};
use shared::app::calendar::feed::{self, Error, FeedFile};
use shared::domain;
use shared::domain::meter::Rate;
use shared::http::gate;
use shared::http::problem::ApiError;
use shared::http::{request, respond};
use shared::runtime::Services;

/// Only the app itself may keep it, and only for a while: a link that was ended must soon open nothing.
const CACHING: &str = "private, max-age=300";

/// Answers one request.
pub(crate) async fn answer(services: &Services, request: &Request) -> Response<Body> {
    respond::finish(request, None, serve(services, request).await)
}

async fn serve(services: &Services, request: &Request) -> Result<Response<Body>, ApiError> {
    if !matches!(request.method(), &Method::GET | &Method::HEAD) {
        return Err(ApiError::method_not_allowed());
    }
    let file = request::path_text(request, "file")?;
    let grant = domain::feed::open(&services.link_key, file).map_err(|_| ApiError::not_found())?;
    gate::count(services.gate(), grant.tenant, request, &Rate::CALLS).await?;
    let feed = feed::read(services.feed(), file).await.map_err(|error| match error {
        Error::NoSuchFeed => ApiError::not_found(),
        Error::Store(error) => error.into(),
    })?;
    let is_known = request::header(request, IF_NONE_MATCH.as_str()).is_some_and(|known| names(known, &feed.etag));
    whole(feed, is_known)
}

/// Claims that the header `known` names `etag`, compared weakly as RFC 9110 says of it.
fn names(known: &str, etag: &str) -> bool {
    known.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == etag || one == "*")
}

fn whole(feed: FeedFile, is_known: bool) -> Result<Response<Body>, ApiError> {
    let mut response = Response::new(if is_known { Body::Empty } else { Body::from(feed.text) });
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        let kind = HeaderValue::from_static("text/calendar; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, kind);
    }
    let headers = response.headers_mut();
    headers.insert(ETAG, HeaderValue::from_str(&feed.etag).map_err(ApiError::internal)?);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(CACHING));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_feed_is_named_alone_in_a_list_or_weakly() {
        for (known, is_named) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\", \"a\"", true),
            ("*", true),
            ("\"b\"", false),
            ("a", false),
            ("", false),
        ] {
            assert_eq!(names(known, "\"a\""), is_named, "{known}");
        }
    }
}
