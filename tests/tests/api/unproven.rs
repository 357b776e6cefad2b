//! Two worlds that differ only in whether an address has bookings: whoever has not proven it sees no difference,
//! to the byte and to the call.

use reqwest::Method;
use serde_json::{Value, json};
use sim::claude::Answer;
use tests::{Desk, Reply, Visitor};

use super::pair::ANN;
use super::shop::{HEADSHOT, WEDNESDAY};

/// Any id of a booking: in the world with bookings it is one of them.
const NOBODYS: &str = "01KAXG00000000000000000000";

/// What a visitor sees of one request, and what it cost.
#[derive(Debug, PartialEq)]
struct Seen {
    what: String,
    face: String,
    calls: Value,
    /// What the model was told by the tool, if there was one.
    told: Option<String>,
}

/// A world: Ann has bookings in it, or nobody has.
struct World {
    desk: Desk,
    visitor: Visitor,
    booking: String,
    slot: String,
}

async fn world(has_bookings: bool) -> World {
    let desk = Desk::open().await;
    let visitor = desk.guest().await;
    let mut booking = NOBODYS.to_owned();
    if has_bookings {
        for _ in 0..3 {
            let told = desk.guest().await.book(&desk, HEADSHOT, WEDNESDAY, ANN).await;
            booking = told["booking"]["id"].as_str().unwrap().to_owned();
        }
        desk.settle().await;
    }
    // A day on which nothing is booked in either world.
    let slot = visitor.slots(&desk, HEADSHOT, "2026-12-02", 1).await[0]["slotId"].as_str().unwrap().to_owned();
    World { desk, visitor, booking, slot }
}

impl World {
    async fn see(&self, what: &str, request: reqwest::RequestBuilder) -> Seen {
        self.desk.post("/dev/counters/reset", &json!({})).await;
        let reply = Reply::of(request).await;
        let calls = self.desk.get("/dev/counters").await.ok()["byOperation"].clone();
        Seen { what: what.to_owned(), face: anonymous(&reply.face()), calls, told: None }
    }

    /// One call of a tool, in a turn of its own by `path`.
    async fn tool(&self, path: &str, name: &str, input: Value) -> Seen {
        self.desk.script([Answer::call(name, input), Answer::say("I see.")]);
        let body = json!({ "sessionId": self.visitor.session(), "message": "Please have a look." });
        let mut seen =
            self.see(&format!("{name} by {path}"), self.visitor.request(Method::POST, path).json(&body)).await;
        let request = self.desk.claude().requests().pop().unwrap();
        let newest = request["messages"].as_array().unwrap().last().unwrap()["content"].to_string();
        let (_, content) = newest.split_once("\"content\":").unwrap();
        seen.told = Some(content.to_owned());
        seen
    }

    /// All that an unproven visitor can ask, in order.
    async fn all(&self) -> Vec<Seen> {
        let mut all = Vec::new();
        for path in ["/v1/public/chat/message", "/v1/public/chat/message/stream"] {
            for (name, input) in [
                ("get_my_bookings", json!({})),
                ("cancel_booking", json!({ "bookingId": self.booking })),
                ("cancel_booking", json!({ "bookingId": "x" })),
                ("reschedule_booking", json!({ "bookingId": self.booking, "slotId": self.slot })),
                ("reschedule_booking", json!({ "bookingId": self.booking, "slotId": "x" })),
                ("verify_email", json!({ "email": ANN })),
                ("verify_email", json!({ "email": ANN, "confirmationCode": "22222222" })),
                ("verify_email", json!({ "email": "x" })),
            ] {
                all.push(self.tool(path, name, input).await);
            }
        }
        let route = "/v1/public/chat/email";
        let session = self.visitor.session();
        // The third code of the hour, the fourth, and what is tried with them.
        for (path, body) in [
            (format!("{route}/code"), json!({ "sessionId": session, "email": ANN })),
            (format!("{route}/code"), json!({ "sessionId": session, "email": ANN })),
            (format!("{route}/verify"), json!({ "sessionId": session, "code": "x" })),
            (format!("{route}/verify"), json!({ "sessionId": session, "email": ANN, "confirmationCode": "22222222" })),
        ] {
            all.push(self.see(&path, self.visitor.request(Method::POST, &path).json(&body)).await);
        }
        // What was said, without how long each answer took, which any visitor can measure.
        let said = self.visitor.history().await.into_iter().map(|(who, words)| format!("{who}: {words}"));
        let face = said.collect::<Vec<_>>().join("\n");
        all.push(Seen { what: "history".to_owned(), face, calls: Value::Null, told: None });
        all
    }
}

/// `text` without what is random in any world: ids, which are 26 characters of one alphabet, and secrets of 43.
fn anonymous(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let mut said = String::new();
    for piece in text.split_inclusive(|c: char| !is_word(c)) {
        let word = piece.trim_end_matches(|c: char| !is_word(c));
        let rest = piece.split_at(word.len()).1;
        said.push_str(if word.len() == 26 || word.len() == 43 { "ID" } else { word });
        said.push_str(rest);
    }
    said
}

#[tokio::test]
async fn whether_an_address_has_bookings_shows_in_no_byte_and_in_no_call() {
    let (with, without) = (world(true).await, world(false).await);
    let (with, without) = (with.all().await, without.all().await);
    for (one, other) in with.iter().zip(&without) {
        assert_eq!(one, other);
    }
    assert_eq!(with.len(), 21);
}
