//! Sync: looks at the calendars of a resource, and keeps bookings out where they are busy.
//!
//! It never takes a time from a booking that stands: it says that the two overlap, to the owner, once. A
//! calendar that cannot be read keeps what it had. An entry of ours that comes back in a calendar, from our
//! feed or mails, keeps nothing out: the booking itself does that, where it is now.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan as _};
use thiserror::Error;

use super::days_from;
use super::entries::{Entries, Unreadable};
use crate::clients::fetch::{Fetch, FetchError, Fetched, Wanted};
use crate::domain::busy::{CellSet, busy_days};
use crate::domain::calendar::{Calendars, Problem, Source, Validators, utc_day};
use crate::domain::chain::Chain;
use crate::domain::event::{Event, Happening};
use crate::domain::id::{BookingId, EventId, ResourceId, TenantId};
use crate::domain::slot::Interval;
use crate::ports::event::{NotAnEvent, from_envelope};
use crate::ports::{Clock, Ids, trace};
use crate::store::calendar::{BusyDay, BusyWrite};
use crate::store::{Store, StoreError};

/// The most bytes that are read of a calendar.
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// What calendars are served as.
const KINDS: [&str; 4] = ["text/calendar", "text/plain", "application/ics", "application/octet-stream"];

/// How many bookings are read at once.
const AT_ONCE: usize = 16;

/// The most entries of ours that are looked up; any further one is taken for ours unasked.
const MOST_LOOKUPS: usize = 1_000;

/// Everything this use case may touch.
#[derive(Clone, Copy)]
pub struct Deps<'a> {
    /// Calendars, days, bookings and the outbox.
    pub store: &'a Store,
    /// Reads the calendars.
    pub fetch: &'a Fetch,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Ids of events.
    pub ids: &'a dyn Ids,
    /// What the ids of our own entries end with.
    pub host: &'a str,
}

/// What came of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// It is done.
    Done {
        /// Calendars that could be read, or are as they were.
        read: usize,
        /// Calendars that could not, and keep what they had.
        failed: usize,
        /// Days that are busy in another way now.
        changed: usize,
        /// Bookings that the owner is told of now, since a calendar is busy while they stand.
        overlaps: usize,
    },
    /// There is nothing to look at.
    Nothing,
    /// The owner has changed the calendars meanwhile: that has a look of its own.
    Overtaken,
}

