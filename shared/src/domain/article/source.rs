//! Sources: where the text of an article was taken from, so that taking it again changes it instead of doubling it.
//!
//! A source is named by a key that stays as long as the document and the heading are called the same. Beside it stands
//! what was found there the last time: an owner's own changes are kept until the source itself says something else.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use url::Url;

use crate::domain::id::ConversationId;
use crate::domain::secret::SecretHash;
use crate::domain::text::Note;
use crate::domain::unanswered::QuestionId;

/// The most characters of a page's address.
const MOST_CHARS: usize = 1_000;

/// Where the text of an article was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The whole that it is a part of.
    pub origin: Origin,
    /// Which part of which whole; no two standing articles have the same.
    pub key: SourceKey,
    /// What was found there the last time.
    pub found: Fingerprint,
}

/// What articles are taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A document that the owner sent, by the name that they gave it.
    Document(Note<200>),
    /// A page of the web.
    Page(PageUrl),
    /// What a person of the business answered a visitor.
    Conversation(ConversationId),
    /// A question that nothing answered.
    Question(QuestionId),
}

impl Origin {
    /// The word of its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Document(_) => "document",
            Self::Page(_) => "page",
            Self::Conversation(_) => "conversation",
            Self::Question(_) => "question",
        }
    }

    /// What it is called: a name, an address or an id.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Document(name) => name.to_string(),
            Self::Page(url) => url.url().to_string(),
            Self::Conversation(id) => id.to_string(),
            Self::Question(id) => id.to_string(),
        }
    }

    /// The origin of that kind and name; none: there is no such kind, or it has no such name.
    #[must_use]
    pub fn named(kind: &str, name: &str) -> Option<Self> {
        Some(match kind {
            "document" => Self::Document(Note::new(name).ok()?),
            "page" => Self::Page(name.parse().ok()?),
            "conversation" => Self::Conversation(name.parse().ok()?),
            "question" => Self::Question(name.parse().ok()?),
            _ => return None,
        })
    }

    /// Names the part of it that is called `part`.
    #[must_use]
    pub fn part(&self, part: &str) -> SourceKey {
        SourceKey(hash(&[self.kind(), &self.name(), part]))
    }
}

/// Names a part of an origin: 43 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceKey(String);

/// What was found in a source: 43 characters that another text does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl SourceKey {
    /// Takes back what [`SourceKey::as_str`] gave.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The stored form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Fingerprint {
    /// Of a text in parts.
    #[must_use]
    pub fn of(parts: &[&str]) -> Self {
        Self(hash(parts))
    }

    /// Takes back what [`Fingerprint::as_str`] gave.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The stored form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A hash that other parts do not have, also when they are the same text cut elsewhere.
fn hash(parts: &[&str]) -> String {
    let spelled: String = parts.iter().map(|part| format!("{}:{part}", part.len())).collect();
    SecretHash::of(spelled.as_bytes()).as_str().to_owned()
}

/// The address of a page, `https` (or `http`, which only a local desk fetches). Its `Debug` form hides it, since it may
/// hold what opens the page.
#[derive(Clone, PartialEq, Eq)]
pub struct PageUrl(Url);

/// Text that is not the address of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidPageUrl {
    /// It is too long, or no absolute address.
    #[error("this is not the address of a page")]
    NotAnAddress,
    /// It is fetched in another way.
    #[error("the address must begin with https://")]
    Scheme,
    /// It holds a user name or a password.
    #[error("the address must not hold a user name or a password")]
    Credentials,
}

impl PageUrl {
    /// The address.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for PageUrl {
    type Err = InvalidPageUrl;

    /// A fragment is dropped: it names a place in the same page.
    fn from_str(text: &str) -> Result<Self, InvalidPageUrl> {
        let text = text.trim();
        if MOST_CHARS < text.chars().count() {
            return Err(InvalidPageUrl::NotAnAddress);
        }
        let mut url = Url::parse(text).map_err(|_| InvalidPageUrl::NotAnAddress)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(InvalidPageUrl::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidPageUrl::Credentials);
        }
        url.set_fragment(None);
        Ok(Self(url))
    }
}

impl fmt::Debug for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageUrl(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_one_plain_address() {
        let named = |text: &str| text.parse::<PageUrl>().map(|page| page.url().to_string());
        assert_eq!(named(" https://Studio.example/faq#parking "), Ok("https://studio.example/faq".to_owned()));
        for (text, refused) in [
            ("", InvalidPageUrl::NotAnAddress),
            ("studio.example/faq", InvalidPageUrl::NotAnAddress),
            ("file:///etc/passwd", InvalidPageUrl::Scheme),
            ("javascript:alert(1)", InvalidPageUrl::Scheme),
            ("https://ann:secret@studio.example/", InvalidPageUrl::Credentials),
            (&format!("https://x.example/{}", "a".repeat(1_000)), InvalidPageUrl::NotAnAddress),
        ] {
            assert_eq!(named(text), Err(refused), "{text}");
        }
        assert!(!format!("{:?}", "https://x.example/?key=secret".parse::<PageUrl>()).contains("secret"));
    }

    #[test]
    fn a_part_is_named_by_its_whole_and_what_it_is_called() {
        let faq = Origin::Document(Note::new("faq.md").unwrap());
        let same = Origin::named(faq.kind(), &faq.name()).unwrap();
        assert_eq!(faq.part("Parking"), same.part("Parking"));
        let page = Origin::Page("https://x.example/faq.md".parse().unwrap());
        let other = Origin::Document(Note::new("faq.mdParking").unwrap());
        for another in [faq.part("Prices"), page.part("Parking"), other.part("")] {
            assert_ne!(faq.part("Parking"), another);
        }
        assert_eq!(Origin::named("page", "javascript:alert(1)"), None);
    }
}
