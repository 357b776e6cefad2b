//! The audit trail: `pk = T#<tenant>#C#<conversation>`, `sk = AUDIT#<entry>`, beside what was changed, and in the
//! index of the inbox under `T#<tenant>#AUDIT`, so that one write serves the ticket and the whole business.
//!
//! An entry is written in the transaction of its change, and never again.

use serde::{Deserialize, Serialize};

use super::Store;
use super::cursor::{Listed, Position};
use super::error::{StoreError, corrupt};
use super::expression::{IntoValue as _, Item, Put};
use super::key::{AUDIT, INBOX_PK, INBOX_SK, Key, conversation_of};
use super::row::{at, ms, parse, ttl};
use super::table::{Action, Query, item, read};
use crate::domain::audit::{Actor, Altered, Entry, Field};
use crate::domain::id::{ConversationId, TenantId};
use crate::domain::text::Line;

const WHAT: &str = "audit entry";

/// How long an entry is kept: longer than the conversation, whose year may end meanwhile.
const KEPT_DAYS: i64 = 2 * 365;

/// Who changes a ticket without being a person of the business.
const ASSISTANT: &str = "assistant";
const VISITOR: &str = "visitor";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    #[serde(skip_serializing)]
    pk: String,
    #[serde(skip_serializing)]
    sk: String,
    by: String,
    /// The id of the person, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    /// Milliseconds since the Unix epoch.
    at: i64,
    altered: Vec<AlteredRow>,
    #[serde(default)]
    ttl: i64,
}

#[derive(Serialize, Deserialize)]
struct AlteredRow {
    what: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    from: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    to: String,
}

impl From<&Entry> for Row {
    fn from(entry: &Entry) -> Self {
        let (by, person) = match &entry.by {
            Actor::Person(person) => ("person", Some(person.to_string())),
            Actor::Assistant => (ASSISTANT, None),
            Actor::Visitor => (VISITOR, None),
        };
        let altered = |altered: &Altered| AlteredRow {
            what: altered.what.as_str().to_owned(),
            from: altered.from.clone(),
            to: altered.to.clone(),
        };
        Self {
            pk: String::new(),
            sk: String::new(),
            by: by.to_owned(),
            person,
            at: ms(entry.at),
            altered: entry.altered.iter().map(altered).collect(),
            ttl: ttl(entry.at) + KEPT_DAYS * 24 * 3_600,
        }
    }
}

fn entry_of(item: Item) -> Result<Entry, StoreError> {
    let row: Row = read(item, WHAT)?;
    let id = row.sk.strip_prefix(AUDIT).ok_or_else(|| corrupt(WHAT)("not the key of an entry"))?;
    let conversation = conversation_of(&row.pk).ok_or_else(|| corrupt(WHAT)("not the key of a conversation"))?;
    let by = match (row.by.as_str(), row.person) {
        (ASSISTANT, None) => Actor::Assistant,
        (VISITOR, None) => Actor::Visitor,
        (_, Some(person)) => Actor::Person(Line::new(&person).map_err(corrupt(WHAT))?),
        (_, None) => return Err(corrupt(WHAT)("nobody did it")),
    };
    let altered = |row: AlteredRow| {
        let what = Field::stored(&row.what).ok_or_else(|| corrupt(WHAT)("unknown field"))?;
        Ok(Altered { what, from: row.from, to: row.to })
    };
    Ok(Entry {
        id: parse(id, WHAT)?,
        conversation: parse(conversation, WHAT)?,
        by,
        at: at(row.at, WHAT)?,
        altered: row.altered.into_iter().map(altered).collect::<Result<_, StoreError>>()?,
    })
}

impl Store {
    /// Keeps an entry, in the transaction of what it tells of.
    pub(super) fn auditing(&self, tenant: TenantId, entry: &Entry) -> Result<Action, StoreError> {
        let mut row = item(&Key::audit(tenant, entry.conversation, entry.id), &Row::from(entry), WHAT)?;
        row.insert(INBOX_PK.to_owned(), Key::all_audit(tenant).into_value());
        row.insert(INBOX_SK.to_owned(), entry.id.to_string().into_value());
        self.conversations.putting(Put::fresh(row))
    }

    /// Reads what was changed of one ticket, oldest first.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn audit_of(&self, tenant: TenantId, id: ConversationId) -> Result<Vec<Entry>, StoreError> {
        let query = Query::partition(Key::conversation(tenant, id)).between("sk", AUDIT, format!("{AUDIT}~"));
        self.conversations.all(query).await?.into_iter().map(entry_of).collect()
    }

    /// Lists what was changed of all tickets, newest first, `limit` at a time, as of a moment ago.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_audit(
        &self,
        tenant: TenantId,
        limit: u16,
        after: Option<&Position>,
    ) -> Result<Listed<Entry>, StoreError> {
        let query = Query::index("by_inbox", INBOX_PK, Key::all_audit(tenant))
            .descending()
            .limit(limit)
            .after(after.map(Position::item));
        self.conversations.list(query, |row| Ok(Some(entry_of(row)?))).await
    }
}
