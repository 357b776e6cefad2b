//! Help articles: what a business answers before it is asked, and which of them answer a question.
//!
//! An article is what its owner wrote, brought in from elsewhere or was proposed; only a published one is ever found.
//! How questions and articles meet is `index`'s, what is told of an article `passage`'s, where one comes from
//! `source`'s, and what a conversation teaches `lesson`'s.

use super::field::{Faults, InvalidDraft};
use super::id::ArticleId;
use super::text::{Line, Note};
use super::words::Language;

mod index;
mod lesson;
mod passage;
mod shelf;
mod source;

pub use lesson::{Lesson, NoLesson, lesson};
pub use shelf::{Articles, Found, MOST_FOUND, TELLING};
pub use source::{Fingerprint, InvalidPageUrl, Origin, PageUrl, Source, SourceKey};

/// The most articles of one tenant, whatever their state: all of them are read with the business context.
pub const MOST: usize = 200;

/// The most characters of an article.
pub const BODY: usize = 10_000;

/// The most tags of one article.
pub const MAX_TAGS: usize = 20;

/// Something that customers ask, answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its id.
    pub id: ArticleId,
    /// The question, as customers ask it.
    pub title: Line<200>,
    /// The answer. Only a proposed one may be empty.
    pub body: Note<BODY>,
    /// Other words for it; at most [`MAX_TAGS`].
    pub tags: Vec<Line<40>>,
    /// Whether it is found.
    pub state: State,
    /// The language it is in, where somebody said so; else its words tell.
    pub language: Option<Language>,
    /// Where its text was taken from; none: it was written here.
    pub source: Option<Source>,
    /// Rises with each change; what `If-Match` compares.
    pub version: u64,
}

/// Whether an article is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is, by whoever asks.
    Published,
    /// Not now: its owner keeps it back.
    Unpublished,
    /// Not yet: it was made of somebody's text, and its owner has not approved of it.
    Proposed,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Published, Self::Unpublished, Self::Proposed];

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Unpublished => "unpublished",
            Self::Proposed => "proposed",
        }
    }
}

impl Article {
    /// The article as `draft` changes it. What is proposed stays so until it is published, and then never is again.
    ///
    /// # Errors
    ///
    /// [`InvalidDraft`] with every field that is refused.
    pub fn edited(&self, draft: &ArticleDraft) -> Result<Self, InvalidDraft> {
        let is_proposed = self.state == State::Proposed && !draft.published;
        let state = if is_proposed { State::Proposed } else { draft.state() };
        let checked = draft.check_as(state, self.id, self.version + 1)?;
        Ok(Self { language: self.language, source: self.source.clone(), ..checked })
    }

    /// What its owner can change of it, as it is.
    #[must_use]
    pub fn draft(&self) -> ArticleDraft {
        ArticleDraft {
            title: self.title.to_string(),
            body: self.body.to_string(),
            tags: self.tags.iter().map(ToString::to_string).collect(),
            published: self.state == State::Published,
        }
    }
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
        self.check_as(self.state(), id, version)
    }

    /// The same in whatever state; one that is proposed may still lack its answer.
    ///
    /// # Errors
    ///
    /// As [`ArticleDraft::check`].
    pub fn check_as(&self, state: State, id: ArticleId, version: u64) -> Result<Article, InvalidDraft> {
        let mut faults = Faults::default();
        let title = faults.parsed("/title", Line::new(&self.title));
        let body = faults.parsed("/body", Note::new(&self.body));
        if state != State::Proposed && body.as_ref().is_some_and(Note::is_empty) {
            faults.add("/body", "required", "an article answers something");
        }
        if MAX_TAGS < self.tags.len() {
            faults.add("/tags", "too_many", format_args!("an article has at most {MAX_TAGS} tags"));
        }
        let tags = self.tags.iter().enumerate().take(MAX_TAGS);
        let tags = tags.filter_map(|(n, tag)| faults.parsed(format!("/tags/{n}"), Line::new(tag))).collect();
        let (language, source) = (None, None);
        let made = || Some(Article { id, title: title?, body: body?, tags, state, language, source, version });
        faults.settle(made())
    }

    const fn state(&self) -> State {
        if self.published { State::Published } else { State::Unpublished }
    }
}

#[cfg(test)]
mod tests;
