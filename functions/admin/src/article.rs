//! `/v1/admin/articles`: what the business says about itself.

use lambda_http::{Body, Response};
use serde::{Deserialize, Serialize};
use shared::app::article;
use shared::domain::article::{Article, ArticleDraft};
use shared::domain::id::ArticleId;
use shared::http::problem::ApiError;
use shared::http::request::{json, merged, path};
use shared::http::respond::{created, no_content, ok};

use crate::Page;
use crate::caller::Call;
use crate::refusal::refused;

/// An article as its owner writes it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    title: String,
    body: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default = "yes")]
    published: bool,
}

/// An article as it is.
#[derive(Serialize)]
struct Shown {
    id: String,
    #[serde(flatten)]
    article: Sent,
    version: u64,
}

const fn yes() -> bool {
    true
}

impl From<&Article> for Sent {
    fn from(article: &Article) -> Self {
        Self {
            title: article.title.to_string(),
            body: article.body.to_string(),
            tags: article.tags.iter().map(ToString::to_string).collect(),
            published: article.published,
        }
    }
}

impl From<&Article> for Shown {
    fn from(article: &Article) -> Self {
        Self { id: article.id.to_string(), article: article.into(), version: article.version }
    }
}

impl From<Sent> for ArticleDraft {
    fn from(sent: Sent) -> Self {
        Self { title: sent.title, body: sent.body, tags: sent.tags, published: sent.published }
    }
}

pub(crate) async fn list(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    ok(&call.business().await?.articles.iter().map(Shown::from).collect::<Page<_>>())
}

pub(crate) async fn show(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let (id, business) = (path::<ArticleId>(call.request, "id")?, call.business().await?);
    ok(&Shown::from(business.article(id).ok_or_else(ApiError::not_found)?))
}

pub(crate) async fn add(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let sent: Sent = json(call.request)?;
    let article = article::add(call.deps(), call.tenant, &sent.into()).await.map_err(refused)?;
    created(&Shown::from(&article))
}

pub(crate) async fn change(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let (id, business) = (path::<ArticleId>(call.request, "id")?, call.business().await?);
    let before = business.article(id).ok_or_else(ApiError::not_found)?;
    let version = call.based_on(before.version)?;
    let sent: Sent = merged(call.request, &Sent::from(before))?;
    let article = article::change(call.deps(), call.tenant, (id, version), &sent.into()).await.map_err(refused)?;
    ok(&Shown::from(&article))
}

pub(crate) async fn remove(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let (id, business) = (path::<ArticleId>(call.request, "id")?, call.business().await?);
    let version = call.based_on(business.article(id).ok_or_else(ApiError::not_found)?.version)?;
    article::remove(call.deps(), call.tenant, (id, version)).await.map_err(refused)?;
    Ok(no_content())
}
