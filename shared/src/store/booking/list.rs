//! Lists of a business's bookings by start, a page at a time: which of them count.
//!
//! The index knows starts and no status, so rows in another status are read and passed over (`store::table::list`).

use jiff::Timestamp;

use super::{booking_of, instant};
use crate::domain::booking::{Booking, Status};
use crate::domain::id::TenantId;
use crate::store::Store;
use crate::store::cursor::{Listed, Position};
use crate::store::error::StoreError;
use crate::store::key::Key;
use crate::store::table::Query;

/// Which bookings to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The first start that counts.
    pub from: Timestamp,
    /// The first start that no longer counts.
    pub to: Timestamp,
    /// The only status that counts; none: every one.
    pub status: Option<Status>,
}

impl Store {
    /// Lists a tenant's bookings by start, `limit` at a time, as of a moment ago.
    ///
    /// A page that is not the last is full, unless so many bookings in a row are in another status that
    /// its reads did not reach beyond them.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_bookings(
        &self,
        tenant: TenantId,
        span: &Span,
        limit: u16,
        after: Option<&Position>,
    ) -> Result<Listed<Booking>, StoreError> {
        let query = Query::index("by_day", "gsi1pk", Key::by_day(tenant))
            .between("gsi1sk", instant(span.from), instant(span.to))
            .limit(limit)
            .after(after.map(Position::item));
        let counts = |booking: &Booking| span.status.is_none_or(|status| booking.status == status);
        self.bookings.list(query, |row| Ok(Some(booking_of(row)?).filter(counts))).await
    }
}
