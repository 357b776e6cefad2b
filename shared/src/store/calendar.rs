//! Calendars of a resource: `pk = T#<tenant>#R#<resource>`, `sk = CALENDARS`; what they make busy: `b_<source>`
//! and `busy` of `DAY#<UTC date>`, beside the claims of the same day (`store::claim`).
//!
//! One day's item has a bitmap for each calendar, so that one which cannot be read keeps what it had, and
//! their union as a set, which claims demand against. Both are written together, and only while the look at
//! the calendars that they come from has not been overtaken: what was taken away never comes back.
//! Index `by_deadline` lists the resources whose calendars are to be looked at; those without any are not in it.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Store;
use super::booking::instant;
use super::claim::{BUSY, claims_of, day_ttl};
use super::cursor::{Listed, Position};
use super::error::{StoreError, corrupt};
use super::expression::{Item, Put, Update};
use super::key::{Deadline, Key, resource_of};
use super::row::{at, ms, parse};
use super::table::{Query, Transacted, Written, item};
use crate::domain::busy::{Block, CellSet};
use crate::domain::calendar::{Calendars, Feed, Source, Validators};
use crate::domain::claim::DayClaims;
use crate::domain::event::Event;
use crate::domain::id::{ResourceId, TenantId};
use crate::ports::trace::announced;

const WHAT: &str = "calendar";

/// What the names of the bitmaps begin with.
const SOURCE: &str = "b_";

/// How many days one transaction writes: it may have 100 actions, each day may take two, and one holds the look
/// to its revision.
const DAYS_AT_ONCE: usize = 45;

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    resource: String,
    stamp: u32,
    live: bool,
    sources: Vec<SourceRow>,
    version: u64,
    revision: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi3pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi3sk: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct SourceRow {
    url: String,
    /// Milliseconds since the Unix epoch, as all times here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tried_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fetched_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    #[serde(default)]
    skipped: u32,
    /// A UTC day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reaches: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
}

/// A resource whose calendars are to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueCalendars {
    /// Whose it is.
    pub tenant: TenantId,
    /// Which one.
    pub resource: ResourceId,
}

/// What a resource is taken for on one UTC day, with which calendar says what of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BusyDay {
    /// Claims and busy times.
    pub claims: DayClaims,
    /// What each calendar makes busy, by its id.
    pub by_source: BTreeMap<String, CellSet>,
}

/// A day that is to be busy in another way.
#[derive(Debug)]
pub struct BusyWrite<'a> {
    /// The UTC day.
    pub date: Date,
    /// As it was read.
    pub before: &'a BusyDay,
    /// What each calendar is to make busy.
    pub after: BTreeMap<String, CellSet>,
    /// Tells that time comes free by it, if any does.
    pub freed: Option<Event>,
}

impl Row {
    fn of(tenant: TenantId, calendars: &Calendars) -> Self {
        let (gsi3pk, gsi3sk) = place(tenant, calendars).unzip();
        Self {
            resource: calendars.resource.to_string(),
            stamp: calendars.feed.stamp,
            live: calendars.feed.is_live,
            sources: calendars.sources.iter().map(SourceRow::from).collect(),
            version: calendars.version,
            revision: calendars.revision,
            due: calendars.due.map(ms),
            gsi3pk,
            gsi3sk,
        }
    }
}

/// Its place in the index of deadlines; none: there is nothing to look at.
fn place(tenant: TenantId, calendars: &Calendars) -> Option<(String, String)> {
    let resource = calendars.resource;
    let due = calendars.due?;
    Some((Deadline::Calendar.of_resource(resource), format!("{}#{tenant}#{resource}", instant(due))))
}

impl From<&Source> for SourceRow {
    fn from(source: &Source) -> Self {
        Self {
            url: source.url.url().to_string(),
            tried_at: source.tried_at.map(ms),
            fetched_at: source.fetched_at.map(ms),
            problem: source.problem.map(|problem| problem.as_str().to_owned()),
            skipped: source.skipped,
            reaches: source.reaches.map(|date| date.to_string()),
            etag: source.validators.etag.clone(),
            last_modified: source.validators.last_modified.clone(),
        }
    }
}

impl TryFrom<SourceRow> for Source {
    type Error = StoreError;

