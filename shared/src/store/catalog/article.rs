//! The stored form of an article.

use serde::{Deserialize, Serialize};

use crate::domain::article::Article;
use crate::domain::text::{Line, Note};
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
    published: bool,
    version: u64,
}

impl From<&Article> for Row {
    fn from(article: &Article) -> Self {
        Self {
            id: article.id.to_string(),
            title: article.title.to_string(),
            body: article.body.to_string(),
            published: article.published,
            version: article.version,
        }
    }
}

pub(in crate::store) fn article_of(item: Item) -> Result<Article, StoreError> {
    let row: Row = read(item, WHAT)?;
    Ok(Article {
        id: parse(&row.id, WHAT)?,
        title: Line::new(&row.title).map_err(corrupt(WHAT))?,
        body: Note::new(&row.body).map_err(corrupt(WHAT))?,
        published: row.published,
        version: row.version,
    })
}
