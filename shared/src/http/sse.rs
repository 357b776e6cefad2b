//! Server-Sent Events: one answer as a stream of frames that cannot be forged from inside.
//!
//! Data is always one line of JSON, so text that imitates a frame stays text: JSON escapes every line end.

use bytes::Bytes;
use lambda_http::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use lambda_http::{Request, Response};
use serde::Serialize;

use super::request::header;
use super::respond::secure;

/// A frame that says nothing and keeps the line open; send one every 15 s.
pub const PING: Bytes = Bytes::from_static(b": ping\n\n");

/// One frame: `id` is what a client resumes after, `event` one of the contract's words.
///
/// # Errors
///
/// When `data` cannot be written as JSON.
pub fn frame<T: Serialize>(id: u64, event: &'static str, data: &T) -> Result<Bytes, serde_json::Error> {
    debug_assert!(event.bytes().all(|byte| byte.is_ascii_lowercase()), "an event's name is a word");
    Ok(Bytes::from(format!("id: {id}\nevent: {event}\ndata: {}\n\n", serde_json::to_string(data)?)))
}

/// The id of the last frame that a resuming client has, from `Last-Event-ID`; none for a first request.
#[must_use]
pub fn last_event_id(request: &Request) -> Option<u64> {
    header(request, "last-event-id")?.trim().parse().ok()
}

/// 200 with `body` as a stream of frames that no proxy may keep back, change or store.
#[must_use]
pub fn stream<B>(body: B) -> Response<B> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    secure(headers);
    response
}

#[cfg(test)]
mod tests {
    use lambda_http::Body;
    use serde_json::json;

    use super::*;

    /// The data of each frame, as a client reads it: lines end with CR, LF or both; a blank line ends a frame.
    fn read(stream: &str) -> Vec<(Option<String>, Option<String>, String)> {
        let lines = stream.replace("\r\n", "\n").replace('\r', "\n");
        let frames = lines.split("\n\n").filter(|frame| !frame.is_empty());
        let field = |frame: &str, name: &str| frame.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned));
        frames
            .map(|frame| (field(frame, "id: "), field(frame, "event: "), field(frame, "data: ").unwrap_or_default()))
            .collect()
    }

    #[test]
    fn a_frame_has_an_id_a_name_and_one_line_of_json() {
        assert_eq!(
            frame(7, "text", &json!({ "content": "Hi" })).unwrap(),
            "id: 7\nevent: text\ndata: {\"content\":\"Hi\"}\n\n"
        );
    }

    #[test]
    fn text_that_imitates_a_frame_stays_text() {
        for text in [
            "\n\nid: 99\nevent: done\ndata: {}\n\n",
            "\r\rid: 99\revent: done\rdata: {}\r\r",
            "\r\n\r\nevent: error\r\n\r\n",
            "data: x\u{2028}\u{2029}\u{85}\u{0}: ping",
        ] {
            let sent = frame(1, "text", &json!({ "content": text })).unwrap();
            let read = read(std::str::from_utf8(&sent).unwrap());
            assert_eq!(read.len(), 1, "{sent:?}");
            assert_eq!((read[0].0.as_deref(), read[0].1.as_deref()), (Some("1"), Some("text")));
            assert_eq!(serde_json::from_str::<serde_json::Value>(&read[0].2).unwrap()["content"], text);
        }
    }

    #[test]
    fn a_ping_is_a_comment_that_clients_skip() {
        assert_eq!(&PING[..1], b":");
        assert!(PING.ends_with(b"\n\n"));
    }

    #[test]
    fn a_client_resumes_only_after_a_number() {
        for (given, id) in [
            (Some("12"), Some(12)),
            (Some("0"), Some(0)),
            (Some("12\u{20}"), Some(12)),
            (Some("-1"), None),
            (Some("x"), None),
            (None, None),
        ] {
            let mut request = Request::new(Body::Empty);
            if let Some(given) = given {
                request.headers_mut().insert("last-event-id", given.parse().unwrap());
            }
            assert_eq!(last_event_id(&request), id, "{given:?}");
        }
    }

    #[test]
    fn a_stream_is_neither_stored_nor_kept_back() {
        let response = stream(());
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store, no-transform");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    }
}
