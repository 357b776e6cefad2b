//! What the assistant is told of free times: why there are none on which day, when there are, and what that costs.

use serde_json::{Value, json};
use sim::claude::Answer;
use tests::{Desk, Visitor};

use super::shop::{HEADSHOT, PORTRAIT};

/// What `check_availability` tells, and how many queries that took beside the turn's own.
async fn check(desk: &Desk, visitor: &Visitor, package: &str, from: &str, days: u8) -> (Value, u64) {
    // What the owner has changed is read by the turn before.
    desk.script([Answer::say("Hello.")]);
    visitor.hear("Hello").await;
    desk.post("/dev/counters/reset", &json!({})).await;
    let input = json!({ "packageId": package, "from": from, "days": days });
    let told = visitor.tool(desk, "check_availability", input).await;
    let counted = desk.get("/dev/counters").await.ok();
    let queries = counted["byOperation"]["Query"].as_u64().unwrap();
    (serde_json::from_str(&told).unwrap_or_else(|_| panic!("{told}")), queries - 1)
}

/// Closes the business on these days, each for its reason.
async fn close(desk: &Desk, dates: &[(&str, &str)]) {
    let owner = desk.owner().await;
    let mut hours = owner.get("/v1/admin/hours").await.ok();
    let version = hours["version"].as_u64().unwrap();
    hours.as_object_mut().unwrap().remove("version");
    hours["special"] = dates.iter().map(|(date, name)| json!({ "date": date, "name": name, "open": [] })).collect();
    owner.put("/v1/admin/hours", version, &hours).await.ok();
}

#[tokio::test]
async fn where_nothing_is_free_each_day_says_why_and_the_next_free_time_is_told() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    close(&desk, &[("2026-11-25", "Staff outing"), ("2026-11-26", "Staff outing"), ("2026-11-27", "Inventory")]).await;
    let (told, _) = check(&desk, &visitor, HEADSHOT, "2026-11-25", 3).await;
    assert_eq!(told["slots"], json!([]));
    let rows = [
        json!({ "from": "2026-11-25", "to": "2026-11-26", "weekdays": "Wed–Thu", "reason": "The business is closed then: Staff outing." }),
        json!({ "from": "2026-11-27", "to": "2026-11-27", "weekdays": "Fri", "reason": "The business is closed then: Inventory." }),
    ];
    assert_eq!(told["without"], json!(rows));
    assert!(told["reason"].is_string(), "the weightiest in a sentence: {told:#}");
    let next = &told["next"]["slots"][0];
    let (alone, _) = check(&desk, &visitor, HEADSHOT, next["date"].as_str().unwrap(), 1).await;
    assert_eq!(alone["slots"][0], *next, "what is offered as next is what that day begins with");
    let (until, _) = check(&desk, &visitor, HEADSHOT, "2026-11-25", 14).await;
    assert_eq!(until["slots"][0]["date"], next["date"], "and there is no earlier one");
}

#[tokio::test]
async fn a_day_that_is_full_is_told_beside_those_that_are_free() {
    let desk = Desk::open().await;
    let guest = desk.guest().await;
    // Whoever asks for one day sees all of it, and books all of it.
    loop {
        let slots = guest.slots(&desk, HEADSHOT, "2026-11-25", 1).await;
        let Some(slot) = slots.first() else { break };
        let card = guest.propose(&desk, slot["slotId"].as_str().unwrap(), "ann@example.test").await;
        guest.confirm(card["id"].as_str().unwrap()).await.ok();
    }
    let visitor = desk.guest().await;
    let (told, _) = check(&desk, &visitor, HEADSHOT, "2026-11-25", 2).await;
    assert_eq!(told["without"][0]["reason"], "Everything is booked then.");
    assert!(told["slots"].as_array().unwrap().iter().all(|slot| slot["date"] == "2026-11-26"));
    assert!(told.get("next").is_none() && told.get("reason").is_none(), "something is free: {told:#}");
    let (full, _) = check(&desk, &visitor, HEADSHOT, "2026-11-25", 1).await;
    assert_eq!(
        (&full["reason"], &full["next"]["slots"][0]["date"]),
        (&json!("Everything is booked then."), &json!("2026-11-26"))
    );
}

#[tokio::test]
async fn days_cost_one_query_for_each_who_serves_and_the_search_beyond_is_bounded() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    for days in [1, 3, 14] {
        let (_, queries) = check(&desk, &visitor, PORTRAIT, "2026-11-25", days).await;
        assert_eq!(queries, 2, "two people serve it, whatever the days: {days}");
        let (_, queries) = check(&desk, &visitor, HEADSHOT, "2026-11-25", days).await;
        assert_eq!(queries, 1, "one person serves it: {days}");
    }
    // Closed for good: the search goes on for four fortnights, and says how far it got.
    let owner = desk.owner().await;
    let hours = owner.get("/v1/admin/hours").await.ok();
    owner.put("/v1/admin/hours", hours["version"].as_u64().unwrap(), &json!({ "weekly": {} })).await.ok();
    let (told, queries) = check(&desk, &visitor, PORTRAIT, "2026-11-25", 1).await;
    assert_eq!(queries, 2 * (1 + 4));
    assert_eq!(told["next"], json!({ "slots": [], "nothingUntil": "2027-01-20" }));
    // Never beyond the horizon.
    owner.change("/v1/admin/tenant", &json!({ "policies": { "horizonDays": 10 } })).await;
    let (told, queries) = check(&desk, &visitor, PORTRAIT, "2026-11-25", 1).await;
    assert_eq!((queries, &told["next"]["nothingUntil"]), (2 * (1 + 1), &json!("2026-12-03")));
    let (told, queries) = check(&desk, &visitor, PORTRAIT, "2026-12-20", 1).await;
    assert_eq!((queries, &told["next"]["nothingUntil"]), (2, &json!("2026-12-03")));
}

#[tokio::test]
async fn what_nobody_serves_is_not_searched_for() {
    let desk = Desk::open().await;
    let (visitor, owner) = (desk.guest().await, desk.owner().await);
    for resource in owner.list("/v1/admin/resources").await {
        let path = format!("/v1/admin/resources/{}", resource["id"].as_str().unwrap());
        owner.change(&path, &json!({ "active": false })).await;
    }
    let (told, queries) = check(&desk, &visitor, HEADSHOT, "2026-11-25", 3).await;
    assert_eq!((&told["reason"], queries), (&json!("Nobody serves this package at the moment."), 1));
    assert!(told.get("next").is_none());
}
