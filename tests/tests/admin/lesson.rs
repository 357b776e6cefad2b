//! Articles that a conversation or a question proposes: by whom, when, and naming nobody.

use serde_json::{Value, json};
use shared::domain::booking::Status;
use shared::domain::conversation::{Conversation, TicketStatus};
use shared::domain::proof::Proof;
use shared::domain::unanswered::Unanswered;

use super::booking::{BOOKED, book};
use super::conversation::{THREAD, begun, say};
use super::world::{AGENT, OPERATOR, OWNER, STRANGER, Told, World, world};

/// Ann asks, whose booking stands under her address.
async fn asked(world: &World) {
    book(world, BOOKED.parse().unwrap(), 24, Status::Confirmed).await;
    let booking = world.services.store.find_booking(world.tenant(), BOOKED.parse().unwrap()).await.unwrap();
    let begun = Conversation { proven: Some(Proof::of_booking(&booking.unwrap())), ..begun() };
    say(world, &begun, "Hi, I am ann: do you develop black and white film? 0171 2345678", None).await;
}

/// A person answers and, maybe, closes.
async fn answered(world: &World, words: &str, is_closed: bool) {
    let body = json!({ "message": words, "clientMessageId": words });
    assert_eq!(world.by(AGENT, "reply-to-conversation").body(&body).send().await.status, 201);
    if is_closed {
        let version = world.by(AGENT, "show-conversation").send().await.body["version"].as_u64().unwrap();
        let closed = json!({ "status": TicketStatus::Closed.as_str() });
        assert_eq!(world.by(AGENT, "change-conversation").version(version).body(&closed).send().await.status, 200);
    }
}

async fn propose(world: &World, person: &str) -> Told {
    world.by(person, "propose-article").send().await
}

const ANSWER: &str = "Dear Ann,\nwe develop film every Friday, Ann. Mail ann@x.test or call 030 1234567.";

#[tokio::test]
async fn a_lesson_names_nobody_who_asked() {
    let world = world().await;
    asked(&world).await;
    answered(&world, ANSWER, true).await;
    let proposed = propose(&world, AGENT).await;
    assert_eq!((proposed.status, &proposed.body["state"]), (201, &json!("proposed")), "{proposed:?}");
    assert_eq!(proposed.body["title"], "Hi, I am [name]: do you develop black and white film? [number]");
    assert_eq!(proposed.body["body"], "we develop film every Friday, [name]. Mail [email] or call [number]");
    assert_eq!(proposed.body["source"], json!({ "kind": "conversation", "name": THREAD }));
    assert_eq!(world.listed("list-articles").await, [proposed.body]);
}

#[tokio::test]
async fn a_conversation_proposes_once_whoever_asks_and_whatever_became_of_it() {
    let world = world().await;
    asked(&world).await;
    answered(&world, ANSWER, true).await;
    let (one, two) = tokio::join!(propose(&world, AGENT), propose(&world, OWNER));
    assert_eq!(one.status.min(two.status) + one.status.max(two.status), 200 + 201, "one of them is the first");
    assert_eq!(one.body, two.body);
    let edited = world.by(OWNER, "change-article").id(one.id()).version(1).send().await;
    assert_eq!((edited.status, &edited.body["state"]), (200, &json!("proposed")), "{edited:?}");
    assert_eq!(propose(&world, AGENT).await.body, edited.body, "an owner's edits stay");
}

#[tokio::test]
async fn only_a_closed_conversation_that_a_person_answered_proposes_anything() {
    let world = world().await;
    asked(&world).await;
    let told = propose(&world, OWNER).await;
    assert_eq!((told.status, told.code()), (409, "conflict"), "{told:?}");
    answered(&world, "Hello!", true).await;
    assert_eq!(propose(&world, OWNER).await.status, 409, "a greeting is no answer");
    assert!(world.listed("list-articles").await.is_empty());
}

#[tokio::test]
async fn agents_propose_and_the_owner_approves_edits_or_dismisses() {
    let world = world().await;
    asked(&world).await;
    answered(&world, ANSWER, true).await;
    let id = propose(&world, AGENT).await.id().to_owned();
    for case in ["approve-article", "change-article", "remove-article"] {
        assert_eq!(world.by(AGENT, case).id(&id).version(1).send().await.status, 403, "{case}");
    }
    assert_eq!(world.by(OPERATOR, "propose-article").send().await.status, 403);
    for case in ["propose-article", "propose-answer"] {
        let told = world.by(STRANGER, case).send().await;
        assert_eq!((told.status, told.code()), (404, "not_found"), "{case}");
    }
    assert_eq!(world.by(STRANGER, "approve-article").id(&id).version(1).send().await.status, 404);
    assert_eq!(world.by(OWNER, "approve-article").id(&id).version(2).send().await.status, 412);
    let approved = world.by(OWNER, "approve-article").id(&id).version(1).send().await;
    assert_eq!((approved.status, &approved.body["state"]), (200, &json!("published")));
    let again = world.by(OWNER, "approve-article").id(&id).version(2).send().await;
    assert_eq!(again.body, approved.body);
    assert_eq!(world.by(OWNER, "remove-article").id(&id).version(2).send().await.status, 204);
}

#[tokio::test]
async fn a_question_that_nothing_answered_gives_a_title_and_is_published_with_an_answer_only() {
    let world = world().await;
    let asked = "Do you repair cameras? I am Ann Lee";
    say(&world, &begun(), asked, Unanswered::of(asked, "en").as_ref()).await;
    let question = world.listed("list-unanswered").await[0]["id"].as_str().unwrap().to_owned();
    let proposed = world.by(AGENT, "propose-answer").id(&question).send().await;
    assert_eq!((proposed.status, &proposed.body["body"]), (201, &json!("")), "{proposed:?}");
    assert_eq!(proposed.body["title"], "Do you repair cameras? I am [name]");
    let again = world.by(OWNER, "propose-answer").id(&question).send().await;
    assert_eq!((again.status, &again.body), (200, &proposed.body));
    let refused = world.by(OWNER, "approve-article").id(proposed.id()).version(1).send().await;
    assert_eq!((refused.status, refused.faults()), (400, vec![("/body", "required")]));
    let answer: Value = json!({ "body": "Yes, on Fridays.", "published": true });
    let published = world.by(OWNER, "change-article").id(proposed.id()).version(1).body(&answer).send().await;
    assert_eq!((published.status, &published.body["state"]), (200, &json!("published")), "{published:?}");
}
