//! Analytics and the statement: what the counters of some days say.
//!
//! Read from the days' figures, and from what the hourly recount has found asked, never from conversations: a period is
//! two items a day, whatever happened in it. What is said of the figures is decided in [`crate::domain::analytics`] and [`crate::domain::statement`].

use jiff::Timestamp;

use crate::domain::analytics::{Period, Report};
use crate::domain::figure::day_of;
use crate::domain::id::TenantId;
use crate::domain::statement::{self, Month};
use crate::store::{Store, StoreError};

/// What the last `days` days come to, today (in UTC) as far as it is over.
///
/// # Errors
///
/// As every read: [`StoreError`].
pub async fn report(store: &Store, tenant: TenantId, days: u16, now: Timestamp) -> Result<Report, StoreError> {
    let period = Period::ending(day_of(now), days);
    let (figures, questions) = tokio::try_join!(
        store.find_days(tenant, period.first, period.last),
        store.find_questions(tenant, period.first, period.last)
    )?;
    Ok(Report::of(period, &figures, &questions))
}

/// The statement of a month as CSV; of the running one as far as it is over.
///
/// # Errors
///
/// As every read: [`StoreError`].
pub async fn statement(store: &Store, tenant: TenantId, month: Month) -> Result<String, StoreError> {
    let Period { first, last } = month.period();
    Ok(statement::csv(&store.find_days(tenant, first, last).await?))
}
