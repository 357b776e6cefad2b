//! Imports from pages: `pk = T#<tenant>#IMPORTS`, `sk = <import>`, kept for 90 days.
//!
//! One ends on the condition that nobody has ended it, in the transaction that writes its articles where there are any.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Store;
use super::error::{StoreError, corrupt};
use super::expression::Put;
use super::key::Key;
use super::row::{at, ms, parse, ttl};
use super::table::{Action, Query, Transacted, Written, item, read};
use crate::domain::event::Event;
use crate::domain::id::{ImportId, TenantId};
use crate::domain::import::{Import, KEPT, Problem, Progress, Reason, Skipped, Tally};
use crate::domain::words::Language;
use crate::ports::trace::announced;

const WHAT: &str = "import";

/// The word of one that nobody has looked at.
const WAITING: &str = "waiting";

/// How many are listed: more than can be asked for in an hour.
const MOST_LISTED: u16 = 50;

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    id: String,
    url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// Milliseconds since the Unix epoch, as all times here.
    asked_at: i64,
    /// `waiting`, `done`, or the problem.
    progress: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<i64>,
    #[serde(default)]
    created: usize,
    #[serde(default)]
    updated: usize,
    #[serde(default)]
    unchanged: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    skipped: Vec<SkippedRow>,
    ttl: i64,
}

#[derive(Serialize, Deserialize)]
struct SkippedRow {
    title: String,
    reason: String,
}

impl From<&Import> for Row {
    fn from(import: &Import) -> Self {
        let (progress, tally, ended_at) = match &import.progress {
            Progress::Waiting => (WAITING, Tally::default(), None),
            Progress::Done(tally, at) => ("done", tally.clone(), Some(ms(*at))),
            Progress::Failed(problem, at) => (problem.as_str(), Tally::default(), Some(ms(*at))),
        };
        let skipped = |part: Skipped| SkippedRow { title: part.title, reason: part.reason.as_str().to_owned() };
        Self {
            id: import.id.to_string(),
            url: import.url.url().to_string(),
            language: import.language.map(|language| language.code().to_owned()),
            asked_at: ms(import.asked_at),
            progress: progress.to_owned(),
            ended_at,
            created: tally.created,
            updated: tally.updated,
            unchanged: tally.unchanged,
            skipped: tally.skipped.into_iter().map(skipped).collect(),
            ttl: ttl(import.asked_at + KEPT),
        }
    }
}

impl TryFrom<Row> for Import {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let ended_at =
            || row.ended_at.ok_or_else(|| corrupt(WHAT)("an end without a time")).and_then(|end| at(end, WHAT));
        let skipped = |part: &SkippedRow| {
            let reason = Reason::stored(&part.reason).ok_or_else(|| corrupt(WHAT)("an unknown reason"))?;
            Ok(Skipped { title: part.title.clone(), reason })
        };
        let progress = match row.progress.as_str() {
            WAITING => Progress::Waiting,
            "done" => {
                let skipped = row.skipped.iter().map(skipped).collect::<Result<_, StoreError>>()?;
                let (created, updated, unchanged) = (row.created, row.updated, row.unchanged);
                Progress::Done(Tally { created, updated, unchanged, skipped }, ended_at()?)
            }
            word => {
                let problem = Problem::stored(word).ok_or_else(|| corrupt(WHAT)("an unknown problem"))?;
                Progress::Failed(problem, ended_at()?)
            }
        };
        Ok(Self {
            id: parse(&row.id, WHAT)?,
            url: parse(&row.url, WHAT)?,
            language: row.language.as_deref().and_then(Language::of_locale),
            asked_at: at(row.asked_at, WHAT)?,
            progress,
        })
    }
}

impl Store {
    /// Keeps a new import with the event that has its page read.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`]; [`StoreError::Bug`] for an id that is taken.
    pub async fn begin_import(&self, tenant: TenantId, import: &Import, event: &Event) -> Result<(), StoreError> {
        let row = item(&Key::import(tenant, import.id), &Row::from(import), WHAT)?;
        let actions = vec![self.tenants.putting(Put::fresh(row))?, self.announcing(event)?];
        match self.tenants.transact(actions).await? {
            Transacted::Done => {
                announced(event);
                Ok(())
            }
            Transacted::Refused(_) => Err(StoreError::Bug("the id of an import is taken".into())),
        }
    }

    /// Reads an import.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_import(&self, tenant: TenantId, id: ImportId) -> Result<Option<Import>, StoreError> {
        let row: Option<Row> = self.tenants.find(&Key::import(tenant, id), WHAT).await?;
        row.map(Import::try_from).transpose()
    }

    /// Lists the newest imports, newest first.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_imports(&self, tenant: TenantId, now: Timestamp) -> Result<Vec<Import>, StoreError> {
        let query = Query::partition(Key::imports(tenant)).descending().limit(MOST_LISTED);
        let mut imports = Vec::new();
        for item in self.tenants.page(&query).await?.items {
            let row: Row = read(item, WHAT)?;
            if ttl(now) < row.ttl {
                imports.push(row.try_into()?);
            }
        }
        Ok(imports)
    }

    /// Keeps how an import ended that made nothing; false when it has ended already.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn end_import(&self, tenant: TenantId, ended: &Import) -> Result<bool, StoreError> {
        let put = ending(tenant, ended)?;
        Ok(matches!(self.tenants.put(&put).await?, Written::Done(_)))
    }

    /// Keeps how an import ended, in the transaction that writes its articles.
    pub(super) fn ending_import(&self, tenant: TenantId, ended: &Import) -> Result<Action, StoreError> {
        self.tenants.putting(ending(tenant, ended)?)
    }
}

fn ending(tenant: TenantId, ended: &Import) -> Result<Put, StoreError> {
    let row = item(&Key::import(tenant, ended.id), &Row::from(ended), WHAT)?;
    Ok(Put::new(row).when("progress", "=", WAITING))
}