    fn try_from(row: SourceRow) -> Result<Self, StoreError> {
        Ok(Self {
            url: parse(&row.url, WHAT)?,
            tried_at: row.tried_at.map(|tried| at(tried, WHAT)).transpose()?,
            fetched_at: row.fetched_at.map(|fetched| at(fetched, WHAT)).transpose()?,
            problem: row.problem.map(|problem| parse(&problem, WHAT)).transpose()?,
            skipped: row.skipped,
            reaches: row.reaches.map(|date| parse(&date, WHAT)).transpose()?,
            validators: Validators { etag: row.etag, last_modified: row.last_modified },
        })
    }
}

impl TryFrom<Row> for Calendars {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            resource: parse(&row.resource, WHAT)?,
            feed: Feed { stamp: row.stamp, is_live: row.live },
            sources: row.sources.into_iter().map(Source::try_from).collect::<Result<_, _>>()?,
            due: row.due.map(|due| at(due, WHAT)).transpose()?,
            version: row.version,
            revision: row.revision,
        })
    }
}

impl Store {
    /// Reads the calendars of a resource; none when its owner has never set any.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_calendars(
        &self,
        tenant: TenantId,
        resource: ResourceId,
    ) -> Result<Option<Calendars>, StoreError> {
        let row: Option<Row> = self.bookings.find(&Key::calendars(tenant, resource), WHAT).await?;
        row.map(Calendars::try_from).transpose()
    }

    /// Writes the calendars of a resource over those that were read as `before`, with the event that has them
    /// looked at. False when they have changed since: then nothing is written.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn put_calendars(
        &self,
        tenant: TenantId,
        before: Option<&Calendars>,
        after: &Calendars,
        event: Option<&Event>,
    ) -> Result<bool, StoreError> {
        let put = Put::new(item(&Key::calendars(tenant, after.resource), &Row::of(tenant, after), WHAT)?);
        let put = match before {
            Some(before) => put.when("revision", "=", before.revision),
            None => put.when_absent("pk"),
        };
        let mut actions = vec![self.bookings.putting(put)?];
        if let Some(event) = event {
            actions.push(self.announcing(event)?);
        }
        let is_done = self.bookings.transact(actions).await? == Transacted::Done;
        event.into_iter().filter(|_| is_done).for_each(announced);
        Ok(is_done)
    }

    /// Lists resources of all tenants whose calendars are to be looked at, in the same way as
    /// [`Store::list_ended_holds`].
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_due_calendars(
        &self,
        shard: u8,
        now: Timestamp,
        limit: u16,
        after: Option<&Position>,
    ) -> Result<Listed<Result<DueCalendars, StoreError>>, StoreError> {
        let query = Query::index("by_deadline", "gsi3pk", Deadline::Calendar.shard(shard))
            .between("gsi3sk", "0", format!("{}$", instant(now)))
            .limit(limit)
            .after(after.map(Position::item));
        let page = self.bookings.page(&query).await?;
        let items = page.items.into_iter().map(named).collect();
        Ok(Listed { items, next: page.next.as_ref().and_then(Position::of) })
    }

    /// Announces that calendars are to be looked at, and when the next time is, in one transaction: false when
    /// somebody else has, or they have changed.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn postpone_calendars(
        &self,
        tenant: TenantId,
        before: &Calendars,
        due: Timestamp,
        event: &Event,
    ) -> Result<bool, StoreError> {
        let after = Calendars { due: Some(due), ..before.clone() };
        let update = Update::new(Key::calendars(tenant, before.resource))
            .set("due", ms(due))
            .set_or_remove("gsi3sk", place(tenant, &after).map(|(_, sk)| sk))
            .when("due", "=", before.due.map(ms).unwrap_or_default())
            .when("revision", "=", before.revision);
        let actions = vec![self.bookings.updating(update)?, self.announcing(event)?];
        let is_done = self.bookings.transact(actions).await? == Transacted::Done;
        if is_done {
            announced(event);
        }
        Ok(is_done)
    }

    /// Reads what a resource is taken for on the UTC days from the first to the last of `days`, with which calendar
    /// says what.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_busy_days(
        &self,
        tenant: TenantId,
        resource: ResourceId,
        days: (Date, Date),
    ) -> Result<BTreeMap<Date, BusyDay>, StoreError> {
        self.read_days(tenant, resource, days, busy_day_of).await
    }

    /// Makes busy on `days` what each calendar says, and nothing else, and tells what comes free by it, as long as
    /// `look` is still the last look at them; false once it is not. Repeating it is safe.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn write_busy_days(
        &self,
        tenant: TenantId,
        look: &Calendars,
        days: &[BusyWrite<'_>],
    ) -> Result<bool, StoreError> {
        for some in days.chunks(DAYS_AT_ONCE) {
            let guard = Update::new(Key::calendars(tenant, look.resource)).set("looked", look.revision).when(
                "revision",
                "=",
                look.revision,
            );
            let mut actions = vec![self.bookings.updating(guard)?];
            for BusyWrite { date, before, after, freed } in some {
                let key = Key::claims(tenant, look.resource, *date);
                actions.push(self.bookings.updating(becoming(Update::new(key), *date, before, after))?);
                if let Some(event) = freed {
                    actions.push(self.announcing(event)?);
                }
            }
            if self.bookings.transact(actions).await? != Transacted::Done {
                return Ok(false);
            }
            some.iter().filter_map(|day| day.freed.as_ref()).for_each(announced);
        }
        Ok(true)
    }

    /// Keeps how the look at calendars went that were read as `before`; false when they have changed since. When
    /// the next look is due stays as it is, unless there is nothing left to look at.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn keep_look(
        &self,
        tenant: TenantId,
        before: &Calendars,
        sources: &[Source],
    ) -> Result<bool, StoreError> {
        let rows: Vec<SourceRow> = sources.iter().map(SourceRow::from).collect();
        let rows: AttributeValue = serde_dynamo::to_attribute_value(rows).map_err(corrupt(WHAT))?;
        let mut update = Update::new(Key::calendars(tenant, before.resource))
            .set("sources", rows)
            .set("revision", before.revision + 1)
            .when("revision", "=", before.revision);
        if sources.is_empty() {
            update = update.remove("due").remove("gsi3pk").remove("gsi3sk");
        }
        Ok(matches!(self.bookings.update(&update).await?, Written::Done(_)))
    }
}

