//! Bookings: `pk = T#<tenant>#B#<booking>`, `sk = BOOKING`; codes: `pk = T#<tenant>#CODE#<code>`.
//!
//! Index `by_day` lists a tenant's bookings by start, `by_customer` one customer's, `by_deadline` what time
//! brings about: the end of an offer or hold, or the next reminder. Every change demands the version that was read and moves the slot claims
//! in the same transaction.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::Store;
use super::claim::ResourceClaim;
use super::error::{StoreError, corrupt};
use super::expression::Put;
use super::key::Key;
use super::row::{at, money, ms, parse};
use super::table::{Action, Query, Transacted, item, read};
use crate::domain::address::Email;
use crate::domain::booking::{Booking, Checkout, Customer};
use crate::domain::claim::Claim;
use crate::domain::clocks::zone_named;
use crate::domain::code::ConfirmationCode;
use crate::domain::event::Event;
use crate::domain::figure::{Count, Figure};
use crate::domain::id::{BookingId, ConversationId, ProposalId, TenantId};
use crate::domain::text::{Line, Note};
use crate::ports::trace::announced;

mod cancellation;
mod due;
mod facts;
mod grant;
mod list;
mod reminder;

pub(super) use cancellation::CancellationRow;
use facts::FactsRow;
use grant::GrantRow;
pub(super) use reminder::{reminders, seconds};

pub use list::Span;

const WHAT: &str = "booking";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    id: String,
    package: String,
    package_name: String,
    kind: String,
    resource: String,
    /// Milliseconds since the Unix epoch, as all times here.
    start: i64,
    end: i64,
    blocked_start: i64,
    blocked_end: i64,
    capacity: u16,
    /// Minor units.
    price: i64,
    currency: String,
    /// What is paid at booking; none: the price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deposit: Option<i64>,
    #[serde(default)]
    cancellation: CancellationRow,
    /// Minor units of the price's currency.
    #[serde(default)]
    fee: i64,
    name: String,
    email: String,
    /// Its IANA name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    moved_from: Option<(i64, i64)>,
    code: String,
    status: String,
    notes: String,
    source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conversation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proposal: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hold_until: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    checkout: Option<CheckoutRow>,
    #[serde(default = "first_attempt")]
    attempt: u32,
    #[serde(default)]
    facts: FactsRow,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paid_at: Option<i64>,
    /// Minor units of the price's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refund_due: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    grants: Vec<GrantRow>,
    sequence: u32,
    /// Seconds before the start; none in a row from before there were reminders.
    #[serde(default)]
    reminders: Vec<u64>,
    #[serde(default)]
    reminded_until: i64,
    created_at: i64,
    updated_at: i64,
    version: u64,
    gsi1pk: String,
    gsi1sk: String,
    gsi2pk: String,
    gsi2sk: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi3pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi3sk: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct CheckoutRow {
    session: String,
    url: String,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct CodeRow {
    booking: String,
}

/// A change of a booking with everything that belongs to it.
#[derive(Debug)]
pub struct BookingWrite<'a> {
    /// The booking as it was read; none: it is new.
    pub before: Option<&'a Booking>,
    /// The booking as it shall be, one version higher.
    pub after: &'a Booking,
    /// The proposal that this does.
    pub proposal: Option<(ConversationId, ProposalId)>,
    /// Figures of the day that change by it.
    pub figures: &'a [(Figure, i64)],
    /// What others act on.
    pub events: &'a [Event],
    /// The present.
    pub now: Timestamp,
}

/// How changing a booking ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Booked {
    /// It is done.
    Done,
    /// Its slot is somebody else's.
    SlotTaken,
    /// The proposal no longer waits.
    ProposalMoved,
    /// The booking has changed since it was read.
    Stale,
    /// Another booking has this confirmation code.
    CodeTaken,
}

