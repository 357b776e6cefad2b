//! Slot claims: `pk = T#<tenant>#R#<resource>`, `sk = DAY#<UTC date>`. One item a resource and day.
//!
//! `c<NN>` is the holder of a cell, `h_<holder>` the bookings seated in a session. A claim is one
//! conditional update that names every cell it covers and demands that each is free, so two people
//! can never get the same slot, whatever was read before.
//!
//! `busy` is where the owner's own calendar keeps new bookings out, as blocks of the day, and a claim demands
//! that none of its blocks is in it. It is made of one `b_<source>` for each calendar (`store::calendar`).

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::civil::Date;

use super::Store;
use super::error::{StoreError, corrupt};
use super::expression::{Item, Update};
use super::key::Key;
use super::row::{parse, ttl};
use super::table::{Action, Query};
use crate::domain::busy::{Block, CellSet};
use crate::domain::cell::{Cell, DayCells};
use crate::domain::claim::{Claim, DayClaims, Holder};
use crate::domain::id::{ResourceId, TenantId};

const WHAT: &str = "claim";

/// Names every block of the day that is busy.
pub(super) const BUSY: &str = "busy";

/// How long a day is kept after it is over.
const KEPT_DAYS: i64 = 400;

/// A claim on a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceClaim {
    /// Whose time it takes.
    pub resource: ResourceId,
    /// What it takes.
    pub claim: Claim,
}

/// Changes of one resource's day, on their way to become one update.
struct DayEdit {
    update: Update,
    taken: Vec<Cell>,
}

impl Store {
    /// Reads what a resource is taken for on the UTC days from `first` to `last`, both counted, in one query.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_claims(
        &self,
        tenant: TenantId,
        resource: ResourceId,
        (first, last): (Date, Date),
    ) -> Result<BTreeMap<Date, DayClaims>, StoreError> {
        let from = Key::claims(tenant, resource, first);
        let to = Key::claims(tenant, resource, last);
        let query = Query::partition(from.pk().to_owned()).between("sk", from.sk(), to.sk());
        let mut days = BTreeMap::new();
        for found in self.bookings.all(query).await? {
            let sk = found.get("sk").and_then(|sk| sk.as_s().ok()).and_then(|sk| sk.strip_prefix("DAY#"));
            let date = sk.ok_or_else(|| corrupt(WHAT)("no date"))?;
            days.insert(parse(date, WHAT)?, claims_of(&found)?);
        }
        Ok(days)
    }

    /// Gives `released` back and takes `claimed`, in somebody's transaction: at most one action for each item.
    ///
    /// A claim demands that each of its cells is free or its own. A release is decided on a fresh read
    /// of its day and demands what it read, so that it never removes another booking's cells.
    pub(super) async fn moving(
        &self,
        tenant: TenantId,
        released: Option<ResourceClaim>,
        claimed: Option<ResourceClaim>,
    ) -> Result<Vec<Action>, StoreError> {
        let mut edits: BTreeMap<(ResourceId, Date), DayEdit> = BTreeMap::new();
        let edit =
            |resource, date| DayEdit { update: Update::new(Key::claims(tenant, resource, date)), taken: Vec::new() };
        let leaving = released.map(|released| (released, released.claim.days()));
        let known = match &leaving {
            Some((released, days)) => match days.first().zip(days.last()) {
                Some((first, last)) => self.find_claims(tenant, released.resource, (first.date, last.date)).await?,
                None => BTreeMap::new(),
            },
            None => BTreeMap::new(),
        };
        if let Some(ResourceClaim { resource, claim }) = claimed {
            let read = released.filter(|released| released.resource == resource).map(|_| &known);
            for day in claim.days() {
                let held = read.and_then(|known| known.get(&day.date)).map(|held| held.held_by(claim.holder));
                let entry = edits.entry((resource, day.date)).or_insert_with(|| edit(resource, day.date));
                entry.update = claiming(entry.update.clone(), &day, &claim, &held.unwrap_or_default());
                entry.taken = day.iter().collect();
            }
        }
        if let Some((ResourceClaim { resource, claim }, days)) = leaving {
            for day in days {
                let Some(held) = known.get(&day.date) else { continue };
                let keep = edits.get(&(resource, day.date)).map(|edit| edit.taken.clone()).unwrap_or_default();
                let entry = edits.entry((resource, day.date)).or_insert_with(|| edit(resource, day.date));
                if let Some(update) = releasing(entry.update.clone(), held, &claim, &keep) {
                    entry.update = update;
                }
            }
        }
        let edits = edits.into_values().filter(|edit| !edit.update.expression().is_empty());
        edits.map(|edit| self.bookings.updating(edit.update)).collect()
    }
}

/// When DynamoDB may remove the item of `date`.
pub(super) fn day_ttl(date: Date) -> Option<i64> {
    let end = date.at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(ttl(end.timestamp()) + KEPT_DAYS * 24 * 3_600)
}

fn cell_name(cell: Cell) -> String {
    format!("c{cell}")
}

fn seats_name(holder: Holder) -> String {
    format!("h_{holder}")
}

