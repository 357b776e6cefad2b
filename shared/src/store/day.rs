//! Days: `pk = T#<tenant>`, `sk = DAY#<date>`. One item holds a finished day's figures, for ever.
//!
//! Turns and bookings count on the tenant's one METER item, so that a turn's transaction has one counter
//! to touch; here the figures of days that are over move out of it, so that it stays small.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::error::{StoreError, corrupt};
use super::expression::{Item, Update};
use super::figure::{day_and_name, figure_named, tally_of};
use super::key::{DAY, Key};
use super::meter::signed;
use super::table::{Query, Transacted};
use crate::domain::figure::{Tally, day_of};
use crate::domain::id::TenantId;

const WHAT: &str = "day";

/// How long after midnight (UTC) a day still counts: a turn that began before it may settle after it.
const GRACE: SignedDuration = SignedDuration::from_hours(1);

/// How many figures move in one transaction; each takes two terms of the condition and its own words.
const AT_ONCE: usize = 50;

/// The meter's attribute that every fold raises, so that a reader sees that figures have moved meanwhile.
const FOLDS: &str = "f";

/// How often days are read again because figures have moved meanwhile. They move once an hour.
const TRIES: usize = 4;

/// A figure of a day on the meter.
struct Figure {
    day: Date,
    /// The attribute on the meter, as `dg16paid`.
    attribute: String,
    /// The attribute on the day's item, as `paid`.
    name: String,
    value: i64,
}

impl Store {
    /// Reads the figures of the days from `first` to `last`, both included; a day without any is left out.
    ///
    /// What is read is each figure once, though it may move from the meter to its day's item meanwhile. At most one
    /// item for each finished day, and the meter twice, however much was counted.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_days(
        &self,
        tenant: TenantId,
        first: Date,
        last: Date,
    ) -> Result<BTreeMap<Date, Tally>, StoreError> {
        let (from, to) = (Key::day(tenant, first), Key::day(tenant, last));
        let query = Query::partition(from.pk().to_owned()).between("sk", from.sk(), to.sk());
        let mut before = self.counters.find_item(&Key::meter(tenant)).await?.unwrap_or_default();
        for _ in 0..TRIES {
            let finished = self.counters.all(query.clone()).await?;
            let after = self.counters.find_item(&Key::meter(tenant)).await?.unwrap_or_default();
            if signed(&before, FOLDS) == signed(&after, FOLDS) {
                return days(&finished, &after, first, last);
            }
            before = after;
        }
        Err(StoreError::Throttled("the days' figures move on and on".into()))
    }

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
        let mut meter = Update::new(Key::meter(tenant)).add(FOLDS, 1_u64);
        // The meter may have a figure under its old name too, and an update names each attribute once.
        let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
        for figure in figures {
            *sums.entry(&figure.name).or_default() += figure.value;
            meter = meter.remove(&figure.attribute).when(&figure.attribute, "=", figure.value);
        }
        let day = sums.iter().fold(Update::new(Key::day(tenant, first.day)), |day, (name, by)| day.add(name, *by));
        let actions = vec![self.counters.updating(day)?, self.counters.updating(meter)?];
        Ok(self.counters.transact(actions).await? == Transacted::Done)
    }
}

/// The figures of `meter`, each with its day.
fn on_meter(meter: &Item) -> impl Iterator<Item = Figure> + '_ {
    meter.keys().filter_map(|attribute| {
        let (day, name) = day_and_name(attribute)?;
        Some(Figure { day, name: name.to_owned(), value: signed(meter, attribute), attribute: attribute.clone() })
    })
}

/// The figures on `meter` of days that were over an hour ago.
fn finished(meter: &Item, now: Timestamp) -> Vec<Figure> {
    let today = day_of(now - GRACE);
    on_meter(meter).filter(|figure| figure.day < today).collect()
}

/// Days' own items and what the meter still has of them, put together.
fn days(items: &[Item], meter: &Item, first: Date, last: Date) -> Result<BTreeMap<Date, Tally>, StoreError> {
    let mut days: BTreeMap<Date, Tally> = BTreeMap::new();
    for item in items {
        days.insert(date_of(item)?, tally_of(item));
    }
    for figure in on_meter(meter).filter(|figure| first <= figure.day && figure.day <= last) {
        if let Some(known) = figure_named(&figure.name) {
            days.entry(figure.day).or_default().add(known, figure.value);
        }
    }
    Ok(days)
}

fn date_of(item: &Item) -> Result<Date, StoreError> {
    let sk = item.get("sk").and_then(|sk| sk.as_s().ok()).map(String::as_str).unwrap_or_default();
    let date = sk.strip_prefix(DAY).unwrap_or_default();
    date.parse().map_err(corrupt(WHAT))
}
