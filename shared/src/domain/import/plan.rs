//! Plans: which articles an import makes, given those that there are.
//!
//! A part that was imported before is the same article, and stays as it is until the source says something else: what
//! its owner has changed by hand since is kept. What an owner sent is published; what stands on a page is proposed, also
//! in place of a published article, which goes on answering until the proposal is approved.

use std::collections::HashMap;

use super::{MOST_ARTICLES, Outline, Reason, Section, Skipped, Tally};
use crate::domain::article::{Article, Fingerprint, MOST, Origin, Source, SourceKey, State};
use crate::domain::id::ArticleId;
use crate::domain::text::Line;
use crate::domain::words::Language;

/// What was found, and where.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where.
    pub origin: Origin,
    /// What.
    pub outline: Outline,
    /// Its language, where somebody said so.
    pub language: Option<Language>,
}

/// What an import is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Articles to write: those of version 1 are new, each other goes over the version before.
    pub articles: Vec<Article>,
    /// The same in numbers, and what is left out.
    pub tally: Tally,
}

impl Plan {
    /// What becomes of `found` where there are `known` already; `id` gives new ids.
    #[must_use]
    pub fn of(known: &[Article], found: &Found, mut id: impl FnMut() -> ArticleId) -> Self {
        let (sections, skipped) = found.outline.clone().sections();
        let mut plan = Self { articles: Vec::new(), tally: Tally { skipped, ..Tally::default() } };
        let mut met: HashMap<Line<200>, usize> = HashMap::new();
        for section in sections {
            let times = met.entry(section.title.clone()).and_modify(|times| *times += 1).or_insert(1);
            let key = found.origin.part(&format!("{times}#{}", section.title));
            plan.take(known, found, (section, key), &mut id);
        }
        plan
    }

    fn take(
        &mut self,
        known: &[Article],
        found: &Found,
        (section, key): (Section, SourceKey),
        id: &mut impl FnMut() -> ArticleId,
    ) {
        let source = Source { origin: found.origin.clone(), found: print(&section, found), key };
        let before = before(known, &source);
        if before.is_some_and(|before| is_same(before, &source)) {
            self.tally.unchanged += 1;
            return;
        }
        let before = before.filter(|before| is_published_at_once(&found.origin) || before.state == State::Proposed);
        let reason = if self.articles.len() == MOST_ARTICLES {
            Some(Reason::TooMany)
        } else if before.is_none() && MOST <= known.len() + self.tally.created {
            Some(Reason::Full)
        } else {
            None
        };
        if let Some(reason) = reason {
            self.tally.skipped.push(Skipped { title: section.title.to_string(), reason });
            return;
        }
        let new = if is_published_at_once(&found.origin) { State::Published } else { State::Proposed };
        let (id, version, state) =
            before.map_or_else(|| (id(), 1, new), |before| (before.id, before.version + 1, before.state));
        *(if version == 1 { &mut self.tally.created } else { &mut self.tally.updated }) += 1;
        self.articles.push(Article {
            id,
            title: section.title,
            body: section.body,
            tags: found.outline.tags().to_vec(),
            state,
            language: found.language,
            source: Some(source),
            version,
        });
    }
}

/// The article that was made of the same part before; the proposal where there is one beside the article it is for.
fn before<'a>(known: &'a [Article], source: &Source) -> Option<&'a Article> {
    let same = known.iter().filter(|article| article.source.as_ref().is_some_and(|known| known.key == source.key));
    same.max_by_key(|article| article.state == State::Proposed)
}

fn is_same(before: &Article, source: &Source) -> bool {
    before.source.as_ref().is_some_and(|before| before.found == source.found)
}

const fn is_published_at_once(origin: &Origin) -> bool {
    matches!(origin, Origin::Document(_))
}

