//! Help articles: added, changed, approved and removed by their owner; and what was asked that none of them answers.

use super::business::{Deps, Error, load, settled};
use crate::domain::article::{Article, ArticleDraft, MOST, State};
use crate::domain::id::{ArticleId, TenantId};
use crate::domain::unanswered::{Question, QuestionId};
use crate::store::catalog::{ArticlesWrite, Saved};
use crate::store::cursor::{Listed, Position};

/// How often an approval is tried while others change the business at the same time.
const TRIES: u32 = 4;

/// Adds an article.
///
/// # Errors
///
/// [`Error::Invalid`] with every field that is refused; [`Error::TooMany`], [`Error::Missing`] without such
/// a tenant, [`Error::Store`].
pub async fn add(deps: Deps<'_>, tenant: TenantId, draft: &ArticleDraft) -> Result<Article, Error> {
    let article = draft.check(ArticleId::new(deps.ids.ulid(deps.clock.now())), 1)?;
    if MOST <= load(deps, tenant).await?.articles.len() {
        return Err(Error::TooMany { most: MOST });
    }
    settled(deps.store.put_article(tenant, &article, None).await?, article)
}

/// Changes the article that was read as `before`. Publishing one that is proposed approves of it.
///
/// # Errors
///
/// [`Error::Invalid`] with every field that is refused; [`Error::Stale`], [`Error::Missing`], [`Error::Store`].
pub async fn change(
    deps: Deps<'_>,
    tenant: TenantId,
    before: &Article,
    draft: &ArticleDraft,
) -> Result<Article, Error> {
    let article = before.edited(draft)?;
    if before.state == State::Proposed && article.state == State::Published {
        return approve(deps, tenant, before, article).await;
    }
    settled(deps.store.put_article(tenant, &article, Some(before.version)).await?, article)
}

/// Publishes what is proposed as `before` in the form of `article`. Where an article of the same source stands already,
/// that one gets the text and keeps its id, which answers have cited, and the proposal is gone.
async fn approve(deps: Deps<'_>, tenant: TenantId, before: &Article, article: Article) -> Result<Article, Error> {
    for _ in 0..TRIES {
        // The stamp first: a change in between makes it too old, and the write is refused.
        let stamp = deps.store.context_stamp(tenant).await?;
        let business = load(deps, tenant).await?;
        let known = business.article(before.id).ok_or(Error::Missing)?;
        if known.version != before.version {
            return Err(Error::Stale);
        }
        let is_standing = |other: &&Article| other.state != State::Proposed && comes_from_the_same(other, before);
        let (article, saved) = match business.articles.iter().find(is_standing) {
            Some(standing) => {
                let article = Article { id: standing.id, version: standing.version + 1, ..article.clone() };
                let proposal = (before.id, before.version);
                let saved = deps.store.replace_article(tenant, &article, proposal, stamp).await?;
                (article, saved)
            }
            None => {
                let write = ArticlesWrite { articles: std::slice::from_ref(&article), import: None, stamp };
                (article.clone(), deps.store.write_articles(tenant, &write).await?)
            }
        };
        if saved == Saved::Done {
            return Ok(article);
        }
    }
    Err(Error::Stale)
}

fn comes_from_the_same(one: &Article, other: &Article) -> bool {
    let key = |article: &Article| article.source.as_ref().map(|source| source.key.clone());
    key(one).is_some() && key(one) == key(other)
}

/// Removes the article of version `version`.
///
/// # Errors
///
/// [`Error::Stale`], [`Error::Missing`], [`Error::Store`].
pub async fn remove(deps: Deps<'_>, tenant: TenantId, (id, version): (ArticleId, u64)) -> Result<(), Error> {
    settled(deps.store.delete_article(tenant, id, version).await?, ())
}

/// The questions that nothing answered, those that were asked most first, a page at a time.
///
/// # Errors
///
/// [`Error::Store`].
pub async fn unanswered(deps: Deps<'_>, tenant: TenantId, after: Option<&Position>) -> Result<Listed<Question>, Error> {
    Ok(deps.store.list_unanswered(tenant, deps.clock.now(), after).await?)
}

/// Takes a question from that list for as long as it is asked. Repeating it changes nothing.
///
/// # Errors
///
/// [`Error::Missing`] without such a question; [`Error::Store`].
pub async fn dismiss(deps: Deps<'_>, tenant: TenantId, id: &QuestionId) -> Result<(), Error> {
    let is_known = deps.store.dismiss_question(tenant, id, deps.clock.now()).await?;
    if is_known { Ok(()) } else { Err(Error::Missing) }
}
