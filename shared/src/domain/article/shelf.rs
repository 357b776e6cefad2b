//! The articles of a tenant, and which of them answer a question.
//!
//! Nothing alike finds nothing, and the assistant then says that it does not know.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::Article;
use super::index::{Index, language_of};
use super::passage::passages;

/// The most articles that are found for one question.
pub const MOST_FOUND: usize = 3;
/// The least share of a question's words that an article must answer to be found, 0 to 1: below it the honest answer
/// is that nothing is known. Measured on the labelled questions of `bench/help`: there the questions that
/// articles answer and those that none does part best.
pub const TELLING: f64 = 0.26;
/// The least share of the best article's worth at which another one is found beside it.
const BESIDE: f64 = 0.5;

/// All articles of a tenant, oldest first, with the index to find them by. The index is built at the first question
/// and kept with them; clones share it.
#[derive(Debug, Clone)]
pub struct Articles(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    list: Vec<Article>,
    locale: String,
    index: OnceLock<Index>,
}

/// An article that answers a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<'a> {
    /// The article.
    pub article: &'a Article,
    /// The share of the question's words that it answers, 0 to 1.
    pub worth: f64,
    /// The paragraphs that do, in order; its beginning where only its title does.
    pub passages: Vec<String>,
}

impl Articles {
    /// The articles of a tenant that writes in `locale`.
    #[must_use]
    pub fn new(list: Vec<Article>, locale: &str) -> Self {
        Self(Arc::new(Inner { list, locale: locale.to_owned(), index: OnceLock::new() }))
    }

    /// The published articles that answer `question`, the best first; of two as good, the older one. None: nothing
    /// is known about it.
    #[must_use]
    pub fn search(&self, question: &str) -> Vec<Found<'_>> {
        let index = self.0.index.get_or_init(|| Index::of(self, &self.0.locale));
        let mut worth = index.worth(question);
        worth.retain(|(_, worth)| TELLING <= *worth);
        worth.sort_by(|(a, of_a), (b, of_b)| of_b.total_cmp(of_a).then(a.cmp(b)));
        let least = worth.first().map_or(0.0, |(_, best)| best * BESIDE);
        let found = worth.into_iter().take_while(|(_, worth)| least <= *worth).take(MOST_FOUND);
        found.filter_map(|(place, worth)| Some(self.found(self.get(place)?, worth, question))).collect()
    }

    fn found<'a>(&self, article: &'a Article, worth: f64, question: &str) -> Found<'a> {
        let passages = passages(article.body.as_str(), question, language_of(article, &self.0.locale));
        Found { article, worth, passages }
    }
}

impl Deref for Articles {
    type Target = [Article];

    fn deref(&self) -> &[Article] {
        &self.0.list
    }
}

impl PartialEq for Articles {
    fn eq(&self, other: &Self) -> bool {
        self.0.list == other.0.list && self.0.locale == other.0.locale
    }
}
