//! Imports: articles made of a document that the owner sends, or of a page that they name.
//!
//! A document becomes articles at once. A page is asked for here and fetched later ([`hear`]), by a function that holds no
//! secret and may reach the public internet only. Either way all articles of an import are written in one transaction
//! that demands the business as it was read: so an import that is repeated, overtaken or cut off anywhere has made all
//! of its articles once, or none.

mod html;
mod markdown;
mod page;

use jiff::SignedDuration;
use thiserror::Error;

use super::business;
use crate::clients::fetch::{Fetch, FetchError, Fetched, Wanted};
use crate::domain::article::{Origin, PageUrl};
use crate::domain::chain::Chain;
use crate::domain::event::{Event, Happening};
use crate::domain::field::{InvalidDraft, InvalidField};
use crate::domain::id::{ArticleId, EventId, ImportId, TenantId};
use crate::domain::import::{ASKED_WITHIN, Found, Import, MOST_ASKED, Outline, Plan, Problem, Progress};
use crate::domain::meter::Exceeded;
use crate::domain::text::Note;
use crate::domain::words::Language;
use crate::ports::event::{NotAnEvent, from_envelope};
use crate::ports::{Clock, Ids, trace};
use crate::store::catalog::{ArticlesWrite, Saved};
use crate::store::{Store, StoreError};

/// The most bytes that are read of a page.
const MOST_BYTES: usize = 1024 * 1024;

/// How long the reading of a page may take once it is here.
const READING: SignedDuration = SignedDuration::from_secs(15);

/// How often an import is tried whose business others change at the same time.
const TRIES: u32 = 4;

/// Everything that importing may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Articles, imports and the outbox.
    pub store: &'a Store,
    /// Reads pages. Asking for one only checks its address.
    pub fetch: &'a Fetch,
    /// The time.
    pub clock: &'a dyn Clock,
    /// New ids.
    pub ids: &'a dyn Ids,
}

/// A document that an owner sends.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it says.
    pub markdown: String,
    /// What it is called, so that it is known again; empty: by its own title.
    pub name: Note<200>,
    /// Its language, where its owner says so.
    pub language: Option<Language>,
}

/// What a look at a page came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// So many articles are proposed, new or changed.
    Proposed(usize),
    /// Nothing can be made of it, as its owner sees.
    Failed(Problem),
    /// The import has ended already, or there is none.
    Nothing,
}

