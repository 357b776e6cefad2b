//! Who may do what: nothing without a token, only one's own business, and only as one's role allows.

use serde_json::json;

use super::world::{AGENT, OPERATOR, OWNER, STRANGER, STUDIO, world};

const READING: [&str; 16] = [
    "me",
    "tenant",
    "list-packages",
    "list-resources",
    "list-articles",
    "list-imports",
    "list-canned-replies",
    "list-unanswered",
    "show-hours",
    "show-widget-config",
    "list-bookings",
    "list-conversations",
    "list-tickets",
    "show-resource",
    "show-analytics",
    "show-package",
];

const CHANGING: [&str; 20] = [
    "change-tenant",
    "add-package",
    "change-package",
    "remove-package",
    "add-resource",
    "change-resource",
    "remove-resource",
    "add-article",
    "approve-article",
    "import-articles",
    "change-article",
    "remove-article",
    "add-canned-reply",
    "change-canned-reply",
    "remove-canned-reply",
    "dismiss-unanswered",
    "list-webhooks",
    "add-webhook",
    "set-hours",
    "set-widget-config",
];

const OF_ONE: [&str; 26] = [
    "cancel-booking",
    "change-booking",
    "complete-booking",
    "no-show-booking",
    "refund-booking",
    "reschedule-booking",
    "show-booking",
    "show-canned-reply",
    "show-webhook",
    "change-webhook",
    "remove-webhook",
    "rotate-webhook-secret",
    "test-webhook",
    "list-deliveries",
    "replay-delivery",
    "propose-answer",
    "propose-article",
    "show-conversation",
    "show-import",
    "change-conversation",
    "take-conversation",
    "give-conversation-back",
    "reply-to-conversation",
    "list-audit",
    "show-statement",
    "add-tenant",
];

#[tokio::test]
async fn a_token_that_proves_nothing_opens_nothing() {
    let world = world().await;
    for case in READING.iter().chain(&CHANGING).chain(&OF_ONE) {
        for sending in [world.case(case), world.case(case).without("Authorization")] {
            let told = sending.send().await;
            assert_eq!((told.status, told.code()), (401, "unauthorized"), "{case}");
        }
    }
}

#[tokio::test]
async fn an_agent_reads_everything_and_changes_nothing_of_the_business() {
    let world = world().await;
    for case in READING.iter().filter(|case| **case != "show-package") {
        assert_eq!(world.by(AGENT, case).send().await.status, 200, "{case}");
    }
    for case in CHANGING {
        let told = world.by(AGENT, case).version(1).send().await;
        assert_eq!((told.status, told.code()), (403, "forbidden"), "{case}");
    }
    assert_eq!(world.listed("list-resources").await.len(), 1);
    assert_eq!(world.by(OWNER, "tenant").send().await.body["version"], 1);
}

#[tokio::test]
async fn whoever_works_there_serves_bookings_and_only_the_owner_gives_money_back() {
    let world = world().await;
    for case in ["cancel-booking", "change-booking", "complete-booking", "no-show-booking", "reschedule-booking"] {
        for person in [AGENT, OWNER] {
            let told = world.by(person, case).version(1).send().await;
            assert_eq!(
                (told.status, told.code()),
                (404, "not_found"),
                "{person} may {case}, if there is such a booking"
            );
        }
        assert_eq!(world.by(OPERATOR, case).version(1).send().await.status, 403, "{case}");
    }
    let past_rules = json!({ "startsAt": "2026-11-24T10:30:00Z", "waive": ["notice"] });
    for (person, status) in [(AGENT, 403), (OWNER, 404)] {
        let told = world.by(person, "reschedule-booking").version(1).body(&past_rules).send().await;
        assert_eq!(told.status, status, "{person} sets a rule aside");
    }
    let told = world.by(AGENT, "refund-booking").version(1).send().await;
    assert_eq!((told.status, told.code()), (403, "forbidden"));
    assert_eq!(world.by(OWNER, "refund-booking").version(1).send().await.status, 404);
    assert_eq!(world.by(OPERATOR, "refund-booking").version(1).send().await.status, 403);
}

#[tokio::test]
async fn what_belongs_to_another_business_is_as_if_it_never_was() {
    let world = world().await;
    let package = world.by(OWNER, "add-package").send().await;
    let article = world.by(OWNER, "add-article").send().await;
    let reply = world.by(OWNER, "add-canned-reply").send().await;
    let ours =
        [("package", package.id()), ("article", article.id()), ("canned-reply", reply.id()), ("resource", STUDIO)];
    for (noun, id) in ours {
        for verb in ["show", "change", "remove"] {
            let case = format!("{verb}-{noun}");
            let foreign = world.by(STRANGER, &case).id(id).version(1).send().await;
            let unknown = world.by(STRANGER, &case).id("01KAJZZZZZZZZZZZZZZZZZZZZZ").version(1).send().await;
            let odd = world.by(STRANGER, &case).id("..%2f").version(1).send().await;
            assert_eq!(foreign.status, 404, "{case}");
            assert_eq!(foreign.body, unknown.body, "{case}");
            assert_eq!(foreign.body, odd.body, "{case}");
        }
    }
    assert!(world.by(STRANGER, "list-packages").send().await.body["items"].as_array().unwrap().is_empty());
    assert_eq!(world.listed("list-packages").await, [package.body]);
}

#[tokio::test]
async fn operators_make_businesses_and_see_none() {
    let world = world().await;
    for case in READING.iter().chain(&CHANGING) {
        assert_eq!(world.by(OPERATOR, case).version(1).send().await.status, 403, "{case}");
    }
    for person in [OWNER, AGENT] {
        assert_eq!(world.by(person, "add-tenant").send().await.status, 403, "{person}");
    }
}

#[tokio::test]
async fn webhooks_and_their_addresses_are_the_owners_alone() {
    let world = world().await;
    let webhook = world.by(OWNER, "add-webhook").send().await;
    assert_eq!(webhook.status, 201, "{webhook:?}");
    let cases = [
        ("show-webhook", 200),
        ("list-deliveries", 200),
        ("test-webhook", 202),
        ("replay-delivery", 404),
        ("rotate-webhook-secret", 200),
        ("change-webhook", 412),
        ("remove-webhook", 412),
    ];
    for (case, status) in cases {
        for person in [AGENT, OPERATOR] {
            let told = world.by(person, case).id(webhook.id()).version(1).send().await;
            assert_eq!((told.status, told.code()), (403, "forbidden"), "{person} {case}");
        }
        let foreign = world.by(STRANGER, case).id(webhook.id()).version(1).send().await;
        let unknown = world.by(STRANGER, case).id("01KAJZZZZZZZZZZZZZZZZZZZZZ").version(1).send().await;
        assert_eq!((foreign.status, &foreign.body), (404, &unknown.body), "{case}");
        assert_eq!(world.by(OWNER, case).id(webhook.id()).version(1).send().await.status, status, "{case}");
    }
    assert_eq!(world.by(OWNER, "remove-webhook").id(webhook.id()).version(2).send().await.status, 204);
}
