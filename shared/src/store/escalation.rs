//! Requests for a person: `pk = T#<tenant>#C#<conversation>`, `sk = ESCALATION#<escalation>`. Written in the transaction
//! of whatever asked: a turn, or the visitor's own button.

use serde::{Deserialize, Serialize};

use super::Store;
use super::conversation::unmoved;
use super::error::StoreError;
use super::expression::{Put, Update};
use super::key::Key;
use super::row::{at, ms, parse};
use super::table::{Action, Transacted, item};
use super::ticket::placed;
use crate::domain::audit::{Actor, Altered, Entry, Field};
use crate::domain::conversation::{Conversation, TicketStatus};
use crate::domain::escalation::Escalation;
use crate::domain::event::Event;
use crate::domain::figure::of_conversation;
use crate::domain::id::{AuditId, ConversationId, EscalationId, TenantId};
use crate::domain::text::Note;
use crate::ports::trace;

/// The stored form of an escalation.
#[derive(Serialize, Deserialize)]
struct EscalationRow {
    id: String,
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    status: String,
    at: i64,
}

impl Store {
    /// Keeps a request for a person, in the transaction of what asked for it.
    pub(super) fn escalating(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        escalation: &Escalation,
    ) -> Result<Action, StoreError> {
        let row = EscalationRow {
            id: escalation.id.to_string(),
            reason: escalation.reason.to_string(),
            email: escalation.email.as_ref().map(ToString::to_string),
            status: "PENDING".to_owned(),
            at: ms(escalation.at),
        };
        let key = Key::escalation(tenant, conversation, escalation.id);
        self.conversations.putting(Put::fresh(item(&key, &row, "escalation")?))
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
        let mut asked = escalated(sign, escalation);
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
            self.conversations.find(&Key::escalation(tenant, conversation, id), "escalation").await?;
        row.map(|row| {
            Ok(Escalation {
                id: parse(&row.id, "escalation")?,
                reason: Note::cut(&row.reason),
                email: row.email.map(|email| parse(&email, "escalation")).transpose()?,
                at: at(row.at, "escalation")?,
            })
        })
        .transpose()
    }
}

/// Notes on a conversation that a person was asked for, and where they can answer.
pub(super) fn escalated(update: Update, escalation: &Escalation) -> Update {
    let update = update.set("escalated", true);
    match &escalation.email {
        Some(email) => update.set("contact", email.to_string()),
        None => update,
    }
}
