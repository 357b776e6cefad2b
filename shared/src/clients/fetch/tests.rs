//! What a hostile address tries, over a real connection to this machine.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

/// A peer that answers each connection with the next of its answers, then nothing more. It sends each in
/// the pieces it is made of, and holds the connection open behind the last one when it is to be slow.
struct Peer {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    async fn answering(answers: &[&str]) -> Self {
        Self::sending(answers.iter().map(|answer| (*answer).to_owned()).collect(), false).await
    }

    async fn sending(answers: Vec<String>, stays: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ears = Arc::clone(&heard);
        #[expect(clippy::disallowed_methods, reason = "the peer answers until the test's runtime ends")]
        tokio::spawn(async move {
            let mut open = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !is_whole(&request) {
                    let mut buffer = [0; 1_024];
                    let read = stream.read(&mut buffer).await.unwrap();
                    request.extend_from_slice(buffer.get(..read).unwrap());
                }
                ears.lock().unwrap().push(String::from_utf8(request).unwrap().to_lowercase());
                // Who has read enough hangs up.
                drop(stream.write_all(answer.as_bytes()).await);
                if stays {
                    open.push(stream);
                }
            }
            if stays {
                std::future::pending::<()>().await;
            }
        });
        Self { port, heard }
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}{path}", self.port)).unwrap()
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

/// Claims that `request` has its headers and as much of a body as they promise.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let promised = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    promised.parse::<usize>().unwrap() <= body.len()
}

fn fetch(reach: Reach) -> Fetch {
    Fetch::new(reach, Arc::new(SystemLookup)).unwrap()
}

fn local() -> Fetch {
    fetch(Reach::PublicAndLoopback)
}

const KINDS: [&str; 2] = ["text/calendar", "text/plain"];

fn wanted(url: &Url) -> Wanted<'_> {
    Wanted { url, kinds: &KINDS, most_bytes: 1_000, etag: None, last_modified: None }
}

fn page(kind: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n{body}")
}

