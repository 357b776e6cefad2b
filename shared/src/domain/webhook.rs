//! Webhooks: addresses at which a business is told of what happens, and of what.
//!
//! Pure. Decides what a webhook may be and whether it is on. What it is told, and when again, is decided by
//! [`delivery`]; when an address that answers nothing any more is left alone, by [`health`].

pub mod delivery;
pub mod health;
pub mod secret;
mod topic;
mod url;

use std::collections::BTreeSet;
use std::str::FromStr;

use jiff::Timestamp;
use thiserror::Error;

use super::field::{Faults, InvalidDraft};
use super::id::WebhookId;
use super::text::Note;

pub use topic::Topic;
pub use url::{InvalidWebhookUrl, WebhookUrl};

use secret::Secrets;

/// The most webhooks of one business.
pub const MOST: usize = 10;

/// An address that wants to be told of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Where events are sent.
    pub url: WebhookUrl,
    /// In which form. It never changes: what listens there understands one.
    pub form: Form,
    /// Which events. Never empty.
    pub topics: BTreeSet<Topic>,
    /// What it is for, in its owner's words.
    pub description: Note<200>,
    /// Whether its owner wants it to be told at all.
    pub is_active: bool,
    /// When its owner last switched it on; nothing of before is sent, and no trouble of before counts.
    pub armed_at: Timestamp,
    /// What its messages are signed with; none where the form has no signature.
    pub secrets: Option<Secrets>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Rises with each change; what `If-Match` compares.
    pub version: u64,
}

/// How events are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Signed JSON after the Standard Webhooks specification.
    Standard,
    /// A line of text, as Slack's incoming webhooks take it.
    Slack,
}

/// A word that names no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the kinds there are: standard, slack")]
pub struct UnknownForm;

impl Form {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Slack => "slack",
        }
    }
}

impl FromStr for Form {
    type Err = UnknownForm;

    fn from_str(text: &str) -> Result<Self, UnknownForm> {
        [Self::Standard, Self::Slack].into_iter().find(|form| form.as_str() == text).ok_or(UnknownForm)
    }
}

/// A webhook as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookDraft {
    /// `/url`.
    pub url: String,
    /// `/kind`.
    pub kind: String,
    /// `/events`.
    pub events: Vec<String>,
    /// `/description`.
    pub description: String,
    /// `/active`.
    pub active: bool,
}

/// What of a draft its owner may write, once it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Where events are sent.
    pub url: WebhookUrl,
    /// In which form.
    pub form: Form,
    /// Which events.
    pub topics: BTreeSet<Topic>,
    /// What it is for.
    pub description: Note<200>,
    /// Whether it is to be on.
    pub is_active: bool,
}

impl WebhookDraft {
    /// Reads the draft. `is_within_reach` says whether an address may be connected to at all, as far as can be seen.
    ///
    /// # Errors
    ///
    /// [`InvalidDraft`] with every field that is refused.
    pub fn check(&self, is_within_reach: impl Fn(&WebhookUrl) -> bool) -> Result<Wish, InvalidDraft> {
        let mut faults = Faults::default();
        let url = faults.parsed("/url", self.url.parse::<WebhookUrl>());
        if url.as_ref().is_some_and(|url| !is_within_reach(url)) {
            faults.add("/url", "out_of_reach", "the address must be https and lead to the public internet");
        }
        let form = faults.parsed("/kind", self.kind.parse::<Form>());
        let description = faults.parsed("/description", Note::new(&self.description));
        let mut topics = BTreeSet::new();
        for (at, word) in self.events.iter().enumerate() {
            topics.extend(faults.parsed(format!("/events/{at}"), word.parse::<Topic>()));
        }
        if self.events.is_empty() {
            faults.add("/events", "required", "a webhook wants to be told of something");
        }
        let is_active = self.active;
        faults.settle((|| Some(Wish { url: url?, form: form?, topics, description: description?, is_active }))())
    }
}

impl Webhook {
    /// Makes the webhook that is wished for.
    #[must_use]
    pub fn new(id: WebhookId, wish: Wish, secrets: Option<Secrets>, now: Timestamp) -> Self {
        let Wish { url, form, topics, description, is_active } = wish;
        Self { id, url, form, topics, description, is_active, armed_at: now, secrets, created_at: now, version: 1 }
    }

    /// The webhook as its owner wishes it from `now` on, who saw it on or off: whoever switches it on, or sends it
    /// elsewhere, begins anew.
    #[must_use]
    pub fn changed(&self, wish: Wish, was_on: bool, now: Timestamp) -> Self {
        let is_new = (wish.is_active && !was_on) || wish.url != self.url;
        let Wish { url, form: _, topics, description, is_active } = wish;
        let armed_at = if is_new { now } else { self.armed_at };
        Self { url, topics, description, is_active, armed_at, version: self.version + 1, ..self.clone() }
    }

    /// Claims that an event of `topic` that happened at `at` is told to it, if it is on.
    #[must_use]
    pub fn wants(&self, topic: Topic, at: Timestamp) -> bool {
        self.topics.contains(&topic) && self.armed_at <= at
    }
}

#[cfg(test)]
mod tests;
