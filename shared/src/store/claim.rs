//! Slot claims: `pk = T#<tenant>#R#<resource>`, `sk = DAY#<UTC date>`. One item a resource and day.
//!
//! `c<NN>` is the holder of a cell, `h_<holder>` the bookings seated in a session. A claim is one
//! conditional update that names every cell it covers and demands that each is free, so two people
//! can never get the same slot, whatever was read before.
//!
//! `busy` is where the owner's own calendar keeps new bookings out, as blocks of the day, and a claim demands
//! that none of its blocks is in it. It is made of one `b_<source>` for each calendar (`store::calendar`).
//!
//! DynamoDB takes no expression of more than 4 KB or 300 operators, and a whole day has 96 cells: no cell can
//! spend more than three operators, `EXACT_CELLS` of a session apart.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::civil::Date;

use super::Store;
use super::error::{StoreError, corrupt};
use super::expression::{Item, Terms, Update};
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

/// Up to how many cells of a day a session demands cell by cell that each is free or its own, which takes four
/// operators each. The other cells of the day may be given back in the same update, at two each.
const EXACT_CELLS: usize = 48;

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
    /// What is claimed by it, and for whom.
    taken: Option<(Holder, DayCells)>,
}

impl Store {
    /// Reads what a resource is taken for on the UTC days from the first to the last of `days`, in one query.
    ///
    /// # Errors
    ///
    /// As every read: [`StoreError`].
    pub async fn find_claims(
        &self,
        tenant: TenantId,
        resource: ResourceId,
        days: (Date, Date),
    ) -> Result<BTreeMap<Date, DayClaims>, StoreError> {
        self.read_days(tenant, resource, days, claims_of).await
    }

    /// Reads the item of each UTC day from the first to the last of `days`, both counted, in one query.
    pub(super) async fn read_days<T>(
        &self,
        tenant: TenantId,
        resource: ResourceId,
        (first, last): (Date, Date),
        day_of: fn(&Item) -> Result<T, StoreError>,
    ) -> Result<BTreeMap<Date, T>, StoreError> {
        let from = Key::claims(tenant, resource, first);
        let to = Key::claims(tenant, resource, last);
        let query = Query::partition(from.pk().to_owned()).between("sk", from.sk(), to.sk());
        let mut days = BTreeMap::new();
        for found in self.bookings.all(query).await? {
            let sk = found.get("sk").and_then(|sk| sk.as_s().ok()).and_then(|sk| sk.strip_prefix("DAY#"));
            let date = sk.ok_or_else(|| corrupt(WHAT)("no date"))?;
            days.insert(parse(date, WHAT)?, day_of(&found)?);
        }
        Ok(days)
    }

    /// Gives `released` back and takes `claimed`, in somebody's transaction: at most one action for each item.
    ///
    /// A claim demands that each of its cells is free, its own, or given back by the same update. A release is
    /// decided on a fresh read of its day and demands what it read, so that it never removes another booking's
    /// cells.
    pub(super) async fn moving(
        &self,
        tenant: TenantId,
        released: Option<ResourceClaim>,
        claimed: Option<ResourceClaim>,
    ) -> Result<Vec<Action>, StoreError> {
        let held = match released {
            Some(released) => self.held(tenant, released).await?,
            None => BTreeMap::new(),
        };
        let mut edits: BTreeMap<(ResourceId, Date), DayEdit> = BTreeMap::new();
        let edit = |resource, date| DayEdit { update: Update::new(Key::claims(tenant, resource, date)), taken: None };
        if let Some(ResourceClaim { resource, claim }) = claimed {
            for day in claim.days() {
                let given = released.zip(held.get(&(resource, day.date)));
                let given = given.map(|(released, held)| vacated(held, &released.claim)).unwrap_or_default();
                let entry = edits.entry((resource, day.date)).or_insert_with(|| edit(resource, day.date));
                entry.update = claiming(entry.update.clone(), &day, &claim, &given);
                entry.taken = Some((claim.holder, day));
            }
        }
        for (place, held) in &held {
            let Some(ResourceClaim { claim, .. }) = released else { continue };
            let entry = edits.entry(*place).or_insert_with(|| edit(place.0, place.1));
            if let Some(update) = releasing(entry.update.clone(), held, &claim, entry.taken) {
                entry.update = update;
            }
        }
        let edits = edits.into_values().filter(|edit| !edit.update.expression().is_empty());
        edits.map(|edit| self.bookings.updating(edit.update)).collect()
    }