fn leading(to: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

async fn outcome(fetch: &Fetch, url: &Url) -> String {
    match fetch.get(wanted(url)).await {
        Ok(Fetched::Content { body, .. }) => String::from_utf8(body.to_vec()).unwrap(),
        Ok(Fetched::Unchanged) => "unchanged".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// Answers of a name, one look-up after the other; the last one for good.
struct Answers(Mutex<VecDeque<&'static [&'static str]>>);

#[async_trait]
impl Lookup for Answers {
    async fn addresses(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        let mut answers = self.0.lock().unwrap();
        let next = if 1 < answers.len() { answers.pop_front() } else { answers.front().copied() };
        Ok(next.unwrap_or_default().iter().map(|text| text.parse().unwrap()).collect())
    }
}

fn resolving(reach: Reach, answers: &[&'static [&'static str]]) -> Fetch {
    Fetch::new(reach, Arc::new(Answers(Mutex::new(answers.iter().copied().collect())))).unwrap()
}

#[test]
fn an_address_that_can_be_seen_to_lead_inward_is_refused_unasked() {
    for (address, allowed) in [
        ("https://calendar.example.com/a.ics", true),
        ("https://calendar.example.com:8443/a.ics", true),
        ("https://1.1.1.1/", true),
        ("https://[2606:4700:4700::1111]/", true),
        ("http://calendar.example.com/a.ics", false),
        ("ftp://calendar.example.com/a.ics", false),
        ("https://ann:pw@calendar.example.com/", false),
        ("https://ann@calendar.example.com/", false),
        ("https://localhost/", false),
        ("https://LOCALHOST/", false),
        ("https://localhost./", false),
        ("https://a.localhost/", false),
        ("https://intranet/", false),
        ("https://calendar.example.com./", false),
        ("https://calendar..example.com/", false),
        ("https://printer.local/", false),
        ("https://metadata.google.internal/", false),
        ("https://127.0.0.1/", false),
        ("https://127.1/", false),
        ("https://2130706433/", false),
        ("https://0x7f000001/", false),
        ("https://0177.0.0.1/", false),
        ("https://0x7f.1/", false),
        ("https://127.0.0.1./", false),
        ("https://2852039166/", false),
        ("https://169.254.169.254/latest/meta-data/", false),
        ("https://[::1]/", false),
        ("https://[::ffff:127.0.0.1]/", false),
        ("https://[::ffff:a9fe:a9fe]/", false),
        ("https://[64:ff9b::a9fe:a9fe]/", false),
        ("https://[fd00:ec2::254]/", false),
        ("https://\u{ff11}\u{ff12}\u{ff17}.0.0.1/", false),
        ("https://127\u{3002}0\u{3002}0\u{3002}1/", false),
    ] {
        let Ok(url) = Url::parse(address) else {
            assert!(!allowed, "{address}");
            continue;
        };
        assert_eq!(fetch(Reach::Public).check(&url).is_ok(), allowed, "{address}");
    }
}

#[tokio::test]
async fn a_local_desk_reads_this_machine_and_a_deployed_one_does_not() {
    let peer = Peer::answering(&[&page("text/calendar; charset=utf-8", "hello")]).await;
    assert_eq!(outcome(&fetch(Reach::Public), &peer.url("/a")).await, "the address is not one to fetch from");
    assert_eq!(outcome(&local(), &peer.url("/a?key=1")).await, "hello");
    let [heard] = &peer.heard()[..] else { panic!("asked once") };
    assert!(heard.starts_with("get /a?key=1 http/1.1\r\n"), "{heard}");
    for header in ["cookie", "authorization", "referer", "if-none-match"] {
        assert!(!heard.contains(&format!("\r\n{header}:")), "{heard}");
    }
    assert!(heard.contains("\r\naccept-encoding: identity\r\n"), "{heard}");
}

#[tokio::test]
async fn no_redirect_leads_inward() {
    for to in [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "https://192.168.0.1/",
        "http://[fd00::1]/",
        "http://calendar.example.com/",
        "https://intranet/",
        "file:///etc/passwd",
        "//10.0.0.1/",
    ] {
        let peer = Peer::answering(&[&leading(to)]).await;
        assert_eq!(outcome(&local(), &peer.url("/a")).await, "the address is not one to fetch from", "{to}");
    }
}

#[tokio::test]
async fn redirects_are_followed_three_times() {
    let peer =
        Peer::answering(&[&leading("/b"), &leading("?c"), &leading("/d"), &page("text/calendar", "there")]).await;
    assert_eq!(outcome(&local(), &peer.url("/a")).await, "there");
    let peer = Peer::answering(&[&leading("/b"), &leading("/c"), &leading("/d"), &leading("/e")]).await;
    assert_eq!(outcome(&local(), &peer.url("/a")).await, "the address leads on too often");
    let nowhere = "HTTP/1.1 302 Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    assert_eq!(outcome(&local(), &Peer::answering(&[nowhere]).await.url("/a")).await, "the address leads on too often");
}

#[tokio::test]
async fn a_name_is_what_it_resolves_to_at_the_moment() {
    let url = Url::parse("https://rebinding.example.com/").unwrap();
    for inward in [
        &["127.0.0.1"][..],
        &["169.254.169.254"],
        &["::1"],
        &["::ffff:10.0.0.1"],
        &["1.1.1.1", "10.0.0.1"],
        &["64:ff9b::a9fe:a9fe"],
    ] {
        let fetch = resolving(Reach::Public, &[inward]);
        assert_eq!(outcome(&fetch, &url).await, "the address is not one to fetch from", "{inward:?}");
    }
    assert_eq!(outcome(&resolving(Reach::Public, &[&[]]), &url).await, "nobody answers at the address");
}

#[tokio::test]
async fn a_name_that_answers_something_else_the_second_time_is_asked_once_for_each_connection() {
    let peer = Peer::answering(&[&leading("http://localhost:1/b")]).await;
    let mut first = peer.url("/a");
    first.set_host(Some("localhost")).unwrap();
    // The first look-up is this machine, where the peer is; the second, behind the redirect, leads inward.
    let fetch = resolving(Reach::PublicAndLoopback, &[&["127.0.0.1"], &["10.0.0.1"]]);
    assert_eq!(outcome(&fetch, &first).await, "the address is not one to fetch from");
    assert_eq!(peer.heard().len(), 1, "the checked address is the one that was connected to");
}

#[tokio::test]
async fn a_body_is_read_up_to_its_bound() {
    let body = "x".repeat(1_000);
    let peer = Peer::answering(&[&page("text/calendar", &body), &page("text/calendar", &format!("{body}x"))]).await;
    assert_eq!(outcome(&local(), &peer.url("/")).await, body);
    assert_eq!(outcome(&local(), &peer.url("/")).await, "the content is too large");
    // Whatever it says of its length, and though it never ends.
    let endless = Peer::sending(vec![page("text/calendar", &"x".repeat(100_000))], true).await;
    assert_eq!(outcome(&local(), &endless.url("/")).await, "the content is too large");
}

#[tokio::test]
async fn who_is_slow_is_left() {
    let patience = Duration::from_millis(200);
    for begun in ["", "HTTP/1.1 200 OK\r\n", &page("text/calendar", "BEGIN")] {
        let peer = Peer::sending(vec![begun.to_owned()], true).await;
        assert_eq!(outcome(&local().within(patience), &peer.url("/")).await, "the address took too long", "{begun:?}");
    }
}

#[tokio::test]
async fn only_what_makes_sense_is_read() {
    let zipped =
        "HTTP/1.1 200 OK\r\ncontent-type: text/calendar\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\nx";
    let untold = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello";
    for (answer, expected) in [
        (page("text/html", "<p>"), "the content is of another kind"),
        (page("TEXT/Calendar", "hello"), "hello"),
        (untold.to_owned(), "hello"),
        (zipped.to_owned(), "the content is of another kind"),
        ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(), "the address answered 404"),
        ("HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n".to_owned(), "the address answered 500"),
        ("not http\r\n\r\n".to_owned(), "nobody answers at the address"),
    ] {
        let peer = Peer::sending(vec![answer.clone()], false).await;
        assert_eq!(outcome(&local(), &peer.url("/")).await, expected, "{answer}");
    }
}

