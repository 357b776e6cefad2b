//! The local runner's own promises: pages, `/dev`, the clock, the gateway.

use serde_json::json;
use tests::{Desk, OPENING};

#[tokio::test]
async fn each_desk_opens_at_the_same_moment_whatever_another_did() {
    let other = Desk::open().await;
    other.post("/dev/clock", &json!({ "advanceSeconds": 3600 })).await.ok();
    let desk = Desk::open().await;
    assert_eq!(desk.get("/dev/clock").await.ok(), json!({ "now": OPENING }));
}

#[tokio::test]
async fn the_clock_moves_only_when_it_is_told() {
    let desk = Desk::open().await;
    let moved = desk.post("/dev/clock", &json!({ "advanceSeconds": 3600 })).await.ok();
    assert_eq!(moved, json!({ "now": "2026-11-23T10:00:00Z" }));
    assert_eq!(desk.post("/dev/clock", &json!({ "seconds": 1 })).await.status, 422);
}

#[tokio::test]
async fn an_unknown_path_and_a_wrong_method_are_not_found_for_any_page() {
    let desk = Desk::open().await;
    for reply in [desk.get("/v1/nothing").await, desk.get("/v1/public/chat/message").await, desk.get("/v1").await] {
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        reply.refused(404, "not_found");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_by_whoever_sees_it_first() {
    let desk = Desk::open().await;
    for megabytes in [1, 11] {
        let visitor = desk.visitor("pk_demo");
        visitor.say(&"a".repeat(megabytes * 1024 * 1024)).await.refused(413, "too_large");
    }
}

#[tokio::test]
async fn the_demos_pages_and_their_script_are_served() {
    let desk = Desk::open().await;
    for (path, holds) in
        [("/", "Atelier Linden"), ("/salon", "Salon Mirabelle"), ("/admin", "/v1/admin/me"), ("/dev/mail", "Mailbox")]
    {
        let page = desk.get(path).await.ok();
        assert!(page.as_str().is_some_and(|page| page.contains(holds)), "{path}");
    }
    assert_eq!(desk.get("/shop.css").await.header("content-type"), Some("text/css"));
    assert_eq!(desk.get("/../Cargo.toml").await.status, 404);
}

#[tokio::test]
async fn dev_is_only_for_this_machine() {
    let desk = Desk::open().await;
    let http = reqwest::Client::new();
    for (host, status) in
        [("evil.test", 403), ("localhost.evil.test:3000", 403), ("127.0.0.1:3000", 200), ("localhost", 200)]
    {
        let reply = http.get(format!("{}/dev/mail.json", desk.base_url)).header("host", host).send().await.unwrap();
        assert_eq!(reply.status(), status, "{host}");
    }
}

#[tokio::test]
async fn a_scheduled_function_runs_on_demand_and_no_other_does() {
    let desk = Desk::open().await;
    desk.post("/dev/run/cleanup", &json!({})).await.ok();
    for function in ["chat", "nothing"] {
        assert_eq!(desk.post(&format!("/dev/run/{function}"), &json!({})).await.status, 404, "{function}");
    }
}

#[tokio::test]
async fn the_counters_count_from_their_last_reset() {
    let desk = Desk::open().await;
    desk.visitor("pk_demo").say("Hello").await.ok();
    assert!(0 < desk.get("/dev/counters").await.ok()["calls"].as_u64().unwrap());
    assert_eq!(desk.post("/dev/counters/reset", &json!({})).await.status, 204);
    assert_eq!(desk.get("/dev/counters").await.ok()["calls"], 0);
}

#[tokio::test]
async fn nobody_signs_in_with_a_wrong_password() {
    let desk = Desk::open().await;
    let reply = desk.post("/dev/login", &json!({ "email": "owner@demo.test", "password": "x" })).await;
    assert_eq!(reply.status, 401);
}
