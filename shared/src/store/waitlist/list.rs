//! Lists of those who wait: the business's, a page at a time, and one customer's.
//!
//! The index knows first days; a page is filled as far as its reads reach, and its cursor goes on right behind
//! the last entry that counts.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::entry_of;
use crate::domain::address::Email;
use crate::domain::availability::MAX_DAYS;
use crate::domain::id::{PackageId, TenantId};
use crate::domain::waitlist::Entry;
use crate::store::Store;
use crate::store::cursor::{Listed, Position};
use crate::store::error::StoreError;
use crate::store::expression::Item;
use crate::store::key::{Key, WAIT};
use crate::store::table::Query;

/// How many reads one page takes at most, each of as many rows as the page may hold.
const MOST_READS: usize = 20;

/// The parts of a row's place in the table and in the index.
const PLACE: [&str; 4] = ["pk", "sk", "gsi1pk", "gsi1sk"];

/// Whose places to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// The only package that counts; none: every one.
    pub package: Option<PackageId>,
    /// The only local day that counts; none: every one.
    pub day: Option<Date>,
}

impl Wanted {
    fn includes(&self, entry: &Entry) -> bool {
        self.package.is_none_or(|package| package == entry.package)
            && self.day.is_none_or(|day| entry.days.contains(day))
    }

    /// The first days that have to be read.
    fn first_days(&self) -> (String, String) {
        match self.day {
            Some(day) => (day.saturating_sub(i64::from(MAX_DAYS - 1).days()).to_string(), format!("{day}$")),
            None => ("0".to_owned(), "~".to_owned()),
        }
    }
}

impl Store {
    /// Lists who waits or is offered something, by their first day and then in order of joining, `limit` at a time, as
    /// of a moment ago.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_waiting(
        &self,
        tenant: TenantId,
        wanted: &Wanted,
        limit: u16,
        after: Option<&Position>,
    ) -> Result<Listed<Entry>, StoreError> {
        let (mut items, mut next) = (Vec::new(), after.cloned());
        let (from, to) = wanted.first_days();
        for _ in 0..MOST_READS {
            let query = Query::index("by_day", "gsi1pk", Key::all_waiting(tenant))
                .between("gsi1sk", from.as_str(), to.as_str())
                .limit(limit)
                .after(next.as_ref().map(Position::item));
            let page = self.bookings.page(&query).await?;
            let behind = page.next.as_ref().and_then(Position::of);
            let mut rows = page.items.into_iter().peekable();
            while let Some(row) = rows.next() {
                let place = place_of(&row);
                let entry = entry_of(row)?;
                if !wanted.includes(&entry) {
                    continue;
                }
                items.push(entry);
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

    /// Lists every place that one customer has or had and whose days are not long over, as of a moment ago.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn list_places_of(&self, tenant: TenantId, email: &Email) -> Result<Vec<Entry>, StoreError> {
        let query = Query::index("by_customer", "gsi2pk", Key::by_customer(tenant, email)).between(
            "gsi2sk",
            WAIT,
            format!("{WAIT}~"),
        );
        self.bookings.all(query).await?.into_iter().map(entry_of).collect()
    }
}

/// Where `row` stands in the index.
fn place_of(row: &Item) -> Option<Position> {
    let part = |name: &str| Some((name.to_owned(), row.get(name)?.clone()));
    Position::of(&PLACE.into_iter().map(part).collect::<Option<_>>()?)
}
