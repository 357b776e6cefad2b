//! The inbox: the index `by_inbox`, one partition for each tenant and status, sorted by the conversation's id, which
//! is when it began. It carries what only a change of the ticket touches, so no turn costs a write there.
//!
//! A list over several statuses merges their partitions by id. Rows that do not count are read and passed over, up
//! to a bound: a page may be short, or even empty, and its cursor goes on all the same.

use std::collections::{BTreeSet, VecDeque};

use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::try_join_all;
use jiff::Timestamp;
use serde::Deserialize;
use ulid::Ulid;

use super::Store;
use super::cursor::{Listed, Position};
use super::error::{StoreError, corrupt};
use super::expression::Item;
use super::key::{INBOX_PK, Key};
use super::row::parse;
use super::table::{Query, read};
use crate::domain::conversation::TicketStatus;
use crate::domain::id::{ConversationId, TenantId};
use crate::domain::ticket::{Label, PersonId};

const WHAT: &str = "inbox";

/// How many reads of the index one page takes at most.
const MOST_READS: usize = 20;

/// Which tickets to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The statuses that count.
    pub statuses: BTreeSet<TicketStatus>,
    /// Who has to work on it; none: whoever.
    pub assignee: Option<Assigned>,
    /// A label that it has to have.
    pub label: Option<Label>,
    /// The first beginning that counts; none: the first there is.
    pub from: Option<Timestamp>,
    /// The first beginning that no longer counts.
    pub to: Option<Timestamp>,
}

/// Whose a ticket has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assigned {
    /// Nobody's.
    Nobody,
    /// This person's.
    To(PersonId),
}

/// What the index tells of a ticket.
#[derive(Deserialize)]
struct Row {
    gsi1sk: String,
    #[serde(default)]
    assignee: Option<String>,
    #[serde(default)]
    labels: Vec<String>,
}

/// The tickets of one status, as far as they were read.
struct Run {
    status: TicketStatus,
    rows: VecDeque<Row>,
    after: Option<Item>,
    is_over: bool,
}

impl Wanted {
    /// Claims that the fields of a ticket are as wanted.
    #[must_use]
    pub fn includes(&self, assignee: Option<&str>, labels: impl Iterator<Item = impl AsRef<str>>) -> bool {
        let mut labels = labels;
        let is_theirs = match &self.assignee {
            None => true,
            Some(Assigned::Nobody) => assignee.is_none(),
            Some(Assigned::To(person)) => assignee == Some(person.as_str()),
        };
        let label = self.label.as_ref().map(ToString::to_string);
        is_theirs && label.is_none_or(|label| labels.any(|has| has.as_ref() == label))
    }

    /// The ids that count, from and to, both included; none: there are none left.
    fn ids(&self, before: Option<Ulid>) -> Option<(String, String)> {
        let least = |at: Timestamp| Ulid::from_parts(u64::try_from(at.as_millisecond()).unwrap_or_default(), 0);
        let from = self.from.map_or(Ulid::nil(), least);
        let ends = self.to.map(least).into_iter().chain(before);
        let to = ends.min().map_or(Some(u128::MAX), |end| end.0.checked_sub(1))?;
        (from.0 <= to).then(|| (from.to_string(), Ulid(to).to_string()))
    }
}

impl Store {
    /// Lists conversations by when they began, newest first, at most `limit` at a time, as of a moment ago.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_inbox(
        &self,
        tenant: TenantId,
        wanted: &Wanted,
        limit: u16,
        after: Option<&Position>,
    ) -> Result<Listed<ConversationId>, StoreError> {
        let over = Listed { items: Vec::new(), next: None };
        let Some(ids) = wanted.ids(after.map(place_of).transpose()?) else { return Ok(over) };
        let run = |status: &TicketStatus| Run { status: *status, rows: VecDeque::new(), after: None, is_over: false };
        let mut runs: Vec<Run> = wanted.statuses.iter().map(run).collect();
        let (mut items, mut last, mut reads) = (Vec::new(), None::<ConversationId>, 0);
        loop {
            let empty = runs.iter_mut().filter(|run| run.rows.is_empty() && !run.is_over).collect::<Vec<_>>();
            if MOST_READS <= reads && !empty.is_empty() {
                return Ok(Listed { items, next: last.and_then(position) });
            }
            reads += empty.len();
            try_join_all(empty.into_iter().map(|run| self.read_on(tenant, run, &ids, limit))).await?;
            let newest = runs.iter_mut().max_by(|a, b| {
                let head = |run: &Run| run.rows.front().map(|row| row.gsi1sk.clone());
                head(a).cmp(&head(b))
            });
            let Some(row) = newest.and_then(|run| run.rows.pop_front()) else {
                return Ok(Listed { items, next: None });
            };
            let id: ConversationId = parse(&row.gsi1sk, WHAT)?;
            // One that changed its status between two reads may stand in both partitions.
            if last == Some(id) || !wanted.includes(row.assignee.as_deref(), row.labels.iter()) {
                last = Some(id);
                continue;
            }
            last = Some(id);
            items.push(id);
            if items.len() == usize::from(limit) {
                let is_over = runs.iter().all(|run| run.is_over && run.rows.is_empty());
                return Ok(Listed { items, next: if is_over { None } else { position(id) } });
            }
        }
    }

    /// Reads the next rows of one status.
    async fn read_on(
        &self,
        tenant: TenantId,
        run: &mut Run,
        (from, to): &(String, String),
        limit: u16,
    ) -> Result<(), StoreError> {
        let query = Query::index("by_inbox", INBOX_PK, Key::by_status(tenant, run.status))
            .between("gsi1sk", from.as_str(), to.as_str())
            .descending()
            .limit(limit)
            .after(run.after.take());
        let page = self.conversations.page(&query).await?;
        for row in page.items {
            run.rows.push_back(read(row, WHAT)?);
        }
        (run.is_over, run.after) = (page.next.is_none(), page.next);
        Ok(())
    }
}

/// Behind `id`, in whatever status it is by then.
fn position(id: ConversationId) -> Option<Position> {
    Position::of(&Item::from([(INBOX_PK.to_owned(), AttributeValue::S(id.to_string()))]))
}

fn place_of(position: &Position) -> Result<Ulid, StoreError> {
    let item = position.item();
    let id =
        item.get(INBOX_PK).and_then(|id| id.as_s().ok()).ok_or_else(|| corrupt(WHAT)("a cursor without a place"))?;
    parse::<ConversationId>(id, WHAT).map(ConversationId::ulid)
}
