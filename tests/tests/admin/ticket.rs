//! A conversation as a ticket: who changes it, what is told of that, and how it is found again.

use serde_json::{Value, json};
use shared::domain::conversation::{Conversation, Origin, TicketStatus};
use shared::domain::id::ConversationId;
use shared::domain::secret::SessionId;
use ulid::Ulid;

use super::conversation::{THREAD, talk};
use super::world::{AGENT, NOW, OPERATOR, OWNER, STRANGER, World, world};

/// Every way to change a ticket.
const CHANGES: [&str; 4] =
    ["change-conversation", "take-conversation", "give-conversation-back", "reply-to-conversation"];

async fn shown(world: &World) -> Value {
    world.by(OWNER, "show-conversation").send().await.body
}

/// Conversations of the first business, the n-th begun n minutes after the first, in the n-th status and over again.
async fn many(world: &World, n: u64) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..n {
        let at = NOW + std::time::Duration::from_secs(60 * n);
        let id = ConversationId::new(Ulid::from_parts(u64::try_from(at.as_millisecond()).unwrap(), n.into()));
        let status = TicketStatus::ALL[usize::try_from(n).unwrap() % TicketStatus::ALL.len()];
        let begun = Conversation::begin(&SessionId::new(id, [7; 32]), Origin::default(), at);
        world.services.store.begin_conversation(world.tenant(), &Conversation { status, ..begun }).await.unwrap();
        ids.push(id.to_string());
    }
    ids
}

