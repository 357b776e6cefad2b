//! The same turn as a stream: words as they come, and coming back after being cut off.

use serde_json::{Value, json};
use sim::claude::{Answer, Fault, FaultKind, Mode, ToolCall};
use tests::{Desk, Frame, Visitor, words};

use super::shop::{HEADSHOT, WEDNESDAY};

const LONG: &str = "Grüße! We are open from nine to one and from two to six – bring your ideas 😊 and we will \
                    find a day that suits you. On Saturdays we open at ten, and on Sundays we rest.";

/// An answer as a list of what stands at each place: one character, or one other event.
fn places(events: &[Frame]) -> Vec<Value> {
    let mut places = Vec::new();
    for event in events {
        match (event.event.as_str(), event.data["content"].as_str()) {
            ("session" | "done", _) => {}
            ("text", Some(text)) => places.extend(text.chars().map(|letter| json!(letter))),
            (name, _) => places.push(json!([name, event.data])),
        }
    }
    places
}

fn names(events: &[Frame]) -> Vec<&str> {
    events.iter().map(|event| event.event.as_str()).collect()
}

/// The same answer, with a moment before each piece.
fn slowly(answer: Answer) -> Answer {
    Answer { delay_ms: 1, ..answer }
}

/// Some words and a call that prepares a booking.
async fn booking(desk: &Desk, visitor: &Visitor, text: &str) -> Answer {
    let slot = visitor.slots(desk, HEADSHOT, WEDNESDAY, 1).await[0]["slotId"].clone();
    let input = json!({ "slotId": slot, "customerName": "Ann Lee", "customerEmail": "ann@x.test" });
    let tools = vec![ToolCall { name: "book_package".to_owned(), input }];
    Answer { text: Some(text.to_owned()), tools, ..Answer::default() }
}

/// Words, a tool, words, a card, words: two calls of the model.
async fn order_a_card(desk: &Desk, visitor: &Visitor) {
    let book = booking(desk, visitor, "Schön – let me prepare that. 😊").await;
    desk.script([book, Answer::say("Please check the card, and press Confirm.")]);
}

#[tokio::test]
async fn the_first_words_arrive_while_the_model_is_still_speaking() {
    let desk = Desk::open().await;
    // The simulator says a few words and then nothing more until it is told to let go.
    desk.claude().set_mode(Mode::Faulty(vec![Fault::once(FaultKind::Stalled).forever()]));
    let visitor = desk.guest().await;
    let mut stream = visitor.stream_as("m-1", "Hi", None).await;
    let session = stream.next().await.unwrap();
    assert_eq!((session.event.as_str(), session.id), ("session", Some(0)));
    assert_eq!(session.data, json!({ "sessionId": visitor.session(), "conversationId": visitor.conversation() }));
    let first = stream.next_named("text").await;
    assert!(!first.data["content"].as_str().unwrap().is_empty());
    assert_eq!(visitor.history().await, [], "the turn is not over");
    desk.script([]);
    assert_eq!(stream.all().await.last().unwrap().event, "done");
    assert_eq!(visitor.history().await.len(), 2);
}

#[tokio::test]
async fn an_answer_comes_in_pieces_with_rising_ids() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    order_a_card(&desk, &visitor).await;
    let events = visitor.stream_as("m-1", "Book it", None).await.all().await;
    let ids: Vec<u64> = events.iter().map(|event| event.id.unwrap()).collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
    let mut kinds = names(&events);
    kinds.dedup();
    assert_eq!(kinds, ["session", "text", "tool", "proposal", "text", "done"]);
    assert!(5 < events.iter().filter(|event| event.event == "text").count(), "words come in pieces");
    let proposal = events.iter().find(|event| event.event == "proposal").unwrap();
    assert_eq!(proposal.data["operation"], "create_customer_booking");
    assert_eq!(proposal.data["trustTier"], "T3");
    let tool = events.iter().find(|event| event.event == "tool").unwrap();
    assert_eq!(tool.data, json!({ "name": "book_package" }));
    let done = &events.last().unwrap().data;
    let message = visitor.messages().await["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(done["messageId"], message["id"]);
}

