//! The stored form of an article.

use serde::{Deserialize, Serialize};

use crate::domain::article::{Article, ArticleDraft};
use crate::store::error::{StoreError, corrupt};
use crate::store::expression::Item;
use crate::store::row::parse;
use crate::store::table::read;

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
    version: u64,
}

impl From<&Article> for Row {
    fn from(article: &Article) -> Self {
        Self {
            id: article.id.to_string(),
            title: article.title.to_string(),
            body: article.body.to_string(),
            tags: article.tags.iter().map(ToString::to_string).collect(),
            published: article.published,
            version: article.version,
        }
    }
}

pub(in crate::store) fn article_of(item: Item) -> Result<Article, StoreError> {
    let row: Row = read(item, WHAT)?;
    let draft = ArticleDraft { title: row.title, body: row.body, tags: row.tags, published: row.published };
    draft.check(parse(&row.id, WHAT)?, row.version).map_err(corrupt(WHAT))
}
