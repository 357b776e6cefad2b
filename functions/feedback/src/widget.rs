//! `POST /v1/public/chat/feedback`: the widget's stars and comment.

use lambda_http::{Body, Request, Response};
use serde::{Deserialize, Serialize};
use shared::app::feedback::{Error, Given, give};
use shared::domain::feedback::{InvalidRating, Opinion, Rating};
use shared::domain::text::Note;
use shared::http::gate::{self, Admitted, Toll};
use shared::http::problem::ApiError;
use shared::http::request::{json, source_network};
use shared::http::respond::ok;
use shared::http::turn::session_of;
use shared::runtime::Services;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Sent {
    session_id: String,
    rating: i64,
    comment: Option<String>,
}

#[derive(Serialize)]
struct Taken {
    success: bool,
}

pub(crate) async fn answer(services: &Services, request: &Request) -> Response<Body> {
    // Ratings are counted as what they are, by session and by network.
    gate::serve(services.gate(), request, Toll::Free, async |admitted| take(services, admitted, request).await).await
}

async fn take(services: &Services, admitted: &Admitted, request: &Request) -> Result<Response<Body>, ApiError> {
    let sent: Sent = json(request)?;
    let opinion = Opinion {
        rating: Rating::new(sent.rating).map_err(out_of_range)?,
        comment: Note::cut(&sent.comment.unwrap_or_default()),
    };
    let given = Given { session: session_of(&sent.session_id)?, opinion, address: source_network(request) };
    give(services.feedback(), admitted.business.context.tenant.id, &given).await.map_err(refused)?;
    ok(&Taken { success: true })
}

fn out_of_range(_: InvalidRating) -> ApiError {
    ApiError::invalid_field("/rating", "out_of_range", "A rating is a whole number from 1 to 5.")
}

fn refused(error: Error) -> ApiError {
    match error {
        Error::Session(_) => ApiError::session_invalid(),
        Error::TooLate(_) => ApiError::conflict("You have rated this chat before, and that can no longer be changed."),
        Error::Limited(exceeded) => {
            ApiError::rate_limited("That was rated too often. Please try again later.", exceeded)
        }
        Error::Store(error) => error.into(),
    }
}
