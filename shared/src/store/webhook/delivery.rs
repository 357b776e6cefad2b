//! Deliveries: `pk = T#<tenant>#HOOK#<webhook>`, `sk = DELIVERY#<id>`, sorted by when their event happened.
//!
//! Each is written whole, over the version that was read: of two workers at one attempt the store lets one begin. While
//! it is not over, index `by_deadline` knows when somebody has to look at it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::due::place;
use crate::domain::event::Event;
use crate::domain::id::{DeliveryId, TenantId, WebhookId};
use crate::domain::webhook::Topic;
use crate::domain::webhook::delivery::{Delivery, KEPT, News, Status};
use crate::ports::trace::announced;
use crate::store::Store;
use crate::store::cursor::{Listed, Position};
use crate::store::error::{StoreError, corrupt};
use crate::store::expression::{Item, Put};
use crate::store::key::{DELIVERY, Key};
use crate::store::outbox::Told;
use crate::store::row::{at, ms, parse, ttl};
use crate::store::table::{Query, Transacted, Written, item, read};

const WHAT: &str = "delivery";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    id: String,
    webhook: String,
    /// What happened; none for a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    told: Option<Told>,
    /// Milliseconds since the Unix epoch, as all times here.
    at: i64,
    /// `waiting`, `sending`, `delivered` or `given_up`; since or until when, and why.
    status: String,
    status_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wake: Option<i64>,
    tries: u32,
    attempts: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_at: Option<i64>,
    version: u64,
    ttl: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi1pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi1sk: Option<String>,
}

impl Row {
    fn of(tenant: TenantId, delivery: &Delivery) -> Self {
        let (status, status_at, why) = match delivery.status {
            Status::Waiting { due } => ("waiting", due, None),
            Status::Sending { until } => ("sending", until, None),
            Status::Delivered { at } => ("delivered", at, None),
            Status::GivenUp { at, why } => ("given_up", at, Some(why.as_str().to_owned())),
        };
        let told = match delivery.news {
            News::Test => None,
            News::Happened(what, _) => Some(what.into()),
        };
        let (gsi1pk, gsi1sk) = place(tenant, delivery.wake, delivery.id.ulid()).unzip();
        Self {
            id: delivery.id.to_string(),
            webhook: delivery.webhook.to_string(),
            told,
            at: ms(delivery.at),
            status: status.to_owned(),
            status_at: ms(status_at),
            why,
            wake: delivery.wake.map(ms),
            tries: delivery.tries,
            attempts: delivery.attempts,
            last: delivery.last.map(|(_, answer)| answer.to_string()),
            last_at: delivery.last.map(|(at, _)| ms(at)),
            version: delivery.version,
            ttl: ttl(delivery.at + KEPT),
            gsi1pk,
            gsi1sk,
        }
    }
}

impl TryFrom<Row> for Delivery {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let since = at(row.status_at, WHAT)?;
        let status = match row.status.as_str() {
            "waiting" => Status::Waiting { due: since },
            "sending" => Status::Sending { until: since },
            "delivered" => Status::Delivered { at: since },
            "given_up" => Status::GivenUp { at: since, why: parse(row.why.as_deref().unwrap_or_default(), WHAT)? },
            _ => return Err(corrupt(WHAT)("unknown status")),
        };
        let news = match row.told {
            None => News::Test,
            Some(told) => {
                let what = told.try_into()?;
                News::Happened(what, Topic::of(&what).ok_or_else(|| corrupt(WHAT)("an event that is not told"))?)
            }
        };
        let last = match (row.last_at, row.last) {
            (Some(ended), Some(answer)) => Some((at(ended, WHAT)?, parse(&answer, WHAT)?)),
            _ => None,
        };
        Ok(Self {
            id: parse(&row.id, WHAT)?,
            webhook: parse(&row.webhook, WHAT)?,
            news,
            at: at(row.at, WHAT)?,
            status,
            wake: row.wake.map(|wake| at(wake, WHAT)).transpose()?,
            tries: row.tries,
            attempts: row.attempts,
            last,
            version: row.version,
        })
    }
}

impl Store {
    /// Keeps a delivery whose first attempt is begun; the one there is, when the event has come before.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn begin_delivery(&self, tenant: TenantId, fresh: &Delivery) -> Result<Option<Delivery>, StoreError> {
        match self.records.put(&Put::fresh(item_of(tenant, fresh)?)).await? {
            Written::Done(_) => Ok(None),
            Written::Refused(Some(known)) => delivery_of(known).map(Some),
            Written::Refused(None) => Err(corrupt(WHAT)("a delivery is there, and cannot be seen")),
        }
    }

    /// Reads a delivery.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_delivery(
        &self,
        tenant: TenantId,
        webhook: WebhookId,
        id: DeliveryId,
    ) -> Result<Option<Delivery>, StoreError> {
        let found = self.records.find_item(&Key::delivery(tenant, webhook, id)).await?;
        found.map(delivery_of).transpose()
    }

    /// Writes a delivery over the version `before`; false when it has changed since.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn write_delivery(&self, tenant: TenantId, before: u64, after: &Delivery) -> Result<bool, StoreError> {
        let put = Put::new(item_of(tenant, after)?).when("version", "=", before);
        Ok(matches!(self.records.put(&put).await?, Written::Done(_)))
    }

    /// Writes a delivery, over the version `before` or as a new one, with the event that has it tried; false when it
    /// has changed since.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn announce_delivery(
        &self,
        tenant: TenantId,
        before: Option<u64>,
        after: &Delivery,
        event: &Event,
    ) -> Result<bool, StoreError> {
        let item = item_of(tenant, after)?;
        let put = match before {
            Some(version) => Put::new(item).when("version", "=", version),
            None => Put::fresh(item),
        };
        let actions = vec![self.records.putting(put)?, self.announcing(event)?];
        let is_done = self.records.transact(actions).await? == Transacted::Done;
        if is_done {
            announced(event);
        }
        Ok(is_done)
    }

    /// Lists what a webhook was told, newest events first, `limit` at a time.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_deliveries(
        &self,
        tenant: TenantId,
        webhook: WebhookId,
        (now, limit): (Timestamp, u16),
        after: Option<&Position>,
    ) -> Result<Listed<Delivery>, StoreError> {
        let query = Query::partition(Key::deliveries(tenant, webhook))
            .between("sk", DELIVERY, format!("{DELIVERY}~"))
            .descending()
            .limit(limit)
            .after(after.map(Position::item));
        let kept = |found| delivery_of(found).map(|delivery| Some(delivery).filter(|one| now < one.at + KEPT));
        self.records.list(query, kept).await
    }
}

fn item_of(tenant: TenantId, delivery: &Delivery) -> Result<Item, StoreError> {
    item(&Key::delivery(tenant, delivery.webhook, delivery.id), &Row::of(tenant, delivery), WHAT)
}

fn delivery_of(found: Item) -> Result<Delivery, StoreError> {
    read::<Row>(found, WHAT)?.try_into()
}