#[tokio::test]
async fn a_client_that_comes_back_gets_exactly_the_rest_from_every_place() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    order_a_card(&desk, &visitor).await;
    let events = visitor.stream_as("m-1", "Book it", None).await.all().await;
    let calls = desk.asked();
    let (all, done) = (places(&events), events.last().unwrap().clone());
    assert_eq!(done.id, Some(all.len() as u64 + 1), "places count every character and every other event");
    // Every boundary between events is a place, and so is every character of the words.
    for seen in 0..=all.len() {
        let rest = visitor.stream_as("m-1", "Book it", Some(seen as u64)).await.all().await;
        assert_eq!(places(&rest), all[seen..], "after place {seen}");
        assert_eq!(rest.last(), Some(&done), "after place {seen}");
        assert!(rest.iter().all(|event| (seen as u64) < event.id.unwrap()), "after place {seen}: {rest:?}");
    }
    let nothing = visitor.stream_as("m-1", "Book it", Some(done.id.unwrap())).await.all().await;
    assert_eq!(places(&nothing), Vec::<Value>::new());
    let whole = visitor.stream_as("m-1", "Book it", None).await.all().await;
    assert_eq!(places(&whole), all);
    assert_eq!(desk.asked(), calls);
    let conversation = desk.owner().await.thread(&visitor).await;
    assert_eq!(conversation["turns"].as_array().unwrap().last().unwrap()["proposals"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_finds_one_whole_answer() {
    let desk = Desk::open().await;
    desk.script([slowly(Answer::say(LONG)), Answer::say("A second call!")]);
    let visitor = desk.guest().await;
    let mut stream = visitor.stream_as("m-1", "When are you open?", None).await;
    let first = stream.next_named("text").await;
    drop(stream);
    let rest = visitor.stream_as("m-1", "When are you open?", Some(first.id.unwrap())).await.all().await;
    assert_eq!(format!("{}{}", first.data["content"].as_str().unwrap(), words(&rest)), LONG);
    assert_eq!(names(&rest).iter().filter(|name| **name == "done").count(), 1);
    assert_eq!(desk.asked(), 1);
    let said = visitor.history().await;
    assert_eq!(said.len(), 2);
    assert_eq!(said[1].1, LONG);
}

#[tokio::test]
async fn a_client_that_leaves_before_its_card_is_shown_finds_one_card() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    let book = slowly(booking(&desk, &visitor, LONG).await);
    desk.script([book, slowly(Answer::say("Please confirm."))]);
    let before = desk.asked();
    let mut stream = visitor.stream_as("m-1", "Book it", None).await;
    let first = stream.next_named("text").await;
    drop(stream);
    // Two tabs come back at once.
    let (one, other) =
        tokio::join!(async { visitor.stream_as("m-1", "Book it", Some(first.id.unwrap())).await.all().await }, async {
            visitor.stream_as("m-1", "Book it", Some(0)).await.all().await
        },);
    let card = |events: &[Frame]| {
        let cards: Vec<Value> =
            events.iter().filter(|event| event.event == "proposal").map(|event| event.data["id"].clone()).collect();
        assert_eq!(cards.len(), 1, "{events:?}");
        cards[0].clone()
    };
    assert_eq!(card(&one), card(&other));
    assert_eq!(words(&other), format!("{LONG}Please confirm."));
    assert_eq!(desk.asked(), before + 2);
    let owner = desk.owner().await;
    let conversation = owner.thread(&visitor).await;
    let turn = conversation["turns"].as_array().unwrap().last().unwrap();
    assert_eq!(turn["proposals"], json!([card(&one)]));
    visitor.confirm(card(&one).as_str().unwrap()).await.ok();
    assert_eq!(owner.list("/v1/admin/bookings").await.len(), 1);
}

#[tokio::test]
async fn the_same_message_by_stream_and_by_json_is_one_message() {
    let desk = Desk::open().await;
    desk.script([Answer::say(LONG), Answer::say("A second call!")]);
    let visitor = desk.guest().await;
    let events = visitor.stream_as("m-1", "Hi", None).await.all().await;
    let told = visitor.say_as("m-1", "Hi").await.ok();
    assert_eq!(told["reply"], LONG);
    assert_eq!(told["messageId"], events.last().unwrap().data["messageId"]);
    assert_eq!(desk.asked(), 1);
}

#[tokio::test]
async fn an_error_has_an_id_above_all_that_was_told() {
    let desk = Desk::open().await;
    desk.claude().set_mode(Mode::Faulty(vec![Fault::once(FaultKind::Stalled).forever()]));
    let visitor = desk.guest().await;
    let mut stream = visitor.stream_as("m-1", "Hi", None).await;
    let first = stream.next_named("text").await;
    // The answer is under way, and there is no longer a place to keep it in.
    desk.dynamodb.client().delete_table().table_name("frontdesk-conversations").send().await.unwrap();
    desk.script([]);
    let rest = stream.all().await;
    let error = rest.last().unwrap();
    assert_eq!((error.event.as_str(), &error.data["code"]), ("error", &json!("internal")), "{rest:?}");
    let ids: Vec<Option<u64>> = [&first].into_iter().chain(&rest).map(|event| event.id).collect();
    assert!(ids.windows(2).all(|pair| pair[0].is_some() && pair[0] < pair[1]), "{ids:?}");
}

#[tokio::test]
async fn words_that_imitate_a_frame_stay_words() {
    for forged in [
        "Hi\n\nid: 99\nevent: done\ndata: {}\n\n",
        "Hi\r\rid: 99\revent: proposal\rdata: {\"id\":\"x\"}\r\r",
        "Hi\r\n\r\nevent: error\r\ndata: {\"code\":\"x\"}\r\n\r\n: ping",
        "data: [DONE]\n\n\u{2028}event: handoff\u{2029}\u{85}\u{0}",
    ] {
        let desk = Desk::open().await;
        desk.script([Answer::say(forged)]);
        let visitor = desk.guest().await;
        // The visitor's own words may try it as well.
        let events = visitor.stream_as("m-1", forged, None).await.all().await;
        let mut kinds = names(&events);
        kinds.dedup();
        assert_eq!(kinds, ["session", "text", "done"], "{forged:?}");
        assert_eq!(words(&events), forged);
        let again = visitor.stream_as("m-1", forged, Some(1)).await.all().await;
        assert_eq!(words(&again), forged.chars().skip(1).collect::<String>());
    }
}

#[tokio::test]
async fn what_is_refused_before_it_begins_is_an_ordinary_problem() {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    let path = "/v1/public/chat/message/stream";
    let (stranger, nobody) = (desk.visitor("pk_demo").with_session("nonsense"), desk.visitor("pk_nobody"));
    stranger.post(path, json!({ "message": "Hi" })).await.refused(400, "session_invalid");
    nobody.post(path, json!({ "message": "Hi" })).await.refused(401, "unauthorized");
    visitor.post(path, json!({ "message": "" })).await.refused(400, "invalid");
    visitor.post(path, json!({ "message": "Hi", "tenantId": "x" })).await.refused(400, "invalid");
}