/// The resource that an entry of the index names.
fn named(found: Item) -> Result<DueCalendars, StoreError> {
    let pk = found.get("pk").and_then(|pk| pk.as_s().ok()).map(String::as_str).unwrap_or_default();
    let (tenant, resource) = resource_of(pk).ok_or_else(|| corrupt(WHAT)("a key of another shape"))?;
    Ok(DueCalendars { tenant: parse(tenant, WHAT)?, resource: parse(resource, WHAT)? })
}

fn busy_day_of(found: &Item) -> Result<BusyDay, StoreError> {
    let mut by_source = BTreeMap::new();
    for (name, value) in found {
        if let Some(source) = name.strip_prefix(SOURCE) {
            let bytes = value.as_b().map_err(|_| corrupt(WHAT)("busy times that are no bytes"))?;
            by_source.insert(source.to_owned(), CellSet::from_bytes(bytes.as_ref()).map_err(corrupt(WHAT))?);
        }
    }
    Ok(BusyDay { claims: claims_of(found)?, by_source })
}

/// The update that makes a day that was read as `before` as busy as `after` says.
fn becoming(mut update: Update, date: Date, before: &BusyDay, after: &BTreeMap<String, CellSet>) -> Update {
    for source in before.by_source.keys().filter(|source| !after.contains_key(*source)) {
        update = update.remove(&format!("{SOURCE}{source}"));
    }
    for (source, set) in after {
        update = update.set(&format!("{SOURCE}{source}"), AttributeValue::B(Blob::new(set.to_bytes())));
    }
    let all = after.values().fold(CellSet::default(), |all, set| all.union(*set));
    let blocks: Vec<String> = Block::around(all).iter().map(ToString::to_string).collect();
    let update = update.set_or_remove(BUSY, (!blocks.is_empty()).then_some(AttributeValue::Ss(blocks)));
    match day_ttl(date) {
        Some(end) => update.set("ttl", end),
        None => update,
    }
}
