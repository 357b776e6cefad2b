//! `POST /v1/public/chat/message/stream`: one turn as Server-Sent Events.
//!
//! The same use case as `chat`'s JSON. A client that leaves does not stop the turn: it is finished and kept
//! once, and the client comes back with `Last-Event-ID` for the rest.
//!
//! Steps: [`shared::app::turn`]. Frames: [`shared::http::sse`].

mod body;
mod telling;

use std::sync::Arc;

use lambda_http::{Request, Response};
use shared::app::turn::begin;
use shared::http::gate::{self, Toll};
use shared::http::problem::ApiError;
use shared::http::request::{route, span};
use shared::http::respond::finish;
use shared::http::sse::{last_event_id, stream};
use shared::http::turn::ask;
use shared::runtime::Services;
use tracing::Instrument as _;

pub use body::Telling;

/// Begins the turn and answers with its stream; what is refused before it begins is an ordinary problem.
pub async fn handle(services: &Arc<Services>, request: Request) -> Response<Telling> {
    let span = span(&request);
    answer(services, request).instrument(span).await
}

async fn answer(services: &Arc<Services>, request: Request) -> Response<Telling> {
    let admitted = match gate::admit(services.gate(), &request, Toll::Turn).await {
        Ok(admitted) => admitted,
        Err(problem) => return refused(&request, None, problem),
    };
    let origin = admitted.origin.clone();
    let begun = match (route(&request).1, ask(&request, &admitted)) {
        ("/v1/public/chat/message/stream", Ok(ask)) => begin(services.turn(), ask).await.map_err(ApiError::from),
        (_, Ok(_)) => Err(ApiError::not_found()),
        (_, Err(problem)) => Err(problem),
    };
    match begun {
        Ok(begun) => {
            let seen = last_event_id(&request);
            let mut response = stream(telling::tell(Arc::clone(services), admitted.business.context, begun, seen));
            if let Some(origin) = origin {
                origin.allow(response.headers_mut());
            }
            response
        }
        Err(problem) => refused(&request, origin.as_ref(), problem),
    }
}

fn refused(request: &Request, origin: Option<&shared::http::cors::Origin>, problem: ApiError) -> Response<Telling> {
    let (parts, body) = finish(request, origin, Err(problem)).into_parts();
    Response::from_parts(parts, Telling::whole(body))
}
