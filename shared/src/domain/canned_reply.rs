//! Canned replies: what a team says often, with places for what differs, written as `{{customer.name}}`.
//!
//! Pure. What is put into a place is never looked through for places again.

use std::str::FromStr;

use super::field::{Faults, InvalidDraft};
use super::id::CannedReplyId;
use super::text::{Line, Note};

/// Something that a team says often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannedReply {
    /// Its id.
    pub id: CannedReplyId,
    /// What agents look for it by.
    pub title: Line<80>,
    /// What is said; every place in it is a [`Variable`].
    pub text: Note<4_000>,
    /// Rises with each change; what `If-Match` compares.
    pub version: u64,
}

/// A canned reply as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannedReplyDraft {
    /// `/title`.
    pub title: String,
    /// `/text`.
    pub text: String,
}

/// What a place can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    /// Whom the conversation is with, as they last booked.
    CustomerName,
    /// The address that they proved.
    CustomerEmail,
    /// Whoever replies.
    AgentEmail,
    /// The business.
    BusinessName,
    /// Its telephone number.
    BusinessPhone,
    /// Its site.
    BusinessWebsite,
    /// Where it is.
    BusinessAddress,
    /// The local day, as `2026-11-24`.
    Today,
}

/// A reply with its places filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The text; a place that nothing is known for stands as it was written, so that whoever sends it sees it.
    pub text: String,
    /// Those places, each once, in their order.
    pub missing: Vec<Variable>,
}

/// A part of a text.
enum Part<'a> {
    Text(&'a str),
    /// What stands between the braces.
    Place(&'a str),
    /// Braces that are never closed.
    Open,
}

impl Variable {
    /// All there are.
    pub const ALL: [Self; 8] = [
        Self::CustomerName,
        Self::CustomerEmail,
        Self::AgentEmail,
        Self::BusinessName,
        Self::BusinessPhone,
        Self::BusinessWebsite,
        Self::BusinessAddress,
        Self::Today,
    ];

    /// Its name between the braces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CustomerName => "customer.name",
            Self::CustomerEmail => "customer.email",
            Self::AgentEmail => "agent.email",
            Self::BusinessName => "business.name",
            Self::BusinessPhone => "business.phone",
            Self::BusinessWebsite => "business.website",
            Self::BusinessAddress => "business.address",
            Self::Today => "today",
        }
    }
}

impl FromStr for Variable {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|variable| variable.as_str() == text.trim()).ok_or(())
    }
}

impl CannedReplyDraft {
    /// Makes the reply, with the id and version that its store gives it.
    ///
    /// # Errors
    ///
    /// [`InvalidDraft`] with every field that is refused, also a text with a place that stands for nothing.
    pub fn check(&self, id: CannedReplyId, version: u64) -> Result<CannedReply, InvalidDraft> {
        let mut faults = Faults::default();
        let title = faults.parsed("/title", Line::new(&self.title));
        let text = faults.parsed("/text", Note::new(&self.text));
        if text.as_ref().is_some_and(Note::is_empty) {
            faults.add("/text", "required", "a reply says something");
        }
        for part in parts(&self.text) {
            match part {
                Part::Place(name) if name.parse::<Variable>().is_err() => {
                    let known = Variable::ALL.map(Variable::as_str).join(", ");
                    faults.add("/text", "unknown_variable", format_args!("the places there are: {known}"));
                }
                Part::Open => faults.add("/text", "unclosed", "a place ends with two braces"),
                Part::Text(_) | Part::Place(_) => {}
            }
        }
        faults.settle((|| Some(CannedReply { id, title: title?, text: text?, version }))())
    }
}

impl CannedReply {
    /// Fills every place with what `known` says.
    pub fn fill(&self, known: impl Fn(Variable) -> Option<String>) -> Filled {
        let mut filled = Filled { text: String::new(), missing: Vec::new() };
        for part in parts(self.text.as_str()) {
            match part {
                Part::Text(text) => filled.text.push_str(text),
                Part::Place(name) => filled.put(name, &known),
                Part::Open => filled.text.push_str("{{"),
            }
        }
        filled
    }
}

impl Filled {
    fn put(&mut self, name: &str, known: impl Fn(Variable) -> Option<String>) {
        let variable = name.parse::<Variable>().ok();
        match variable.and_then(known).filter(|value| !value.is_empty()) {
            Some(value) => self.text.push_str(&value),
            None => {
                for part in ["{{", name, "}}"] {
                    self.text.push_str(part);
                }
                self.missing.extend(variable.filter(|variable| !self.missing.contains(variable)));
            }
        }
    }
}

/// Takes a text apart; together its parts are the text.
fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(inside) = rest.strip_prefix("{{") else {
            let (before, after) = rest.split_at(rest.find("{{").unwrap_or(rest.len()));
            rest = after;
            return Some(Part::Text(before));
        };
        let Some((name, after)) = inside.split_once("}}") else {
            rest = inside;
            return Some(Part::Open);
        };
        rest = after;
        Some(Part::Place(name))
    })
}

#[cfg(test)]
mod tests;
