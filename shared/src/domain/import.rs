//! Imports: articles that are made of a document or of a page of the web.
//!
//! What a reader understands of either is an [`Outline`]; which articles it makes of those that there are is a
//! [`Plan`]. A document of the owner's own is published at once; of a page, which somebody else may write, articles are
//! proposed only. A page is fetched later, by a function that holds no secret, so its import is kept until it has ended.

mod outline;
mod plan;

use jiff::{SignedDuration, Timestamp};

use super::article::PageUrl;
use super::id::ImportId;
use super::words::Language;

pub use outline::{Outline, Section};
pub use plan::{Found, Plan};

/// The most articles that one import makes: what one transaction holds beside the rest of it.
pub const MOST_ARTICLES: usize = 50;

/// How many pages a tenant may ask for within [`ASKED_WITHIN`].
pub const MOST_ASKED: usize = 20;

/// How far back pages that were asked for count.
pub const ASKED_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// How long it is kept how an import went.
pub const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// An import from a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id, which tells when it was asked for.
    pub id: ImportId,
    /// The page.
    pub url: PageUrl,
    /// The language of the page, where its owner said so.
    pub language: Option<Language>,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// How far it is.
    pub progress: Progress,
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Nobody has looked at the page yet.
    Waiting,
    /// Articles are proposed.
    Done(Tally, Timestamp),
    /// Nothing came of it.
    Failed(Problem, Timestamp),
}

/// What an import made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Articles that are new.
    pub created: usize,
    /// Articles that have another text now.
    pub updated: usize,
    /// Parts that say what they said the last time.
    pub unchanged: usize,
    /// Parts that no article was made of.
    pub skipped: Vec<Skipped>,
}

/// A part that no article was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// What it is called; empty: it has no heading.
    pub title: String,
    /// Why.
    pub reason: Reason,
}

/// A closed list of words with a sentence for each.
macro_rules! spoken {
    ($(#[$doc:meta])* $type:ident { $($(#[$about:meta])* $variant:ident => $word:literal, $sentence:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $type {
            $($(#[$about])* $variant,)*
        }

        impl $type {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its word, for programs and the store.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// The same for people.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self {
                    $(Self::$variant => $sentence,)*
                }
            }

            /// Reads a stored word.
            #[must_use]
            pub fn stored(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
    };
}

spoken!(
    /// Why a part becomes no article.
    Reason {
        /// There is a heading and nothing below it.
        Empty => "empty", "There is no text below this heading.";
        /// There is text above the first heading, and the whole has no title.
        Untitled => "untitled", "This text stands above the first heading, and the document has no title.";
        /// The import has made as many as it may.
        TooMany => "too_many", "One import makes 50 articles at most.";
        /// The business has as many as it may.
        Full => "full", "There are 200 articles already, and no more are possible.";
    }
);

spoken!(
    /// Why nothing came of an import.
    Problem {
        /// The address leads to where nothing may be fetched from.
        AddressRefused => "address_refused", "The address does not lead to a public page.";
        /// Nobody answers there.
        Unreachable => "unreachable", "Nobody answers at this address.";
        /// It took too long.
        TooSlow => "too_slow", "The page took too long to read.";
        /// It is larger than what is read of a page.
        TooLarge => "too_large", "The page is larger than 1 MB.";
        /// It leads on and on.
        TooManyRedirects => "too_many_redirects", "The address leads on to others too often.";
        /// It is not there, or not for us.
        NotThere => "not_there", "There is no page at this address, or it may not be read without signing in.";
        /// It is no text.
        WrongKind => "wrong_kind", "What is at this address is neither a web page nor text.";
        /// There is nothing in it that an article could be made of.
        NothingFound => "nothing_found", "There is no text on this page that an article could be made of. Pages that are built by scripts have none.";
    }
);

impl Import {
    /// The import of a page that somebody asks for now.
    #[must_use]
    pub const fn asked(id: ImportId, url: PageUrl, language: Option<Language>, now: Timestamp) -> Self {
        Self { id, url, language, asked_at: now, progress: Progress::Waiting }
    }

    /// The same once it has ended.
    #[must_use]
    pub fn ended(&self, progress: Progress) -> Self {
        Self { progress, ..self.clone() }
    }

    /// Claims that nobody has looked at the page yet.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        matches!(self.progress, Progress::Waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::article;

    #[test]
    fn every_word_is_read_back_and_says_what_is_so() {
        for reason in Reason::ALL {
            assert_eq!(Reason::stored(reason.as_str()), Some(*reason));
        }
        for problem in Problem::ALL {
            assert_eq!(Problem::stored(problem.as_str()), Some(*problem));
        }
        assert!(Reason::TooMany.sentence().contains(&MOST_ARTICLES.to_string()));
        assert!(Reason::Full.sentence().contains(&article::MOST.to_string()));
    }
}