/// Takes `day` for `claim`, whose holder has `held` of it already, as it was read.
///
/// A session may have been begun by another seat a moment ago, so its cells may be its own; a booking's are
/// its own only where it was read. That, and busy times in blocks, keeps the claim of a whole day below the
/// 4 KB that DynamoDB takes of a condition.
fn claiming(mut update: Update, day: &DayCells, claim: &Claim, held: &[Cell]) -> Update {
    let holder = update.terms.value(claim.holder.to_string());
    for cell in day.iter() {
        let name = cell_name(cell);
        update = update.set_as(&name, &holder).when_so(|terms| {
            let cell_is = terms.name(&name);
            match claim.holder {
                Holder::Session(..) => format!("(attribute_not_exists({cell_is}) OR {cell_is} = {holder})"),
                Holder::Booking(_) if held.contains(&cell) => format!("{cell_is} = {holder}"),
                Holder::Booking(_) => format!("attribute_not_exists({cell_is})"),
            }
        });
    }
    for block in Block::covering(day) {
        update = update.when_so(|terms| {
            let (busy, block) = (terms.name(BUSY), terms.value(block.to_string()));
            format!("NOT contains({busy}, {block})")
        });
    }
    if let Holder::Session(..) = claim.holder {
        let seats = seats_name(claim.holder);
        let booking = AttributeValue::Ss(vec![claim.booking.to_string()]);
        update = update.add(&seats, booking).when_so(|terms| {
            let (seats, most) = (terms.name(&seats), terms.value(claim.capacity));
            let booking = terms.value(claim.booking.to_string());
            format!("(attribute_not_exists({seats}) OR size({seats}) < {most} OR contains({seats}, {booking}))")
        });
    }
    match day_ttl(day.date) {
        Some(end) => update.set("ttl", end),
        None => update,
    }
}

/// Takes `claim` out of a day that was read as `held`; cells in `keep` are claimed anew in the same
/// update. `None` when the day holds nothing of it.
fn releasing(mut update: Update, held: &DayClaims, claim: &Claim, keep: &[Cell]) -> Option<Update> {
    if let Holder::Session(..) = claim.holder {
        let seats = seats_name(claim.holder);
        let seated = held.seats.get(&claim.holder).filter(|seated| seated.contains(&claim.booking))?;
        let alone = seated.len() == 1;
        let before: Vec<String> = seated.iter().map(ToString::to_string).collect();
        update = update.when(&seats, "=", AttributeValue::Ss(before));
        if !alone {
            return Some(update.delete(&seats, AttributeValue::Ss(vec![claim.booking.to_string()])));
        }
        update = update.remove(&seats);
    }
    let mut is_held = false;
    for cell in held.held_by(claim.holder) {
        is_held = true;
        if !keep.contains(&cell) {
            let name = cell_name(cell);
            update = update.remove(&name).when(&name, "=", claim.holder.to_string());
        }
    }
    is_held.then_some(update)
}

/// The cells among the blocks that are busy: the others only say the same once more.
fn busy_of(value: &AttributeValue) -> Result<CellSet, StoreError> {
    let blocks = value.as_ss().map_err(|_| corrupt(WHAT)("busy times that are no set"))?;
    let cells = blocks.iter().filter(|block| block.starts_with(|first: char| first.is_ascii_digit()));
    cells.map(|cell| parse(cell, WHAT)).collect()
}

pub(super) fn claims_of(found: &Item) -> Result<DayClaims, StoreError> {
    let mut claims = DayClaims::default();
    for (name, value) in found {
        if let Some(cell) = name.strip_prefix('c').filter(|cell| cell.len() == 2) {
            let holder = value.as_s().map_err(|_| corrupt(WHAT)("a cell without a holder"))?;
            claims.cells.insert(parse(cell, WHAT)?, parse(holder, WHAT)?);
        } else if let Some(holder) = name.strip_prefix("h_") {
            let seated = value.as_ss().map_err(|_| corrupt(WHAT)("seats that are no set"))?;
            let seated = seated.iter().map(|booking| parse(booking, WHAT)).collect::<Result<_, _>>()?;
            claims.seats.insert(parse(holder, WHAT)?, seated);
        } else if name == BUSY {
            claims.busy = busy_of(value)?;
        }
    }
    Ok(claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{BookingId, PackageId};
    use crate::domain::slot::Interval;

    #[test]
    fn the_claim_of_any_stretch_of_a_day_is_short_enough_for_dynamodb() {
        let tenant = TenantId::new(ulid::Ulid(1));
        let booking = BookingId::new(ulid::Ulid(2));
        let blocked =
            Interval::new("2026-11-23T00:00:00Z".parse().unwrap(), "2026-11-24T00:00:00Z".parse().unwrap()).unwrap();
        let holder = Holder::of(booking, PackageId::new(ulid::Ulid(3)), 1, blocked.start());
        let claim = Claim { booking, holder, capacity: 1, blocked };
        for (first, last) in [(0, 95), (1, 94), (0, 94), (1, 95)] {
            let day = DayCells {
                date: Date::constant(2026, 11, 23),
                first: Cell::new(first).unwrap(),
                last: Cell::new(last).unwrap(),
            };
            let key = Key::claims(tenant, ResourceId::new(ulid::Ulid(4)), day.date);
            let update = claiming(Update::new(key), &day, &claim, &[]);
            let (condition, change) = (update.terms.condition().unwrap(), update.expression());
            assert!(condition.len() < 4_096 && change.len() < 4_096, "{} {}", condition.len(), change.len());
        }
    }
}
