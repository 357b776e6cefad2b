//! How a webhook fares: `pk = T#<tenant>#HOOK#<webhook>`, `sk = HEALTH`, beside its deliveries. There is none before the
//! first failure.

use serde::{Deserialize, Serialize};

use super::due::place;
use crate::domain::event::Event;
use crate::domain::id::{TenantId, WebhookId};
use crate::domain::webhook::health::Health;
use crate::ports::trace::announced;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::expression::Put;
use crate::store::key::Key;
use crate::store::row::{at, ms, parse};
use crate::store::table::{Transacted, Written, item};

const WHAT: &str = "webhook's health";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    webhook: String,
    /// Milliseconds since the Unix epoch, as all times here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failing_since: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    disabled_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    disabled: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wake: Option<i64>,
    version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi1pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi1sk: Option<String>,
}

impl Row {
    fn of(tenant: TenantId, health: &Health) -> Self {
        let (gsi1pk, gsi1sk) = place(tenant, health.wake, health.webhook.ulid()).unzip();
        Self {
            webhook: health.webhook.to_string(),
            failing_since: health.failing_since.map(ms),
            disabled_at: health.disabled.map(|(at, _)| ms(at)),
            disabled: health.disabled.map(|(_, why)| why.as_str().to_owned()),
            wake: health.wake.map(ms),
            version: health.version,
            gsi1pk,
            gsi1sk,
        }
    }
}

impl TryFrom<Row> for Health {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let moment = |stored: Option<i64>| stored.map(|stored| at(stored, WHAT)).transpose();
        let disabled = match (moment(row.disabled_at)?, row.disabled) {
            (Some(at), Some(why)) => Some((at, parse(&why, WHAT)?)),
            _ => None,
        };
        Ok(Self {
            webhook: parse(&row.webhook, WHAT)?,
            failing_since: moment(row.failing_since)?,
            disabled,
            wake: moment(row.wake)?,
            version: row.version,
        })
    }
}

impl Store {
    /// Reads how a webhook fares.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_health(&self, tenant: TenantId, webhook: WebhookId) -> Result<Health, StoreError> {
        let row: Option<Row> = self.records.find(&Key::health(tenant, webhook), WHAT).await?;
        row.map_or_else(|| Ok(Health::unknown(webhook)), Health::try_from)
    }

    /// Keeps how a webhook fares, over the version `before`; false when that has changed since.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn write_health(&self, tenant: TenantId, before: u64, after: &Health) -> Result<bool, StoreError> {
        Ok(matches!(self.records.put(&over(tenant, before, after)?).await?, Written::Done(_)))
    }

    /// Keeps that the owner of a webhook is told how it fares, with the event that tells them; false when that has
    /// changed since.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn announce_health(
        &self,
        tenant: TenantId,
        before: u64,
        after: &Health,
        event: &Event,
    ) -> Result<bool, StoreError> {
        let actions = vec![self.records.putting(over(tenant, before, after)?)?, self.announcing(event)?];
        let is_done = self.records.transact(actions).await? == Transacted::Done;
        if is_done {
            announced(event);
        }
        Ok(is_done)
    }
}

fn over(tenant: TenantId, before: u64, after: &Health) -> Result<Put, StoreError> {
    let item = item(&Key::health(tenant, after.webhook), &Row::of(tenant, after), WHAT)?;
    Ok(match before {
        0 => Put::fresh(item),
        version => Put::new(item).when("version", "=", version),
    })
}
