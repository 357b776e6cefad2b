//! Help articles: what a business answers before it is asked, and which of them answer a question.
//!
//! An article is what its owner wrote or let be drafted; only a published one is ever found. How questions and
//! articles meet is `index`'s, what is told of an article `passage`'s.

use super::field::{Faults, InvalidDraft};
use super::id::ArticleId;
use super::text::{Line, Note};

mod index;
mod passage;
mod shelf;

pub use shelf::{Articles, Found, MOST_FOUND, TELLING};

/// The most tags of one article.
pub const MAX_TAGS: usize = 20;

/// Something that customers ask, answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its id.
    pub id: ArticleId,
    /// The question, as customers ask it.
    pub title: Line<200>,
    /// The answer.
    pub body: Note<10_000>,
    /// Other words for it; at most [`MAX_TAGS`].
    pub tags: Vec<Line<40>>,
    /// Only published articles are found.
    pub published: bool,
    /// Rises with each change; what `If-Match` compares.
    pub version: u64,
}

/// An article as its owner wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleDraft {
    /// `/title`.
    pub title: String,
    /// `/body`.
    pub body: String,
    /// `/tags/<n>`.
    pub tags: Vec<String>,
    /// `/published`.
    pub published: bool,
}

impl ArticleDraft {
    /// Makes the article, with the id and version that its store gives it.
    ///
    /// # Errors
    ///
    /// [`InvalidDraft`] with every field that is refused.
    pub fn check(&self, id: ArticleId, version: u64) -> Result<Article, InvalidDraft> {
        let mut faults = Faults::default();
        let title = faults.parsed("/title", Line::new(&self.title));
        let body = faults.parsed("/body", Note::new(&self.body));
        if body.as_ref().is_some_and(Note::is_empty) {
            faults.add("/body", "required", "an article answers something");
        }
        if MAX_TAGS < self.tags.len() {
            faults.add("/tags", "too_many", format_args!("an article has at most {MAX_TAGS} tags"));
        }
        let tags = self.tags.iter().enumerate().take(MAX_TAGS);
        let tags = tags.filter_map(|(n, tag)| faults.parsed(format!("/tags/{n}"), Line::new(tag))).collect();
        let made = || Some(Article { id, title: title?, body: body?, tags, published: self.published, version });
        faults.settle(made())
    }
}

#[cfg(test)]
mod tests;
