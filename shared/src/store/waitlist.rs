//! The waitlist: entries `pk = T#<tenant>#WAIT#<id>`, `sk = ENTRY`; lines `pk = T#<tenant>#LINE#<package>`,
//! `sk = <first day>#<id>`; what an email waits for `pk = T#<tenant>#E#<email>`, `sk = WISHES`.
//!
//! A line holds those who wait and nobody else: a place is written with its entry, and goes in the transaction
//! in which that is offered something or leaves. Entries name their customer in `by_customer`, and stand in
//! `by_day` while something can still come of them.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::Store;
use super::booking::{Booked, BookingWrite};
use super::error::{StoreError, corrupt};
use super::expression::{Delete, Item, Put, Update};
use super::key::{Key, WAIT};
use super::row::{at, ms, parse, ttl};
use super::table::{Action, Query, Transacted, item, read};
use crate::domain::address::Email;
use crate::domain::availability::{Days, MAX_DAYS};
use crate::domain::booking::Customer;
use crate::domain::clocks::zone_named;
use crate::domain::event::Event;
use crate::domain::id::{ConversationId, PackageId, ProposalId, TenantId, WaitId};
use crate::domain::text::Line;
use crate::domain::waitlist::{Entry, Place, Standing, Wishes};
use crate::ports::trace::announced;

mod list;

pub use list::Wanted;

const WHAT: &str = "waitlist entry";

/// How long a place is kept after its last day, wherever on earth that ends last.
const KEPT_DAYS: i64 = 2;

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    id: String,
    package: String,
    package_name: String,
    /// Local days.
    first: String,
    last: String,
    name: String,
    email: String,
    /// Where the customer lives, by its IANA name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
    status: String,
    /// Milliseconds since the Unix epoch, as all times here.
    joined_at: i64,
    updated_at: i64,
    version: u64,
    ttl: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi1pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi1sk: Option<String>,
    gsi2pk: String,
    gsi2sk: String,
}

/// A place in line, as far as its order and days go.
#[derive(Serialize, Deserialize)]
struct PlaceRow {
    id: String,
    package: String,
    first: String,
    last: String,
    ttl: i64,
}

/// Somebody who joins.
#[derive(Debug)]
pub struct Joining<'a> {
    /// Their place.
    pub entry: &'a Entry,
    /// What their email waited for, as it was read.
    pub before: &'a Wishes,
    /// What it waits for from then on.
    pub after: &'a Wishes,
    /// The proposal that does it.
    pub proposal: (ConversationId, ProposalId),
    /// What others act on.
    pub event: &'a Event,
    /// The present.
    pub now: Timestamp,
}

/// How joining ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// It is done.
    Done,
    /// The proposal no longer waits.
    ProposalMoved,
    /// What the email waits for has changed since it was read.
    Stale,
}

impl Row {
    fn of(tenant: TenantId, entry: &Entry) -> Self {
        let place = format!("{}#{}", entry.days.first(), entry.id);
        let listed = entry.status.is_live().then(|| (Key::all_waiting(tenant), place.clone()));
        let (gsi1pk, gsi1sk) = listed.unzip();
        Self {
            id: entry.id.to_string(),
            package: entry.package.to_string(),
            package_name: entry.package_name.to_string(),
            first: entry.days.first().to_string(),
            last: entry.days.last().to_string(),
            name: entry.customer.name.to_string(),
            email: entry.customer.email.to_string(),
            timezone: entry.customer_timezone.as_ref().and_then(TimeZone::iana_name).map(str::to_owned),
            status: entry.status.as_str().to_owned(),
            joined_at: ms(entry.joined_at),
            updated_at: ms(entry.updated_at),
            version: entry.version,
            ttl: end(entry.days.last()),
            gsi1pk,
            gsi1sk,
            gsi2pk: Key::by_customer(tenant, &entry.customer.email),
            gsi2sk: format!("{WAIT}{place}"),
        }
    }
}