    /// The days of a claim, as they are now.
    async fn held(
        &self,
        tenant: TenantId,
        ResourceClaim { resource, claim }: ResourceClaim,
    ) -> Result<BTreeMap<(ResourceId, Date), DayClaims>, StoreError> {
        let days = claim.days();
        let Some((first, last)) = days.first().zip(days.last()) else { return Ok(BTreeMap::new()) };
        let known = self.find_claims(tenant, resource, (first.date, last.date)).await?;
        Ok(known.into_iter().map(|(date, held)| ((resource, date), held)).collect())
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

/// The cells that become vacant when `claim` is given back on a day, and whose they were until then.
fn vacated(held: &DayClaims, claim: &Claim) -> BTreeMap<Cell, Holder> {
    held.clone().release(claim).into_iter().map(|cell| (cell, claim.holder)).collect()
}

/// Takes `claim` on a day on which the same update gives the cells of `given` back.
fn claiming(mut update: Update, day: &DayCells, claim: &Claim, given: &BTreeMap<Cell, Holder>) -> Update {
    let holder = update.terms.value(claim.holder.to_string());
    for cell in day.iter() {
        update = update.set_as(&cell_name(cell), &holder);
    }
    for block in Block::covering(day) {
        update = update.when_so(|terms| {
            let (busy, block) = (terms.name(BUSY), terms.value(block.to_string()));
            format!("NOT contains({busy}, {block})")
        });
    }
    update = demanding(update, day, (claim.holder, &holder), given);
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

/// Demands that each cell is free, given back in the same update, or the holder's own, who is `own` in `update`.
fn demanding(update: Update, day: &DayCells, (holder, own): (Holder, &str), given: &BTreeMap<Cell, Holder>) -> Update {
    let is_shared = matches!(holder, Holder::Session(..));
    if is_shared && EXACT_CELLS < day.iter().count() {
        // A session's cells are in one piece: it has all between two of them. One that was shorter once is not
        // made longer.
        return update.when_so(|terms| {
            let free = day.iter().map(|cell| free_or_given(terms, cell, given)).collect::<Vec<_>>().join(" AND ");
            let [first, last] = [day.first, day.last].map(|cell| terms.name(&cell_name(cell)));
            format!("(({first} = {own} AND {last} = {own}) OR ({free}))")
        });
    }
    day.iter().fold(update, |update, cell| {
        update.when_so(|terms| match is_shared && !given.contains_key(&cell) {
            // Others open a session and close it meanwhile.
            true => {
                let name = terms.name(&cell_name(cell));
                format!("(attribute_not_exists({name}) OR {name} = {own})")
            }
            false => free_or_given(terms, cell, given),
        })
    })
}

fn free_or_given(terms: &mut Terms, cell: Cell, given: &BTreeMap<Cell, Holder>) -> String {
    let name = terms.name(&cell_name(cell));
    match given.get(&cell) {
        Some(holder) => format!("{name} = {}", terms.value(holder.to_string())),
        None => format!("attribute_not_exists({name})"),
    }
}

/// Takes `claim` out of a day that was read as `held`; the cells of `taken` are claimed in the same update.
/// `None` when the day holds nothing of it.
fn releasing(mut update: Update, held: &DayClaims, claim: &Claim, taken: Option<(Holder, DayCells)>) -> Option<Update> {
    if let Holder::Session(..) = claim.holder {
        let seats = seats_name(claim.holder);
        let seated = held.seats.get(&claim.holder).filter(|seated| seated.contains(&claim.booking))?;
        let before: Vec<String> = seated.iter().map(ToString::to_string).collect();
        update = update.when(&seats, "=", AttributeValue::Ss(before));
        // Who takes the same session anew, at another length, keeps their seat.
        let is_kept = taken.is_some_and(|(holder, _)| holder == claim.holder);
        match (seated.len() == 1, is_kept) {
            (true, true) => {}
            (true, false) => update = update.remove(&seats),
            (false, true) => return Some(update),
            (false, false) => return Some(update.delete(&seats, AttributeValue::Ss(vec![claim.booking.to_string()]))),
        }
    }
    let mut is_held = false;
    for cell in held.held_by(claim.holder) {
        is_held = true;
        if !taken.is_some_and(|(_, cells)| cells.contains(cell)) {
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
mod tests;
