//! Analytics: a recorded day of five hundred conversations, replayed through the real API, gives what an independent
//! recount of the raw rows gives, to the digit. And what reading it costs.

use serde_json::{Value, json};
use shared::ports::metric::Metric;
use tests::Desk;

mod asked;
mod cast;
mod recount;

use cast::Recording;
use recount::Recount;

/// How many conversations the recorded day has.
const CONVERSATIONS: usize = 500;

/// What the recording is made from.
const SEED: u64 = 20_261_123;

/// Plays the recorded day, and shows every queue's messages `repeats` times more.
async fn replay(repeats: usize) -> Desk {
    let desk = Desk::open_at("2026-11-23T00:05:00Z").await;
    desk.queues.iter().for_each(|(_, queue)| queue.repeat(repeats));
    Recording::new(SEED, CONVERSATIONS).play(&desk).await;
    desk
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recorded_day_comes_to_what_its_rows_come_to_also_when_every_message_comes_three_times() {
    let desk = replay(2).await;
    let recount = Recount::of(&desk).await;
    recount.demand_variety(CONVERSATIONS as u64);
    let owner = desk.owner().await;
    let told = owner.get("/v1/admin/analytics?days=3").await.ok();
    recount.demand_equal(&told);
    // A day later, when all of it has moved off the meter, it is told the same.
    desk.wait(std::time::Duration::from_hours(26)).await;
    cast::clean(&desk).await;
    let owner = desk.owner().await;
    let later = owner.get("/v1/admin/analytics?days=4").await.ok();
    recount.demand_equal(&later);
    for part in ["messages", "feedback", "conversions", "cost"] {
        assert_eq!(told[part], later[part], "{part}");
    }
    recount.demand_asked(&later);
    let drifts = desk.tally.values(Metric::LedgerDrift);
    assert!(2 <= drifts.len() && drifts.iter().all(|drifts| *drifts == 0), "{drifts:?}");
    recount.demand_statement(&owner.get("/v1/admin/statement?month=2026-11").await.text);
}

#[tokio::test]
async fn a_business_without_visitors_has_figures_and_no_means() {
    let desk = Desk::open().await;
    let told = desk.owner().await.get("/v1/admin/analytics?days=2").await.ok();
    let nothing =
        json!({ "total": 0, "perDay": 0.0, "autoResolvedPct": null, "escalatedPct": null, "avgMessages": null });
    assert_eq!(told["conversations"], nothing);
    assert_eq!(told["messages"], json!({ "total": 0, "avgResponseMs": null, "p50Ms": null, "p95Ms": null }));
    assert_eq!(
        told["targets"]["p50Ms"],
        json!({
            "value": null, "aim": "below", "goal": 2_000, "stretch": 1_500, "met": null, "stretchMet": null,
        })
    );
    assert_eq!(told["period"], json!({ "from": "2026-11-22", "to": "2026-11-23", "days": 2, "timezone": "UTC" }));
    assert_eq!((told["byDay"].as_array().map(Vec::len), &told["topQuestions"]), (Some(2), &json!([])));
}

#[tokio::test]
async fn a_conversation_counts_once_however_often_a_person_is_asked_for() {
    let desk = Desk::open().await;
    desk.script([]);
    let visitor = desk.guest().await;
    for _ in 0..3 {
        visitor.post("/v1/public/chat/escalate", json!({ "reason": "Please" })).await.ok();
    }
    visitor.say("Are you there?").await.ok();
    desk.guest().await;
    let told: Value = desk.owner().await.get("/v1/admin/analytics").await.ok();
    let expected =
        json!({ "total": 1, "perDay": 0.0, "autoResolvedPct": 0.0, "escalatedPct": 100.0, "avgMessages": 2.0 });
    assert_eq!(told["conversations"], expected);
    for odd in ["days=0", "days=367", "days=-1", "days=x"] {
        desk.owner().await.get(&format!("/v1/admin/analytics?{odd}")).await.refused(400, "invalid");
    }
}