impl TryFrom<Row> for Entry {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: parse(&row.id, WHAT)?,
            package: parse(&row.package, WHAT)?,
            package_name: Line::new(&row.package_name).map_err(corrupt(WHAT))?,
            days: days(&row.first, &row.last)?,
            customer: Customer { name: Line::new(&row.name).map_err(corrupt(WHAT))?, email: parse(&row.email, WHAT)? },
            customer_timezone: row.timezone.as_deref().and_then(zone_named),
            status: parse(&row.status, WHAT)?,
            joined_at: at(row.joined_at, WHAT)?,
            updated_at: at(row.updated_at, WHAT)?,
            version: row.version,
        })
    }
}

impl TryFrom<PlaceRow> for Place {
    type Error = StoreError;

    fn try_from(row: PlaceRow) -> Result<Self, StoreError> {
        Ok(Self { id: parse(&row.id, WHAT)?, package: parse(&row.package, WHAT)?, days: days(&row.first, &row.last)? })
    }
}

fn days(first: &str, last: &str) -> Result<Days, StoreError> {
    Days::new(parse(first, WHAT)?, parse(last, WHAT)?).map_err(corrupt(WHAT))
}

/// When a row whose last day is `last` may go.
fn end(last: Date) -> i64 {
    let end = last.saturating_add((KEPT_DAYS + 1).days()).to_zoned(TimeZone::UTC);
    end.map_or(i64::MAX, |end| ttl(end.timestamp()))
}

fn entry_of(found: Item) -> Result<Entry, StoreError> {
    read::<Row>(found, WHAT)?.try_into()
}

