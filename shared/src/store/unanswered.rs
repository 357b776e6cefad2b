//! Questions that nothing answered: `pk = T#<tenant>#UNANSWERED`, `sk = <hash of the question's normal form>`.
//!
//! One row for each, counted in the transaction of the turn that asked it. One that its owner has dismissed is still
//! counted, so that it does not come back the next time that it is asked.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::Store;
use super::error::{StoreError, corrupt};
use super::expression::Update;
use super::key::Key;
use super::row::{at, ms, parse, ttl};
use super::table::{Action, Query, Written, read};
use crate::domain::id::TenantId;
use crate::domain::text::Line;
use crate::domain::unanswered::{KEPT_DAYS, Question, QuestionId, Unanswered};

const WHAT: &str = "question";

/// The most rows that are read for a list; whoever is asked more than that in 90 days is shown a sample.
const MOST: u16 = 1_000;

/// The stored form, as far as it is read. Renaming a field here is a migration.
#[derive(Deserialize)]
struct Row {
    sk: String,
    sample: String,
    asked: u64,
    /// Milliseconds since the Unix epoch, as all times here.
    first_at: i64,
    last_at: i64,
    #[serde(default)]
    dismissed_at: Option<i64>,
    ttl: i64,
}

impl TryFrom<Row> for Question {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: parse(&row.sk, WHAT)?,
            sample: Line::new(&row.sample).map_err(corrupt(WHAT))?,
            asked: row.asked,
            first_at: at(row.first_at, WHAT)?,
            last_at: at(row.last_at, WHAT)?,
        })
    }
}

impl Store {
    /// Counts a question once more.
    pub(super) fn noting(&self, tenant: TenantId, question: &Unanswered, now: Timestamp) -> Result<Action, StoreError> {
        let update = Update::new(Key::question(tenant, &question.id))
            .add("asked", 1_u64)
            .set_from("sample", "sample", question.sample.as_str())
            .set_from("first_at", "first_at", ms(now))
            .set("last_at", ms(now))
            .set("ttl", ttl(now + SignedDuration::from_hours(24 * KEPT_DAYS)));
        self.counters.updating(update)
    }

    /// Lists the questions that nothing answered and nobody dismissed, in no order; of more than a thousand, any
    /// thousand.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_unanswered(&self, tenant: TenantId, now: Timestamp) -> Result<Vec<Question>, StoreError> {
        let query = Query::partition(Key::unanswered(tenant)).limit(MOST);
        let mut questions = Vec::new();
        for item in self.counters.page(&query).await?.items {
            let row: Row = read(item, WHAT)?;
            if row.dismissed_at.is_none() && ttl(now) < row.ttl {
                questions.push(row.try_into()?);
            }
        }
        Ok(questions)
    }

    /// Takes a question from the list; false when there is none with this id. Repeating it changes nothing.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn dismiss_question(
        &self,
        tenant: TenantId,
        id: &QuestionId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let update = Update::new(Key::question(tenant, id)).set("dismissed_at", ms(now)).when_present("pk");
        Ok(matches!(self.counters.update(&update).await?, Written::Done(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::table::Transacted;
    use crate::store::{Patience, TableNames, embedded};

    async fn ask(store: &Store, tenant: TenantId, text: &str, at: i64) {
        let question = Unanswered::of(text, "en").unwrap();
        let noting = store.noting(tenant, &question, Timestamp::from_second(at).unwrap()).unwrap();
        assert_eq!(store.counters.transact(vec![noting]).await.unwrap(), Transacted::Done);
    }

    #[tokio::test]
    async fn a_question_is_counted_kept_for_ninety_days_and_dismissed_for_good() {
        let names = TableNames::prefixed(embedded::PREFIX);
        let store = Store::new(&embedded::client().await, &names, Patience::default());
        let (ours, theirs) = (TenantId::new(ulid::Ulid(1)), TenantId::new(ulid::Ulid(2)));
        ask(&store, ours, "Do you repair cameras?", 1_000).await;
        ask(&store, ours, "camera repairs", 2_000).await;
        ask(&store, ours, "Is there wifi?", 3_000).await;
        ask(&store, theirs, "Is there wifi?", 3_000).await;
        let now = |second| Timestamp::from_second(second).unwrap();
        let mut listed = store.list_unanswered(ours, now(3_000)).await.unwrap();
        listed.sort_by_key(|question| question.asked);
        let seen =
            |question: &Question| (question.sample.to_string(), question.asked, question.first_at, question.last_at);
        assert_eq!(
            listed.iter().map(seen).collect::<Vec<_>>(),
            [
                ("Is there wifi?".to_owned(), 1, now(3_000), now(3_000)),
                ("Do you repair cameras?".to_owned(), 2, now(1_000), now(2_000)),
            ]
        );
        let cameras = &listed[1].id;
        assert!(!store.dismiss_question(theirs, cameras, now(4_000)).await.unwrap(), "another's is none");
        for _ in 0..2 {
            assert!(store.dismiss_question(ours, cameras, now(4_000)).await.unwrap());
        }
        ask(&store, ours, "repair my camera", 5_000).await;
        assert_eq!(store.list_unanswered(ours, now(5_000)).await.unwrap().len(), 1);
        let later = 3_000 + KEPT_DAYS * 24 * 3_600;
        assert_eq!(store.list_unanswered(ours, now(later - 1)).await.unwrap().len(), 1);
        assert_eq!(store.list_unanswered(ours, now(later)).await.unwrap(), []);
    }
}
