//! A person takes a conversation while the assistant answers: placed between any two steps of the turn, whatever
//! the assistant was about to say or do, nothing of it is kept, and the client is told who has the word.

mod stage;

use serde_json::{Value, json};
use sim::claude::{Answer, Fault, FaultKind, Mode};
use tests::Desk;

use stage::{NEVER, Scene, Stage};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn after_a_person_took_over_the_assistant_never_speaks_wherever_that_falls_in_its_turn() {
    let stage = Stage::open().await;
    let card = stage.card().await;
    let call = |name: &str, input: Value| Answer::call(name, input);
    let say = || Answer::say("Here is what I found: we open at nine, and there is a lot to tell about it.");
    let scripts: [Vec<Answer>; 6] = [
        vec![say()],
        vec![call("list_packages", json!({})), call("get_business_info", json!({})), say()],
        vec![call("request_human_help", json!({ "reason": "They want a person" })), say()],
        vec![call("verify_email", json!({ "email": "ann@x.test" })), say()],
        vec![card, say()],
        vec![
            Answer { text: Some("One moment.".to_owned()), ..call("search_help", json!({ "query": "parking" })) },
            say(),
        ],
    ];
    let mut interleavings = 0;
    for script in &scripts {
        for (is_streamed, is_answered) in [(false, false), (true, false), (true, true)] {
            let scene = Scene { is_streamed, is_answered };
            stage.wait_an_hour();
            let steps = stage.play(script, scene, NEVER).await;
            for at in 0..steps {
                stage.play(script, scene, at).await;
                interleavings += 1;
            }
        }
    }
    assert!(200 <= interleavings, "only {interleavings} places to come between");
}

#[tokio::test]
async fn a_stream_that_is_taken_over_ends_with_the_handoff_and_keeps_nothing_it_told() {
    let desk = Desk::open().await;
    let (visitor, owner) = (desk.guest().await, desk.owner().await);
    desk.claude().set_mode(Mode::Faulty(vec![Fault::once(FaultKind::Stalled).forever()]));
    let mut stream = visitor.stream_as("m-1", "Hi", None).await;
    stream.next_named("text").await;
    let path = format!("/v1/admin/conversations/{}", visitor.conversation().unwrap());
    // The turn is not kept yet, and a conversation begun by the widget is.
    let taken =
        tests::Reply::of(owner.request(reqwest::Method::POST, &format!("{path}/take")).header("if-match", 1)).await;
    assert_eq!(taken.ok()["mode"], "active");
    desk.script([]);
    let rest = stream.all().await;
    let names: Vec<&str> = rest.iter().map(|frame| frame.event.as_str()).collect();
    assert_eq!(names[names.len() - 2..], ["handoff", "done"], "{names:?}");
    assert_eq!(visitor.history().await, [("visitor".to_owned(), "Hi".to_owned())]);
    assert_eq!(visitor.messages().await["mode"], "active");

    // Whoever asks again is told the same.
    let again = visitor.stream_as("m-1", "Hi", None).await.all().await;
    let names: Vec<&str> = again.iter().map(|frame| frame.event.as_str()).collect();
    assert_eq!(names, ["session", "handoff", "done"]);
    let told = visitor.say_as("m-1", "Hi").await.ok();
    assert_eq!((&told["reply"], told["handoff"]["message"].is_string()), (&json!(""), true), "{told}");
}

#[tokio::test]
async fn what_a_person_wrote_stands_in_the_thread_and_is_known_to_the_assistant_afterwards() {
    let desk = Desk::open().await;
    let (visitor, owner) = (desk.guest().await, desk.owner().await);
    desk.script([Answer::say("I am the assistant.")]);
    visitor.hear("Do you do weddings?").await;
    let path = format!("/v1/admin/conversations/{}", visitor.conversation().unwrap());
    let reply = json!({ "message": "Yes, on Saturdays.", "clientMessageId": "console-1" });
    let first = owner.post(&format!("{path}/reply"), &reply).await;
    assert_eq!((first.status.as_u16(), &first.body["mailed"]), (201, &json!(false)), "{first:?}");
    for _ in 0..3 {
        assert_eq!(owner.post(&format!("{path}/reply"), &reply).await.body["messageId"], first.body["messageId"]);
    }
    assert_eq!(visitor.say("And on Sundays?").await.ok()["reply"], "");
    let said: Vec<_> = visitor.history().await.into_iter().map(|(who, what)| format!("{who}: {what}")).collect();
    assert_eq!(
        said,
        [
            "visitor: Do you do weddings?",
            "assistant: I am the assistant.",
            "agent: Yes, on Saturdays.",
            "visitor: And on Sundays?"
        ]
    );

    let version = owner.get(&path).await.ok()["version"].as_u64().unwrap();
    let back = owner.request(reqwest::Method::POST, &format!("{path}/give-back")).header("if-match", version);
    assert_eq!(tests::Reply::of(back).await.ok()["mode"], "assistant");
    desk.script([Answer::say("As my colleague said: Saturdays.")]);
    assert_eq!(visitor.hear("So when?").await, "As my colleague said: Saturdays.");
    let asked = desk.claude().requests().pop().unwrap()["messages"].to_string();
    assert!(asked.contains("A person of the team wrote this") && asked.contains("Yes, on Saturdays."), "{asked}");
    assert!(asked.contains("And on Sundays?"), "what was said to the person is known too: {asked}");
}

#[tokio::test]
async fn an_answer_is_mailed_once_to_a_visitor_who_has_left() {
    let desk = Desk::open().await;
    let (visitor, owner) = (desk.guest().await, desk.owner().await);
    let asked = json!({ "reason": "My dress is torn", "customerEmail": "ann@example.test" });
    assert_eq!(visitor.post("/v1/public/chat/escalate", asked).await.status, 201);
    let path = format!("/v1/admin/conversations/{}/reply", visitor.conversation().unwrap());
    let answer =
        |n: u32| json!({ "message": format!("Answer {n}: bring it along."), "clientMessageId": n.to_string() });
    assert_eq!(owner.post(&path, &answer(1)).await.body["mailed"], false);
    assert!(desk.mails("ann@example.test").await.is_empty(), "they are still there to read it");
    desk.wait(std::time::Duration::from_secs(11 * 60)).await;
    for _ in 0..3 {
        assert_eq!(owner.post(&path, &answer(2)).await.status, 201);
    }
    let mails = desk.mails("ann@example.test").await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    let text = mails[0]["text"].as_str().unwrap();
    assert!(text.contains("Answer 2: bring it along.") && !text.contains("torn"), "{text}");
}
