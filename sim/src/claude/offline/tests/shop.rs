//! A small business behind the tools, so that whole conversations can be held in a test.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde_json::{Value, json};

use super::super::super::transcript::Transcript;
use super::super::super::validate;

/// The most rounds of tools in one turn.
const MOST_ROUNDS: usize = 6;

/// A conversation with the offline assistant of one business.
pub(super) struct Chat {
    packages: Value,
    messages: Vec<Value>,
    /// The visitor has entered the code.
    pub(super) is_proven: bool,
    /// Slots that somebody else took meanwhile.
    pub(super) taken: Vec<&'static str>,
    /// What the prompt says besides.
    pub(super) more: &'static str,
    /// Every call, as `tool input`.
    pub(super) calls: Vec<String>,
}

impl Chat {
    /// A photographer: whole days and sessions.
    pub(super) fn photographer() -> Self {
        Self::with(json!([
            { "id": "wedding", "name": "Wedding day", "description": "From morning to midnight", "kind": "DATE", "price": "€1,900.00" },
            { "id": "family", "name": "Family portraits", "kind": "SLOT", "price": "€250.00", "durationMinutes": 60 },
        ]))
    }

    /// A salon: short appointments.
    pub(super) fn salon() -> Self {
        Self::with(json!([
            { "id": "cut", "name": "Haircut", "kind": "SLOT", "price": "€45.00", "durationMinutes": 30 },
            { "id": "colour", "name": "Colour and cut", "kind": "SLOT", "price": "€120.00", "durationMinutes": 120 },
            { "id": "beard", "name": "Beard trim", "kind": "SLOT", "price": "€20.00", "durationMinutes": 30 },
        ]))
    }

    fn with(packages: Value) -> Self {
        Self { packages, messages: Vec::new(), is_proven: false, taken: Vec::new(), more: "", calls: Vec::new() }
    }

    /// Says `text` and gives the assistant's reply, after all its tools.
    pub(super) fn say(&mut self, text: &str) -> String {
        self.messages.push(json!({ "role": "user", "content": format!("<visitor>{text}</visitor>") }));
        for _ in 0..MOST_ROUNDS {
            let request = self.request();
            assert_eq!(validate::body(&request), Ok(()));
            let now = "2026-11-01T00:00:00Z".parse().unwrap();
            let answer = super::super::answer(&Transcript::of(&request), now);
            if let Some(reply) = answer.text {
                assert_eq!(answer.tools, [], "words and calls at once");
                self.messages.push(json!({ "role": "assistant", "content": reply }));
                return reply;
            }
            let mut uses = Vec::new();
            let mut results = Vec::new();
            for call in answer.tools {
                let id = format!("toolu_{}", self.calls.len());
                self.calls.push(format!("{} {}", call.name, call.input));
                let (output, is_error) = self.run(&call.name, &call.input);
                uses.push(json!({ "type": "tool_use", "id": id, "name": call.name, "input": call.input }));
                results.push(json!({ "type": "tool_result", "tool_use_id": id, "content": output.to_string(), "is_error": is_error }));
            }
            self.messages.push(json!({ "role": "assistant", "content": uses }));
            self.messages.push(json!({ "role": "user", "content": results }));
        }
        panic!("{text:?} took more than {MOST_ROUNDS} rounds: {:#?}", self.calls);
    }

    /// Says `text`, and gives only the calls that followed.
    pub(super) fn calls_after(&mut self, text: &str) -> Vec<String> {
        let before = self.calls.len();
        self.say(text);
        self.calls[before..].to_vec()
    }

    /// The inputs with which `tool` was called.
    pub(super) fn inputs(&self, tool: &str) -> Vec<Value> {
        let of_tool = self.calls.iter().filter_map(|call| call.strip_prefix(tool)?.strip_prefix(' '));
        of_tool.map(|input| serde_json::from_str(input).unwrap()).collect()
    }

