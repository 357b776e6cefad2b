//! `/v1/admin/articles/import`: articles out of a document, at once, or out of a page, which is read later; and
//! `…/imports`, how reading pages went.

use lambda_http::{Body, Response};
use serde::{Deserialize, Serialize};
use shared::app::import::{self, AskError, Document};
use shared::domain::article::Article;
use shared::domain::id::ImportId;
use shared::domain::import::{Import, MOST_ASKED, Plan, Problem, Progress, Skipped, Tally};
use shared::domain::text::{Line, Note};
use shared::domain::words::Language;
use shared::http::problem::ApiError;
use shared::http::request::{json, path};
use shared::http::respond::{accepted, ok};

use crate::Page;
use crate::caller::Call;
use crate::refusal::{invalid, refused};

/// What the owner sends: a document or the address of a page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    markdown: Option<String>,
    url: Option<String>,
    /// What the document is called, by which it is known when it is sent again.
    name: Option<String>,
    /// The language of either, as `de`.
    locale: Option<String>,
    /// Only says what a document would make.
    #[serde(default)]
    preview: bool,
}

/// What a document made, or would make.
#[derive(Serialize)]
struct Made {
    #[serde(flatten)]
    tally: TallyShown,
    /// In a preview: the articles that would be new or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    articles: Option<Vec<Preview>>,
}

#[derive(Serialize)]
struct TallyShown {
    created: usize,
    updated: usize,
    unchanged: usize,
    skipped: Vec<SkippedShown>,
}

/// A part that no article was made of, and why, in words.
#[derive(Serialize)]
struct SkippedShown {
    title: String,
    reason: &'static str,
}

#[derive(Serialize)]
struct Preview {
    title: String,
    body: String,
    tags: Vec<String>,
}

/// An import from a page.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ImportShown {
    id: String,
    url: String,
    /// `waiting`, `done` or `failed`.
    status: &'static str,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
    #[serde(flatten)]
    tally: Option<TallyShown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemShown>,
}

/// Why nothing came of it, for programs and in words.
#[derive(Serialize)]
struct ProblemShown {
    code: &'static str,
    message: &'static str,
}

impl From<&Tally> for TallyShown {
    fn from(tally: &Tally) -> Self {
        let skipped = |part: &Skipped| SkippedShown { title: part.title.clone(), reason: part.reason.sentence() };
        Self {
            created: tally.created,
            updated: tally.updated,
            unchanged: tally.unchanged,
            skipped: tally.skipped.iter().map(skipped).collect(),
        }
    }
}

impl From<&Article> for Preview {
    fn from(article: &Article) -> Self {
        Self {
            title: article.title.to_string(),
            body: article.body.to_string(),
            tags: article.tags.iter().map(Line::to_string).collect(),
        }
    }
}

impl From<&Import> for ImportShown {
    fn from(import: &Import) -> Self {
        let problem = |problem: Problem| ProblemShown { code: problem.as_str(), message: problem.sentence() };
        let (status, tally, failed, ended_at) = match &import.progress {
            Progress::Waiting => ("waiting", None, None, None),
            Progress::Done(tally, at) => ("done", Some(tally.into()), None, Some(at)),
            Progress::Failed(why, at) => ("failed", None, Some(problem(*why)), Some(at)),
        };
        Self {
            id: import.id.to_string(),
            url: import.url.url().to_string(),
            status,
            created_at: import.asked_at.to_string(),
            ended_at: ended_at.map(ToString::to_string),
            tally,
            problem: failed,
        }
    }
}

pub(crate) async fn take(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    call.demand_owner()?;
    let sent: Sent = json(call.request)?;
    let language = sent.locale.as_deref().map(language).transpose()?;
    match (sent.markdown, sent.url) {
        (Some(markdown), None) => {
            let name = Note::new(sent.name.as_deref().unwrap_or_default());
            let name =
                name.map_err(|wrong| ApiError::invalid_field("/name", "invalid", format!("Too long: {wrong}.")))?;
            of_document(call, &Document { markdown, name, language }, sent.preview).await
        }
        (None, Some(url)) if !sent.preview && sent.name.is_none() => of_page(call, &url, language).await,
        (None, Some(_)) => {
            let detail = "A page is always proposed first, under its own address.";
            Err(ApiError::invalid_field(if sent.preview { "/preview" } else { "/name" }, "invalid", detail))
        }
        _ => Err(ApiError::invalid_field("/markdown", "required", "Send a document or the address of a page.")),
    }
}

async fn of_document(call: &Call<'_>, document: &Document, preview: bool) -> Result<Response<Body>, ApiError> {
    let deps = call.services.import();
    let plan: Plan = if preview {
        import::preview(deps, call.tenant, document).await.map_err(refused)?
    } else {
        import::take(deps, call.tenant, document).await.map_err(refused)?
    };
    let articles = preview.then(|| plan.articles.iter().map(Preview::from).collect());
    ok(&Made { tally: (&plan.tally).into(), articles })
}

async fn of_page(call: &Call<'_>, url: &str, language: Option<Language>) -> Result<Response<Body>, ApiError> {
    let asked = import::ask(call.services.import(), call.tenant, url, language).await;
    let asked = asked.map_err(|error| match error {
        AskError::Invalid(draft) => invalid(draft),
        AskError::TooOften(exceeded) => {
            let detail = format!("{MOST_ASKED} pages were asked for within an hour. Please try again later.");
            ApiError::rate_limited(detail, exceeded)
        }
        AskError::Store(error) => error.into(),
    })?;
    accepted(&ImportShown::from(&asked))
}

pub(crate) async fn list(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let imports = call.services.store.list_imports(call.tenant, call.now).await?;
    ok(&imports.iter().map(ImportShown::from).collect::<Page<_>>())
}

pub(crate) async fn show(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let id = path::<ImportId>(call.request, "id")?;
    let found = call.services.store.find_import(call.tenant, id).await?;
    ok(&ImportShown::from(&found.ok_or_else(ApiError::not_found)?))
}

fn language(locale: &str) -> Result<Language, ApiError> {
    let unknown = || ApiError::invalid_field("/locale", "invalid_value", "Articles are in en, es, de or fr.");
    Language::of_locale(locale).ok_or_else(unknown)
}