impl Row {
    fn of(tenant: TenantId, b: &Booking) -> Self {
        let sort = format!("{}#{}", instant(b.slot.start()), b.id);
        let (gsi3pk, gsi3sk) = due::place(tenant, b).unzip();
        Self {
            id: b.id.to_string(),
            package: b.package.to_string(),
            package_name: b.package_name.to_string(),
            kind: b.kind.as_str().to_owned(),
            resource: b.resource.to_string(),
            start: ms(b.slot.start()),
            end: ms(b.slot.end()),
            blocked_start: ms(b.blocked.start()),
            blocked_end: ms(b.blocked.end()),
            capacity: b.capacity,
            price: b.price.minor(),
            currency: b.price.currency().to_string(),
            deposit: b.has_deposit().then(|| b.due.minor()),
            cancellation: (&b.cancellation).into(),
            fee: b.fee.minor(),
            name: b.customer.name.to_string(),
            email: b.customer.email.to_string(),
            timezone: b.customer_timezone.as_ref().and_then(TimeZone::iana_name).map(str::to_owned),
            moved_from: b.moved_from.map(|slot| (ms(slot.start()), ms(slot.end()))),
            code: b.code.to_string(),
            status: b.status.as_str().to_owned(),
            notes: b.notes.to_string(),
            source: b.source.to_string(),
            conversation: b.conversation.map(|id| id.to_string()),
            proposal: b.proposal.map(|id| id.to_string()),
            hold_until: b.hold_until.map(ms),
            checkout: b.checkout.as_ref().map(|c| CheckoutRow {
                session: c.session.clone(),
                url: c.url.clone(),
                expires_at: ms(c.expires_at),
            }),
            attempt: b.attempt,
            facts: FactsRow::from(&b.facts),
            paid_at: b.paid_at.map(ms),
            refund_due: b.refund_due.map(|due| due.minor()),
            grants: b.grants.iter().map(GrantRow::from).collect(),
            sequence: b.sequence,
            reminders: seconds(&b.reminders),
            reminded_until: ms(b.reminded_until),
            created_at: ms(b.created_at),
            updated_at: ms(b.updated_at),
            version: b.version,
            gsi1pk: Key::by_day(tenant),
            gsi1sk: sort.clone(),
            gsi2pk: Key::by_customer(tenant, &b.customer.email),
            gsi2sk: sort,
            gsi3pk,
            gsi3sk,
        }
    }
}

const fn first_attempt() -> u32 {
    1
}

/// A moment as text that sorts, to the second.
pub(super) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

impl TryFrom<Row> for Booking {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let checkout = row.checkout.map(|c| {
            Ok::<_, StoreError>(Checkout { session: c.session, url: c.url, expires_at: at(c.expires_at, WHAT)? })
        });
        Ok(Self {
            id: parse(&row.id, WHAT)?,
            package: parse(&row.package, WHAT)?,
            package_name: Line::new(&row.package_name).map_err(corrupt(WHAT))?,
            kind: parse(&row.kind, WHAT)?,
            resource: parse(&row.resource, WHAT)?,
            slot: super::proposal::interval(row.start, row.end)?,
            moved_from: row.moved_from.map(|(start, end)| super::proposal::interval(start, end)).transpose()?,
            blocked: super::proposal::interval(row.blocked_start, row.blocked_end)?,
            capacity: row.capacity,
            price: money(row.price, &row.currency, WHAT)?,
            due: money(row.deposit.unwrap_or(row.price), &row.currency, WHAT)?,
            cancellation: row.cancellation.into(),
            fee: money(row.fee, &row.currency, WHAT)?,
            customer: Customer { name: Line::new(&row.name).map_err(corrupt(WHAT))?, email: parse(&row.email, WHAT)? },
            customer_timezone: row.timezone.as_deref().and_then(zone_named),
            code: parse(&row.code, WHAT)?,
            status: parse(&row.status, WHAT)?,
            notes: Note::cut(&row.notes),
            source: Line::new(&row.source).map_err(corrupt(WHAT))?,
            conversation: row.conversation.map(|id| parse(&id, WHAT)).transpose()?,
            proposal: row.proposal.map(|id| parse(&id, WHAT)).transpose()?,
            hold_until: row.hold_until.map(|until| at(until, WHAT)).transpose()?,
            checkout: checkout.transpose()?,
            attempt: row.attempt,
            facts: row.facts.try_into()?,
            paid_at: row.paid_at.map(|paid| at(paid, WHAT)).transpose()?,
            refund_due: row.refund_due.map(|due| money(due, &row.currency, WHAT)).transpose()?,
            grants: row.grants.into_iter().map(|grant| grant.read(&row.currency)).collect::<Result<_, _>>()?,
            sequence: row.sequence,
            reminders: reminders(&row.reminders, WHAT)?,
            reminded_until: at(row.reminded_until, WHAT)?,
            created_at: at(row.created_at, WHAT)?,
            updated_at: at(row.updated_at, WHAT)?,
            version: row.version,
        })
    }
}

