//! Feedback: `pk = T#<tenant>#C#<conversation>`, `sk = FEEDBACK`. One row at most for each conversation, which goes
//! when its conversation goes.
//!
//! The day's figures count conversations by their stars: their sum is how many were rated,
//! and with the stars as weights their mean. A change moves its conversation from one to the other on the day that
//! it was first rated, so that no day ever counts what it did not see.

use serde::{Deserialize, Serialize};

use super::Store;
use super::conversation::expiry;
use super::error::{StoreError, corrupt};
use super::expression::{Put, Update};
use super::key::Key;
use super::row::{at, ms};
use super::table::{Transacted, item};
use crate::domain::feedback::{Feedback, Opinion, Rating};
use crate::domain::figure::{Count, Figure};
use crate::domain::id::{ConversationId, TenantId};
use crate::domain::text::Note;

const WHAT: &str = "feedback";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    /// 1 to 5.
    stars: u8,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    comment: String,
    /// Milliseconds since the Unix epoch, as all times here.
    given_at: i64,
    changed_at: i64,
    version: u64,
    ttl: i64,
}

impl From<&Feedback> for Row {
    fn from(feedback: &Feedback) -> Self {
        Self {
            stars: feedback.opinion.rating.stars(),
            comment: feedback.opinion.comment.to_string(),
            given_at: ms(feedback.given_at),
            changed_at: ms(feedback.changed_at),
            version: feedback.version,
            ttl: expiry(feedback.changed_at),
        }
    }
}

impl TryFrom<Row> for Feedback {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let rating = Rating::new(row.stars.into()).map_err(corrupt(WHAT))?;
        Ok(Self {
            opinion: Opinion { rating, comment: Note::cut(&row.comment) },
            given_at: at(row.given_at, WHAT)?,
            changed_at: at(row.changed_at, WHAT)?,
            version: row.version,
        })
    }
}

impl Store {
    /// Reads the feedback on a conversation, if its visitor gave any.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_feedback(&self, tenant: TenantId, id: ConversationId) -> Result<Option<Feedback>, StoreError> {
        let row: Option<Row> = self.conversations.find(&Key::feedback(tenant, id), WHAT).await?;
        row.map(Feedback::try_from).transpose()
    }

    /// Keeps `after` in place of `before`, with the day's figures and the visitor's sign on their conversation, in
    /// one transaction; false when another came in between, or the conversation is gone.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn keep_feedback(
        &self,
        tenant: TenantId,
        id: ConversationId,
        before: Option<&Feedback>,
        after: &Feedback,
    ) -> Result<bool, StoreError> {
        let row = Put::new(item(&Key::feedback(tenant, id), &Row::from(after), WHAT)?);
        let row = match before {
            None => row.when_absent("pk"),
            Some(before) => row.when("version", "=", before.version),
        };
        let sign = Update::new(Key::meta(tenant, id))
            .set("active_at", ms(after.changed_at))
            .set("ttl", expiry(after.changed_at))
            .when_present("pk");
        let mut actions = vec![self.conversations.putting(row)?, self.conversations.updating(sign)?];
        let (old, new) = (before.map(|before| before.opinion.rating), after.opinion.rating);
        if old != Some(new) {
            let moved = old.map(|old| (old, -1)).into_iter().chain([(new, 1)]);
            let count = |(rating, by)| Count { figure: Figure::Rated(rating), by, at: after.given_at };
            actions.push(self.counting(tenant, moved.map(count))?);
        }
        Ok(self.conversations.transact(actions).await? == Transacted::Done)
    }
}
