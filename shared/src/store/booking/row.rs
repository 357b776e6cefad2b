//! The stored form of a booking: which attribute holds what, and under which keys the indexes sort it.
//!
//! Decides nothing of what a booking may be; that is said in [`crate::domain::booking`].

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::cancellation::CancellationRow;
use super::facts::FactsRow;
use super::grant::GrantRow;
use super::reminder::{reminders, seconds};
use super::{WHAT, due};
use crate::domain::booking::{Booking, Checkout, Customer};
use crate::domain::clocks::zone_named;
use crate::domain::id::TenantId;
use crate::domain::text::{Line, Note};
use crate::store::error::{StoreError, corrupt};
use crate::store::key::Key;
use crate::store::proposal::interval;
use crate::store::row::{at, money, ms, parse};

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
pub(super) struct Row {
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

impl Row {
    pub(super) fn of(tenant: TenantId, b: &Booking) -> Self {
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
pub(in crate::store) fn instant(at: Timestamp) -> String {
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
            slot: interval(row.start, row.end)?,
            moved_from: row.moved_from.map(|(start, end)| interval(start, end)).transpose()?,
            blocked: interval(row.blocked_start, row.blocked_end)?,
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
