//! Moving a booking: which slot it gets, and what there is instead.
//!
//! Decides nothing about money: what a move keeps is in [`crate::domain::booking`].

use jiff::Timestamp;

use super::{Alternative, Deps, Error, TRIES, Wish, check, event, find, overtaken, write};
use crate::app::schedule::{Outlook, claim_of};
use crate::domain::availability::WhyNone;
use crate::domain::booking::{Booking, CalledOffBy};
use crate::domain::business::BusinessContext;
use crate::domain::clocks::Clocks;
use crate::domain::event::Happening;
use crate::domain::id::{BookingId, TenantId};
use crate::domain::package::Package;
use crate::domain::slot::Slot;

/// [`reschedule`](super::reschedule), on the grounds of `wish`.
pub(crate) async fn relocate(
    deps: Deps<'_>,
    tenant: TenantId,
    id: BookingId,
    slot: &Slot,
    wish: &Wish,
) -> Result<Booking, Error> {
    let business = deps.contexts.current(deps.store, tenant, deps.clock.now()).await?.context;
    let lenient = wish.waived.of(&business);
    for _ in 0..TRIES {
        let now = deps.clock.now();
        let before = find(deps, tenant, id).await?;
        let is_served = wish.with.is_none_or(|with| with == before.resource);
        if before.status.is_open() && before.slot == slot.interval && before.package == slot.package && is_served {
            return Ok(before);
        }
        check(&before, wish, now)?;
        let at = wish.told_at.unwrap_or(now);
        wish.told.map_or(Ok(()), |told| told.allows_fee(before.fee_if_moved(wish.by, at)))?;
        let package = business.package(slot.package).filter(|package| package.id == before.package);
        let Some(package) = package else { return Err(unavailable(WhyNone::PackageInactive)) };
        let outlook = Outlook::around(deps.store, &business, package, slot, now, Some(claim_of(&before))).await?;
        let chosen = match wish.with {
            Some(_) => outlook.judge(&lenient, package, slot, now).map(|()| *slot),
            None => choose(&outlook, &lenient, package, slot, now),
        };
        let chosen = match chosen {
            Ok(chosen) => chosen,
            // What stands there may be this very booking, moved by somebody who was quicker.
            Err(_) if find(deps, tenant, id).await?.version != before.version => continue,
            Err(why) => {
                let zone = &business.tenant.timezone;
                let clocks = match wish.by {
                    CalledOffBy::Customer => before.clocks(zone),
                    CalledOffBy::Owner => Clocks::of_business(zone),
                };
                return Err(taken(&outlook, &business, (package, slot, why), &clocks, now));
            }
        };
        let after = before.moved(&chosen, wish.by, at, now);
        let changed = event(deps, tenant, Happening::BookingChanged(id, after.sequence), now);
        if write(deps, tenant, (&before, &after), wish, &[changed], now).await? {
            return Ok(after);
        }
    }
    Err(overtaken())
}

/// `slot`, or the same start with another resource that serves the package when its own is taken or gone.
pub(crate) fn choose(
    outlook: &Outlook,
    business: &BusinessContext,
    package: &Package,
    slot: &Slot,
    now: Timestamp,
) -> Result<Slot, WhyNone> {
    let why = match outlook.judge(business, package, slot, now) {
        Ok(()) => return Ok(*slot),
        Err(why @ (WhyNone::FullyBooked | WhyNone::NoResource)) => why,
        Err(why) => return Err(why),
    };
    let others = package.resources.iter().filter(|resource| **resource != slot.resource);
    let mut others = others.map(|resource| Slot { resource: *resource, ..*slot });
    others.find(|other| outlook.judge(business, package, other, now).is_ok()).ok_or(why)
}

/// Says that a slot cannot be booked, why, and what can be instead, in the words of its reader's clocks.
pub(crate) fn taken(
    outlook: &Outlook,
    business: &BusinessContext,
    (package, slot, why): (&Package, &Slot, WhyNone),
    clocks: &Clocks<'_>,
    now: Timestamp,
) -> Error {
    let alternatives = outlook.alternatives(business, package, slot, now).into_iter();
    let label = |slot: &Slot| clocks.label(package.kind(), slot.start());
    let alternatives = alternatives.map(|slot| Alternative { label: label(&slot), slot }).collect();
    Error::SlotTaken { why, alternatives }
}

/// Says that nothing near can be booked either.
pub(crate) const fn unavailable(why: WhyNone) -> Error {
    Error::SlotTaken { why, alternatives: Vec::new() }
}
