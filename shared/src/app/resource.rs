//! Resources: added, changed and removed by their owner.

use super::business::{Deps, Error, load, settled};
use crate::domain::id::{ResourceId, TenantId};
use crate::domain::resource::{Resource, ResourceDraft};

/// The most resources of one tenant.
pub const MOST: usize = 100;

/// Adds a resource.
///
/// # Errors
///
/// [`Error::Invalid`] with every field that is refused; [`Error::TooMany`], [`Error::Missing`] without such
/// a tenant, [`Error::Store`].
pub async fn add(deps: Deps<'_>, tenant: TenantId, draft: &ResourceDraft) -> Result<Resource, Error> {
    let resource = draft.check(ResourceId::new(deps.ids.ulid(deps.clock.now())), 1)?;
    if MOST <= load(deps, tenant).await?.resources.len() {
        return Err(Error::TooMany { most: MOST });
    }
    settled(deps.store.put_resource(tenant, &resource, None).await?, resource)
}

/// Changes the resource of version `version`.
///
/// # Errors
///
/// [`Error::Invalid`] with every field that is refused; [`Error::Stale`], [`Error::Missing`], [`Error::Store`].
pub async fn change(
    deps: Deps<'_>,
    tenant: TenantId,
    (id, version): (ResourceId, u64),
    draft: &ResourceDraft,
) -> Result<Resource, Error> {
    let resource = draft.check(id, version + 1)?;
    settled(deps.store.put_resource(tenant, &resource, Some(version)).await?, resource)
}

/// Removes the resource of version `version`, unless a package is served by it. Its bookings stay.
///
/// # Errors
///
/// [`Error::InUse`], [`Error::Stale`], [`Error::Missing`], [`Error::Store`].
pub async fn remove(deps: Deps<'_>, tenant: TenantId, (id, version): (ResourceId, u64)) -> Result<(), Error> {
    let business = load(deps, tenant).await?;
    if business.packages.iter().any(|package| package.resources.contains(&id)) {
        return Err(Error::InUse);
    }
    settled(deps.store.delete_resource(tenant, id, version).await?, ())
}