fn print(section: &Section, found: &Found) -> Fingerprint {
    let tags = found.outline.tags().iter().map(Line::as_str);
    let language = found.language.map_or("", Language::code);
    Fingerprint::of(
        &[section.title.as_str(), section.body.as_str(), language].into_iter().chain(tags).collect::<Vec<_>>(),
    )
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;
    use crate::domain::article::ArticleDraft;
    use crate::domain::text::Note;

    fn outline(parts: &[(&str, &str)]) -> Outline {
        let mut outline = Outline::default();
        for (title, body) in parts {
            outline.heading(2);
            outline.text(title);
            outline.end();
            outline.text(body);
            outline.end();
        }
        outline
    }

    fn plan(known: &[Article], origin: &Origin, parts: &[(&str, &str)]) -> Plan {
        let found = Found { origin: origin.clone(), outline: outline(parts), language: None };
        let mut next = 100 + known.len() as u128;
        Plan::of(known, &found, || {
            next += 1;
            ArticleId::new(Ulid(next))
        })
    }

    fn document() -> Origin {
        Origin::Document(Note::new("faq.md").unwrap())
    }

    fn page() -> Origin {
        Origin::Page("https://x.example/faq".parse().unwrap())
    }

    fn counts(plan: &Plan) -> (usize, usize, usize) {
        (plan.tally.created, plan.tally.updated, plan.tally.unchanged)
    }

    const PARTS: [(&str, &str); 3] =
        [("Parking", "Behind the house."), ("Dogs", "Yes."), ("Parking", "For bikes too.")];

    #[test]
    fn the_same_import_again_changes_nothing_and_another_text_changes_its_article() {
        for (origin, state) in [(document(), State::Published), (page(), State::Proposed)] {
            let first = plan(&[], &origin, &PARTS);
            assert_eq!(counts(&first), (3, 0, 0), "two parts of one title are two articles");
            assert!(first.articles.iter().all(|article| article.state == state));
            assert_eq!(counts(&plan(&first.articles, &origin, &PARTS)), (0, 0, 3));
            let second = plan(&first.articles, &origin, &[PARTS[0], ("Dogs", "No."), PARTS[2]]);
            assert_eq!(counts(&second), (0, 1, 2));
            let [dogs] = &second.articles[..] else { panic!("{second:?}") };
            assert_eq!((dogs.id, dogs.body.as_str(), dogs.version), (first.articles[1].id, "No.", 2));
            let other = Origin::Document(Note::new("other.md").unwrap());
            assert_eq!(counts(&plan(&first.articles, &other, &PARTS)), (3, 0, 0), "another document has its own");
        }
    }

    #[test]
    fn what_an_owner_has_changed_by_hand_stays_until_the_source_says_something_else() {
        let mut known = plan(&[], &document(), &PARTS).articles;
        let by_hand = ArticleDraft { body: "In the yard.".to_owned(), published: false, ..known[0].draft() };
        known[0] = known[0].edited(&by_hand).unwrap();
        assert_eq!(counts(&plan(&known, &document(), &PARTS)), (0, 0, 3));
        let later = plan(&known, &document(), &[("Parking", "In the street.")]);
        assert_eq!(later.articles[0].body.as_str(), "In the street.");
        assert_eq!(later.articles[0].state, State::Unpublished, "an import publishes nothing that was kept back");
    }

    #[test]
    fn a_page_that_changed_is_proposed_beside_what_is_published() {
        let mut known = plan(&[], &page(), &PARTS).articles;
        known[0] = known[0].edited(&ArticleDraft { published: true, ..known[0].draft() }).unwrap();
        assert_eq!(counts(&plan(&known, &page(), &PARTS)), (0, 0, 3));
        let changed = [("Parking", "Nowhere.")];
        let second = plan(&known, &page(), &changed);
        assert_eq!(counts(&second), (1, 0, 0));
        assert_ne!(second.articles[0].id, known[0].id);
        assert_eq!(second.articles[0].state, State::Proposed);
        known.extend(second.articles);
        assert_eq!(counts(&plan(&known, &page(), &changed)), (0, 0, 1));
        let third = plan(&known, &page(), &[("Parking", "Somewhere.")]);
        assert_eq!(
            (counts(&third), third.articles[0].id),
            ((0, 1, 0), known[3].id),
            "the proposal is changed, not doubled"
        );
    }

    #[test]
    fn an_import_and_a_business_have_no_more_articles_than_they_may() {
        let many: Vec<(String, String)> = (0..=MOST_ARTICLES).map(|n| (format!("Part {n}"), "x".to_owned())).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(title, body)| (title.as_str(), body.as_str())).collect();
        let first = plan(&[], &document(), &many);
        assert_eq!(counts(&first), (MOST_ARTICLES, 0, 0));
        assert_eq!(first.tally.skipped, [Skipped { title: "Part 50".to_owned(), reason: Reason::TooMany }]);
        let one = first.articles[0].clone();
        let nearly = |n: usize| -> Vec<Article> { vec![Article { source: None, ..one.clone() }; n] };
        assert_eq!(counts(&plan(&nearly(MOST - 1), &document(), &PARTS[..2])), (1, 0, 0));
        let full = plan(&nearly(MOST - 1), &document(), &PARTS[..2]);
        assert_eq!(full.tally.skipped, [Skipped { title: "Dogs".to_owned(), reason: Reason::Full }]);
    }
}
