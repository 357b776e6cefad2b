//! A business's hours: replaced as a whole by its owner.

use super::business::{Deps, Error, settled};
use crate::domain::hours::Hours;
use crate::domain::hours::draft::HoursDraft;
use crate::domain::id::TenantId;

/// Replaces the hours of version `version`. What is booked already stands.
///
/// # Errors
///
/// [`Error::Invalid`] with every field that is refused; [`Error::Stale`], [`Error::Missing`], [`Error::Store`].
pub async fn set(deps: Deps<'_>, tenant: TenantId, version: u64, draft: &HoursDraft) -> Result<Hours, Error> {
    let hours = draft.check(version + 1)?;
    settled(deps.store.put_hours(tenant, &hours, version).await?, hours)
}
