//! Requests for a person: `pk = T#<tenant>#C#<conversation>`, `sk = ESCALATION#<escalation>`. Written in the transaction
//! of whatever asked: a turn, or the visitor's own button; and moved on in the transaction of the ticket's change.
//!
//! `~META` remembers the open ones, so that nobody has to look for them. Whoever writes them demands that they are
//! as they were read, so of a request and a closing at once one is told to look again.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};

use super::Store;
use super::conversation::unmoved;
use super::error::{StoreError, corrupt};
use super::expression::{Item, Put, Update};
use super::key::{ESCALATION, Key};
use super::row::{at, ms, parse};
use super::table::{Action, Query, Transacted, item, read};
use super::ticket::placed;
use crate::domain::audit::{Actor, Altered, Entry, Field};
use crate::domain::conversation::{Conversation, TicketStatus};
use crate::domain::escalation::{Deed, Escalation, OpenRequest, Source, Status};
use crate::domain::event::Event;
use crate::domain::figure::of_conversation;
use crate::domain::id::{AuditId, ConversationId, EscalationId, TenantId};
use crate::domain::text::{Line, Note};
use crate::ports::trace;

const WHAT: &str = "escalation";

/// The attribute of `~META` that remembers the open ones.
const REQUESTS: &str = "requests";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct EscalationRow {
    id: String,
    /// Rows that are older than sources have none.
    #[serde(default)]
    source: String,
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    status: String,
    at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    acknowledged: Option<DeedRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resolved: Option<DeedRow>,
}

#[derive(Serialize, Deserialize)]
struct DeedRow {
    by: String,
    /// Milliseconds since the Unix epoch.
    at: i64,
}

impl From<&Escalation> for EscalationRow {
    fn from(escalation: &Escalation) -> Self {
        let deed = |deed: &Deed| DeedRow { by: deed.by.to_string(), at: ms(deed.at) };
        Self {
            id: escalation.id.to_string(),
            source: escalation.source.as_str().to_owned(),
            reason: escalation.reason.to_string(),
            email: escalation.email.as_ref().map(ToString::to_string),
            status: escalation.status().as_str().to_owned(),
            at: ms(escalation.at),
            acknowledged: escalation.acknowledged.as_ref().map(deed),
            resolved: escalation.resolved.as_ref().map(deed),
        }
    }
}

impl TryFrom<EscalationRow> for Escalation {
    type Error = StoreError;

    fn try_from(row: EscalationRow) -> Result<Self, StoreError> {
        let deed = |row: DeedRow| {
            Ok::<_, StoreError>(Deed { by: Line::new(&row.by).map_err(corrupt(WHAT))?, at: at(row.at, WHAT)? })
        };
        Ok(Self {
            id: parse(&row.id, WHAT)?,
            source: Source::stored(&row.source).unwrap_or(Source::Button),
            reason: Note::cut(&row.reason),
            email: row.email.map(|email| parse(&email, WHAT)).transpose()?,
            at: at(row.at, WHAT)?,
            acknowledged: row.acknowledged.map(deed).transpose()?,
            resolved: row.resolved.map(deed).transpose()?,
        })
    }
}

impl Store {
    /// Keeps a request for a person, in the transaction of what asked for it.
    pub(super) fn escalating(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        escalation: &Escalation,
    ) -> Result<Action, StoreError> {
        let key = Key::escalation(tenant, conversation, escalation.id);
        self.conversations.putting(Put::fresh(item(&key, &EscalationRow::from(escalation), WHAT)?))
    }

    /// Moves every open request of `before` to where `after` has it, as the deed of whom `entry` names.
    pub(super) fn moving_requests(
        &self,
        tenant: TenantId,
        (before, after): (&Conversation, &Conversation),
        entry: &Entry,
    ) -> Result<Vec<Action>, StoreError> {
        let Actor::Person(person) = &entry.by else { return Ok(Vec::new()) };
        let deed = || {
            let fields =
                [("by", AttributeValue::S(person.to_string())), ("at", AttributeValue::N(ms(entry.at).to_string()))];
            AttributeValue::M(fields.map(|(name, value)| (name.to_owned(), value)).into())
        };
        let moved = after.requests_since(before).into_iter().filter(|(open, status)| open.status() != *status);
        let update = |(open, status): (OpenRequest, Status)| {
            let mut update = Update::new(Key::escalation(tenant, before.id, open.id)).set("status", status.as_str());
            if !open.is_acknowledged {
                update = update.set("acknowledged", deed());
            }
            if status == Status::Resolved {
                update = update.set("resolved", deed());
            }
            self.conversations.updating(update.when("status", "=", open.status().as_str()))
        };
        moved.map(update).collect()
    }

