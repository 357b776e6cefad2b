//! Canned replies: `pk = T#<tenant>#CANNED`, `sk = <id>`, apart from what a turn reads of a business.

use serde::{Deserialize, Serialize};

use super::Store;
use super::catalog::{Saved, saved};
use super::error::{StoreError, corrupt};
use super::expression::{Delete, Item, Put};
use super::key::Key;
use super::row::parse;
use super::table::{Query, Written, item, read};
use crate::domain::canned_reply::{CannedReply, CannedReplyDraft};
use crate::domain::id::{CannedReplyId, TenantId};

const WHAT: &str = "canned reply";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    id: String,
    title: String,
    text: String,
    version: u64,
}

impl Store {
    /// Lists every canned reply of a tenant, the oldest first.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_canned_replies(&self, tenant: TenantId) -> Result<Vec<CannedReply>, StoreError> {
        let query = Query::partition(Key::canned_replies(tenant));
        self.tenants.all(query).await?.into_iter().map(reply_of).collect()
    }

    /// Reads a canned reply.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_canned_reply(
        &self,
        tenant: TenantId,
        id: CannedReplyId,
    ) -> Result<Option<CannedReply>, StoreError> {
        self.tenants.find_item(&Key::canned_reply(tenant, id)).await?.map(reply_of).transpose()
    }

    /// Writes a canned reply: a new one when no version is expected, else over the one of that version.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn put_canned_reply(
        &self,
        tenant: TenantId,
        reply: &CannedReply,
        expected_version: Option<u64>,
    ) -> Result<Saved, StoreError> {
        let row = Row {
            id: reply.id.to_string(),
            title: reply.title.to_string(),
            text: reply.text.to_string(),
            version: reply.version,
        };
        let item = item(&Key::canned_reply(tenant, reply.id), &row, WHAT)?;
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

    /// Removes the canned reply of that version.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn delete_canned_reply(
        &self,
        tenant: TenantId,
        id: CannedReplyId,
        expected_version: u64,
    ) -> Result<Saved, StoreError> {
        let delete = Delete::new(Key::canned_reply(tenant, id)).when("version", "=", expected_version);
        Ok(saved(self.tenants.transact(vec![self.tenants.deleting(delete)?]).await?))
    }
}

fn reply_of(found: Item) -> Result<CannedReply, StoreError> {
    let row: Row = read(found, WHAT)?;
    let draft = CannedReplyDraft { title: row.title, text: row.text };
    draft.check(parse(&row.id, WHAT)?, row.version).map_err(corrupt(WHAT))
}
