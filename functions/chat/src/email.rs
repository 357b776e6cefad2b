//! `POST /v1/public/chat/email/{code,verify}`: proves that the visitor reads mail at an address, or knows the
//! confirmation code of a booking.

use lambda_http::{Body, Request, Response};
use serde::{Deserialize, Serialize};
use shared::app::session;
use shared::app::turn::short_hash;
use shared::app::verification::{self, Asker, Error, Pair};
use shared::domain::address::Email;
use shared::http::gate::Admitted;
use shared::http::problem::ApiError;
use shared::http::request::{json, source_network};
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
    /// The six digits of the mail.
    code: Option<String>,
    /// Instead of the digits: the email of a booking,
    email: Option<String>,
    /// with its confirmation code.
    confirmation_code: Option<String>,
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
    let email = email_of(&sent.email)?;
    let tenant = admitted.business.context.tenant.id;
    let conversation = session::admit(services.session(), tenant, &session_of(&sent.session_id)?).await?;
    let deps = services.verification();
    let address = address_of(deps, request);
    let asker = Asker { conversation: &conversation, address: address.as_deref() };
    verification::ask(deps, tenant, asker, email).await.map_err(of_digits)?;
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
    let deps = services.verification();
    match (&sent.code, &sent.email, &sent.confirmation_code) {
        (Some(digits), None, None) => {
            verification::answer(deps, tenant, &conversation, digits).await.map_err(of_digits)?;
        }
        (None, Some(email), Some(code)) => {
            let email = email_of(email)?;
            let address = address_of(deps, request);
            let asker = Asker { conversation: &conversation, address: address.as_deref() };
            let pair = Pair { email: &email, code, at: services.clock.now() };
            verification::show(deps, tenant, asker, pair).await.map_err(of_pair)?;
        }
        (None, Some(_), None) => return Err(missing("/confirmationCode")),
        (None, None, Some(_)) => return Err(missing("/email")),
        (None, None, None) => return Err(missing("/code")),
        (Some(_), ..) => {
            let detail = "Send either the code of the mail, or an email with a confirmation code.";
            return Err(ApiError::invalid_field("/code", "not_allowed", detail));
        }
    }
    ok(&Verified { verified: true })
}

fn email_of(text: &str) -> Result<Email, ApiError> {
    text.parse().map_err(|_| ApiError::invalid_field("/email", "invalid_value", "That is not an email address."))
}

/// The network address as it is counted, if it is.
fn address_of(deps: verification::Deps<'_>, request: &Request) -> Option<String> {
    let counted = source_network(request).filter(|_| deps.limits_addresses);
    counted.map(|address| short_hash(&address.to_string()))
}

fn missing(pointer: &str) -> ApiError {
    ApiError::invalid_field(pointer, "missing_field", "This field is needed.")
}

fn of_digits(error: Error) -> ApiError {
    match error {
        Error::Wrong => {
            ApiError::invalid_field("/code", "code_wrong", "That code is not right. Please check the mail.")
        }
        error => refused(error),
    }
}

/// The same for a code that nobody has, and for one of another address or business.
fn of_pair(error: Error) -> ApiError {
    match error {
        Error::Wrong => {
            let detail = "That email and that confirmation code do not belong together. Please check both.";
            ApiError::invalid_field("/confirmationCode", "code_wrong", detail)
        }
        error => refused(error),
    }
}

fn refused(error: Error) -> ApiError {
    match error {
        Error::Wrong | Error::Spent => ApiError::expired("This code can no longer be used. Please ask for a new one."),
        Error::Limited(exceeded) => {
            ApiError::rate_limited("That was tried too often. Please try again later.", exceeded)
        }
        Error::Store(error) => error.into(),
    }
}