/// Why a page is not asked for.
#[derive(Debug, Error)]
pub enum AskError {
    /// Its address is refused.
    #[error(transparent)]
    Invalid(#[from] InvalidDraft),
    /// So many were asked for within [`ASKED_WITHIN`]; the next one can be when this has passed.
    #[error("{MOST_ASKED} pages were asked for within an hour")]
    TooOften(Exceeded),
    /// As the store says.
    #[error("the import cannot be kept")]
    Store(#[from] StoreError),
}

/// A page that is to be read again, or a message that never makes sense.
#[derive(Debug, Error)]
pub enum Error {
    /// The message is no event: reading it again changes nothing.
    #[error("the message is not an event")]
    NotAnEvent(#[from] NotAnEvent),
    /// It is an event that somebody else acts on.
    #[error("an event {0} is not for imports")]
    NotForUs(&'static str),
    /// As the store says.
    #[error("the import cannot be read or written")]
    Store(#[from] StoreError),
}

impl Error {
    /// Claims that the same message may succeed later.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_passing())
    }
}

/// What a document would make, without making it.
///
/// # Errors
///
/// [`business::Error::Missing`] without such a tenant, [`business::Error::Store`].
pub async fn preview(deps: Deps<'_>, tenant: TenantId, document: &Document) -> Result<Plan, business::Error> {
    let found = document.found();
    Ok(planned(deps, tenant, &found).await?.ok_or(business::Error::Missing)?.0)
}

/// Makes the articles of a document. Repeating it makes none again.
///
/// # Errors
///
/// [`business::Error::Stale`] while others change the business all the time; [`business::Error::Missing`] without such a
/// tenant, [`business::Error::Store`].
pub async fn take(deps: Deps<'_>, tenant: TenantId, document: &Document) -> Result<Plan, business::Error> {
    let found = document.found();
    for _ in 0..TRIES {
        let (plan, stamp) = planned(deps, tenant, &found).await?.ok_or(business::Error::Missing)?;
        let write = ArticlesWrite { articles: &plan.articles, import: None, stamp };
        if plan.articles.is_empty() || deps.store.write_articles(tenant, &write).await? == Saved::Done {
            return Ok(plan);
        }
    }
    Err(business::Error::Stale)
}

/// Asks for a page to be read. Repeating it reads the page again, which makes no article again.
///
/// # Errors
///
/// [`AskError::Invalid`] for an address that leads nowhere public; [`AskError::TooOften`] for more pages an hour than
/// [`MOST_ASKED`]; [`AskError::Store`].
pub async fn ask(deps: Deps<'_>, tenant: TenantId, url: &str, language: Option<Language>) -> Result<Import, AskError> {
    let refused = |code, detail: &dyn std::fmt::Display| InvalidDraft(vec![InvalidField::new("/url", code, detail)]);
    let url: PageUrl = url.parse().map_err(|invalid| refused("invalid", &invalid))?;
    let outside = "the address must be https and lead to the public internet";
    deps.fetch.check(url.url()).map_err(|_| refused("out_of_reach", &outside))?;
    let now = deps.clock.now();
    let recent = deps.store.list_imports(tenant, now).await?;
    let recent = recent.iter().map(|import| import.asked_at + ASKED_WITHIN);
    if let Some(next) = recent.filter(|free| now < *free).nth(MOST_ASKED - 1) {
        let retry_after = next.duration_since(now).unsigned_abs();
        return Err(AskError::TooOften(Exceeded { limit: u32::try_from(MOST_ASKED).unwrap_or(u32::MAX), retry_after }));
    }
    let import = Import::asked(ImportId::new(deps.ids.ulid(now)), url, language, now);
    let event =
        Event { id: EventId::new(deps.ids.ulid(now)), tenant, at: now, what: Happening::ImportRequested(import.id) };
    deps.store.begin_import(tenant, &import, &event).await?;
    Ok(import)
}

/// Reads the page that the message `body` names, as the bus puts it into a queue. Repeating it is safe: what has ended
/// is left alone, and an import ends in the transaction that writes its articles.
///
/// # Errors
///
/// [`enum@Error`]; a page that cannot be read is none, but is told to the owner.
pub async fn hear(deps: Deps<'_>, body: &str) -> Result<Read, Error> {
    let event = from_envelope(body)?;
    trace::of_event(&event);
    match event.what {
        Happening::ImportRequested(import) => read(deps, event.tenant, import).await,
        other => Err(Error::NotForUs(other.name())),
    }
}

/// Reads the page of an import, and proposes the articles that it makes.
///
/// # Errors
///
/// [`Error::Store`].
pub async fn read(deps: Deps<'_>, tenant: TenantId, id: ImportId) -> Result<Read, Error> {
    let Some(import) = deps.store.find_import(tenant, id).await?.filter(Import::is_waiting) else {
        return Ok(Read::Nothing);
    };
    let outline = match fetched(deps, &import.url).await {
        Ok(outline) => outline,
        Err(problem) => return fail(deps, tenant, &import, problem).await,
    };
    if outline.clone().sections().0.is_empty() {
        return fail(deps, tenant, &import, Problem::NothingFound).await;
    }
    let found = Found { origin: Origin::Page(import.url.clone()), outline, language: import.language };
    for _ in 0..TRIES {
        let Some((plan, stamp)) = planned(deps, tenant, &found).await? else { return Ok(Read::Nothing) };
        let ended = import.ended(Progress::Done(plan.tally.clone(), deps.clock.now()));
        let write = ArticlesWrite { articles: &plan.articles, import: Some(&ended), stamp };
        if deps.store.write_articles(tenant, &write).await? == Saved::Done {
            return Ok(Read::Proposed(plan.articles.len()));
        }
        if !deps.store.find_import(tenant, id).await?.is_some_and(|import| import.is_waiting()) {
            return Ok(Read::Nothing);
        }
    }
    Err(StoreError::Throttled("the business changes all the time".into()).into())
}

async fn fail(deps: Deps<'_>, tenant: TenantId, import: &Import, problem: Problem) -> Result<Read, Error> {
    let ended = import.ended(Progress::Failed(problem, deps.clock.now()));
    let is_first = deps.store.end_import(tenant, &ended).await?;
    Ok(if is_first { Read::Failed(problem) } else { Read::Nothing })
}

/// What an import makes of the business as it is, and the stamp that it was read under; none: there is no such tenant.
async fn planned(deps: Deps<'_>, tenant: TenantId, found: &Found) -> Result<Option<(Plan, u64)>, StoreError> {
    // The stamp first: a change in between makes it too old, and the write is refused.
    let stamp = deps.store.context_stamp(tenant).await?;
    let business = deps.store.find_context(tenant).await?;
    let now = deps.clock.now();
    Ok(business.map(|business| (Plan::of(&business.articles, found, || ArticleId::new(deps.ids.ulid(now))), stamp)))
}

async fn fetched(deps: Deps<'_>, url: &PageUrl) -> Result<Outline, Problem> {
    let wanted =
        Wanted { url: url.url(), kinds: &page::KINDS, most_bytes: MOST_BYTES, etag: None, last_modified: None };
    let answer = deps.fetch.get(wanted).await.map_err(|error| {
        tracing::warn!(error = %Chain(&error), "a page cannot be fetched");
        Problem::from(error)
    })?;
    match answer {
        Fetched::Content { body, kind, .. } => {
            let end = deps.clock.now() + READING;
            let has_time = || deps.clock.now() < end;
            page::outline(&body, kind.as_deref(), url.url(), &has_time).ok_or(Problem::TooSlow)
        }
        // Nobody said what would be known already.
        Fetched::Unchanged => Err(Problem::NotThere),
    }
}

impl Document {
    fn found(&self) -> Found {
        let outline = markdown::outline(&self.markdown);
        let name = if self.name.is_empty() { Note::cut(outline.title()) } else { self.name.clone() };
        Found { origin: Origin::Document(name), outline, language: self.language }
    }
}

impl From<FetchError> for Problem {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Refused => Self::AddressRefused,
            FetchError::Unreachable(_) => Self::Unreachable,
            FetchError::TooSlow => Self::TooSlow,
            FetchError::TooLarge => Self::TooLarge,
            FetchError::TooManyRedirects => Self::TooManyRedirects,
            FetchError::Status(_) => Self::NotThere,
            FetchError::Kind => Self::WrongKind,
        }
    }
}
