//! Origins: which sites' pages may use a tenant's chat, and which may read the admin API.
//!
//! The preflight is open; what decides is the request itself. An origin is compared letter by letter
//! with those that are allowed: no pattern, no suffix, never `null`. There are no cookies, so no
//! credentials are ever allowed.

use lambda_http::Request;
use lambda_http::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, HeaderMap, HeaderValue, ORIGIN, VARY,
};

use super::problem::ApiError;

/// The page around the frame that a request comes from. Our own frame says it, from what the browser
/// told it, and no other page's script runs there.
const EMBEDDER: &str = "x-page-origin";

/// What a page may read of an answer beyond its body.
const EXPOSED: &str = "Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset";

/// An origin that was checked. Only [`check_origin`] and [`reader`] make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(HeaderValue);

/// Lets a request through whose page the tenant allowed, or that no page sent. Out of a frame, both the
/// frame's own origin and the page around it must be allowed.
///
/// A caller without an `Origin` is not a browser page of another site; it is held by the tenant key,
/// the session and the limits as everybody is.
///
/// # Errors
///
/// 403 `origin_refused` for any other page.
pub fn check_origin(request: &Request, allowed: &[String]) -> Result<Option<Origin>, ApiError> {
    let is_allowed = |origin: &HeaderValue| allowed.iter().any(|site| site.as_bytes() == origin.as_bytes());
    if !request.headers().get_all(EMBEDDER).iter().all(is_allowed) {
        return Err(ApiError::origin_refused());
    }
    let mut given = request.headers().get_all(ORIGIN).iter();
    match (given.next(), given.next()) {
        (None, _) => Ok(None),
        (Some(origin), None) if is_allowed(origin) => Ok(Some(Origin(origin.clone()))),
        _ => Err(ApiError::origin_refused()),
    }
}

/// The page that may read the answer, if it is of an allowed site. Any other caller is served all the
/// same: what lets a request in is its token, and without these headers no page can read what came of it.
#[must_use]
pub fn reader(request: &Request, allowed: &[String]) -> Option<Origin> {
    check_origin(request, allowed).ok().flatten()
}

impl Origin {
    /// Lets this origin's page, and no other, read the answer.
    pub fn allow(&self, headers: &mut HeaderMap) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, self.0.clone());
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
}

#[cfg(test)]
mod tests {
    use lambda_http::Body;

    use super::*;

    fn from(origins: &[&str]) -> Result<Option<Origin>, ApiError> {
        let mut request = Request::new(Body::Empty);
        for origin in origins {
            request.headers_mut().append(ORIGIN, origin.parse().unwrap());
        }
        check_origin(&request, &["https://shop.example".to_owned(), "http://localhost:3000".to_owned()])
    }

    #[test]
    fn an_allowed_page_may_read_its_answer_and_no_other_may() {
        let mut headers = HeaderMap::new();
        from(&["https://shop.example"]).unwrap().unwrap().allow(&mut headers);
        insta::assert_debug_snapshot!(headers, @r#"
        {
            "access-control-allow-origin": "https://shop.example",
            "access-control-expose-headers": "Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset",
            "vary": "Origin",
        }
        "#);
    }

    #[test]
    fn a_page_of_another_site_reads_nothing_and_is_not_refused() {
        let allowed = ["https://console.example".to_owned()];
        let asked_from = |origin: &'static str| {
            let mut request = Request::new(Body::Empty);
            request.headers_mut().append(ORIGIN, HeaderValue::from_static(origin));
            reader(&request, &allowed)
        };
        assert_eq!(
            asked_from("https://console.example"),
            Some(Origin(HeaderValue::from_static("https://console.example")))
        );
        for other in ["https://evil.test", "null", "https://console.example.evil.test"] {
            assert_eq!(asked_from(other), None, "{other}");
        }
    }

    #[test]
    fn a_caller_that_is_no_page_passes_without_cors_headers() {
        assert_eq!(from(&[]).unwrap(), None);
    }

    #[test]
    fn a_frame_is_let_in_only_where_the_page_around_it_is_allowed_too() {
        let framed = |origin: Option<&'static str>, around: &[&'static str]| {
            let mut request = Request::new(Body::Empty);
            if let Some(origin) = origin {
                request.headers_mut().append(ORIGIN, HeaderValue::from_static(origin));
            }
            for page in around {
                request.headers_mut().append(EMBEDDER, HeaderValue::from_static(page));
            }
            check_origin(&request, &["https://shop.example".to_owned(), "https://widget.example".to_owned()])
        };
        let ours = Some("https://widget.example");
        assert!(framed(ours, &["https://shop.example"]).unwrap().is_some());
        assert_eq!(framed(None, &["https://shop.example"]).unwrap(), None);
        for around in ["https://evil.test", "null", "", "https://shop.example.evil.test"] {
            assert_eq!(framed(ours, &[around]).unwrap_err().kind().code(), "origin_refused", "{around}");
            assert!(framed(None, &[around]).is_err(), "{around}");
        }
        assert!(framed(ours, &["https://shop.example", "https://evil.test"]).is_err());
        assert!(framed(Some("https://evil.test"), &["https://shop.example"]).is_err());
    }

    #[test]
    fn every_other_page_is_refused() {
        for origin in [
            "null",
            "http://shop.example",
            "https://shop.example:8443",
            "https://shop.example/",
            "https://SHOP.example",
            "https://shop.example.evil.test",
            "https://evil-shop.example",
            "*",
            "",
        ] {
            assert_eq!(from(&[origin]).unwrap_err().kind().code(), "origin_refused", "{origin:?}");
        }
        assert!(from(&["https://shop.example", "https://evil.test"]).is_err());
        assert!(
            check_origin(
                &{
                    let mut request = Request::new(Body::Empty);
                    request.headers_mut().append(ORIGIN, "https://shop.example".parse().unwrap());
                    request
                },
                &[]
            )
            .is_err()
        );
    }
}
