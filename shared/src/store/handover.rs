//! Hand-overs: `pk = T#<tenant>#C#<conversation>`, `sk = HANDOVER#<escalation>`. One for each request for a person,
//! with the ledger's entry of the model that wrote it; those that have one are listed by time in the index `by_inbox`.
//!
//! It is written once, in the transaction that charges for it and announces it; whoever comes second finds it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Store;
use super::conversation::expiry;
use super::error::{StoreError, corrupt};
use super::expression::{IntoValue as _, Item, Put, Update};
use super::key::{HANDOVER, INBOX_PK, INBOX_SK, Key, conversation_of};
use super::ledger::LedgerRow;
use super::meter::Settled;
use super::row::{at, ms, parse};
use super::table::{Query, Transacted, item, read};
use super::turn::{before, least, listed_at};
use crate::domain::event::Event;
use crate::domain::handover::{Handover, MadeBy};
use crate::domain::id::{ConversationId, EscalationId, TenantId};
use crate::domain::ledger::TurnCost;
use crate::domain::text::Note;
use crate::ports::trace;

const WHAT: &str = "hand-over";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    #[serde(skip_serializing)]
    sk: String,
    asked: String,
    tried: String,
    promised: String,
    open: String,
    made_by: String,
    /// Milliseconds since the Unix epoch.
    at: i64,
    /// What the model used; none: it was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ledger: Option<LedgerRow>,
    ttl: i64,
}

/// What the index tells of a hand-over that a model was paid for.
#[derive(Deserialize)]
struct Listed {
    pk: String,
    sk: String,
}

/// A hand-over as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The request that it belongs to.
    pub escalation: EscalationId,
    /// What it says.
    pub handover: Handover,
    /// When it was made.
    pub at: Timestamp,
    /// The ledger's entry; none: the model was not asked.
    pub cost: Option<TurnCost>,
}

/// Everything that one hand-over does.
#[derive(Debug)]
pub struct HandoverWrite<'a> {
    /// The conversation.
    pub conversation: ConversationId,
    /// The hand-over.
    pub kept: &'a Kept,
    /// What to give back of the reservation, and what to count; none: nothing was set aside.
    pub settled: Option<&'a Settled>,
    /// That it is there.
    pub event: &'a Event,
}

impl TryFrom<Row> for Kept {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.sk.strip_prefix(HANDOVER).ok_or_else(|| corrupt(WHAT)("not the key of a hand-over"))?;
        let made_by = [MadeBy::Model, MadeBy::Plain].into_iter().find(|by| by.as_str() == row.made_by);
        Ok(Self {
            escalation: parse(id, WHAT)?,
            handover: Handover {
                asked: Note::cut(&row.asked),
                tried: Note::cut(&row.tried),
                promised: Note::cut(&row.promised),
                open: Note::cut(&row.open),
                made_by: made_by.ok_or_else(|| corrupt(WHAT)("made by nobody known"))?,
            },
            at: at(row.at, WHAT)?,
            cost: row.ledger.map(TurnCost::from),
        })
    }
}

impl Store {
    /// Keeps a hand-over with what it costs, and announces it, in one transaction; false when there is one for that
    /// request, or when what was set aside is no longer ours: nothing of it is kept.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn keep_handover(&self, tenant: TenantId, write: &HandoverWrite<'_>) -> Result<bool, StoreError> {
        let Kept { escalation, handover, at, cost } = write.kept;
        let row = Row {
            sk: String::new(),
            asked: handover.asked.to_string(),
            tried: handover.tried.to_string(),
            promised: handover.promised.to_string(),
            open: handover.open.to_string(),
            made_by: handover.made_by.as_str().to_owned(),
            at: ms(*at),
            ledger: cost.as_ref().map(LedgerRow::from),
            ttl: expiry(*at),
        };
        let key = Key::handover(tenant, write.conversation, *escalation);
        let mut row = item(&key, &row, WHAT)?;
        if cost.is_some() {
            row.insert(INBOX_PK.to_owned(), Key::paid_handovers(tenant).into_value());
            row.insert(INBOX_SK.to_owned(), listed_at(*at, escalation.ulid()).into_value());
        }
        let mut actions = vec![self.conversations.putting(Put::fresh(row))?, self.announcing(write.event)?];
        if let Some(cost) = cost {
            let meta = Update::new(Key::meta(tenant, write.conversation))
                .add("tokens", cost.usage.prompt() + cost.usage.output)
                .add("cost", cost.cost.get())
                .when_present("pk");
            actions.push(self.conversations.updating(meta)?);
        }
        if let Some(settled) = write.settled {
            actions.push(self.settling(tenant, settled)?);
        }
        let is_kept = self.conversations.transact(actions).await? == Transacted::Done;
        if is_kept {
            trace::announced(write.event);
        }
        Ok(is_kept)
    }

    /// Reads the hand-over of a request for a person.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_handover(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        escalation: EscalationId,
    ) -> Result<Option<Kept>, StoreError> {
        let found: Option<Row> =
            self.conversations.find(&Key::handover(tenant, conversation, escalation), WHAT).await?;
        found.map(Kept::try_from).transpose()
    }

    /// Reads what models were paid for hand-overs from `from` to before `to`, as of a moment ago.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_handover_costs(
        &self,
        tenant: TenantId,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Vec<TurnCost>, StoreError> {
        let query = Query::index("by_inbox", INBOX_PK, Key::paid_handovers(tenant));
        let query = query.between(INBOX_SK, least(from).to_string(), before(to).to_string());
        let mut costs = Vec::new();
        for listed in self.conversations.all(query).await? {
            let Listed { pk, sk } = read(listed, WHAT)?;
            let conversation = conversation_of(&pk).ok_or_else(|| corrupt(WHAT)("a hand-over of no conversation"))?;
            let id = sk.strip_prefix(HANDOVER).ok_or_else(|| corrupt(WHAT)("not the key of a hand-over"))?;
            let found = self.find_handover(tenant, parse(conversation, WHAT)?, parse(id, WHAT)?).await?;
            costs.extend(found.and_then(|kept| kept.cost));
        }
        Ok(costs)
    }

    /// Reads every hand-over of a conversation, oldest first.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_handovers(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
    ) -> Result<Vec<Kept>, StoreError> {
        let query =
            Query::partition(Key::conversation(tenant, conversation)).between("sk", HANDOVER, format!("{HANDOVER}~"));
        let rows = self.conversations.all(query).await?.into_iter();
        rows.map(|row: Item| read::<Row>(row, WHAT)?.try_into()).collect()
    }
}
