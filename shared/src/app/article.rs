//! Help articles: added, changed and removed by their owner; and what was asked that none of them answers.

use super::business::{Deps, Error, load, settled};
use crate::domain::article::{Article, ArticleDraft};
use crate::domain::id::{ArticleId, TenantId};
use crate::domain::unanswered::{Question, QuestionId};
use crate::store::cursor::{Listed, Position};

/// The most articles of one tenant: all of them are read with the business context.
pub const MOST: usize = 200;

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

/// Changes the article of version `version`.
///
/// # Errors
///
/// [`Error::Invalid`] with every field that is refused; [`Error::Stale`], [`Error::Missing`], [`Error::Store`].
pub async fn change(
    deps: Deps<'_>,
    tenant: TenantId,
    (id, version): (ArticleId, u64),
    draft: &ArticleDraft,
) -> Result<Article, Error> {
    let article = draft.check(id, version + 1)?;
    settled(deps.store.put_article(tenant, &article, Some(version)).await?, article)
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
