//! Opening hours: `pk = T#<tenant>`, `sk = HOURS`; read as part of the business context.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Store;
use super::catalog::Saved;
use super::error::{StoreError, corrupt};
use super::expression::Item;
use super::key::Key;
use super::row::parse;
use super::table::{item, read};
use crate::domain::hours::{DayMinute, Hours, OpenDay, Special, Stretch, WeeklyHours};
use crate::domain::id::TenantId;
use crate::domain::text::Line;

const WHAT: &str = "calendar of hours";

/// The stored form. Renaming a field here is a migration.
#[derive(Serialize, Deserialize)]
struct Row {
    weekly: WeekRow,
    /// Names by `MM-DD`.
    #[serde(default)]
    holidays: BTreeMap<String, String>,
    /// By `YYYY-MM-DD`.
    #[serde(default)]
    special: BTreeMap<String, SpecialRow>,
    version: u64,
}

/// Minutes of the local day at which a stretch opens and closes.
type DayRow = Vec<(u16, u16)>;

/// Monday to Sunday.
pub(super) type WeekRow = [DayRow; 7];

#[derive(Serialize, Deserialize)]
struct SpecialRow {
    /// None: closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open: Option<DayRow>,
    /// Of what closes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl From<&Hours> for Row {
    fn from(hours: &Hours) -> Self {
        let special = |special: &Special| match special {
            Special::Closed(name) => SpecialRow { open: None, name: name.as_ref().map(ToString::to_string) },
            Special::Open(day) => SpecialRow { open: Some(day_row(day)), name: None },
        };
        Self {
            weekly: week_row(&hours.weekly),
            holidays: hours.holidays.iter().map(|(day, name)| (day.to_string(), name.to_string())).collect(),
            special: hours.special.iter().map(|(date, what)| (date.to_string(), special(what))).collect(),
            version: hours.version,
        }
    }
}

pub(super) fn week_row(week: &WeeklyHours) -> WeekRow {
    week.days().each_ref().map(day_row)
}

fn day_row(day: &OpenDay) -> DayRow {
    day.stretches().iter().map(|stretch| (stretch.opens().get(), stretch.closes().get())).collect()
}

pub(super) fn week_of(row: WeekRow) -> Result<WeeklyHours, StoreError> {
    let mut days: [OpenDay; 7] = Default::default();
    for (day, stored) in days.iter_mut().zip(row) {
        *day = day_of(stored)?;
    }
    Ok(WeeklyHours::new(days))
}

fn day_of(row: DayRow) -> Result<OpenDay, StoreError> {
    let minute = |minute| DayMinute::new(minute).map_err(corrupt(WHAT));
    let stretch = |(opens, closes)| Stretch::new(minute(opens)?, minute(closes)?).map_err(corrupt(WHAT));
    OpenDay::new(row.into_iter().map(stretch).collect::<Result<_, _>>()?).map_err(corrupt(WHAT))
}

pub(super) fn hours_of(item: Item) -> Result<Hours, StoreError> {
    let row: Row = read(item, WHAT)?;
    let line = |name: &str| Line::new(name).map_err(corrupt(WHAT));
    let special = |row: SpecialRow| {
        Ok::<_, StoreError>(match row.open {
            Some(open) => Special::Open(day_of(open)?),
            None => Special::Closed(row.name.as_deref().map(line).transpose()?),
        })
    };
    let holidays = row.holidays.iter().map(|(day, name)| Ok((parse(day, WHAT)?, line(name)?)));
    let dates = row.special.into_iter().map(|(date, what)| Ok((parse(&date, WHAT)?, special(what)?)));
    Ok(Hours {
        weekly: week_of(row.weekly)?,
        holidays: holidays.collect::<Result<_, StoreError>>()?,
        special: dates.collect::<Result<_, StoreError>>()?,
        version: row.version,
    })
}

pub(super) fn hours_item(tenant: TenantId, hours: &Hours) -> Result<Item, StoreError> {
    item(&Key::hours(tenant), &Row::from(hours), WHAT)
}

impl Store {
    /// Writes a tenant's hours over those of the expected version.
    ///
    /// # Errors
    ///
    /// As every write: [`StoreError`].
    pub async fn put_hours(&self, tenant: TenantId, hours: &Hours, expected_version: u64) -> Result<Saved, StoreError> {
        self.save(tenant, hours_item(tenant, hours)?, Some(expected_version)).await
    }
}