impl Store {
    /// Reads somebody's place on the waitlist.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_entry(&self, tenant: TenantId, id: WaitId) -> Result<Option<Entry>, StoreError> {
        let row: Option<Row> = self.bookings.find(&Key::entry(tenant, id), WHAT).await?;
        row.map(Entry::try_from).transpose()
    }

    /// Lists everybody who waits for `package` on one of `days`, first come first. Places that begin up to
    /// [`MAX_DAYS`] before are read too, since that is as far as one reaches.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_line(&self, tenant: TenantId, package: PackageId, days: Days) -> Result<Vec<Place>, StoreError> {
        let earliest = days.first().saturating_sub(i64::from(MAX_DAYS - 1).days());
        let key = Key::place(tenant, package, earliest, WaitId::new(ulid::Ulid::nil()));
        // `$` sorts right behind the `#` that follows the day.
        let query =
            Query::partition(key.pk().to_owned()).between("sk", format!("{earliest}#"), format!("{}$", days.last()));
        let mut line = Vec::new();
        for found in self.bookings.all(query).await? {
            let place: Place = read::<PlaceRow>(found, WHAT)?.try_into()?;
            if days.first() <= place.days.last() {
                line.push(place);
            }
        }
        line.sort_unstable_by_key(|place| place.id);
        Ok(line)
    }

    /// Reads what one email waits for.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_wishes(&self, tenant: TenantId, email: &Email) -> Result<Wishes, StoreError> {
        let found = self.bookings.find_item(&Key::wishes(tenant, email)).await?;
        let live = found.as_ref().and_then(|found| found.get("live")).and_then(|live| live.as_ss().ok());
        let live = live.into_iter().flatten().map(|wish| parse(wish, WHAT)).collect::<Result<_, _>>()?;
        Ok(Wishes(live))
    }

    /// Puts somebody on the waitlist, in one transaction with the end of their proposal and the event.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn join_waitlist(&self, tenant: TenantId, joining: &Joining<'_>) -> Result<Joined, StoreError> {
        let Joining { entry, before, after, proposal: (conversation, proposal), event, now } = *joining;
        let key = Key::entry(tenant, entry.id);
        let actions = vec![
            self.executing(tenant, conversation, proposal, entry.booking(), now)?,
            self.bookings.putting(Put::fresh(item(&key, &Row::of(tenant, entry), WHAT)?))?,
            self.bookings.putting(Put::fresh(place(tenant, entry)?))?,
            self.bookings.putting(wishes(tenant, &entry.customer.email, before, after))?,
            self.announcing(event)?,
        ];
        Ok(match self.bookings.transact(actions).await? {
            Transacted::Done => {
                announced(event);
                Joined::Done
            }
            Transacted::Refused(refusals) if refusals.first().is_some_and(Option::is_some) => Joined::ProposalMoved,
            Transacted::Refused(_) => Joined::Stale,
        })
    }

    /// Ends a proposal to join that gives nobody a new place; false when it no longer waits.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn join_nothing(
        &self,
        tenant: TenantId,
        (conversation, proposal): (ConversationId, ProposalId),
        id: WaitId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let booking = crate::domain::id::BookingId::new(id.ulid());
        let action = self.executing(tenant, conversation, proposal, booking, now)?;
        Ok(self.bookings.transact(vec![action]).await? == Transacted::Done)
    }

    /// Keeps what became of a place in line that was offered nothing; false when it has changed since `before` was
    /// read.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn write_entry(&self, tenant: TenantId, before: &Entry, after: &Entry) -> Result<bool, StoreError> {
        let actions = self.moving_entry(tenant, before, after)?;
        Ok(self.bookings.transact(actions).await? == Transacted::Done)
    }

    /// Makes or changes the booking that a place in line is offered, as [`Store::write_booking`], in one transaction
    /// with the place. [`Booked::Stale`] also when the place has changed since it was read.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn write_offer(
        &self,
        tenant: TenantId,
        write: &BookingWrite<'_>,
        (before, after): (&Entry, &Entry),
    ) -> Result<Booked, StoreError> {
        let beside = self.moving_entry(tenant, before, after)?;
        self.write_booking_with(tenant, write, beside).await
    }

    /// The writes that make `before` `after`: the entry, its place in line, and what its email waits for.
    fn moving_entry(&self, tenant: TenantId, before: &Entry, after: &Entry) -> Result<Vec<Action>, StoreError> {
        let put = Put::new(item(&Key::entry(tenant, after.id), &Row::of(tenant, after), WHAT)?);
        let mut actions = vec![self.bookings.putting(put.when("version", "=", before.version))?];
        if before.status == Standing::Waiting && after.status != Standing::Waiting {
            let key = Key::place(tenant, before.package, before.days.first(), before.id);
            actions.push(self.bookings.deleting(Delete::new(key))?);
        }
        if before.status.is_live() && !after.status.is_live() {
            let gone = AttributeValue::Ss(vec![before.wish().to_string()]);
            let key = Key::wishes(tenant, &before.customer.email);
            actions.push(self.bookings.updating(Update::new(key).delete("live", gone))?);
        }
        Ok(actions)
    }
}

fn place(tenant: TenantId, entry: &Entry) -> Result<Item, StoreError> {
    let row = PlaceRow {
        id: entry.id.to_string(),
        package: entry.package.to_string(),
        first: entry.days.first().to_string(),
        last: entry.days.last().to_string(),
        ttl: end(entry.days.last()),
    };
    item(&Key::place(tenant, entry.package, entry.days.first(), entry.id), &row, WHAT)
}

/// What an email waits for, demanding what was read of it.
fn wishes(tenant: TenantId, email: &Email, before: &Wishes, after: &Wishes) -> Put {
    let texts = |wishes: &Wishes| AttributeValue::Ss(wishes.0.iter().map(ToString::to_string).collect());
    let last = after.0.last().map_or(0, |wish| end(wish.last));
    let mut row: HashMap<String, AttributeValue> = Key::wishes(tenant, email).item();
    row.insert("live".to_owned(), texts(after));
    row.insert("ttl".to_owned(), AttributeValue::N(last.to_string()));
    match before.0.is_empty() {
        true => Put::new(row).when_absent("live"),
        false => Put::new(row).when("live", "=", texts(before)),
    }
}
