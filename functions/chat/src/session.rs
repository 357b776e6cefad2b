//! `POST /v1/public/chat/{sessions,read,end}`: begins a conversation, notes how far it was read, ends it.

use lambda_http::{Body, Request, Response};
use serde::{Deserialize, Serialize};
use shared::app::session::{self, quick_replies};
use shared::domain::id::MessageId;
use shared::http::gate::Admitted;
use shared::http::problem::ApiError;
use shared::http::request::{json, source_network};
use shared::http::respond::{created, no_content};
use shared::http::turn::{OriginSent, session_of};
use shared::ports::trace;
use shared::runtime::Services;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Begun {
    session_id: String,
    conversation_id: String,
    greeting: String,
    quick_replies: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Read {
    session_id: String,
    up_to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct End {
    session_id: String,
}

pub(crate) async fn begin(
    services: &Services,
    admitted: &Admitted,
    request: &Request,
) -> Result<Response<Body>, ApiError> {
    let origin: OriginSent = json(request)?;
    let business = &admitted.business.context;
    let session = session::begin(services.session(), business, origin.read()?, source_network(request)).await?;
    trace::of_conversation(session.conversation());
    created(&Begun {
        session_id: session.reveal(),
        conversation_id: session.conversation().to_string(),
        greeting: business.widget.greeting.to_string(),
        quick_replies: quick_replies(business, false),
    })
}

pub(crate) async fn read(
    services: &Services,
    admitted: &Admitted,
    request: &Request,
) -> Result<Response<Body>, ApiError> {
    let sent: Read = json(request)?;
    let up_to: MessageId = sent
        .up_to
        .parse()
        .map_err(|_| ApiError::invalid_field("/upTo", "invalid_value", "That is not a message id."))?;
    let tenant = admitted.business.context.tenant.id;
    session::read_up_to(services.session(), tenant, &session_of(&sent.session_id)?, up_to).await?;
    Ok(no_content())
}

pub(crate) async fn end(
    services: &Services,
    admitted: &Admitted,
    request: &Request,
) -> Result<Response<Body>, ApiError> {
    let sent: End = json(request)?;
    session::end(services.session(), admitted.business.context.tenant.id, &session_of(&sent.session_id)?).await?;
    Ok(no_content())
}
