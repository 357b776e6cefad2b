//! `GET /v1/public/chat/messages`: what was said, for a visitor who comes back.

use jiff::Timestamp;
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use shared::app::session;
use shared::domain::id::MessageId;
use shared::domain::message::{Outcome, Turn};
use shared::http::gate::Admitted;
use shared::http::problem::ApiError;
use shared::http::request::{header, parsed_query};
use shared::http::respond::ok;
use shared::http::turn::session_of;
use shared::runtime::Services;

#[derive(Serialize)]
struct Told {
    mode: &'static str,
    messages: Vec<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    id: String,
    sender: &'static str,
    content: String,
    attachments: [(); 0],
    created_at: Timestamp,
}

pub(crate) async fn list(
    services: &Services,
    admitted: &Admitted,
    request: &Request,
) -> Result<Response<Body>, ApiError> {
    let session = session_of(header(request, "x-session-id").ok_or_else(ApiError::session_invalid)?)?;
    let after: Option<MessageId> = parsed_query(request, "after")?;
    let tenant = admitted.business.context.tenant.id;
    let (conversation, turns) = session::messages(services.session(), tenant, &session, after).await?;
    let mut messages: Vec<Message> = turns.iter().flat_map(told).collect();
    if let Some(after) = after {
        let after = after.to_string();
        messages.retain(|message| after < message.id);
    }
    ok(&Told { mode: conversation.mode.as_str(), messages })
}

/// A turn as the messages of both sides, or of a person of the business alone.
fn told(turn: &Turn) -> Vec<Message> {
    if turn.outcome == Outcome::Replied {
        return vec![Message {
            id: turn.answer_id.to_string(),
            sender: "agent",
            content: turn.answer.text(),
            attachments: [],
            created_at: turn.at,
        }];
    }
    let asked = Message {
        id: turn.id.to_string(),
        sender: "visitor",
        content: turn.said.clone(),
        attachments: [],
        created_at: turn.at,
    };
    let reply = turn.answer.text();
    let answered = (!reply.is_empty()).then(|| Message {
        id: turn.answer_id.to_string(),
        sender: "assistant",
        content: reply,
        attachments: [],
        created_at: turn.at + turn.cost.total,
    });
    std::iter::once(asked).chain(answered).collect()
}
