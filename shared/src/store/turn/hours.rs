//! Reading turns by the hour: all of a business in some hours, whichever conversations they are of.
//!
//! A turn is either of the hour in which its conversation began, and the inbox lists that; or it is of a later one, and
//! then the index lists the turn itself. So every turn of an hour is found by what is of that hour.

use std::collections::BTreeSet;

use futures::{FutureExt as _, StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use ulid::Ulid;

use super::{WHAT, turn_of};
use crate::domain::conversation::TicketStatus;
use crate::domain::id::{ConversationId, TenantId};
use crate::domain::message::Turn;
use crate::store::Store;
use crate::store::error::{StoreError, corrupt};
use crate::store::inbox::Wanted;
use crate::store::key::{INBOX_PK, INBOX_SK, Key, TURN, conversation_of};
use crate::store::row::parse;
use crate::store::table::{Query, read};

/// How many conversations are listed at once.
const PAGE: u16 = 500;

/// How many threads are read at once.
const AT_ONCE: usize = 8;

/// By how much the id of a message may be later than its turn, at most: ids never go back, clocks may.
const SKEW: SignedDuration = SignedDuration::from_hours(1);

/// What the index tells of a turn.
#[derive(Deserialize)]
struct Listed {
    pk: String,
}

/// Where the index lists what has the id `id`: at its own time `at`.
pub(in crate::store) fn listed_at(at: Timestamp, id: Ulid) -> String {
    Ulid::from_parts(milliseconds(at), id.random()).to_string()
}

fn milliseconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond()).unwrap_or_default()
}

/// The least that is not before `at`.
pub(in crate::store) fn least(at: Timestamp) -> Ulid {
    Ulid::from_parts(milliseconds(at), 0)
}

/// The greatest that is before `at`.
pub(in crate::store) fn before(at: Timestamp) -> Ulid {
    Ulid(least(at).0.saturating_sub(1))
}

impl Store {
    /// Reads the turns that began from `from` to before `to`, both whole hours, as of a moment ago, and tells `each` of
    /// them once, in no order. Says how many there were.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn read_hours(
        &self,
        tenant: TenantId,
        (from, to): (Timestamp, Timestamp),
        mut each: impl FnMut(ConversationId, &Turn) + Send,
    ) -> Result<usize, StoreError> {
        let mut conversations = self.begun_within(tenant, from, to).await?;
        let later = Query::index("by_inbox", INBOX_PK, Key::later_turns(tenant));
        let later = later.between(INBOX_SK, least(from).to_string(), before(to).to_string());
        for item in self.conversations.all(later).await? {
            let row: Listed = read(item, WHAT)?;
            let id = conversation_of(&row.pk).ok_or_else(|| corrupt(WHAT)("a turn of no conversation"))?;
            conversations.insert(parse(id, WHAT)?);
        }
        let threads = conversations.into_iter().map(|id| self.turns_within(tenant, id, from, to).boxed());
        let mut threads = stream::iter(threads).buffer_unordered(AT_ONCE);
        let mut count = 0;
        while let Some(thread) = threads.next().await {
            let (id, turns) = thread?;
            count += turns.len();
            turns.iter().for_each(|turn| each(id, turn));
        }
        Ok(count)
    }

    /// The conversations that began in that time.
    async fn begun_within(
        &self,
        tenant: TenantId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<BTreeSet<ConversationId>, StoreError> {
        let statuses = TicketStatus::ALL.into();
        let wanted = Wanted { statuses, assignee: None, label: None, from: Some(from), to: Some(to) };
        let (mut found, mut after) = (BTreeSet::new(), None);
        loop {
            let page = self.list_inbox(tenant, &wanted, PAGE, after.as_ref()).await?;
            found.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    async fn turns_within(
        &self,
        tenant: TenantId,
        id: ConversationId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(ConversationId, Vec<Turn>), StoreError> {
        let (first, last) = (format!("{TURN}{}", least(from)), format!("{TURN}{}", before(to + SKEW)));
        let query = Query::partition(Key::conversation(tenant, id)).between("sk", first, last).of_a_moment_ago();
        let turns = self.conversations.all(query).await?.into_iter().map(turn_of);
        let within =
            turns.filter(|turn| turn.as_ref().is_ok_and(|turn| from <= turn.at && turn.at < to) || turn.is_err());
        Ok((id, within.collect::<Result<_, _>>()?))
    }
}
