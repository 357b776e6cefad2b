//! The index of a tenant's published articles, and what an article is worth to a question.
//!
//! Worth is BM25F as of Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields" (CIKM 2004):
//! with `tf` = Σ over fields of `weight · count / (1 − b + b · length / mean length)`, a word adds `idf · tf / (k1 + tf)`.
//! It is told as a share of what an article could be worth that answers every word: so that one bound says of every
//! question and every tenant when an article has nothing to do with it. Never keeps the articles themselves.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use super::{Article, State};
use crate::domain::text::cut;
use crate::domain::words::{Language, Word, words};

/// Title, tags and body.
const FIELDS: usize = 3;
/// What a word counts in each.
const WEIGHTS: [f64; FIELDS] = [4.0, 3.0, 1.0];
/// How much the length of each is held against it: a list of tags is no worse for being long.
const LENGTH: [f64; FIELDS] = [0.3, 0.0, 0.7];
/// How soon more of the same word adds nothing.
const K1: f64 = 1.2;
/// What a word counts that only begins like one of the question.
const ALIKE: f64 = 0.5;
/// What a word that no article has weighs beside one that a single article has.
const UNKNOWN: f64 = 0.6;
/// What an article is worth less to a question in another language: what is called the same there is mostly a name.
const FOREIGN: f64 = 0.6;
/// The shortest beginning by which two words are alike.
const SHORTEST: usize = 4;
/// The most different words of a question that count.
const MOST_WORDS: usize = 40;
/// How much of an article its language is told by, in characters.
const SAMPLE: usize = 600;

/// All published articles, by language.
#[derive(Debug, Clone)]
pub(super) struct Index {
    shelves: Vec<Shelf>,
}

/// The articles of one language.
#[derive(Debug, Clone)]
struct Shelf {
    /// None: it could not be told.
    language: Option<Language>,
    /// Place among all articles, and the length of each field in words.
    entries: Vec<(usize, [f64; FIELDS])>,
    /// The mean length of each field, in words.
    means: [f64; FIELDS],
    /// Where each stem stands.
    stems: BTreeMap<Box<str>, Vec<Posting>>,
}

/// How often a stem stands in the fields of an article.
#[derive(Debug, Clone, Copy)]
struct Posting {
    entry: u16,
    counts: [u16; FIELDS],
}

/// A word of a question as one shelf knows it.
struct Sought {
    /// What it weighs: the fewer articles have it, the more.
    weight: f64,
    /// For each entry that has it, how much of it: BM25F's `tf`.
    found: Vec<(u16, f64)>,
}

impl Index {
    /// Reads the published ones of `articles`; one whose words do not tell its language is taken to be in `locale`'s.
    pub(super) fn of(articles: &[Article], locale: &str) -> Self {
        let mut by_language: BTreeMap<Option<Language>, Vec<(usize, &Article)>> = BTreeMap::new();
        for (place, article) in articles.iter().enumerate().filter(|(_, article)| article.state == State::Published) {
            by_language.entry(language_of(article, locale)).or_default().push((place, article));
        }
        Self { shelves: by_language.into_iter().map(|(language, articles)| Shelf::of(language, &articles)).collect() }
    }

    /// The places of articles that have words of `question`, and what share of its words each answers, 0 to 1.
    pub(super) fn worth(&self, question: &str) -> Vec<(usize, f64)> {
        let asked = words(question);
        let own = Language::of_text(question);
        self.shelves.iter().flat_map(|shelf| shelf.worth(&asked, own)).collect()
    }
}

/// The language of an article: what was said of it, or else what its words tell.
pub(super) fn language_of(article: &Article, locale: &str) -> Option<Language> {
    article
        .language
        .or_else(|| Language::of(&format!("{} {}", article.title, cut(article.body.as_str(), SAMPLE)), locale))
}

/// Claims that `word` says nothing in a question of language `own` about articles in `language`.
pub(super) fn is_common(word: &Word, language: Option<Language>, own: Option<Language>) -> bool {
    let is_common = |language: Language| language.is_common(word.folded());
    match (language, own) {
        (None, None) => Language::ALL.into_iter().any(is_common),
        _ => language.into_iter().chain(own).any(is_common),
    }
}

/// Claims that both stems begin alike: for at least four letters and three quarters of the shorter one.
pub(super) fn begin_alike(a: &str, b: &str) -> bool {
    let shared = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let shorter = a.chars().count().min(b.chars().count());
    SHORTEST <= shared && 3 * shorter <= 4 * shared
}

