//! Proposals: `pk = T#<tenant>#C#<conversation>`, `sk = PROPOSAL#<proposal>`. Written in the transaction of the turn
//! that made them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Store;
use super::booking::CancellationRow;
use super::error::{StoreError, corrupt};
use super::expression::{Put, Update};
use super::key::{Key, PROPOSAL};
use super::row::{at, money, ms, parse, ttl};
use super::table::{Action, Query, Written, item, read};
use crate::domain::availability::Days;
use crate::domain::booking::Customer;
use crate::domain::id::{BookingId, ConversationId, ProposalId, TenantId};
use crate::domain::money::Money;
use crate::domain::proposal::{KEPT_DAYS, Operation, Preview, Proposal, ProposalStatus};
use crate::domain::slot::{Interval, Slot};
use crate::domain::text::{Line, Note};

const WHAT: &str = "proposal";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    id: String,
    operation: OperationRow,
    title: String,
    lines: Vec<(String, String)>,
    status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    booking: Option<String>,
    created_at: i64,
    expires_at: i64,
    ttl: i64,
}

#[derive(Serialize, Deserialize)]
enum OperationRow {
    #[serde(rename = "book")]
    Book {
        slot: SlotRow,
        price: i64,
        currency: String,
        /// What is paid at booking; none: the price.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deposit: Option<i64>,
        #[serde(default)]
        cancellation: CancellationRow,
        name: String,
        email: String,
        notes: String,
    },
    #[serde(rename = "cancel")]
    Cancel {
        booking: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        back: Option<MoneyRow>,
    },
    #[serde(rename = "reschedule")]
    Reschedule {
        booking: String,
        slot: SlotRow,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fee: Option<MoneyRow>,
    },
    #[serde(rename = "join")]
    Join { package: String, first: String, last: String, name: String, email: String },
}

/// An amount in a row, in minor units.
#[derive(Serialize, Deserialize)]
struct MoneyRow {
    minor: i64,
    currency: String,
}

impl From<Money> for MoneyRow {
    fn from(money: Money) -> Self {
        Self { minor: money.minor(), currency: money.currency().to_string() }
    }
}

impl TryFrom<MoneyRow> for Money {
    type Error = StoreError;

    fn try_from(row: MoneyRow) -> Result<Self, StoreError> {
        money(row.minor, &row.currency, WHAT)
    }
}

/// A slot in a row. Times in milliseconds since the Unix epoch.
#[derive(Serialize, Deserialize)]
pub(super) struct SlotRow {
    package: String,
    resource: String,
    start: i64,
    end: i64,
    blocked_start: i64,
    blocked_end: i64,
}

impl From<&Slot> for SlotRow {
    fn from(slot: &Slot) -> Self {
        Self {
            package: slot.package.to_string(),
            resource: slot.resource.to_string(),
            start: ms(slot.interval.start()),
            end: ms(slot.interval.end()),
            blocked_start: ms(slot.blocked.start()),
            blocked_end: ms(slot.blocked.end()),
        }
    }
}

impl TryFrom<SlotRow> for Slot {
    type Error = StoreError;

    fn try_from(row: SlotRow) -> Result<Self, StoreError> {
        Ok(Self {
            package: parse(&row.package, WHAT)?,
            resource: parse(&row.resource, WHAT)?,
            interval: interval(row.start, row.end)?,
            blocked: interval(row.blocked_start, row.blocked_end)?,
        })
    }
}

/// An interval from stored milliseconds.
pub(super) fn interval(start: i64, end: i64) -> Result<Interval, StoreError> {
    Interval::new(at(start, "interval")?, at(end, "interval")?).map_err(corrupt("interval"))
}

impl From<&Proposal> for Row {
    fn from(proposal: &Proposal) -> Self {
        let operation = match &proposal.operation {
            Operation::Book { slot, price, due, cancellation, customer, notes } => OperationRow::Book {
                slot: slot.into(),
                price: price.minor(),
                currency: price.currency().to_string(),
                deposit: (due != price).then(|| due.minor()),
                cancellation: cancellation.into(),
                name: customer.name.to_string(),
                email: customer.email.to_string(),
                notes: notes.to_string(),
            },
            Operation::Cancel { booking, back } => {
                OperationRow::Cancel { booking: booking.to_string(), back: back.map(Into::into) }
            }
            Operation::Reschedule { booking, slot, fee } => {
                OperationRow::Reschedule { booking: booking.to_string(), slot: slot.into(), fee: fee.map(Into::into) }
            }
            Operation::Join { package, days, customer } => OperationRow::Join {
                package: package.to_string(),
                first: days.first().to_string(),
                last: days.last().to_string(),
                name: customer.name.to_string(),
                email: customer.email.to_string(),
            },
        };
        let (status, booking) = match proposal.status {
            ProposalStatus::Pending => ("PENDING", None),
            ProposalStatus::Executed(booking) => ("EXECUTED", Some(booking.to_string())),
            ProposalStatus::Declined => ("DECLINED", None),
        };
        Self {
            id: proposal.id.to_string(),
            operation,
            title: proposal.preview.title.clone(),
            lines: proposal.preview.lines.clone(),
            status: status.to_owned(),
            booking,
            created_at: ms(proposal.created_at),
            expires_at: ms(proposal.expires_at),
            ttl: ttl(proposal.expires_at) + KEPT_DAYS * 24 * 3_600,
        }
    }
}

