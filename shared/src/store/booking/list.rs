//! Lists of a business's bookings: which rows a page holds, and where the next one begins.
//!
//! The index knows starts and no status, so rows in another status are read and passed over. A page is
//! filled nevertheless, as far as its reads reach; its cursor goes on right behind the last row that counts.

use jiff::Timestamp;

use super::{booking_of, instant};
use crate::domain::booking::{Booking, Status};
use crate::domain::id::TenantId;
use crate::store::Store;
use crate::store::cursor::{Listed, Position};
use crate::store::error::StoreError;
use crate::store::expression::Item;
use crate::store::key::Key;
use crate::store::table::Query;

/// How many reads one page takes at most, each of as many rows as the page may hold.
const MOST_READS: usize = 20;

/// The parts of a row's place in the table and in the index by start.
const PLACE: [&str; 4] = ["pk", "sk", "gsi1pk", "gsi1sk"];

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
        let (mut items, mut next) = (Vec::new(), after.cloned());
        for _ in 0..MOST_READS {
            let query = Query::index("by_day", "gsi1pk", Key::by_day(tenant))
                .between("gsi1sk", instant(span.from), instant(span.to))
                .limit(limit)
                .after(next.as_ref().map(Position::item));
            let page = self.bookings.page(&query).await?;
            let behind = page.next.as_ref().and_then(Position::of);
            let mut rows = page.items.into_iter().peekable();
            while let Some(row) = rows.next() {
                let place = place_of(&row);
                let booking = booking_of(row)?;
                if span.status.is_some_and(|status| booking.status != status) {
                    continue;
                }
                items.push(booking);
                if items.len() == usize::from(limit) {
                    let next = if rows.peek().is_some() { place } else { behind };
                    return Ok(Listed { items, next });
                }
            }
            next = behind;
            if next.is_none() {
                break;
            }
        }
        Ok(Listed { items, next })
    }
}

/// Where `row` stands in the index.
fn place_of(row: &Item) -> Option<Position> {
    let part = |name: &str| Some((name.to_owned(), row.get(name)?.clone()));
    Position::of(&PLACE.into_iter().map(part).collect::<Option<_>>()?)
}
