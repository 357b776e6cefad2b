//! The client against recorded streams, a mock of the API, and a peer that misbehaves on the wire.

mod answers;
mod cuts;
mod divisions;
mod failures;
mod peer;
mod requests;

use std::time::Duration;

use secrecy::SecretString;
use url::Url;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;

/// The recorded streams.
const FIXTURES: [(&str, &str); 10] = [
    ("text", include_str!("../fixtures/text.sse")),
    ("many_scripts", include_str!("../fixtures/many_scripts.sse")),
    ("tool", include_str!("../fixtures/tool.sse")),
    ("two_tools", include_str!("../fixtures/two_tools.sse")),
    ("thinking_then_tool", include_str!("../fixtures/thinking_then_tool.sse")),
    ("cut_tool", include_str!("../fixtures/cut_tool.sse")),
    ("refusal", include_str!("../fixtures/refusal.sse")),
    ("new_kinds", include_str!("../fixtures/new_kinds.sse")),
    ("overloaded_after_text", include_str!("../fixtures/overloaded_after_text.sse")),
    ("overloaded_before_text", include_str!("../fixtures/overloaded_before_text.sse")),
];

const KEY: &str = "sk-ant-test-0123456789";

fn fixture(name: &str) -> &'static str {
    FIXTURES.iter().find(|(known, _)| *known == name).unwrap().1
}

/// Never pauses, and gives up soon enough for a test.
fn patience() -> Patience {
    Patience { pause: Duration::ZERO, ..Patience::default() }
}

fn claude(endpoint: &str, patience: Patience) -> Claude {
    let endpoint = Url::parse(endpoint).unwrap();
    Claude::new(http().unwrap(), &endpoint, &SecretString::from(KEY), patience).unwrap()
}

fn prompt() -> Prompt<'static> {
    Prompt {
        model: "claude-haiku-4-5",
        max_tokens: 500,
        temperature: None,
        system: vec![SystemBlock::stable("You are the front desk.")],
        tools: &[],
        messages: vec![PromptMessage::user("When are you open?")],
    }
}

fn stream(name: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(fixture(name), "text/event-stream")
}

/// An API that answers with each response in turn, and with the last one from then on.
async fn api(responses: impl IntoIterator<Item = ResponseTemplate>) -> MockServer {
    let server = MockServer::start().await;
    let responses: Vec<_> = responses.into_iter().collect();
    let last = responses.len() - 1;
    for (n, response) in responses.into_iter().enumerate() {
        let mock = Mock::given(method("POST")).and(path("/v1/messages")).respond_with(response);
        let mock = if n < last { mock.up_to_n_times(1) } else { mock };
        mock.mount(&server).await;
    }
    server
}

/// Asks `api` and returns what came back with what was heard.
async fn ask(api: &MockServer) -> (Result<Answer, ModelError>, String) {
    let mut heard = String::new();
    let answer = claude(&api.uri(), patience()).answer(&prompt(), &mut |piece| heard.push_str(piece)).await;
    (answer, heard)
}

async fn calls(api: &MockServer) -> usize {
    api.received_requests().await.unwrap().len()
}