#[tokio::test]
async fn what_was_read_before_is_asked_for_by_its_validators() {
    let tagged =
        "HTTP/1.1 200 OK\r\netag: \"1\"\r\nlast-modified: Mon, 23 Nov 2026 09:00:00 GMT\r\nconnection: close\r\n\r\nx";
    let unchanged = "HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n";
    let peer = Peer::answering(&[tagged, unchanged]).await;
    let url = peer.url("/");
    let Fetched::Content { etag, last_modified, .. } = local().get(wanted(&url)).await.unwrap() else {
        panic!("there was nothing to compare with")
    };
    let again = Wanted { etag: etag.as_deref(), last_modified: last_modified.as_deref(), ..wanted(&url) };
    assert_eq!(local().get(again).await.unwrap(), Fetched::Unchanged);
    let asked = peer.heard().pop().unwrap();
    assert!(asked.contains("\r\nif-none-match: \"1\"\r\n"), "{asked}");
    assert!(asked.contains("\r\nif-modified-since: mon, 23 nov 2026 09:00:00 gmt\r\n"), "{asked}");
}

#[tokio::test]
async fn an_error_never_quotes_the_address() {
    let peer = Peer::answering(&[]).await;
    let mut url = peer.url("/private-4711");
    url.set_port(Some(1)).unwrap();
    let error = local().get(wanted(&url)).await.unwrap_err();
    assert!(!format!("{error:?}").contains("4711"), "{error:?}");
}

fn posted(url: &Url) -> Posted<'_> {
    let headers = vec![("webhook-id", "one".to_owned()), ("webhook-signature", "v1,\r\nx: y".to_owned())];
    Posted { url, headers, body: Bytes::from_static(b"{}"), now: "2026-11-22T10:00:00Z".parse().unwrap() }
}

async fn handed_over(fetch: &Fetch, url: &Url) -> String {
    match fetch.post(posted(url)).await {
        Ok(Answered { status, .. }) => status.to_string(),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn what_is_posted_leads_nowhere_inward_whatever_its_address_looks_like() {
    for address in [
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://localhost/",
        "https://metadata.google.internal/",
        "http://hooks.example.com/",
    ] {
        let told = handed_over(&fetch(Reach::Public), &Url::parse(address).unwrap()).await;
        assert_eq!(told, "the address is not one to fetch from", "{address}");
    }
    let name = Url::parse("https://hooks.example.com/").unwrap();
    for inward in [&["10.0.0.1"][..], &["1.1.1.1", "169.254.169.254"], &["::1"], &["fd00:ec2::254"]] {
        let told = handed_over(&resolving(Reach::Public, &[inward]), &name).await;
        assert_eq!(told, "the address is not one to fetch from", "a name that leads to {inward:?}");
    }
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_checked_at_each_post() {
    let peer = Peer::answering(&["HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"]).await;
    let name = Url::parse(&format!("https://hooks.example.com:{}/", peer.port)).unwrap();
    let fetch = resolving(Reach::Public, &[&["93.184.215.14"], &["127.0.0.1"]]).within(Duration::from_millis(1));
    assert_ne!(handed_over(&fetch, &name).await, "the address is not one to fetch from");
    assert_eq!(handed_over(&fetch.within(TIMEOUT), &name).await, "the address is not one to fetch from");
    assert_eq!(peer.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn a_post_follows_no_redirect_and_tells_every_status_as_it_is() {
    let busy = "HTTP/1.1 503 Busy\r\nretry-after: 90\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let inner = Peer::answering(&[&page("text/plain", "inner")]).await;
    let peer = Peer::answering(&[&leading(inner.url("/").as_str()), busy, "nonsense\r\n\r\n"]).await;
    let url = peer.url("/hook");
    assert_eq!(handed_over(&local(), &url).await, "302");
    let answered = local().post(posted(&url)).await.unwrap();
    assert_eq!(answered, Answered { status: 503, retry_after: Some(jiff::SignedDuration::from_secs(90)) });
    assert_eq!(handed_over(&local(), &url).await, "nobody answers at the address");
    assert_eq!(inner.heard(), Vec::<String>::new());
    let heard = peer.heard();
    assert!(heard[0].starts_with("post /hook ") && heard[0].contains("webhook-id: one"), "{heard:?}");
    assert!(!heard[0].contains("x: y"), "a header cannot begin another: {heard:?}");
    assert!(!heard[0].contains("authorization") && !heard[0].contains("cookie"));
}

#[tokio::test]
async fn a_receiver_that_says_nothing_is_left_after_a_while_and_an_endless_answer_is_not_read() {
    let endless = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}", "10000\r\n".repeat(3));
    let peer = Peer::sending(vec![String::new(), endless], true).await;
    let fetch = local().within(Duration::from_millis(50));
    assert_eq!(handed_over(&fetch, &peer.url("/")).await, "the address took too long");
    assert_eq!(handed_over(&local(), &peer.url("/")).await, "200");
}
