//! `check_availability`: free slots under opaque ids, or why there are none.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Bench, ToolResult, store_failed};
use crate::app::schedule::read_claims;
use crate::domain::availability::{Availability, Days, MAX_DAYS, Query, WhyNone, days_to_read, free_slots};
use crate::domain::package::{Kind, Package};
use crate::domain::slot::Slot;
use crate::domain::slot_id::SlotId;

/// How many slots are told of one day that is asked for by itself: every half-hour, also of the day of 25 hours.
const SLOTS_OF_ONE_DAY: usize = 50;
/// How many slots are told of several days together, and the least of each.
const SLOTS: usize = 24;
const SLOTS_A_DAY: usize = 4;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Check {
    package_id: String,
    from: String,
    days: Option<u8>,
}

pub(super) async fn check(bench: &Bench<'_>, wish: &Check) -> ToolResult {
    let package = find_package(bench, &wish.package_id)?;
    let first: Date = wish.from.parse().map_err(|_| "`from` is a day as YYYY-MM-DD.".to_owned())?;
    let zone = &bench.business.tenant.timezone;
    let today = bench.now.to_zoned(zone.clone()).date();
    let first = first.max(today);
    let days = wish.days.unwrap_or(3).clamp(1, MAX_DAYS);
    let last = first.saturating_add(i64::from(days - 1).days());
    let days = Days::new(first, last).map_err(|error| format!("The days are wrong: {error}."))?;
    let read = days_to_read(days, zone);
    let claims =
        read_claims(bench.store, bench.business.tenant.id, &package.resources, read).await.map_err(store_failed)?;
    let query = Query {
        package,
        resources: &bench.business.resources,
        hours: &bench.business.hours,
        timezone: zone,
        policies: &bench.business.tenant.policies,
        now: bench.now,
        claims: &claims,
    };
    Ok(match free_slots(&query, days) {
        Availability::Free(slots) => told(bench, package, &slots).to_string(),
        Availability::Nothing(why) => json!({ "slots": [], "reason": reason(&why, bench) }).to_string(),
    })
}

/// The package that the model names, if the tenant has it and offers it.
pub(super) fn find_package<'a>(bench: &Bench<'a>, id: &str) -> Result<&'a Package, String> {
    let unknown = || "There is no such package. Use an id from list_packages.".to_owned();
    let id = id.parse().map_err(|_| unknown())?;
    bench.business.package(id).filter(|package| package.active).ok_or_else(unknown)
}

/// The slots as the model is told of them: all of a single day, of several days some of each, spread over the day.
fn told(bench: &Bench<'_>, package: &Package, slots: &[Slot]) -> Value {
    let zone = &bench.business.tenant.timezone;
    let date = |slot: &Slot| slot.start().to_zoned(zone.clone()).date();
    let days: Vec<&[Slot]> = slots.chunk_by(|a, b| date(a) == date(b)).collect();
    let most = if days.len() == 1 { SLOTS_OF_ONE_DAY } else { (SLOTS / days.len().max(1)).max(SLOTS_A_DAY) };
    let shown: Vec<Value> =
        days.iter().flat_map(|day| spread(day, most)).map(|slot| tell(bench, package, slot)).collect();
    let more = slots.len() - shown.len();
    json!({ "package": package.name.as_str(), "slots": shown, "moreSlots": more })
}

fn tell(bench: &Bench<'_>, package: &Package, slot: &Slot) -> Value {
    let start = slot.start().to_zoned(bench.business.tenant.timezone.clone());
    let mut told = json!({
        "slotId": SlotId::of(bench.link_key, bench.business.tenant.id, slot).to_string(),
        "date": start.date().to_string(),
    });
    if package.kind() == Kind::Slot {
        told["time"] = json!(start.strftime("%H:%M").to_string());
    }
    told["label"] = json!(bench.clocks().label(package.kind(), slot.start()));
    told
}

/// At most `most` of `slots`, evenly spread, the first one among them.
fn spread(slots: &[Slot], most: usize) -> impl Iterator<Item = &Slot> {
    slots.iter().step_by(slots.len().div_ceil(most.max(1)).max(1))
}

/// Why nothing is free, for the model to pass on.
pub(super) fn reason(why: &WhyNone, bench: &Bench<'_>) -> String {
    match why {
        WhyNone::Closed => "The business is closed on that day of the week.".to_owned(),
        WhyNone::Holiday(Some(name)) => format!("The business is closed then: {name}."),
        WhyNone::Holiday(None) => "The business is closed on that date.".to_owned(),
        WhyNone::TooSoon { earliest } => {
            let earliest = bench.clocks().label(Kind::Slot, *earliest);
            format!("That is too soon. The earliest start is {earliest}.")
        }
        WhyNone::BeyondHorizon { last } => format!("Bookings are taken until {last} only."),
        WhyNone::OutsideHours => "It does not fit into the opening hours.".to_owned(),
        WhyNone::FullyBooked => "Everything is booked then.".to_owned(),
        WhyNone::PackageInactive => "This package is not offered any more.".to_owned(),
        WhyNone::NoResource => "Nobody serves this package at the moment.".to_owned(),
        WhyNone::Changed => "The package has changed. Check the availability again.".to_owned(),
    }
}
