//! The link to leave the waitlist: `GET` shows what its holder waits for, `POST` takes them off the list.

use lambda_http::http::{Method, StatusCode};
use lambda_http::{Body, Request, Response};
use shared::app::confirm::offer::{self, Waiting};
use shared::domain::meter::Rate;
use shared::domain::waitlist::{Entry, Standing};
use shared::http::gate;
use shared::http::problem::ApiError;
use shared::http::{request, respond};
use shared::runtime::Services;

use crate::link::{Failure, failed};
use crate::page::{Button, Page, Tone};

/// Answers one request.
pub(crate) async fn answer(services: &Services, request: &Request) -> Response<Body> {
    let result = match serve(services, request).await {
        Ok(response) => Ok(response),
        Err(error) => failed(&error),
    };
    respond::finish(request, None, result)
}

async fn serve(services: &Services, request: &Request) -> Result<Response<Body>, Failure> {
    let token = request::path_text(request, "token")?;
    let found = offer::look(services.confirm(), token).await?;
    gate::count(services.gate(), found.business.tenant.id, request, &Rate::CALLS).await?;
    match *request.method() {
        Method::GET | Method::HEAD if found.entry.status.is_live() => Ok(ask(&found)?),
        Method::GET | Method::HEAD => Ok(over(&found, &found.entry, Tone::Over)?),
        Method::POST => {
            let left = offer::leave(services.confirm(), &found).await?;
            Ok(over(&found, &left, Tone::Done)?)
        }
        _ => Err(ApiError::method_not_allowed().into()),
    }
}

fn ask(found: &Waiting) -> Result<Response<Body>, ApiError> {
    let mut page = Page::waiting(&found.business, &found.entry, "Leave the waitlist?");
    if found.entry.status == Standing::Offered {
        page = page.saying("A place is offered to you right now. If you leave, it goes to the next in line.");
    }
    let button = Button {
        label: "Leave the waitlist",
        is_grave: true,
        otherwise: "To keep your place in line, just close this page.",
        told: None,
    };
    page.answer(StatusCode::OK, Some(button))
}

fn over(found: &Waiting, entry: &Entry, tone: Tone) -> Result<Response<Body>, ApiError> {
    let (heading, sentence) = match entry.status {
        Standing::Taken => ("You are no longer waiting", "You have taken a place. Everything about it is in our mail."),
        Standing::Left | Standing::Passed | Standing::Waiting | Standing::Offered => {
            ("You are not on this waitlist", "Nothing is left to do. To wait again, please ask in the chat.")
        }
    };
    Page::waiting(&found.business, entry, heading).toned(tone).saying(sentence).answer(StatusCode::OK, None)
}
