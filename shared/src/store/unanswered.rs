//! Questions that nothing answered: `pk = T#<tenant>#UNANSWERED`, `sk = <hash of the question's normal form>`.
//!
//! One row for each, counted in the transaction of the turn that asked it. One that its owner has dismissed is still
//! counted, so that it does not come back the next time that it is asked.

use std::cmp::Reverse;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::Store;
use super::cursor::{Listed, Position};
use super::error::{StoreError, corrupt};
use super::expression::{Item, Update};
use super::key::Key;
use super::row::{at, ms, parse, ttl};
use super::table::{Action, Query, Written, read};
use crate::domain::id::TenantId;
use crate::domain::text::Line;
use crate::domain::unanswered::{KEPT_DAYS, PAGE, Question, QuestionId, Unanswered};

const WHAT: &str = "question";

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

    /// Lists the questions that nothing answered and nobody dismissed, by [`Question::rank`], at most [`PAGE`] at a time.
    /// Every page reads them all, since no key is sorted by what changes with each question.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_unanswered(
        &self,
        tenant: TenantId,
        now: Timestamp,
        after: Option<&Position>,
    ) -> Result<Listed<Question>, StoreError> {
        let mut items: Vec<Question> = Vec::new();
        for item in self.counters.all(Query::partition(Key::unanswered(tenant))).await? {
            let row: Row = read(item, WHAT)?;
            if row.dismissed_at.is_none() && ttl(now) < row.ttl {
                items.push(row.try_into()?);
            }
        }
        if let Some((asked, last_at, id)) = after.map(place_of).transpose()? {
            items.retain(|question| (Reverse(asked), Reverse(last_at), &id) < question.rank());
        }
        items.sort_by(|a, b| a.rank().cmp(&b.rank()));
        let is_over = items.len() <= PAGE;
        items.truncate(PAGE);
        let next = items.last().filter(|_| !is_over).and_then(position);
        Ok(Listed { items, next })
    }

    /// Finds a question that nothing answered and nobody dismissed.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_unanswered(
        &self,
        tenant: TenantId,
        id: &QuestionId,
        now: Timestamp,
    ) -> Result<Option<Question>, StoreError> {
        let found: Option<Row> = self.counters.find(&Key::question(tenant, id), WHAT).await?;
        let listed = found.filter(|row| row.dismissed_at.is_none() && ttl(now) < row.ttl);
        listed.map(Question::try_from).transpose()
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

/// Behind `last`, as it stood then.
fn position(last: &Question) -> Option<Position> {
    let parts = [("asked", last.asked.to_string()), ("at", ms(last.last_at).to_string()), ("id", last.id.to_string())];
    let part = |(name, value): (&str, String)| (name.to_owned(), AttributeValue::S(value));
    Position::of(&parts.map(part).into_iter().collect::<Item>())
}

fn place_of(position: &Position) -> Result<(u64, Timestamp, QuestionId), StoreError> {
    let item = position.item();
    let text = |name| item.get(name).and_then(|part| part.as_s().ok()).map_or("", String::as_str);
    Ok((parse(text("asked"), WHAT)?, at(parse(text("at"), WHAT)?, WHAT)?, parse(text("id"), WHAT)?))
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
        let list = async |now| store.list_unanswered(ours, now, None).await.unwrap().items;
        let listed = list(now(3_000)).await;
        let seen =
            |question: &Question| (question.sample.to_string(), question.asked, question.first_at, question.last_at);
        assert_eq!(
            listed.iter().map(seen).collect::<Vec<_>>(),
            [
                ("Do you repair cameras?".to_owned(), 2, now(1_000), now(2_000)),
                ("Is there wifi?".to_owned(), 1, now(3_000), now(3_000)),
            ]
        );
        let cameras = &listed[0].id;
        assert!(!store.dismiss_question(theirs, cameras, now(4_000)).await.unwrap(), "another's is none");
        for _ in 0..2 {
            assert!(store.dismiss_question(ours, cameras, now(4_000)).await.unwrap());
        }
        ask(&store, ours, "repair my camera", 5_000).await;
        assert_eq!(list(now(5_000)).await.len(), 1);
        let later = 3_000 + KEPT_DAYS * 24 * 3_600;
        assert_eq!(list(now(later - 1)).await.len(), 1);
        assert_eq!(list(now(later)).await, []);
    }

    #[tokio::test]
    async fn more_than_a_thousand_questions_are_listed_whole_and_each_once_the_most_asked_first() {
        let names = TableNames::prefixed(embedded::PREFIX);
        let store = Store::new(&embedded::client().await, &names, Patience::default());
        let ours = TenantId::new(ulid::Ulid(1));
        for n in 0..1_100_u32 {
            let letters: String = n.to_string().bytes().map(|digit| char::from(digit + 49)).collect();
            for _ in 0..=n % 3 {
                ask(&store, ours, &format!("qx{letters}qx"), 1_000 + i64::from(n % 7)).await;
            }
        }
        let now = Timestamp::from_second(2_000).unwrap();
        let (mut seen, mut after, mut pages) = (Vec::new(), None, 0);
        loop {
            let page = store.list_unanswered(ours, now, after.as_ref()).await.unwrap();
            pages += 1;
            seen.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!((seen.len(), pages), (1_100, 11));
        assert!(seen.is_sorted_by(|a, b| a.rank() < b.rank()), "each once, in their order");
    }
}
