//! Reading turns back: all of a thread, one by its message, one by its key.

use super::turn_of;
use crate::domain::conversation::REMEMBERED;
use crate::domain::id::{ConversationId, MessageId, TenantId};
use crate::domain::message::Turn;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::key::{Key, TURN};
use crate::store::table::Query;

impl Store {
    /// Reads the turns whose messages are newer than `after`, oldest first; all when there is none.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_turns(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        after: Option<MessageId>,
    ) -> Result<Vec<Turn>, StoreError> {
        let from = after.map_or_else(|| TURN.to_owned(), |id| format!("{TURN}{id}"));
        let query = Query::partition(Key::conversation(tenant, conversation)).between("sk", from, format!("{TURN}~"));
        self.conversations.all(query).await?.into_iter().map(turn_of).collect()
    }

    /// Reads the turn that begins with `message`.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_message(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        message: MessageId,
    ) -> Result<Option<Turn>, StoreError> {
        let found = self.conversations.find_item(&Key::turn(tenant, conversation, message)).await?;
        found.map(turn_of).transpose()
    }

    /// Finds the turn with `key` among the newest that a conversation remembers.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_turn(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        key: &str,
    ) -> Result<Option<Turn>, StoreError> {
        let remembered = u16::try_from(REMEMBERED).unwrap_or(u16::MAX);
        let query = Query::partition(Key::conversation(tenant, conversation))
            .between("sk", TURN, format!("{TURN}~"))
            .descending()
            .limit(remembered);
        for item in self.conversations.page(&query).await?.items {
            let turn = turn_of(item)?;
            if turn.key == key {
                return Ok(Some(turn));
            }
        }
        Ok(None)
    }
}
