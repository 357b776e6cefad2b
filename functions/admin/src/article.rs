//! `/v1/admin/articles`: what the business says about itself, and what is proposed that it could say.
//!
//! Everybody of the business reads all of it; only its owner changes, approves or dismisses.

use lambda_http::{Body, Response};
use serde::{Deserialize, Serialize};
use shared::app::article;
use shared::domain::article::{Article, ArticleDraft, Source, State};
use shared::domain::id::ArticleId;
use shared::http::problem::ApiError;
use shared::http::request::{json, merged, path, query};
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
pub(crate) struct Shown {
    id: String,
    #[serde(flatten)]
    article: Sent,
    /// `published`, `unpublished` or `proposed`.
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceShown>,
    version: u64,
}

/// Where its text was taken from.
#[derive(Serialize)]
struct SourceShown {
    /// `document`, `page`, `conversation` or `question`.
    kind: &'static str,
    /// A name, an address or an id.
    name: String,
}

const fn yes() -> bool {
    true
}

impl From<&Article> for Sent {
    fn from(article: &Article) -> Self {
        let ArticleDraft { title, body, tags, published } = article.draft();
        Self { title, body, tags, published }
    }
}

impl From<&Article> for Shown {
    fn from(article: &Article) -> Self {
        Self {
            id: article.id.to_string(),
            article: article.into(),
            state: article.state.as_str(),
            locale: article.language.map(|language| language.code()),
            source: article.source.as_ref().map(SourceShown::from),
            version: article.version,
        }
    }
}

impl From<&Source> for SourceShown {
    fn from(source: &Source) -> Self {
        Self { kind: source.origin.kind(), name: source.origin.name() }
    }
}

impl From<Sent> for ArticleDraft {
    fn from(sent: Sent) -> Self {
        Self { title: sent.title, body: sent.body, tags: sent.tags, published: sent.published }
    }
}

pub(crate) async fn list(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let state = query(call.request, "state").map(|word| {
        let state = State::ALL.into_iter().find(|state| state.as_str() == word);
        state.ok_or_else(|| ApiError::invalid_field("/state", "invalid_value", "Articles have no such state."))
    });
    let (state, business) = (state.transpose()?, call.business().await?);
    let listed = business.articles.iter().filter(|article| state.is_none_or(|state| article.state == state));
    ok(&listed.map(Shown::from).collect::<Page<_>>())
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
    call.based_on(before.version)?;
    let sent: Sent = merged(call.request, &Sent::from(before))?;
    let article = article::change(call.deps(), call.tenant, before, &sent.into()).await.map_err(refused)?;
    ok(&Shown::from(&article))
}

/// Publishes an article as it is. Of a page's changed text, the article that stands gets it and is answered.
pub(crate) async fn approve(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let (id, business) = (path::<ArticleId>(call.request, "id")?, call.business().await?);
    let before = business.article(id).ok_or_else(ApiError::not_found)?;
    call.based_on(before.version)?;
    if before.state == State::Published {
        return ok(&Shown::from(before));
    }
    let draft = ArticleDraft { published: true, ..before.draft() };
    let article = article::change(call.deps(), call.tenant, before, &draft).await.map_err(refused)?;
    ok(&Shown::from(&article))
}

pub(crate) async fn remove(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let (id, business) = (path::<ArticleId>(call.request, "id")?, call.business().await?);
    let version = call.based_on(business.article(id).ok_or_else(ApiError::not_found)?.version)?;
    article::remove(call.deps(), call.tenant, (id, version)).await.map_err(refused)?;
    Ok(no_content())
}
