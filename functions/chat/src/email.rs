//! `POST /v1/public/chat/email/{code,verify}`: proves that the visitor reads mail at an address.

use lambda_http::{Body, Request, Response};
use serde::{Deserialize, Serialize};
use shared::app::session;
use shared::app::verification::{self, Error};
use shared::domain::address::Email;
use shared::http::gate::Admitted;
use shared::http::problem::ApiError;
use shared::http::request::json;
use shared::http::respond::{accepted, ok};
use shared::http::turn::session_of;
use shared::runtime::Services;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Ask {
    session_id: String,
    email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Answer {
    session_id: String,
    code: String,
}

/// The same for every address.
#[derive(Serialize)]
struct Sent {
    message: &'static str,
}

#[derive(Serialize)]
struct Verified {
    verified: bool,
}

pub(crate) async fn code(
    services: &Services,
    admitted: &Admitted,
    request: &Request,
) -> Result<Response<Body>, ApiError> {
    let sent: Ask = json(request)?;
    let email: Email = sent
        .email
        .parse()
        .map_err(|_| ApiError::invalid_field("/email", "invalid_value", "That is not an email address."))?;
    let tenant = admitted.business.context.tenant.id;
    let conversation = session::admit(services.session(), tenant, &session_of(&sent.session_id)?).await?;
    verification::ask(services.verification(), tenant, &conversation, email).await.map_err(problem)?;
    accepted(&Sent { message: "If mail can be sent to that address, a code is on its way." })
}

pub(crate) async fn verify(
    services: &Services,
    admitted: &Admitted,
    request: &Request,
) -> Result<Response<Body>, ApiError> {
    let sent: Answer = json(request)?;
    let tenant = admitted.business.context.tenant.id;
    let conversation = session::admit(services.session(), tenant, &session_of(&sent.session_id)?).await?;
    verification::answer(services.verification(), tenant, &conversation, &sent.code).await.map_err(problem)?;
    ok(&Verified { verified: true })
}

fn problem(error: Error) -> ApiError {
    match error {
        Error::Wrong => {
            ApiError::invalid_field("/code", "code_wrong", "That code is not right. Please check the mail.")
        }
        Error::Spent => ApiError::expired("This code can no longer be used. Please ask for a new one."),
        Error::Store(error) => error.into(),
    }
}
