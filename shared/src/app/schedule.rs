//! The schedule: reads what resources are taken for, for the rules of availability to judge.

use std::ops::RangeInclusive;

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::domain::availability::{
    Availability, Days, Query, WhyNone, days_to_read, free_slots, nearest_alternatives, still_bookable,
};
use crate::domain::business::BusinessContext;
use crate::domain::claim::Claim;
use crate::domain::claims::Claims;
use crate::domain::id::{ResourceId, TenantId};
use crate::domain::package::Package;
use crate::domain::slot::Slot;
use crate::store::claim::ResourceClaim;
use crate::store::{Store, StoreError};

/// Reads what `resources` are taken for on the UTC days `days`: one query a resource, side by side.
///
/// # Errors
///
/// As every read: [`StoreError`].
pub async fn read_claims(
    store: &Store,
    tenant: TenantId,
    resources: &[ResourceId],
    days: RangeInclusive<Date>,
) -> Result<Claims, StoreError> {
    let (first, last) = (*days.start(), *days.end());
    let reads = resources.iter().map(|resource| async move {
        Ok::<_, StoreError>((*resource, store.find_claims(tenant, *resource, (first, last)).await?))
    });
    let mut claims = Claims::default();
    for (resource, mut found) in futures::future::try_join_all(reads).await? {
        for date in first.series(1.day()).take_while(|date| *date <= last) {
            claims.insert(resource, date, found.remove(&date).unwrap_or_default());
        }
    }
    Ok(claims)
}

/// What is free of `package` on `days`, as things are now.
///
/// # Errors
///
/// As every read: [`StoreError`].
pub async fn free_on(
    store: &Store,
    business: &BusinessContext,
    package: &Package,
    days: Days,
    now: jiff::Timestamp,
) -> Result<Availability, StoreError> {
    let zone = &business.tenant.timezone;
    let claims = read_claims(store, business.tenant.id, &package.resources, days_to_read(days, zone)).await?;
    Ok(free_slots(&Outlook { claims }.query(business, package, now), days))
}

/// What there is around a slot: whether it can be booked, and what could be instead.
pub struct Outlook {
    claims: Claims,
}

impl Outlook {
    /// Reads the days around `slot` for everybody who serves `package`, leaving `own`, a claim to be moved, out.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn around(
        store: &Store,
        business: &BusinessContext,
        package: &Package,
        slot: &Slot,
        now: jiff::Timestamp,
        own: Option<ResourceClaim>,
    ) -> Result<Self, StoreError> {
        let zone = &business.tenant.timezone;
        let days = Days::near(slot.start(), now, zone);
        let mut resources = package.resources.clone();
        if !resources.contains(&slot.resource) {
            resources.push(slot.resource);
        }
        let claims = read_claims(store, business.tenant.id, &resources, days_to_read(days, zone)).await?;
        let claims = match own {
            Some(ResourceClaim { resource, claim }) => claims.without(resource, &claim),
            None => claims,
        };
        Ok(Self { claims })
    }

    /// Asks every rule about `slot`.
    ///
    /// # Errors
    ///
    /// The first rule that says no.
    pub fn judge(
        &self,
        business: &BusinessContext,
        package: &Package,
        slot: &Slot,
        now: jiff::Timestamp,
    ) -> Result<(), WhyNone> {
        still_bookable(&self.query(business, package, now), slot)
    }

    /// The free slots nearest to `slot`.
    #[must_use]
    pub fn alternatives(
        &self,
        business: &BusinessContext,
        package: &Package,
        slot: &Slot,
        now: jiff::Timestamp,
    ) -> Vec<Slot> {
        nearest_alternatives(&self.query(business, package, now), slot, 3)
    }

    fn query<'a>(&'a self, business: &'a BusinessContext, package: &'a Package, now: jiff::Timestamp) -> Query<'a> {
        Query {
            package,
            resources: &business.resources,
            hours: &business.hours,
            timezone: &business.tenant.timezone,
            policies: &business.tenant.policies,
            now,
            claims: &self.claims,
        }
    }
}

/// The claim that a booking makes, with whose time it takes.
#[must_use]
pub fn claim_of(booking: &crate::domain::booking::Booking) -> ResourceClaim {
    ResourceClaim { resource: booking.resource, claim: Claim::of(booking) }
}
