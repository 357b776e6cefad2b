//! Packages: added, changed and removed by their owner.
//!
//! A package is priced in its tenant's currency and served by its tenant's resources. What is booked
//! already keeps the terms it was booked on.

use super::business::{Deps, Error, load, refused, settled};
use crate::domain::business::BusinessContext;
use crate::domain::id::{PackageId, TenantId};
use crate::domain::package::Package;
use crate::domain::package::draft::PackageDraft;

/// The most packages of one tenant: all of them are told to the assistant.
pub const MOST: usize = 100;

/// Adds a package.
///
/// # Errors
///
/// [`Error::Invalid`] with every field that is refused; [`Error::TooMany`], [`Error::Missing`] without such
/// a tenant, [`Error::Store`].
pub async fn add(deps: Deps<'_>, tenant: TenantId, draft: &PackageDraft) -> Result<Package, Error> {
    let package = draft.check(PackageId::new(deps.ids.ulid(deps.clock.now())), 1)?;
    let business = load(deps, tenant).await?;
    suits(&package, &business)?;
    if MOST <= business.packages.len() {
        return Err(Error::TooMany { most: MOST });
    }
    settled(deps.store.put_package(tenant, &package, None).await?, package)
}

/// Changes the package of version `version`.
///
/// # Errors
///
/// [`Error::Invalid`] with every field that is refused; [`Error::Stale`], [`Error::Missing`], [`Error::Store`].
pub async fn change(
    deps: Deps<'_>,
    tenant: TenantId,
    (id, version): (PackageId, u64),
    draft: &PackageDraft,
) -> Result<Package, Error> {
    let package = draft.check(id, version + 1)?;
    suits(&package, &load(deps, tenant).await?)?;
    settled(deps.store.put_package(tenant, &package, Some(version)).await?, package)
}

/// Removes the package of version `version`. Its bookings stay.
///
/// # Errors
///
/// [`Error::Stale`], [`Error::Missing`], [`Error::Store`].
pub async fn remove(deps: Deps<'_>, tenant: TenantId, (id, version): (PackageId, u64)) -> Result<(), Error> {
    settled(deps.store.delete_package(tenant, id, version).await?, ())
}

/// Asks what the draft alone cannot tell.
fn suits(package: &Package, business: &BusinessContext) -> Result<(), Error> {
    if package.price.currency() != business.tenant.currency {
        return Err(refused("/price/currency", "wrong_currency", "prices are in the currency of the business"));
    }
    match package.resources.iter().position(|id| business.resource(*id).is_none()) {
        Some(n) => Err(refused(format!("/resources/{n}"), "unknown", "there is no such resource")),
        None => Ok(()),
    }
}
