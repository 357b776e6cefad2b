//! Calendars: what an owner sets up for a resource, and sees of it.
//!
//! A resource has a feed, which its owner's calendar app reads ([`feed`]), and up to three calendars whose busy
//! times keep bookings out ([`sync`]). What is set here takes effect by an event; the hourly run writes the
//! same event ([`due`]), so there is one way in which calendars are looked at.

pub mod due;
mod entries;
pub mod feed;
pub mod sync;

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::hmac;
use jiff::Timestamp;
use jiff::civil::Date;
use thiserror::Error;

use crate::clients::fetch::Fetch;
use crate::domain::calendar::{CalendarUrl, Calendars, MOST_SOURCES, utc_day};
use crate::domain::event::{Event, Happening};
use crate::domain::feed::{FeedGrant, FeedToken};
use crate::domain::field::{Faults, InvalidDraft};
use crate::domain::id::{BookingId, EventId, ResourceId, TenantId};
use crate::ports::{Clock, Ids};
use crate::store::{Store, StoreError};

/// The last day that any calendar may have made busy, from today: beyond the longest horizon and what is
/// read behind it.
const FARTHEST_DAYS: i64 = 800;

/// Everything that setting up calendars may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Calendars, days and the outbox.
    pub store: &'a Store,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Ids of events.
    pub ids: &'a dyn Ids,
    /// Knows which addresses are out of reach. Setting one up asks nobody.
    pub fetch: &'a Fetch,
    /// Signs the links of feeds.
    pub link_key: &'a hmac::Key,
}

/// The calendars of a resource as their owner sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The calendars.
    pub calendars: Calendars,
    /// The file of the feed's link; none: there is no link.
    pub feed: Option<String>,
    /// Bookings that stand where a calendar is busy, with the first UTC day on which they do.
    pub conflicts: Vec<(BookingId, Date)>,
}

/// Why calendars are not changed or shown.
#[derive(Debug, Error)]
pub enum Error {
    /// They have changed since they were read.
    #[error("the calendars have changed since they were read")]
    Stale,
    /// Addresses are refused.
    #[error(transparent)]
    Invalid(#[from] InvalidDraft),
    /// As the store says.
    #[error("the calendars cannot be read or changed")]
    Store(#[from] StoreError),
}

/// Reads the calendars of a resource, and which bookings they overlap as things are now.
///
/// # Errors
///
/// [`Error::Store`].
pub async fn show(deps: Deps<'_>, tenant: TenantId, resource: ResourceId) -> Result<Shown, Error> {
    let calendars = find(deps, tenant, resource).await?;
    let days = if calendars.sources.is_empty() {
        BTreeMap::new()
    } else {
        deps.store.find_claims(tenant, resource, days_from(deps.clock.now())).await?
    };
    let mut seen = BTreeSet::new();
    let of_day = days.iter().flat_map(|(date, day)| day.overlapped().into_iter().map(|booking| (booking, *date)));
    let conflicts = of_day.filter(|(booking, _)| seen.insert(*booking)).collect();
    let grant = FeedGrant { tenant, resource, stamp: calendars.feed.stamp };
    let feed = calendars.feed.is_live.then(|| FeedToken::sign(deps.link_key, &grant).file());
    Ok(Shown { calendars, feed, conflicts })
}

/// Makes a link to the feed of a resource. An older one opens nothing from then on, so repeating it makes
/// another link.
///
/// # Errors
///
/// [`Error::Stale`] when somebody else has changed the calendars meanwhile; [`Error::Store`].
pub async fn make_link(deps: Deps<'_>, tenant: TenantId, resource: ResourceId) -> Result<Shown, Error> {
    let before = find(deps, tenant, resource).await?;
    put(deps, tenant, &before, before.clone().with_link(), None).await?;
    show(deps, tenant, resource).await
}

/// Ends the link to the feed of a resource. Repeating it is safe.
///
/// # Errors
///
/// As [`make_link`].
pub async fn end_link(deps: Deps<'_>, tenant: TenantId, resource: ResourceId) -> Result<(), Error> {
    let before = find(deps, tenant, resource).await?;
    if !before.feed.is_live {
        return Ok(());
    }
    put(deps, tenant, &before, before.clone().without_link(), None).await
}

/// Takes busy times from `urls` and from nowhere else, over the calendars of version `version`. They are
/// looked at at once; what others had made busy is free then.
///
/// # Errors
///
/// [`Error::Invalid`] with every address that is refused; [`Error::Stale`], [`Error::Store`].
pub async fn import(
    deps: Deps<'_>,
    tenant: TenantId,
    (resource, version): (ResourceId, u64),
    urls: &[String],
) -> Result<Shown, Error> {
    let urls = checked(deps.fetch, urls)?;
    let before = find(deps, tenant, resource).await?;
    if before.version != version {
        return Err(Error::Stale);
    }
    let now = deps.clock.now();
    let after = before.clone().importing(urls, now);
    let event = event(deps.ids, tenant, resource, now);
    put(deps, tenant, &before, after, Some(&event)).await?;
    show(deps, tenant, resource).await
}

/// The event that has the calendars of `resource` looked at.
fn event(ids: &dyn Ids, tenant: TenantId, resource: ResourceId, at: Timestamp) -> Event {
    Event { id: EventId::new(ids.ulid(at)), tenant, at, what: Happening::CalendarDue(resource) }
}

async fn find(deps: Deps<'_>, tenant: TenantId, resource: ResourceId) -> Result<Calendars, StoreError> {
    Ok(deps.store.find_calendars(tenant, resource).await?.unwrap_or_else(|| Calendars::none(resource)))
}

async fn put(
    deps: Deps<'_>,
    tenant: TenantId,
    before: &Calendars,
    after: Calendars,
    event: Option<&Event>,
) -> Result<(), Error> {
    let known = (before.revision != 0).then_some(before);
    let is_done = deps.store.put_calendars(tenant, known, &after, event).await?;
    if is_done { Ok(()) } else { Err(Error::Stale) }
}

/// The addresses, each once.
fn checked(fetch: &Fetch, urls: &[String]) -> Result<Vec<CalendarUrl>, InvalidDraft> {
    let mut faults = Faults::default();
    if MOST_SOURCES < urls.len() {
        faults.add("/busyCalendarUrls", "too_many", format_args!("there can be at most {MOST_SOURCES}"));
    }
    let mut taken: Vec<CalendarUrl> = Vec::new();
    for (at, text) in urls.iter().enumerate() {
        let pointer = format!("/busyCalendarUrls/{at}");
        let Some(url) = faults.parsed(pointer.clone(), text.parse::<CalendarUrl>()) else { continue };
        if fetch.check(url.url()).is_err() {
            faults.add(pointer, "out_of_reach", "the address must be https and lead to the public internet");
        } else if !taken.contains(&url) {
            taken.push(url);
        }
    }
    faults.settle(Some(taken))
}

/// The UTC days on which a calendar may have made anything busy that still matters.
fn days_from(now: Timestamp) -> (Date, Date) {
    let today = utc_day(now);
    (today, today.saturating_add(jiff::Span::new().days(FARTHEST_DAYS)))
}