impl Store {
    /// Reads a booking.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_booking(&self, tenant: TenantId, id: BookingId) -> Result<Option<Booking>, StoreError> {
        let row: Option<Row> = self.bookings.find(&Key::booking(tenant, id), WHAT).await?;
        row.map(Booking::try_from).transpose()
    }

    /// Finds the booking with a confirmation code. Where there is none, `nobody` is looked for in its place, so
    /// that both take as long; it must be an id of no booking.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_booking_by_code(
        &self,
        tenant: TenantId,
        code: &ConfirmationCode,
        nobody: BookingId,
    ) -> Result<Option<Booking>, StoreError> {
        let row: Option<CodeRow> = self.bookings.find(&Key::code(tenant, code), "code").await?;
        let id = row.map_or(Ok(nobody), |row| parse(&row.booking, "code"))?;
        self.find_booking(tenant, id).await
    }

    /// Lists every booking of one customer that starts at `from` or later, by start, as of a moment ago.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_bookings_of(
        &self,
        tenant: TenantId,
        email: &Email,
        from: Timestamp,
    ) -> Result<Vec<Booking>, StoreError> {
        let query =
            Query::index("by_customer", "gsi2pk", Key::by_customer(tenant, email)).at_least("gsi2sk", instant(from));
        self.bookings.all(query).await?.into_iter().map(booking_of).collect()
    }

    /// Makes or changes a booking in one transaction with its slot claims, its proposal, the day's
    /// figures and its events. Repeating it is safe: it demands the version that was read.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn write_booking(&self, tenant: TenantId, write: &BookingWrite<'_>) -> Result<Booked, StoreError> {
        self.write_booking_with(tenant, write, Vec::new()).await
    }

    /// [`Store::write_booking`], in one transaction with what else belongs to it. Wherever a claim is released, it
    /// is told that its time is free, unless that is over.
    pub(super) async fn write_booking_with(
        &self,
        tenant: TenantId,
        write: &BookingWrite<'_>,
        beside: Vec<Action>,
    ) -> Result<Booked, StoreError> {
        let after = write.after;
        let put = Put::new(item(&Key::booking(tenant, after.id), &Row::of(tenant, after), WHAT)?);
        let put = match write.before {
            Some(before) => put.when("version", "=", before.version),
            None => put.when_absent("pk"),
        };
        let mut actions: Vec<(Booked, Action)> = vec![(Booked::Stale, self.bookings.putting(put)?)];
        actions.extend(beside.into_iter().map(|action| (Booked::Stale, action)));
        let released = write.released();
        let freed = write.before.filter(|before| released.is_some() && write.now < before.blocked.end());
        let freed = freed.map(|before| Event::freed(tenant, before, after.version, write.now));
        for action in self.moving(tenant, released, write.claimed()).await? {
            actions.push((Booked::SlotTaken, action));
        }
        if write.before.is_none() {
            let key = Key::code(tenant, &after.code);
            let row = CodeRow { booking: after.id.to_string() };
            actions.push((Booked::CodeTaken, self.bookings.putting(Put::fresh(item(&key, &row, "code")?))?));
        }
        if let Some((conversation, proposal)) = write.proposal {
            let action = self.executing(tenant, conversation, proposal, after.id, write.now)?;
            actions.push((Booked::ProposalMoved, action));
        }
        if !write.figures.is_empty() {
            let count = |(figure, by): &(Figure, i64)| Count { figure: figure.clone(), by: *by, at: write.now };
            actions.push((Booked::Stale, self.counting(tenant, write.figures.iter().map(count))?));
        }
        for event in write.events.iter().chain(&freed) {
            actions.push((Booked::Stale, self.announcing(event)?));
        }
        let (meanings, actions): (Vec<Booked>, Vec<Action>) = actions.into_iter().unzip();
        Ok(match self.bookings.transact(actions).await? {
            Transacted::Done => {
                write.events.iter().chain(&freed).for_each(announced);
                Booked::Done
            }
            Transacted::Refused(refusals) => {
                let stood: Vec<Booked> = meanings
                    .into_iter()
                    .zip(refusals)
                    .filter(|(_, refusal)| refusal.is_some())
                    .map(|(m, _)| m)
                    .collect();
                // A proposal or booking that moved on explains everything else.
                let order = [Booked::ProposalMoved, Booked::Stale, Booked::SlotTaken];
                order.into_iter().find(|meaning| stood.contains(meaning)).unwrap_or(Booked::CodeTaken)
            }
        })
    }

    /// Notes the Checkout Session that was opened for a booking; false when the booking has changed since.
    /// Repeating it is safe.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn note_checkout(
        &self,
        tenant: TenantId,
        before: &Booking,
        after: &Booking,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let write = BookingWrite { before: Some(before), after, proposal: None, figures: &[], events: &[], now };
        Ok(self.write_booking(tenant, &write).await? == Booked::Done)
    }
}

impl BookingWrite<'_> {
    /// The claim to give back: the old one, when the booking held its slot and no longer does, or holds another.
    fn released(&self) -> Option<ResourceClaim> {
        let before = self.before.filter(|before| before.status.holds_slot())?;
        let moved = claim_of(before) != claim_of(self.after);
        (moved || !self.after.status.holds_slot()).then(|| claim_of(before))
    }

    /// The claim to make: the new one, when the booking did not hold it before.
    fn claimed(&self) -> Option<ResourceClaim> {
        let holds = self.after.status.holds_slot();
        let held = self.before.is_some_and(|b| b.status.holds_slot() && claim_of(b) == claim_of(self.after));
        (holds && !held).then(|| claim_of(self.after))
    }
}

fn claim_of(booking: &Booking) -> ResourceClaim {
    ResourceClaim { resource: booking.resource, claim: Claim::of(booking) }
}

fn booking_of(found: super::expression::Item) -> Result<Booking, StoreError> {
    read::<Row>(found, WHAT)?.try_into()
}