/// A look that is to be tried again, or a message that never makes sense.
#[derive(Debug, Error)]
pub enum Error {
    /// The message is no event: reading it again changes nothing.
    #[error("the message is not an event")]
    NotAnEvent(#[from] NotAnEvent),
    /// It is an event that somebody else acts on.
    #[error("an event {0} is not for calendars")]
    NotForUs(&'static str),
    /// As the store says.
    #[error("what calendars make busy cannot be read or written")]
    Store(#[from] StoreError),
}

impl Error {
    /// Claims that the same message may succeed later.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_passing())
    }
}

/// What a calendar said.
enum Said {
    Unchanged,
    Something { entries: Entries, validators: Validators },
}

/// Looks at the calendars that the message `body` names, as the bus puts it into a queue.
///
/// # Errors
///
/// [`enum@Error`]; a calendar that cannot be read is none, but is told to the owner.
pub async fn hear(deps: Deps<'_>, body: &str) -> Result<Looked, Error> {
    let event = from_envelope(body)?;
    trace::of_event(&event);
    match event.what {
        Happening::CalendarDue(resource) => look(deps, event.tenant, resource).await,
        other => Err(Error::NotForUs(other.name())),
    }
}

/// Looks at the calendars of a resource as they are set up now. Repeating it is safe.
///
/// # Errors
///
/// [`Error::Store`].
pub async fn look(deps: Deps<'_>, tenant: TenantId, resource: ResourceId) -> Result<Looked, Error> {
    let Some(before) = deps.store.find_calendars(tenant, resource).await? else { return Ok(Looked::Nothing) };
    if before.due.is_none() {
        return Ok(Looked::Nothing);
    }
    let now = deps.clock.now();
    let business = deps.store.find_context(tenant).await?;
    // What was removed is busy nowhere any more.
    let business = business.filter(|business| business.resource(resource).is_some());
    let (mut sources, zone, horizon) = match &business {
        Some(business) => {
            (before.sources.clone(), business.tenant.timezone.clone(), business.tenant.policies.horizon_days)
        }
        None => (Vec::new(), TimeZone::UTC, 0),
    };
    let days = deps.store.find_busy_days(tenant, resource, days_from(now)).await?;
    let (needed, last) = Calendars::reach(now, horizon);
    let asked = join_all(sources.iter().map(|source| ask(deps.fetch, source, needed))).await;

    let mut said = BTreeMap::new();
    for (source, answer) in sources.iter_mut().zip(asked) {
        source.tried_at = Some(now);
        let read = match answer {
            Ok(Said::Unchanged) => Ok(None),
            Ok(Said::Something { entries, validators }) => {
                let ours = own_bookings(deps, tenant, &entries, &days).await?;
                let span = span(utc_day(now), last);
                let busy = span.map_or(Ok(Default::default()), |span| entries.busy(&span, &zone, (&ours, deps.host)));
                busy.map(|busy| Some((busy, validators))).map_err(Problem::from)
            }
            Err(problem) => Err(problem),
        };
        match read {
            Ok(news) => {
                source.fetched_at = Some(now);
                source.problem = None;
                if let Some((busy, validators)) = news {
                    source.skipped = busy.skipped;
                    source.reaches = Some(last);
                    source.validators = validators;
                    said.insert(source.url.id(), busy_days(&busy.times, utc_day(now), last));
                }
            }
            Err(problem) => source.problem = Some(problem),
        }
    }
    let failed = sources.iter().filter(|source| source.problem.is_some()).count();
    let known: BTreeSet<String> = sources.iter().map(|source| source.url.id()).collect();
    let changes = changes(&days, &said, &known);
    let nothing = BusyDay::default();
    let writes: Vec<_> = changes
        .iter()
        .map(|(date, after)| {
            let before = days.get(date).unwrap_or(&nothing);
            let freed = before.claims.busy.beyond(union(after), *date).and_then(|cells| cells.time());
            let tell = |time| Event {
                id: EventId::new(deps.ids.ulid(now)),
                tenant,
                at: now,
                what: Happening::SlotFreed(resource, time),
            };
            BusyWrite { date: *date, before, after: after.clone(), freed: freed.map(tell) }
        })
        .collect();
    if !deps.store.write_busy_days(tenant, &before, &writes).await? {
        return Ok(Looked::Overtaken);
    }
    let overlaps = tell_overlaps(deps, tenant, overlapped(&days, &changes), now).await?;
    if !deps.store.keep_look(tenant, &before, &sources).await? {
        return Ok(Looked::Overtaken);
    }
    Ok(Looked::Done { read: sources.len() - failed, failed, changed: changes.len(), overlaps })
}

/// Asks a calendar for what it says by now.
async fn ask(fetch: &Fetch, source: &Source, needed: Date) -> Result<Said, Problem> {
    let known = source.asking(needed);
    let wanted = Wanted {
        url: source.url.url(),
        kinds: &KINDS,
        most_bytes: MOST_BYTES,
        etag: known.etag.as_deref(),
        last_modified: known.last_modified.as_deref(),
    };
    let fetched = fetch.get(wanted).await.map_err(|error| {
        tracing::warn!(calendar.id = source.url.id(), error = %Chain(&error), "a calendar cannot be fetched");
        Problem::from(error)
    })?;
    match fetched {
        Fetched::Unchanged => Ok(Said::Unchanged),
        Fetched::Content { body, etag, last_modified, .. } => {
            let text = std::str::from_utf8(&body).map_err(|_| Problem::NotACalendar)?;
            let entries = Entries::parse(text)?;
            Ok(Said::Something { entries, validators: Validators { etag, last_modified } })
        }
    }
}

/// The bookings of this business that stand in a calendar as entries of ours.
async fn own_bookings(
    deps: Deps<'_>,
    tenant: TenantId,
    entries: &Entries,
    days: &BTreeMap<Date, BusyDay>,
) -> Result<BTreeSet<BookingId>, StoreError> {
    let named = entries.bookings(deps.host);
    let held = days.values().flat_map(|day| day.claims.booked());
    let (mut ours, asked): (BTreeSet<_>, BTreeSet<_>) = {
        let held: BTreeSet<BookingId> = held.collect();
        named.into_iter().partition(|booking| held.contains(booking))
    };
    ours.extend(asked.iter().skip(MOST_LOOKUPS));
    let found = stream::iter(asked.into_iter().take(MOST_LOOKUPS))
        .map(|booking| async move {
            let is_ours = deps.store.find_booking(tenant, booking).await?.is_some();
            Ok::<_, StoreError>(is_ours.then_some(booking))
        })
        .buffer_unordered(AT_ONCE)
        .try_collect::<Vec<_>>()
        .await?;
    ours.extend(found.into_iter().flatten());
    Ok(ours)
}

/// Which days are to be busy in another way than they are, and how: what each calendar that was read says,
/// and what each that was not said the last time.
fn changes(
    days: &BTreeMap<Date, BusyDay>,
    said: &BTreeMap<String, BTreeMap<Date, CellSet>>,
    known: &BTreeSet<String>,
) -> BTreeMap<Date, BTreeMap<String, CellSet>> {
    let dates: BTreeSet<Date> = days.keys().chain(said.values().flat_map(BTreeMap::keys)).copied().collect();
    let mut changes = BTreeMap::new();
    for date in dates {
        let before = days.get(&date).map(|day| &day.by_source);
        let of = |id: &String| match said.get(id) {
            Some(said) => said.get(&date).copied(),
            None => before.and_then(|before| before.get(id)).copied(),
        };
        let after: BTreeMap<String, CellSet> = known.iter().filter_map(|id| Some((id.clone(), of(id)?))).collect();
        if before.map_or(!after.is_empty(), |before| *before != after) {
            changes.insert(date, after);
        }
    }
    changes
}

/// The bookings that stand where a calendar is busy once `changes` are made.
fn overlapped(
    days: &BTreeMap<Date, BusyDay>,
    changes: &BTreeMap<Date, BTreeMap<String, CellSet>>,
) -> BTreeSet<BookingId> {
    let of_day = |(date, day): (&Date, &BusyDay)| {
        let mut claims = day.claims.clone();
        if let Some(after) = changes.get(date) {
            claims.busy = union(after);
        }
        claims.overlapped()
    };
    days.iter().flat_map(of_day).collect()
}

/// What all calendars make busy on a day.
fn union(by_source: &BTreeMap<String, CellSet>) -> CellSet {
    by_source.values().fold(CellSet::default(), |all, set| all.union(*set))
}

/// Tells the owner of each of `bookings`, once for each time that it was given; how many are told now.
async fn tell_overlaps(
    deps: Deps<'_>,
    tenant: TenantId,
    bookings: BTreeSet<BookingId>,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let mut told = 0;
    for id in bookings {
        let booking = deps.store.find_booking(tenant, id).await?;
        let ahead = booking.filter(|booking| booking.status.is_open() && now < booking.slot.end());
        let Some(booking) = ahead else { continue };
        let what = Happening::BookingOverlaps(id, booking.sequence);
        let event = Event { id: EventId::new(deps.ids.ulid(now)), tenant, at: now, what };
        if deps.store.report_difference(&event, &format!("calendar#{id}#{}", booking.sequence)).await? {
            told += 1;
        }
    }
    Ok(told)
}

/// The UTC days from `first` to `last`, as one stretch.
fn span(first: Date, last: Date) -> Option<Interval> {
    let start = Offset::UTC.to_timestamp(first.at(0, 0, 0, 0)).ok()?;
    let end = Offset::UTC.to_timestamp(last.saturating_add(1.day()).at(0, 0, 0, 0)).ok()?;
    Interval::new(start, end).ok()
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
            FetchError::Kind => Self::NotACalendar,
        }
    }
}

impl From<Unreadable> for Problem {
    fn from(error: Unreadable) -> Self {
        match error {
            Unreadable::NotACalendar => Self::NotACalendar,
            Unreadable::TooMany => Self::TooManyEntries,
        }
    }
}