/// Every page of a list: the ids, and how many pages there were.
async fn all(world: &World, case: &str, query: &[(&str, &str)]) -> (Vec<String>, usize) {
    let (mut ids, mut pages, mut cursor) = (Vec::new(), 0, None::<String>);
    loop {
        let mut query = query.to_vec();
        query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let told = world.by(AGENT, case).query(&query).send().await;
        assert_eq!(told.status, 200, "{told:?}");
        ids.extend(told.body["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        pages += 1;
        cursor = told.body["nextCursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return (ids, pages);
        }
    }
}

#[tokio::test]
async fn a_ticket_is_changed_noted_and_closed_and_each_change_says_who_did_it() {
    let world = world().await;
    talk(&world).await;
    let before = shown(&world).await;
    assert_eq!(
        (&before["status"], &before["version"], &before["labels"]),
        (&json!("auto_resolved"), &json!(1), &json!([]))
    );

    let taken = world.by(AGENT, "take-conversation").version(1).send().await;
    assert_eq!(
        (taken.status, &taken.body["mode"], &taken.body["status"]),
        (200, &json!("active"), &json!("in_progress"))
    );
    let closed = world.by(AGENT, "change-conversation").version(2).send().await;
    assert_eq!((closed.status, &closed.body["mode"], &closed.body["version"]), (200, &json!("assistant"), &json!(3)));
    let unassigned = world.by(OWNER, "change-conversation").version(3).body(&json!({ "assignee": null })).send().await;
    assert_eq!((unassigned.status, unassigned.body.get("assignee")), (200, None), "{unassigned:?}");

    let after = shown(&world).await;
    assert_eq!(
        (&after["status"], &after["labels"], &after["version"]),
        (&json!("closed"), &json!(["vip", "wedding"]), &json!(4))
    );
    assert_eq!(after["notes"][0]["text"], "Called back, all settled.");
    let agent = &after["notes"][0]["author"];
    let audit = after["audit"].as_array().unwrap();
    let fields = |n: usize| {
        audit[n]["changes"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(
        [fields(0), fields(1), fields(2)],
        [vec!["status", "mode", "assignee"], vec!["status", "mode", "labels", "note"], vec!["assignee"]]
    );
    assert_eq!((&audit[0]["personId"], &audit[1]["personId"]), (agent, agent));
    assert_ne!(&audit[2]["personId"], agent);
    assert_eq!(audit[2]["changes"], json!([{ "field": "assignee", "from": agent, "to": "" }]));

    let whole = world.by(OWNER, "list-audit").send().await;
    let newest_first: Vec<_> = whole.body["items"].as_array().unwrap().iter().rev().cloned().collect();
    assert_eq!(&newest_first, audit);
    assert!(world.by(STRANGER, "list-audit").send().await.body["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn of_two_who_change_a_ticket_at_once_one_is_told_to_look_again() {
    let world = world().await;
    talk(&world).await;
    let note = |text: &str| world.by(AGENT, "change-conversation").version(1).body(&json!({ "notes": text }));
    let (one, other) = tokio::join!(note("one").send(), note("other").send());
    let mut answers = [one.status, other.status];
    answers.sort_unstable();
    assert_eq!(answers, [200, 412]);
    assert_eq!(shown(&world).await["notes"].as_array().unwrap().len(), 1);
    for case in CHANGES.iter().filter(|case| **case != "reply-to-conversation") {
        let stale = world.by(AGENT, case).version(1).send().await;
        assert_eq!((stale.status, stale.code()), (412, "stale_version"), "{case}");
        assert_eq!(world.by(AGENT, case).without("If-Match").send().await.status, 400, "{case}");
    }
}

#[tokio::test]
async fn a_visitors_next_message_leaves_an_agents_change_valid() {
    let world = world().await;
    talk(&world).await;
    let version = shown(&world).await["version"].as_u64().unwrap();
    world.services.store.note_read(world.tenant(), THREAD.parse().unwrap(), THREAD.parse().unwrap()).await.unwrap();
    let reply = world.by(AGENT, "reply-to-conversation").send().await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let taken = shown(&world).await["version"].as_u64().unwrap();
    assert_eq!(taken, version + 1, "who had nobody is taken by an answer");
    let more = json!({ "message": "And on Sunday.", "clientMessageId": "console-2" });
    assert_eq!(world.by(AGENT, "reply-to-conversation").body(&more).send().await.status, 201);
    assert_eq!(shown(&world).await["version"].as_u64(), Some(taken), "a further answer changes nothing of the ticket");
    assert_eq!(world.by(AGENT, "change-conversation").version(taken).send().await.status, 200);
}

#[tokio::test]
async fn what_the_rules_do_not_allow_is_refused_and_changes_nothing() {
    let world = world().await;
    talk(&world).await;
    let labels: Vec<String> = (0..21).map(|n| format!("label {n}")).collect();
    for (body, status, code) in [
        (json!({ "status": "needs_review" }), 200, ""),
        (json!({ "status": "auto_resolved" }), 409, "conflict"),
        (json!({ "status": "done" }), 400, "invalid"),
        (json!({ "labels": labels }), 400, "invalid"),
        (json!({ "labels": ["x".repeat(41)] }), 400, "invalid"),
        (json!({ "notes": "x".repeat(4_001) }), 400, "invalid"),
        (json!({ "assignee": "x".repeat(256) }), 400, "invalid"),
        (json!({ "mode": "active" }), 400, "invalid"),
    ] {
        let version = shown(&world).await["version"].as_u64().unwrap();
        let told = world.by(AGENT, "change-conversation").version(version).body(&body).send().await;
        assert_eq!((told.status, told.code()), (status, code), "{body}: {told:?}");
    }
    let back = world.by(AGENT, "give-conversation-back").version(2).send().await;
    assert_eq!((back.status, back.code()), (409, "conflict"), "nobody has taken it");
    for message in ["", "   "] {
        let body = json!({ "message": message, "clientMessageId": "c" });
        assert_eq!(
            world.by(AGENT, "reply-to-conversation").body(&body).send().await.faults(),
            [("/message", "invalid_value")]
        );
    }
    assert_eq!(shown(&world).await["audit"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn whoever_works_there_works_on_tickets_and_only_the_owner_reads_the_whole_trail() {
    let world = world().await;
    talk(&world).await;
    for case in CHANGES {
        let unknown = world.by(STRANGER, case).version(1).id("01KAJZZZZZZZZZZZZZZZZZZZZZ").send().await;
        let foreign = world.by(STRANGER, case).version(1).send().await;
        assert_eq!((foreign.status, &foreign.body), (404, &unknown.body), "{case}");
        assert_eq!(world.by(OPERATOR, case).version(1).send().await.status, 403, "{case}");
    }
    for (person, status) in [(AGENT, 403), (OWNER, 200), (STRANGER, 200), (OPERATOR, 403)] {
        assert_eq!(world.by(person, "list-audit").send().await.status, status, "{person}");
    }
    assert_eq!(shown(&world).await["version"], 1);
}

#[tokio::test]
async fn the_inbox_lists_every_ticket_once_newest_first_whatever_its_status() {
    let world = world().await;
    let mut ids = many(&world, 130).await;
    ids.reverse();
    let (found, pages) = all(&world, "list-conversations", &[]).await;
    assert_eq!((&found, pages), (&ids, 6));
    let of = |wanted: &[usize]| -> Vec<String> {
        let here = |n: &usize| wanted.contains(&((ids.len() - 1 - n) % 5));
        (0..ids.len()).filter(here).map(|n| ids[n].clone()).collect()
    };
    for (n, status) in TicketStatus::ALL.into_iter().enumerate() {
        assert_eq!(all(&world, "list-conversations", &[("status", status.as_str())]).await.0, of(&[n]), "{status:?}");
    }
    assert_eq!(all(&world, "list-tickets", &[]).await.0, of(&[1, 2, 3]));
    let span = [("from", "2026-11-21T10:00:00Z"), ("to", "2026-11-21T10:10:00Z")];
    assert_eq!(
        all(&world, "list-conversations", &span).await.0,
        ids[130 - 40..130 - 30],
        "from ten o'clock to ten past"
    );
    assert!(
        world.by(STRANGER, "list-conversations").query(&[]).send().await.body["items"].as_array().unwrap().is_empty()
    );

    let page = world.by(OWNER, "list-conversations").query(&[]).send().await.body;
    let cursor = page["nextCursor"].as_str().unwrap();
    for (person, case, query) in [
        (STRANGER, "list-conversations", vec![("cursor", cursor)]),
        (OWNER, "list-conversations", vec![("status", "open"), ("cursor", cursor)]),
        (OWNER, "list-tickets", vec![("cursor", cursor)]),
        (OWNER, "list-conversations", vec![("cursor", "AAAA")]),
    ] {
        assert_eq!(world.by(person, case).query(&query).send().await.faults(), [("/cursor", "invalid_value")]);
    }
}

#[tokio::test]
async fn a_ticket_is_found_by_assignee_label_and_words_and_moves_with_its_status() {
    let world = world().await;
    many(&world, 30).await;
    talk(&world).await;
    let own = || vec![THREAD.to_owned()];
    for text in ["are you OPEN", "yes.", "  Are   you "] {
        let (found, pages) = all(&world, "list-conversations", &[("q", text)]).await;
        assert_eq!((found, pages), (own(), 2), "{text}: the page that holds none leads on to the one that does");
    }
    let change = json!({ "status": "open", "assignee": "ann", "labels": ["Wedding"], "notes": "Ring the florist" });
    assert_eq!(world.by(AGENT, "change-conversation").version(1).body(&change).send().await.status, 200);
    for query in [("assignee", "ann"), ("label", "WEDDING"), ("q", "florist"), ("q", "wedding")] {
        assert_eq!(all(&world, "list-conversations", &[query]).await.0, own(), "{query:?}");
        assert_eq!(all(&world, "list-tickets", &[query]).await.0, own(), "{query:?}");
        assert_eq!(
            all(&world, "list-conversations", &[query, ("status", "closed")]).await.0,
            [] as [&str; 0],
            "{query:?}"
        );
    }
    assert_eq!(all(&world, "list-conversations", &[("assignee", "bob")]).await.0, [] as [&str; 0]);
    assert_eq!(all(&world, "list-conversations", &[("assignee", "none")]).await.0.len(), 30);
    assert!(all(&world, "list-conversations", &[("status", "auto_resolved")]).await.0.iter().all(|id| id != THREAD));
}
