//! `POST /v1/public/chat/escalate`: the widget's button and its left message.

use lambda_http::{Body, Request, Response};
use serde::{Deserialize, Serialize};
use shared::app::escalation::{Error, Wish, ask};
use shared::domain::address::{Email, InvalidEmail};
use shared::domain::id::EscalationId;
use shared::http::gate::{self, Admitted, Toll};
use shared::http::problem::ApiError;
use shared::http::request::json;
use shared::http::respond::created;
use shared::http::turn::{already_asked, handoff, session_of};
use shared::runtime::Services;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Sent {
    session_id: String,
    reason: Option<String>,
    customer_email: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    escalation_id: String,
    online: bool,
    message: String,
}

pub(crate) async fn answer(services: &Services, request: &Request) -> Response<Body> {
    gate::serve(services.gate(), request, Toll::Call, async |admitted| take(services, admitted, request).await).await
}

async fn take(services: &Services, admitted: &Admitted, request: &Request) -> Result<Response<Body>, ApiError> {
    let sent: Sent = json(request)?;
    let email = sent.customer_email.map(|email| email.parse::<Email>()).transpose().map_err(no_address)?;
    let session = session_of(&sent.session_id)?;
    let business = &admitted.business.context;
    let wish = Wish { session: &session, reason: sent.reason.as_deref(), email };
    let id: EscalationId = ask(services.session(), business, wish).await.map_err(refused)?;
    let told = handoff(business, services.clock.now());
    created(&Asked { escalation_id: id.to_string(), online: told.online, message: told.message })
}

fn no_address(_: InvalidEmail) -> ApiError {
    ApiError::invalid_field("/customerEmail", "invalid_value", "That is not an email address.")
}

fn refused(error: Error) -> ApiError {
    match error {
        Error::Session(error) => error.into(),
        Error::Limited(exceeded) => already_asked(exceeded),
    }
}
