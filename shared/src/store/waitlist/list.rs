//! Lists of those who wait: the business's, a page at a time, and one customer's.
//!
//! The index knows first days; entries that do not count are read and passed over (`store::table::list`).

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
use crate::store::key::{Key, WAIT};
use crate::store::table::Query;

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
        let (from, to) = wanted.first_days();
        let query = Query::index("by_day", "gsi1pk", Key::all_waiting(tenant))
            .between("gsi1sk", from, to)
            .limit(limit)
            .after(after.map(Position::item));
        self.bookings.list(query, |row| Ok(Some(entry_of(row)?).filter(|entry| wanted.includes(entry)))).await
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