impl Shelf {
    fn of(language: Option<Language>, articles: &[(usize, &Article)]) -> Self {
        let mut shelf = Self { language, entries: Vec::new(), means: [0.0; FIELDS], stems: BTreeMap::new() };
        // A word stands in many places and is cut to its stem once.
        let mut known: HashMap<String, Option<String>> = HashMap::new();
        for (place, article) in articles {
            let tags: Vec<&str> = article.tags.iter().map(super::Line::as_str).collect();
            let fields = [article.title.as_str().to_owned(), tags.join(" "), article.body.as_str().to_owned()];
            let entry = u16::try_from(shelf.entries.len()).unwrap_or(u16::MAX);
            let mut lengths = [0.0; FIELDS];
            for (field, (text, length)) in fields.iter().zip(&mut lengths).enumerate() {
                for word in words(text) {
                    let stem = known
                        .entry(word.written().to_owned())
                        .or_insert_with(|| (!is_common(&word, language, None)).then(|| word.stem(language)));
                    if let Some(stem) = stem {
                        *length += 1.0;
                        shelf.count(stem, entry, field);
                    }
                }
            }
            shelf.entries.push((*place, lengths));
        }
        shelf.means = shelf.mean_lengths();
        shelf
    }

    fn count(&mut self, stem: &str, entry: u16, field: usize) {
        if !self.stems.contains_key(stem) {
            self.stems.insert(stem.into(), Vec::new());
        }
        let Some(postings) = self.stems.get_mut(stem) else { return };
        if postings.last().is_none_or(|last| last.entry != entry) {
            postings.push(Posting { entry, counts: [0; FIELDS] });
        }
        if let Some(count) = postings.last_mut().and_then(|last| last.counts.get_mut(field)) {
            *count = count.saturating_add(1);
        }
    }

    fn mean_lengths(&self) -> [f64; FIELDS] {
        let mut means = [0.0; FIELDS];
        for (_, lengths) in &self.entries {
            for (mean, length) in means.iter_mut().zip(lengths) {
                *mean += length / number(self.entries.len());
            }
        }
        means
    }

    fn worth(&self, asked: &[Word], own: Option<Language>) -> Vec<(usize, f64)> {
        let telling = asked.iter().filter(|word| !is_common(word, self.language, own));
        let mut stems = BTreeSet::new();
        for word in telling {
            if stems.len() < MOST_WORDS {
                stems.insert(word.stem(self.language));
            }
        }
        let sought: Vec<Sought> = stems.iter().map(|stem| self.seek(stem)).collect();
        let is_foreign = own.is_some_and(|own| self.language.is_some_and(|language| language != own));
        let whole = sought.iter().map(|sought| sought.weight).sum::<f64>() / if is_foreign { FOREIGN } else { 1.0 };
        let mut worth: BTreeMap<u16, f64> = BTreeMap::new();
        for word in &sought {
            for (entry, tf) in &word.found {
                *worth.entry(*entry).or_default() += word.weight * tf / (K1 + tf);
            }
        }
        let place = |entry: u16| self.entries.get(usize::from(entry)).map(|(place, _)| *place);
        worth.into_iter().filter_map(|(entry, sum)| Some((place(entry)?, sum / whole))).collect()
    }

    fn seek(&self, stem: &str) -> Sought {
        let exact = self.stems.get(stem).map(|postings| self.frequencies(postings, 1.0));
        let found = exact.unwrap_or_else(|| {
            let mut most: BTreeMap<u16, f64> = BTreeMap::new();
            for (_, postings) in self.alike(stem) {
                for (entry, tf) in self.frequencies(postings, ALIKE) {
                    let known = most.entry(entry).or_default();
                    *known = known.max(tf);
                }
            }
            most.into_iter().collect()
        });
        let weight = if found.is_empty() { UNKNOWN * self.idf(1) } else { self.idf(found.len()) };
        Sought { weight, found }
    }

    /// The stems that begin like `stem`.
    fn alike<'a>(&'a self, stem: &'a str) -> impl Iterator<Item = (&'a str, &'a [Posting])> {
        let start = cut(stem, SHORTEST);
        let long = start.chars().count() == SHORTEST;
        let stems = self.stems.range::<str, _>((Bound::Included(start), Bound::Unbounded));
        let stems = stems.take_while(move |(known, _)| long && known.starts_with(start));
        stems.filter(|(known, _)| begin_alike(known, stem)).map(|(known, postings)| (&**known, postings.as_slice()))
    }

    fn frequencies(&self, postings: &[Posting], factor: f64) -> Vec<(u16, f64)> {
        let of = |posting: &Posting| {
            let (_, lengths) = self.entries.get(usize::from(posting.entry))?;
            let fields = posting.counts.iter().zip(lengths).zip(self.means).zip(WEIGHTS.iter().zip(LENGTH));
            let tf = fields.filter(|(((count, _), _), _)| 0 < **count).map(|(((count, length), mean), (weight, b))| {
                weight * f64::from(*count) / (1.0 - b + b * length / mean)
            });
            Some((posting.entry, factor * tf.sum::<f64>()))
        };
        postings.iter().filter_map(of).collect()
    }

    /// How much a word tells that `having` of the articles have.
    fn idf(&self, having: usize) -> f64 {
        let (all, having) = (number(self.entries.len()), number(having));
        (1.0 + (all - having + 0.5) / (having + 0.5)).ln()
    }
}

/// A count as a number to reckon with; none here comes near the bound.
fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
