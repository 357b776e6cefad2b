//! A whole thread in the console, with what it cost.

use std::time::Duration;

use serde_json::json;
use shared::domain::conversation::{Conversation, Origin};
use shared::domain::ledger::{TurnCost, Usage};
use shared::domain::message::{Answer, Outcome, Piece, Turn};
use shared::domain::money::MicroUsd;
use shared::domain::secret::SessionId;
use shared::domain::tenant::Limits;
use shared::domain::unanswered::Unanswered;
use shared::store::meter::Ask;
use shared::store::turn::{Kept, TurnWrite};

use super::world::{AGENT, NOW, STRANGER, World, world};

pub(super) const THREAD: &str = "01KAJ4B2N6Q8S0V2X4Z6B8D0F2";

/// A conversation that has just begun.
pub(super) fn begun() -> Conversation {
    Conversation::begin(&SessionId::new(THREAD.parse().unwrap(), [7; 32]), Origin::default(), NOW)
}

pub(super) async fn talk(world: &World) {
    say(world, &begun(), "Are you open?", None).await;
}

/// Begins `conversation` with a visitor's words, which nothing answered if they are `unanswered`.
pub(super) async fn say(world: &World, conversation: &Conversation, said: &str, unanswered: Option<&Unanswered>) {
    let (store, tenant) = (&world.services.store, world.tenant());
    let turn = Turn {
        id: "01KAJ4B2N6Q8S0V2X4Z6B8D0F3".parse().unwrap(),
        answer_id: "01KAJ4B2N6Q8S0V2X4Z6B8D0F4".parse().unwrap(),
        key: "k".to_owned(),
        said: said.to_owned(),
        at: NOW,
        answer: [Piece::Tool("get_business_info".to_owned()), Piece::Text("Yes.".to_owned())]
            .into_iter()
            .collect::<Answer>(),
        exchange: None,
        outcome: Outcome::Answered,
        sources: Vec::new(),
        cost: TurnCost {
            usage: Usage { input: 100, output: 20, cache_read: 3, cache_write: 4 },
            model: "claude-haiku-4-5".to_owned(),
            price_version: "2026-10-07".to_owned(),
            cost: MicroUsd::new(205),
            first_token: Some(Duration::from_millis(400)),
            total: Duration::from_millis(900),
            tools: vec!["get_business_info".to_owned()],
        },
    };
    let ask = Ask { turn: "t", address: None, limits: Limits::default(), amount: MicroUsd::new(1_000), now: NOW };
    let admitted = store.admit_turn(tenant, &ask).await.unwrap().unwrap();
    let settled = admitted.settle(turn.cost.cost, &[]);
    let write = TurnWrite {
        conversation,
        is_new: true,
        turn: &turn,
        summary: None,
        proposals: &[],
        escalation: None,
        challenge: None,
        proof: None,
        unanswered,
        status: None,
        settled: &settled,
        events: &[],
        now: NOW,
    };
    assert_eq!(store.keep_turn(tenant, &write).await.unwrap(), Kept::Yes);
}

#[tokio::test]
async fn a_thread_shows_what_was_said_which_tools_ran_and_what_it_cost() {
    let world = world().await;
    talk(&world).await;
    let thread = world.by(AGENT, "show-conversation").send().await;
    assert_eq!((thread.status, thread.id()), (200, THREAD));
    assert_eq!((&thread.body["costMicroUsd"], &thread.body["tokens"]), (&json!(205), &json!(127)));
    assert_eq!(
        thread.body["turns"],
        json!([{
            "outcome": "answered",
            "messages": [
                { "id": "01KAJ4B2N6Q8S0V2X4Z6B8D0F3", "sender": "visitor", "content": "Are you open?", "createdAt": "2026-11-21T09:30:00Z" },
                { "id": "01KAJ4B2N6Q8S0V2X4Z6B8D0F4", "sender": "assistant", "content": "Yes.", "createdAt": "2026-11-21T09:30:00Z" },
            ],
            "tools": ["get_business_info"],
            "proposals": [],
            "handoff": false,
            "cost": {
                "model": "claude-haiku-4-5", "priceVersion": "2026-10-07", "microUsd": 205, "inputTokens": 100, "outputTokens": 20,
                "cacheReadTokens": 3, "cacheWriteTokens": 4, "firstTokenMs": 400, "totalMs": 900,
            },
        }])
    );
}

#[tokio::test]
async fn nobody_reads_a_thread_of_another_business_or_its_session() {
    let world = world().await;
    talk(&world).await;
    let foreign = world.by(STRANGER, "show-conversation").send().await;
    let unknown = world.by(STRANGER, "show-conversation").id("01KAJZZZZZZZZZZZZZZZZZZZZZ").send().await;
    assert_eq!((foreign.status, &foreign.body), (404, &unknown.body));
    let own = world.by(AGENT, "show-conversation").send().await;
    assert!(!own.body.to_string().contains("session"), "a session is its visitor's secret");
}
