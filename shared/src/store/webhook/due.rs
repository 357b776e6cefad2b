//! What time brings about of webhooks: index `by_deadline` names deliveries that somebody has to look at, and webhooks
//! that were switched off and whose owner has not been told. It is a moment old: the row itself says how it is now.

use jiff::Timestamp;
use ulid::Ulid;

use crate::domain::id::{DeliveryId, TenantId, WebhookId};
use crate::store::Store;
use crate::store::booking::instant;
use crate::store::cursor::{Listed, Position};
use crate::store::error::{StoreError, corrupt};
use crate::store::expression::Item;
use crate::store::key::{DELIVERY, Deadline, HEALTH, webhook_of};
use crate::store::row::parse;
use crate::store::table::Query;

const WHAT: &str = "webhook";

/// Something of a webhook that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Whose it is.
    pub tenant: TenantId,
    /// Which webhook.
    pub webhook: WebhookId,
    /// Which delivery; none: how the webhook fares.
    pub delivery: Option<DeliveryId>,
}

/// The place in the index of what has the id `id` and is to be looked at by `wake`; none: never.
pub(super) fn place(tenant: TenantId, wake: Option<Timestamp>, id: Ulid) -> Option<(String, String)> {
    wake.map(|wake| (Deadline::Webhook.of_webhook(id), format!("{}#{tenant}#{id}", instant(wake))))
}

impl Store {
    /// Lists what is due of webhooks of all tenants, in the same way as [`Store::list_ended_holds`].
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_due_deliveries(
        &self,
        shard: u8,
        now: Timestamp,
        limit: u16,
        after: Option<&Position>,
    ) -> Result<Listed<Result<Due, StoreError>>, StoreError> {
        let query = Query::index("by_deadline", "gsi1pk", Deadline::Webhook.shard(shard))
            .between("gsi1sk", "0", format!("{}$", instant(now)))
            .limit(limit)
            .after(after.map(Position::item));
        let page = self.records.page(&query).await?;
        let items = page.items.into_iter().map(named).collect();
        Ok(Listed { items, next: page.next.as_ref().and_then(Position::of) })
    }
}

/// What an entry of the index names.
fn named(found: Item) -> Result<Due, StoreError> {
    let key = |name: &str| found.get(name).and_then(|key| key.as_s().ok()).map(String::as_str).unwrap_or_default();
    let shape = || corrupt(WHAT)("a key of another shape");
    let (tenant, webhook) = webhook_of(key("pk")).ok_or_else(shape)?;
    let delivery = match key("sk") {
        HEALTH => None,
        sk => Some(parse(sk.strip_prefix(DELIVERY).ok_or_else(shape)?, WHAT)?),
    };
    Ok(Due { tenant: parse(tenant, WHAT)?, webhook: parse(webhook, WHAT)?, delivery })
}
