//! Requests for a person: who of the business took them up and who closed them, whoever does what at once.

use serde_json::{Value, json};
use shared::domain::escalation::{Escalation, Source};
use shared::domain::event::{Event, Happening};
use shared::domain::id::{EscalationId, EventId};
use ulid::Ulid;

use super::conversation::{THREAD, talk};
use super::world::{AGENT, NOW, OWNER, STRANGER, World, world};

/// The visitor of the thread asks for a person, for the n-th time; false: somebody changed the ticket meanwhile.
async fn try_to_ask(world: &World, n: u128) -> bool {
    let (store, tenant, thread) = (&world.services.store, world.tenant(), THREAD.parse().unwrap());
    let id = Ulid::from_parts(u64::try_from(NOW.as_millisecond()).unwrap(), n);
    let before = store.find_conversation(tenant, thread).await.unwrap().unwrap();
    let asked = Escalation::new(EscalationId::new(id), Source::Button, NOW).because("My dress is torn");
    let what = Happening::EscalationRequested(thread, asked.id);
    let event = Event { id: EventId::new(id), tenant, at: NOW, what };
    store.keep_escalation(tenant, &before, &asked, &event).await.unwrap()
}

async fn ask(world: &World, n: u128) {
    assert!(try_to_ask(world, n).await);
}

async fn shown(world: &World) -> Value {
    world.by(OWNER, "show-conversation").send().await.body
}

async fn requests(world: &World) -> Vec<Value> {
    shown(world).await["escalations"].as_array().unwrap().clone()
}

async fn statuses(world: &World) -> Vec<String> {
    requests(world).await.iter().map(|one| one["status"].as_str().unwrap().to_owned()).collect()
}

async fn version(world: &World) -> u64 {
    shown(world).await["version"].as_u64().unwrap()
}

async fn take(world: &World, person: &str) -> u16 {
    world.by(person, "take-conversation").version(version(world).await).send().await.status
}

async fn close(world: &World, person: &str) -> u16 {
    let closing = json!({ "status": "closed" });
    world.by(person, "change-conversation").version(version(world).await).body(&closing).send().await.status
}

#[tokio::test]
async fn whoever_takes_a_conversation_acknowledges_its_requests_and_closing_resolves_them() {
    let world = world().await;
    talk(&world).await;
    ask(&world, 1).await;
    let asked = requests(&world).await.remove(0);
    assert_eq!(
        (&asked["status"], &asked["source"], &asked["reason"], asked.get("acknowledged")),
        (&json!("PENDING"), &json!("button"), &json!("My dress is torn"), None)
    );
    assert_eq!(take(&world, AGENT).await, 200);
    let taken = requests(&world).await.remove(0);
    let agent = shown(&world).await["assignee"].clone();
    assert_eq!((&taken["status"], taken.get("resolved")), (&json!("ACKNOWLEDGED"), None));
    assert_eq!(taken["acknowledged"], json!({ "by": agent, "at": NOW.to_string() }));

    assert_eq!(close(&world, OWNER).await, 200);
    let done = requests(&world).await.remove(0);
    assert_eq!((&done["status"], &done["acknowledged"]["by"]), (&json!("RESOLVED"), &agent));
    assert_ne!(done["resolved"]["by"], agent);
    let audit = shown(&world).await["audit"].clone();
    let moves: Vec<_> =
        audit.as_array().unwrap().iter().flat_map(|entry| entry["changes"].as_array().unwrap()).collect();
    let moves: Vec<_> = moves.into_iter().filter(|change| change["field"] == "requests").collect();
    assert_eq!(
        moves,
        [
            &json!({ "field": "requests", "from": "PENDING", "to": "ACKNOWLEDGED" }),
            &json!({ "field": "requests", "from": "ACKNOWLEDGED", "to": "RESOLVED" }),
        ]
    );
    assert_eq!(world.by(STRANGER, "show-conversation").send().await.status, 404);

    // Who asks after that is pending again, and nothing of the first changes.
    ask(&world, 2).await;
    assert_eq!(statuses(&world).await, ["RESOLVED", "PENDING"]);
    assert_eq!(shown(&world).await["status"], "open");
}

#[tokio::test]
async fn an_answer_acknowledges_what_was_asked_since_and_the_first_person_stays() {
    let world = world().await;
    talk(&world).await;
    ask(&world, 1).await;
    let reply = |n: u32| json!({ "message": "Bring it along.", "clientMessageId": n.to_string() });
    assert_eq!(world.by(AGENT, "reply-to-conversation").body(&reply(1)).send().await.status, 201);
    assert_eq!(statuses(&world).await, ["ACKNOWLEDGED"]);
    ask(&world, 2).await;
    for _ in 0..2 {
        assert_eq!(world.by(OWNER, "reply-to-conversation").body(&reply(2)).send().await.status, 201);
    }
    let both = requests(&world).await;
    assert_eq!((both[0]["status"].as_str(), both[1]["status"].as_str()), (Some("ACKNOWLEDGED"), Some("ACKNOWLEDGED")));
    assert_ne!(both[0]["acknowledged"]["by"], both[1]["acknowledged"]["by"]);

    ask(&world, 3).await;
    assert_eq!(take(&world, AGENT).await, 200, "it is theirs already, and the newest request is not");
    let all = requests(&world).await;
    assert_eq!(all[2]["status"], "ACKNOWLEDGED");
    assert_eq!(all[..2], both[..]);
    let before = version(&world).await;
    assert_eq!((take(&world, AGENT).await, version(&world).await), (200, before), "nothing is left to acknowledge");
    assert_eq!(close(&world, AGENT).await, 200);
    assert_eq!(statuses(&world).await, ["RESOLVED"; 3]);
}

#[tokio::test]
async fn closing_what_nobody_took_is_both_steps_of_one_person() {
    let world = world().await;
    talk(&world).await;
    ask(&world, 1).await;
    assert_eq!(close(&world, OWNER).await, 200);
    let done = requests(&world).await.remove(0);
    assert_eq!(done["status"], "RESOLVED");
    assert_eq!(done["acknowledged"], done["resolved"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_request_and_a_closing_at_once_none_is_lost() {
    for round in 0..12 {
        let world = world().await;
        talk(&world).await;
        ask(&world, 1).await;
        assert_eq!(take(&world, AGENT).await, 200);
        let asking = async {
            // As the visitor's button does it: anew when the ticket has moved.
            while !try_to_ask(&world, 2).await {}
        };
        let closing = async { assert_eq!(close(&world, OWNER).await, 200, "asking changes no version") };
        if round % 2 == 0 {
            tokio::join!(asking, closing)
        } else {
            (tokio::join!(closing, asking).1, ())
        };
        let told = (shown(&world).await["status"].clone(), statuses(&world).await);
        let asked_first = (json!("closed"), vec!["RESOLVED".to_owned(); 2]);
        let closed_first = (json!("open"), vec!["RESOLVED".to_owned(), "PENDING".to_owned()]);
        assert!(told == asked_first || told == closed_first, "{told:?}");
    }
}
