//! Webhooks: `pk = T#<tenant>#WEBHOOKS`, `sk = <id>`, beside what a turn reads of a business; what they were told is in
//! another table (`delivery`), so that what connects to foreign addresses has no write right here.
//!
//! The secrets that sign are in the row as they are: they are kept to be used, and the table is encrypted with the
//! deployment's own key.

mod delivery;
mod due;
mod health;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use due::Due;

use super::Store;
use super::catalog::{Saved, saved};
use super::error::{StoreError, corrupt};
use super::expression::{Delete, Item, Put};
use super::key::Key;
use super::row::{at, ms, parse};
use super::table::{Query, Written, item, read};
use crate::domain::id::{TenantId, WebhookId};
use crate::domain::text::Note;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::secret::Secrets;

const WHAT: &str = "webhook";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    id: String,
    url: String,
    kind: String,
    events: Vec<String>,
    description: String,
    active: bool,
    /// Milliseconds since the Unix epoch, as all times here.
    armed_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous_until: Option<i64>,
    created_at: i64,
    version: u64,
}

impl From<&Webhook> for Row {
    fn from(webhook: &Webhook) -> Self {
        let previous = webhook.secrets.as_ref().and_then(|secrets| secrets.previous.as_ref());
        Self {
            id: webhook.id.to_string(),
            url: webhook.url.url().to_string(),
            kind: webhook.form.as_str().to_owned(),
            events: webhook.topics.iter().map(|topic| topic.as_str().to_owned()).collect(),
            description: webhook.description.to_string(),
            active: webhook.is_active,
            armed_at: ms(webhook.armed_at),
            secret: webhook.secrets.as_ref().map(|secrets| secrets.current.reveal()),
            previous: previous.map(|(secret, _)| secret.reveal()),
            previous_until: previous.map(|(_, until)| ms(*until)),
            created_at: ms(webhook.created_at),
            version: webhook.version,
        }
    }
}

impl TryFrom<Row> for Webhook {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let secret = |text: String| parse(&text, WHAT);
        let previous = match (row.previous, row.previous_until) {
            (Some(text), Some(until)) => Some((secret(text)?, at(until, WHAT)?)),
            _ => None,
        };
        let secrets = row.secret.map(secret).transpose()?.map(|current| Secrets { current, previous });
        Ok(Self {
            id: parse(&row.id, WHAT)?,
            url: parse(&row.url, WHAT)?,
            form: parse(&row.kind, WHAT)?,
            topics: row.events.iter().map(|word| parse(word, WHAT)).collect::<Result<BTreeSet<_>, _>>()?,
            description: Note::new(&row.description).map_err(corrupt(WHAT))?,
            is_active: row.active,
            armed_at: at(row.armed_at, WHAT)?,
            secrets,
            created_at: at(row.created_at, WHAT)?,
            version: row.version,
        })
    }
}

impl Store {
    /// Lists every webhook of a tenant, the oldest first.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_webhooks(&self, tenant: TenantId) -> Result<Vec<Webhook>, StoreError> {
        let query = Query::partition(Key::webhooks(tenant));
        self.tenants.all(query).await?.into_iter().map(webhook_of).collect()
    }

    /// Reads a webhook.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_webhook(&self, tenant: TenantId, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
        self.tenants.find_item(&Key::webhook(tenant, id)).await?.map(webhook_of).transpose()
    }

    /// Writes a webhook: a new one when no version is expected, else over the one of that version.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn put_webhook(
        &self,
        tenant: TenantId,
        webhook: &Webhook,
        expected_version: Option<u64>,
    ) -> Result<Saved, StoreError> {
        let item = item(&Key::webhook(tenant, webhook.id), &Row::from(webhook), WHAT)?;
        let put = match expected_version {
            Some(version) => Put::new(item).when("version", "=", version),
            None => Put::fresh(item),
        };
        Ok(match self.tenants.put(&put).await? {
            Written::Done(_) => Saved::Done,
            Written::Refused(_) if expected_version.is_none() => Saved::Exists,
            Written::Refused(Some(_)) => Saved::Stale,
            Written::Refused(None) => Saved::Missing,
        })
    }

    /// Removes the webhook of that version. What it was told is nobody's any more, and goes by itself.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn delete_webhook(
        &self,
        tenant: TenantId,
        id: WebhookId,
        expected_version: u64,
    ) -> Result<Saved, StoreError> {
        let delete = Delete::new(Key::webhook(tenant, id)).when("version", "=", expected_version);
        Ok(saved(self.tenants.transact(vec![self.tenants.deleting(delete)?]).await?))
    }
}

fn webhook_of(found: Item) -> Result<Webhook, StoreError> {
    read::<Row>(found, WHAT)?.try_into()
}

#[cfg(test)]
mod tests;
