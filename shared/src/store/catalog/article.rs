//! The stored form of an article.

use serde::{Deserialize, Serialize};

use crate::domain::article::{Article, ArticleDraft, Fingerprint, Origin, Source, SourceKey, State};
use crate::domain::id::TenantId;
use crate::domain::words::Language;
use crate::store::error::{StoreError, corrupt};
use crate::store::expression::{Item, Put};
use crate::store::key::Key;
use crate::store::row::parse;
use crate::store::table::{item, read};

pub(super) const WHAT: &str = "article";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
pub(super) struct Row {
    id: String,
    title: String,
    body: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    published: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    proposed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<SourceRow>,
    version: u64,
}

#[derive(Serialize, Deserialize)]
struct SourceRow {
    kind: String,
    name: String,
    key: String,
    found: String,
}

impl From<&Article> for Row {
    fn from(article: &Article) -> Self {
        let draft = article.draft();
        Self {
            id: article.id.to_string(),
            title: draft.title,
            body: draft.body,
            tags: draft.tags,
            published: draft.published,
            proposed: article.state == State::Proposed,
            language: article.language.map(|language| language.code().to_owned()),
            source: article.source.as_ref().map(SourceRow::from),
            version: article.version,
        }
    }
}

impl From<&Source> for SourceRow {
    fn from(source: &Source) -> Self {
        Self {
            kind: source.origin.kind().to_owned(),
            name: source.origin.name(),
            key: source.key.as_str().to_owned(),
            found: source.found.as_str().to_owned(),
        }
    }
}

impl TryFrom<SourceRow> for Source {
    type Error = StoreError;

    fn try_from(row: SourceRow) -> Result<Self, StoreError> {
        let origin = Origin::named(&row.kind, &row.name).ok_or_else(|| corrupt(WHAT)("an unknown origin"))?;
        Ok(Self { origin, key: SourceKey::stored(row.key), found: Fingerprint::stored(row.found) })
    }
}

/// Writes an article: a new one of version 1, each other over the version before.
pub(super) fn put(tenant: TenantId, article: &Article) -> Result<Put, StoreError> {
    let item = item(&Key::article(tenant, article.id), &Row::from(article), WHAT)?;
    Ok(match article.version {
        1 => Put::fresh(item),
        version => Put::new(item).when("version", "=", version - 1),
    })
}

pub(in crate::store) fn article_of(item: Item) -> Result<Article, StoreError> {
    let row: Row = read(item, WHAT)?;
    let state = match (row.proposed, row.published) {
        (true, _) => State::Proposed,
        (false, true) => State::Published,
        (false, false) => State::Unpublished,
    };
    let draft = ArticleDraft { title: row.title, body: row.body, tags: row.tags, published: row.published };
    let article = draft.check_as(state, parse(&row.id, WHAT)?, row.version).map_err(corrupt(WHAT))?;
    let language = row.language.as_deref().and_then(Language::of_locale);
    Ok(Article { language, source: row.source.map(Source::try_from).transpose()?, ..article })
}
