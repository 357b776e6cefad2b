//! What time brings about: which bookings have a deadline, and which of them have passed it.
//!
//! A booking waits for one thing at a time: an offer for its end, an unpaid one for the end of its hold, one that
//! stands for its next reminder. So all share an index, in partitions of their own, and an index entry costs nothing where
//! neither waits. The index is a moment old: the booking itself says how it is now.

use jiff::Timestamp;

use super::{Row, WHAT, instant};
use crate::domain::booking::{Booking, Status};
use crate::domain::event::Event;
use crate::domain::id::{BookingId, TenantId};
use crate::ports::trace::announced;
use crate::store::Store;
use crate::store::cursor::{Listed, Position};
use crate::store::error::{StoreError, corrupt};
use crate::store::expression::{Item, Put};
use crate::store::key::{Deadline, Key, booking_of};
use crate::store::row::parse;
use crate::store::table::{Page, Query, Transacted, item};

/// Partition and sort key of a booking in the index of deadlines; none: nothing comes by itself.
pub(super) fn place(tenant: TenantId, booking: &Booking) -> Option<(String, String)> {
    let kind = if booking.status == Status::Offered { Deadline::Offer } else { Deadline::Hold };
    let hold = booking.hold_until.map(|until| (kind, until));
    let (deadline, at) = hold.or_else(|| booking.next_reminder().map(|at| (Deadline::Reminder, at)))?;
    Some((deadline.of(booking.id), format!("{}#{tenant}#{}", instant(at), booking.id)))
}

impl Store {
    /// Lists bookings of all tenants whose hold has ended, `limit` at a time from one of the [`DUE_SHARDS`](crate::store::DUE_SHARDS),
    /// oldest first, as of a moment ago: the booking itself says how it is now. An entry that names no booking is
    /// [`StoreError::Corrupt`] by itself.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_ended_holds(
        &self,
        shard: u8,
        now: Timestamp,
        limit: u16,
        after: Option<&Position>,
    ) -> Result<Listed<Result<(TenantId, BookingId), StoreError>>, StoreError> {
        self.list_due(Deadline::Hold, shard, now, limit, after).await
    }

    /// Lists offers of all tenants that have ended, in the same way as [`Store::list_ended_holds`].
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_ended_offers(
        &self,
        shard: u8,
        now: Timestamp,
        limit: u16,
        after: Option<&Position>,
    ) -> Result<Listed<Result<(TenantId, BookingId), StoreError>>, StoreError> {
        self.list_due(Deadline::Offer, shard, now, limit, after).await
    }

    /// Lists bookings of all tenants whose next reminder is due, in the same way as
    /// [`Store::list_ended_holds`].
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_due_reminders(
        &self,
        shard: u8,
        now: Timestamp,
        limit: u16,
        after: Option<&Position>,
    ) -> Result<Listed<Result<(TenantId, BookingId), StoreError>>, StoreError> {
        self.list_due(Deadline::Reminder, shard, now, limit, after).await
    }

    /// Keeps `after`, which remembers a reminder, with the event that tells it. False when the booking has
    /// changed since `before` was read: then nothing is written.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn keep_reminder(
        &self,
        tenant: TenantId,
        before: &Booking,
        after: &Booking,
        told: Option<&Event>,
    ) -> Result<bool, StoreError> {
        let put = Put::new(item(&Key::booking(tenant, after.id), &Row::of(tenant, after), WHAT)?);
        let mut actions = vec![self.bookings.putting(put.when("version", "=", before.version))?];
        if let Some(event) = told {
            actions.push(self.announcing(event)?);
        }
        let is_kept = matches!(self.bookings.transact(actions).await?, Transacted::Done);
        told.into_iter().filter(|_| is_kept).for_each(announced);
        Ok(is_kept)
    }

    async fn list_due(
        &self,
        deadline: Deadline,
        shard: u8,
        now: Timestamp,
        limit: u16,
        after: Option<&Position>,
    ) -> Result<Listed<Result<(TenantId, BookingId), StoreError>>, StoreError> {
        let query = Query::index("by_deadline", "gsi3pk", deadline.shard(shard))
            // `$` sorts right behind the `#` that follows the time, so that this second counts too.
            .between("gsi3sk", "0", format!("{}$", instant(now)))
            .limit(limit)
            .after(after.map(Position::item));
        Ok(named(self.bookings.page(&query).await?))
    }
}

/// The bookings that a page of the index names.
fn named(page: Page) -> Listed<Result<(TenantId, BookingId), StoreError>> {
    let named = |found: Item| {
        let pk = found.get("pk").and_then(|pk| pk.as_s().ok()).map(String::as_str).unwrap_or_default();
        let named = booking_of(pk).ok_or_else(|| corrupt(WHAT)("a key of another shape"));
        named.and_then(|(tenant, booking)| Ok((parse(tenant, WHAT)?, parse(booking, WHAT)?)))
    };
    let items = page.items.into_iter().map(named).collect();
    Listed { items, next: page.next.as_ref().and_then(Position::of) }
}
