//! `POST /v1/public/chat/escalate`: the visitor's own way to a person, beside the assistant's.

use lambda_http::{Body, Request, Response};
use serde::{Deserialize, Serialize};
use shared::app::escalation::{self, Error};
use shared::domain::address::Email;
use shared::http::gate::Admitted;
use shared::http::problem::ApiError;
use shared::http::request::json;
use shared::http::respond::created;
use shared::http::turn::{already_asked, handoff, session_of};
use shared::runtime::Services;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Ask {
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

pub(crate) async fn ask(
    services: &Services,
    admitted: &Admitted,
    request: &Request,
) -> Result<Response<Body>, ApiError> {
    let sent: Ask = json(request)?;
    let wrong = |_| ApiError::invalid_field("/customerEmail", "invalid_value", "That is not an email address.");
    let email = sent.customer_email.map(|email| email.parse::<Email>()).transpose().map_err(wrong)?;
    let business = &admitted.business.context;
    let session = session_of(&sent.session_id)?;
    let asked = escalation::ask(services.session(), business, &session, sent.reason.as_deref(), email).await;
    let asked = asked.map_err(|error| match error {
        Error::Session(error) => error.into(),
        Error::Limited(exceeded) => already_asked(exceeded),
    })?;
    let told = handoff(business, services.clock.now());
    created(&Asked { escalation_id: asked.to_string(), online: told.online, message: told.message })
}