impl TryFrom<Row> for Proposal {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let operation = match row.operation {
            OperationRow::Book { slot, price, currency, deposit, cancellation, name, email, notes } => {
                Operation::Book {
                    slot: slot.try_into()?,
                    price: money(price, &currency, WHAT)?,
                    due: money(deposit.unwrap_or(price), &currency, WHAT)?,
                    cancellation: cancellation.into(),
                    customer: Customer { name: Line::new(&name).map_err(corrupt(WHAT))?, email: parse(&email, WHAT)? },
                    notes: Note::cut(&notes),
                }
            }
            OperationRow::Cancel { booking, back } => {
                Operation::Cancel { booking: parse(&booking, WHAT)?, back: back.map(Money::try_from).transpose()? }
            }
            OperationRow::Reschedule { booking, slot, fee } => Operation::Reschedule {
                booking: parse(&booking, WHAT)?,
                slot: slot.try_into()?,
                fee: fee.map(Money::try_from).transpose()?,
            },
            OperationRow::Join { package, first, last, name, email } => Operation::Join {
                package: parse(&package, WHAT)?,
                days: Days::new(parse(&first, WHAT)?, parse(&last, WHAT)?).map_err(corrupt(WHAT))?,
                customer: Customer { name: Line::new(&name).map_err(corrupt(WHAT))?, email: parse(&email, WHAT)? },
            },
        };
        let status = match (row.status.as_str(), row.booking) {
            ("PENDING", _) => ProposalStatus::Pending,
            ("DECLINED", _) => ProposalStatus::Declined,
            ("EXECUTED", Some(booking)) => ProposalStatus::Executed(parse(&booking, WHAT)?),
            _ => return Err(corrupt(WHAT)("unknown status")),
        };
        Ok(Self {
            id: parse(&row.id, WHAT)?,
            operation,
            preview: Preview { title: row.title, lines: row.lines },
            status,
            created_at: at(row.created_at, WHAT)?,
            expires_at: at(row.expires_at, WHAT)?,
        })
    }
}

impl Store {
    /// Reads a proposal of a conversation.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_proposal(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        id: ProposalId,
    ) -> Result<Option<Proposal>, StoreError> {
        let row: Option<Row> = self.conversations.find(&Key::proposal(tenant, conversation, id), WHAT).await?;
        row.map(Proposal::try_from).transpose()
    }

    /// Reads every proposal of a conversation, oldest first.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_proposals(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
    ) -> Result<Vec<Proposal>, StoreError> {
        let query =
            Query::partition(Key::conversation(tenant, conversation)).between("sk", PROPOSAL, format!("{PROPOSAL}~"));
        let rows = self.conversations.all(query).await?.into_iter();
        rows.map(|found| read::<Row>(found, WHAT)?.try_into()).collect()
    }

    /// Declines a proposal that still waits; false when it no longer does. Repeating changes nothing.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn decline_proposal(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        id: ProposalId,
    ) -> Result<bool, StoreError> {
        let update = Update::new(Key::proposal(tenant, conversation, id))
            .set("status", "DECLINED")
            .when("status", "=", "PENDING");
        Ok(matches!(self.conversations.update(&update).await?, Written::Done(_)))
    }

    /// Keeps a new proposal, in the transaction of its turn.
    pub(super) fn proposing(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        proposal: &Proposal,
    ) -> Result<Action, StoreError> {
        let key = Key::proposal(tenant, conversation, proposal.id);
        self.conversations.putting(Put::fresh(item(&key, &Row::from(proposal), WHAT)?))
    }

    /// Marks a proposal as done for `booking`, in the transaction that does it. Demands that it still waits.
    pub(super) fn executing(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        id: ProposalId,
        booking: BookingId,
        now: Timestamp,
    ) -> Result<Action, StoreError> {
        self.conversations.updating(
            Update::new(Key::proposal(tenant, conversation, id))
                .set("status", "EXECUTED")
                .set("booking", booking.to_string())
                .when("status", "=", "PENDING")
                .when("expires_at", ">", ms(now)),
        )
    }
}
