//! Recounts: `pk = T#<tenant>`, `sk = RECOUNT#<date>`: what a day's turns come to, as far as they were read, and what
//! was asked in them. The newest says where reading goes on.
//!
//! Written whole, on the condition that it is as it was read: of two runs at once one goes on. The figures are named as
//! on the day's own item; samples of questions go with the row, a year after their day, as the turns they are of.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Store;
use super::error::{StoreError, corrupt};
use super::expression::{Item, Put};
use super::figure::{name_of, tally_of};
use super::key::{Key, RECOUNT};
use super::row::{at, ms, parse, ttl};
use super::table::{Query, Written, item, read};
use crate::domain::asked::{Asked, Asker, Form, Questions};
use crate::domain::id::TenantId;
use crate::domain::recount::Recount;

const WHAT: &str = "recount";

/// How long after its day a recount is kept.
const KEPT_DAYS: i64 = 366;

/// The stored form but for the figures. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    #[serde(skip_serializing)]
    sk: String,
    /// Milliseconds since the Unix epoch.
    until: i64,
    whole: bool,
    second: bool,
    checked: bool,
    #[serde(default)]
    asked: Vec<AskedRow>,
    #[serde(default)]
    slack: u64,
    ttl: i64,
}

/// Short names: there are up to a hundred of these.
#[derive(Serialize, Deserialize)]
struct AskedRow {
    #[serde(rename = "q")]
    sample: String,
    #[serde(rename = "n")]
    times: u64,
    #[serde(rename = "b", default, skip_serializing_if = "is_zero")]
    before: u64,
    /// The only conversation that asked it; none: there were several.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl Store {
    /// The newest recount: the one that goes on, or the last that was finished.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn last_recount(&self, tenant: TenantId) -> Result<Option<Recount>, StoreError> {
        let query = Query::partition(partition(tenant)).between("sk", RECOUNT, format!("{RECOUNT}~"));
        let newest = self.counters.page(&query.descending().limit(1)).await?.items;
        newest.into_iter().next().map(recount_of).transpose()
    }

    /// Reads what was asked on the days from `first` to `last`, both included, as of a moment ago. One item a day at
    /// most, whatever was said.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_questions(&self, tenant: TenantId, first: Date, last: Date) -> Result<Questions, StoreError> {
        let (from, to) = (Key::recount(tenant, first), Key::recount(tenant, last));
        let query = Query::partition(partition(tenant)).between("sk", from.sk(), to.sk()).of_a_moment_ago();
        let mut questions = Questions::default();
        for item in self.counters.all(query).await? {
            questions.merge(recount_of(item)?.questions);
        }
        Ok(questions)
    }

    /// Keeps a recount in place of `before`; false when that is no longer what is kept.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn keep_recount(
        &self,
        tenant: TenantId,
        before: Option<&Recount>,
        after: &Recount,
    ) -> Result<bool, StoreError> {
        let key = Key::recount(tenant, after.day);
        let mut row = item(&key, &Row::from(after), WHAT)?;
        row.extend(after.tally.iter().map(|(figure, by)| (name_of(figure), AttributeValue::N(by.to_string()))));
        let put = match before {
            None => Put::fresh(row),
            Some(before) => Put::new(row)
                .when("until", "=", ms(before.until))
                .when("second", "=", before.is_second_look)
                .when("checked", "=", before.is_checked),
        };
        Ok(matches!(self.counters.put(&put).await?, Written::Done(_)))
    }
}

fn partition(tenant: TenantId) -> String {
    Key::meter(tenant).pk().to_owned()
}

fn expiry(day: Date) -> i64 {
    let start = day.at(0, 0, 0, 0).to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp());
    ttl(start.saturating_add(SignedDuration::from_hours(24 * KEPT_DAYS)).unwrap_or(start))
}

impl From<&Recount> for Row {
    fn from(recount: &Recount) -> Self {
        Self {
            sk: String::new(),
            until: ms(recount.until),
            whole: recount.is_whole,
            second: recount.is_second_look,
            checked: recount.is_checked,
            asked: recount.questions.iter().map(AskedRow::from).collect(),
            slack: recount.questions.slack(),
            ttl: expiry(recount.day),
        }
    }
}

impl From<&Asked> for AskedRow {
    fn from(asked: &Asked) -> Self {
        let by = match asked.by {
            Asker::One(conversation) => Some(conversation.to_string()),
            Asker::Several => None,
        };
        Self { sample: asked.form.sample().to_owned(), times: asked.times, before: asked.before, by }
    }
}

/// A question as it was kept; none: by the present rules it says nothing.
fn asked_of(row: AskedRow) -> Result<Option<Asked>, StoreError> {
    let by = row.by.map_or(Ok(Asker::Several), |id| parse(&id, WHAT).map(Asker::One))?;
    let AskedRow { sample, times, before, .. } = row;
    Ok(Form::kept(&sample).map(|form| Asked { form, times, before, by }))
}

fn recount_of(item: Item) -> Result<Recount, StoreError> {
    let tally = tally_of(&item);
    let row: Row = read(item, WHAT)?;
    let day = row.sk.strip_prefix(RECOUNT).ok_or_else(|| corrupt(WHAT)("not the key of a recount"))?;
    let asked = row.asked.into_iter().map(asked_of).collect::<Result<Vec<_>, _>>()?;
    Ok(Recount {
        day: parse(day, WHAT)?,
        until: at(row.until, WHAT)?,
        is_whole: row.whole,
        is_second_look: row.second,
        is_checked: row.checked,
        tally,
        questions: Questions::kept(asked.into_iter().flatten(), row.slack),
    })
}
