//! Lessons: articles proposed from what visitors asked, for the owner to approve.
//!
//! A closed conversation in which a person answered gives one, and a question that nothing answered gives one without an
//! answer yet. Each is proposed once; asking again finds what was proposed, as it is by now. Nothing is published here.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::business::{self, Deps, load};
use crate::domain::article::{
    Article, ArticleDraft, Fingerprint, Lesson, MOST, NoLesson, Origin, Source, State, lesson,
};
use crate::domain::conversation::Conversation;
use crate::domain::id::{ArticleId, ConversationId, TenantId};
use crate::domain::message::{Piece, Turn};
use crate::domain::proposal::Operation;
use crate::domain::text::Note;
use crate::domain::unanswered::QuestionId;
use crate::store::StoreError;
use crate::store::catalog::{ArticlesWrite, Saved};

/// How often a proposal is tried while others change the business at the same time.
const TRIES: u32 = 4;

/// How far back a customer's name is looked for among their bookings.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(400 * 24);

/// The most cards of a conversation that a name is looked for in.
const MOST_CARDS: usize = 20;

/// An article that is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// It.
    pub article: Article,
    /// Whether it was not there before.
    pub is_new: bool,
}

/// Why nothing is proposed.
#[derive(Debug, Error)]
pub enum Error {
    /// The conversation teaches nothing.
    #[error(transparent)]
    Refused(#[from] NoLesson),
    /// As with every change of a business.
    #[error(transparent)]
    Business(#[from] business::Error),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Business(error.into())
    }
}

/// Proposes the article that a conversation teaches.
///
/// # Errors
///
/// [`Error::Refused`] by the rules of [`lesson`]; [`business::Error::Missing`] without such a conversation,
/// [`business::Error::TooMany`], [`business::Error::Stale`], [`business::Error::Store`].
pub async fn of_conversation(deps: Deps<'_>, tenant: TenantId, id: ConversationId) -> Result<Proposed, Error> {
    let origin = Origin::Conversation(id);
    if let Some(article) = find(deps, tenant, &origin).await? {
        return Ok(Proposed { article, is_new: false });
    }
    let conversation = deps.store.find_conversation(tenant, id).await?.ok_or(business::Error::Missing)?;
    let turns = deps.store.list_turns(tenant, id, None).await?;
    let names = names(deps, tenant, &conversation, &turns).await?;
    let lesson = lesson(conversation.status, &turns, conversation.origin.locale.as_str(), &names)?;
    Ok(propose(deps, tenant, origin, &lesson).await?)
}

/// Proposes an article to a question that nothing answered: its title, for somebody to write the answer.
///
/// # Errors
///
/// As [`of_conversation`], without its rules.
pub async fn of_question(deps: Deps<'_>, tenant: TenantId, id: &QuestionId) -> Result<Proposed, business::Error> {
    let question = deps.store.find_unanswered(tenant, id, deps.clock.now()).await?.ok_or(business::Error::Missing)?;
    let lesson = Lesson { title: question.sample, body: Note::default() };
    propose(deps, tenant, Origin::Question(question.id), &lesson).await
}

async fn propose(
    deps: Deps<'_>,
    tenant: TenantId,
    origin: Origin,
    lesson: &Lesson,
) -> Result<Proposed, business::Error> {
    let draft = ArticleDraft {
        title: lesson.title.to_string(),
        body: lesson.body.to_string(),
        tags: Vec::new(),
        published: false,
    };
    let id = ArticleId::new(deps.ids.ulid(deps.clock.now()));
    let found = Fingerprint::of(&[&draft.title, &draft.body]);
    let source = Source { key: origin.part(""), origin: origin.clone(), found };
    let article = Article { source: Some(source), ..draft.check_as(State::Proposed, id, 1)? };
    for _ in 0..TRIES {
        // The stamp first: a change in between makes it too old, and the write is refused.
        let stamp = deps.store.context_stamp(tenant).await?;
        let known = load(deps, tenant).await?.articles;
        if let Some(article) = known.iter().find(|known| is_of(known, &origin)).cloned() {
            return Ok(Proposed { article, is_new: false });
        }
        if MOST <= known.len() {
            return Err(business::Error::TooMany { most: MOST });
        }
        let write = ArticlesWrite { articles: std::slice::from_ref(&article), import: None, stamp };
        if deps.store.write_articles(tenant, &write).await? == Saved::Done {
            return Ok(Proposed { article, is_new: true });
        }
    }
    Err(business::Error::Stale)
}

async fn find(deps: Deps<'_>, tenant: TenantId, origin: &Origin) -> Result<Option<Article>, business::Error> {
    let known = load(deps, tenant).await?.articles;
    Ok(known.iter().find(|known| is_of(known, origin)).cloned())
}

fn is_of(article: &Article, origin: &Origin) -> bool {
    article.source.as_ref().is_some_and(|source| source.origin == *origin)
}

/// What the visitor is known to be called: in their bookings, whoever proved what of them, and on the cards that they
/// were shown. It is only looked for to be left out.
async fn names(
    deps: Deps<'_>,
    tenant: TenantId,
    conversation: &Conversation,
    turns: &[Turn],
) -> Result<Vec<String>, StoreError> {
    let now: Timestamp = deps.clock.now();
    let mut names: BTreeSet<String> = BTreeSet::new();
    let proven = conversation.proven.as_ref().map(|proof| proof.email());
    for email in proven.into_iter().chain(&conversation.contact) {
        let bookings = deps.store.list_bookings_of(tenant, email, now - REMEMBERED).await?;
        names.extend(bookings.iter().map(|booking| booking.customer.name.to_string()));
    }
    let pieces = turns.iter().flat_map(|turn| turn.answer.pieces());
    let cards = pieces.filter_map(|piece| match piece {
        Piece::Proposal(card) => Some(*card),
        _ => None,
    });
    for card in cards.take(MOST_CARDS) {
        let found = deps.store.find_proposal(tenant, conversation.id, card).await?;
        names.extend(found.and_then(|card| customer(&card.operation)));
    }
    Ok(names.into_iter().collect())
}

fn customer(operation: &Operation) -> Option<String> {
    match operation {
        Operation::Book { customer, .. } | Operation::Join { customer, .. } => Some(customer.name.to_string()),
        Operation::Cancel { .. } | Operation::Reschedule { .. } => None,
    }
}
