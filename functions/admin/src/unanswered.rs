//! `/v1/admin/articles/unanswered`: what visitors asked and nothing answered, for whoever writes the next article.

use lambda_http::{Body, Response};
use serde::Serialize;
use shared::app::article;
use shared::domain::unanswered::{Question, QuestionId};
use shared::http::problem::ApiError;
use shared::http::request::path;
use shared::http::respond::{no_content, ok};

use crate::caller::Call;
use crate::refusal::refused;
use crate::{Page, after};

/// What a cursor of this list is bound to.
const QUERY: &str = "unanswered";

/// A question without an answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: String,
    /// One way to ask it, without what tells who did.
    question: String,
    asked: u64,
    first_at: String,
    last_at: String,
}

impl From<&Question> for Shown {
    fn from(question: &Question) -> Self {
        Self {
            id: question.id.to_string(),
            question: question.sample.to_string(),
            asked: question.asked,
            first_at: question.first_at.to_string(),
            last_at: question.last_at.to_string(),
        }
    }
}

pub(crate) async fn list(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let after = after(call, QUERY)?;
    let listed = article::unanswered(call.deps(), call.tenant, after.as_ref()).await.map_err(refused)?;
    ok(&Page::of(call, QUERY, listed, |question| Shown::from(question)))
}

pub(crate) async fn dismiss(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let id = path::<QuestionId>(call.request, "id")?;
    article::dismiss(call.deps(), call.tenant, &id).await.map_err(refused)?;
    Ok(no_content())
}
