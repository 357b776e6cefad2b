//! `POST …/propose-article`: an article out of what was asked, for the owner to approve.
//!
//! Whoever works for the business may propose; nothing of it is found before its owner has approved.

use lambda_http::{Body, Response};
use shared::app::lesson::{self, Error, Proposed};
use shared::domain::id::ConversationId;
use shared::domain::unanswered::QuestionId;
use shared::http::problem::ApiError;
use shared::http::request::path;
use shared::http::respond::{created, ok};

use crate::article::Shown;
use crate::caller::Call;
use crate::refusal::refused;

pub(crate) async fn of_conversation(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let id = path::<ConversationId>(call.request, "id")?;
    let proposed = lesson::of_conversation(call.deps(), call.tenant, id).await.map_err(|error| match error {
        Error::Refused(why) => ApiError::conflict(format!("Not possible: {why}.")),
        Error::Business(error) => refused(error),
    })?;
    shown(&proposed)
}

pub(crate) async fn of_question(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let id = path::<QuestionId>(call.request, "id")?;
    shown(&lesson::of_question(call.deps(), call.tenant, &id).await.map_err(refused)?)
}

/// 201 the first time, 200 with what was proposed after that.
fn shown(proposed: &Proposed) -> Result<Response<Body>, ApiError> {
    let article = Shown::from(&proposed.article);
    if proposed.is_new { created(&article) } else { ok(&article) }
}
