//! Calendars through the API: the feed that an owner follows, and the addresses that busy times come from.

use std::collections::BTreeSet;

use axum::Router;
use axum::routing::get;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Desk, Person, Reply};
use tokio::net::TcpListener;

/// The calendar page of the first resource.
pub(super) async fn page(owner: &Person) -> String {
    let resources = owner.get("/v1/admin/resources").await.ok();
    format!("/v1/admin/resources/{}/calendar", resources["items"][0]["id"].as_str().unwrap())
}

/// A new link to the feed of the resource whose calendar page it is.
pub(super) async fn make_link(owner: &Person, page: &str) -> String {
    let made = owner.post(page, &json!({})).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.body["feedUrl"].as_str().unwrap().to_owned()
}

/// Serves `text` as a calendar, and says where.
async fn served(text: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router =
        Router::new().route("/own.ics", get(move || async move { ([("content-type", "text/calendar")], text) }));
    #[expect(clippy::disallowed_methods, reason = "the calendar is served until the test's runtime ends")]
    tokio::spawn(async move { drop(axum::serve(listener, router).await) });
    format!("http://{address}/own.ics")
}

#[tokio::test]
async fn a_feed_is_read_without_any_header_and_again_only_when_it_has_changed() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    let page = page(&owner).await;
    assert_eq!(owner.get(&page).await.ok()["feedUrl"], Value::Null);
    let url = make_link(&owner, &page).await;
    assert_eq!(owner.get(&page).await.ok()["feedUrl"], url.as_str());
    let feed = desk.open_link(&url).await;
    assert_eq!((feed.status.as_u16(), feed.header("content-type")), (200, Some("text/calendar; charset=utf-8")));
    assert!(feed.text.starts_with("BEGIN:VCALENDAR\r\n"), "{}", feed.text);
    assert_eq!(feed.header("cache-control"), Some("private, max-age=300"));
    let again = desk.request(Method::GET, &url).header("if-none-match", feed.header("etag").unwrap());
    let again = Reply::of(again).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
}

#[tokio::test]
async fn a_link_that_was_replaced_or_ended_opens_as_little_as_one_that_never_was() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    let page = page(&owner).await;
    let first = make_link(&owner, &page).await;
    let second = make_link(&owner, &page).await;
    let never = desk.open_link(&first.replace("/AQ", "/BQ")).await;
    assert_eq!(never.status, 404);
    assert_eq!(desk.open_link(&first).await.face(), never.face());
    assert_eq!(desk.open_link(&second).await.status, 200);
    let ended = Reply::of(owner.request(Method::DELETE, &page)).await;
    assert_eq!(ended.status, 204);
    assert_eq!(desk.open_link(&second).await.face(), never.face());
    assert_eq!(desk.open_link(&make_link(&owner, &page).await).await.status, 200);
}

#[tokio::test]
async fn busy_times_are_taken_from_where_the_owner_says_at_once() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    let page = page(&owner).await;
    let url = served("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n").await;
    let set = owner.put(&page, 0, &json!({ "busyCalendarUrls": [url, url] })).await.ok();
    assert_eq!((&set["busyCalendars"][0]["url"], &set["busyCalendars"][0]["fetchedAt"]), (&json!(url), &Value::Null));
    assert_eq!(set["busyCalendars"].as_array().unwrap().len(), 1);
    desk.settle().await;
    let seen = owner.get(&page).await.ok();
    assert_eq!(seen["busyCalendars"][0]["problem"], Value::Null, "{seen}");
    assert!(seen["busyCalendars"][0]["fetchedAt"].is_string(), "{seen}");
    // And again each hour, by the clock alone.
    desk.wait(std::time::Duration::from_mins(60)).await;
    let later = owner.get(&page).await.ok();
    assert_ne!(later["busyCalendars"][0]["fetchedAt"], seen["busyCalendars"][0]["fetchedAt"]);
    owner.put(&page, 0, &json!({ "busyCalendarUrls": [] })).await.refused(412, "stale_version");
}

#[tokio::test]
async fn every_address_that_is_refused_is_named() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    let page = page(&owner).await;
    let urls = ["https://10.0.0.1/a.ics", "ftp://calendar.test/", "https://ann:pw@calendar.test/", "https://intranet/"];
    let refused = owner.put(&page, 0, &json!({ "busyCalendarUrls": urls })).await.refused(400, "invalid");
    let pointers: BTreeSet<&str> =
        refused["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    let expected: Vec<String> = ["".to_owned()]
        .into_iter()
        .chain((0..4).map(|at| format!("/{at}")))
        .map(|at| format!("/busyCalendarUrls{at}"))
        .collect();
    assert_eq!(pointers, expected.iter().map(String::as_str).collect());
}

#[tokio::test]
async fn only_the_owner_sees_the_addresses() {
    let desk = Desk::open().await;
    let page = page(&desk.owner().await).await;
    let agent = desk.login("agent@demo.test").await;
    agent.get(&page).await.refused(403, "forbidden");
    agent.post(&page, &json!({})).await.refused(403, "forbidden");
}
