//! Lists of which not every row counts: which rows a page holds, and where the next one begins.
//!
//! An index knows what it is sorted by and nothing else, so rows that do not count are read and passed over. A page
//! is filled nevertheless, as far as its reads reach; its cursor goes on right behind the last row that counts.

use super::{Query, Table};
use crate::store::cursor::{Listed, Position};
use crate::store::error::StoreError;
use crate::store::expression::Item;

/// How many reads one page takes at most, each of as many rows as the page may hold.
const MOST_READS: usize = 20;

impl Table {
    /// Lists what `counted` makes of the rows that `query` reads, up to its limit, leaving out those that it makes
    /// nothing of.
    pub(in crate::store) async fn list<T>(
        &self,
        mut query: Query,
        counted: impl Fn(Item) -> Result<Option<T>, StoreError>,
    ) -> Result<Listed<T>, StoreError> {
        let (mut items, mut next) = (Vec::new(), None);
        for _ in 0..MOST_READS {
            let page = self.page(&query).await?;
            next = page.next.as_ref().and_then(Position::of);
            let mut rows = page.items.into_iter().peekable();
            while let Some(row) = rows.next() {
                let place = query.place_of(&row);
                let Some(item) = counted(row)? else { continue };
                items.push(item);
                if query.limit.is_some_and(|limit| items.len() == usize::from(limit)) {
                    return Ok(Listed { items, next: if rows.peek().is_some() { place } else { next } });
                }
            }
            if next.is_none() {
                break;
            }
            query = query.after(next.as_ref().map(Position::item));
        }
        Ok(Listed { items, next })
    }
}

impl Query {
    /// Where `row` stands in the table and in the index that is read.
    fn place_of(&self, row: &Item) -> Option<Position> {
        let names = ["pk", "sk", self.pk.0].into_iter().chain(self.sk.iter().map(|(name, _)| *name));
        let part = |name: &str| Some((name.to_owned(), row.get(name)?.clone()));
        Position::of(&names.map(part).collect::<Option<_>>()?)
    }
}