    /// Keeps a request for a person, opens its ticket unless somebody has it open, and announces it, in one
    /// transaction; false when the ticket was changed in between: nothing of it is kept.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn keep_escalation(
        &self,
        tenant: TenantId,
        before: &Conversation,
        escalation: &Escalation,
        event: &Event,
    ) -> Result<bool, StoreError> {
        let status = before.raised_to(TicketStatus::Open);
        let after = Conversation { is_escalated: true, status: status.unwrap_or(before.status), ..before.clone() };
        let sign = Update::new(Key::meta(tenant, before.id)).set("active_at", ms(escalation.at)).when_present("pk");
        let sign = unmoved(sign, before).when_absent_or("version", "=", before.version);
        let mut asked = escalated(sign, before, escalation);
        let mut actions = vec![self.escalating(tenant, before.id, escalation)?, self.announcing(event)?];
        let counts = of_conversation(before, &after);
        if !counts.is_empty() {
            actions.push(self.counting(tenant, counts)?);
        }
        if let Some(status) = status {
            asked = placed(asked, tenant, before.id, status).set("version", before.version + 1);
            let (from, to) = (before.status.as_str().to_owned(), status.as_str().to_owned());
            let entry = Entry {
                id: AuditId::new(escalation.id.ulid()),
                conversation: before.id,
                by: Actor::Visitor,
                at: escalation.at,
                altered: vec![Altered { what: Field::Status, from, to }],
            };
            actions.push(self.auditing(tenant, &entry)?);
        }
        actions.push(self.conversations.updating(asked)?);
        if let Transacted::Refused(_) = self.conversations.transact(actions).await? {
            return Ok(false);
        }
        trace::announced(event);
        Ok(true)
    }

    /// Reads a request for a person.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_escalation(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        id: EscalationId,
    ) -> Result<Option<Escalation>, StoreError> {
        let row: Option<EscalationRow> =
            self.conversations.find(&Key::escalation(tenant, conversation, id), WHAT).await?;
        row.map(Escalation::try_from).transpose()
    }

    /// Reads every request for a person of a conversation, oldest first.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_escalations(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
    ) -> Result<Vec<Escalation>, StoreError> {
        let query = Query::partition(Key::conversation(tenant, conversation)).between(
            "sk",
            ESCALATION,
            format!("{ESCALATION}~"),
        );
        let rows = self.conversations.all(query).await?.into_iter();
        rows.map(|row: Item| read::<EscalationRow>(row, WHAT)?.try_into()).collect()
    }
}

/// Notes on a conversation that a person was asked for, and where they can answer.
pub(super) fn escalated(update: Update, before: &Conversation, escalation: &Escalation) -> Update {
    let update = update.set("escalated", true);
    let update = with_requests(update, &before.requests, &before.requesting(escalation.id));
    match &escalation.email {
        Some(email) => update.set("contact", email.to_string()),
        None => update,
    }
}

/// Has a conversation remember the requests `after`, and demands that it remembered `before`.
pub(super) fn with_requests(update: Update, before: &[OpenRequest], after: &[OpenRequest]) -> Update {
    let list = |open: &[OpenRequest]| AttributeValue::L(words_of(open).into_iter().map(AttributeValue::S).collect());
    let update = match before {
        [] => update.when_absent(REQUESTS),
        before => update.when(REQUESTS, "=", list(before)),
    };
    if before == after { update } else { update.set_or_remove(REQUESTS, (!after.is_empty()).then(|| list(after))) }
}

/// Requests as a conversation stores them: the id of each, and a mark behind one that somebody has taken up.
pub(super) fn words_of(open: &[OpenRequest]) -> Vec<String> {
    let word = |open: &OpenRequest| format!("{}{}", open.id, if open.is_acknowledged { TAKEN } else { "" });
    open.iter().map(word).collect()
}

/// Reads what [`words_of`] wrote.
pub(super) fn requests_of(words: &[String]) -> Result<Vec<OpenRequest>, StoreError> {
    let request = |word: &String| {
        let id = word.strip_suffix(TAKEN);
        Ok(OpenRequest { id: parse(id.unwrap_or(word), WHAT)?, is_acknowledged: id.is_some() })
    };
    words.iter().map(request).collect()
}

/// What stands behind the id of a request that somebody has taken up.
const TAKEN: &str = "+";