    fn request(&self) -> Value {
        let tools = [
            "list_packages",
            "get_business_info",
            "check_availability",
            "search_help",
            "book_package",
            "get_my_bookings",
            "cancel_booking",
            "reschedule_booking",
            "verify_email",
            "request_human_help",
        ];
        let tools = tools.map(|name| json!({ "name": name, "input_schema": { "type": "object" } }));
        json!({
            "model": "claude-haiku-4-5",
            "max_tokens": 1024,
            "system": format!("You are the front desk.\nToday is Saturday 2026-11-21, 14:05 in Europe/Berlin.\n{}", self.more),
            "tools": tools,
            "messages": self.messages,
        })
    }

    fn run(&self, tool: &str, input: &Value) -> (Value, bool) {
        let slot = input["slotId"].as_str().unwrap_or_default();
        match tool {
            "list_packages" => (json!({ "packages": self.packages }), false),
            "get_business_info" => (
                json!({
                    "name": "Studio", "timezone": "Europe/Berlin",
                    "hours": [{ "day": "Monday", "open": ["09:00–12:00", "13:00–17:00"] }, { "day": "Sunday", "open": [] }],
                    "contact": { "address": "Main Street 1", "phone": "+49 30 1234" },
                    "policies": ["Cancelling is free until 24 hours before."],
                }),
                false,
            ),
            "search_help" if input["query"].as_str().unwrap_or_default().contains("parking") => (
                json!({ "articles": [{ "title": "Parking", "text": "<untrusted kind=\"article\">\nBehind the house.\n</untrusted>" }] }),
                false,
            ),
            "search_help" => (json!({ "articles": [] }), false),
            "check_availability" => (self.free(input), false),
            "book_package" | "reschedule_booking" if self.taken.contains(&slot) => {
                (json!({ "error": "this time has just been taken" }), true)
            }
            "get_my_bookings" if self.is_proven => (
                json!({ "bookings": [
                    { "bookingId": "b1", "packageName": "Haircut", "when": "Wed 25 Nov 2026, 10:00", "status": "CONFIRMED" },
                    { "bookingId": "b2", "packageName": "Colour and cut", "when": "Fri 11 Dec 2026, 14:00", "status": "PENDING_PAYMENT" },
                    { "bookingId": "b3", "packageName": "Haircut", "when": "Mon 2 Nov 2026, 14:00", "status": "CANCELED" },
                ] }),
                false,
            ),
            "get_my_bookings" => (json!({ "error": "email not proven" }), true),
            "verify_email" => (json!({ "message": "a code was sent" }), false),
            "request_human_help" => (json!({ "message": "A colleague will be with you soon" }), false),
            _ => (json!({ "proposalId": "p1", "message": "shown" }), false),
        }
    }

    /// Mondays to Fridays, whole hours from 9 to 16; whole days on any day but the 5th.
    fn free(&self, input: &Value) -> Value {
        let from: Date = input["from"].as_str().unwrap().parse().unwrap();
        let is_whole_day = input["packageId"] == "wedding";
        let mut slots = Vec::new();
        for day in (0..input["days"].as_i64().unwrap()).map(|ahead| from.saturating_add(ahead.days())) {
            let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            if is_whole_day && day.day() != 5 {
                slots.push(json!({ "slotId": format!("{day}"), "date": day.to_string(), "label": day.strftime("%a %-d %b").to_string() }));
            }
            for hour in (9..17).filter(|_| !is_whole_day && !is_weekend) {
                let id = format!("{day}T{hour:02}");
                if !self.taken.contains(&id.as_str()) {
                    let label = format!("{}, {hour:02}:00", day.strftime("%a %-d %b"));
                    slots.push(json!({ "slotId": id, "date": day.to_string(), "time": format!("{hour:02}:00"), "label": label }));
                }
            }
        }
        json!({ "slots": slots, "reason": if slots.is_empty() { "We are closed then" } else { "" } })
    }
}
