//! Days: `pk = T#<tenant>`, `sk = DAY#<date>`. One item holds a finished day's figures, for ever.
//!
//! Turns and bookings count on the tenant's one METER item, so that a turn's transaction has one counter
//! to touch; here the figures of days that are over move out of it, so that it stays small.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::error::StoreError;
use super::expression::{Item, Update};
use super::key::Key;
use super::meter::{FIGURE, signed};
use super::table::Transacted;
use crate::domain::id::TenantId;
use crate::domain::meter::Windows;

/// How long after midnight (UTC) a day still counts: a turn that began before it may settle after it.
const GRACE: SignedDuration = SignedDuration::from_hours(1);

/// How many figures move in one transaction; each takes two terms of the condition and its own words.
const AT_ONCE: usize = 50;

/// A figure of a day on the meter.
struct Figure {
    day: Date,
    /// The attribute on the meter, as `d_20261121_turns`.
    attribute: String,
    /// The attribute on the day's item, as `turns`.
    name: String,
    value: i64,
}

impl Store {
    /// Moves the figures of finished days from a tenant's meter to the days' own items, and says how
    /// many days that were.
    ///
    /// Each move is one transaction that demands the figures it has read: a figure that was counted up
    /// meanwhile stays for the next run, and repeating never counts twice.
    ///
    /// # Errors
    ///
    /// As every read and write: [`StoreError`].
    pub async fn fold_days(&self, tenant: TenantId, now: Timestamp) -> Result<usize, StoreError> {
        let meter = self.counters.find_item(&Key::meter(tenant)).await?.unwrap_or_default();
        let mut figures = finished(&meter, now);
        figures.sort_by(|a, b| a.attribute.cmp(&b.attribute));
        let mut folded = 0;
        for day in figures.chunk_by(|a, b| a.day == b.day) {
            let mut is_whole = true;
            for part in day.chunks(AT_ONCE) {
                is_whole &= self.fold(tenant, part).await?;
            }
            folded += usize::from(is_whole);
        }
        Ok(folded)
    }

    /// Moves figures of one day; false when one has changed since it was read.
    async fn fold(&self, tenant: TenantId, figures: &[Figure]) -> Result<bool, StoreError> {
        let Some(first) = figures.first() else { return Ok(true) };
        let (mut day, mut meter) = (Update::new(Key::day(tenant, first.day)), Update::new(Key::meter(tenant)));
        for figure in figures {
            day = day.add(&figure.name, figure.value);
            meter = meter.remove(&figure.attribute).when(&figure.attribute, "=", figure.value);
        }
        let actions = vec![self.counters.updating(day)?, self.counters.updating(meter)?];
        Ok(self.counters.transact(actions).await? == Transacted::Done)
    }
}

/// The figures on `meter` of days that were over an hour ago.
fn finished(meter: &Item, now: Timestamp) -> Vec<Figure> {
    let today = Windows::of(now - GRACE).day;
    let figure = |attribute: &String| {
        let (day, name) = attribute.strip_prefix(FIGURE)?.split_once('_')?;
        let is_over = day < today.as_str();
        let day = Date::strptime("%Y%m%d", day).ok().filter(|_| is_over)?;
        Some(Figure { day, name: name.to_owned(), value: signed(meter, attribute), attribute: attribute.clone() })
    };
    meter.keys().filter_map(figure).collect()
}
